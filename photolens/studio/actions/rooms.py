"""What happens to rooms."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found


def create_room(conn: Connection, room: dict[str, Any]) -> Row:
    """Add a room. Problems: `name_taken`."""
    with conn.transaction():
        row: Row = sql.studio.insert_room(conn, **room)
        record_activity(conn, "ROOM_CREATED", "ROOM", row["id"], details={"name": row["name"]})
        return row


def update_room(conn: Connection, room_id: int, changes: dict[str, Any]) -> Row:
    """Change a room. Locks: the room. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        room = found(sql.studio.lock_room(conn, room_id=room_id), "room", room_id)
        require_match()
        changed = {**room, **changes}
        if changed != room:
            columns = ("id", "name", "notes", "is_active")
            sql.studio.update_room(conn, **{column: changed[column] for column in columns})
            record_activity(conn, "ROOM_CHANGED", "ROOM", room_id, details={"name": changed["name"]})
        row: Row = sql.studio.get_room(conn, room_id=room_id)
        return row


def delete_room(conn: Connection, room_id: int) -> None:
    """Remove a room that was never booked. Locks: the room. Problems: `not_found`, `room_in_use`."""
    with conn.transaction():
        room = found(sql.studio.lock_room(conn, room_id=room_id), "room", room_id)
        require_match()
        sql.studio.delete_room(conn, room_id=room_id)
        record_activity(conn, "ROOM_DELETED", "ROOM", room_id, details={"name": room["name"]})
