"""Two at once: a pause against a booking, two who approve, less capacity against a booking. Committed, on threads."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens.database import Connection
from photolens.problems import Problem
from tests.client import ApiClient
from tests.factories import Factory
from tests.spaces.booked import hold

pytestmark = pytest.mark.committed


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    with ThreadPoolExecutor(len(deeds)) as threads:
        return [future.result() for future in [threads.submit(deed) for deed in deeds]]


@pytest.fixture
def booker(clone_url: str) -> Callable[..., str | None]:
    """Books on a connection of its own; gives the code of what stood in the way."""

    def book_once(offering: dict[str, Any], payment_method: str = "CARD", quantity: int = 1) -> str | None:
        with psycopg.connect(clone_url, autocommit=True, row_factory=dict_row) as conn:
            try:
                hold(conn, offering, payment_method, quantity)
            except Problem as problem:
                return problem.kind.code
        return None

    return book_once


def statuses(conn: Connection) -> set[str]:
    return {row["status"] for row in conn.execute("select distinct status from space_bookings").fetchall()}


def test_of_bookings_that_meet_a_pause_none_is_left_unpaid(
    api: ApiClient, make: Factory, conn: Connection, booker: Callable[..., str | None]
) -> None:
    branch = make.branch()
    offering = make.offering(branch, maxCapacity=20)
    make.slots(offering, totalUnits=20)
    request = make.approval_request(branch)

    paused, *booked = at_once(
        lambda: api.post(f"/admin/approval-requests/{request['id']}/approve", {}).status,
        *[lambda: booker(offering) for _ in range(6)],
    )

    assert paused == 200
    assert {*booked} <= {None, "invalid"}
    assert statuses(conn) <= {"CANCELLED"}
    free = conn.execute("select distinct available_units from availability").fetchall()
    assert [row["available_units"] for row in free] == [20]


def test_of_two_who_approve_one_does(api: ApiClient, make: Factory, conn: Connection) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    make.slots(offering)
    asked = {"kind": "CAPACITY_CHANGE", "vendorServiceId": offering["id"], "requestedCapacity": 5}
    path = f"/admin/approval-requests/{make.approval_request(branch, **asked)['id']}"

    answers = at_once(*[lambda d=d: api.post(f"{path}/{d}", {}).status for d in ("approve", "approve", "reject")])

    assert sorted(answers) == [200, 409, 409]
    total = 5 if api.get(path).body["status"] == "APPROVED" else 3
    rows = conn.execute("select total_units, available_units from availability").fetchall()
    assert rows == [{"total_units": total, "available_units": total}] * 2


def test_less_capacity_and_a_booking_that_needs_more_never_both_come_about(
    api: ApiClient, make: Factory, conn: Connection, booker: Callable[..., str | None]
) -> None:
    branch = make.branch()
    offering = make.offering(branch)
    make.slots(offering)
    asked = {"kind": "CAPACITY_CHANGE", "vendorServiceId": offering["id"], "requestedCapacity": 1}
    path = f"/admin/approval-requests/{make.approval_request(branch, **asked)['id']}"

    approved, booked = at_once(lambda: api.post(f"{path}/approve", {}).status, lambda: booker(offering, "CASH", 2))

    assert (approved, booked) in {(200, "not_free"), (409, None)}
