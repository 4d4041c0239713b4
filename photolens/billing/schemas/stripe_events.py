"""The JSON of what the payment provider tells."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Choice, Instant, Output, Text, WholeNumber
from photolens.paging import ARCHIVED, ListArguments, Order, sort_field

OUTCOMES = ("PROCESSED", "PENDING", "IGNORED", "FAILED")


class StripeEventReceipt(Output):
    """That an event has been received, and what came of it."""

    id = Text(255, example="evt_1Pq9")
    outcome = Choice(*OUTCOMES)


class StripeEventSummary(StripeEventReceipt):
    """An event of the payment provider: FAILED and PENDING ones can be replayed, IGNORED ones are not about us."""

    type = Text(255, example="checkout.session.completed")
    detail = Text(1000, nullable=True, example="OperationalError", metadata={"description": "Why it is so."})
    attempts = WholeNumber(0, 2**31 - 1, example=1)
    received_at = Instant()
    processed_at = Instant(nullable=True)


class StripeEvent(StripeEventSummary):
    """An event with all it says."""

    payload = fields.Dict(
        metadata={"example": {"id": "evt_1Pq9", "type": "checkout.session.completed"}, "description": "As it was sent."}
    )


class StripeEventList(ListArguments):
    """Filters and orders of events."""

    orders = {"-receivedAt": Order(sql.billing.list_stripe_events, "receivedAt", ARCHIVED)}
    count = sql.billing.count_stripe_events
    sort = sort_field(orders)
    outcome = Choice(*OUTCOMES, load_default=None)
    type = Text(255, load_default=None, example="checkout.session.completed")
