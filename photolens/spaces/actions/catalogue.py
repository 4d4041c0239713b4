"""What happens to the catalogues of spaces: their kinds, facilities and features."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found


def update_service(conn: Connection, service_id: int, changes: dict[str, Any]) -> Row:
    """Describe a kind of space. Locks: it. Problems: `not_found`."""
    with conn.transaction():
        service = found(sql.spaces.lock_service(conn, service_id=service_id), "service", service_id)
        require_match()
        changed = {**service, **changes}
        if changed != service:
            sql.spaces.update_service(conn, service_id=service_id, description=changed["description"])
            record_activity(conn, "SERVICE_CHANGED", "SERVICE", service_id, details={"name": service["name"]})
        row: Row = sql.spaces.get_service(conn, service_id=service_id)
        return row


def create_facility(conn: Connection, facility: dict[str, Any]) -> Row:
    """Add a facility. Problems: `name_taken`."""
    with conn.transaction():
        row: Row = sql.spaces.insert_facility(conn, **facility)
        record_activity(conn, "FACILITY_CREATED", "FACILITY", row["id"], details={"name": row["name"]})
        return row


def update_facility(conn: Connection, facility_id: int, changes: dict[str, Any]) -> Row:
    """Give a facility another name. Locks: it. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        facility = found(sql.spaces.lock_facility(conn, facility_id=facility_id), "facility", facility_id)
        require_match()
        changed = {**facility, **changes}
        if changed != facility:
            sql.spaces.update_facility(conn, facility_id=facility_id, name=changed["name"])
            record_activity(conn, "FACILITY_CHANGED", "FACILITY", facility_id, details={"name": changed["name"]})
        row: Row = sql.spaces.get_facility(conn, facility_id=facility_id)
        return row


def delete_facility(conn: Connection, facility_id: int) -> None:
    """Remove a facility that no branch has. Locks: it. Problems: `not_found`, `facility_in_use`."""
    with conn.transaction():
        facility = found(sql.spaces.lock_facility(conn, facility_id=facility_id), "facility", facility_id)
        require_match()
        sql.spaces.delete_facility(conn, facility_id=facility_id)
        record_activity(conn, "FACILITY_DELETED", "FACILITY", facility_id, details={"name": facility["name"]})


def create_feature(conn: Connection, feature: dict[str, Any]) -> Row:
    """Add a feature. Problems: `name_taken`."""
    with conn.transaction():
        row: Row = sql.spaces.insert_feature(conn, **feature)
        record_activity(conn, "FEATURE_CREATED", "FEATURE", row["id"], details={"name": row["name"]})
        return row


def update_feature(conn: Connection, feature_id: int, changes: dict[str, Any]) -> Row:
    """Give a feature another name. Locks: it. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        feature = found(sql.spaces.lock_feature(conn, feature_id=feature_id), "feature", feature_id)
        require_match()
        changed = {**feature, **changes}
        if changed != feature:
            sql.spaces.update_feature(conn, feature_id=feature_id, name=changed["name"])
            record_activity(conn, "FEATURE_CHANGED", "FEATURE", feature_id, details={"name": changed["name"]})
        row: Row = sql.spaces.get_feature(conn, feature_id=feature_id)
        return row


def delete_feature(conn: Connection, feature_id: int) -> None:
    """Remove a feature that no offering has. Locks: it. Problems: `not_found`, `feature_in_use`."""
    with conn.transaction():
        feature = found(sql.spaces.lock_feature(conn, feature_id=feature_id), "feature", feature_id)
        require_match()
        sql.spaces.delete_feature(conn, feature_id=feature_id)
        record_activity(conn, "FEATURE_DELETED", "FEATURE", feature_id, details={"name": feature["name"]})
