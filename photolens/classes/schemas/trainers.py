"""The JSON of who gives classes at gyms."""

from photolens.database import sql
from photolens.fields import Flag, Id, Input, Instant, Number, Output, Text, Uuid, WebAddress, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

RATED = {"description": "Of one to five stars, at all their gyms together; null without a review."}


class TrainerOfGym(Output):
    """Who gives classes at a gym now."""

    id = Uuid()
    name = Text(200, example="Ben Achterberg")
    image = WebAddress(nullable=True)
    bio = Text(2000, nullable=True, example="Strength, and patience.")
    rating_average = Number(nullable=True, example=4.6, metadata=RATED)
    rating_count = WholeNumber(0, 2**31 - 1, example=12)


class Trainer(TrainerOfGym):
    """Who gives classes at a gym, by the id they have as a user. The public is shown those who do so now."""

    gym_id = Id()
    is_active = Flag()
    created_at = Instant()
    updated_at = Instant()


class TrainerInput(Input):
    """Who is to give classes at a gym."""

    trainer_id = Uuid(required=True)


class TrainerChange(Input):
    """Whether somebody gives new classes at a gym."""

    is_active = Flag(required=True)


class TrainerList(ListArguments):
    """The order of who gives classes at a gym."""

    orders = {"name": Order(sql.classes.list_trainers_by_name, "name")}
    count = sql.classes.count_trainers
    sort = sort_field(orders)
