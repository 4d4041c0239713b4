"""How a space is booked, and given back: a booking holds its slots as long as it is not cancelled.

What is free of a slot is recomputed from the bookings that hold it, under its lock. So a unit is never sold twice, and
given back once, however often and by whomever that is tried.
"""

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.problems import invalid
from photolens.spaces import rules
from photolens.spaces.problems import NOT_FREE, NOT_OFFERED

_NUMBER_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another


def book(conn: Connection, customer_id: UUID, wish: dict[str, Any]) -> int:
    """Book units of an offering for a period; gives the booking's id.

    Paid in cash, it is confirmed at once where the vendor has it so; otherwise it waits for its money, for a while.

    Locks: branch and offering for share, then the slots in order of time. Problems: `not_offered`, `not_free`,
    `invalid`.
    """
    with conn.transaction():
        offering = sql.spaces.lock_offering(conn, vendor_service_id=wish["vendor_service_id"])
        if offering is None or not offering["is_public"]:
            raise invalid("/vendorServiceId", "names nothing that is there")
        if not offering["is_active"]:
            raise NOT_OFFERED("It is no longer offered.")
        period = rules.period_of(offering, wish)
        rules.require_duration(offering, period)
        rules.require_future(offering, period, datetime.now(UTC))
        slots = sql.spaces.lock_slots(
            conn,
            vendor_service_id=offering["id"],
            first_date=period.first,
            last_date=period.last,
            start_time=period.start,
            end_time=period.end,
        )
        why_not = rules.why_not_free(slots, period, wish["quantity"])
        if why_not is not None:
            raise NOT_FREE(why_not)
        return _insert(conn, customer_id, wish, offering, period, slots)


def _insert(
    conn: Connection, customer_id: UUID, wish: dict[str, Any], offering: Row, period: rules.Period, slots: list[Row]
) -> int:
    """Keep a booking of slots that are locked and free, and take it from them."""
    is_online = wish["payment_method"] in rules.PAID_ONLINE
    booking = sql.spaces.insert_space_booking(
        conn,
        booking_number=_new_number(),
        customer_id=customer_id,
        vendor_service_id=offering["id"],
        booking_date=period.first,
        last_date=period.last,
        start_time=period.start or slots[0]["start_time"],
        end_time=period.end or slots[-1]["end_time"],
        starts_at=period.starts_at or slots[0]["starts_at"],
        ends_at=period.ends_at or slots[-1]["ends_at"],
        quantity=wish["quantity"],
        unit_price=offering["price_per_unit"],
        price_unit=offering["price_unit"],
        duration=Decimal(period.duration.numerator) / period.duration.denominator,
        total_price=rules.total_price(offering["price_per_unit"], period, wish["quantity"]),
        status="CONFIRMED" if offering["auto_accept"] and not is_online else "PENDING",
        payment_method=wish["payment_method"],
        hold_expires_at=datetime.now(UTC) + rules.HOLD if is_online else None,
    )
    slot_ids = [slot["id"] for slot in slots]
    sql.spaces.insert_booking_slots(conn, booking_id=booking["id"], slot_ids=slot_ids)
    sql.spaces.refresh_availability(conn, slot_ids=slot_ids)
    booking_id: int = booking["id"]
    return booking_id


def _new_number() -> str:
    """A number that nobody guesses: SP- and twelve letters and digits, sixty bits of them."""
    return "SP-" + "".join(secrets.choice(_NUMBER_LETTERS) for _ in range(12))


def cancel(conn: Connection, booking: Row, refund_amount: Decimal) -> None:
    """Cancel a booking that is locked and may be, and give its units back.

    In a transaction of the caller's. Locks: its slots, in order of time.
    """
    sql.spaces.mark_space_booking_cancelled(conn, booking_id=booking["id"], refund_amount=refund_amount)
    slots = sql.spaces.lock_slots_of_bookings(conn, booking_ids=[booking["id"]])
    sql.spaces.refresh_availability(conn, slot_ids=[slot["id"] for slot in slots])
