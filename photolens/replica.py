"""Reads that a standby answers (DATABASE_REPLICA_URL), while it has all that was committed when the request came.

The primary says how far its log is written, and the standby is asked only once it has replayed as much. So nobody
misses what they, or anybody who has told them of it, have written, through whichever process. From one that lags,
nothing is read; one that has stopped or says nothing is left alone for a while.
Source: https://www.postgresql.org/docs/current/functions-admin.html (recovery information).
"""

import logging
import threading
import time
from typing import Any

import psycopg
from flask import Flask, current_app, g, request
from psycopg_pool import ConnectionPool, PoolTimeout

from photolens.access import API
from photolens.database import (
    Connection,
    Pools,
    connection,
    cut_line_after,
    give_back_connection,
    keep_connection,
    live_connection,
    sql,
)

log = logging.getLogger(__name__)

PATIENCE = 0.3  # seconds to wait for a connection to the standby, and for it to say how far it is
LONGEST = 3.0  # seconds that a request may read from it; then the primary answers
PAUSE = 5.0  # seconds that one which does not answer is left alone

# What becomes of a statement on a standby, and not on the primary: the line is lost, what it reads is being taken away,
# and, of a read that notes something after all, it may not write.
_FAULTS = (psycopg.OperationalError, psycopg.errors.ReadOnlySqlTransaction)


class Replica:
    """The standby, as one process finds it."""

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool = pool
        self._alone_until = 0.0
        self._is_gone = False
        self._timers: dict[Connection, threading.Timer] = {}

    def lend(self, position: str) -> Connection | None:
        """A connection to the standby, if it has replayed the log as far as this; to be taken back soon.

        Of one that did not answer, one request in PAUSE seconds finds out whether it does again.
        """
        now = time.monotonic()
        if now < self._alone_until:
            return None
        if self._is_gone:
            self._alone_until = now + PAUSE
        try:
            conn = live_connection(self._pool, PATIENCE)
        except (PoolTimeout, psycopg.Error) as error:
            self._leave_alone(error)
            return None
        if not self._has_replayed(conn, position):
            self._pool.putconn(conn)
            return None
        self._timers[conn] = cut_line_after(LONGEST, conn)
        return conn

    def _has_replayed(self, conn: Connection, position: str) -> bool:
        timer = cut_line_after(PATIENCE, conn)
        try:
            answer = sql.platform.get_replay(conn, position=position)
        except psycopg.Error as error:
            self._leave_alone(error)
            return False
        finally:
            timer.cancel()
        self._is_gone, self._alone_until = False, 0.0
        return bool(answer["hasReplayed"])

    def take_back(self, conn: Connection) -> None:
        """The connection that was lent."""
        self._timers.pop(conn).cancel()
        self._pool.putconn(conn)

    def note_fault(self, error: psycopg.Error) -> None:
        """What has been read from it failed: if the line was lost, it is left alone."""
        if g.connection.closed:
            self._leave_alone(error)

    def _leave_alone(self, error: Exception) -> None:
        self._alone_until = time.monotonic() + PAUSE
        if not self._is_gone:
            log.warning("The standby does not answer, and the primary is read instead: %s", type(error).__name__)
        self._is_gone = True


def init_app(app: Flask, pools: Pools) -> None:
    """Let requests that only read do so from the standby, where there is one, once it is known who sends them."""
    if pools.replica is None:
        return
    replica = Replica(pools.replica)

    def read_elsewhere() -> None:
        conn = replica.lend(sql.platform.get_wal_position(connection())["position"])
        if conn is not None:
            give_back_connection()
            keep_connection(conn, replica.take_back)
            g.replica = replica

    @app.before_request
    def read_from_the_standby() -> None:
        if request.method not in ("GET", "HEAD") or not request.path.startswith(API) or request.endpoint is None:
            return
        described = getattr(current_app.view_functions[request.endpoint], "_apidoc", {})
        if not described.keys().isdisjoint({"is_streamed", "is_of_primary"}):
            return  # what has begun to be sent cannot be read again from the primary
        if "connection" in g:
            read_elsewhere()
        else:
            g.read_elsewhere = read_elsewhere

    dispatch = app.dispatch_request

    def dispatch_again_where_it_fails(*args: Any) -> Any:
        try:
            return dispatch(*args)
        except _FAULTS as error:
            if "replica" not in g:
                raise
            log.info("%s is read from the primary: %s", request.url_rule, error.sqlstate)
            g.pop("replica").note_fault(error)
            give_back_connection()
            return dispatch(*args)

    app.dispatch_request = dispatch_again_where_it_fails  # type: ignore[method-assign]
