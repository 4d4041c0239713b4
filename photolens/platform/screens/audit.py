"""The feed of changes."""

from photolens.database import Connection, Row, sql
from photolens.platform.problems import CHANGES_DEPARTED


def get_changes(conn: Connection, after: int, limit: int) -> Row:
    """So many changes after one, and whether there are more. Problems: `changes_departed`.

    Whether some of them have left the database is asked last, and not in the same snapshot: a partition that is dropped
    is gone from every snapshot at once.
    """
    rows = sql.platform.list_changes(conn, after_id=after, limit=limit + 1)
    departed_id: int = sql.platform.get_last_departed_id(conn)["id"]
    if after < departed_id:
        raise CHANGES_DEPARTED(f"Copy the tables, and begin after {departed_id}.", lastDepartedId=departed_id)
    changes = rows[:limit]
    return {"data": changes, "lastId": changes[-1]["id"] if changes else after, "hasMore": len(rows) > limit}
