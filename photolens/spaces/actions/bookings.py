"""How a space is booked, and given back: a booking holds its slots as long as it is not cancelled.

What is free of a slot is recomputed from the bookings that hold it, under its lock. So a unit is never sold twice, and
given back once, however often and by whomever that is tried.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.notifications import Notice, notify
from photolens.problems import Problem, invalid
from photolens.spaces import rules
from photolens.spaces.problems import NOT_FREE, NOT_OFFERED

_NUMBER_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that is read as another


@dataclass(frozen=True)
class _Answer:
    """What becomes of a wish: its period, the slots it takes, its price; and why it cannot be had, where it cannot."""

    offering: Row
    period: rules.Period
    slots: list[Row]
    price: Decimal
    refusal: Problem | None


def book(conn: Connection, customer_id: UUID, wish: dict[str, Any]) -> int:
    """Book units of an offering for a period; gives the booking's id.

    Paid in cash, it is confirmed at once where the vendor has it so; otherwise it waits for its money, for a while.

    Locks: branch and offering for share, then the slots in order of time. Problems: `not_offered`, `not_free`,
    `invalid`.
    """
    with conn.transaction():
        answer = _answer(conn, wish)
        if answer.refusal is not None:
            raise answer.refusal
        return _insert(conn, customer_id, wish, answer)


def quote(conn: Connection, wish: dict[str, Any]) -> Row:
    """What a booking would be and cost, and whether it can be had now: all that `book` does before it writes.

    Locks: as `book`, until it has been answered. Problems: `invalid`.
    """
    with conn.transaction(force_rollback=True):
        answer = _answer(conn, wish)
        period = answer.period
        return {
            "isBookable": answer.refusal is None,
            "reason": None if answer.refusal is None else answer.refusal.detail,
            "vendorServiceId": answer.offering["id"],
            "bookingDate": period.first,
            "lastDate": period.last,
            "quantity": wish["quantity"],
            "duration": float(period.duration),
            "priceUnit": answer.offering["price_unit"],
            "unitPrice": answer.offering["price_per_unit"],
            "totalPrice": answer.price,
            "currency": sql.spaces.get_studio_currency(conn)["currency"],
        }


def _answer(conn: Connection, wish: dict[str, Any]) -> _Answer:
    """Lock what a wish is for, and judge it."""
    offering = sql.spaces.lock_offering(conn, vendor_service_id=wish["vendor_service_id"])
    if offering is None or not offering["is_public"]:
        raise invalid("/vendorServiceId", "names nothing that is there")
    period = rules.period_of(offering, wish)
    rules.require_duration(offering, period)
    rules.require_future(offering, period, datetime.now(UTC))
    price = rules.total_price(offering["price_per_unit"], period, wish["quantity"])
    slots = sql.spaces.lock_slots(
        conn,
        vendor_service_id=offering["id"],
        first_date=period.first,
        last_date=period.last,
        start_time=period.start,
        end_time=period.end,
    )
    refusal = None
    if not offering["is_active"]:
        refusal = NOT_OFFERED("It is no longer offered.")
    elif (why_not := rules.why_not_free(slots, period, wish["quantity"])) is not None:
        refusal = NOT_FREE(why_not)
    return _Answer(offering, period, slots, price, refusal)


def _insert(conn: Connection, customer_id: UUID, wish: dict[str, Any], answer: _Answer) -> int:
    """Keep a booking of slots that are locked and free, and take it from them."""
    offering, period, slots = answer.offering, answer.period, answer.slots
    is_online = wish["payment_method"] in rules.PAID_ONLINE
    is_confirmed = offering["auto_accept"] and not is_online
    starts_at = period.starts_at or slots[0]["starts_at"]
    booking = sql.spaces.insert_space_booking(
        conn,
        booking_number=_new_number(),
        customer_id=customer_id,
        vendor_service_id=offering["id"],
        booking_date=period.first,
        last_date=period.last,
        start_time=period.start or slots[0]["start_time"],
        end_time=period.end or slots[-1]["end_time"],
        starts_at=starts_at,
        ends_at=period.ends_at or slots[-1]["ends_at"],
        quantity=wish["quantity"],
        unit_price=offering["price_per_unit"],
        price_unit=offering["price_unit"],
        duration=Decimal(period.duration.numerator) / period.duration.denominator,
        total_price=answer.price,
        free_cancel_hours=offering["free_cancel_hours"],
        late_refund_percent=offering["late_refund_percent"],
        status="CONFIRMED" if is_confirmed else "PENDING",
        payment_method=wish["payment_method"],
        hold_expires_at=None if is_confirmed else rules.hold_of(starts_at, datetime.now(UTC), is_online=is_online),
    )
    booking_id: int = booking["id"]
    slot_ids = [slot["id"] for slot in slots]
    sql.spaces.insert_booking_slots(conn, booking_id=booking_id, slot_ids=slot_ids)
    sql.spaces.refresh_availability(conn, slot_ids=slot_ids)
    if not is_online:
        _insert_cash(conn, booking_id, answer.price, booking["currency"])
    record(conn, "SPACE_BOOKED", {"id": booking_id, "booking_number": booking["bookingNumber"]})
    return booking_id


def _insert_cash(conn: Connection, booking_id: int, amount: Decimal, currency: str) -> None:
    """The one payment of a booking that is paid at the place, for the vendor to collect."""
    sql.spaces.insert_space_payment(
        conn, booking_id=booking_id, transaction_id=None, amount=amount, currency=currency, payment_method="CASH"
    )


def _new_number() -> str:
    """A number that nobody guesses: SP- and twelve letters and digits, sixty bits of them."""
    return "SP-" + "".join(secrets.choice(_NUMBER_LETTERS) for _ in range(12))


def cancel(conn: Connection, booking: Row, refund_amount: Decimal) -> None:
    """Cancel a booking that is locked and may be, and give its units back; of what it has paid, so much is to go back.

    In a transaction of the caller's. Locks: its slots, in order of time.
    """
    sql.spaces.mark_space_payments_due(conn, booking_id=booking["id"], refund_amount=refund_amount)
    sql.spaces.refresh_space_booking_money(conn, booking_id=booking["id"])
    cancel_unpaid(conn, [booking])


def cancel_unpaid(conn: Connection, bookings: list[Row]) -> None:
    """Cancel bookings that are locked, may be, and have paid nothing; and give their units back, all at once.

    In a transaction of the caller's. Locks: the slots of all of them, in order of time.
    """
    booking_ids = [booking["id"] for booking in bookings]
    sql.spaces.mark_space_bookings_cancelled(conn, booking_ids=booking_ids)
    slots = sql.spaces.lock_slots_of_bookings(conn, booking_ids=booking_ids)
    sql.spaces.refresh_availability(conn, slot_ids=[slot["id"] for slot in slots])
    for booking in bookings:
        record(conn, "SPACE_BOOKING_CANCELLED", booking)


def record(conn: Connection, kind: str, booking: Row, amount: Decimal | None = None, currency: str = "") -> None:
    """Tell of a booking in the feed, and of its money where there is any."""
    money = {} if amount is None else {"amount": str(amount), "currency": currency}
    details = {"bookingNumber": booking["booking_number"], **money}
    record_activity(conn, kind, "SPACE_BOOKING", booking["id"], details=details)


def tell(conn: Connection, bookings: list[Row], status: str) -> None:
    """Tell whoever has made these bookings what has become of them, as the last thing of a transaction.

    Locks: the inboxes, in the order of their users.
    """
    notify(
        conn,
        [
            Notice(
                booking["customer_id"],
                "SPACE_BOOKING_CHANGED",
                f"Your booking {booking['booking_number']} is {status.lower()}",
                rules.STATUS_SENTENCES[status],
                "SPACE_BOOKING",
                booking["id"],
            )
            for booking in bookings
        ],
    )
