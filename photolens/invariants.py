"""What must hold in every database at any time, recomputed from the rows by the `list_broken_` queries."""

from photolens.database import Connection, sql


def broken_invariants(conn: Connection) -> list[str]:
    """One line for each row whose derived field differs: table, id, column, what is stored, what its rows say."""
    lines = []
    for name in sql.available_queries:
        domain, _, query = name.partition(".")
        if query.startswith("list_broken_") and not query.endswith("_cursor"):
            rows = getattr(getattr(sql, domain), query)(conn)
            lines += [
                f"{r['tableName']} {r['id']}: {r['columnName']} is {r['stored']}, its rows say {r['expected']}"
                for r in rows
            ]
    return lines
