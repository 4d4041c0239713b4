"""What happens to branches: what vendors say of them, and what administrators make of them."""

from typing import Any
from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.settings import require_time_zone
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.spaces import rules
from photolens.spaces.actions.bookings import cancel_unpaid, tell
from photolens.spaces.problems import TIME_ZONE_IN_USE

COLUMNS = ("id", "name", "description", "city", "address", "latitude", "longitude", "time_zone")


def create_branch(conn: Connection, vendor_id: UUID, branch: dict[str, Any]) -> Row:
    """Add a branch, which waits for an administrator. Problems: `name_taken`, `invalid`."""
    with conn.transaction():
        require_time_zone(conn, branch["time_zone"])
        branch_id = sql.spaces.insert_branch(conn, vendor_id=vendor_id, **branch)
        record_activity(conn, "BRANCH_CREATED", "BRANCH", branch_id, details={"name": branch["name"]})
        return _branch(conn, branch_id)


def update_branch(conn: Connection, vendor_id: UUID, branch_id: int, changes: dict[str, Any]) -> Row:
    """Change what a vendor says of a branch. Its clock stays once times of it are published.

    Locks: the branch. Problems: `not_found`, `name_taken`, `time_zone_in_use`, `invalid`.
    """
    with conn.transaction():
        branch = _lock(conn, branch_id, vendor_id)
        require_match()
        changed = {**branch, **changes}
        if changed != branch:
            if changed["time_zone"] != branch["time_zone"]:
                require_time_zone(conn, changed["time_zone"])
                if sql.spaces.exists_slot_of_branch(conn, branch_id=branch_id):
                    raise TIME_ZONE_IN_USE("What is published there is told by its present clock.")
            sql.spaces.update_branch(conn, **{column: changed[column] for column in COLUMNS})
            record_activity(conn, "BRANCH_CHANGED", "BRANCH", branch_id, details={"name": changed["name"]})
        return _branch(conn, branch_id)


def replace_facilities(conn: Connection, vendor_id: UUID, branch_id: int, facility_ids: list[int]) -> Row:
    """Say all that can be found at a branch. Locks: the branch. Problems: `not_found`, `invalid`."""
    with conn.transaction():
        branch = _lock(conn, branch_id, vendor_id)
        require_match()
        present = _branch(conn, branch_id)["facilities"]
        if {facility["id"] for facility in present} != set(facility_ids):
            sql.spaces.delete_branch_facilities(conn, branch_id=branch_id)
            sql.spaces.insert_branch_facilities(conn, branch_id=branch_id, facility_ids=facility_ids)
            record_activity(conn, "BRANCH_CHANGED", "BRANCH", branch_id, details={"name": branch["name"]})
        return {"facilities": _branch(conn, branch_id)["facilities"]}


def decide_branch(conn: Connection, branch_id: int, status: str, reason: str) -> Row:
    """Let a branch in, or hide it, for a reason that the feed keeps.

    Locks: the branch; hidden, its unpaid holds by id, and their slots in order of time. Problems: `not_found`,
    `illegal_transition`.
    """
    with conn.transaction():
        branch = _lock(conn, branch_id, None)
        require_match()
        if branch["status"] != status:
            move(conn, branch, status, reason)
        return _branch(conn, branch_id)


def move(conn: Connection, branch: Row, status: str, reason: str | None) -> None:
    """Give a branch, which is locked, another status, in a transaction of the caller's.

    One that is hidden gives up what is held there without being paid; what is confirmed stays.

    Locks: unpaid holds by id, their slots in order of time, then the inboxes. Problems: `illegal_transition`.
    """
    rules.require_branch_move(branch["status"], status)
    sql.spaces.update_branch_status(conn, branch_id=branch["id"], status=status)
    holds = []
    if status == "SUSPENDED":
        holds = sql.spaces.lock_unpaid_holds_of_branch(conn, branch_id=branch["id"])
        cancel_unpaid(conn, holds)
    details = {"name": branch["name"], "status": status, "reason": reason}
    record_activity(conn, "BRANCH_STATUS_CHANGED", "BRANCH", branch["id"], details=details)
    tell(conn, holds, "CANCELLED")


def _lock(conn: Connection, branch_id: int, vendor_id: UUID | None) -> Row:
    row: Row = found(sql.spaces.lock_branch(conn, branch_id=branch_id, vendor_id=vendor_id), "branch", branch_id)
    return row


def _branch(conn: Connection, branch_id: int) -> Row:
    row: Row = sql.spaces.get_branch(conn, branch_id=branch_id, vendor_id=None)
    return row
