"""The JSON of milestones."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from photolens.billing.rules import MOST_MILESTONES
from photolens.database import sql
from photolens.decimals import Percent
from photolens.fields import Choice, Date, Id, Input, Money, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("PENDING", "PARTIAL", "PAID")
EXAMPLE = [{"label": "To hold the date", "percent": 30}, {"label": "On delivery", "percent": 70}]


class MilestoneChanges(Input):
    """What may be changed of a milestone; its amount stands with those of the others."""

    label = Text(200, required=True, example="To hold the date")
    description = Text(5000, nullable=True, load_default=None, example="Not given back if you cancel.")
    expected_date = Date(nullable=True, load_default=None, example="2026-12-01")


class MilestoneInput(MilestoneChanges):
    """A part of an invoice: an amount, or a percent of the total."""

    expected_amount = Money(positive=True, load_default=None, example="1920.00")
    percent = Percent(
        positive=True,
        example=None,
        load_default=None,
        metadata={"description": "Amounts are rounded as the percents add up, so that 100 of them come to the total."},
    )

    @validates_schema
    def check_one_of_them(self, milestone: dict[str, Any], **_: Any) -> None:
        if (milestone.get("expected_amount") is None) == (milestone.get("percent") is None):
            raise ValidationError("either an amount or a percent is wanted, and not both", "expectedAmount")


class MilestonesInput(Input):
    """All milestones of an invoice, in order; none, where it is to be paid in one."""

    milestones = fields.List(
        fields.Nested(MilestoneInput),
        required=True,
        validate=validate.Length(max=MOST_MILESTONES),
        metadata={"example": EXAMPLE},
    )


class Milestone(Output):
    """A part of an invoice that is to be paid by a day, and what of it was."""

    id = Id()
    invoice_id = Id()
    position = WholeNumber(1, 2**31 - 1)
    label = Text(200, example="To hold the date")
    description = Text(5000, nullable=True, example="Not given back if you cancel.")
    expected_amount = Money(example="1920.00")
    expected_date = Date(nullable=True, example="2026-12-01")
    paid_amount = Money(example="0.00")
    status = Choice(*STATUSES)


class MilestoneList(ListArguments):
    """The order of an invoice's milestones."""

    orders = {"position": Order(sql.billing.list_milestones_by_position, "position")}
    count = sql.billing.count_milestones
    sort = sort_field(orders)
