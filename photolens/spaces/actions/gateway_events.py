"""What the gateway tells of the money of bookings, more than once and in any order: kept, and done once.

It ends the same in every order. A payment only goes up, from PENDING to FAILED to PAID; the money is taken when it
first comes to PAID; and what has gone back of it is told as the sum of all, of which the largest counts.
"""

import logging
import time
from decimal import Decimal
from typing import Any

import orjson

from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.problems import BAD_REQUEST
from photolens.signatures import is_signed
from photolens.spaces import rules
from photolens.spaces.actions.bookings import record
from photolens.spaces.actions.changes import confirm_paid
from photolens.spaces.actions.payments import insert_attempt, take
from photolens.stripe_gateway import PAYMENTS_NOT_CONFIGURED, SIGNATURE_INVALID

log = logging.getLogger(__name__)


def read_event(payload: bytes, signature: str | None) -> Any:
    """The JSON of a body as it was sent, once its `X-Signature` is found to be of one of our secrets, and fresh.

    Problems: `payments_not_configured`, `signature_invalid`, `bad_request`.
    """
    secrets = current_settings().space_payments_secret
    if not secrets:
        raise PAYMENTS_NOT_CONFIGURED("Without SPACE_PAYMENTS_SECRET no event can be verified.")
    if signature is None or not is_signed(payload, signature, secrets, time.time()):
        raise SIGNATURE_INVALID("The X-Signature is missing, too old, or not of this body with one of our secrets.")
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        raise BAD_REQUEST("The body is signed, but is no JSON.") from None


def receive_event(conn: Connection, event: dict[str, Any], told: dict[str, Any]) -> str:
    """Do what follows from an event, unless that has been done: PROCESSED; IGNORED where it is about nothing of ours.

    `told` is the whole of it, of which what could be used of a card is not kept.

    Locks: the event, then the booking, then the payment, then the inbox. Problems: none; a fault leaves nothing, and is
    told again.
    """
    told = rules.without_card_data(told)
    with conn.transaction():
        kept = sql.spaces.insert_space_payment_event(
            conn, event_id=event["id"], transaction_id=event["transaction_id"], payload=told
        )
        if kept is None:
            return "PROCESSED"
        locked = _lock_payment(conn, event)
        if locked is None:
            log.warning("Event %s of the gateway is about no payment of ours.", event["id"])
            return "IGNORED"
        _HANDLERS[event["status"]](conn, *locked, event, told)
        return "PROCESSED"


def _lock_payment(conn: Connection, event: dict[str, Any]) -> tuple[Row, Row] | None:
    """The booking and the payment that an event is about, locked; None where it is about nothing of ours.

    A transaction that nobody has begun here is one more attempt, for the booking whose number it bears.
    """
    place = sql.spaces.get_transaction_place(conn, transaction_id=event["transaction_id"])
    if place is not None:
        booking = sql.spaces.lock_space_booking(conn, booking_id=place["bookingId"])
        return booking, sql.spaces.lock_space_payment(conn, payment_id=place["id"])
    named = sql.spaces.get_space_booking_of_number(conn, booking_number=event["booking_number"])
    if named is None:
        return None
    booking = sql.spaces.lock_space_booking(conn, booking_id=named["id"])
    # Somebody else may just have told of the same transaction.
    place = sql.spaces.get_transaction_place(conn, transaction_id=event["transaction_id"])
    payment_id = place["id"] if place is not None else insert_attempt(conn, booking, event["transaction_id"])
    return booking, sql.spaces.lock_space_payment(conn, payment_id=payment_id)


def _paid(conn: Connection, booking: Row, payment: Row, event: dict[str, Any], told: dict[str, Any]) -> None:
    """The money has come: the booking is confirmed by it, or it is to go back."""
    if payment["status"] == "PAID":
        return
    is_awaited = rules.settles(booking, event["amount"], event["currency"])
    due = Decimal(0) if is_awaited else event["amount"]
    take(conn, booking, payment["id"], event["amount"], event["currency"], refund_due=due, gateway_response=told)
    if is_awaited:
        confirm_paid(conn, booking)
    else:
        record(conn, "SPACE_REFUND_DUE", booking, event["amount"], event["currency"])


def _failed(conn: Connection, booking: Row, payment: Row, _event: dict[str, Any], told: dict[str, Any]) -> None:
    if payment["status"] != "PAID":
        sql.spaces.mark_space_payment_failed(conn, payment_id=payment["id"], gateway_response=told)
        sql.spaces.refresh_space_booking_money(conn, booking_id=booking["id"])


def _refunded(conn: Connection, booking: Row, payment: Row, event: dict[str, Any], told: dict[str, Any]) -> None:
    sql.spaces.mark_space_payment_refunded(
        conn, payment_id=payment["id"], refunded_amount=event["amount"], gateway_response=told
    )
    sql.spaces.refresh_space_booking_money(conn, booking_id=booking["id"])


_HANDLERS = {"paid": _paid, "failed": _failed, "refunded": _refunded}
