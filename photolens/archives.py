"""The archive beyond the database: a month of old rows is written into files, and only then leaves.

A file is `<table>-<month>-<time>.jsonl.gz`: a row of JSON a line, in the order of ids. `archive-<month>-<time>.json`
beside them is the manifest: of which database they are, how many rows each has, and its SHA-256.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import orjson
import psycopg

from photolens.backups import sha256_of, whole_or_not_at_all
from photolens.database import Connection, Row, sql
from photolens.naming import camel_case

TRAIL = "audit_logs"
BATCH = 5_000
BEGINNING = "00" * 32  # what the first row of the trail follows from


class ArchiveError(Exception):
    """A month cannot leave the database, or a file is not what was written; the message says why."""


@dataclass(frozen=True)
class ArchiveFile:
    """A month of a table. `sha256` and `last_audit_hash` in hexadecimal; of the trail alone, which row it ends with."""

    file_name: str
    table_name: str
    row_count: int
    sha256: str
    last_audit_id: int | None
    last_audit_hash: str | None


def export_month(conn: Connection, month: date, folder: Path) -> list[ArchiveFile]:
    """Write what the archive has of a month, which begins on this day, into files, and take it out of the database.

    They are whole, on the disk, and were read back before anything goes: whatever ends it before the commit leaves all
    rows where they are, and at most files that nobody needs. Of the trail, months leave from its beginning.

    Locks: the archive; the partitions for share, while they are written; then, for a moment, the archive tables. Raises
    ArchiveError, and nothing has left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with conn.transaction():
            return _export(conn, month, folder)
    except psycopg.errors.LockNotAvailable:
        raise ArchiveError("The archive is being read, or a backup taken: nothing was changed. Try again.") from None


def _export(conn: Connection, month: date, folder: Path) -> list[ArchiveFile]:
    if not sql.platform.lock_archive(conn)["is_locked"]:
        raise ArchiveError("Somebody else is just archiving.")
    partitions: list[Row] = sql.platform.list_archive_partitions(conn, month=month)
    if not partitions:
        raise ArchiveError(f"The archive has nothing of {month:%Y-%m}.")
    for each in partitions:
        sql.platform.lock_archive_partition(conn, partition=each["partition"])
    if any(each["tableName"] == TRAIL for each in partitions):
        _require_beginning(conn, month)
    mark = f"{month:%Y-%m}-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}"
    files = [_write(conn, each, folder / f"{each['tableName']}-{mark}.jsonl.gz") for each in partitions]
    _write_manifest(conn, month, files, folder / f"archive-{mark}.json")
    for each, file in zip(partitions, files, strict=True):
        sql.platform.insert_archive_export(conn, month=month, **asdict(file))
        _require_whole(conn, folder, file)
        sql.platform.drop_archive_partition(conn, partition=each["partition"])
    return files


def _require_beginning(conn: Connection, month: date) -> None:
    beside = sql.platform.get_trail_beside(conn, month=month)
    if beside["hasUnarchived"]:
        raise ArchiveError(f"Of {month:%Y-%m}, or before, the trail has rows that were not archived yet.")
    if beside["hasOthersBefore"]:
        raise ArchiveError(f"The trail has rows from before {month:%Y-%m}: it leaves from its beginning.")


def _write(conn: Connection, partition: Row, path: Path) -> ArchiveFile:
    content, count, last = hashlib.sha256(), 0, None
    with (
        whole_or_not_at_all(path) as file,
        gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed,
        sql.platform.stream_archived_rows_cursor(conn, partition=partition["partition"]) as rows,
    ):
        for row in rows:
            last = row["line"].encode() + b"\n"
            packed.write(last)
            content.update(last)
            count += 1
    if content.hexdigest() != _content_of(path):
        raise ArchiveError(f"{path} does not read as it was written: look after the disk.")
    end = orjson.loads(last) if last is not None and partition["tableName"] == TRAIL else None
    return ArchiveFile(
        file_name=path.name,
        table_name=partition["tableName"],
        row_count=count,
        sha256=sha256_of(path),
        last_audit_id=end and end["id"],
        last_audit_hash=end and end["hash"].removeprefix("\\x"),
    )


def _content_of(path: Path) -> str:
    with gzip.open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(conn: Connection, month: date, files: list[ArchiveFile], path: Path) -> None:
    origin = sql.platform.get_archive_origin(conn)
    said = origin | {
        "month": f"{month:%Y-%m}",
        "files": [{camel_case(key): value for key, value in asdict(file).items()} for file in files],
    }
    with whole_or_not_at_all(path) as manifest:
        manifest.write(orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z) + b"\n")


def _require_whole(conn: Connection, folder: Path, file: ArchiveFile) -> None:
    """That a file of the trail is a part of its chain, before it is all that there is of it."""
    if file.table_name == TRAIL and (fault := find_fault(conn, folder / file.file_name)) is not None:
        raise ArchiveError(f"Row {fault['id']} of the trail: {fault['reason']}. Nothing has left the database.")


def find_fault(conn: Connection, path: Path) -> Row | None:
    """The first row in a file of the trail that is not as it was written, or not where, and why; None if all are.

    The first row has to follow from the last of the file before it, and the last one to be where the trail goes on, as
    the database has noted both. Raises ArchiveError for a file that cannot be read as one of the trail.
    """
    previous: tuple[int, str | None] | None = None
    rows = _lines_of(path)
    while lines := [*islice(rows, BATCH)]:
        first, last = _identified(lines[0], path), _identified(lines[-1], path)
        if previous is None:
            previous = first[0] - 1, _hash_before(conn, first[0])
            if previous[1] is None:
                return {"id": first[0], "reason": "it does not begin where another file ends"}
        try:
            fault: Row | None = sql.platform.get_broken_archived_row(
                conn, lines=f"[{','.join(lines)}]", previous_id=previous[0], previous_hash=previous[1]
            )
        except psycopg.DataError as error:
            raise ArchiveError(f"{path} is no file of the trail: {error.diag.message_primary}.") from None
        if fault is not None:
            return fault
        previous = last
    if previous is not None and sql.platform.get_departed_hash(conn, last_id=previous[0]) != {"hash": previous[1]}:
        return {"id": previous[0], "reason": "the file did not end with it"}
    return None


def _hash_before(conn: Connection, first_id: int) -> str | None:
    if first_id == 1:
        return BEGINNING
    departed = sql.platform.get_departed_hash(conn, last_id=first_id - 1)
    return departed and str(departed["hash"])


def _lines_of(path: Path) -> Iterator[str]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield from file
    except (EOFError, OSError, UnicodeDecodeError, zlib.error) as error:
        raise ArchiveError(f"{path} cannot be read: {error}") from None


def _identified(line: str, path: Path) -> tuple[int, str]:
    try:
        row = orjson.loads(line)
        return int(row["id"]), str(row["hash"]).removeprefix("\\x")
    except (ValueError, TypeError, KeyError):
        raise ArchiveError(f"{path} is no file of the trail.") from None
