"""What happens to calendar links: made, shown once, revoked."""

from photolens import visibility
from photolens.access import Caller, roles_with
from photolens.database import Connection, Row, sql
from photolens.identity.actions import sessions
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.sealing import digest_of, new_token
from photolens.studio.problems import NO_CALENDAR, STAFF_INACTIVE


def create_calendar_link(conn: Connection, staff_id: int, caller: Caller) -> Row:
    """Make the secret by which a member's calendar is subscribed to; it kills the one before, and is shown this once.

    Locks: the member, the caller's user. Problems: `not_found`, `staff_inactive`, `no_calendar`.
    """
    token = new_token()
    with conn.transaction():
        member = found(sql.studio.lock_staff_member(conn, staff_id=staff_id), "staff member", staff_id)
        sessions.hold_session(conn, caller)
        if member["status"] == "INACTIVE":
            raise STAFF_INACTIVE(f"{member['name']} no longer works here.")
        if member["role"] not in roles_with(*visibility.ANY_BOOKINGS):
            raise NO_CALENDAR(f"Whoever is {member['role']} is shown no bookings.")
        link = sql.studio.upsert_calendar_link(conn, staff_id=staff_id, token=digest_of(token))
        record_activity(conn, "CALENDAR_LINK_CREATED", "STAFF", staff_id, details={"name": member["name"]})
        return {**link, "token": token}


def revoke_calendar_link(conn: Connection, staff_id: int) -> None:
    """Revoke a member's calendar link, at once. Locks: the member. Problems: `not_found`."""
    with conn.transaction():
        member = found(sql.studio.lock_staff_member(conn, staff_id=staff_id), "staff member", staff_id)
        found(sql.studio.get_calendar_link(conn, staff_id=staff_id), "calendar link of staff member", staff_id)
        require_match()
        sql.studio.delete_calendar_link(conn, staff_id=staff_id)
        record_activity(conn, "CALENDAR_LINK_REVOKED", "STAFF", staff_id, details={"name": member["name"]})
