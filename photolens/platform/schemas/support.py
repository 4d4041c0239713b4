"""The JSON of support: problems, and what is said of them."""

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Output, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, search_field, sort_field
from photolens.platform.rules import MOVES

TYPES = ("BOOKING", "PAYMENT", "ACCOUNT", "TECHNICAL", "OTHER")
PRIORITIES = ("LOW", "NORMAL", "HIGH", "URGENT")
STATUSES = tuple(MOVES)
WORDS = "I cannot book the class on Friday: it says that I have no credits."


class SupportProblemList(ListArguments):
    """Filters and orders of problems."""

    orders = {"-createdAt": Order(sql.platform.list_support_problems_by_created_at_desc, "createdAt")}
    count = sql.platform.count_support_problems
    sort = sort_field(orders)
    q = search_field()
    status = Choice(*STATUSES, load_default=None)
    type = Choice(*TYPES, load_default=None)
    priority = Choice(*PRIORITIES, load_default=None)
    assignee_id = Uuid(load_default=None)


class SupportProblemInput(Input):
    """What somebody reports."""

    type = Choice(*TYPES, required=True)
    priority = Choice(*PRIORITIES, load_default="NORMAL", metadata={"example": "NORMAL"})
    title = Text(200, required=True, example="No credits for Friday")
    description = Text(5000, required=True, example=WORDS)


class SupportProblemChanges(Input):
    """What the team makes of a problem."""

    status = Choice(
        *STATUSES,
        metadata={
            "example": "ASSIGNED",
            "description": "An OPEN one is ASSIGNED by its `assigneeId`; from there it is IN_PROGRESS, may be"
            " WAITING_CUSTOMER, is RESOLVED, and CLOSED. One that is RESOLVED may be IN_PROGRESS again.",
        },
    )
    priority = Choice(*PRIORITIES, metadata={"example": "HIGH"})
    assignee_id = Uuid(
        nullable=True, metadata={"description": "Somebody ACTIVE who may look after problems; null for nobody."}
    )


class SupportProblem(Output):
    """Something that a user has asked of the studio, and how it stands."""

    id = Id()
    number = Text(20, example="SUP-000012")
    user_id = Uuid()
    user_name = Text(200, example="Emma Chen")
    type = Choice(*TYPES)
    priority = Choice(*PRIORITIES)
    status = Choice(*STATUSES)
    title = Text(200, example="No credits for Friday")
    description = Text(5000, example=WORDS)
    assignee_id = Uuid(nullable=True, metadata={"description": "Only the team is shown it."})
    assignee_name = Text(200, nullable=True, example="Rosa Delgado")
    comment_count = WholeNumber(0, 2**31 - 1, example=2)
    resolved_at = Instant(nullable=True)
    closed_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class SupportCommentList(ListArguments):
    """The order of what was said of a problem."""

    orders = {"createdAt": Order(sql.platform.list_support_comments_by_created_at, "createdAt")}
    count = sql.platform.count_support_comments
    sort = sort_field(orders)


class SupportCommentInput(Input):
    """Something that is said of a problem."""

    body = Text(5000, required=True, example="It works now. Thank you!")
    is_internal = Flag(
        load_default=False,
        metadata={
            "example": False,
            "description": "A note that only the team is ever shown; only the team leaves one.",
        },
    )


class SupportComment(Output):
    """Something that was said of a problem."""

    id = Id()
    problem_id = Id()
    author_id = Uuid()
    author_name = Text(200, example="Emma Chen")
    is_from_team = Flag(metadata={"description": "Whether it is not its user who said it."})
    is_internal = Flag(metadata={"example": False, "description": "A note of the team's: only the team is shown it."})
    body = Text(5000, example="It works now. Thank you!")
    created_at = Instant()
