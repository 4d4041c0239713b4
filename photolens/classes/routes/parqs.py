"""What members say of their health: for themselves, and for whoever decides about it; each in person, no program."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import parqs as actions
from photolens.classes.schemas import parqs as schemas
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, NOT_FOUND, found

blp = Blueprint(
    "Health questionnaires", __name__, description="What members say of their health before they exercise (PAR-Q)."
)


@blp.get("/me/parq")
@access.in_person
@blp.refuses(NOT_FOUND)
@blp.answers(200, schemas.Parq)
def get_own_parq() -> Row:
    """Read what you have last said of your health"""
    user_id = access.current_caller().user_id
    return found(sql.classes.get_newest_parq(connection(), user_id=user_id), "questionnaire of", "yours")


@blp.post("/me/parq")
@access.in_person
@blp.confidential
@blp.arguments(schemas.ParqInput)
@blp.refuses(FORBIDDEN)
@blp.answers(201, schemas.Parq, location="/api/v1/me/parq")
def answer_parq(questionnaire: dict[str, Any]) -> Row:
    """Say how your health is

    It counts in place of what you have said before, for twelve months. Where you answer yes to anything, somebody
    decides whether you may exercise: until then `clearance` is PENDING.
    """
    user_id = access.active_caller().user_id
    return actions.answer(connection(), user_id, questionnaire["answers"])


@blp.get("/parqs")
@access.in_person
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.ParqList, location="query")
@blp.pages(schemas.Parq)
def list_parqs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what members have said of their health"""
    return paging.page(connection(), schemas.ParqList, arguments)


@blp.get("/parqs/<id:parq_id>")
@access.in_person
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(200, schemas.Parq)
def get_parq(parq_id: int) -> Row:
    """Read what a member has said of their health"""
    return found(sql.classes.get_parq(connection(), parq_id=parq_id), "questionnaire", parq_id)


@blp.post("/parqs/<id:parq_id>/clearance")
@access.in_person
@access.requires(Permission.MANAGE_SETTINGS)
@blp.confidential
@blp.arguments(schemas.ClearanceInput)
@blp.refuses(ILLEGAL_TRANSITION, problems.PARQ_REPLACED)
@blp.answers(200, schemas.Parq)
def decide_parq(decision: dict[str, Any], parq_id: int) -> Row:
    """Decide whether a member may exercise

    Of a questionnaire that is PENDING, once; and only of what they have said last. They are told that it was decided,
    and read here what.
    """
    return actions.decide(connection(), parq_id, is_accepted=decision["is_accepted"], note=decision["note"])
