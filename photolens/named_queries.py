"""The named queries of `queries/`: read by aiosql when they are first asked for, and run on psycopg 3."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import psycopg
from aiosql.adapters.pyformat import PyFormatAdapter
from aiosql.queries import Queries
from aiosql.query_loader import QueryLoader
from psycopg.rows import RowMaker, dict_row, no_result
from psycopg.types.json import JsonbDumper, set_json_dumps, set_json_loads

from photolens.answers import to_json
from photolens.naming import camel_case

# A dict is a jsonb parameter, and JSON goes through orjson both ways.
psycopg.adapters.register_dumper(dict, JsonbDumper)
set_json_dumps(to_json)
set_json_loads(orjson.loads)

log = logging.getLogger(__name__)  # at DEBUG every statement, by DATABASE_LOGGING

STREAMED_ROWS = 500  # that a stream fetches at a time

QUERIES = Path(__file__).parent.parent / "queries"

Query = Callable[..., Any]


@cache
def _camel_case_names(columns: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(camel_case(column.decode()) for column in columns)


def camel_case_row(cursor: psycopg.Cursor[Any]) -> RowMaker[dict[str, Any]]:
    """Row factory: a dict keyed as the API's JSON is; a statement's names are computed once."""
    result = cursor.pgresult
    if result is None or not result.nfields:
        return no_result
    names = _camel_case_names(tuple(result.fname(i) or b"" for i in range(result.nfields)))

    def make_row(values: Sequence[Any]) -> dict[str, Any]:
        return dict(zip(names, values, strict=True))

    return make_row


class Tally(threading.local):
    """How many statements the present thread has run, for whoever takes the difference."""

    statements = 0


tally = Tally()


class QueryAdapter(PyFormatAdapter):
    """aiosql's adapter, with eager lists and each statement tagged by its name.

    Rows are answers, keyed in camelCase; only a `lock_` query gives the row as the database names it, for rules to
    decide on and updates to build on. A failing statement leaves its name on the error, for `problems` to read.
    """

    def process_sql(self, query_name: str, op_type: Any, sql: str) -> str:
        statement: str = super().process_sql(query_name, op_type, sql)  # type: ignore[no-untyped-call]
        return f"/* {query_name} */ {statement}"

    def _run(
        self, conn: psycopg.Connection[Any], query_name: str, sql: str, parameters: Mapping[str, Any]
    ) -> psycopg.Cursor[dict[str, Any]]:
        is_lock = query_name.rpartition(".")[2].startswith("lock_")
        cursor = conn.cursor(row_factory=dict_row if is_lock else camel_case_row)
        tally.statements += 1
        began = time.perf_counter()
        try:
            cursor.execute(getattr(conn, "statement_mark", "") + sql, parameters)
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


def load_queries(folder: Path) -> Queries:
    """The queries of a folder, by domain: a folder in it each."""
    adapter = QueryAdapter()  # type: ignore[no-untyped-call]
    queries = Queries(adapter)
    for domain in folder.iterdir():
        queries.add_child_queries(domain.name, DomainQueries(adapter, domain))
    return queries


sql: Any = load_queries(QUERIES)
