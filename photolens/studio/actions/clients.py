"""What happens to clients."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.studio.problems import CLIENT_ERASED


def create_client(conn: Connection, client: dict[str, Any]) -> Row:
    """Add a client. Problems: `email_taken`."""
    with conn.transaction():
        client_id = sql.studio.insert_client(conn, **client)
        row: Row = sql.studio.get_client(conn, client_id=client_id, viewer_id=None)
        record_activity(conn, "CLIENT_CREATED", "CLIENT", row["id"], client_id=row["id"], details={"name": row["name"]})
        return row


def update_client(conn: Connection, client_id: int, changes: dict[str, Any]) -> Row:
    """Change what the studio knows of a client, and put them into the archive or take them out.

    Locks: the client. Problems: `not_found`, `client_erased`, `email_taken`.
    """
    with conn.transaction():
        client = found(sql.studio.lock_client(conn, client_id=client_id), "client", client_id)
        require_match()
        refuse_if_erased(client)
        was_archived = client["archived_at"] is not None
        is_archived = changes.pop("archived", was_archived)
        changed = {**client, **changes}
        kinds = ["CLIENT_CHANGED"] if changed != client else []
        if is_archived != was_archived:
            kinds.append("CLIENT_ARCHIVED" if is_archived else "CLIENT_RESTORED")
        if kinds:
            sql.studio.update_client(conn, **changed, is_archived=is_archived)
        for kind in kinds:
            details = {"name": changed["name"]}
            record_activity(conn, kind, "CLIENT", client_id, client_id=client_id, details=details)
        row: Row = sql.studio.get_client(conn, client_id=client_id, viewer_id=None)
        return row


def delete_client(conn: Connection, client_id: int) -> None:
    """Remove a client who has no booking, invoice or work package, with their contacts and the rules of empty series.

    Locks: the client. Problems: `not_found`, `client_in_use`.
    """
    with conn.transaction():
        client = found(sql.studio.lock_client(conn, client_id=client_id), "client", client_id)
        require_match()
        sql.studio.delete_client(conn, client_id=client_id)
        record_activity(conn, "CLIENT_DELETED", "CLIENT", client_id, details={"name": client["name"]})


def hold_for_work(conn: Connection, client_id: int) -> None:
    """See to it that a client whom new work is for is not erased meanwhile. One who is not there is left to the caller.

    Locks: the client, against that alone. Problems: `client_erased`.
    """
    client = sql.studio.lock_client_for_work(conn, client_id=client_id)
    if client is not None:
        refuse_if_erased(client)


def refuse_if_erased(client: Row) -> None:
    """See that a client, who is locked, has not been erased. Problems: `client_erased`."""
    if client["erased_at"] is not None:
        raise CLIENT_ERASED("Nothing is known of them any more, and nothing can be added.")
