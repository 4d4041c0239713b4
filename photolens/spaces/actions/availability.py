"""What happens to slots: when so many of an offering are to be had. What bookings hold of them stays held."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from photolens.clock import WEEKDAYS
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.spaces import rules
from photolens.spaces.actions import services


def publish(conn: Connection, vendor_id: UUID, offering_id: int, publication: dict[str, Any]) -> Row:
    """Publish slots, all in one statement; tells how many are new, and how many were left out.

    Locks: the branch for share, then the offering: two who publish it come one after the other. Problems: `not_found`,
    `invalid`.
    """
    with conn.transaction():
        offering = services.lock(conn, vendor_id, offering_id)
        rules.require_publishable(offering["time_zone"], publication, offering["max_capacity"], datetime.now(UTC))
        weekdays = [WEEKDAYS.index(day) + 1 for day in publication["weekdays"] or WEEKDAYS]
        published = sql.spaces.insert_slots(
            conn,
            vendor_service_id=offering_id,
            time_zone=offering["time_zone"],
            first_date=publication["from_date"],
            last_date=publication["to_date"],
            weekdays=weekdays,
            start_time=publication["start_time"],
            end_time=publication["end_time"],
            slot_minutes=publication["slot_minutes"],
            total_units=publication["total_units"],
        )
        if published:
            details = {"name": offering["label"], "created": published}
            record_activity(conn, "AVAILABILITY_PUBLISHED", "VENDOR_SERVICE", offering_id, details=details)
        return {"published": published, "skipped": rules.count_slots(publication) - published}


def update_slot(conn: Connection, vendor_id: UUID, slot_id: int, changes: dict[str, Any]) -> Row:
    """Set how many units there are of a slot, and whether it is blocked. What is free of it follows.

    Locks: branch and offering for share, then the slot. Problems: `not_found`, `units_held`, `invalid`.
    """
    with conn.transaction():
        slot = _lock(conn, vendor_id, slot_id)
        require_match()
        changed = {**slot, **changes}
        if changed != slot:
            if changed["total_units"] != slot["total_units"]:
                rules.require_capacity(changed["total_units"], slot["max_capacity"])
            columns = ("total_units", "is_blocked")
            sql.spaces.update_slot(conn, slot_id=slot_id, **{column: changed[column] for column in columns})
            record_activity(conn, "AVAILABILITY_CHANGED", "VENDOR_SERVICE", slot["vendor_service_id"])
        row: Row = sql.spaces.get_slot(conn, slot_id=slot_id, vendor_id=vendor_id)
        return row


def delete_slot(conn: Connection, vendor_id: UUID, slot_id: int) -> None:
    """Remove a slot that no booking has ever held.

    Locks: branch and offering for share, then the slot. Problems: `not_found`, `slot_in_use`.
    """
    with conn.transaction():
        slot = _lock(conn, vendor_id, slot_id)
        require_match()
        sql.spaces.delete_slot(conn, slot_id=slot_id)
        record_activity(conn, "AVAILABILITY_CHANGED", "VENDOR_SERVICE", slot["vendor_service_id"])


def _lock(conn: Connection, vendor_id: UUID, slot_id: int) -> Row:
    row: Row = found(sql.spaces.lock_slot(conn, slot_id=slot_id, vendor_id=vendor_id), "slot", slot_id)
    return row
