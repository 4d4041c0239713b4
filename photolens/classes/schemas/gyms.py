"""The JSON of gyms."""

from marshmallow import fields, validate, validates

from photolens.classes.schemas.trainers import TrainerOfGym
from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Number, Output, Text, Whole, WholeNumber
from photolens.paging import ListArguments, Order, search_field, sort_field
from photolens.platform.schemas.studio import WorkingHours, WorkingHoursInput, require_each_weekday_once

STATUSES = ("ACTIVE", "INACTIVE", "MAINTENANCE")
MOST_HOURS = 8760  # of a year
MANY = 2**31 - 1
ZONE = "An IANA name; its hours are by the clock there."
CANCELLED_FREE = "Until so many hours before the start a place is cancelled for nothing"
OF_REVIEWS = {"description": "Of one to five stars; null without a review."}


class GymAddressInput(Input):
    """Where a gym is."""

    line1 = Text(200, required=True, example="1 Keizersgracht")
    line2 = Text(200, nullable=True, load_default=None, example="In the courtyard")
    city = Text(100, required=True, example="Amsterdam")
    region = Text(100, nullable=True, load_default=None, example="Noord-Holland")
    postal_code = Text(20, nullable=True, load_default=None, example="1015 CC")
    country = Text(
        2,
        required=True,
        example="NL",
        validate=validate.Regexp("^[A-Z]{2}$", error="is not a country code such as NL"),
        metadata={"description": "ISO 3166-1, two letters."},
    )


class GymAddress(Output):
    """Where a gym is."""

    line1 = Text(200, example="1 Keizersgracht")
    line2 = Text(200, nullable=True, example="In the courtyard")
    city = Text(100, example="Amsterdam")
    region = Text(100, nullable=True, example="Noord-Holland")
    postal_code = Text(20, nullable=True, example="1015 CC")
    country = Text(2, example="NL")


class GymInput(Input):
    """A gym, as it is added or changed. Its hours and its address are sent whole."""

    name = Text(200, required=True, example="Canal Studio")
    description = Text(5000, nullable=True, load_default=None, example="Two floors on the water.")
    address = Whole(GymAddressInput, required=True)
    amenities = fields.List(
        Text(100, example="Showers"),
        load_default=list,
        validate=validate.Length(max=50),
        metadata={"example": ["Showers"]},
    )
    time_zone = Text(60, required=True, example="Europe/Amsterdam", metadata={"description": ZONE})
    status = Choice(*STATUSES, load_default="ACTIVE")
    requires_induction = Flag(load_default=False)
    subscriber_cancel_hours = WholeNumber(
        0, MOST_HOURS, load_default=4, example=4, metadata={"description": f"{CANCELLED_FREE}, by a subscriber."}
    )
    cancel_hours = WholeNumber(
        0, MOST_HOURS, load_default=12, example=12, metadata={"description": f"{CANCELLED_FREE}, by anybody else."}
    )
    opening_hours = fields.List(
        Whole(WorkingHoursInput),
        load_default=list,
        metadata={"description": "Each day of the week once; one that is absent is closed."},
    )

    @validates("opening_hours")
    def _each_weekday_once(self, days: list[dict[str, str]], data_key: str) -> None:
        require_each_weekday_once(days)


class Gym(Output):
    """A venue of classes. The public finds it while it is ACTIVE."""

    id = Id()
    name = Text(200, example="Canal Studio")
    description = Text(5000, nullable=True, example="Two floors on the water.")
    address = fields.Nested(GymAddress)
    amenities = fields.List(Text(100, example="Showers"))
    time_zone = Text(60, example="Europe/Amsterdam", metadata={"description": ZONE})
    status = Choice(*STATUSES)
    requires_induction = Flag(metadata={"description": "Whether classes there take an induction first."})
    subscriber_cancel_hours = WholeNumber(
        0, MOST_HOURS, example=4, metadata={"description": f"{CANCELLED_FREE}, by a subscriber."}
    )
    cancel_hours = WholeNumber(
        0, MOST_HOURS, example=12, metadata={"description": f"{CANCELLED_FREE}, by anybody else."}
    )
    opening_hours = fields.List(fields.Nested(WorkingHours))
    rating_average = Number(nullable=True, example=4.6, metadata=OF_REVIEWS)
    rating_count = WholeNumber(0, MANY, example=12)
    created_at = Instant()
    updated_at = Instant()


class EquipmentFigure(Output):
    """How much there is of a category at a gym, without what is retired."""

    category = Text(100, example="Cardio")
    quantity = WholeNumber(0, MANY, example=12)
    available_quantity = WholeNumber(0, MANY, example=11)


class WholeGym(Gym):
    """A venue of classes, with what is there and who gives classes."""

    equipment = fields.List(fields.Nested(EquipmentFigure))
    trainers = fields.List(fields.Nested(TrainerOfGym))


class GymList(ListArguments):
    """Filters and orders of the gyms."""

    orders = {
        "name": Order(sql.classes.list_gyms_by_name, "name"),
        "-createdAt": Order(sql.classes.list_gyms_by_created_at_desc, "createdAt"),
    }
    count = sql.classes.count_gyms
    sort = sort_field(orders)
    q = search_field()
    city = Text(100, load_default=None, example="Amsterdam", metadata={"description": "The whole name, in any case."})
    status = Choice(*STATUSES, load_default=None)
