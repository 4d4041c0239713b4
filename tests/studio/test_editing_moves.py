"""Moves among the stages of the board, what is handed on with a job, and jobs that come back for a revision."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory

Row = dict[str, Any]


@pytest.fixture
def stages(api: ApiClient) -> dict[str, int]:
    """The ids of the stages that a studio begins with."""
    return {stage["name"]: stage["id"] for stage in api.get("/editing-stages").body["data"]}


@pytest.fixture
def job(api: ApiClient, make: Factory) -> Row:
    """A job that nobody has begun."""
    body: Row = api.get(f"/editing-jobs/{make.completed_booking()['editingJobId']}").body
    return body


def patch(api: ApiClient, job: Row, **changes: Any) -> Row:
    answer = api.patch(f"/editing-jobs/{job['id']}", changes)
    assert answer.status == 200, answer.body
    body: Row = answer.body
    return body


def where(job: Row) -> tuple[str, str]:
    return job["stageName"], job["status"]


def log(job: Row) -> list[tuple[str, str, str | None]]:
    return [(row["stageName"], row["status"], row["notes"]) for row in job["statusHistory"]]


# Stage and status


def test_a_job_takes_the_status_of_its_stage_and_every_stage_is_logged(
    api: ApiClient, job: Row, stages: dict[str, int]
) -> None:
    patch(api, job, stageId=stages["Ready for Edit"], statusNote="40 photos chosen.")
    patch(api, job, stageId=stages["In Progress"])
    moved = patch(api, job, stageId=stages["Client Review"], status="IN_PROGRESS")

    assert where(moved) == ("Client Review", "IN_PROGRESS")
    assert log(moved) == [
        ("Awaiting Selection", "PENDING", None),
        ("Ready for Edit", "PENDING", "40 photos chosen."),
        ("In Progress", "IN_PROGRESS", None),
        ("Client Review", "IN_PROGRESS", None),
    ]


def test_a_status_alone_is_the_first_stage_of_the_board_that_stands_for_it(
    api: ApiClient, make: Factory, job: Row, stages: dict[str, int]
) -> None:
    assert where(patch(api, job, status="IN_PROGRESS")) == ("In Progress", "IN_PROGRESS")
    review = patch(api, job, stageId=stages["Client Review"])
    assert where(patch(api, job, status="IN_PROGRESS")) == where(review)
    make.stage(name="Printed", status="DELIVERED", position=1)
    assert where(patch(api, job, status="DELIVERED")) == ("Printed", "DELIVERED")


def test_the_archive_keeps_the_stage_that_a_job_was_delivered_in(api: ApiClient, make: Factory, job: Row) -> None:
    printed = make.stage(name="Printed", status="DELIVERED")
    patch(api, job, stageId=printed["id"])

    archived = patch(api, job, status="ARCHIVED", stageId=printed["id"])
    again = patch(api, job, stageId=printed["id"])

    assert where(archived) == ("Printed", "ARCHIVED")
    assert log(archived)[-1] == ("Printed", "ARCHIVED", None)
    assert again == archived


@pytest.mark.parametrize(
    ("stage", "status", "pointer"),
    [
        ("Completed", "IN_PROGRESS", "/status"),
        ("Completed", "ARCHIVED", "/status"),
        ("Awaiting Selection", "REVISION", "/status"),
        (None, "PENDING", "/stageId"),
    ],
)
def test_a_stage_and_a_status_that_disagree_are_refused(
    api: ApiClient, job: Row, stages: dict[str, int], stage: str | None, status: str, pointer: str
) -> None:
    changes = {"stageId": stages[stage] if stage else 999_999, "status": status}

    refused = api.patch(f"/editing-jobs/{job['id']}", changes)

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [pointer]
    assert api.get(f"/editing-jobs/{job['id']}").body == job


def test_what_is_archived_goes_into_no_stage(api: ApiClient, job: Row, stages: dict[str, int]) -> None:
    patch(api, job, status="DELIVERED")
    archived = patch(api, job, status="ARCHIVED")

    for stage_id in (stages["In Progress"], stages["Revision"]):
        refused = api.patch(f"/editing-jobs/{job['id']}", {"stageId": stage_id})
        assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/editing-jobs/{job['id']}").body == archived


def test_a_note_for_the_stage_a_job_is_in_already_is_refused(api: ApiClient, job: Row) -> None:
    refused = api.patch(f"/editing-jobs/{job['id']}", {"stageId": job["stageId"], "statusNote": "Waiting."})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/statusNote"]


def test_a_completion_stands_once_the_job_has_left_its_first_stage_even_if_it_came_back(
    api: ApiClient, job: Row, stages: dict[str, int]
) -> None:
    patch(api, job, stageId=stages["Ready for Edit"])
    patch(api, job, stageId=stages["Awaiting Selection"])

    refused = api.patch(f"/bookings/{job['bookingId']}", {"status": "SCHEDULED"})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")


def test_what_was_delivered_stays_so_from_one_delivered_stage_to_the_next(
    api: ApiClient, make: Factory, job: Row
) -> None:
    printed = make.stage(name="Printed", status="DELIVERED")
    delivered = patch(api, job, status="DELIVERED")

    assert patch(api, job, stageId=printed["id"])["deliveredAt"] == delivered["deliveredAt"]
    patch(api, job, status="REVISION")
    assert patch(api, job, stageId=printed["id"])["deliveredAt"] > delivered["deliveredAt"]


# What is handed on


def test_a_job_has_a_priority_and_what_the_photographer_hands_on(api: ApiClient, job: Row) -> None:
    handed_on = {
        "priority": "URGENT",
        "driveFolderUrl": "https://drive.example/emma",
        "photographerNotes": "The best light is in the second folder.",
        "uploadedAt": "2027-03-02T18:00:00Z",
    }

    planned = patch(api, job, **handed_on)

    assert planned == job | handed_on | {"updatedAt": planned["updatedAt"]}
    assert job["priority"] == "NORMAL"


def test_photos_are_uploaded_when_their_folder_is_first_named(api: ApiClient, job: Row) -> None:
    first = patch(api, job, driveFolderUrl="https://drive.example/emma")
    moved = patch(api, job, driveFolderUrl="https://drive.example/chen")
    cleared = patch(api, job, driveFolderUrl=None)
    back = patch(api, job, driveFolderUrl="https://drive.example/chen")

    assert (job["uploadedAt"], first["uploadedAt"]) == (None, first["updatedAt"])
    assert {row["uploadedAt"] for row in (moved, cleared, back)} == {first["uploadedAt"]}
    assert patch(api, job, uploadedAt=None)["uploadedAt"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("priority", "LOW"),
        ("priority", None),
        ("driveFolderUrl", "drive/emma"),
        ("revisionCount", 3),
        ("stageId", None),
    ],
)
def test_what_a_job_cannot_be_told_is_refused(api: ApiClient, job: Row, field: str, value: Any) -> None:
    refused = api.patch(f"/editing-jobs/{job['id']}", {field: value})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_jobs_can_be_had_by_stage_and_by_priority_most_urgent_first(
    api: ApiClient, make: Factory, stages: dict[str, int]
) -> None:
    jobs = {}
    for priority in ("HIGH", "NORMAL", "URGENT"):
        made = {"id": make.completed_booking()["editingJobId"]}
        jobs[priority] = patch(api, made, priority=priority)["id"]
    patch(api, {"id": jobs["HIGH"]}, stageId=stages["In Progress"])

    def ids(query: str) -> list[int]:
        return [row["id"] for row in api.get(f"/editing-jobs?{query}").body["data"]]

    assert ids("sort=-priority") == [jobs["URGENT"], jobs["HIGH"], jobs["NORMAL"]]
    assert ids("priority=URGENT") == [jobs["URGENT"]]
    assert ids(f"stageId={stages['In Progress']}") == [jobs["HIGH"]]
    assert ids(f"stageId={stages['Awaiting Selection']}&priority=HIGH") == []


# Revisions


def ask_again(api: ApiClient, job: Row, note: str = "Warmer tones, please.") -> Row:
    answer = api.post(f"/editing-jobs/{job['id']}/revisions", {"note": note})
    assert answer.status == 201, answer.body
    assert answer.headers["Location"].endswith(f"/editing-jobs/{job['id']}/revisions/{answer.body['id']}")
    body: Row = answer.body
    return body


def test_a_revision_sends_a_job_back_to_work_and_keeps_the_note(api: ApiClient, job: Row) -> None:
    patch(api, job, status="DELIVERED")

    revision = ask_again(api, job)

    back = api.get(f"/editing-jobs/{job['id']}").body
    assert (revision["editingJobId"], revision["note"]) == (job["id"], "Warmer tones, please.")
    assert revision["requestedBy"] == "Owner Test"
    assert (*where(back), back["revisionCount"], back["deliveredAt"]) == ("Revision", "REVISION", 1, None)
    assert log(back)[-1] == ("Revision", "REVISION", "Warmer tones, please.")
    assert back["revisions"] == [revision]
    assert api.get(f"/editing-jobs/{job['id']}/revisions/{revision['id']}").body == revision


def test_a_revision_asked_for_meanwhile_is_one_more_and_no_move(
    api: ApiClient, make: Factory, job: Row, stages: dict[str, int]
) -> None:
    second = make.stage(name="Second revision", status="REVISION")
    patch(api, job, stageId=second["id"])
    first = ask_again(api, job)
    another = ask_again(api, job, "And the sky.")

    now = api.get(f"/editing-jobs/{job['id']}").body
    assert (now["stageId"], now["revisionCount"], now["revisions"]) == (second["id"], 2, [first, another])
    assert len(now["statusHistory"]) == 2
    assert api.get(f"/editing-jobs/{job['id']}/revisions").body["data"] == [another, first]


@pytest.mark.parametrize("moves", [[], ["DELIVERED", "ARCHIVED"]])
def test_what_is_not_begun_or_is_archived_is_not_sent_back(api: ApiClient, job: Row, moves: list[str]) -> None:
    for status in moves:
        job = patch(api, job, status=status)

    refused = api.post(f"/editing-jobs/{job['id']}/revisions", {"note": "Warmer tones, please."})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/editing-jobs/{job['id']}").body == job


@pytest.mark.parametrize("body", [{}, {"note": " "}, {"note": None}, {"note": "Warmer.", "count": 2}])
def test_a_revision_says_what_is_to_be_done(api: ApiClient, job: Row, body: Row) -> None:
    patch(api, job, status="DELIVERED")

    assert api.post(f"/editing-jobs/{job['id']}/revisions", body).status == 422


def test_a_job_that_comes_back_after_its_editor_has_left_is_nobodys(api: ApiClient, make: Factory, job: Row) -> None:
    editor = make.staff(role="EDITOR")
    patch(api, job, status="DELIVERED", editorId=editor["id"])
    api.delete(f"/staff/{editor['id']}")

    ask_again(api, job)

    assert api.get(f"/editing-jobs/{job['id']}").body["editorId"] is None


def test_an_editor_asks_for_revisions_of_their_own_jobs(
    api: ApiClient, make: Factory, conn: Connection, job: Row
) -> None:
    yuki = make.staff(name="Yuki Sato", role="EDITOR")
    join_team(conn, "EDITOR", yuki["id"])
    patch(api, job, editorId=yuki["id"], status="DELIVERED")
    other = {"id": make.completed_booking()["editingJobId"]}
    patch(api, other, status="DELIVERED")
    editor = api.by_role("EDITOR")

    revision = ask_again(editor, job)

    assert revision["requestedBy"] == "Yuki Sato"
    assert api.get(f"/editing-jobs/{job['id']}").body["editorId"] == yuki["id"]
    assert editor.post(f"/editing-jobs/{other['id']}/revisions", {"note": "Mine."}).status == 404
    assert api.get(f"/editing-jobs/{other['id']}").body["revisions"] == []
