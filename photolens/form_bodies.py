"""Forms that a request sends with files in them: read part by part, and larger files onto the disk as they come.

Source: RFC 7578 (multipart/form-data).
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import marshmallow
from flask import request
from marshmallow import fields as ma_fields
from werkzeug.formparser import FormDataParser

from photolens.faults import MOST_FAULTS, pointers
from photolens.problems import BAD_REQUEST, INVALID

MIMETYPE = "multipart/form-data"
MOST_PARTS = 40
LARGEST_TEXTS = 256 * 1024  # bytes of all parts together that are no files
IN_MEMORY = 64 * 1024  # bytes of a file that are kept in memory; a larger one is on the disk


@contextmanager
def form_of_request(schema: marshmallow.Schema) -> Iterator[dict[str, Any]]:
    """The form of the present request, as the schema loads it; its files are there until the block ends.

    Problems: `bad_request`, `body_too_large`, `invalid`.
    """
    with ExitStack() as opened:

        def open_file(*_about: Any, **_more: Any) -> IO[bytes]:
            return opened.enter_context(SpooledTemporaryFile(IN_MEMORY, "rb+"))

        parser = FormDataParser(
            stream_factory=open_file,
            max_form_memory_size=LARGEST_TEXTS,
            max_content_length=request.max_content_length,
            max_form_parts=MOST_PARTS,
            silent=False,
        )
        try:
            _, texts, files = parser.parse(request.stream, MIMETYPE, request.content_length, request.mimetype_params)
        except ValueError:
            raise BAD_REQUEST("The body is no form of multipart/form-data, or breaks off.") from None
        parts = {name: [*texts.getlist(name), *files.getlist(name)] for name in (*texts, *files)}
        yield _loaded(schema, parts)


def _loaded(schema: marshmallow.Schema, parts: dict[str, list[Any]]) -> dict[str, Any]:
    """The parts as the schema has them; what is sent several times is a list, which only a list may be."""
    lists = {field.data_key for field in schema.fields.values() if isinstance(field, ma_fields.List)}
    given = {name: values if name in lists or len(values) > 1 else values[0] for name, values in parts.items()}
    try:
        loaded: dict[str, Any] = schema.load(given)
    except marshmallow.ValidationError as error:
        faults = [
            {"in": "body", "pointer": pointer, "detail": detail}
            for pointer, detail in islice(pointers(error.messages), MOST_FAULTS)
        ]
        raise INVALID("See errors.", errors=faults) from None
    return loaded
