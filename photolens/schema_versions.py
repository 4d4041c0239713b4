"""Which migrations there are, which of them a database has had, and what that makes of its schema."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from pathlib import Path

from photolens.database import Connection, sql
from photolens.embedded import ROOT

MIGRATIONS = ROOT / "migrations"
ROLLBACK = ".rollback.sql"  # ends the name of the file that takes a migration back


class MigrationError(Exception):
    """A migration cannot be applied or taken back; the message says why. Of that one, nothing was done."""


@dataclass(frozen=True)
class Done:
    """A migration that was applied or taken back, and the seconds that took."""

    id: str
    seconds: float


class SchemaState(Enum):
    """What the schema of a database is to this version of Photolens."""

    MISSING = auto()
    UNVERSIONED = auto()  # from before there were migrations
    PENDING = auto()  # there are migrations that it has not had
    CURRENT = auto()  # or later than this version


class Standing(Enum):
    """What a migration is to a database."""

    APPLIED = "applied"
    PENDING = "pending"
    CHANGED = "changed"  # applied, and its file says something else by now
    UNKNOWN = "unknown"  # applied, and there is no such file


@dataclass(frozen=True)
class Migration:
    """A migration and its standing; `sha256` is that of its file, if there is one."""

    id: str
    standing: Standing
    sha256: str | None
    applied_at: datetime | None


def schema_state(conn: Connection) -> SchemaState:
    """Whether the schema of a database is that of this version."""
    tables = sql.platform.get_schema_state(conn)
    if not tables["isInstalled"]:
        return SchemaState.MISSING
    if not tables["hasMigrations"]:
        return SchemaState.UNVERSIONED
    applied = {row["id"] for row in sql.platform.list_schema_migrations(conn)}
    pending = {file.stem for file in migration_files(MIGRATIONS)} - applied
    return SchemaState.PENDING if pending else SchemaState.CURRENT


def migration_files(folder: Path) -> list[Path]:
    """The migrations of a folder, in their order."""
    return sorted(file for file in folder.glob("*.sql") if not file.name.endswith(ROLLBACK))


def sha256_of(file: Path) -> str:
    """The SHA-256 of a migration's text, in hexadecimal: the same however a machine ends its lines."""
    return hashlib.sha256(file.read_text(encoding="utf-8").encode()).hexdigest()


def migrations_of(conn: Connection, folder: Path) -> list[Migration]:
    """Every migration of a folder, and every other that the database has had, in their order."""
    files = {file.stem: sha256_of(file) for file in migration_files(folder)}
    has_table = sql.platform.get_schema_state(conn)["hasMigrations"]
    rows = {row["id"]: row for row in sql.platform.list_schema_migrations(conn)} if has_table else {}
    migrations = []
    for name in sorted(files.keys() | rows.keys()):
        sha256, row = files.get(name), rows.get(name)
        if row is None:
            standing = Standing.PENDING
        elif sha256 is None:
            standing = Standing.UNKNOWN
        else:
            standing = Standing.APPLIED if row["sha256"] == sha256 else Standing.CHANGED
        migrations.append(Migration(name, standing, sha256, row and row["appliedAt"]))
    return migrations
