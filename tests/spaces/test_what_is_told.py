"""Whoever has booked a space is told what others, or time, have made of it; of what they did themselves, nothing."""

from typing import Any

import pytest

from photolens import tasks
from photolens.database import Connection
from tests.client import ApiClient
from tests.spaces.marketplace import Marketplace, event_of, tell, wish


@pytest.fixture
def offering(market: Marketplace) -> int:
    offering = market.offering(auto_accept=False)
    market.slots(offering, hours=(10, 13))
    return offering


def book(customer: ApiClient, offering: int, **fields: Any) -> dict[str, Any]:
    booking: dict[str, Any] = customer.post("/space-bookings", wish(offering, **fields)).body
    return booking


def told(customer: ApiClient) -> list[tuple[str, str, int]]:
    rows = customer.get("/notifications").body["data"]
    return [(row["type"], row["title"].rpartition(" ")[2], row["subjectId"]) for row in rows]


def test_a_booking_that_is_confirmed_is_told(customer: ApiClient, vendor: ApiClient, offering: int) -> None:
    booking = book(customer, offering)

    assert told(customer) == []
    assert vendor.post(f"/space-bookings/{booking['id']}/confirm").status == 200
    assert told(customer) == [("SPACE_BOOKING_CHANGED", "confirmed", booking["id"])]


def test_a_booking_that_its_money_confirms_is_told_once(customer: ApiClient, gateway: ApiClient, offering: int) -> None:
    booking = book(customer, offering, paymentMethod="CARD")
    payment = customer.post(f"/space-bookings/{booking['id']}/payments").body

    for _ in range(2):
        assert tell(gateway, event_of(payment, "paid")).status == 200

    assert told(customer) == [("SPACE_BOOKING_CHANGED", "confirmed", booking["id"])]


@pytest.mark.parametrize(("role", "times"), [("VENDOR", 1), ("ADMIN", 1), ("CUSTOMER", 0)])
def test_a_booking_that_somebody_else_cancels_is_told(
    api: ApiClient, customer: ApiClient, offering: int, role: str, times: int
) -> None:
    booking = book(customer, offering)

    assert api.by_role(role).post(f"/space-bookings/{booking['id']}/cancel").status == 200

    assert told(customer) == [("SPACE_BOOKING_CHANGED", "cancelled", booking["id"])] * times


def test_bookings_that_waited_too_long_are_told_all_at_once(
    conn: Connection, market: Marketplace, customer: ApiClient, offering: int
) -> None:
    booked = [book(customer, offering, paymentMethod="CARD") for _ in range(2)]
    for booking in booked:
        market.expire(booking)

    for _ in range(2):
        tasks.cancel_expired_holds(conn)

    expected = [("SPACE_BOOKING_CHANGED", "cancelled", booking["id"]) for booking in reversed(booked)]
    assert told(customer) == expected
    jobs = conn.execute("select from procrastinate_jobs where task_name = 'deliver_notifications'").fetchall()
    assert len(jobs) == 1
