"""Editing: a job for each completed booking, moved along the board, with every step on record."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory

STATUSES = ("PENDING", "IN_PROGRESS", "DELIVERED", "REVISION", "ARCHIVED")
BOARD = ("PENDING", "IN_PROGRESS", "DELIVERED", "REVISION")
LEGAL = [(was, to) for was in BOARD for to in BOARD if was != to] + [("DELIVERED", "ARCHIVED")]
ILLEGAL = [(was, to) for was in STATUSES for to in STATUSES if was != to and (was, to) not in LEGAL]


def job_of(api: ApiClient, booking: dict[str, Any]) -> dict[str, Any]:
    job: dict[str, Any] = api.get(f"/editing-jobs/{booking['editingJobId']}").body
    return job


def make_job(api: ApiClient, make: Factory, *moves: str, **booking: Any) -> dict[str, Any]:
    """A job that has been moved so."""
    completed = make.completed_booking(**booking)
    for status in moves:
        assert api.patch(f"/editing-jobs/{completed['editingJobId']}", {"status": status}).status == 200
    return job_of(api, completed)


def job_that_is(api: ApiClient, make: Factory, status: str) -> dict[str, Any]:
    moves = {"PENDING": [], "ARCHIVED": ["DELIVERED", "ARCHIVED"]}.get(status, [status])
    job = make_job(api, make, *moves)
    assert job["status"] == status
    return job


@pytest.fixture
def yuki(make: Factory, conn: Connection) -> dict[str, Any]:
    """The record on the team of the editor who is signed in as EDITOR."""
    member = make.staff(name="Yuki Sato", role="EDITOR")
    conn.execute(
        "update staff_members set user_id = (select id from auth_users where role = 'EDITOR') where id = %s",
        [member["id"]],
    )
    return member


def give(api: ApiClient, job: dict[str, Any], editor: dict[str, Any] | None) -> dict[str, Any]:
    """The job, given to this editor, or to nobody."""
    given = api.patch(f"/editing-jobs/{job['id']}", {"editorId": None if editor is None else editor["id"]})
    assert given.status == 200, given.body
    body: dict[str, Any] = given.body
    return body


def history(job: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(row["status"], row["notes"]) for row in job["statusHistory"]]


def ids(api: ApiClient, query: str) -> list[int]:
    return [job["id"] for job in api.get(f"/editing-jobs?{query}").body["data"]]


@pytest.mark.parametrize(("was", "to"), LEGAL)
def test_a_job_goes_from_to(api: ApiClient, make: Factory, was: str, to: str) -> None:
    job = job_that_is(api, make, was)

    moved = api.patch(f"/editing-jobs/{job['id']}", {"status": to})

    assert (moved.status, moved.body["status"]) == (200, to)
    assert history(moved.body) == [*history(job), (to, None)]
    assert api.get(f"/editing-jobs/{job['id']}").body == moved.body


@pytest.mark.parametrize(("was", "to"), ILLEGAL)
def test_a_job_never_goes_from_to(api: ApiClient, make: Factory, was: str, to: str) -> None:
    job = job_that_is(api, make, was)

    refused = api.patch(f"/editing-jobs/{job['id']}", {"status": to, "notes": "Never mind."})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/editing-jobs/{job['id']}").body == job


@pytest.mark.parametrize("status", STATUSES)
def test_a_job_that_stays_where_it_is_gets_no_new_row_in_its_log(api: ApiClient, make: Factory, status: str) -> None:
    job = job_that_is(api, make, status)

    told = api.patch(f"/editing-jobs/{job['id']}", {"status": status})

    assert told.status == 200
    assert told.body == job | {"updatedAt": told.body["updatedAt"]}


def test_every_step_is_logged_with_who_and_when_and_its_note(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make)

    api.patch(f"/editing-jobs/{job['id']}", {"status": "IN_PROGRESS", "statusNote": "Client chose 40 photos."})
    moved = api.patch(f"/editing-jobs/{job['id']}", {"status": "DELIVERED"}).body

    assert history(moved) == [
        ("PENDING", None),
        ("IN_PROGRESS", "Client chose 40 photos."),
        ("DELIVERED", None),
    ]
    assert [row["changedBy"] for row in moved["statusHistory"]] == ["Owner Test", "Owner Test", "Owner Test"]
    changes = [row["changedAt"] for row in moved["statusHistory"]]
    assert changes == sorted(set(changes))


def test_a_note_without_a_new_status_is_refused_rather_than_lost(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make)

    refused = api.patch(f"/editing-jobs/{job['id']}", {"statusNote": "Client chose 40 photos."})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/statusNote"]


def test_delivery_sets_the_time_of_delivery(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make, "IN_PROGRESS")

    delivered = api.patch(f"/editing-jobs/{job['id']}", {"status": "DELIVERED"}).body

    assert job["deliveredAt"] is None
    assert delivered["deliveredAt"] == delivered["statusHistory"][-1]["changedAt"]


@pytest.mark.parametrize("status", ["REVISION", "IN_PROGRESS", "PENDING"])
def test_a_delivered_job_that_goes_back_was_not_delivered(api: ApiClient, make: Factory, status: str) -> None:
    job = make_job(api, make, "DELIVERED")

    sent_back = api.patch(f"/editing-jobs/{job['id']}", {"status": status}).body

    assert sent_back["deliveredAt"] is None


def test_a_second_delivery_counts_from_its_own_time(api: ApiClient, make: Factory) -> None:
    first = make_job(api, make, "DELIVERED")
    api.patch(f"/editing-jobs/{first['id']}", {"status": "REVISION"})

    second = api.patch(f"/editing-jobs/{first['id']}", {"status": "DELIVERED"}).body

    assert second["deliveredAt"] == second["statusHistory"][-1]["changedAt"]
    assert second["deliveredAt"] > first["deliveredAt"]


def test_the_archive_keeps_the_time_of_delivery(api: ApiClient, make: Factory) -> None:
    delivered = make_job(api, make, "DELIVERED")

    archived = api.patch(f"/editing-jobs/{delivered['id']}", {"status": "ARCHIVED"}).body

    assert archived["deliveredAt"] == delivered["deliveredAt"]


def test_a_job_is_planned_without_being_moved(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make)

    planned = api.patch(f"/editing-jobs/{job['id']}", {"dueDate": "2027-03-15", "notes": "Warm tones."})

    assert planned.status == 200
    assert planned.body == job | {
        "dueDate": "2027-03-15",
        "notes": "Warm tones.",
        "updatedAt": planned.body["updatedAt"],
    }


def test_a_patch_changes_only_what_it_names(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make)
    planned = api.patch(f"/editing-jobs/{job['id']}", {"dueDate": "2027-03-15", "notes": "Warm tones."}).body

    changed = api.patch(f"/editing-jobs/{job['id']}", {"notes": "Cold tones."}).body

    assert changed == planned | {"notes": "Cold tones.", "updatedAt": changed["updatedAt"]}


@pytest.mark.parametrize("field", ["dueDate", "notes"])
def test_null_clears_what_may_be_absent(api: ApiClient, make: Factory, field: str) -> None:
    job = make_job(api, make)
    planned = api.patch(f"/editing-jobs/{job['id']}", {"dueDate": "2027-03-15", "notes": "Warm tones."}).body

    changed = api.patch(f"/editing-jobs/{job['id']}", {field: None}).body

    assert changed == planned | {field: None, "updatedAt": changed["updatedAt"]}


@pytest.mark.parametrize("day", ["2027-02-29", "15.03.2027", "2027-3-15", "2027-03-15T10:00:00Z", 20270315])
def test_a_due_date_is_a_day_of_the_calendar(api: ApiClient, make: Factory, day: Any) -> None:
    job = make_job(api, make)

    refused = api.patch(f"/editing-jobs/{job['id']}", {"dueDate": day})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/dueDate"]


@pytest.mark.parametrize("field", ["deliveredAt", "bookingId"])
def test_what_follows_from_other_deeds_is_not_for_the_caller_to_set(api: ApiClient, make: Factory, field: str) -> None:
    job = make_job(api, make)

    refused = api.patch(f"/editing-jobs/{job['id']}", {field: job[field]})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_a_move_is_told_in_the_feed(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make, "IN_PROGRESS")

    [deed] = api.get(f"/activities?subjectType=EDITING_JOB&subjectId={job['id']}").body["data"]

    assert (deed["kind"], deed["clientId"]) == ("EDITING_JOB_MOVED", job["clientId"])
    assert deed["details"]["status"] == "IN_PROGRESS"


# Editors


def test_a_job_is_nobodys_until_it_is_given_to_somebody(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make)
    editor = make.staff(name="Yuki Sato", role="EDITOR")

    given = give(api, job, editor)

    assert (job["editorId"], job["editorName"]) == (None, None)
    assert given == job | {"editorId": editor["id"], "editorName": "Yuki Sato", "updatedAt": given["updatedAt"]}
    assert api.get(f"/editing-jobs/{job['id']}").body == given


def test_a_job_can_be_given_to_somebody_else_and_taken_back(api: ApiClient, make: Factory) -> None:
    first, second = make.staff(role="EDITOR"), make.staff(role="EDITOR")
    job = give(api, make_job(api, make), first)

    assert give(api, job, second)["editorId"] == second["id"]
    assert give(api, job, None)["editorId"] is None


def test_a_job_that_is_given_to_somebody_is_told_in_the_feed(api: ApiClient, make: Factory) -> None:
    job = give(api, make_job(api, make), make.staff(role="EDITOR"))

    [deed] = api.get(f"/activities?subjectType=EDITING_JOB&subjectId={job['id']}").body["data"]

    assert (deed["kind"], deed["details"]["status"]) == ("EDITING_JOB_PLANNED", "PENDING")


def test_a_job_is_not_given_to_whoever_has_left(api: ApiClient, make: Factory) -> None:
    job, left = make_job(api, make), make.staff(role="EDITOR", status="INACTIVE")

    refused = api.patch(f"/editing-jobs/{job['id']}", {"editorId": left["id"], "notes": "Warm tones."})

    assert (refused.status, refused.body["code"]) == (409, "staff_inactive")
    assert api.get(f"/editing-jobs/{job['id']}").body == job


def test_a_job_is_not_given_to_nobody_knows_whom(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make)

    refused = api.patch(f"/editing-jobs/{job['id']}", {"editorId": 999999})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/editorId"]
    assert api.get(f"/editing-jobs/{job['id']}").body == job


def test_an_editor_who_has_left_is_no_hindrance_to_other_plans_for_what_they_did(api: ApiClient, make: Factory) -> None:
    editor = make.staff(role="EDITOR")
    job = give(api, make_job(api, make, "DELIVERED"), editor)
    api.delete(f"/staff/{editor['id']}")

    archived = api.patch(f"/editing-jobs/{job['id']}", {"status": "ARCHIVED"})

    assert (archived.status, archived.body["editorId"]) == (200, editor["id"])


def test_an_editor_does_their_own_jobs(api: ApiClient, make: Factory, yuki: dict[str, Any]) -> None:
    job = give(api, make_job(api, make), yuki)

    moved = api.by_role("EDITOR").patch(
        f"/editing-jobs/{job['id']}", {"status": "IN_PROGRESS", "notes": "Warm tones.", "editorId": yuki["id"]}
    )

    assert (moved.status, moved.body["status"], moved.body["notes"]) == (200, "IN_PROGRESS", "Warm tones.")
    assert [row["changedBy"] for row in moved.body["statusHistory"]] == ["Owner Test", "Yuki Sato"]


def test_an_editor_sees_and_moves_no_job_of_anybody_else(api: ApiClient, make: Factory, yuki: dict[str, Any]) -> None:
    mine = give(api, make_job(api, make), yuki)
    nobodys, others = make_job(api, make), give(api, make_job(api, make), make.staff(role="EDITOR"))
    editor = api.by_role("EDITOR")

    assert ids(editor, "include=total") == [mine["id"]]
    for job in (nobodys, others):
        assert editor.get(f"/editing-jobs/{job['id']}").status == 404
        assert editor.patch(f"/editing-jobs/{job['id']}", {"status": "IN_PROGRESS"}).status == 404
        assert api.get(f"/editing-jobs/{job['id']}").body == job


@pytest.mark.parametrize("to", ["somebody", "nobody"])
def test_an_editor_gives_no_job_away(api: ApiClient, make: Factory, yuki: dict[str, Any], to: str) -> None:
    job = give(api, make_job(api, make), yuki)
    editor_id = make.staff(role="EDITOR")["id"] if to == "somebody" else None

    refused = api.by_role("EDITOR").patch(f"/editing-jobs/{job['id']}", {"editorId": editor_id, "notes": "Not mine."})

    assert (refused.status, refused.body["code"]) == (403, "forbidden")
    assert api.get(f"/editing-jobs/{job['id']}").body == job


def test_an_editor_takes_no_job_that_was_not_given_to_them(api: ApiClient, make: Factory, yuki: dict[str, Any]) -> None:
    job = make_job(api, make)

    refused = api.by_role("EDITOR").patch(f"/editing-jobs/{job['id']}", {"editorId": yuki["id"]})

    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert api.get(f"/editing-jobs/{job['id']}").body == job


def test_a_token_for_ones_own_bookings_plans_and_moves_no_other_jobs(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    me = make.staff(role="OWNER")
    join_team(conn, "OWNER", me["id"])
    booking = make.booking(me)
    mine = api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"}).body["editingJobId"]
    other = make_job(api, make, "DELIVERED")
    permissions = ["MANAGE_EDITING", "VIEW_BOOKINGS_SELF"]
    token = api.by_token(api.post("/me/tokens", {"name": "Desk", "permissions": permissions}).body["token"])

    refused = [
        token.patch(f"/editing-jobs/{other['id']}", {"notes": "Warm tones."}),
        token.patch(f"/editing-jobs/{other['id']}", {"status": "ARCHIVED"}),
        token.post(f"/editing-jobs/{other['id']}/revisions", {"note": "Warmer."}),
    ]
    moved = token.patch(f"/editing-jobs/{mine}", {"status": "DELIVERED"})
    revised = token.post(f"/editing-jobs/{mine}/revisions", {"note": "Warmer."})

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(404, "not_found")] * 3
    assert api.get(f"/editing-jobs/{other['id']}").body == other
    assert (moved.status, moved.body["status"], revised.status) == (200, "DELIVERED", 201)


def test_a_photographer_sees_the_jobs_of_their_bookings_and_moves_none(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    maya = make.staff()
    conn.execute(
        "update staff_members set user_id = (select id from auth_users where role = 'PHOTOGRAPHER') where id = %s",
        [maya["id"]],
    )
    booking = make.booking(maya)
    api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"})
    make_job(api, make)
    photographer = api.by_role("PHOTOGRAPHER")

    [job] = photographer.get("/editing-jobs").body["data"]
    refused = photographer.patch(f"/editing-jobs/{job['id']}", {"status": "DELIVERED"})

    assert job["bookingId"] == booking["id"]
    assert (refused.status, refused.body["code"]) == (403, "forbidden")


@pytest.mark.parametrize("status", ["PENDING", "IN_PROGRESS", "REVISION"])
def test_whoever_is_removed_leaves_the_jobs_that_are_not_finished(api: ApiClient, make: Factory, status: str) -> None:
    editor = make.staff(role="EDITOR")
    job = give(api, job_that_is(api, make, status), editor)

    removed = api.delete(f"/staff/{editor['id']}")

    left = api.get(f"/editing-jobs/{job['id']}").body
    assert (removed.status, api.get(f"/staff/{editor['id']}").status) == (204, 404)
    assert (left["editorId"], left["editorName"], left["status"]) == (None, None, status)


@pytest.mark.parametrize("status", ["DELIVERED", "ARCHIVED"])
def test_whoever_is_removed_stays_on_record_for_the_jobs_that_are(api: ApiClient, make: Factory, status: str) -> None:
    editor = make.staff(role="EDITOR")
    job = give(api, job_that_is(api, make, status), editor)

    removed = api.delete(f"/staff/{editor['id']}")

    assert removed.status == 204
    assert api.get(f"/staff/{editor['id']}").body["status"] == "INACTIVE"
    assert api.get(f"/editing-jobs/{job['id']}").body == job


def test_jobs_can_be_had_by_editor(api: ApiClient, make: Factory) -> None:
    editor = make.staff(role="EDITOR")
    job = give(api, make_job(api, make), editor)
    make_job(api, make)

    assert ids(api, f"editorId={editor['id']}") == [job["id"]]
    assert ids(api, "editorId=999999") == []


def test_a_row_carries_booking_client_and_package(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Emma Chen")
    booking = make.completed_booking(clientId=client["id"])

    [row] = api.get("/editing-jobs").body["data"]

    assert (row["bookingId"], row["sessionDate"]) == (booking["id"], booking["sessionDate"])
    assert (row["clientId"], row["clientName"]) == (client["id"], "Emma Chen")
    assert row["sessionTypeName"] == booking["sessionTypeName"]


def test_jobs_can_be_had_by_status(api: ApiClient, make: Factory) -> None:
    pending = make_job(api, make)
    archived = make_job(api, make, "DELIVERED", "ARCHIVED")

    assert ids(api, "status=PENDING") == [pending["id"]]
    assert ids(api, "status=ARCHIVED") == [archived["id"]]
    assert ids(api, "status=DELIVERED") == []


def test_jobs_can_be_had_by_booking(api: ApiClient, make: Factory) -> None:
    job = make_job(api, make)
    make_job(api, make)

    assert ids(api, f"bookingId={job['bookingId']}") == [job["id"]]
    assert ids(api, f"clientId={job['clientId']}") == [job["id"]]
    assert api.get(f"/editing-jobs?include=total&clientId={job['clientId']}").body["total"] == 1


@pytest.mark.parametrize("q", ["EMMA", "warm"])
def test_jobs_can_be_searched_by_client_and_notes(api: ApiClient, make: Factory, q: str) -> None:
    job = make_job(api, make, clientId=make.client(name="Emma Chen")["id"])
    api.patch(f"/editing-jobs/{job['id']}", {"notes": "Warm tones."})
    make_job(api, make)

    assert ids(api, f"q={q}") == [job["id"]]


def test_search_takes_the_signs_of_patterns_literally(api: ApiClient, make: Factory) -> None:
    make_job(api, make)
    percent, underscore = make_job(api, make), make_job(api, make)
    api.patch(f"/editing-jobs/{percent['id']}", {"notes": "Crop to 50%."})
    api.patch(f"/editing-jobs/{underscore['id']}", {"notes": "See IMG_0042."})

    assert ids(api, "q=%25") == [percent["id"]]
    assert ids(api, "q=_") == [underscore["id"]]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("dueDate", ["second", "third", "first"]),
        ("-dueDate", ["first", "third", "second"]),
        ("createdAt", ["first", "second", "third"]),
        ("-createdAt", ["third", "second", "first"]),
    ],
)
def test_jobs_are_sorted_by(api: ApiClient, make: Factory, conn: Connection, sort: str, expected: list[str]) -> None:
    for created, (notes, due) in enumerate((("first", None), ("second", "2027-03-01"), ("third", "2027-03-20")), 1):
        job = make_job(api, make)
        api.patch(f"/editing-jobs/{job['id']}", {"notes": notes, "dueDate": due})
        conn.execute("update editing_jobs set created_at = make_date(2026, 1, %s) where id = %s", [created, job["id"]])

    rows = api.get(f"/editing-jobs?sort={sort}").body["data"]

    assert [row["notes"] for row in rows] == expected
