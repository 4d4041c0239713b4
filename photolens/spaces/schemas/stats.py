"""The JSON of what spaces came to."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from photolens.fields import Choice, Date, Id, MoneySum, Number, Output, QueryInput, Text, WholeNumber
from photolens.spaces.schemas.catalogue import SERVICES

BOOKING_STATUSES = ("PENDING", "CONFIRMED", "COMPLETED", "CANCELLED", "NO_SHOW")
LONGEST_PERIOD = timedelta(days=3653)
MANY = 2**31 - 1
OCCUPANCY = {"description": "The hours that are sold, in percent of those published; null where none are."}


class StatsPeriod(QueryInput):
    """The days that figures are of, by the clocks at the branches."""

    first_date = Date(
        data_key="from", load_default=None, metadata={"description": "The first day; otherwise 29 before the last."}
    )
    last_date = Date(
        data_key="to",
        load_default=None,
        metadata={"description": "The last day, included; otherwise today, or 29 days after the first."},
    )

    @validates_schema
    def _in_order(self, period: dict[str, Any], **_kwargs: Any) -> None:
        first, last = period["first_date"], period["last_date"]
        if first is not None and last is not None:
            if last < first:
                raise ValidationError({"to": ["is before from"]})
            if last - first > LONGEST_PERIOD:
                raise ValidationError({"to": ["is more than ten years after from"]})


class StatusFigure(Output):
    """How many bookings are of a status."""

    status = Choice(*BOOKING_STATUSES)
    booking_count = WholeNumber(0, MANY, example=17)


class OfferingFigures(Output):
    """What an offering came to."""

    vendor_service_id = Id()
    label = Text(200, example="Desk by the window")
    service_name = Choice(*SERVICES)
    branch_id = Id()
    branch_name = Text(200, example="Harbour House")
    booking_count = WholeNumber(0, MANY, example=17, metadata={"description": "But for the cancelled."})
    revenue = MoneySum(example="412.50")
    published_hours = Number(example=960.0)
    sold_hours = Number(example=240.0)
    occupancy_percent = Number(nullable=True, example=25.0, metadata=OCCUPANCY)


class SpaceStats(Output):
    """What spaces came to: bookings that begin on these days, what was paid for them and kept, and hours of units."""

    first_date = Date(data_key="from", example="2026-11-01")
    last_date = Date(data_key="to", example="2026-11-30")
    currency = Text(3, example="USD")
    bookings = fields.List(fields.Nested(StatusFigure))
    revenue = MoneySum(example="412.50")
    published_hours = Number(example=960.0)
    sold_hours = Number(example=240.0)
    occupancy_percent = Number(nullable=True, example=25.0, metadata=OCCUPANCY)
    services = fields.List(
        fields.Nested(OfferingFigures), metadata={"description": "The most earned first, a thousand at most."}
    )
