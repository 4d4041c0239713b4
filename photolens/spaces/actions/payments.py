"""The money of bookings: how it is asked for, comes, and goes back.

A payment changes under the lock of its booking alone, and what the booking says of its money is recomputed from all of
its payments. Money that has come is never refused: what the booking could not take any more is to go back.
"""

import secrets
from decimal import Decimal

from photolens.billing.problems import REFUND_EXCEEDS_PAYMENT
from photolens.database import Connection, Row, sql
from photolens.problems import ILLEGAL_TRANSITION
from photolens.spaces import rules
from photolens.spaces.actions.bookings import record
from photolens.spaces.actions.changes import lock_for_caller, lock_for_vendor
from photolens.spaces.problems import NOT_PAID, NOT_PAYABLE


def open_payment(conn: Connection, booking_id: int) -> int:
    """Begin an attempt to pay for a booking online; gives the payment's id. The gateway is to name its transaction.

    Locks: the booking. Problems: `forbidden`, `not_found`, `not_payable`.
    """
    with conn.transaction():
        booking, _party = lock_for_caller(conn, booking_id)
        if booking["payment_method"] not in rules.PAID_ONLINE:
            raise NOT_PAYABLE("It is paid at the place.")
        if booking["status"] != "PENDING":
            raise NOT_PAYABLE(f"The booking is {booking['status']}.")
        return insert_attempt(conn, booking, f"SPT-{secrets.token_hex(16)}")


def insert_attempt(conn: Connection, booking: Row, transaction_id: str) -> int:
    """Keep an attempt to pay the whole price of a booking, which is locked; gives the payment's id."""
    payment = sql.spaces.insert_space_payment(
        conn,
        booking_id=booking["id"],
        transaction_id=transaction_id,
        amount=booking["total_price"],
        currency=booking["currency"],
        payment_method=booking["payment_method"],
    )
    payment_id: int = payment["id"]
    sql.spaces.refresh_space_booking_money(conn, booking_id=booking["id"])
    return payment_id


def collect(conn: Connection, payment_id: int) -> Row:
    """Note that the cash of a booking has been collected; gives the payment's booking.

    Locks: the booking, then the payment. Problems: `forbidden`, `not_found`, `not_payable`, `illegal_transition`.
    """
    with conn.transaction():
        booking, payment = _lock_payment_for_vendor(conn, payment_id)
        if payment["payment_method"] != "CASH":
            raise NOT_PAYABLE("It is paid online.")
        if payment["status"] == "PAID":
            raise ILLEGAL_TRANSITION("It has been collected.")
        if booking["status"] in ("PENDING", "CANCELLED"):
            raise NOT_PAYABLE(f"The booking is {booking['status']}.")
        take(conn, booking, payment_id, payment["amount"], payment["currency"], refund_due=Decimal(0))
        return booking


def take(
    conn: Connection,
    booking: Row,
    payment_id: int,
    amount: Decimal,
    currency: str,
    *,
    refund_due: Decimal,
    gateway_response: dict[str, object] | None = None,
) -> None:
    """Keep the money of a payment that has come, so much of which is to go back. Booking and payment are locked."""
    sql.spaces.mark_space_payment_paid(
        conn,
        payment_id=payment_id,
        amount=amount,
        currency=currency,
        refund_due=refund_due,
        gateway_response=gateway_response,
    )
    sql.spaces.refresh_space_booking_money(conn, booking_id=booking["id"])
    record(conn, "SPACE_PAYMENT_RECEIVED", booking, amount, currency)


def refund(conn: Connection, payment_id: int, amount: Decimal | None) -> Row:
    """Note that money of a payment has been given back; by default what is due, or all that is left; gives the booking.

    Locks: the booking, then the payment. Problems: `forbidden`, `not_found`, `not_paid`, `refund_exceeds_payment`.
    """
    with conn.transaction():
        booking, payment = _lock_payment_for_vendor(conn, payment_id)
        if payment["status"] != "PAID":
            raise NOT_PAID("There is nothing to give back.")
        left: Decimal = payment["amount"] - payment["refunded_amount"]
        due: Decimal = max(payment["refund_due"] - payment["refunded_amount"], Decimal(0))
        given = amount or due or left
        if not 0 < given <= left:
            raise REFUND_EXCEEDS_PAYMENT(f"Of the payment {left} is left.", refundableAmount=left)
        sql.spaces.mark_space_payment_refunded(
            conn,
            payment_id=payment_id,
            refunded_amount=payment["refunded_amount"] + given,
            gateway_response=None,
        )
        sql.spaces.refresh_space_booking_money(conn, booking_id=booking["id"])
        record(conn, "SPACE_PAYMENT_REFUNDED", booking, given, payment["currency"])
        return booking


def _lock_payment_for_vendor(conn: Connection, payment_id: int) -> tuple[Row, Row]:
    """A payment and its booking, both locked. Problems: `forbidden`, `not_found`."""
    place = sql.spaces.get_space_payment_place(conn, payment_id=payment_id)
    booking_id = None if place is None else place["bookingId"]
    booking = lock_for_vendor(conn, booking_id, missing=("space payment", payment_id))
    return booking, sql.spaces.lock_space_payment(conn, payment_id=payment_id)
