"""The way out: what a view returns becomes JSON bytes, straight from the rows, with their ETag."""

import hashlib
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Flask, Response, request
from flask.json.provider import JSONProvider
from werkzeug.datastructures import MultiDict


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


def json_answer(value: Any, status: int, named_by: str = "id", location: str | None = None) -> Response:
    """The response to a view's value: 201 names the new row's address, 204 has no body, a GET may turn into 304."""
    if status == 204:
        return Response(status=204)
    body = to_json(value)
    etag = hashlib.sha256(body).hexdigest()[:32]
    if request.method in ("GET", "HEAD") and request.if_none_match.contains_weak(etag):
        response = Response(status=304)
    else:
        response = Response(body, status, mimetype="application/json")
    response.set_etag(etag)
    if status == 200 and value.get("nextCursor"):
        response.headers["Link"] = next_link(value["nextCursor"])
    if status == 201:
        response.headers["Location"] = location or f"{request.path}/{value[named_by]}"
    return response


def init_app(app: Flask) -> None:
    """Use orjson wherever Flask reads or writes JSON."""
    app.json = OrjsonProvider(app)
