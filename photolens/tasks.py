"""What is done every day without anybody asking for it: invoices fall due, and clients are reminded.

Done again it changes nothing, so it is done at the start of a server and every hour from then on, by one process at a
time. Batches are transactions of their own: whatever ends it halfway leaves nothing half done.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from flask import Flask
from psycopg_pool import ConnectionPool

from photolens.billing.actions import overdue
from photolens.database import Connection, sql

log = logging.getLogger(__name__)

INTERVAL = 3600.0  # seconds
PATIENCE = 5.0  # seconds that a stop waits for the batch that is running

Batch = Callable[[Connection, int], list[int]]


def run_daily(conn: Connection, stop: Event | None = None) -> str:
    """Do the daily tasks, unless another process is at it, until they are done or it is to stop; says what was done."""
    stop = stop or Event()
    if not sql.platform.lock_daily_tasks(conn)["is_locked"]:
        return "Another process is doing the daily tasks."
    try:
        marked = _in_batches(conn, overdue.mark_overdue, stop)
        reminded = _in_batches(conn, overdue.queue_reminders, stop)
    finally:
        if not conn.closed:
            sql.platform.unlock_daily_tasks(conn)
    return f"Invoices that became overdue: {marked}. Reminders queued: {reminded}."


def _in_batches(conn: Connection, batch: Batch, stop: Event) -> int:
    done, last_id = 0, 0
    while not stop.is_set() and (ids := batch(conn, last_id)):
        done, last_id = done + len(ids), ids[-1]
    return done


@contextmanager
def every_hour(app: Flask, pool: ConnectionPool[Connection]) -> Iterator[None]:
    """Do the daily tasks now and every hour until the block ends, beside it. A fault is logged, and tried again."""
    stop = Event()

    def keep_on() -> None:
        while not stop.is_set():
            try:
                pool.check()  # of an hour ago: the server may have ended them since
                with app.app_context(), pool.connection() as conn:
                    run_daily(conn, stop)
            except Exception:
                log.exception("The daily tasks failed; they are tried again in an hour.")
            stop.wait(INTERVAL)

    thread = Thread(target=keep_on, name="daily tasks", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
