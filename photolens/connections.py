"""Connections of the application: what each keeps to, as whom it acts, and in which studio's schema it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from flask import g, has_app_context
from psycopg.pq import TransactionStatus
from psycopg.rows import dict_row

from photolens.config import Settings
from photolens.named_queries import sql

SYSTEM = "Photolens"  # what does things without anybody having asked for them

OWNER_ROLE = "photolens_owner"  # may change the schema
APP_ROLE = "photolens_app"  # reads and writes rows
PORTAL_ROLE = "photolens_portal"  # reads what belongs to one client: see schema/portal.sql
EXTENSIONS = "extensions"  # the schema of what PostgreSQL's extensions bring, and of nothing else

Connection = psycopg.Connection[dict[str, Any]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Terms:
    """What a connection keeps to: the role that it acts as, how long a statement may take, and whose schema it is in.

    Behind a pooler, each transaction may be on another session of the server, which knows of none of it.
    """

    role: str
    statement_timeout: int  # milliseconds
    schema: str
    is_pooled: bool

    def as_parameters(self, *, for_transaction: bool) -> dict[str, Any]:
        """They as `configure_connection` takes them, to hold for the present transaction or for the session."""
        return {
            "role": self.role,
            "statement_timeout": f"{self.statement_timeout}ms",
            "search_path": search_path_of(self.schema),
            "for_transaction": for_transaction,
        }

    def tell(self, conn: Connection, *, for_transaction: bool) -> None:
        """Have the server keep to them."""
        sql.platform.configure_connection(conn, **self.as_parameters(for_transaction=for_transaction))


def search_path_of(schema: str) -> str:
    """Where tables are looked for, and what extensions bring: never in the schema of somebody else."""
    quoted = schema.replace('"', '""')
    return f'"{quoted}", {EXTENSIONS}'


class AppConnection(psycopg.Connection[Row]):
    """A connection of the application, whose transactions keep to its terms and say who acts, for the audit trail.

    Who acts is said for the transaction alone: the next one on this connection may be somebody else's.
    """

    _terms: Terms | None = None
    _own_schema = ""

    def keep_to(self, terms: Terms) -> None:
        """Keep to these terms from now on; without a pooler the server is told at once, else in each transaction."""
        if not terms.is_pooled:
            terms.tell(self, for_transaction=False)
        self._terms, self._own_schema = terms, terms.schema

    def work_in(self, schema: str) -> None:
        """Be in this schema from now on: whoever is lent a connection says so, for it has been somebody else's."""
        assert self._terms is not None, "a connection is told its terms when it is made"
        if schema == self._terms.schema:
            return
        if not self._terms.is_pooled:
            sql.platform.configure_search_path(self, search_path=search_path_of(schema))
        self._terms = replace(self._terms, schema=schema)

    @property
    def statement_mark(self) -> str:
        """What statements begin with: in the schema of each studio another, or psycopg would take what is prepared in
        one, with its types, for the same in another."""
        schema = self._own_schema if self._terms is None else self._terms.schema
        return "" if schema == self._own_schema else f"/* {schema} */ "

    @contextmanager
    def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> Iterator[psycopg.Transaction]:
        """As psycopg's: a transaction, or a savepoint in the one that is under way."""
        is_outermost = self.info.transaction_status == TransactionStatus.IDLE
        with super().transaction(savepoint_name, force_rollback) as transaction:
            if is_outermost:
                self._begin()
            yield transaction

    def _begin(self) -> None:
        if self._terms is not None and self._terms.is_pooled:
            self._terms.tell(self, for_transaction=True)
        if not self.read_only and has_app_context():
            caller = g.get("caller")
            sql.platform.configure_actor(
                self,
                actor_id="" if caller is None else str(caller.user_id),
                actor=SYSTEM,
                request_id=g.get("request_id", ""),
            )


class PooledCursor(psycopg.Cursor[Row]):
    """A cursor behind a pooler: a statement by itself is a transaction there, which has to be told its terms."""

    def execute(self, *args: Any, **options: Any) -> "PooledCursor":
        """As psycopg's."""
        if self.connection.info.transaction_status == TransactionStatus.IDLE:
            with self.connection.transaction():
                super().execute(*args, **options)
        else:
            super().execute(*args, **options)
        return self


def connect(settings: Settings, url: str) -> AppConnection:
    """A connection of its own, in the schema of the settings, as whoever logs in."""
    conn = AppConnection.connect(url, **how_to_connect(settings))
    assert isinstance(conn, AppConnection)
    conn.keep_to(terms_of(settings, "none"))
    return conn


def terms_of(settings: Settings, role: str, schema: str | None = None) -> Terms:
    """What connections keep to by the settings, in the schema that they name or another."""
    return Terms(role, settings.database_statement_timeout, schema or settings.database_schema, settings.is_pooled)


def how_to_connect(settings: Settings) -> dict[str, Any]:
    """What psycopg is told of every connection."""
    # Behind a pooler, what one session has prepared is not there on the next.
    pooled: dict[str, Any] = {"cursor_factory": PooledCursor, "prepare_threshold": None} if settings.is_pooled else {}
    return {"autocommit": True, "row_factory": dict_row, "connect_timeout": 5, **pooled}
