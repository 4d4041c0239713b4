"""The JSON of what the public is shown of spaces, and finds."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from photolens.database import sql
from photolens.decimals import Degrees, Measure
from photolens.fields import (
    Choice,
    Date,
    Id,
    Money,
    Number,
    Output,
    QueryInput,
    Text,
    TimeOfDay,
    Uuid,
    WholeNumber,
)
from photolens.paging import ListArguments, Order, search_field, sort_field
from photolens.spaces.schemas.availability import Slot
from photolens.spaces.schemas.branches import Branch
from photolens.spaces.schemas.catalogue import SERVICES, Facility, Service
from photolens.spaces.schemas.services import MOST_UNITS, PRICE_UNITS, VendorService

LONGEST_RADIUS = 500
DISTANCE = {"description": "From the point that is searched around; null without one."}


class Ids(fields.List[Any]):
    """Ids of a catalogue in a query string, separated by commas or repeated; none twice."""

    def __init__(self, words: str) -> None:
        description = f"{words}: ids separated by commas, or the argument repeated."
        super().__init__(
            Id(),
            load_default=None,
            validate=validate.Length(min=1, max=50),
            metadata={"description": description, "example": [1]},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[Any]:
        parts = [part.strip() for text in value for part in text.split(",")]
        try:
            return sorted(set(super()._deserialize(parts, attr, data, **kwargs)))
        except ValidationError:
            raise ValidationError("holds what is no id") from None


class Search(QueryInput):
    """What is searched: all of it holds for the same offering."""

    city = Text(100, load_default=None, example="Amman", metadata={"description": "The whole name, in any case."})
    service = Choice(*SERVICES, load_default=None)
    date = Date(
        load_default=None, example="2150-01-04", metadata={"description": "Free on it, by the clock at the branch."}
    )
    start_time = TimeOfDay(load_default=None)
    end_time = TimeOfDay(load_default=None, example="12:00")
    quantity = WholeNumber(1, MOST_UNITS, load_default=None, metadata={"description": "So many units of it."})
    facilities = Ids("All of these facilities of the branch")
    features = Ids("All of these features of the offering")
    price_min = Money(load_default=None, example="5.00")
    price_max = Money(load_default=None, example="50.00")
    price_unit = Choice(*PRICE_UNITS, load_default=None)
    q = search_field()
    lat = Measure(-90, 90, load_default=None, example=31.95, metadata={"description": "Of a point, with `lng`."})
    lng = Measure(-180, 180, load_default=None, example=35.92, metadata={"description": "Of a point, with `lat`."})
    radius_km = Measure(
        0, LONGEST_RADIUS, load_default=None, example=10, metadata={"description": "Within so much of that point."}
    )
    vendor_id = Uuid(load_default=None)

    @validates_schema
    def _together(self, search: dict[str, Any], **_kwargs: Any) -> None:
        times, point = (search["start_time"], search["end_time"]), (search["lat"], search["lng"])
        if None in times and times != (None, None):
            raise ValidationError({"startTime" if times[0] is None else "endTime": ["is needed with the other time"]})
        if times[0] is not None and search["date"] is None:
            raise ValidationError({"date": ["is needed with times"]})
        if times[0] is not None and times[1] <= times[0]:
            raise ValidationError({"endTime": ["is not after the start"]})
        if None in point and point != (None, None):
            raise ValidationError({"lat" if point[0] is None else "lng": ["is needed with the other one"]})
        if point[0] is None and search["radius_km"] is not None:
            raise ValidationError({"radiusKm": ["is around a point: send lat and lng"]})
        if point[0] is None and search.get("sort") == "distance":
            raise ValidationError({"sort": ["by distance is from a point: send lat and lng"]})


class OfferingOfBranch(Output):
    """Something that is offered at a branch."""

    id = Id()
    service_name = Choice(*SERVICES)
    label = Text(200, example="Desk by the window")
    price_per_unit = Money(example="12.50")
    price_unit = Choice(*PRICE_UNITS)


class PublicBranch(Branch):
    """A place where spaces are let, with what is offered there of what was searched."""

    from_price = Money(nullable=True, example="12.50", metadata={"description": "Of the cheapest of them."})
    services = fields.List(
        fields.Nested(OfferingOfBranch), metadata={"description": "The cheapest first, twenty at most."}
    )
    distance_km = Number(nullable=True, example=1.302, metadata=DISTANCE)


class PublicBranchList(Search, ListArguments):
    """Filters and orders of the branches that the public sees."""

    orders = {
        "newest": Order(sql.spaces.list_public_branches_by_created_at_desc, "createdAt"),
        "price": Order(sql.spaces.list_public_branches_by_from_price, "fromPrice"),
        "-price": Order(sql.spaces.list_public_branches_by_from_price_desc, "fromPrice"),
        "distance": Order(sql.spaces.list_public_branches_by_distance_km, "distanceKm"),
        "name": Order(sql.spaces.list_public_branches_by_name, "name"),
    }
    count = sql.spaces.count_public_branches
    sort = sort_field(orders)


class PublicOffering(VendorService):
    """Something that is offered, and where."""

    vendor_id = Uuid()
    vendor_name = Text(200, example="Salma Nasser")
    city = Text(100, example="Amman")
    address = Text(300, example="14 Rainbow Street")
    latitude = Degrees(90, allow_none=True, example=31.9514)
    longitude = Degrees(180, allow_none=True, example=35.9239)
    time_zone = Text(60, example="Asia/Amman")
    facilities = fields.List(fields.Nested(Facility))
    distance_km = Number(nullable=True, example=1.302, metadata=DISTANCE)


class PublicOfferingList(Search, ListArguments):
    """Filters and orders of the offerings that the public sees."""

    orders = {
        "newest": Order(sql.spaces.list_public_offerings_by_created_at_desc, "createdAt"),
        "price": Order(sql.spaces.list_public_offerings_by_price_per_unit, "pricePerUnit"),
        "-price": Order(sql.spaces.list_public_offerings_by_price_per_unit_desc, "pricePerUnit"),
        "distance": Order(sql.spaces.list_public_offerings_by_distance_km, "distanceKm"),
        "name": Order(sql.spaces.list_public_offerings_by_label, "label"),
    }
    count = sql.spaces.count_public_offerings
    sort = sort_field(orders)


class PublicSlot(Slot):
    """When so many of an offering are to be had, for everybody."""


class PublicSlotList(ListArguments):
    """Of which days the slots are."""

    orders = {"startsAt": Order(sql.spaces.list_slots_by_starts_at, "startsAt")}
    count = sql.spaces.count_slots
    sort = sort_field(orders)
    first_date = Date(
        data_key="from", load_default=None, metadata={"description": "The first day; otherwise today, at the branch."}
    )
    last_date = Date(
        data_key="to",
        load_default=None,
        metadata={"description": "The last day, included; otherwise, and at most, 62 days after the first."},
    )


class Services(Output):
    """All kinds of spaces."""

    data = fields.List(fields.Nested(Service))


class FacilityList(ListArguments):
    """The order of the facilities."""

    orders = {"name": Order(sql.spaces.list_facilities_by_name, "name")}
    count = sql.spaces.count_facilities
    sort = sort_field(orders)
    q = search_field()


class FeatureList(ListArguments):
    """The order of the features."""

    orders = {"name": Order(sql.spaces.list_features_by_name, "name")}
    count = sql.spaces.count_features
    sort = sort_field(orders)
    q = search_field()
