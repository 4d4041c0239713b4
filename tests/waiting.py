"""Requests that meet in the same order every time: the test holds a lock, they wait for it, the test lets go.

And what another process does in its own time, waited for.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from photolens.database import Connection
from tests.client import Answer

PATIENCE = 8.0  # seconds; less than the ten that a statement waits for a lock


class Waiting:
    """The requests that wait for what the test's transaction has locked, each on a thread of its own."""

    def __init__(self, conn: Connection, threads: ThreadPoolExecutor) -> None:
        self._conn = conn
        self._threads = threads
        self._sent = 0

    def send(self, request: Callable[..., Answer], *arguments: Any, **options: Any) -> Future[Answer]:
        """`send(api.post, "/bookings", {...})` returns as soon as the request waits, as it must, for a lock."""
        self._sent += 1
        answer = self._threads.submit(request, *arguments, **options)
        deadline = time.monotonic() + PATIENCE
        while _count_waiting(self._conn) < self._sent:
            assert not answer.done(), f"it waited for nothing: {answer.result()}"
            assert time.monotonic() < deadline, "it never came to a lock"
            time.sleep(0.001)  # so that it has a processor to get there on
        return answer


@contextmanager
def held_up(conn: Connection) -> Iterator[Waiting]:
    """A transaction of the test's own: what it locks in the block, requests wait for until the block ends."""
    with ThreadPoolExecutor() as threads, conn.transaction():
        yield Waiting(conn, threads)


def _count_waiting(conn: Connection) -> int:
    conn.execute("select pg_stat_clear_snapshot()")
    row = conn.execute(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    ).fetchone()
    assert row is not None
    return int(row["count"])


def until(is_so: Callable[[], Any], patience: float = 20.0) -> None:
    """Wait for what another process does; fails if it never comes to it."""
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.02)
