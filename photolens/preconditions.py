"""`If-Match`: a change goes through only while the resource is still what the caller has read.

The comparison and the change share one REPEATABLE READ snapshot. Whoever changes the resource's row in between makes
the change fail to serialize; it is then tried again on a fresh snapshot, whose ETag tells whether anything the caller
saw has changed. (What is only shown with it, such as a client's name, may change in between; nothing is lost by that.)
"""

from collections.abc import Callable
from typing import cast

import psycopg
from flask import Response, current_app, request
from flask.globals import request_ctx

from photolens.database import connection
from photolens.problems import PRECONDITION_FAILED, unavailable

_TRIES = 5


def if_unchanged(produce: Callable[[], Response]) -> Response:
    """The answer of `produce`, once the ETag of the resource's GET has been found among those of `If-Match`."""
    if "If-Match" not in request.headers:
        return produce()
    conn = connection()
    conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        for _ in range(_TRIES):
            try:
                with conn.transaction():
                    if not request.if_match.contains(_present_etag()):
                        raise PRECONDITION_FAILED("Read it again, and decide again.")
                    return produce()
            except psycopg.errors.SerializationFailure:
                continue
        raise unavailable()
    finally:
        if not conn.closed:
            conn.isolation_level = None


def _present_etag() -> str:
    """The ETag that a GET of this address would answer now; a missing resource raises its 404."""
    adapter = request_ctx.url_adapter
    assert adapter is not None
    endpoint, arguments = adapter.match(method="GET")
    answer = cast(Response, current_app.view_functions[endpoint](**arguments))
    etag, _is_weak = answer.get_etag()
    assert etag is not None
    return etag
