"""Bookings, as the tests of vendors need them who are not about how one is made."""

from datetime import date
from typing import Any
from uuid import UUID

from photolens.database import Connection
from photolens.spaces.actions.bookings import book
from tests.client import Answer

CUSTOMER = UUID("00000000-0000-4000-8000-000000000008")  # the test's, of callers.sql


def wish(offering: dict[str, Any], payment_method: str = "CASH", quantity: int = 1) -> dict[str, Any]:
    """From 9 to 10 on Monday 2 January 2040."""
    times = {"start_time": "09:00", "end_time": "10:00", "duration": None}
    day = {"booking_date": date(2040, 1, 2)}
    asked = {"vendor_service_id": offering["id"], "quantity": quantity, "payment_method": payment_method}
    return {**times, **day, **asked}


def hold(conn: Connection, offering: dict[str, Any], payment_method: str = "CASH", quantity: int = 1) -> int:
    """The test's customer has booked so many; gives the booking's id."""
    return book(conn, CUSTOMER, wish(offering, payment_method, quantity))


def pointers(refused: Answer) -> list[str]:
    return [fault["pointer"] for fault in refused.body["errors"]]
