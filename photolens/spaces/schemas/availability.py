"""The JSON of when offerings are to be had."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from photolens.clock import WEEKDAYS
from photolens.database import sql
from photolens.fields import Choice, Date, Flag, Id, Input, Instant, Output, TimeOfDay, WholeNumber
from photolens.paging import ListArguments, Order, sort_field
from photolens.spaces.rules import minutes_of
from photolens.spaces.schemas.services import MOST_UNITS

LONGEST_PUBLICATION = timedelta(days=366)
SHORTEST_SLOT, LONGEST_SLOT = 15, 24 * 60
MOST_SLOTS = LONGEST_PUBLICATION.days * LONGEST_SLOT // SHORTEST_SLOT


class Slot(Output):
    """When so many of an offering are to be had; date and times by the clock at the branch."""

    id = Id()
    vendor_service_id = Id()
    date = Date()
    start_time = TimeOfDay(example="09:00")
    end_time = TimeOfDay(example="10:00")
    starts_at = Instant(example="2026-12-04T06:00:00Z")
    ends_at = Instant(example="2026-12-04T07:00:00Z")
    total_units = WholeNumber(0, MOST_UNITS, example=12)
    available_units = WholeNumber(
        0, MOST_UNITS, example=9, metadata={"description": "The units that no booking holds."}
    )
    is_blocked = Flag(metadata={"example": False})


class SlotList(ListArguments):
    """Of which days the slots are."""

    orders = {"startsAt": Order(sql.spaces.list_slots_by_starts_at, "startsAt")}
    count = sql.spaces.count_slots
    sort = sort_field(orders)
    first_date = Date(data_key="from", load_default=None, metadata={"description": "The first day."})
    last_date = Date(data_key="to", load_default=None, metadata={"description": "The last day, included."})


class PublicationInput(Input):
    """Which slots are to be published: of which days and times, how long each, and how many units of it."""

    from_date = Date(required=True, example="2150-01-01", metadata={"description": "The first day."})
    to_date = Date(
        required=True, example="2150-01-31", metadata={"description": "The last day, included; at most a year later."}
    )
    weekdays = fields.List(
        Choice(*WEEKDAYS),
        load_default=list,
        validate=validate.Length(max=7),
        metadata={"description": "Without any, on all of them.", "example": ["MONDAY", "TUESDAY"]},
    )
    start_time = TimeOfDay(required=True, example="09:00")
    end_time = TimeOfDay(required=True, example="17:00")
    slot_minutes = WholeNumber(SHORTEST_SLOT, LONGEST_SLOT, required=True, example=60)
    total_units = WholeNumber(0, MOST_UNITS, required=True, example=1)

    @validates_schema
    def _in_order(self, publication: dict[str, Any], **_kwargs: Any) -> None:
        if publication["to_date"] < publication["from_date"]:
            raise ValidationError({"toDate": ["is before the first day"]})
        if publication["to_date"] - publication["from_date"] > LONGEST_PUBLICATION:
            raise ValidationError({"toDate": ["is more than a year after the first day"]})
        minutes = minutes_of(publication["end_time"]) - minutes_of(publication["start_time"])
        if minutes <= 0:
            raise ValidationError({"endTime": ["is not after the start"]})
        if minutes % publication["slot_minutes"]:
            raise ValidationError({"slotMinutes": ["does not go into the time from start to end"]})


class Publication(Output):
    """What became of the slots that were to be published."""

    published = WholeNumber(0, MOST_SLOTS, example=72)
    skipped = WholeNumber(
        0,
        MOST_SLOTS,
        metadata={"description": "Those that were there already, and those at which the clock skips an hour."},
    )


class SlotInput(Input):
    """How many units there are of a slot, and whether it can be booked."""

    total_units = WholeNumber(0, MOST_UNITS, required=True, example=1)
    is_blocked = Flag(required=True, metadata={"example": False})
