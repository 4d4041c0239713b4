"""The feed of changes, while many write: whoever follows it, and dies anywhere, has a copy of the tables in the end."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens.answers import to_json
from photolens.connections import AppConnection
from photolens.database import Connection, sql
from photolens.platform.actions.audit import find_fault

pytestmark = pytest.mark.committed

WRITERS, DEEDS, PIECE = 16, 25, 7


class Crash(Exception):  # noqa: N818  (no error: it is what happens)
    """The consumer's end, at a moment of nobody's choosing."""


class Mirror:
    """A consumer's copy of the tables: rows by table and id, and how far it has come, kept together as in one store."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Any] = {}
        self.last_id = 0
        self.seen: list[int] = []

    def follow(self, conn: Connection, chance: random.Random) -> bool:
        """Take in a piece, or crash on the way, which leaves all as it was before; whether there was anything."""
        rows, seen, last_id = dict(self.rows), list(self.seen), self.last_id
        changes = sql.platform.list_changes(conn, after_id=last_id, limit=PIECE, since=None)
        for change in changes:
            if chance.random() < 0.02:
                raise Crash
            place = (change["tableName"], change["rowId"])
            if change["operation"] == "DELETE":
                rows.pop(place)
            else:
                rows[place] = change["data"]
            seen.append(change["id"])
            last_id = change["id"]
        self.rows, self.seen, self.last_id = rows, seen, last_id
        return bool(changes)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    with AppConnection.connect(url, autocommit=True, row_factory=dict_row) as conn:
        conn.execute("set timezone to 'UTC'")
        yield conn


def write(url: str, number: int) -> None:
    """Rooms that are made, renamed and deleted, a few in a transaction, some of which come to nothing."""
    chance = random.Random(number)
    with connected(url) as conn:
        for deed in range(DEEDS):
            try:
                with conn.transaction(force_rollback=chance.random() < 0.2):
                    for n in range(chance.randrange(1, 4)):
                        name = f"Room {number}.{deed}.{n}"
                        conn.execute("insert into rooms (name) values (%s)", [name])
                    if chance.random() < 0.5:
                        conn.execute("update rooms set is_active = false where name like %s", [f"Room {number}.%"])
                    if chance.random() < 0.3:
                        conn.execute("delete from rooms where name = %s", [f"Room {number}.{deed}.0"])
            except psycopg.errors.DeadlockDetected:
                raise AssertionError("Who writes the trail waits for nobody who waits for it.") from None


def test_a_consumer_that_crashes_anywhere_has_the_tables_in_the_end_without_gap_or_repeat(
    clone_url: str, conn: Connection
) -> None:
    mirror, chance = Mirror(), random.Random(5)
    with ThreadPoolExecutor(WRITERS) as threads:
        writing = [threads.submit(write, clone_url, number) for number in range(WRITERS)]
        with connected(clone_url) as reader:
            while True:
                is_over = all(each.done() for each in writing)
                try:
                    has_more = mirror.follow(reader, chance)
                except Crash:
                    continue
                if is_over and not has_more:
                    break
    for each in writing:
        each.result()

    rooms = {row["name"]: row for row in conn.execute("select * from rooms")}
    copied = {row["name"]: row for (table, _), row in mirror.rows.items() if table == "rooms"}
    assert rooms.keys() == copied.keys()
    assert [to_json(row["is_active"]) for row in rooms.values()] == [
        to_json(copied[name]["isActive"]) for name in rooms
    ]
    assert mirror.seen == list(range(1, mirror.last_id + 1))
    assert find_fault(conn) is None
