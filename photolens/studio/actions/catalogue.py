"""What happens to session categories and packages."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.preconditions import require_match
from photolens.problems import found


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
        row: Row = sql.studio.get_session_category(conn, category_id=category_id)
        return row


def delete_session_category(conn: Connection, category_id: int) -> None:
    """Remove a category without packages. Locks: the category. Problems: `not_found`, `category_in_use`."""
    with conn.transaction():
        found(sql.studio.lock_session_category(conn, category_id=category_id), "session category", category_id)
        require_match()
        sql.studio.delete_session_category(conn, category_id=category_id)


def create_session_package(conn: Connection, package: dict[str, Any]) -> Row:
    """Offer a package. Problems: `name_taken`, `invalid` for a category that is not there."""
    with conn.transaction():
        package_id = sql.studio.insert_session_package(conn, **package)
        row: Row = sql.studio.get_session_package(conn, package_id=package_id)
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
        row: Row = sql.studio.get_session_package(conn, package_id=package_id)
        return row


def delete_session_package(conn: Connection, package_id: int) -> None:
    """Remove a package that was never booked. Locks: the package. Problems: `not_found`, `package_in_use`."""
    with conn.transaction():
        found(sql.studio.lock_session_package(conn, package_id=package_id), "session package", package_id)
        require_match()
        sql.studio.delete_session_package(conn, package_id=package_id)
