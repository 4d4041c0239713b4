"""The pools, the request's connections, and the named queries of `queries/` (aiosql on psycopg 3)."""

import contextlib
import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import orjson
import psycopg
from aiosql.adapters.pyformat import PyFormatAdapter
from aiosql.queries import Queries
from aiosql.query_loader import QueryLoader
from flask import Flask, current_app, g, has_app_context
from psycopg import IsolationLevel
from psycopg.pq import TransactionStatus
from psycopg.rows import RowMaker, dict_row, no_result
from psycopg.types.json import JsonbDumper, set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool

from photolens.answers import to_json
from photolens.config import Settings
from photolens.naming import camel_case

# A dict is a jsonb parameter, and JSON goes through orjson both ways.
psycopg.adapters.register_dumper(dict, JsonbDumper)
set_json_dumps(to_json)
set_json_loads(orjson.loads)

log = logging.getLogger(__name__)  # at DEBUG every statement, by DATABASE_LOGGING

SYSTEM = "Photolens"  # what does things without anybody having asked for them
STREAMED_ROWS = 500  # that a stream fetches at a time

OWNER_ROLE = "photolens_owner"  # may change the schema
APP_ROLE = "photolens_app"  # reads and writes rows
PORTAL_ROLE = "photolens_portal"  # reads what belongs to one client: see schema/portal.sql

QUERIES = Path(__file__).parent.parent / "queries"

Connection = psycopg.Connection[dict[str, Any]]
Row = dict[str, Any]
Query = Callable[..., Any]


