"""The JSON of the money of bookings of spaces."""

from marshmallow import EXCLUDE, fields, validate

from photolens.database import sql
from photolens.fields import Choice, Currency, Id, Input, Instant, Money, Output, Text
from photolens.paging import ListArguments, Order, sort_field
from photolens.spaces.schemas.bookings import PAYMENT_METHODS, PAYMENT_STATUSES


class SpacePayment(Output):
    """An attempt to pay for a booking. Online, the gateway's page is given amount, currency and `transactionId`."""

    id = Id()
    booking_id = Id()
    booking_number = Text(20, example="SP-7K2MX9QH4TBA")
    transaction_id = Text(
        255,
        nullable=True,
        example="SPT-5f0c6a7d9b1e4a3c8d2f7e6b5a4c3d2e",
        metadata={"description": "What the gateway is to name it by; nothing for cash."},
    )
    amount = Money(example="79.13", metadata={"description": "What is asked for; once it is PAID, what came."})
    currency = Currency()
    payment_method = Choice(*PAYMENT_METHODS)
    status = Choice(*PAYMENT_STATUSES)
    refund_due = Money(example="0.00", metadata={"description": "How much of it is to go back, or has gone."})
    refunded_amount = Money(example="0.00", metadata={"description": "How much of it has gone back."})
    paid_at = Instant(nullable=True)
    gateway_response = fields.Dict(
        allow_none=True,
        metadata={
            "example": {"id": "evt_81", "status": "paid", "card": {"brand": "visa", "last4": "4242"}},
            "description": "As the gateway last said it, without the data of cards; for admins.",
        },
    )
    created_at = Instant()
    updated_at = Instant()


class SpacePaymentList(ListArguments):
    """Orders of the attempts to pay for a booking."""

    orders = {"-createdAt": Order(sql.spaces.list_space_payments, "createdAt")}
    count = sql.spaces.count_space_payments
    sort = sort_field(orders)


class SpaceRefundInput(Input):
    """Money that has been given back."""

    amount = Money(
        positive=True,
        load_default=None,
        example="39.57",
        metadata={"description": "Without one, what is due; where nothing is, all that is left of the payment."},
    )


class GatewayEvent(Input):
    """What the gateway tells of a transaction, as far as anything follows from it."""

    class Meta:
        unknown = EXCLUDE

    id = Text(255, required=True)
    transaction_id = Text(255, required=True)
    booking_number = Text(20, load_default=None, nullable=True)
    status = fields.String(required=True, validate=validate.OneOf(("paid", "failed", "refunded")))
    amount = Money(positive=True, required=True)
    currency = Currency(required=True)


class GatewayEventReceipt(Output):
    """That an event has been received, and what came of it."""

    id = Text(255, example="evt_81")
    outcome = Choice("PROCESSED", "IGNORED", metadata={"description": "IGNORED is about nothing of ours."})
