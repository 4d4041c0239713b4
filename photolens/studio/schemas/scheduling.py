"""The JSON of what is free when, and of bookings that recur."""

from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields, validate, validates, validates_schema

from photolens.clock import WEEKDAYS
from photolens.fields import (
    Choice,
    Date,
    Id,
    Input,
    Instant,
    Money,
    Output,
    QueryInput,
    Text,
    TimeOfDay,
    WholeNumber,
)
from photolens.openapi import PROBLEM_MEMBERS
from photolens.studio.schemas.bookings import STATUSES, people_field, refuse_repeated

FREQUENCIES = ("WEEKLY", "DAILY", "MONTHLY")
LONGEST_SEARCH = timedelta(days=62)


class AvailabilityQuery(QueryInput):
    """For when a session is wanted, of which package, with whom and where."""

    searched_from = Instant(data_key="from", required=True, metadata={"description": "Beginning then or later."})
    searched_to = Instant(
        data_key="to",
        required=True,
        example="2026-11-27T09:30:00Z",
        metadata={"description": "Beginning before then; at most 62 days later."},
    )
    package_id = Id(required=True, metadata={"description": "The session package, whose duration it takes."})
    staff_id = Id(load_default=None, metadata={"description": "With this person; otherwise with any photographer."})
    room_id = Id(load_default=None, metadata={"description": "In this room."})

    @validates_schema
    def _in_order(self, query: dict[str, Any], **_kwargs: Any) -> None:
        if query["searched_to"] <= query["searched_from"]:
            raise ValidationError({"to": ["is not after from"]})
        if query["searched_to"] - query["searched_from"] > LONGEST_SEARCH:
            raise ValidationError({"to": ["is more than 62 days after from"]})


class FreeSlot(Output):
    """A time at which a session could be booked."""

    session_date = Instant()
    ends_at = Instant(example="2026-11-20T11:00:00Z")
    staff_ids = fields.List(Id(), metadata={"description": "Who is free for all of it."})


class Availability(Output):
    """The free times in the working hours, earliest first."""

    data = fields.List(fields.Nested(FreeSlot))
    time_zone = Text(60, example="America/New_York")


class BookingSeriesQuery(QueryInput):
    """What is to become of a series some of whose days cannot be booked."""

    on_conflict = Choice(
        "fail",
        "skip",
        load_default="fail",
        metadata={"description": "`fail` books nothing then, `skip` leaves those days out."},
    )


class BookingSeriesInput(Input):
    """A session that recurs: on which days, at what time of the studio's clock, and what is booked on each."""

    client_id = Id(required=True)
    session_type_id = Id(required=True, metadata={"description": "The session package."})
    frequency = Choice(*FREQUENCIES, required=True)
    every = WholeNumber(1, 366, load_default=1, metadata={"description": "Every so many days, weeks or months."})
    weekdays = fields.List(
        Choice(*WEEKDAYS),
        load_default=list,
        validate=validate.Length(max=7),
        metadata={"description": "Of a WEEKLY rule; without them, the weekday of `startsOn`."},
    )
    starts_on = Date(required=True)
    starts_at = TimeOfDay(required=True, example="10:00")
    occurrences = WholeNumber(
        1, 200, nullable=True, load_default=None, example=6, metadata={"description": "How often; or else `until`."}
    )
    until = Date(nullable=True, load_default=None, metadata={"description": "The last day, included.", "example": None})
    duration_minutes = WholeNumber(
        1, 44640, example=90, metadata={"description": "Without it, the package's duration."}
    )
    room_id = Id(nullable=True, load_default=None)
    location = Text(300, required=True, example="Riverside Gardens")
    price = Money(metadata={"description": "Of each; without it, the package's."})
    status = Choice("SCHEDULED", "PENDING", load_default="SCHEDULED")
    notes = Text(5000, nullable=True, load_default=None, example="The whole class, in fours.")
    assigned_staff = people_field()

    @validates("assigned_staff")
    def _each_person_once(self, people: list[dict[str, int]], data_key: str) -> None:
        refuse_repeated(people)

    @validates_schema
    def _a_rule_that_ends(self, series: dict[str, Any], **_kwargs: Any) -> None:
        if (series["occurrences"] is None) == (series["until"] is None):
            raise ValidationError({"occurrences": ["or until, one of the two"]})
        if series["until"] is not None and series["until"] < series["starts_on"]:
            raise ValidationError({"until": ["is before the first day"]})
        if series["weekdays"] and series["frequency"] != "WEEKLY":
            raise ValidationError({"weekdays": ["are those of a WEEKLY rule"]})
        if series["starts_at"] == "24:00":
            raise ValidationError({"startsAt": ["is a time of the next day: 00:00"]})


class Conflict(Output):
    """A booking that takes somebody, or the room, at the time that is asked for."""

    booking_id = Id()
    staff_id = Id(nullable=True)
    staff_name = Text(200, nullable=True, example="Maya Osei")
    room_id = Id(nullable=True)
    room_name = Text(100, nullable=True, example="Daylight studio")
    session_date = Instant()
    ends_at = Instant(example="2026-11-20T11:00:00Z")


class SeriesResult(Output):
    """What became of one day of a series."""

    date = Date()
    booking_id = Id(nullable=True, metadata={"description": "null for a day that was left out."})
    session_date = Instant(nullable=True)
    ends_at = Instant(nullable=True, example="2026-11-20T11:00:00Z")
    detail = Text(300, nullable=True, example="Somebody or the room is taken at that time.")
    conflicts = fields.List(fields.Nested(Conflict))
    readings = fields.List(Instant(), metadata={"description": "Of a local time that is missing or comes twice."})


class NextFree(Output):
    """A time at which everyone who is wanted, and the room, are free."""

    session_date = Instant()
    ends_at = Instant(example="2026-11-20T11:00:00Z")


PROBLEM_MEMBERS |= {
    "conflicts": fields.List(
        fields.Nested(Conflict), metadata={"description": "Of a `booking_conflict`, what is in the way."}
    ),
    "next_free": fields.List(
        fields.Nested(NextFree), metadata={"description": "Of a `booking_conflict`, the next times that are free."}
    ),
    "results": fields.List(
        fields.Nested(SeriesResult),
        metadata={"description": "Of a `booking_conflict` of a series, what would have become of each day."},
    ),
}


class SeriesBooking(Output):
    """A booking of a series."""

    booking_id = Id()
    session_date = Instant()
    ends_at = Instant(example="2026-11-20T11:00:00Z")
    status = Choice(*STATUSES)


class BookingSeriesRule(Output):
    """A rule by which bookings were made."""

    id = Id()
    client_id = Id()
    frequency = Choice(*FREQUENCIES)
    every = WholeNumber(1, 366)
    weekdays = fields.List(Choice(*WEEKDAYS))
    starts_on = Date()
    starts_at = TimeOfDay(example="10:00")
    occurrences = WholeNumber(1, 200, nullable=True, example=6)
    until = Date(nullable=True)
    created_at = Instant()


class BookingSeries(BookingSeriesRule):
    """A rule by which bookings were made, and those bookings."""

    bookings = fields.List(fields.Nested(SeriesBooking))


class NewBookingSeries(BookingSeries):
    """A series that was just made, with what became of each of its days."""

    results = fields.List(fields.Nested(SeriesResult))
