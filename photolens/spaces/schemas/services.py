"""The JSON of what vendors offer at their branches."""

from marshmallow import fields, validate

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Money, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field
from photolens.spaces.schemas.catalogue import SERVICES, Feature

PRICE_UNITS = ("HOUR", "DAY", "WEEK", "MONTH")
MOST_UNITS = 10_000
MOST_DURATION = 8760
IN_PRICE_UNITS = {"description": "In price units."}
UNITS = {"description": "How many of it can be booked at a time; not how many people fit."}


class VendorServiceTerms(Input):
    """On which terms something is offered."""

    label = Text(200, required=True, example="Desk by the window")
    price_per_unit = Money(positive=True, required=True, example="12.50")
    price_unit = Choice(*PRICE_UNITS, required=True)
    min_booking_duration = WholeNumber(1, MOST_DURATION, load_default=1, metadata=IN_PRICE_UNITS)
    max_booking_duration = WholeNumber(
        1, MOST_DURATION, nullable=True, load_default=None, example=8, metadata=IN_PRICE_UNITS
    )
    cancellation_policy = Text(5000, nullable=True, load_default=None, example="Free until the day before.")
    free_cancel_hours = WholeNumber(
        0, 8760, load_default=24, example=24, metadata={"description": "Before the start, a customer cancels for free."}
    )
    late_refund_percent = WholeNumber(
        0, 100, load_default=0, metadata={"description": "What goes back to who cancels later."}
    )
    auto_accept = Flag(load_default=False, metadata={"description": "Bookings paid in cash are confirmed at once."})
    is_active = Flag(load_default=True, metadata={"description": "Whether it can be booked."})


class VendorServiceInput(VendorServiceTerms):
    """Something that a vendor offers at a branch."""

    service_id = Id(required=True, metadata={"description": "The kind of space, of the catalogue."})
    max_capacity = WholeNumber(1, MOST_UNITS, required=True, example=12, metadata=UNITS)


class VendorService(Output):
    """Something that a vendor offers at a branch."""

    id = Id()
    branch_id = Id()
    branch_name = Text(200, example="Harbour House")
    service_id = Id()
    service_name = Choice(*SERVICES)
    label = Text(200, example="Desk by the window")
    max_capacity = WholeNumber(1, MOST_UNITS, example=12, metadata=UNITS)
    price_per_unit = Money(example="12.50")
    price_unit = Choice(*PRICE_UNITS)
    min_booking_duration = WholeNumber(1, MOST_DURATION, metadata=IN_PRICE_UNITS)
    max_booking_duration = WholeNumber(1, MOST_DURATION, nullable=True, example=8, metadata=IN_PRICE_UNITS)
    cancellation_policy = Text(5000, nullable=True, example="Free until the day before.")
    free_cancel_hours = WholeNumber(0, 8760, example=24)
    late_refund_percent = WholeNumber(0, 100)
    auto_accept = Flag()
    is_active = Flag()
    features = fields.List(fields.Nested(Feature))
    created_at = Instant()
    updated_at = Instant()


class VendorServiceList(ListArguments):
    """The order of what is offered at a branch."""

    orders = {"label": Order(sql.spaces.list_vendor_services_by_label, "label")}
    count = sql.spaces.count_vendor_services
    sort = sort_field(orders)


class ServiceFeaturesInput(Input):
    """All that an offering has, by the ids of the catalogue."""

    feature_ids = fields.List(Id(), required=True, validate=validate.Length(max=200), metadata={"example": [1]})


class ServiceFeatures(Output):
    """All that an offering has."""

    features = fields.List(fields.Nested(Feature))
