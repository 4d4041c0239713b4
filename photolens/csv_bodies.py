"""CSV that a request sends: a file whose lines are validated one by one, and refused all together."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import marshmallow
from flask import request

from photolens import spreadsheets
from photolens.faults import MOST_FAULTS, pointers
from photolens.problems import INVALID, UNSUPPORTED_MEDIA_TYPE, Problem
from photolens.spreadsheets import CsvFault

Lines = list[tuple[int, dict[str, Any]]]


@dataclass(frozen=True)
class CsvFile:
    """A file as it came: its good lines, each with its number and its row; and what is wrong with the others.

    Whoever takes it finds out what else is wrong, and refuses all of it at once.
    """

    lines: Lines
    faults: list[CsvFault]


def file_of_request(schema: marshmallow.Schema, ignored: Collection[str]) -> CsvFile:
    """The file of the present request; a row has the columns that the file has.

    What an empty cell means, the schema's `load_default` says; without one, it is as if the column were not there.
    """
    if request.mimetype != spreadsheets.MIMETYPE:
        raise UNSUPPORTED_MEDIA_TYPE("Send the file as text/csv.")
    names = {field.data_key or name: name for name, field in schema.fields.items()}
    required = [key for key, name in names.items() if schema.fields[name].required]
    try:
        table = spreadsheets.read_csv(request.get_data(cache=True), names, required, ignored)
    except spreadsheets.MalformedCsvError as error:
        raise invalid_lines(error.faults) from None
    lines: Lines = []
    faults = list(table.faults)
    for line, cells in table.lines:
        try:
            row: dict[str, Any] = schema.load(cells)
            of_file = (names[column] for column in table.columns)
            lines.append((line, {name: row[name] for name in of_file if name in row}))
        except marshmallow.ValidationError as error:
            messages = pointers(error.messages)
            faults += [CsvFault(line, pointer.removeprefix("/") or None, detail) for pointer, detail in messages]
    return CsvFile(lines, faults)


def invalid_lines(faults: Iterable[CsvFault]) -> Problem:
    """The 422 that names every bad line, or the first hundred and how many there are."""
    by_line = sorted(faults, key=lambda fault: fault.line)
    errors = [
        {
            "in": "body",
            "pointer": f"/lines/{fault.line}" + ("" if fault.column is None else f"/{fault.column}"),
            "line": fault.line,
            "detail": fault.detail,
        }
        for fault in by_line[:MOST_FAULTS]
    ]
    detail = "Nothing was taken. See errors."
    return INVALID(detail, errors=errors, errorCount=len(by_line))
