"""The JSON of the dashboard."""

from marshmallow import fields

from photolens.fields import Date, MoneySum, Number, Output, QueryInput, Text, WholeNumber
from photolens.platform.schemas.studio import Activity
from photolens.studio.schemas.bookings import Booking
from photolens.studio.schemas.reports import MANY, MonthlyRevenue

PERCENT = {"description": "Of what it was before, in percent; null where that was nothing, or less."}


class DashboardPeriod(QueryInput):
    """How far the dashboard looks back and ahead."""

    days = WholeNumber(1, 366, example=30, load_default=30)


class MoneyFigure(Output):
    """An amount, beside what it was before."""

    value = MoneySum(signed=True, example="7300.00")
    previous = MoneySum(signed=True, example="8000.00")
    change = MoneySum(signed=True, example="-700.00")
    change_percent = Number(nullable=True, example=-8.75, metadata=PERCENT)


class OverdueFigure(MoneyFigure):
    """What is past due, and on how many invoices, beside what was so many days ago."""

    count = WholeNumber(0, MANY, example=3)
    previous_count = WholeNumber(0, MANY, example=4)


class CountFigure(Output):
    """A number, beside what it was before."""

    value = WholeNumber(0, MANY, example=6)
    previous = WholeNumber(0, MANY, example=8)
    change = WholeNumber(-MANY, MANY, example=-2)
    change_percent = Number(nullable=True, example=-25.0, metadata=PERCENT)


class Dashboard(Output):
    """The studio at a glance, of what the caller may see: null is what they are not shown."""

    days = WholeNumber(1, 366, example=30)
    today = Date(example="2026-11-26")
    currency = Text(3, example="USD")
    revenue = fields.Nested(
        MoneyFigure, allow_none=True, metadata={"description": "The last `days`, today included; and as many before."}
    )
    upcoming_bookings = fields.Nested(
        CountFigure,
        allow_none=True,
        metadata={"description": "To come in as many days; and those of the days past that were not cancelled."},
    )
    overdue_invoices = fields.Nested(OverdueFigure, allow_none=True)
    editing_queue = fields.Nested(
        CountFigure, allow_none=True, metadata={"description": "Jobs to be done; and those there were `days` ago."}
    )
    monthly_revenue = fields.List(
        fields.Nested(MonthlyRevenue), allow_none=True, metadata={"description": "The last twelve months, to today."}
    )
    next_bookings = fields.List(fields.Nested(Booking), allow_none=True)
    latest_activities = fields.List(fields.Nested(Activity))
