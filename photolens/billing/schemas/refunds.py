"""The JSON of refunds."""

from photolens.database import sql
from photolens.fields import Choice, Id, Input, Instant, Money, Output, Text
from photolens.openapi import PROBLEM_MEMBERS
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("SUCCEEDED", "PENDING", "FAILED")


class RefundInput(Input):
    """Money that goes back."""

    amount = Money(positive=True, required=True, example="200.00")
    reason = Text(
        1000,
        nullable=True,
        load_default=None,
        example="The second photographer was ill.",
        metadata={"description": "The client reads it on their invoice and receipt."},
    )
    refunded_at = Instant(
        load_default=None,
        metadata={"description": "Without one, now. Not for what Stripe took: that goes back when it is asked to."},
    )


class Refund(Output):
    """Money that went back of a payment. PENDING is on its way, and counts; FAILED counts for nothing."""

    id = Id()
    payment_id = Id()
    invoice_id = Id()
    amount = Money(example="200.00")
    currency = Text(3, example="USD")
    reason = Text(1000, nullable=True, example="The second photographer was ill.")
    status = Choice(*STATUSES)
    stripe_refund_id = Text(255, nullable=True, example="re_3NqHJ2eZvKYlo2C")
    refunded_at = Instant()
    recorded_by = Text(200, example="Dana Kowalski")
    created_at = Instant()


class RefundList(ListArguments):
    """Orders of a payment's refunds."""

    orders = {
        "-refundedAt": Order(sql.billing.list_refunds_by_refunded_at_desc, "refundedAt"),
        "refundedAt": Order(sql.billing.list_refunds_by_refunded_at, "refundedAt"),
    }
    count = sql.billing.count_refunds
    sort = sort_field(orders)


PROBLEM_MEMBERS |= {
    "refundable_amount": Money(metadata={"description": "Of a `refund_exceeds_payment`, what is left to refund."}),
}
