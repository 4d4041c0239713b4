"""The JSON of classes."""

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Number, Output, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, search_field, sort_field

STATUSES = ("SCHEDULED", "IN_PROGRESS", "COMPLETED", "CANCELLED")
GYM_STATUSES = ("ACTIVE", "INACTIVE", "MAINTENANCE")
MOST = 1000
MANY = 2**31 - 1
IN_CREDITS = {"description": "In credits."}
CANCELLED_FREE = "Until so many hours before the start a place is cancelled for nothing"


class ClassTerms(Input):
    """What is said of a class."""

    title = Text(200, required=True, example="Morning yoga")
    description = Text(5000, nullable=True, load_default=None, example="Bring a mat.")
    trainer_id = Uuid(nullable=True, load_default=None)
    start_time = Instant(required=True, example="2040-03-05T17:00:00Z")
    end_time = Instant(required=True, example="2040-03-05T18:00:00Z")
    capacity = WholeNumber(1, MOST, load_default=20, example=20)
    credit_cost = WholeNumber(0, MOST, load_default=1, example=1, metadata=IN_CREDITS)
    waitlist_capacity = WholeNumber(0, MOST, load_default=3, example=3)
    requires_parq = Flag(load_default=False, metadata={"description": "Whether it takes a valid questionnaire."})


class ClassInput(ClassTerms):
    """A class that is put up at a gym."""

    gym_id = Id(required=True)


class ClassSession(Output):
    """A class: a group session at a gym."""

    id = Id()
    title = Text(200, example="Morning yoga")
    description = Text(5000, nullable=True, example="Bring a mat.")
    gym_id = Id()
    gym_name = Text(200, example="Canal Studio")
    gym_status = Choice(*GYM_STATUSES)
    time_zone = Text(60, example="Europe/Amsterdam", metadata={"description": "Of the gym."})
    trainer_id = Uuid(nullable=True)
    trainer_name = Text(200, nullable=True, example="Ben Achterberg")
    start_time = Instant(example="2040-03-05T17:00:00Z")
    end_time = Instant(example="2040-03-05T18:00:00Z")
    status = Choice(*STATUSES)
    capacity = WholeNumber(1, MOST, example=20)
    places_left = WholeNumber(
        0, MOST, example=3, metadata={"description": "That are neither taken nor offered to somebody who has waited."}
    )
    waitlist_capacity = WholeNumber(0, MOST, example=3)
    waiting = WholeNumber(0, MOST, example=0)
    credit_cost = WholeNumber(0, MOST, example=1, metadata=IN_CREDITS)
    requires_parq = Flag(metadata={"description": "Whether it takes a valid questionnaire."})
    requires_induction = Flag(metadata={"description": "Whether it takes an induction at the gym."})
    cancel_hours = WholeNumber(0, 8760, example=12, metadata={"description": f"{CANCELLED_FREE}."})
    subscriber_cancel_hours = WholeNumber(
        0, 8760, example=4, metadata={"description": f"{CANCELLED_FREE}, by a subscriber."}
    )
    rating_average = Number(
        nullable=True, example=4.6, metadata={"description": "Of one to five stars; null without a review."}
    )
    rating_count = WholeNumber(0, MANY, example=12)
    moved_at = Instant(
        nullable=True,
        metadata={
            "description": "When it was last put at another time: whoever had booked before cancels for nothing."
        },
    )
    created_at = Instant()
    updated_at = Instant()


class ClassSessionList(ListArguments):
    """Filters and orders of classes."""

    orders = {
        "startTime": Order(sql.classes.list_class_sessions_by_start_time, "startTime"),
        "-startTime": Order(sql.classes.list_class_sessions_by_start_time_desc, "startTime"),
    }
    count = sql.classes.count_class_sessions
    sort = sort_field(orders)
    q = search_field()
    gym_id = Id(load_default=None)
    trainer_id = Uuid(load_default=None)
    starts_from = Instant(
        data_key="from", load_default=None, metadata={"description": "Starting then or later; otherwise, from now on."}
    )
    starts_to = Instant(data_key="to", load_default=None, metadata={"description": "Starting before then."})
    has_space = Flag(load_default=None, metadata={"description": "Whether a place can be booked."})
    status = Choice(*STATUSES, load_default=None, metadata={"description": "Otherwise, all but what is CANCELLED."})