@cache
def _camel_case_names(columns: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(camel_case(column.decode()) for column in columns)


def camel_case_row(cursor: psycopg.Cursor[Any]) -> RowMaker[Row]:
    """Row factory: a dict keyed as the API's JSON is; a statement's names are computed once."""
    result = cursor.pgresult
    if result is None or not result.nfields:
        return no_result
    names = _camel_case_names(tuple(result.fname(i) or b"" for i in range(result.nfields)))

    def make_row(values: Sequence[Any]) -> Row:
        return dict(zip(names, values, strict=True))

    return make_row


class Tally(threading.local):
    """How many statements the present thread has run, for whoever takes the difference."""

    statements = 0


tally = Tally()


class AppConnection(psycopg.Connection[Row]):
    """A connection of the application, each of whose transactions says who acts in it, for the audit trail.

    It says so for the transaction alone: the next one on this connection may be somebody else's.
    """

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        """As psycopg's: a transaction, or a savepoint in the one that is under way."""
        is_outermost = self.info.transaction_status == TransactionStatus.IDLE
        with super().transaction(savepoint_name, force_rollback) as transaction:
            if is_outermost and not self.read_only and has_app_context():
                caller = g.get("caller")
                sql.platform.configure_actor(
                    self,
                    actor_id="" if caller is None else str(caller.user_id),
                    actor=SYSTEM,
                    request_id=g.get("request_id", ""),
                )
            yield transaction


class QueryAdapter(PyFormatAdapter):
    """aiosql's adapter, with eager lists and each statement tagged by its name.

    Rows are answers, keyed in camelCase; only a `lock_` query gives the row as the database names it, for rules to
    decide on and updates to build on. A failing statement leaves its name on the error, for `problems` to read.
    """

    def process_sql(self, query_name: str, op_type: Any, sql: str) -> str:
        statement: str = super().process_sql(query_name, op_type, sql)  # type: ignore[no-untyped-call]
        return f"/* {query_name} */ {statement}"

    def _run(self, conn: Connection, query_name: str, sql: str, parameters: Mapping[str, Any]) -> psycopg.Cursor[Row]:
        is_lock = query_name.rpartition(".")[2].startswith("lock_")
        cursor = conn.cursor(row_factory=dict_row if is_lock else camel_case_row)
        tally.statements += 1
        began = time.perf_counter()
        try:
            cursor.execute(sql, parameters)
        except psycopg.Error as error:
            error.add_note(query_name)
            log.debug("%s failed: %s", query_name, error.sqlstate)
            raise
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s %.1f ms, %d rows", query_name, (time.perf_counter() - began) * 1000, cursor.rowcount)
        return cursor

    def select(self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None) -> Any:
        return self._run(conn, query_name, sql, parameters).fetchall()

    def select_one(self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: Any = None) -> Any:
        return self._run(conn, query_name, sql, parameters).fetchone()

    def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        row = self._run(conn, query_name, sql, parameters).fetchone()
        return None if row is None else next(iter(row.values()))

    @contextmanager
    def select_cursor(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Iterator[Any]:
        """The rows of a `stream_` query as they are asked for, of one snapshot: only a piece of them is ever here.

        Each piece is a statement of its own, with the time that a statement has; no row is locked.
        """
        with conn.transaction(), conn.cursor(name="stream", row_factory=camel_case_row) as cursor:
            cursor.itersize = STREAMED_ROWS
            tally.statements += 1
            log.debug("%s is streamed", query_name)
            yield cursor.execute(sql, parameters)

    def insert_update_delete(self, conn: Any, query_name: str, sql: str, parameters: Any) -> int:
        return self._run(conn, query_name, sql, parameters).rowcount


class DomainQueries(Queries):
    """The named queries of a folder, as attributes; aiosql reads each when it is first asked for.

    All of them would be a tenth of every start, and a process needs few at once.
    """

    def __init__(self, adapter: QueryAdapter, folder: Path) -> None:
        super().__init__(adapter)
        self._loader = QueryLoader(adapter, None, attribute="__")
        self._domain = folder.name
        self._sources = {
            text.partition("(")[0]: ("-- name: " + text, file)
            for file in folder.glob("*.sql")
            for text in file.read_text().split("-- name: ")[1:]
        }

    @property
    def available_queries(self) -> list[str]:
        return sorted(self._sources)

    def __getattr__(self, name: str) -> Query:
        # Beside each query that gives rows, aiosql makes a `…_cursor` of its own.
        if (source := self._sources.get(name.removesuffix("_cursor"))) is None:
            raise AttributeError(f"there is no query {self._domain}.{name}")
        text, file = source
        read = Queries(self.driver_adapter).load_from_list(
            self._loader.load_query_data_from_sql(text, [self._domain], file)
        )
        # Threads that come at once both read it, to the same end.
        for each in read.available_queries:
            setattr(self, each, getattr(read, each))
        query: Query = getattr(read, name)
        return query


def _load_queries(folder: Path) -> Queries:
    adapter = QueryAdapter()  # type: ignore[no-untyped-call]
    queries = Queries(adapter)
    for domain in folder.iterdir():
        queries.add_child_queries(domain.name, DomainQueries(adapter, domain))
    return queries


sql: Any = _load_queries(QUERIES)


def configure(conn: Connection, settings: Settings, role: str) -> None:
    """Tell a new connection what it is to keep to, and as whom it acts."""
    timeout = f"{settings.database_statement_timeout}ms"
    sql.platform.configure_connection(conn, statement_timeout=timeout, role=role)


@dataclass(frozen=True)
class Pools:
    """The application's connections, and the portal's, which act as different roles of the database.

    As a context manager, it closes both at the end.
    """

    app: ConnectionPool[Connection]
    portal: ConnectionPool[Connection]

    def __enter__(self) -> "Pools":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self.portal.close()
        self.app.close()


def open_pools(settings: Settings, app_url: str, portal_url: str | None = None) -> Pools:
    """Pools of autocommit connections, each configured as it is made.

    Without an address of its own, the portal has that of the application, whose login acts as either role. They fill in
    the background: a database that is away makes requests answer 503, and never stops the process.
    """
    limit = settings.database_connection_limit
    return Pools(
        _open_pool(settings, app_url, APP_ROLE, min(4, limit)),
        _open_pool(settings, portal_url or app_url, PORTAL_ROLE, 0),
    )


def _open_pool(settings: Settings, url: str, role: str, least: int) -> ConnectionPool[Connection]:
    return ConnectionPool(
        url,
        connection_class=AppConnection,
        min_size=least,
        max_size=settings.database_connection_limit,
        timeout=settings.database_pool_timeout / 1000,
        kwargs={"autocommit": True, "row_factory": dict_row, "connect_timeout": 5},
        configure=partial(configure, settings=settings, role=role),
        reconnect_timeout=5,
        open=True,
    )


def no_pools() -> Pools:
    """Pools that lend nothing, for an application that is not asked for anything of the database."""
    return Pools(ConnectionPool(open=False), ConnectionPool(open=False))


def init_app(app: Flask, pools: Pools) -> None:
    """Give each request its connection when it first asks for one, and take it back at the end."""
    app.extensions["pools"] = pools

    @app.teardown_appcontext
    def give_back(_error: BaseException | None) -> None:
        conn = g.pop("connection", None)
        if conn is not None:
            pools.app.putconn(conn)


def _pools() -> Pools:
    pools: Pools = current_app.extensions["pools"]
    return pools


def connection() -> Connection:
    """The one connection of the present request."""
    if "connection" not in g:
        g.connection = _live_connection(_pools().app)
    conn: Connection = g.connection
    return conn


def take_connection() -> Callable[[], None]:
    """Keep the present request's connection beyond its end, for an answer that is still being read; gives it back."""
    pool, conn = _pools().app, g.pop("connection")
    return lambda: pool.putconn(conn)


def lender() -> Callable[[], AbstractContextManager[Connection]]:
    """Lends a connection for a block, again and again, also after the present request has ended."""
    pool = _pools().app

    @contextmanager
    def lend() -> Iterator[Connection]:
        conn = _live_connection(pool)
        try:
            yield conn
        finally:
            pool.putconn(conn)

    return lend


@contextmanager
def probing_connection(pool: ConnectionPool[Connection], patience: float) -> Iterator[Connection]:
    """A connection of a pool for somebody who asks how the database is, and wants to know soon that it is not.

    Within so many seconds there is one, and within as many again the block has done with it, or psycopg.Error is
    raised, even where a server that has stopped holds the line: the line is cut.
    """
    conn = _live_connection(pool, patience)

    def cut() -> None:
        with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(conn.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(patience, cut)
    timer.daemon = True
    timer.start()
    try:
        yield conn
    finally:
        timer.cancel()
        pool.putconn(conn)


@contextmanager
def portal_connection(session: str) -> Iterator[Connection]:
    """A connection as the portal's role, to read what belongs to the client of one session, in one snapshot.

    The session is named by the digest of its token, in hexadecimal, and for this one transaction: the next one on the
    same connection is nobody's until it says whose it is.
    """
    pool = _pools().portal
    conn = _live_connection(pool)
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


def _live_connection(pool: ConnectionPool[Connection], *patience: float) -> Connection:
    """A connection of the pool that the server has not ended since; the pool replaces those it has.

    The pool's own check costs a round trip each time, and waits longer and longer between dead connections.
    """
    while True:
        conn = pool.getconn(*patience)
        if not _has_news(conn):
            return conn
        try:
            ConnectionPool.check_connection(conn)
            return conn
        except psycopg.Error:
            pool.putconn(conn)


def _has_news(conn: Connection) -> bool:
    """Whether an idle connection has something to read, which is mostly its end."""
    if conn.closed:
        return True
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    return bool(poll.poll(0))
