"""Migrations, run by yoyo-migrations: each in one transaction with the note of it, one runner at a time, as the owner.

yoyo reads the files, orders them by what they depend on, and runs their statements. The note of a migration it would
write in another transaction, on another connection, into tables of its own; and its lock is a row, which stays when
its process is killed. Here the note is a row of `schema_migrations`, in the migration's transaction, with the SHA-256
of the file's text; and the lock is one that ends with the connection.
"""

import re
import string
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from glob import escape
from pathlib import Path
from typing import Any

import psycopg
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.migrations import topological_sort

from photolens.database import Connection, sql
from photolens.schema_versions import (
    ROLLBACK,
    Done,
    Migration,
    MigrationError,
    SchemaState,
    Standing,
    migration_files,
    migrations_of,
    schema_state,
    sha256_of,
)

LOCK_TIMEOUT = "10s"  # for a table that somebody else uses; for another who migrates there is none

_TEMPLATES = Path(__file__).parent / "templates"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


class OwnerBackend(PostgresqlPsycopgBackend):
    """yoyo's backend for psycopg 3, where a migration and the note of it are one transaction of the schema's owner."""

    def connect(self, dburi: str) -> psycopg.Connection[Any]:
        return psycopg.connect(dburi, connect_timeout=5, autocommit=True)

    def transaction(self, rollback_on_exit: bool = False) -> AbstractContextManager[Any]:
        # Around each statement yoyo would set a savepoint, which it never releases. One that fails ends them all.
        if self._in_transaction:
            return nullcontext()
        transaction: AbstractContextManager[Any] = super().transaction(rollback_on_exit)
        return transaction

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        with _told(migration.id), self.transaction():
            # The first one makes the roles, and goes on as the owner by itself.
            if schema_state(self.connection) is not SchemaState.MISSING:
                _act_as_owner(self.connection)
            migration.process_steps(self, "apply")
            sql.platform.insert_schema_migration(
                self.connection, id=migration.id, sha256=sha256_of(Path(migration.path))
            )

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        with _told(migration.id), self.transaction():
            _act_as_owner(self.connection)
            migration.process_steps(self, "rollback")
            sql.platform.delete_schema_migration(self.connection, id=migration.id)


def migrate(url: str, folder: Path) -> Iterator[Done]:
    """Apply the migrations of a folder that the database has not had, in their order; gives each when it is committed.

    Raises MigrationError, and what was applied before stays. Where one that was applied has changed or is unknown here,
    none is. Locks: the advisory lock of migrations, to the end; then what the migrations lock.
    """
    with _migrating(url) as backend:
        yield from _apply_pending(backend, folder)


def roll_back(url: str, folder: Path, to: str | None) -> Iterator[Done]:
    """Take back the newest migration, or all that come after the one named `to`, the newest first.

    Raises MigrationError for one whose file is not what was applied, or that has no way back. Locks: as `migrate`.
    """
    with _migrating(url) as backend:
        applied = [m for m in migrations_of(backend.connection, folder) if m.standing is not Standing.PENDING]
        if to is not None and to not in {m.id for m in applied}:
            raise MigrationError(f"{to} was never applied here.")
        going = [m for m in applied if m.id > to] if to is not None else applied[-1:]
        if going == applied:
            raise MigrationError(
                "Nothing but the first migration was applied, and `photolens db reset` takes that back."
            )
        _require_unchanged(going)
        for missing in [m.id for m in going if not (folder / f"{m.id}{ROLLBACK}").exists()]:
            raise MigrationError(f"{missing} has no way back: there is no {missing}{ROLLBACK}.")
        for migration in reversed(_read(folder, going)):
            began = time.perf_counter()
            backend.rollback_one(migration)
            yield Done(migration.id, time.perf_counter() - began)


def reset(url: str, folder: Path) -> Iterator[Done]:
    """Drop everything in the schema that is the owner's, with all its rows, and apply every migration.

    Raises MigrationError. Locks: as `migrate`, and every table.
    """
    with _migrating(url) as backend:
        if schema_state(backend.connection) is not SchemaState.MISSING:
            [first, *_] = read_migrations(escape(str(folder)))
            with _told("Dropping the schema"), backend.transaction():
                _act_as_owner(backend.connection)
                first.process_steps(backend, "rollback")
        yield from _apply_pending(backend, folder)


def write_new(folder: Path, name: str) -> list[Path]:
    """Write the two files of a new migration, which come after all others. Raises MigrationError for an unfit name."""
    if not _NAME.fullmatch(name):
        raise MigrationError(
            f"{name!r} is no name for a migration: small letters, digits and _ make one, such as add_tags"
        )
    newest = migration_files(folder)[-1].stem
    new = f"{int(newest[:4]) + 1:04}_{name}"
    words = {"id": new, "depends": newest, "title": name.replace("_", " ").capitalize() + "."}
    files = [folder / f"{new}.sql", folder / f"{new}{ROLLBACK}"]
    for file, template in zip(files, ("migration.sql", f"migration{ROLLBACK}"), strict=True):
        text = (_TEMPLATES / template).read_text(encoding="utf-8")
        file.write_text(string.Template(text).substitute(words), encoding="utf-8")
    return files


@contextmanager
def _migrating(url: str) -> Iterator[OwnerBackend]:
    """A connection that nobody else migrates beside."""
    with OwnerBackend(url, "schema_migrations") as backend:
        sql.platform.configure_migrating_connection(backend.connection, lock_timeout="0")
        sql.platform.lock_migrations(backend.connection)
        sql.platform.configure_migrating_connection(backend.connection, lock_timeout=LOCK_TIMEOUT)
        yield backend


def _apply_pending(backend: OwnerBackend, folder: Path) -> Iterator[Done]:
    if schema_state(backend.connection) is SchemaState.UNVERSIONED:
        raise MigrationError("The database is from before there were migrations. Begin with an empty one.")
    migrations = migrations_of(backend.connection, folder)
    pending = [m for m in migrations if m.standing is Standing.PENDING]
    if pending:
        _require_unchanged(migrations)
    for migration in _read(folder, pending):
        began = time.perf_counter()
        backend.apply_one(migration)
        yield Done(migration.id, time.perf_counter() - began)


def _read(folder: Path, chosen: list[Migration]) -> list[Any]:
    """These migrations as yoyo has them, each after those that it depends on."""
    names = {migration.id for migration in chosen}
    read = list(topological_sort(read_migrations(escape(str(folder))).filter(lambda each: each.id in names)))
    for migration in read:
        if not migration.use_transactions:
            raise MigrationError(f"{migration.id} is to run without a transaction, which none here does.")
    return read


def _require_unchanged(migrations: list[Migration]) -> None:
    for migration in migrations:
        if migration.standing is Standing.CHANGED:
            raise MigrationError(f"{migration.id} is not what was applied: its file has changed since.")
        if migration.standing is Standing.UNKNOWN:
            raise MigrationError(f"{migration.id} was applied, and is unknown here: a later version knows it.")


def _act_as_owner(conn: Connection) -> None:
    try:
        sql.platform.configure_owner_transaction(conn)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
        raise MigrationError(
            f"The login {conn.info.user!r} may not act as photolens_owner. Set OWNER_DATABASE_URL to one that may."
        ) from None


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What the database refuses, in a sentence."""
    try:
        yield
    except psycopg.Error as error:
        raise MigrationError(f"{what} failed, and nothing of it was done: {str(error).strip()}") from error
