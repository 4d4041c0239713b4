"""The JSON of subscriptions."""

from photolens.classes.schemas.plans import INTERVALS, MOST_CREDITS
from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Money, Output, Text, Uuid, WebAddress, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

SOURCES = ("STRIPE", "ADMIN")
STATUSES = ("INCOMPLETE", "ACTIVE", "PAST_DUE", "CANCELLED", "EXPIRED")


class SubscriptionInput(Input):
    """What somebody subscribes to."""

    plan_id = Id(required=True)


class Subscription(Output):
    """What somebody has subscribed to, as it was agreed: it brings its credits for each period, at its start.

    INCOMPLETE waits for the first payment, EXPIRED never had it; PAST_DUE waits for a later one.
    """

    id = Id()
    user_id = Uuid()
    user_name = Text(200, example="Emma Chen")
    plan_id = Id()
    plan_name = Text(100, example="Ten classes a month")
    source = Choice(*SOURCES, metadata={"description": "ADMIN: granted, and nothing is charged for it."})
    status = Choice(*STATUSES, metadata={"example": "ACTIVE"})
    price = Money(example="79.00")
    currency = Text(3, example="USD")
    interval = Choice(*INTERVALS, metadata={"example": "MONTH"})
    credits_per_period = WholeNumber(1, MOST_CREDITS, example=10)
    current_period_start = Instant(nullable=True)
    current_period_end = Instant(nullable=True)
    ends_with_period = Flag(metadata={"description": "It is cancelled: there is no period after this one."})
    needs_review = Flag(metadata={"description": "Money came that is not what was agreed: a person is to look."})
    stripe_subscription_id = Text(255, nullable=True, example="sub_a1b2c3")
    ended_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class OwnSubscription(Subscription):
    """A subscription of one's own. It is paid for at `url`, as long as that can be."""

    url = WebAddress(nullable=True)
    expires_at = Instant(nullable=True, metadata={"description": "Until when it can be paid for at `url`."})


class SubscriptionList(ListArguments):
    """Filters and orders of everybody's subscriptions."""

    orders = {"-createdAt": Order(sql.classes.list_subscriptions_by_created_at_desc, "createdAt")}
    count = sql.classes.count_subscriptions
    sort = sort_field(orders)
    status = Choice(*STATUSES, load_default=None)
    plan_id = Id(load_default=None)
    user_id = Uuid(load_default=None)


class SubscriptionGrant(Output):
    """What a subscription has brought for a period, and what was paid for it: of one that is granted, nothing."""

    id = Id()
    subscription_id = Id()
    period_start = Instant()
    period_end = Instant()
    credits = WholeNumber(1, MOST_CREDITS, example=10)
    amount = Money(nullable=True, example="79.00")
    currency = Text(3, nullable=True, example="USD")
    stripe_invoice_id = Text(255, nullable=True, example="in_a1b2c3")
    transaction_id = Id(metadata={"description": "The row of the ledger, of `/billing/transactions`."})
    created_at = Instant()


class SubscriptionGrantList(ListArguments):
    """Filters and orders of what a subscription has brought."""

    orders = {"-periodStart": Order(sql.classes.list_grants_by_period_start_desc, "periodStart")}
    count = sql.classes.count_grants
    sort = sort_field(orders)
