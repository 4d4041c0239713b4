"""What is at gyms."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.classes.actions import equipment as actions
from photolens.classes.schemas import equipment as schemas
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found

blp = Blueprint("Equipment of gyms", __name__, description="What is at gyms to exercise with: for everybody to see.")


@blp.get("/gyms/<id:gym_id>/equipment")
@access.public
@blp.arguments(schemas.EquipmentList, location="query")
@blp.pages(schemas.Equipment)
def list_equipment(arguments: dict[str, Any], gym_id: int) -> dict[str, Any]:
    """List what is at a gym

    What is RETIRED, administrators are shown.
    """
    sees_all = visibility.sees_all_gyms(access.known_caller())
    found(sql.classes.exists_gym(connection(), gym_id=gym_id, sees_all=sees_all) or None, "gym", gym_id)
    return paging.page(connection(), schemas.EquipmentList, {**arguments, "gym_id": gym_id, "sees_all": sees_all})


@blp.post("/gyms/<id:gym_id>/equipment")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.EquipmentInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.Equipment)
def add_equipment(equipment: dict[str, Any], gym_id: int) -> Row:
    """Put something into a gym"""
    return actions.add_equipment(connection(), gym_id, equipment)


@blp.get("/gyms/<id:gym_id>/equipment/<id:equipment_id>")
@access.public
@blp.answers(200, schemas.Equipment)
def get_equipment(gym_id: int, equipment_id: int) -> Row:
    """Read something that is at a gym"""
    sees_all = visibility.sees_all_gyms(access.known_caller())
    equipment = sql.classes.get_equipment(connection(), gym_id=gym_id, equipment_id=equipment_id, sees_all=sees_all)
    return found(equipment, "equipment", equipment_id)


@blp.patch("/gyms/<id:gym_id>/equipment/<id:equipment_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.EquipmentInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.Equipment)
def update_equipment(changes: dict[str, Any], gym_id: int, equipment_id: int) -> Row:
    """Change what is said of something at a gym"""
    return actions.update_equipment(connection(), gym_id, equipment_id, changes)


@blp.delete("/gyms/<id:gym_id>/equipment/<id:equipment_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(204)
def remove_equipment(gym_id: int, equipment_id: int) -> None:
    """Take something out of a gym

    What was there and is not any more is better RETIRED.
    """
    actions.remove_equipment(connection(), gym_id, equipment_id)
