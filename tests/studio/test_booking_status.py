"""The life of a booking: asked for, confirmed, done or called off; and what follows from each step."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.waiting import held_up

STATUSES = ("PENDING", "SCHEDULED", "COMPLETED", "CANCELLED")
LEGAL = [
    ("PENDING", "SCHEDULED"),
    ("PENDING", "CANCELLED"),
    ("SCHEDULED", "COMPLETED"),
    ("SCHEDULED", "CANCELLED"),
    ("COMPLETED", "SCHEDULED"),
]
ILLEGAL = [(was, to) for was in STATUSES for to in STATUSES if was != to and (was, to) not in LEGAL]


def booking_that_is(api: ApiClient, make: Factory, status: str) -> dict[str, Any]:
    booking = make.booking(status="PENDING" if status == "PENDING" else "SCHEDULED")
    if status in ("COMPLETED", "CANCELLED"):
        api.patch(f"/bookings/{booking['id']}", {"status": status})
    now: dict[str, Any] = api.get(f"/bookings/{booking['id']}").body
    assert now["status"] == status
    return now


def sessions_of(api: ApiClient, booking: dict[str, Any]) -> int:
    sessions: int = api.get(f"/clients/{booking['clientId']}").body["totalSessions"]
    return sessions


@pytest.mark.parametrize(("was", "to"), LEGAL)
def test_a_booking_goes_from_to(api: ApiClient, make: Factory, was: str, to: str) -> None:
    booking = booking_that_is(api, make, was)

    moved = api.patch(f"/bookings/{booking['id']}", {"status": to})

    assert (moved.status, moved.body["status"]) == (200, to)
    assert api.get(f"/bookings/{booking['id']}").body == moved.body


@pytest.mark.parametrize(("was", "to"), ILLEGAL)
def test_a_booking_never_goes_from_to(api: ApiClient, make: Factory, was: str, to: str) -> None:
    booking = booking_that_is(api, make, was)

    refused = api.patch(f"/bookings/{booking['id']}", {"status": to, "location": "Elsewhere"})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/bookings/{booking['id']}").body == booking


@pytest.mark.parametrize("status", STATUSES)
def test_a_booking_may_be_told_the_status_it_has(api: ApiClient, make: Factory, status: str) -> None:
    booking = booking_that_is(api, make, status)

    told = api.patch(f"/bookings/{booking['id']}", {"status": status})

    assert told.status == 200
    assert told.body == booking | {"updatedAt": told.body["updatedAt"]}


def test_a_status_is_a_word_of_the_list(api: ApiClient, make: Factory) -> None:
    booking = make.booking()

    refused = api.patch(f"/bookings/{booking['id']}", {"status": "completed"})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/status"]


def test_completion_opens_one_editing_job_with_the_first_row_of_its_log(api: ApiClient, make: Factory) -> None:
    booking = make.booking()

    completed = api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"}).body

    job = api.get(f"/editing-jobs/{completed['editingJobId']}").body
    assert (job["bookingId"], job["status"], job["deliveredAt"]) == (booking["id"], "PENDING", None)
    assert [(row["status"], row["changedBy"], row["notes"]) for row in job["statusHistory"]] == [
        ("PENDING", "Owner Test", None)
    ]
    assert [row["id"] for row in api.get("/editing-jobs").body["data"]] == [job["id"]]


def test_completion_counts_the_clients_session(api: ApiClient, make: Factory) -> None:
    client = make.client()
    first, second = make.booking(clientId=client["id"]), make.booking(clientId=client["id"])
    make.booking(clientId=client["id"])

    api.patch(f"/bookings/{first['id']}", {"status": "COMPLETED"})
    api.patch(f"/bookings/{second['id']}", {"status": "COMPLETED"})

    assert sessions_of(api, first) == 2


def test_completion_is_told_in_the_feed(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()

    deeds = api.get(f"/activities?subjectType=BOOKING&subjectId={booking['id']}").body["data"]

    assert [deed["kind"] for deed in deeds] == ["BOOKING_COMPLETED", "BOOKING_CREATED"]


def test_completing_twice_changes_nothing(api: ApiClient, make: Factory) -> None:
    completed = make.completed_booking()
    job = api.get(f"/editing-jobs/{completed['editingJobId']}").body

    again = api.patch(f"/bookings/{completed['id']}", {"status": "COMPLETED"})

    assert again.status == 200
    assert again.body == completed | {"updatedAt": again.body["updatedAt"]}
    assert api.get(f"/editing-jobs/{completed['editingJobId']}").body == job
    assert sessions_of(api, completed) == 1


def test_undoing_a_completion_takes_back_the_job_and_the_session(api: ApiClient, make: Factory) -> None:
    completed = make.completed_booking()

    undone = api.patch(f"/bookings/{completed['id']}", {"status": "SCHEDULED"}).body

    assert (undone["status"], undone["editingJobId"]) == ("SCHEDULED", None)
    assert api.get(f"/editing-jobs/{completed['editingJobId']}").status == 404
    assert sessions_of(api, completed) == 0


def test_a_booking_completed_again_after_a_slip_has_one_new_job(api: ApiClient, make: Factory) -> None:
    completed = make.completed_booking()
    api.patch(f"/bookings/{completed['id']}", {"status": "SCHEDULED"})

    again = api.patch(f"/bookings/{completed['id']}", {"status": "COMPLETED"}).body

    jobs = api.get(f"/editing-jobs?bookingId={completed['id']}").body["data"]
    assert [job["id"] for job in jobs] == [again["editingJobId"]]
    assert sessions_of(api, completed) == 1


@pytest.mark.parametrize("moves", [["IN_PROGRESS"], ["IN_PROGRESS", "PENDING"], ["DELIVERED"]])
def test_a_completion_stands_once_the_editing_has_begun(api: ApiClient, make: Factory, moves: list[str]) -> None:
    completed = make.completed_booking()
    for status in moves:
        api.patch(f"/editing-jobs/{completed['editingJobId']}", {"status": status})

    refused = api.patch(f"/bookings/{completed['id']}", {"status": "SCHEDULED"})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/bookings/{completed['id']}").body == completed
    assert sessions_of(api, completed) == 1


def test_a_completion_stands_once_an_invoice_is_issued(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.sent_invoice(clientId=booking["clientId"], bookingId=booking["id"])
    api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"})

    refused = api.patch(f"/bookings/{booking['id']}", {"status": "SCHEDULED"})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/bookings/{booking['id']}").body["status"] == "COMPLETED"
    assert sessions_of(api, booking) == 1


def test_a_completion_with_only_a_draft_can_be_undone(api: ApiClient, make: Factory) -> None:
    completed = make.completed_booking()
    make.invoice(clientId=completed["clientId"], bookingId=completed["id"])

    undone = api.patch(f"/bookings/{completed['id']}", {"status": "SCHEDULED"})

    assert undone.status == 200


def test_a_completion_whose_invoice_was_voided_can_be_undone(api: ApiClient, make: Factory) -> None:
    completed = make.completed_booking()
    invoice = make.sent_invoice(clientId=completed["clientId"], bookingId=completed["id"])
    api.post(f"/invoices/{invoice['id']}/void")

    undone = api.patch(f"/bookings/{completed['id']}", {"status": "SCHEDULED"})

    assert undone.status == 200


def test_a_step_and_another_change_go_together(api: ApiClient, make: Factory) -> None:
    booking = make.booking(status="PENDING")

    changed = api.patch(f"/bookings/{booking['id']}", {"status": "SCHEDULED", "location": "Harbour"}).body

    assert (changed["status"], changed["location"]) == ("SCHEDULED", "Harbour")


@pytest.mark.committed
def test_two_who_complete_a_booking_at_once_complete_it_once(api: ApiClient, make: Factory, conn: Connection) -> None:
    booking = make.booking()

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [booking["clientId"]])
        answers = [waiting.send(api.patch, f"/bookings/{booking['id']}", {"status": "COMPLETED"}) for _ in range(2)]

    assert [answer.result().status for answer in answers] == [200, 200]
    assert len(api.get("/editing-jobs").body["data"]) == 1
    assert sessions_of(api, booking) == 1


@pytest.mark.committed
def test_bookings_of_a_client_completed_at_once_are_all_counted(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    client = make.client()
    bookings = [make.booking(clientId=client["id"]) for _ in range(4)]

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [client["id"]])
        answers = [
            waiting.send(api.patch, f"/bookings/{booking['id']}", {"status": "COMPLETED"}) for booking in bookings
        ]

    assert [answer.result().status for answer in answers] == [200, 200, 200, 200]
    assert api.get(f"/clients/{client['id']}").body["totalSessions"] == 4
