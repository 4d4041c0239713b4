"""Whether the audit trail is as it was written."""

from photolens.database import Connection, Row, sql

BATCH = 10_000


def find_fault(conn: Connection) -> Row | None:
    """The first row of the trail that is not as it was written, or is not where it was, and why; None if all are.

    It begins after what has left the database (`photolens.archives`), and goes through the archive first. What is
    written meanwhile is left for the next time.
    """
    departed_id: int = sql.platform.get_last_departed_id(conn)["id"]
    last_id: int = sql.platform.get_audit_head(conn)["lastId"]
    for after_id in range(departed_id, last_id, BATCH):
        through_id = min(after_id + BATCH, last_id)
        fault: Row | None = sql.platform.get_broken_audit_log(conn, after_id=after_id, through_id=through_id)
        if fault is not None:
            return fault
    end: Row | None = sql.platform.get_broken_audit_end(conn)
    return end
