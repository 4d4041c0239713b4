"""The JSON of what members say of their health."""

from typing import Any

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Output, Text, Uuid
from photolens.paging import ListArguments, Order, sort_field

CLEARANCES = ("NOT_NEEDED", "PENDING", "ACCEPTED", "REJECTED")


def _answer(question: str, **kwargs: Any) -> Flag:
    return Flag(metadata={"description": question, "example": False}, **kwargs)


class ParqAnswers(Input):
    """The seven questions of the PAR-Q, each answered: `true` is yes."""

    heart_condition = _answer(
        "Has a doctor ever said that you have a heart condition, and should exercise only as they recommend?",
        required=True,
    )
    chest_pain_active = _answer("Do you feel pain in your chest when you exercise?", required=True)
    chest_pain_resting = _answer("Have you had such pain in the last month when you did not exercise?", required=True)
    dizziness = _answer("Do you lose your balance from dizziness, or do you ever faint?", required=True)
    joint_problem = _answer("Have you a bone or joint problem that exercise could make worse?", required=True)
    medication = _answer("Do you take medication for your blood pressure or your heart?", required=True)
    other_reason = _answer("Do you know of any other reason not to exercise?", required=True)


class ParqInput(Input):
    """What a member says of their health."""

    answers = fields.Nested(ParqAnswers, required=True)


class Parq(Output):
    """What somebody has said of their health, and whether they are cleared to exercise."""

    id = Id()
    user_id = Uuid()
    user_name = Text(200, example="Emma Chen")
    answers = fields.Nested(ParqAnswers)
    clearance = Choice(*CLEARANCES, metadata={"description": "With a yes it is PENDING, until somebody decides."})
    clearance_note = Text(2000, nullable=True, example="Please bring the letter of your doctor.")
    decided_at = Instant(nullable=True)
    valid_until = Instant(example="2027-11-20T09:30:00Z", metadata={"description": "Twelve months after it was sent."})
    is_valid = Flag(metadata={"description": "Whether a class is booked with it: of each member only the newest is."})
    created_at = Instant()


class ClearanceInput(Input):
    """Whether a member whose answers have a yes may exercise; the note is for them to read."""

    is_accepted = Flag(required=True)
    note = Text(2000, nullable=True, load_default=None, example="Please bring the letter of your doctor.")


class ParqList(ListArguments):
    """Filters and the order of the questionnaires."""

    orders = {"-createdAt": Order(sql.classes.list_parqs_by_created_at_desc, "createdAt")}
    count = sql.classes.count_parqs
    sort = sort_field(orders)
    clearance = Choice(*CLEARANCES, load_default=None)
    user_id = Uuid(load_default=None)
