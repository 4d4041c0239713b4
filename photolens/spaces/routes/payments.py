"""The money of bookings of spaces: how it is asked for, comes, and goes back."""

from typing import Any

from flask import request
from marshmallow import ValidationError

from photolens import access, paging, visibility
from photolens.api import Blueprint
from photolens.billing.problems import REFUND_EXCEEDS_PAYMENT
from photolens.database import Row, connection, sql
from photolens.problems import BAD_REQUEST, BODY_TOO_LARGE, FORBIDDEN, ILLEGAL_TRANSITION, found
from photolens.spaces import problems
from photolens.spaces.actions import gateway_events
from photolens.spaces.actions import payments as actions
from photolens.spaces.schemas import payments as schemas
from photolens.stripe_gateway import PAYMENTS_NOT_CONFIGURED, SIGNATURE_INVALID

blp = Blueprint("Space payments", __name__, description="The money of bookings of spaces.")

_EVENT = schemas.GatewayEvent()


@blp.get("/space-bookings/<id:space_booking_id>/payments")
@access.signed_in
@blp.arguments(schemas.SpacePaymentList, location="query")
@blp.pages(schemas.SpacePayment)
def list_space_payments(arguments: dict[str, Any], space_booking_id: int) -> dict[str, Any]:
    """List the attempts to pay for a booking, the last one first"""
    conn, viewer_id = connection(), visibility.space_viewer(access.current_caller())
    booking = sql.spaces.get_space_booking(conn, booking_id=space_booking_id, viewer_id=viewer_id)
    found(booking, "space booking", space_booking_id)
    return paging.page(
        conn, schemas.SpacePaymentList, {**arguments, "booking_id": space_booking_id, "viewer_id": viewer_id}
    )


@blp.post("/space-bookings/<id:space_booking_id>/payments")
@access.signed_in
@blp.refuses(FORBIDDEN, problems.NOT_PAYABLE)
@blp.answers(201, schemas.SpacePayment)
def open_space_payment(space_booking_id: int) -> Row:
    """Begin to pay for a booking online

    The answer has what the gateway's page is to be given. The gateway tells us what comes of it.
    """
    return _shown(actions.open_payment(connection(), space_booking_id), space_booking_id)


@blp.get("/space-bookings/<id:space_booking_id>/payments/<id:space_payment_id>")
@access.signed_in
@blp.answers(200, schemas.SpacePayment)
def get_space_payment(space_booking_id: int, space_payment_id: int) -> Row:
    """Read an attempt to pay for a booking"""
    return _shown(space_payment_id, space_booking_id)


@blp.post("/space-payments/<id:space_payment_id>/collect")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.NOT_PAYABLE)
@blp.answers(200, schemas.SpacePayment)
def collect_space_payment(space_payment_id: int) -> Row:
    """Note that the cash for a booking has been collected, as its vendor or an admin"""
    booking = actions.collect(connection(), space_payment_id)
    return _shown(space_payment_id, booking["id"])


@blp.post("/space-payments/<id:space_payment_id>/refund")
@access.signed_in
@blp.arguments(schemas.SpaceRefundInput)
@blp.refuses(FORBIDDEN, problems.NOT_PAID, REFUND_EXCEEDS_PAYMENT)
@blp.answers(200, schemas.SpacePayment)
def refund_space_payment(refund: dict[str, Any], space_payment_id: int) -> Row:
    """Note that money of a payment has been given back, as the vendor or an admin

    Once all that was due is, the booking no longer `needsRefund`.
    """
    booking = actions.refund(connection(), space_payment_id, refund["amount"])
    return _shown(space_payment_id, booking["id"])


@blp.post("/webhooks/space-payments")
@access.public
@blp.refuses(BAD_REQUEST, BODY_TOO_LARGE, SIGNATURE_INVALID, PAYMENTS_NOT_CONFIGURED)
@blp.answers(200, schemas.GatewayEventReceipt)
def receive_space_payment_event() -> dict[str, Any]:
    """Receive an event of the gateway's

    The body is the event: `id`, `transactionId`, `bookingNumber` (optional), `status` (`paid`, `failed`, `refunded`),
    `amount` (of `refunded`, all that has gone back) and `currency`; and `X-Signature` its signature
    (docs/operations.md). It is done once, however often and in whatever order it comes.
    """
    told = gateway_events.read_event(request.get_data(), request.headers.get("X-Signature"))
    try:
        event = _EVENT.load(told)
    except ValidationError:
        raise BAD_REQUEST("The body is signed, but is not an event.") from None
    return {"id": event["id"], "outcome": gateway_events.receive_event(connection(), event, told)}


def _shown(payment_id: int, booking_id: int) -> Row:
    """The payment, as the caller is shown it, or the 404."""
    viewer_id = visibility.space_viewer(access.current_caller())
    payment = sql.spaces.get_space_payment(
        connection(), payment_id=payment_id, booking_id=booking_id, viewer_id=viewer_id
    )
    return found(payment, "space payment", payment_id)
