"""The columns of the editing board: in their order, without gaps, and never without one for each status."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.waiting import held_up

Row = dict[str, Any]

SEEDED = ["Awaiting Selection", "Ready for Edit", "In Progress", "Client Review", "Completed", "Revision"]


def stages(api: ApiClient) -> list[Row]:
    rows: list[Row] = api.get("/editing-stages").body["data"]
    return rows


def names(api: ApiClient) -> list[str]:
    """The stages in their order, whose positions are 1 to n."""
    rows = stages(api)
    assert [stage["position"] for stage in rows] == list(range(1, len(rows) + 1))
    return [stage["name"] for stage in rows]


def stage_id(api: ApiClient, name: str) -> int:
    found: int = next(stage["id"] for stage in stages(api) if stage["name"] == name)
    return found


def test_a_studio_begins_with_the_six_stages_of_its_board(api: ApiClient) -> None:
    assert names(api) == SEEDED
    assert [(stage["status"], stage["awaitsSelection"]) for stage in stages(api)] == [
        ("PENDING", True),
        ("PENDING", False),
        ("IN_PROGRESS", False),
        ("IN_PROGRESS", False),
        ("DELIVERED", False),
        ("REVISION", False),
    ]


def test_a_new_stage_is_the_last_unless_it_says_where_it_stands(api: ApiClient) -> None:
    last = api.post("/editing-stages", {"name": "Print", "status": "DELIVERED"})
    first = api.post("/editing-stages", {"name": "Intake", "status": "PENDING", "position": 1, "colour": "GREEN"})
    beyond = api.post("/editing-stages", {"name": "Album", "status": "DELIVERED", "position": 999})

    assert (last.body["position"], last.body["colour"], last.body["awaitsSelection"]) == (7, "SLATE", False)
    assert (first.body["position"], first.body["colour"]) == (1, "GREEN")
    assert beyond.body["position"] == 9
    assert api.get(f"/editing-stages/{first.body['id']}").body == first.body
    assert names(api) == ["Intake", *SEEDED, "Print", "Album"]


@pytest.mark.parametrize(
    ("position", "order"),
    [(1, [3, 0, 1, 2, 4, 5]), (3, [0, 1, 3, 2, 4, 5]), (5, [0, 1, 2, 4, 3, 5]), (9, [0, 1, 2, 4, 5, 3])],
)
def test_a_stage_that_is_moved_makes_the_others_close_up(api: ApiClient, position: int, order: list[int]) -> None:
    moved = api.patch(f"/editing-stages/{stage_id(api, 'Client Review')}", {"position": position})

    assert (moved.status, moved.body["position"]) == (200, min(position, 6))
    assert names(api) == [SEEDED[n] for n in order]


def test_a_stage_that_is_deleted_leaves_no_gap(api: ApiClient) -> None:
    deleted = api.delete(f"/editing-stages/{stage_id(api, 'Client Review')}")

    assert deleted.status == 204
    assert names(api) == [name for name in SEEDED if name != "Client Review"]


def test_a_stage_is_renamed_and_coloured_while_jobs_are_in_it(api: ApiClient, make: Factory) -> None:
    job = api.get(f"/editing-jobs/{make.completed_booking()['editingJobId']}").body

    changed = api.patch(f"/editing-stages/{job['stageId']}", {"name": "Waiting", "colour": "BLUE"})

    assert (changed.status, changed.body["name"], changed.body["colour"]) == (200, "Waiting", "BLUE")
    assert api.get(f"/editing-jobs/{job['id']}").body["stageName"] == "Waiting"


def test_two_stages_have_not_one_name_whatever_its_case(api: ApiClient) -> None:
    answers = [
        api.post("/editing-stages", {"name": "in progress", "status": "IN_PROGRESS", "position": 1}),
        api.patch(f"/editing-stages/{stage_id(api, 'Completed')}", {"name": "REVISION", "position": 1}),
    ]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(409, "name_taken")] * 2
    assert names(api) == SEEDED


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"status": "ARCHIVED"}, "/status"),
        ({"status": "IN_PROGRESS", "awaitsSelection": True}, "/awaitsSelection"),
        ({"status": "PENDING", "position": 0}, "/position"),
        ({"status": "PENDING", "position": None}, "/position"),
        ({"status": "PENDING", "colour": "PINK"}, "/colour"),
        ({"status": "PENDING", "name": " "}, "/name"),
        ({}, "/status"),
    ],
)
def test_a_stage_is_what_the_board_knows(api: ApiClient, fields: Row, pointer: str) -> None:
    refused = api.post("/editing-stages", {"name": "Print", **fields})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [pointer]
    assert names(api) == SEEDED


def test_a_stage_that_awaits_the_selection_stays_pending(api: ApiClient) -> None:
    refused = api.patch(f"/editing-stages/{stage_id(api, 'Awaiting Selection')}", {"status": "IN_PROGRESS"})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/awaitsSelection"]


@pytest.mark.parametrize("moves", [["IN_PROGRESS"], ["DELIVERED", "ARCHIVED"]])
def test_a_stage_with_jobs_in_it_keeps_its_status_and_its_place_on_the_board(
    api: ApiClient, make: Factory, moves: list[str]
) -> None:
    job_id = make.completed_booking()["editingJobId"]
    make.stage(status="DELIVERED")
    for status in moves:
        api.patch(f"/editing-jobs/{job_id}", {"status": status})
    in_use = f"/editing-stages/{api.get(f'/editing-jobs/{job_id}').body['stageId']}"

    answers = [api.patch(in_use, {"status": "REVISION"}), api.delete(in_use)]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(409, "stage_in_use")] * 2


def test_an_empty_stage_may_come_to_stand_for_another_status(api: ApiClient) -> None:
    changed = api.patch(f"/editing-stages/{stage_id(api, 'In Progress')}", {"status": "DELIVERED"})

    assert (changed.status, changed.body["status"]) == (200, "DELIVERED")


@pytest.mark.parametrize("name", ["Ready for Edit", "In Progress", "Completed", "Revision"])
def test_the_board_keeps_a_stage_for_each_status_and_one_for_what_was_chosen(api: ApiClient, name: str) -> None:
    api.delete(f"/editing-stages/{stage_id(api, 'Client Review')}")
    last = f"/editing-stages/{stage_id(api, name)}"
    other = "REVISION" if name != "Revision" else "DELIVERED"

    answers = [api.delete(last), api.patch(last, {"status": other})]
    if name == "Ready for Edit":
        answers.append(api.patch(last, {"awaitsSelection": True}))

    assert {(answer.status, answer.body["code"]) for answer in answers} == {(409, "stage_needed")}


def test_a_board_is_full_with_50_stages(api: ApiClient, conn: Connection) -> None:
    conn.execute(
        "insert into editing_stages (name, colour, position, status)"
        " select 'Stage ' || n, 'BLUE', n, 'PENDING' from generate_series(7, 50) as n"
    )

    refused = api.post("/editing-stages", {"name": "One more", "status": "PENDING"})

    assert (refused.status, refused.body["code"]) == (409, "board_full")


def test_a_log_keeps_the_status_of_a_stage_that_is_gone(api: ApiClient, make: Factory) -> None:
    job_id, stage = make.completed_booking()["editingJobId"], make.stage(name="Second look")
    api.patch(f"/editing-jobs/{job_id}", {"stageId": stage["id"]})
    api.patch(f"/editing-jobs/{job_id}", {"status": "DELIVERED"})

    assert api.delete(f"/editing-stages/{stage['id']}").status == 204

    log = api.get(f"/editing-jobs/{job_id}").body["statusHistory"]
    assert [(row["stageName"], row["status"]) for row in log] == [
        ("Awaiting Selection", "PENDING"),
        (None, "IN_PROGRESS"),
        ("Completed", "DELIVERED"),
    ]


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR"])
def test_whoever_sees_the_board_reads_its_stages_and_changes_none(api: ApiClient, role: str) -> None:
    member, first = api.by_role(role), stages(api)[0]

    assert member.get("/editing-stages").body["data"] == stages(api)
    assert member.patch(f"/editing-stages/{first['id']}", {"name": "Mine"}).status == 403


@pytest.mark.committed
def test_the_last_two_stages_of_a_status_are_not_both_deleted_at_once(api: ApiClient, conn: Connection) -> None:
    two = [stage_id(api, name) for name in ("In Progress", "Client Review")]

    with held_up(conn) as waiting:
        conn.execute("select from editing_stages order by id for update")
        answers = [waiting.send(api.delete, f"/editing-stages/{stage}") for stage in two]

    assert sorted(answer.result().status for answer in answers) == [204, 409]
    assert len(names(api)) == 5


@pytest.mark.committed
def test_stages_that_are_added_and_moved_at_once_all_have_their_place(api: ApiClient, conn: Connection) -> None:
    moved_stage = f"/editing-stages/{stage_id(api, 'Revision')}"

    with held_up(conn) as waiting:
        conn.execute("select from editing_stages order by id for update")
        added = [
            waiting.send(api.post, "/editing-stages", {"name": name, "status": "PENDING", **place})
            for name, place in [("Intake", {"position": 1}), ("Album", {}), ("Print", {})]
        ]
        moved = waiting.send(api.patch, moved_stage, {"position": 2})

    assert [answer.result().status for answer in [*added, moved]] == [201, 201, 201, 200]
    assert sorted(names(api)) == sorted([*SEEDED, "Intake", "Album", "Print"])


@pytest.mark.committed
@pytest.mark.parametrize("change", ["deleted", "of another status"])
def test_a_stage_that_goes_while_a_job_is_moved_into_it_is_clear_to_both(
    api: ApiClient, make: Factory, conn: Connection, change: str
) -> None:
    job, stage = f"/editing-jobs/{make.completed_booking()['editingJobId']}", make.stage()
    stage_address = f"/editing-stages/{stage['id']}"

    with held_up(conn) as waiting:
        conn.execute("select from editing_stages order by id for update")
        if change == "deleted":
            gone = waiting.send(api.delete, stage_address)
        else:
            gone = waiting.send(api.patch, stage_address, {"status": "REVISION"})
        moved = waiting.send(api.patch, job, {"stageId": stage["id"]})

    if change == "deleted":
        assert (gone.result().status, moved.result().status) in ((204, 422), (409, 200))
    else:
        status = "REVISION" if gone.result().status == 200 else "IN_PROGRESS"
        assert (moved.result().status, moved.result().body["status"]) == (200, status)
    assert api.get(job).body["stageId"] in {row["id"] for row in stages(api)}


@pytest.mark.committed
def test_a_job_that_is_moved_first_keeps_its_stage_from_being_deleted(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    job, stage = make.completed_booking()["editingJobId"], make.stage()

    with held_up(conn) as waiting:
        # The one who moves waits with the stages in hand.
        conn.execute("select from editing_jobs where id = %s for update", [job])
        moved = waiting.send(api.patch, f"/editing-jobs/{job}", {"stageId": stage["id"]})
        gone = waiting.send(api.delete, f"/editing-stages/{stage['id']}")

    assert moved.result().status == 200
    assert (gone.result().status, gone.result().body["code"]) == (409, "stage_in_use")
