"""The editing board: every stage with the number of its jobs and the first of them, in one request."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory, instant

Row = dict[str, Any]


def board(api: ApiClient, **query: Any) -> dict[str, Row]:
    """The stages by their names, which come in the order of the board."""
    answer = api.get("/editing-board", query_string=query)
    assert answer.status == 200, answer.body
    return {stage["name"]: stage for stage in answer.body["stages"]}


def counts(api: ApiClient, **query: Any) -> list[int]:
    return [stage["jobCount"] for stage in board(api, **query).values()]


def make_job(api: ApiClient, make: Factory, *moves: str, **plan: Any) -> int:
    """The id of a job that is planned and has been moved so."""
    job_id: int = make.completed_booking(**plan.pop("booking", {}))["editingJobId"]
    for change in ({"status": status} for status in moves):
        assert api.patch(f"/editing-jobs/{job_id}", change).status == 200
    if plan:
        assert api.patch(f"/editing-jobs/{job_id}", plan).status == 200
    return job_id


def test_the_board_shows_every_stage_with_its_jobs_as_the_list_shows_them(api: ApiClient, make: Factory) -> None:
    for moves in ([], ["IN_PROGRESS"], ["DELIVERED"], ["DELIVERED", "REVISION"], ["DELIVERED", "ARCHIVED"]):
        make_job(api, make, *moves, driveFolderUrl="https://drive.example/emma", dueDate="2027-05-01", notes="Warm.")

    shown = board(api)

    stages = api.get("/editing-stages").body["data"]
    assert [stage["id"] for stage in shown.values()] == [stage["id"] for stage in stages]
    assert shown["Revision"].keys() == (stages[0].keys() - {"createdAt", "updatedAt"}) | {"jobCount", "jobs"}
    assert counts(api) == [1, 0, 1, 0, 1, 1]
    listed = api.get("/editing-jobs").body["data"]
    on_the_board = [job for stage in shown.values() for job in stage["jobs"]]
    assert sorted(on_the_board, key=lambda job: job["id"]) == [job for job in listed if job["status"] != "ARCHIVED"]


def test_the_most_urgent_jobs_of_a_stage_come_first_then_what_is_due_first(api: ApiClient, make: Factory) -> None:
    plans = [
        ("NORMAL", "2027-01-01"),
        ("URGENT", None),
        ("HIGH", "2027-05-02"),
        ("URGENT", "2027-05-09"),
        ("HIGH", "2027-05-01"),
    ]
    ids = [make_job(api, make, priority=priority, dueDate=due) for priority, due in plans]

    shown = [job["id"] for job in board(api)["Awaiting Selection"]["jobs"]]

    assert shown == [ids[n] for n in (3, 1, 4, 2, 0)]


def test_of_what_was_delivered_the_newest_comes_first(api: ApiClient, make: Factory) -> None:
    ids = [make_job(api, make, "DELIVERED", priority=priority) for priority in ("URGENT", "NORMAL", "HIGH")]

    assert [job["id"] for job in board(api)["Completed"]["jobs"]] == ids[::-1]


def test_a_stage_shows_so_many_jobs_and_counts_them_all(api: ApiClient, make: Factory) -> None:
    ids = [make_job(api, make) for _ in range(3)]

    stage = board(api, limit=2)["Awaiting Selection"]

    assert ([job["id"] for job in stage["jobs"]], stage["jobCount"]) == (ids[:2], 3)


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"priority": "LOW"}, {"editorId": "x"}, {"sort": "id"}]
)
def test_a_board_is_asked_for_in_words_that_it_knows(api: ApiClient, query: Row) -> None:
    assert api.get("/editing-board", query_string=query).status == 422


def test_the_board_can_be_had_by_editor_priority_and_search(api: ApiClient, make: Factory) -> None:
    editor = make.staff(role="EDITOR")
    emma = {"clientId": make.client(name="Emma Chen")["id"]}
    mine = make_job(api, make, editorId=editor["id"])
    urgent = make_job(api, make, priority="URGENT", notes="Crop to 50%.")
    hers = make_job(api, make, booking=emma)
    make_job(api, make, "IN_PROGRESS")

    found = {
        tuple(query.items()): [job["id"] for job in board(api, **query)["Awaiting Selection"]["jobs"]]
        for query in ({"editorId": editor["id"]}, {"priority": "URGENT"}, {"q": "EMMA"}, {"q": "%"}, {"q": "nobody"})
    }

    assert [*found.values()] == [[mine], [urgent], [hers], [urgent], []]
    assert [sum(counts(api, **dict(query))) for query in found] == [1, 1, 1, 1, 0]


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR"])
def test_the_board_shows_and_counts_only_what_the_viewer_sees(
    api: ApiClient, make: Factory, conn: Connection, role: str
) -> None:
    member = make.staff(role=role)
    join_team(conn, role, member["id"])
    people = [{"staffId": member["id"]}]
    shoots = [{"sessionDate": instant(n), "assignedStaff": people if role == "PHOTOGRAPHER" else []} for n in range(2)]
    editor_id = member["id"] if role == "EDITOR" else None
    own = [
        make_job(api, make, editorId=editor_id, booking=shoots[0]),
        make_job(api, make, "DELIVERED", editorId=editor_id, booking=shoots[1]),
    ]
    make_job(api, make)
    make_job(api, make, "DELIVERED", editorId=make.staff(role="EDITOR")["id"])

    shown = board(api.by_role(role))

    assert [job["id"] for stage in shown.values() for job in stage["jobs"]] == own
    assert counts(api.by_role(role)) == [1, 0, 0, 0, 1, 0]
    assert counts(api) == [2, 0, 0, 0, 2, 0]
    for stage in shown.values():
        listed = api.by_role(role).get(f"/editing-jobs?stageId={stage['id']}&include=total").body
        assert (listed["total"], listed["data"]) == (stage["jobCount"], stage["jobs"])


def test_whoever_edits_and_photographs_nothing_here_has_no_board(api: ApiClient) -> None:
    assert api.by_role("FINANCE").get("/editing-board").status == 403
    assert counts(api.by_role("EDITOR")) == [0] * 6
