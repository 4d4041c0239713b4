"""What happens to what vendors offer at their branches."""

from typing import Any
from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.spaces.problems import OFFERING_IN_USE

COLUMNS = (
    "id",
    "label",
    "price_per_unit",
    "price_unit",
    "min_booking_duration",
    "max_booking_duration",
    "cancellation_policy",
    "free_cancel_hours",
    "late_refund_percent",
    "auto_accept",
    "is_active",
)


def create_vendor_service(conn: Connection, vendor_id: UUID, branch_id: int, offering: dict[str, Any]) -> Row:
    """Offer something at a branch. Locks: the branch. Problems: `not_found`, `name_taken`, `invalid`."""
    with conn.transaction():
        found(sql.spaces.lock_branch(conn, branch_id=branch_id, vendor_id=vendor_id), "branch", branch_id)
        offering_id = sql.spaces.insert_vendor_service(conn, branch_id=branch_id, **offering)
        details = {"name": offering["label"]}
        record_activity(conn, "VENDOR_SERVICE_CREATED", "VENDOR_SERVICE", offering_id, details=details)
        return _offering(conn, offering_id, vendor_id)


def update_vendor_service(conn: Connection, vendor_id: UUID, offering_id: int, changes: dict[str, Any]) -> Row:
    """Change the terms of an offering; what is booked keeps those it was sold at.

    Locks: the branch for share, then the offering. Problems: `not_found`, `name_taken`, `invalid`.
    """
    with conn.transaction():
        offering = lock(conn, vendor_id, offering_id)
        require_match()
        changed = {**offering, **changes}
        if changed != offering:
            sql.spaces.update_vendor_service(conn, **{column: changed[column] for column in COLUMNS})
            details = {"name": changed["label"]}
            record_activity(conn, "VENDOR_SERVICE_CHANGED", "VENDOR_SERVICE", offering_id, details=details)
        return _offering(conn, offering_id, vendor_id)


def delete_vendor_service(conn: Connection, vendor_id: UUID, offering_id: int) -> None:
    """Remove an offering that was never booked, with its slots and what was asked for it.

    Locks: the branch for share, then the offering. Problems: `not_found`, `offering_in_use`.
    """
    with conn.transaction():
        offering = lock(conn, vendor_id, offering_id)
        require_match()
        if sql.spaces.exists_space_booking_of_vendor_service(conn, vendor_service_id=offering_id):
            raise OFFERING_IN_USE("Deactivate it instead: isActive false.")
        sql.spaces.delete_slots_of_vendor_service(conn, vendor_service_id=offering_id)
        sql.spaces.delete_approval_requests_of_vendor_service(conn, vendor_service_id=offering_id)
        sql.spaces.delete_vendor_service(conn, vendor_service_id=offering_id)
        details = {"name": offering["label"]}
        record_activity(conn, "VENDOR_SERVICE_DELETED", "VENDOR_SERVICE", offering_id, details=details)


def replace_features(conn: Connection, vendor_id: UUID, offering_id: int, feature_ids: list[int]) -> Row:
    """Say all that an offering has.

    Locks: the branch for share, then the offering. Problems: `not_found`, `invalid`.
    """
    with conn.transaction():
        offering = lock(conn, vendor_id, offering_id)
        require_match()
        present = _offering(conn, offering_id, vendor_id)["features"]
        if {feature["id"] for feature in present} != set(feature_ids):
            sql.spaces.delete_service_features(conn, vendor_service_id=offering_id)
            sql.spaces.insert_service_features(conn, vendor_service_id=offering_id, feature_ids=feature_ids)
            details = {"name": offering["label"]}
            record_activity(conn, "VENDOR_SERVICE_CHANGED", "VENDOR_SERVICE", offering_id, details=details)
        return {"features": _offering(conn, offering_id, vendor_id)["features"]}


def lock(conn: Connection, vendor_id: UUID | None, offering_id: int) -> Row:
    """An offering, of a vendor's or of anybody's, with the clock at its branch.

    Locks: the branch for share, then the offering. Problems: `not_found`.
    """
    offering = sql.spaces.lock_vendor_service(conn, vendor_service_id=offering_id, vendor_id=vendor_id)
    row: Row = found(offering, "service", offering_id)
    return row


def _offering(conn: Connection, offering_id: int, vendor_id: UUID) -> Row:
    row: Row = sql.spaces.get_vendor_service(conn, vendor_service_id=offering_id, vendor_id=vendor_id)
    return row
