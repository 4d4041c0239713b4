"""CSV as spreadsheets read and write it (RFC 4180, UTF-8): a header of names as in JSON, and no text that runs."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

MIMETYPE = "text/csv"

_CHUNK = 64 * 1024
# What a spreadsheet would run (OWASP, CSV injection); and text that would be taken for what has been defused already.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r\n]")


def defused(text: str) -> str:
    """Text that a spreadsheet shows and does not run: `=1+1` becomes `'=1+1`."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def as_written(text: str) -> str:
    """The text that `defused` was given: what is exported and imported again is the same."""
    return text[1:] if _DEFUSED.match(text) else text


def cell(value: Any) -> str:
    """A value of a row as the API's JSON has it, but that nothing is nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else str(value)


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The rows in pieces, as they come: no more of them is held than one piece."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row[column]) for column in columns])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
