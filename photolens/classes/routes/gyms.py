"""Gyms: for everybody to find, and for administrators to change."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import gyms as actions
from photolens.classes.schemas import gyms as schemas
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found

blp = Blueprint("Gyms", __name__, description="Where classes are given: for everybody to find.")


@blp.get("/gyms")
@access.public
@blp.arguments(schemas.GymList, location="query")
@blp.pages(schemas.Gym)
def list_gyms(arguments: dict[str, Any]) -> dict[str, Any]:
    """List gyms

    The public is shown those that are ACTIVE; administrators all of them.
    """
    sees_all = visibility.sees_all_gyms(access.known_caller())
    return paging.page(connection(), schemas.GymList, {**arguments, "sees_all": sees_all})


@blp.post("/gyms")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.GymInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.WholeGym)
def create_gym(gym: dict[str, Any]) -> Row:
    """Add a gym"""
    return actions.create_gym(connection(), gym)


@blp.get("/gyms/<id:gym_id>")
@access.public
@blp.answers(200, schemas.WholeGym)
def get_gym(gym_id: int) -> Row:
    """Read a gym, what is there and who gives classes

    One that is INACTIVE is only for administrators to read.
    """
    sees_all = visibility.sees_all_gyms(access.known_caller())
    return found(sql.classes.get_gym(connection(), gym_id=gym_id, sees_all=sees_all), "gym", gym_id)


@blp.patch("/gyms/<id:gym_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.GymInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.WholeGym)
def update_gym(changes: dict[str, Any], gym_id: int) -> Row:
    """Change a gym

    Opening hours that are sent are all there are then. Places that are booked keep until when they are cancelled for
    nothing.
    """
    return actions.update_gym(connection(), gym_id, changes)


@blp.delete("/gyms/<id:gym_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.GYM_IN_USE)
@blp.answers(204)
def delete_gym(gym_id: int) -> None:
    """Remove a gym at which there was no class

    Nor an induction: one that was used is made INACTIVE instead.
    """
    actions.delete_gym(connection(), gym_id)
