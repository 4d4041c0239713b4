"""What administrators make of gyms."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.naming import camel_case
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.settings import require_time_zone
from photolens.preconditions import require_match
from photolens.problems import found

COLUMNS = (
    "id",
    "name",
    "description",
    "address",
    "amenities",
    "time_zone",
    "status",
    "requires_induction",
    "subscriber_cancel_hours",
    "cancel_hours",
)


def create_gym(conn: Connection, gym: dict[str, Any]) -> Row:
    """Add a gym, with its hours. Problems: `name_taken`, `invalid`."""
    hours = gym.pop("opening_hours")
    with conn.transaction():
        require_time_zone(conn, gym["time_zone"])
        gym_id = sql.classes.insert_gym(conn, **{**gym, "address": _kept(gym["address"])})
        sql.classes.insert_opening_hours(conn, gym_id=gym_id, **_week(hours))
        record_activity(conn, "GYM_CREATED", "GYM", gym_id, details={"name": gym["name"]})
        return _gym(conn, gym_id)


def update_gym(conn: Connection, gym_id: int, changes: dict[str, Any]) -> Row:
    """Change a gym; hours that are sent are all there are then.

    Places that are booked keep until when they are cancelled for nothing. Locks: the gym. Problems: `not_found`,
    `name_taken`, `invalid`.
    """
    hours = changes.pop("opening_hours", None)
    if "address" in changes:
        changes["address"] = _kept(changes["address"])
    with conn.transaction():
        gym = _lock(conn, gym_id)
        require_match()
        changed = {**gym, **changes}
        if changed["time_zone"] != gym["time_zone"]:
            require_time_zone(conn, changed["time_zone"])
        are_new = hours is not None and not sql.classes.exists_opening_hours(conn, gym_id=gym_id, **_week(hours))
        if are_new:
            sql.classes.delete_opening_hours(conn, gym_id=gym_id)
            sql.classes.insert_opening_hours(conn, gym_id=gym_id, **_week(hours or []))
        if changed != gym or are_new:
            sql.classes.update_gym(conn, **{column: changed[column] for column in COLUMNS})
            record_activity(conn, "GYM_CHANGED", "GYM", gym_id, details={"name": changed["name"]})
        return _gym(conn, gym_id)


def delete_gym(conn: Connection, gym_id: int) -> None:
    """Remove a gym at which there was no class and no induction.

    Locks: the gym. Problems: `not_found`, `gym_in_use`.
    """
    with conn.transaction():
        gym = _lock(conn, gym_id)
        require_match()
        sql.classes.delete_gym(conn, gym_id=gym_id)
        record_activity(conn, "GYM_DELETED", "GYM", gym_id, details={"name": gym["name"]})


def _lock(conn: Connection, gym_id: int) -> Row:
    row: Row = found(sql.classes.lock_gym(conn, gym_id=gym_id), "gym", gym_id)
    return row


def _gym(conn: Connection, gym_id: int) -> Row:
    row: Row = sql.classes.get_gym(conn, gym_id=gym_id, sees_all=True)
    return row


def _kept(address: dict[str, str | None]) -> dict[str, str]:
    """An address as the database keeps it: by JSON's names, without what there is nothing to say of."""
    return {camel_case(key): value for key, value in address.items() if value is not None}


def _week(hours: list[dict[str, str]]) -> dict[str, list[str]]:
    return {
        "weekdays": [day["weekday"] for day in hours],
        "opening": [day["opens_at"] for day in hours],
        "closing": [day["closes_at"] for day in hours],
    }
