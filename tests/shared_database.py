"""One database for all tests of a worker that commit: after each of them it is as new.

To clone a database, to make an application for it and to drop it again takes half a second, to empty it a hundredth of
one.
"""

import re

from photolens.database import Connection
from photolens.embedded import ROOT
from photolens.invariants import broken_invariants

# What a database begins with, but for the callers.
FIRST_ROWS = "".join(
    statement
    for file in sorted((ROOT / "schema").glob("*.sql"))
    for statement in re.findall(r"^insert into .+?;", file.read_text(), re.DOTALL | re.MULTILINE)
).encode()

RESTART_SEQUENCES = b"""
    select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    from pg_sequences
    where last_value is not null;
    """


class SharedDatabase:
    """A clone of the template that is emptied again and again; `callers` are the statements that make the callers."""

    def __init__(self, url: str, conn: Connection, callers: bytes) -> None:
        self.url = url
        self._conn = conn
        self._callers = callers
        tables = conn.execute("select format('%I.%I', schemaname, tablename) as name from pg_tables").fetchall()
        self._tables = [row["name"] for row in tables if not row["name"].startswith(("pg_", "information_schema"))]
        at_first = self._sizes()
        self.empty()
        assert self._sizes() == at_first, "the schema begins with rows that are not put back here"

    def empty(self) -> None:
        """Put it back to what the template has. Fails if a test has left a transaction behind."""
        filled = [name for name, size in self._sizes().items() if size]
        with self._conn.transaction():
            # Without triggers and foreign keys: to truncate all tables takes ten times as long.
            self._conn.execute("set local session_replication_role = replica")
            self._conn.execute("set local lock_timeout = '20s'")
            self._conn.execute("; ".join(f"delete from {name}" for name in filled).encode(), prepare=False)
            self._conn.execute("set local session_replication_role = origin")
            self._conn.execute(RESTART_SEQUENCES + FIRST_ROWS + self._callers, prepare=False)

    def broken_invariants(self) -> list[str]:
        return broken_invariants(self._conn)

    def _sizes(self) -> dict[str, int]:
        counts = " union all ".join(f"select '{name}' as name, count(*) from {name}" for name in self._tables)
        return {row["name"]: row["count"] for row in self._conn.execute(counts.encode()).fetchall()}
