"""Rooms."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import rooms as actions
from photolens.studio.schemas import rooms as schemas

blp = Blueprint("Rooms", __name__, description="The studio's own rooms, which a session can take up.")


@blp.get("/rooms")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF)
@blp.arguments(schemas.RoomList, location="query")
@blp.pages(schemas.Room)
def list_rooms(arguments: dict[str, Any]) -> dict[str, Any]:
    """List rooms"""
    return paging.page(connection(), schemas.RoomList, arguments)


@blp.post("/rooms")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.RoomInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.Room)
def create_room(room: dict[str, Any]) -> Row:
    """Add a room"""
    return actions.create_room(connection(), room)


@blp.get("/rooms/<id:room_id>")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF)
@blp.answers(200, schemas.Room)
def get_room(room_id: int) -> Row:
    """Read a room"""
    return found(sql.studio.get_room(connection(), room_id=room_id), "room", room_id)


@blp.patch("/rooms/<id:room_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.RoomInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.Room)
def update_room(changes: dict[str, Any], room_id: int) -> Row:
    """Change a room

    One that is no longer `isActive` takes no new bookings; those it has stay.
    """
    return actions.update_room(connection(), room_id, changes)


@blp.delete("/rooms/<id:room_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.ROOM_IN_USE)
@blp.answers(204)
def delete_room(room_id: int) -> None:
    """Delete a room that was never booked

    One in use is deactivated instead: `isActive` false.
    """
    actions.delete_room(connection(), room_id)
