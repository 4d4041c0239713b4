"""Many at once for the same desks: a unit is sold once, given back once, and no money is lost."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask, g

from photolens import tasks
from photolens.access import PERMISSIONS, Caller, Role
from photolens.database import Connection, connection
from photolens.problems import Problem
from photolens.spaces.actions import bookings, changes, gateway_events, payments
from tests.races.live import Call, LiveApi, outcomes
from tests.spaces.marketplace import MONDAY, Marketplace, wish

pytestmark = pytest.mark.committed

Deed = Callable[[Connection], Any]


@pytest.fixture
def market(conn: Connection) -> Marketplace:
    return Marketplace(conn)


class Racers:
    """Does deeds at once, each on a connection of its own and as somebody, and gives what came of them."""

    def __init__(self, app: Flask, market: Marketplace, threads: ThreadPoolExecutor) -> None:
        self._app = app
        self._threads = threads
        self._callers = {role: _caller(market, role) for role in ("CUSTOMER", "VENDOR")}

    def __call__(self, *deeds: tuple[str, Deed]) -> list[str]:
        """The codes of the problems that were raised, or `done`. Anything else that is raised fails the test."""
        start = Barrier(len(deeds))
        return list(self._threads.map(lambda deed: self._do(start, *deed), deeds))

    def _do(self, start: Barrier, role: str, do: Deed) -> str:
        with self._app.test_request_context():
            g.caller = self._callers[role]
            conn = connection()
            start.wait(30)
            try:
                do(conn)
            except Problem as problem:
                return problem.kind.code
            return "done"


def _caller(market: Marketplace, role: str) -> Caller:
    return Caller(
        user_id=market.user_id(role),
        name=role,
        role=Role(role),
        permissions=PERMISSIONS[Role(role)],
        is_active=True,
        staff_id=None,
        contact_id=None,
        vendor_id=None,
        session_id=None,
        session_digest=b"",
    )


@pytest.fixture
def race(app: Flask, market: Marketplace) -> Iterator[Racers]:
    with ThreadPoolExecutor(4) as threads:
        yield Racers(app, market, threads)


def wished(offering: int, day: date, start: int, end: int, method: str = "CASH") -> dict[str, Any]:
    return {
        "vendor_service_id": offering,
        "booking_date": day,
        "start_time": f"{start:02}:00",
        "end_time": f"{end:02}:00",
        "duration": None,
        "quantity": 1,
        "payment_method": method,
    }


def test_of_40_requests_at_once_for_3_units_3_are_booked(live: str, market: Marketplace) -> None:
    offering = market.offering()
    market.slots(offering, units=3)

    calls = [Call("POST", "/space-bookings", wish(offering), token="test-customer")] * 40
    answers = LiveApi(live).at_once(calls)

    assert outcomes(answers) == {(201, None): 3, (409, "not_free"): 37}
    assert market.free(offering) == [3, 3, 0, 0, 0, 3, 3, 3, 3, 3]


def test_of_two_that_overlap_at_once_one_has_the_unit(market: Marketplace, race: Racers) -> None:
    offering, customer = market.offering(), market.user_id("CUSTOMER")
    market.slots(offering, hours=(10, 13), units=1, days=100)

    came: Counter[tuple[str, ...]] = Counter()
    for n in range(100):
        day = MONDAY + timedelta(days=n)
        shapes = [wished(offering, day, 10, 12), wished(offering, day, 11, 13)]
        deeds = [("CUSTOMER", _of(bookings.book, customer, shape)) for shape in shapes]
        came[tuple(sorted(race(*deeds)))] += 1

    assert came == {("done", "not_free"): 100}


def _of(do: Callable[..., Any], *arguments: Any) -> Deed:
    return lambda conn: do(conn, *arguments)


def test_who_cancels_or_confirms_who_pays_and_the_clock_at_once_lose_no_money_and_no_unit(
    conn: Connection, market: Marketplace, race: Racers
) -> None:
    offering, customer = market.offering(), market.user_id("CUSTOMER")
    market.slots(offering, units=1, days=10)
    for n in range(100):
        shape = wished(offering, MONDAY + timedelta(days=n // 10), 8 + n % 10, 9 + n % 10, "CARD")
        booking_id = bookings.book(conn, customer, shape)
        booking = market.one("update space_bookings set hold_expires_at = now() where id = %s returning *", booking_id)
        payments.insert_attempt(conn, booking, f"SPT-{n}")
        event = {"transaction_id": f"SPT-{n}", "amount": booking["total_price"], "currency": "USD", "status": "paid"}

        race(
            ("CUSTOMER", _of(changes.cancel_booking, booking_id))
            if n % 2
            else ("VENDOR", _of(changes.confirm, booking_id)),
            ("CUSTOMER", _of(gateway_events.receive_event, event | {"id": f"first {n}"}, {})),
            ("CUSTOMER", _of(gateway_events.receive_event, event | {"id": f"second {n}"}, {})),
            ("CUSTOMER", tasks.cancel_expired_holds),
        )

    rows = conn.execute(
        """
        select space_bookings.status, space_payments.status as paid, needs_refund,
            refund_due = space_payments.amount as is_due, available_units
        from space_bookings
        inner join space_payments on space_bookings.id = space_payments.booking_id
        inner join booking_slots on space_bookings.id = booking_slots.booking_id
        inner join availability on booking_slots.availability_id = availability.id
        """
    ).fetchall()
    assert {tuple(row.values()) for row in rows} <= {
        ("CANCELLED", "PAID", True, True, 1),
        ("CONFIRMED", "PAID", False, False, 0),
    }
    assert len(rows) == 100


def test_who_cancels_who_confirms_and_the_clock_at_once_leave_one_of_them_right(
    conn: Connection, market: Marketplace, race: Racers
) -> None:
    offering, customer = market.offering(auto_accept=False), market.user_id("CUSTOMER")
    market.slots(offering, units=1, days=10)
    for n in range(100):
        shape = wished(offering, MONDAY + timedelta(days=n // 10), 8 + n % 10, 9 + n % 10)
        booking_id = bookings.book(conn, customer, shape)
        conn.execute("update space_bookings set hold_expires_at = now() where id = %s", [booking_id])

        came = race(
            ("CUSTOMER", _of(changes.cancel_booking, booking_id)),
            ("VENDOR", _of(changes.cancel_booking, booking_id)),
            ("VENDOR", _of(changes.confirm, booking_id)),
            ("VENDOR", tasks.cancel_expired_holds),
        )

        assert {*came} <= {"done", "illegal_transition"}

    rows = conn.execute(
        """
        select status, available_units
        from space_bookings
        inner join booking_slots on space_bookings.id = booking_slots.booking_id
        inner join availability on booking_slots.availability_id = availability.id
        """
    ).fetchall()
    assert {tuple(row.values()) for row in rows} == {("CANCELLED", 1)}  # what is confirmed can be cancelled
    assert len(rows) == 100


def test_workers_that_give_back_the_same_slots_at_once_do_not_stand_in_each_others_way(
    conn: Connection, market: Marketplace, race: Racers
) -> None:
    offering, customer = market.offering(), market.user_id("CUSTOMER")
    market.slots(offering, hours=(10, 16), units=200)
    for n in range(200):
        bookings.book(conn, customer, wished(offering, MONDAY, 10 + n % 3, 13 + n % 4, "CARD"))
    conn.execute("update space_bookings set hold_expires_at = now()")

    came = race(*[("CUSTOMER", tasks.cancel_expired_holds)] * 4)
    tasks.cancel_expired_holds(conn)

    assert came == ["done"] * 4
    assert market.free(offering) == [200] * 6
