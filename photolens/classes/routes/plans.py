"""Plans: what can be subscribed to, for everybody; and for who manages the settings, to offer it."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import plans as actions
from photolens.classes.schemas import plans as schemas
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found

blp = Blueprint("Plans", __name__, description="What can be subscribed to: credits for classes, each period.")


def _sees_all() -> bool:
    """Whether the caller is shown what is not offered any more."""
    caller = access.known_caller()
    return caller is not None and caller.may(Permission.MANAGE_SETTINGS)


@blp.get("/plans")
@access.public
@blp.arguments(schemas.PlanList, location="query")
@blp.pages(schemas.Plan)
def list_plans(arguments: dict[str, Any]) -> dict[str, Any]:
    """List plans

    Those that are offered; and whoever manages the settings is shown the others as well.
    """
    return paging.page(connection(), schemas.PlanList, {**arguments, "sees_all": _sees_all()})


@blp.post("/plans")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.PlanInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.Plan)
def create_plan(plan: dict[str, Any]) -> Row:
    """Offer a plan

    Its currency is the studio's, as it is now.
    """
    return actions.create_plan(connection(), plan)


@blp.get("/plans/<id:plan_id>")
@access.public
@blp.answers(200, schemas.Plan)
def get_plan(plan_id: int) -> Row:
    """Read a plan"""
    return found(sql.classes.get_plan(connection(), plan_id=plan_id, sees_all=_sees_all()), "plan", plan_id)


@blp.patch("/plans/<id:plan_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.PlanInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.Plan)
def update_plan(changes: dict[str, Any], plan_id: int) -> Row:
    """Change a plan

    Whoever has subscribed to it keeps what was agreed. One that is no longer `isActive` takes no new subscribers.
    """
    return actions.update_plan(connection(), plan_id, changes)


@blp.delete("/plans/<id:plan_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.PLAN_IN_USE)
@blp.answers(204)
def delete_plan(plan_id: int) -> None:
    """Delete a plan that nobody has subscribed to

    One that somebody has is deactivated instead: `isActive` false.
    """
    actions.delete_plan(connection(), plan_id)
