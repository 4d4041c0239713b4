"""Backups: a dump of the whole database with a manifest beside it; restored as a whole or not at all, and verified.

A backup is two files, `<database>-<time>.dump` (pg_dump's custom format) and `.json`, the manifest: what was dumped,
when, of which server, the SHA-256 of the dump, and how many rows each table had in the snapshot that was dumped.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO
from urllib.parse import quote

import orjson
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import dict_row

from photolens.database import Connection, snapshot, sql
from photolens.embedded import ROOT
from photolens.founding import everywhere
from photolens.invariants import broken_invariants
from photolens.naming import camel_case
from photolens.postgres_programs import ProgramError, Programs
from photolens.schema_versions import SchemaState, schema_state

PRIVATE = 0o600  # a backup holds everything that the database does
SCRATCH = "_being_verified"  # ends the name of the database that a backup is tried in
_LONGEST_NAME = 63  # bytes of a database's name


class BackupError(Exception):
    """A backup cannot be taken, or is not what it says it is; the message says why."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `size` is in bytes, `sha256` in hexadecimal; `rows` counts each table's."""

    file: str
    database: str
    system_identifier: str
    taken_at: datetime
    server_version: str
    application_version: str
    migrations: list[str]
    size: int
    sha256: str
    rows: dict[str, int]


@contextlib.contextmanager
def as_owner(url: str, dbname: str | None = None) -> Iterator[Connection]:
    """A connection that may do what the owner of the schema may, and take its time, to the URL's database or another.

    Raises BackupError for a login that may not.
    """
    conn: Connection
    with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row, dbname=dbname) as conn:
        sql.platform.configure_backup_connection(conn)
        if not sql.platform.exists_ownership(conn):
            raise BackupError(
                f"The login {conn.info.user!r} may not act as photolens_owner. Set OWNER_DATABASE_URL to one that may."
            )
        yield conn


