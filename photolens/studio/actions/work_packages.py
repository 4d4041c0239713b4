"""What happens to work packages: agreed on with a client, changed, closed, removed while they are empty."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.studio.actions import clients
from photolens.studio.problems import WORK_PACKAGE_CLOSED


def create_work_package(conn: Connection, package: dict[str, Any]) -> Row:
    """Add a work package. Locks: the client, against being erased. Problems: `client_erased`, `invalid`."""
    with conn.transaction():
        clients.hold_for_work(conn, package["client_id"])
        package_id = sql.studio.insert_work_package(conn, **package)
        return _changed(conn, package_id, "WORK_PACKAGE_CREATED")


def update_work_package(conn: Connection, package_id: int, changes: dict[str, Any]) -> Row:
    """Change a work package, or close it: what belongs to it stays, and nothing is added.

    Locks: the client, against being erased; the work package. Problems: `not_found`, `client_erased`, `invalid`.
    """
    with conn.transaction():
        client = sql.studio.lock_client_of_work_package(conn, work_package_id=package_id)
        package = _lock(conn, package_id)
        require_match()
        clients.refuse_if_erased(client)
        changed = {**package, **changes}
        if changed == package:
            unchanged: Row = sql.studio.get_work_package(conn, work_package_id=package_id, viewer_id=None)
            return unchanged
        columns = ("id", "name", "description", "status", "starts_on", "ends_on")
        sql.studio.update_work_package(conn, **{column: changed[column] for column in columns})
        return _changed(conn, package_id, "WORK_PACKAGE_CHANGED")


def delete_work_package(conn: Connection, package_id: int) -> None:
    """Remove a work package that nothing belongs to.

    Locks: the client, against being erased; the work package. Problems: `not_found`, `work_package_in_use`.
    """
    with conn.transaction():
        sql.studio.lock_client_of_work_package(conn, work_package_id=package_id)
        package = _lock(conn, package_id)
        require_match()
        sql.studio.delete_work_package(conn, work_package_id=package_id)
        details = {"name": package["name"]}
        record_activity(
            conn, "WORK_PACKAGE_DELETED", "WORK_PACKAGE", package_id, client_id=package["client_id"], details=details
        )


def hold_open(conn: Connection, package_id: int | None) -> None:
    """See to it that a work package stays open until something has been added to it. Whose it is, a foreign key says.

    Locks: the work package, shared. Problems: `work_package_closed`.
    """
    if package_id is None:
        return
    package = sql.studio.lock_work_package_for_work(conn, work_package_id=package_id)
    if package is not None and package["status"] == "CLOSED":
        raise WORK_PACKAGE_CLOSED("Reopen it first: status OPEN.")


def _lock(conn: Connection, package_id: int) -> Row:
    row = sql.studio.lock_work_package(conn, work_package_id=package_id)
    package: Row = found(row, "work package", package_id)
    return package


def _changed(conn: Connection, package_id: int, kind: str) -> Row:
    """Record a deed, and give the work package as it now is."""
    row: Row = sql.studio.get_work_package(conn, work_package_id=package_id, viewer_id=None)
    record_activity(conn, kind, "WORK_PACKAGE", package_id, client_id=row["clientId"], details={"name": row["name"]})
    return row
