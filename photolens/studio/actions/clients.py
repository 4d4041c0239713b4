"""What happens to clients."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions import record_activity
from photolens.preconditions import require_match
from photolens.problems import found


def create_client(conn: Connection, client: dict[str, Any]) -> Row:
    """Add a client. Problems: `email_taken`."""
    with conn.transaction():
        client_id = sql.studio.insert_client(conn, **client)
        row: Row = sql.studio.get_client(conn, client_id=client_id, viewer_id=None)
        record_activity(conn, "CLIENT_CREATED", "CLIENT", row["id"], client_id=row["id"], details={"name": row["name"]})
        return row


def update_client(conn: Connection, client_id: int, changes: dict[str, Any]) -> Row:
    """Change what the studio knows of a client. Locks: the client. Problems: `not_found`, `email_taken`."""
    with conn.transaction():
        client = found(sql.studio.lock_client(conn, client_id=client_id), "client", client_id)
        require_match()
        changed = {**client, **changes}
        if changed != client:
            sql.studio.update_client(conn, **changed)
            details = {"name": changed["name"]}
            record_activity(conn, "CLIENT_CHANGED", "CLIENT", client_id, client_id=client_id, details=details)
        row: Row = sql.studio.get_client(conn, client_id=client_id, viewer_id=None)
        return row


def delete_client(conn: Connection, client_id: int) -> None:
    """Remove a client who was never booked or billed. Locks: the client. Problems: `not_found`, `client_in_use`."""
    with conn.transaction():
        client = found(sql.studio.lock_client(conn, client_id=client_id), "client", client_id)
        require_match()
        sql.studio.delete_client(conn, client_id=client_id)
        record_activity(conn, "CLIENT_DELETED", "CLIENT", client_id, details={"name": client["name"]})
