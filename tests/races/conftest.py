"""One database and one server (where a test needs it, two) for all races of a worker: after each test it is as new.

To start a server takes a second, and to empty the database a hundredth of one.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens.config import Settings
from photolens.database import Connection
from photolens.embedded import ROOT
from photolens.invariants import broken_invariants
from tests.conftest import CALLERS, TEMPLATE, Databases, serving
from tests.races.live import LiveApi

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
    """A clone of the template that is emptied again and again."""

    def __init__(self, url: str, conn: Connection) -> None:
        self.url = url
        self._conn = conn
        tables = conn.execute("select format('%I.%I', schemaname, tablename) as name from pg_tables").fetchall()
        self._tables = [row["name"] for row in tables if not row["name"].startswith(("pg_", "information_schema"))]
        at_first = self._sizes()
        self.empty()
        assert self._sizes() == at_first, "the schema begins with rows that are not put back here"

    def empty(self) -> None:
        """Put it back to what the template has."""
        filled = [name for name, size in self._sizes().items() if size]
        with self._conn.transaction():
            # Without triggers and foreign keys: to truncate all tables takes ten times as long.
            self._conn.execute("set local session_replication_role = replica")
            self._conn.execute("; ".join(f"delete from {name}" for name in filled).encode())
            self._conn.execute("set local session_replication_role = origin")
            self._conn.execute(RESTART_SEQUENCES + FIRST_ROWS + CALLERS.read_bytes())

    def broken_invariants(self) -> list[str]:
        return broken_invariants(self._conn)

    def _sizes(self) -> dict[str, int]:
        counts = " union all ".join(f"select '{name}' as name, count(*) from {name}" for name in self._tables)
        return {row["name"]: row["count"] for row in self._conn.execute(counts.encode()).fetchall()}


@pytest.fixture(scope="session")
def shared_database(databases: Databases) -> Iterator[SharedDatabase]:
    """The database of the races."""
    with (
        databases.clone(TEMPLATE) as url,
        psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn,
    ):
        yield SharedDatabase(url, conn)


@pytest.fixture
def clone_url(shared_database: SharedDatabase) -> Iterator[str]:
    """The database of the races; when the test is over, every invariant must hold on it, and it is emptied."""
    yield shared_database.url
    try:
        assert shared_database.broken_invariants() == []
    finally:
        shared_database.empty()


@contextmanager
def _server(database: SharedDatabase, settings: Settings) -> Iterator[str]:
    # Under the key of the tests, so that they can read its outbox; and with their storage.
    assert settings.secret_key is not None
    storage = str(settings.storage_dir)
    with serving(DATABASE_URL=database.url, SECRET_KEY=settings.secret_key, STORAGE_DIR=storage) as server:
        yield server.api


@pytest.fixture(scope="session")
def server(shared_database: SharedDatabase, settings: Settings) -> Iterator[str]:
    """The real server, a process of its own, on the database of the races; gives the base URL of its API."""
    with _server(shared_database, settings) as url:
        yield url


@pytest.fixture(scope="session")
def another_server(shared_database: SharedDatabase, settings: Settings) -> Iterator[str]:
    """A second one on the same database."""
    with _server(shared_database, settings) as url:
        yield url


@pytest.fixture
def live(server: str, clone_url: str) -> str:
    """The base URL of the server's API; its database is as new."""
    return server


@pytest.fixture
def two_servers(live: str, another_server: str) -> LiveApi:
    """Two servers on one database, asked in turn."""
    return LiveApi(live, another_server)