def take_backup(conn: Connection, url: str, folder: Path, keep: int) -> tuple[Manifest, list[str]]:
    """Dump the database into a folder; gives the manifest, and which older backups of this database went for it.

    The rows are counted in the snapshot that is dumped. Files get their names when they are whole, and only then do the
    older ones go. Locks: none but against changes of the tables themselves, while it lasts.
    """
    folder.mkdir(parents=True, exist_ok=True)
    programs = Programs(url, conn.info.server_version)
    with snapshot(conn):
        identity = sql.platform.get_database_identity(conn)
        taken_at = identity["takenAt"].astimezone(UTC)
        migrations = [row["id"] for row in sql.platform.list_schema_migrations(conn)]
        rows = _row_counts(conn)
        name = f"{quote(identity['database'], safe='')}-{taken_at:%Y%m%dT%H%M%S.%fZ}.dump"
        with whole_or_not_at_all(folder / name) as dump:
            source = (f"--snapshot={identity['snapshot']}", f"--dbname={programs.address}")
            # Into the file by its name: to one that is its standard output, pg_dump writes the list of contents twice.
            programs.run("pg_dump", "--format=custom", f"--file={dump.name}", *source)
            manifest = Manifest(
                file=name,
                database=identity["database"],
                system_identifier=identity["systemIdentifier"],
                taken_at=taken_at,
                server_version=identity["serverVersion"],
                application_version=version("photolens"),
                migrations=migrations,
                size=dump.seek(0, os.SEEK_END),
                sha256=sha256_of(Path(dump.name)),
                rows=rows,
            )
            with whole_or_not_at_all(_manifest_of(folder / name)) as file:  # first: no dump is there without one
                said = {camel_case(key): value for key, value in asdict(manifest).items()}
                file.write(orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n")
    sql.platform.insert_backup(
        conn, file_name=name, taken_at=manifest.taken_at, size=manifest.size, sha256=manifest.sha256
    )
    return manifest, _remove_older(folder, manifest, keep)


def read_manifest(dump: Path) -> Manifest:
    """What the file beside a dump says of it. Raises BackupError where the dump is not what was written any more.

    The SHA-256 finds what has become of the file since; whoever can write the manifest can write the SHA-256 as well.
    """
    manifest = _manifest(dump)
    if not dump.exists():
        raise BackupError(f"There is no {dump}.")
    if (sha256 := sha256_of(dump)) != manifest.sha256:
        raise BackupError(
            f"{dump} is not what was backed up: its SHA-256 is {sha256}, the manifest says {manifest.sha256}."
        )
    return manifest


def restore_backup(url: str, dump: Path, *, replace: bool) -> Manifest:
    """Put a backup into a database, in one transaction. Raises BackupError or ProgramError, and nothing was changed.

    Roles are made first where they are missing, so that what belongs to them and was granted to them comes back. To
    replace what is there, everything of the owner's goes in the same transaction. Locks: then, all of its tables.
    """
    manifest = read_manifest(dump)
    with psycopg.connect(url, connect_timeout=5, autocommit=True, row_factory=dict_row) as conn:
        programs = Programs(url, conn.info.server_version)
        if not replace and sql.platform.exists_relations(conn):
            raise BackupError(
                f"The database {conn.info.dbname!r} is not empty. --replace puts the backup in its place."
            )
    restore_dump(
        programs, programs.address, dump, first=["roles.sql", "clear.sql", "roles.sql"] if replace else ["roles.sql"]
    )
    return manifest


def verify_backup(conn: Connection, url: str, dump: Path) -> tuple[Manifest, list[str]]:
    """Restore a backup into a database made for it beside the present one; gives the manifest, and a line a fault.

    A fault is a table with another number of rows than the manifest says, and what `photolens db audit` names. The
    scratch database goes whatever happens; what a verification that was killed has left, the next one takes away.
    Raises BackupError or ProgramError for a backup that cannot even be restored.
    """
    manifest = read_manifest(dump)
    if not sql.platform.lock_verification(conn)["is_locked"]:
        raise BackupError("Another backup is just being verified on this database.")
    programs = Programs(url, conn.info.server_version)
    scratch = name_beside(conn.info.dbname, SCRATCH)
    at = f"--maintenance-db={programs.address}"
    programs.run("dropdb", "--force", "--if-exists", at, scratch)
    try:
        programs.run("createdb", "--template=template0", at, scratch)
        restore_dump(programs, programs.address_of(scratch), dump, first=["roles.sql"])
        with as_owner(url, dbname=scratch) as restored:
            faults = _differences(manifest.rows, _row_counts(restored))
        for studio, its_url in everywhere(make_conninfo(url, dbname=scratch)):
            with as_owner(its_url) as restored:
                faults += [line if studio is None else f"{studio}: {line}" for line in _broken(restored)]
    finally:
        programs.run("dropdb", "--force", "--if-exists", at, scratch)
    if not faults:
        sql.platform.mark_backup_verified(conn, file_name=manifest.file, sha256=manifest.sha256)
    return manifest, faults


def _row_counts(conn: Connection) -> dict[str, int]:
    return {row["tableName"]: row["rowCount"] for row in sql.platform.list_row_counts(conn)}


def _differences(said: dict[str, int], found: dict[str, int]) -> list[str]:
    return [
        f"{table}: {found.get(table, 'no table, and no')} rows, the manifest says {said.get(table, 'none')}"
        for table in sorted(said.keys() | found.keys())
        if said.get(table) != found.get(table)
    ]


def _broken(conn: Connection) -> list[str]:
    if schema_state(conn) is not SchemaState.CURRENT:
        return ["the schema is that of an earlier version: whether its rows fit together, only that version can tell"]
    return broken_invariants(conn)


def name_beside(database: str, ending: str) -> str:
    """The name of a database that stands beside another for a while, for what its ending says."""
    return database.encode()[: _LONGEST_NAME - len(ending)].decode(errors="ignore") + ending


def restore_dump(programs: Programs, address: str, dump: Path, *, first: list[str]) -> None:
    """Let psql run these files of schema/ and what pg_restore makes of a dump, in one transaction.

    It is committed when pg_restore has ended well: of one that broke off, psql cannot tell the end from the whole.
    Raises ProgramError, and nothing was restored.
    """
    into = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", address)
    with tempfile.TemporaryFile() as said, contextlib.ExitStack() as stack:
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": said}
        psql = stack.enter_context(_killed_unless_ended(programs.start("psql", *into, **streams)))
        reading = programs.start("pg_restore", "--file=-", str(dump), stdout=subprocess.PIPE, stderr=said)
        pg_restore = stack.enter_context(_killed_unless_ended(reading))
        assert psql.stdin is not None
        assert pg_restore.stdout is not None
        with contextlib.suppress(BrokenPipeError):  # psql has left, and says why
            psql.stdin.write(b"begin;\n")
            for file in first:
                psql.stdin.write(b"select coalesce(current_schema(), 'public') as schema \\gset\n")
                psql.stdin.write((ROOT / "schema" / file).read_bytes())
            shutil.copyfileobj(pg_restore.stdout, psql.stdin)
            if pg_restore.wait() == 0:
                psql.stdin.write(b"analyze;\ncommit;\n")
        with contextlib.suppress(BrokenPipeError):
            psql.stdin.close()
        pg_restore.stdout.close()
        if psql.wait() != 0 or pg_restore.wait() != 0:
            said.seek(0)
            raise ProgramError(f"Nothing was restored: {said.read().decode(errors='replace').strip()}")


@contextlib.contextmanager
def _killed_unless_ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        yield process
    finally:
        process.kill()  # does nothing to one that has ended
        process.wait()


@contextlib.contextmanager
def whole_or_not_at_all(path: Path) -> Iterator[IO[bytes]]:
    """A file for its owner alone, that gets its name at the end of the block, or goes if that fails."""
    temporary = path.with_name(f".{path.name}.part")
    with open(temporary, "x+b", opener=lambda name, flags: os.open(name, flags, PRIVATE)) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
            temporary.rename(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest_of(dump: Path) -> Path:
    return dump.with_suffix(".json")


def _manifest(dump: Path) -> Manifest:
    path = _manifest_of(dump)
    try:
        said = orjson.loads(path.read_bytes())
        of = {field.name: said[camel_case(field.name)] for field in fields(Manifest)}
        return Manifest(**of | {"taken_at": datetime.fromisoformat(of["taken_at"]), "rows": dict(of["rows"])})
    except FileNotFoundError:
        raise BackupError(f"There is no manifest {path} beside {dump.name}.") from None
    except (ValueError, TypeError, KeyError):
        raise BackupError(f"{path} is no manifest of a backup.") from None


def _remove_older(folder: Path, newest: Manifest, keep: int) -> list[str]:
    """Remove all but the newest backups of the same database of the same server, each with its manifest."""
    backups = []
    for dump in folder.glob("*.dump"):
        with contextlib.suppress(BackupError):
            manifest = _manifest(dump)
            if (manifest.system_identifier, manifest.database) == (newest.system_identifier, newest.database):
                backups.append((manifest.taken_at, dump))
    older = [dump for _, dump in sorted(backups, reverse=True)[keep:]]
    for dump in older:
        dump.unlink(missing_ok=True)
        _manifest_of(dump).unlink(missing_ok=True)
    return [dump.name for dump in older]
