"""What administrators make of what is at gyms. The feed tells it of the gym."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found

COLUMNS = ("id", "name", "category", "quantity", "status")


def add_equipment(conn: Connection, gym_id: int, equipment: dict[str, Any]) -> Row:
    """Put something into a gym. Locks: the gym. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        found(sql.classes.lock_gym(conn, gym_id=gym_id), "gym", gym_id)
        row: Row = sql.classes.insert_equipment(conn, gym_id=gym_id, **equipment)
        record_activity(conn, "EQUIPMENT_ADDED", "GYM", gym_id, details={"name": row["name"]})
        return row


def update_equipment(conn: Connection, gym_id: int, equipment_id: int, changes: dict[str, Any]) -> Row:
    """Change what is said of something at a gym. Locks: it. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        equipment = _lock(conn, gym_id, equipment_id)
        require_match()
        changed = {**equipment, **changes}
        if changed != equipment:
            sql.classes.update_equipment(conn, **{column: changed[column] for column in COLUMNS})
            record_activity(conn, "EQUIPMENT_CHANGED", "GYM", gym_id, details={"name": changed["name"]})
        row: Row = sql.classes.get_equipment(conn, gym_id=gym_id, equipment_id=equipment_id, sees_all=True)
        return row


def remove_equipment(conn: Connection, gym_id: int, equipment_id: int) -> None:
    """Take something out of a gym, as if it had never been there. Locks: it. Problems: `not_found`."""
    with conn.transaction():
        equipment = _lock(conn, gym_id, equipment_id)
        require_match()
        sql.classes.delete_equipment(conn, equipment_id=equipment_id)
        record_activity(conn, "EQUIPMENT_REMOVED", "GYM", gym_id, details={"name": equipment["name"]})


def _lock(conn: Connection, gym_id: int, equipment_id: int) -> Row:
    row: Row = found(
        sql.classes.lock_equipment(conn, gym_id=gym_id, equipment_id=equipment_id), "equipment", equipment_id
    )
    return row
