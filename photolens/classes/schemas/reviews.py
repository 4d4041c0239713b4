"""The JSON of what is said of classes."""

from photolens.database import sql
from photolens.fields import Id, Input, Instant, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field


class ClassReviewInput(Input):
    """What somebody says of a class they were at: one to five stars, and for one or two the reason."""

    rating = WholeNumber(1, 5, required=True, example=5)
    comment = Text(2000, nullable=True, load_default=None, example="Hard work, well led.")


class ClassReview(Output):
    """What somebody said of a class they were at."""

    id = Id()
    session_id = Id()
    rating = WholeNumber(1, 5, example=5)
    comment = Text(2000, nullable=True, example="Hard work, well led.")
    author_name = Text(200, example="Emma", metadata={"description": "Their first name."})
    created_at = Instant()
    updated_at = Instant()


class ClassReviewList(ListArguments):
    """The order of what is said of a class."""

    orders = {"-createdAt": Order(sql.classes.list_reviews_by_created_at_desc, "createdAt")}
    count = sql.classes.count_reviews
    sort = sort_field(orders)
