"""Whether the audit trail is as it was written."""

from photolens.database import Connection, Row, sql

BATCH = 10_000


def find_fault(conn: Connection) -> Row | None:
    """The first row of the trail that is not as it was written, or is not where it was, and why; None if all are.

    What is written meanwhile is left for the next time.
    """
    last_id: int = sql.platform.get_audit_head(conn)["lastId"]
    for after_id in range(0, last_id, BATCH):
        through_id = min(after_id + BATCH, last_id)
        fault: Row | None = sql.platform.get_broken_audit_log(conn, after_id=after_id, through_id=through_id)
        if fault is not None:
            return fault
    end: Row | None = sql.platform.get_broken_audit_end(conn)
    return end
