"""The JSON of who is there."""

from marshmallow import fields

from photolens.classes.schemas import bookings, sessions, waitlist
from photolens.fields import Choice, Flag, Id, Instant, Output, Text, Uuid, WholeNumber


class NullableFlag(Flag):
    """`true`, `false`, or null where it is not asked."""

    def __init__(self, description: str) -> None:
        super().__init__(metadata={"description": description})
        self.allow_none = True


class Attendee(Output):
    """Who has a place, and whether they have come."""

    booking_id = Id()
    user_id = Uuid()
    name = Text(200, example="Emma Chen")
    status = Choice(*bookings.STATUSES)
    checked_in_at = Instant(nullable=True)
    is_parq_valid = NullableFlag("Whether their questionnaire is valid now; null where the class takes none.")


class Waiter(Output):
    """Who waits for a place."""

    user_id = Uuid()
    name = Text(200, example="Emma Chen")
    status = Choice(*waitlist.STATUSES)
    offer_expires_at = Instant(nullable=True)


class Attendance(Output):
    """Who has a place in a class, by name, and who waits for one, in their order."""

    id = Id(metadata={"description": "Of the class."})
    title = Text(200, example="Morning yoga")
    start_time = Instant(example="2040-03-05T17:00:00Z")
    end_time = Instant(example="2040-03-05T18:00:00Z")
    status = Choice(*sessions.STATUSES)
    capacity = WholeNumber(1, sessions.MOST, example=20)
    requires_parq = Flag()
    attendees = fields.List(fields.Nested(Attendee))
    waitlist = fields.List(fields.Nested(Waiter))
