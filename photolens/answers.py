"""The way out: what a view returns becomes JSON bytes, straight from the rows, with their ETag."""

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Flask, Response, request
from flask.json.provider import JSONProvider
from werkzeug.datastructures import MultiDict

from photolens.spreadsheets import MIMETYPE, to_csv


def _default(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def to_json(value: Any) -> bytes:
    """Rows as JSON: money as text, instants in UTC with `Z`."""
    return orjson.dumps(value, default=_default, option=orjson.OPT_UTC_Z)


class OrjsonProvider(JSONProvider):
    """Flask's own JSON through orjson: no NaN, no lone surrogates, no numbers beyond double range get in."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return to_json(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)


def next_link(next_cursor: str) -> str:
    """The `Link` header to the page after this one."""
    arguments = MultiDict(request.args)
    arguments["cursor"] = next_cursor
    return f'<{request.path}?{urlencode(list(arguments.items(multi=True)))}>; rel="next"'


def answer(
    value: Any, status: int, named_by: str = "id", location: str | None = None, table: Sequence[str] | None = None
) -> Response:
    """The response to a view's value: 201 and 202 name the new row's address, 204 has no body, a GET may turn into 304.

    A value with a `table`, the columns of its `data`, is answered as CSV to whoever would rather have that.
    """
    if status == 204:
        return Response(status=204)
    as_table = table is not None and _prefers_csv()
    body = b"".join(to_csv(table or (), value["data"])) if as_table else to_json(value)
    response = _tagged(body, status, MIMETYPE if as_table else "application/json")
    if table is not None:
        response.headers["Vary"] = "Accept"
    if status == 200 and value.get("nextCursor"):
        response.headers["Link"] = next_link(value["nextCursor"])
    if status in (201, 202):
        named = f"{request.path}/{value[named_by]}" if location is None else location.format(**value)
        response.headers["Location"] = named
    return response


def document(body: bytes, mimetype: str) -> Response:
    """The response that is a document of another kind than JSON; it may turn into 304."""
    return _tagged(body, 200, mimetype)


def _tagged(body: bytes, status: int, mimetype: str) -> Response:
    """The bytes with their ETag; for a GET, nothing but it where the caller has them already."""
    etag = hashlib.sha256(body).hexdigest()[:32]
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(body, status, mimetype=mimetype)
    response.set_etag(etag)
    return response


def stream(
    columns: Sequence[str], rows: Generator[Mapping[str, Any]], filename: str, keep: Callable[[], Callable[[], None]]
) -> Response:
    """Rows as a CSV file, as they come from the database. What fails before the first of them is still a problem.

    The file is read after the request has ended: `keep` keeps what the rows come from until it has been, or until the
    reader has gone away.
    """
    lines: Iterator[bytes] = iter(())
    if request.method == "GET":
        first = next(rows, None)
        lines = to_csv(columns, rows if first is None else chain([first], rows))
    response = Response(lines, mimetype=MIMETYPE)
    give_back = keep()

    @response.call_on_close
    def end() -> None:
        try:
            rows.close()
        finally:
            give_back()

    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _prefers_csv() -> bool:
    return request.accept_mimetypes.best_match(["application/json", MIMETYPE]) == MIMETYPE


def init_app(app: Flask) -> None:
    """Use orjson wherever Flask reads or writes JSON."""
    app.json = OrjsonProvider(app)
