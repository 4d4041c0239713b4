"""The JSON of plans."""

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Money, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

INTERVALS = ("WEEK", "MONTH", "YEAR")
MOST_CREDITS = 10_000


class PlanInput(Input):
    """What can be subscribed to, as it is offered or changed."""

    name = Text(100, required=True, example="Ten classes a month")
    description = Text(5000, nullable=True, load_default=None, example="For whoever comes twice a week.")
    price = Money(positive=True, required=True, example="79.00")
    interval = Choice(*INTERVALS, load_default="MONTH", metadata={"example": "MONTH"})
    credits_per_period = WholeNumber(1, MOST_CREDITS, required=True, example=10)
    is_active = Flag(load_default=True)


class Plan(Output):
    """What can be subscribed to: a price each interval, and the credits that it brings; offered while `isActive`."""

    id = Id()
    name = Text(100, example="Ten classes a month")
    description = Text(5000, nullable=True, example="For whoever comes twice a week.")
    price = Money(example="79.00")
    currency = Text(3, example="USD", metadata={"description": "The studio's, when the plan was made."})
    interval = Choice(*INTERVALS, metadata={"example": "MONTH"})
    credits_per_period = WholeNumber(1, MOST_CREDITS, example=10)
    is_active = Flag()
    created_at = Instant()
    updated_at = Instant()


class PlanList(ListArguments):
    """Filters and orders of the plans."""

    orders = {
        "name": Order(sql.classes.list_plans_by_name, "name"),
        "price": Order(sql.classes.list_plans_by_price, "price"),
    }
    count = sql.classes.count_plans
    sort = sort_field(orders)
    is_active = Flag(load_default=None)
