"""The pools, and the connection of each request, which is in the schema of the request's studio."""

import contextlib
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask, current_app, g
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from psycopg_pool import ConnectionPool

from photolens.config import Settings, current_settings
from photolens.connections import APP_ROLE, PORTAL_ROLE, AppConnection, how_to_connect, terms_of
from photolens.connections import Connection as Connection
from photolens.connections import Row as Row
from photolens.named_queries import sql as sql

LOCK_PATIENCE, LOCK_PAUSE = 5.0, 0.02  # seconds to try for a lock that somebody holds, and between tries


@dataclass(frozen=True)
class Pools:
    """The application's connections, and the portal's, which act as different roles of the database; those that hold a
    lock while the application's call out; and those to a standby, if there is one.

    As a context manager, it closes them at the end.
    """

    app: ConnectionPool[Any]
    portal: ConnectionPool[Any]
    locks: ConnectionPool[Any]
    replica: ConnectionPool[Any] | None = None

    def __enter__(self) -> "Pools":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        for pool in (self.replica, self.locks, self.portal, self.app):
            if pool is not None:
                pool.close()

    @contextmanager
    def locking(self) -> Iterator[Connection]:
        """A transaction on a connection of its own, whose locks are held to the end of the block."""
        conn = _live_connection(self.locks, present_schema())
        try:
            with conn.transaction():
                sql.platform.configure_locking(conn)
                yield conn
        finally:
            self.locks.putconn(conn)


