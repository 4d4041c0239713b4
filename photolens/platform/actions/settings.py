"""The studio's settings."""

from typing import Any

from photolens.clock import find_zone
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import invalid


def replace_settings(conn: Connection, settings: dict[str, Any]) -> Row:
    """Replace the studio's settings and working hours. Invoices keep the currency and number they have.

    Locks: the settings' one row. Problems: `invalid`.
    """
    hours = settings.pop("working_hours")
    week = {
        "weekdays": [day["weekday"] for day in hours],
        "opening": [day["opens_at"] for day in hours],
        "closing": [day["closes_at"] for day in hours],
    }
    with conn.transaction():
        require_time_zone(conn, settings["time_zone"])
        present = sql.platform.lock_settings(conn)
        require_match()
        if {**present, **settings} != present or not sql.platform.exists_working_hours(conn, **week):
            sql.platform.update_settings(conn, **settings)
            sql.platform.delete_working_hours(conn)
            sql.platform.insert_working_hours(conn, **week)
            record_activity(conn, "SETTINGS_CHANGED", "SETTINGS", 1)
        row: Row = sql.platform.get_settings(conn)
        return row


def require_time_zone(conn: Connection, name: str) -> None:
    """Refuse a time zone that PostgreSQL or Python does not know: both reckon in it. Problems: `invalid`."""
    if find_zone(name) is None or not sql.platform.exists_time_zone(conn, time_zone=name):
        raise invalid("/timeZone", "is not an IANA time zone such as Europe/Amsterdam")
