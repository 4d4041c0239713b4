"""What happens to staff members."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions import record_activity
from photolens.preconditions import require_match
from photolens.problems import found


def create_staff_member(conn: Connection, member: dict[str, Any]) -> Row:
    """Add a staff member. Problems: `email_taken`."""
    with conn.transaction():
        row: Row = sql.studio.insert_staff_member(conn, **member)
        record_activity(conn, "STAFF_ADDED", "STAFF", row["id"], details={"name": row["name"]})
        return row


def update_staff_member(conn: Connection, staff_id: int, changes: dict[str, Any]) -> Row:
    """Change a staff member. Locks: the member. Problems: `not_found`, `email_taken`."""
    with conn.transaction():
        member = found(sql.studio.lock_staff_member(conn, staff_id=staff_id), "staff member", staff_id)
        require_match()
        changed = {**member, **changes}
        if changed != member:
            sql.studio.update_staff_member(conn, **changed)
            record_activity(conn, "STAFF_CHANGED", "STAFF", staff_id, details={"name": changed["name"]})
        row: Row = sql.studio.get_staff_member(conn, staff_id=staff_id)
        return row


def remove_staff_member(conn: Connection, staff_id: int) -> None:
    """Take a member off what is still to come, and keep the past: whoever has worked here stays, as INACTIVE.

    Locks: the member, whom everybody who assigns them locks too. Problems: `not_found`.
    """
    with conn.transaction():
        member = found(sql.studio.lock_staff_member(conn, staff_id=staff_id), "staff member", staff_id)
        require_match()
        sql.studio.delete_upcoming_staff_assignments(conn, staff_id=staff_id)
        if sql.studio.exists_staff_assignment(conn, staff_id=staff_id):
            sql.studio.update_staff_member(conn, **{**member, "status": "INACTIVE"})
        else:
            sql.studio.delete_staff_member(conn, staff_id=staff_id)
        record_activity(conn, "STAFF_REMOVED", "STAFF", staff_id, details={"name": member["name"]})
