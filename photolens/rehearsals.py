"""A rehearsal: the migrations that a database has not had, applied to a copy of it, which is dropped afterwards."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from photolens.backups import as_owner, name_beside, restore_dump
from photolens.database import Connection
from photolens.founding import everywhere
from photolens.invariants import broken_invariants
from photolens.migrations import migrate
from photolens.postgres_programs import ProgramError, Programs
from photolens.schema_versions import Done, Standing, migrations_of

COPY = "_being_rehearsed"  # ends the name of the copy


@dataclass(frozen=True)
class Rehearsal:
    """What became of the copy, of all its studios: the migrations it had, and a line for each row the audit names."""

    done: list[Done]
    broken: list[str]


def rehearse(url: str, folder: Path) -> Rehearsal:
    """Copy the database on its server, apply there what it has not had, and audit it; the database stays as it is.

    Where there is nothing to apply, there is no copy.

    Raises MigrationError, where one fails there; ProgramError, where the database cannot be copied; BackupError for a
    login that may not act as the owner. The copy goes whatever happens; what a rehearsal that was killed has left, the
    next one takes away. Locks: none, but by the dump against changes of the tables themselves.
    """
    with psycopg.connect(url, connect_timeout=5) as conn:
        programs, database = Programs(url, conn.info.server_version), conn.info.dbname
    if not any(_has_pending(at, folder) for _, at in everywhere(url)):
        return Rehearsal([], [])
    copy = name_beside(database, COPY)
    with _copied(programs, database, copy):
        rehearsal = Rehearsal([], [])
        for _, at in everywhere(make_conninfo(url, dbname=copy)):
            rehearsal.done.extend(migrate(at, folder))
            with as_owner(at) as conn_of_copy:
                rehearsal.broken.extend(broken_invariants(conn_of_copy))
        return rehearsal


def _has_pending(url: str, folder: Path) -> bool:
    conn: Connection
    with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row) as conn:
        return any(migration.standing is Standing.PENDING for migration in migrations_of(conn, folder))


@contextmanager
def _copied(programs: Programs, database: str, copy: str) -> Iterator[None]:
    at = f"--maintenance-db={programs.address}"
    programs.run("dropdb", "--force", "--if-exists", at, copy)
    try:
        try:
            programs.run("createdb", f"--template={database}", at, copy)  # while nobody is connected to it
        except ProgramError:
            _copy_by_dump(programs, at, copy)
        yield
    finally:
        programs.run("dropdb", "--force", "--if-exists", at, copy)


def _copy_by_dump(programs: Programs, at: str, copy: str) -> None:
    programs.run("createdb", "--template=template0", at, copy)
    with tempfile.TemporaryDirectory(prefix="photolens-") as folder:
        dump = Path(folder) / "rehearsal.dump"
        programs.run("pg_dump", "--format=custom", f"--file={dump}", f"--dbname={programs.address}")
        restore_dump(programs, programs.address_of(copy), dump, first=["roles.sql"])
