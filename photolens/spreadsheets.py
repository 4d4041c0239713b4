"""CSV as spreadsheets read and write it (RFC 4180, UTF-8): a header of names as in JSON, and no text that runs.

What is written here and read here again is the same, to the letter.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from photolens.clock import rfc3339

MIMETYPE = "text/csv"

MOST_LINES = 50_000

_CHUNK = 64 * 1024
_SEPARATING = ',"\r\n'
# What a spreadsheet would run (OWASP, CSV injection); and text that would be taken for what has been defused already.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r\n]")

_NO_LONGER_CSV = {
    "unexpected end of data": "begins a quoted text that never ends",
    "expected after": "goes on after the end of a quoted text",
    "field larger than": "holds a text that is too long",
}


@dataclass(frozen=True)
class CsvFault:
    """One thing wrong with a file: the line where it is, the column if it is one's, and what it is."""

    line: int
    column: str | None
    detail: str


class MalformedCsvError(Exception):
    """A file that cannot be read as a table of the columns that are wanted; lists everything that is wrong with it."""

    def __init__(self, *faults: CsvFault) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class CsvTable:
    """What a file holds: its columns; its lines, each with its number in the file and its cells; what is no line."""

    columns: list[str]
    lines: list[tuple[int, dict[str, str]]]
    faults: list[CsvFault]


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
        return rfc3339(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """The rows in pieces, as they come: no more of them is held than one piece.

    Joined here: the standard library's writer looks at every character by itself, and costs most of a large export.
    """
    lines, size = [_line(columns)], 0
    for row in rows:
        lines.append(_line([cell(row[column]) for column in columns]))
        size += len(lines[-1])
        if size > _CHUNK:
            yield "".join(lines).encode()
            lines, size = [], 0
    yield "".join(lines).encode()


def _line(cells: Sequence[str]) -> str:
    return (",".join(map(_quoted, cells)) or '""') + "\r\n"


def _quoted(text: str) -> str:
    if any(character in text for character in _SEPARATING):
        return '"' + text.replace('"', '""') + '"'
    return text


def read_csv(
    data: bytes, columns: Collection[str], required: Collection[str], ignored: Collection[str] = ()
) -> CsvTable:
    """A file whose header names some of `columns`, all of the `required`, and perhaps some that are `ignored`.

    In any order, with commas or semicolons between the cells. An empty cell is left out. Raises MalformedCsvError where
    no line can be told from another.
    """
    text = _decoded(data)
    delimiter = max(",;", key=text.partition("\n")[0].count)
    records = _records(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    header = [name.strip() for name in next(records, (1, []))[1]]
    _require_header(header, columns, required, ignored)
    table = CsvTable([name for name in header if name in columns], [], [])
    for number, (line, cells) in enumerate(records, 1):
        if number > MOST_LINES:
            raise MalformedCsvError(CsvFault(line, None, f"is one too many: a file has {MOST_LINES} at most"))
        if len(cells) != len(header):
            table.faults.append(CsvFault(line, None, f"has {len(cells)} cells, and the header {len(header)}"))
            continue
        named = zip(header, map(as_written, cells), strict=True)
        table.lines.append((line, {name: text for name, text in named if name in columns and text.strip()}))
    return table


def _decoded(data: bytes) -> str:
    faulty, detail = data.find(b"\0"), "holds a NUL character"
    if faulty < 0:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            faulty, detail = error.start, "is not UTF-8"
    raise MalformedCsvError(CsvFault(data.count(b"\n", 0, faulty) + 1, None, detail))


def _records(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """The records of a file that are not blank, with the number of the line where each begins."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            known = (detail for words, detail in _NO_LONGER_CSV.items() if words in str(error))
            raise MalformedCsvError(CsvFault(line, None, next(known, "is not CSV"))) from None
        if cells:
            yield line, cells


def _require_header(
    header: list[str], columns: Collection[str], required: Collection[str], ignored: Collection[str]
) -> None:
    unknown = dict.fromkeys(name for name in header if name not in columns and name not in ignored)
    faults = [CsvFault(1, name, "is no column that is known here") for name in unknown]
    faults += [CsvFault(1, name, "is there twice") for name, times in Counter(header).items() if times > 1]
    faults += [CsvFault(1, name, "is a column that must be there") for name in required if name not in header]
    if faults:
        raise MalformedCsvError(*faults)
