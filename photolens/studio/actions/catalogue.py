"""What happens to session categories and packages."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found


def create_session_category(conn: Connection, category: dict[str, Any]) -> Row:
    """Add a category. Problems: `name_taken`."""
    with conn.transaction():
        row: Row = sql.studio.insert_session_category(conn, **category)
        record_activity(conn, "CATEGORY_CREATED", "SESSION_CATEGORY", row["id"], details={"name": row["name"]})
        return row


def update_session_category(conn: Connection, category_id: int, changes: dict[str, Any]) -> Row:
    """Rename a category. Locks: the category. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        category = found(
            sql.studio.lock_session_category(conn, category_id=category_id), "session category", category_id
        )
        require_match()
        changed = {**category, **changes}
        if changed != category:
            sql.studio.update_session_category(conn, **changed)
            details = {"name": changed["name"]}
            record_activity(conn, "CATEGORY_CHANGED", "SESSION_CATEGORY", category_id, details=details)
        row: Row = sql.studio.get_session_category(conn, category_id=category_id)
        return row


def delete_session_category(conn: Connection, category_id: int) -> None:
    """Remove a category without packages. Locks: the category. Problems: `not_found`, `category_in_use`."""
    with conn.transaction():
        category = sql.studio.lock_session_category(conn, category_id=category_id)
        category = found(category, "session category", category_id)
        require_match()
        sql.studio.delete_session_category(conn, category_id=category_id)
        details = {"name": category["name"]}
        record_activity(conn, "CATEGORY_DELETED", "SESSION_CATEGORY", category_id, details=details)


def create_session_package(conn: Connection, package: dict[str, Any]) -> Row:
    """Offer a package. Problems: `name_taken`, `invalid` for a category that is not there."""
    with conn.transaction():
        package_id = sql.studio.insert_session_package(conn, **package)
        row: Row = sql.studio.get_session_package(conn, package_id=package_id)
        details = {"name": row["name"], "price": str(row["price"])}
        record_activity(conn, "PACKAGE_CREATED", "SESSION_PACKAGE", package_id, details=details)
        return row


def update_session_package(conn: Connection, package_id: int, changes: dict[str, Any]) -> Row:
    """Change a package; bookings keep their price and length. Locks: the package.

    Problems: `not_found`, `name_taken`, `invalid` for a category that is not there.
    """
    with conn.transaction():
        package = found(sql.studio.lock_session_package(conn, package_id=package_id), "session package", package_id)
        require_match()
        changed = {**package, **changes}
        if changed != package:
            sql.studio.update_session_package(conn, **changed)
            details = {"name": changed["name"], "price": f"{changed['price']:.2f}"}
            record_activity(conn, "PACKAGE_CHANGED", "SESSION_PACKAGE", package_id, details=details)
        row: Row = sql.studio.get_session_package(conn, package_id=package_id)
        return row


def delete_session_package(conn: Connection, package_id: int) -> None:
    """Remove a package that was never booked. Locks: the package. Problems: `not_found`, `package_in_use`."""
    with conn.transaction():
        package = found(sql.studio.lock_session_package(conn, package_id=package_id), "session package", package_id)
        require_match()
        sql.studio.delete_session_package(conn, package_id=package_id)
        record_activity(conn, "PACKAGE_DELETED", "SESSION_PACKAGE", package_id, details={"name": package["name"]})