def open_pools(settings: Settings, app_url: str, portal_url: str | None = None) -> Pools:
    """Pools of autocommit connections, each told its terms as it is made.

    Without an address of its own, the portal has that of the application, whose login acts as either role. They fill in
    the background: a database that is away makes requests answer 503, and never stops the process.
    """
    limit, replica_url = settings.database_connection_limit, settings.database_replica_url
    return Pools(
        _open_pool(settings, app_url, APP_ROLE, min(4, limit), limit),
        _open_pool(settings, portal_url or app_url, PORTAL_ROLE, 0, limit),
        # Fewer: behind a pooler, those who hold a lock must leave sessions for what they do meanwhile.
        _open_pool(settings, app_url, APP_ROLE, 0, max(limit // 4, 1)),
        None if replica_url is None else _open_pool(settings, replica_url, APP_ROLE, 0, limit),
    )


def _open_pool(settings: Settings, url: str, role: str, least: int, most: int) -> ConnectionPool[Any]:
    terms = terms_of(settings, role)

    def configure(conn: AppConnection) -> None:
        conn.keep_to(terms)

    return ConnectionPool(
        url,
        connection_class=AppConnection,
        min_size=least,
        max_size=most,
        timeout=settings.database_pool_timeout / 1000,
        kwargs=how_to_connect(settings),
        configure=configure,
        reconnect_timeout=5,
        open=True,
    )


def no_pools() -> Pools:
    """Pools that lend nothing, for an application that is not asked for anything of the database."""
    return Pools(*(ConnectionPool(open=False) for _ in range(3)))


def init_app(app: Flask, pools: Pools) -> None:
    """Give each request its connection when it first asks for one, and take it back at the end."""
    app.extensions["pools"] = pools

    @app.teardown_appcontext
    def give_back(_error: BaseException | None) -> None:
        give_back_connection()


def present_schema() -> str:
    """The schema of the studio that the present request, or job, is of."""
    schema: str = g.get("schema") or current_settings().database_schema
    return schema


def work_in(schema: str) -> None:
    """Let the present request, or job, be of the studio of this schema."""
    g.schema = schema
    conn = g.get("connection")
    if isinstance(conn, AppConnection):
        conn.work_in(schema)


def _pools() -> Pools:
    pools: Pools = current_app.extensions["pools"]
    return pools


def connection() -> Connection:
    """The one connection of the present request: the application's, or one that it reads from instead."""
    if "connection" not in g:
        pool = _pools().app
        keep_connection(_live_connection(pool, present_schema()), pool.putconn)
        if "read_elsewhere" in g:
            g.pop("read_elsewhere")()
    conn: Connection = g.connection
    return conn


def keep_connection(conn: Connection, give_back: Callable[[Connection], None]) -> None:
    """Let this be the connection of the present request, which is given back at its end."""
    g.connection, g.give_back = conn, give_back


def give_back_connection() -> None:
    """Let the present request have no connection until it asks for one again."""
    if "connection" in g:
        g.give_back(g.pop("connection"))


def take_connection() -> Callable[[], None]:
    """Keep the present request's connection beyond its end, for an answer that is still being read; gives it back."""
    give_back, conn = g.give_back, g.pop("connection")
    return lambda: give_back(conn)


def lender() -> Callable[[], AbstractContextManager[Connection]]:
    """Lends a connection for a block, again and again, also after the present request has ended."""
    pool, schema = _pools().app, present_schema()

    @contextmanager
    def lend() -> Iterator[Connection]:
        conn = _live_connection(pool, schema)
        try:
            yield conn
        finally:
            pool.putconn(conn)

    return lend


@contextmanager
def holding(lock: Callable[..., Any], **of: Any) -> Iterator[None]:
    """Hold what a query locks for the transaction, beyond those of the block, which may call out in between.

    The lock is another connection's, and goes with it, whatever becomes of the process. Who waits for it has none: the
    one who holds it may need the last. Raises psycopg's LockNotAvailable after a while.
    """
    ends_at = time.monotonic() + LOCK_PATIENCE
    while True:
        with _pools().locking() as conn:
            if lock(conn, **of)["is_locked"]:
                yield
                return
        if time.monotonic() > ends_at:
            raise psycopg.errors.LockNotAvailable
        time.sleep(LOCK_PAUSE)


@contextmanager
def probing_connection(pool: ConnectionPool[Any], patience: float) -> Iterator[Connection]:
    """A connection of a pool for somebody who asks how the database is, and wants to know soon that it is not.

    Within so many seconds there is one, and within as many again the block has done with it, or psycopg.Error is
    raised, even where a server that has stopped holds the line: the line is cut.
    """
    conn = live_connection(pool, patience)
    timer = cut_line_after(patience, conn)
    try:
        yield conn
    finally:
        timer.cancel()
        pool.putconn(conn)


def live_connection(pool: ConnectionPool[Any], patience: float) -> Connection:
    """A connection of a pool in the present schema, within so many seconds. Raises PoolTimeout, or psycopg.Error."""
    return _live_connection(pool, present_schema(), patience)


def cut_line_after(seconds: float, conn: Connection) -> threading.Timer:
    """Have whoever then still waits for a server that has stopped told so, by psycopg.Error; unless it is cancelled."""

    def cut() -> None:
        with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(conn.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    return timer


@contextmanager
def portal_connection(session: str) -> Iterator[Connection]:
    """A connection as the portal's role, to read what belongs to the client of one session, in one snapshot.

    The session is named by the digest of its token, in hexadecimal, and for this one transaction: the next one on the
    same connection is nobody's until it says whose it is.
    """
    pool = _pools().portal
    conn = _live_connection(pool, present_schema())
    try:
        with snapshot(conn):
            sql.platform.configure_portal_session(conn, session=session)
            yield conn
    finally:
        pool.putconn(conn)


@contextmanager
def snapshot(conn: Connection) -> Iterator[None]:
    """Let the reads of the block all see the database as it is at the first of them, and change nothing.

    In a transaction that is under way they see what that one sees.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        with conn.transaction():
            yield
        return
    conn.isolation_level, conn.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with conn.transaction():
            yield
    finally:
        if conn.info.transaction_status == TransactionStatus.IDLE:  # a connection that is lost is not used again
            conn.isolation_level, conn.read_only = None, None


def _live_connection(pool: ConnectionPool[Any], schema: str, *patience: float) -> Connection:
    """A connection of the pool that the server has not ended since, in this schema; the pool replaces those it has.

    The pool's own check costs a round trip each time, and waits longer and longer between dead connections.
    """
    while True:
        conn: Connection = pool.getconn(*patience)
        try:
            if _has_news(conn):
                ConnectionPool.check_connection(conn)
            if isinstance(conn, AppConnection):
                conn.work_in(schema)
        except psycopg.Error:
            pool.putconn(conn)
            if not conn.closed:
                raise
        else:
            return conn


def _has_news(conn: Connection) -> bool:
    """Whether an idle connection has something to read, which is mostly its end."""
    if conn.closed:
        return True
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    return bool(poll.poll(0))
