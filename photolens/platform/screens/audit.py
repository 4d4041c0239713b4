"""The feed of changes."""

from photolens.database import Connection, Row, sql
from photolens.platform.problems import CHANGES_DEPARTED


def get_changes(conn: Connection, after: int, limit: int) -> Row:
    """So many changes after one, and whether there are more. Problems: `changes_departed`.

    Whoever follows has had all that is archived, and is not let wait for a look at it. Whether some have left the
    database is asked after the changes, and not in the same snapshot: a partition that is dropped is gone from every
    snapshot at once.
    """
    rows = _rows(conn, after, limit + 1)
    departed_id: int = sql.platform.get_last_departed_id(conn)["id"]
    if after < departed_id:
        raise CHANGES_DEPARTED(f"Copy the tables, and begin after {departed_id}.", lastDepartedId=departed_id)
    changes = rows[:limit]
    return {"data": changes, "lastId": changes[-1]["id"] if changes else after, "hasMore": len(rows) > limit}


def _rows(conn: Connection, after: int, limit: int) -> list[Row]:
    rows: list[Row]
    first = sql.platform.get_first_audit_log(conn)
    if first is not None and after >= first["id"] - 1:
        rows = sql.platform.list_changes(conn, after_id=after, limit=limit, since=first["recordedAt"])
        if not rows or rows[-1]["id"] == after + len(rows):  # or some were moved meanwhile, for there is no gap
            return rows
    rows = sql.platform.list_changes(conn, after_id=after, limit=limit, since=None)
    return rows
