"""The JSON of inductions."""

from photolens.database import sql
from photolens.fields import Choice, Id, Input, Instant, Output, Text, Uuid
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("PENDING", "CONFIRMED", "COMPLETED", "CANCELLED", "NO_SHOW")


class InductionInput(Input):
    """When somebody would be shown around a gym."""

    gym_id = Id(required=True)
    start_time = Instant(required=True, example="2040-03-05T09:00:00Z")
    end_time = Instant(
        nullable=True,
        load_default=None,
        example="2040-03-05T10:00:00Z",
        metadata={"description": "An hour after the start, unless something else is wished for."},
    )


class InductionChanges(Input):
    """When it is, and who gives it."""

    start_time = Instant(required=True, example="2040-03-05T11:00:00Z")
    end_time = Instant(required=True, example="2040-03-05T12:00:00Z")
    trainer_id = Uuid(required=True, nullable=True)


class InductionConfirmation(Input):
    """Who gives it: left out by a trainer who takes it, and where it has a trainer already."""

    trainer_id = Uuid(nullable=True, load_default=None)


class Induction(Output):
    """A time at which somebody is shown how a gym is used."""

    id = Id()
    gym_id = Id()
    gym_name = Text(200, example="Canal Street")
    time_zone = Text(100, example="Europe/Amsterdam", metadata={"description": "Of the gym."})
    user_id = Uuid()
    user_name = Text(200, example="Emma Chen")
    trainer_id = Uuid(nullable=True)
    trainer_name = Text(200, nullable=True, example="Sam Okoye")
    start_time = Instant(example="2040-03-05T09:00:00Z")
    end_time = Instant(example="2040-03-05T10:00:00Z")
    status = Choice(*STATUSES)
    created_at = Instant()
    updated_at = Instant()


class InductionList(ListArguments):
    """Filters and orders of inductions."""

    orders = {
        "startTime": Order(sql.classes.list_inductions_by_start_time, "startTime"),
        "-startTime": Order(sql.classes.list_inductions_by_start_time_desc, "startTime"),
    }
    count = sql.classes.count_inductions
    sort = sort_field(orders)
    starts_from = Instant(data_key="from", load_default=None, metadata={"description": "Starting then or later."})
    starts_to = Instant(data_key="to", load_default=None, metadata={"description": "Starting before then."})
    status = Choice(*STATUSES, load_default=None)
    gym_id = Id(load_default=None)
