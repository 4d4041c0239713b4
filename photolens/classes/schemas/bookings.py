"""The JSON of places in classes that are booked."""

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Instant, Output, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("BOOKED", "ATTENDED", "NO_SHOW", "CANCELLED", "LATE_CANCELLED")


class ClassBooking(Output):
    """A member's place in a class."""

    id = Id()
    session_id = Id(metadata={"description": "The class."})
    title = Text(200, example="Morning yoga")
    gym_id = Id()
    gym_name = Text(200, example="Canal Studio")
    time_zone = Text(60, example="Europe/Amsterdam", metadata={"description": "Of the gym."})
    trainer_id = Uuid(nullable=True)
    user_id = Uuid()
    user_name = Text(200, example="Emma Chen")
    start_time = Instant(example="2040-03-05T17:00:00Z")
    end_time = Instant(example="2040-03-05T18:00:00Z")
    status = Choice(*STATUSES)
    credit_cost = WholeNumber(0, 2**31 - 1, example=1, metadata={"description": "In credits, as it was paid."})
    free_cancel_until = Instant(
        example="2040-03-05T05:00:00Z",
        metadata={"description": "Until then, to the second, its credits come back to whoever cancels it."},
    )
    is_refunded = Flag(metadata={"description": "Whether its credits have come back."})
    is_from_waitlist = Flag()
    checked_in_at = Instant(nullable=True)
    cancelled_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class ClassBookingList(ListArguments):
    """Filters and orders of bookings."""

    orders = {
        "startTime": Order(sql.classes.list_session_bookings_by_start_time, "startTime"),
        "-startTime": Order(sql.classes.list_session_bookings_by_start_time_desc, "startTime"),
    }
    count = sql.classes.count_session_bookings
    sort = sort_field(orders)
    starts_from = Instant(data_key="from", load_default=None, metadata={"description": "Starting then or later."})
    starts_to = Instant(data_key="to", load_default=None, metadata={"description": "Starting before then."})
    status = Choice(*STATUSES, load_default=None)
    session_id = Id(load_default=None, metadata={"description": "Of one class."})
    user_id = Uuid(load_default=None)
