"""`If-Match`: a change goes through only while the resource is still what the caller has read.

The change runs in one outer transaction. Its action takes the locks it always takes, and then calls `require_match`,
which compares the ETag that a GET of the same address would answer at that moment: with the locks held, nobody else can
change the resource any more.
"""

from collections.abc import Callable
from typing import Any, cast

from flask import Response, current_app, g, has_request_context, request
from flask.globals import request_ctx

from photolens.database import connection
from photolens.problems import PRECONDITION_FAILED


def if_unchanged(produce: Callable[[], Response]) -> Response:
    """The answer of `produce`, whose action compares `If-Match`, where it is sent, with the resource as it is."""
    if "If-Match" not in request.headers:
        return produce()
    with connection().transaction():
        g.must_match = True
        answer = produce()
        assert not g.must_match, "an action that changes a resource calls require_match once it holds its locks"
        return answer


def require_match() -> None:
    """Raise `precondition_failed` unless If-Match, where it is sent, names the present ETag. With the locks held."""
    if has_request_context() and g.get("must_match"):
        g.must_match = False
        if not request.if_match.contains(_present_etag()):
            raise PRECONDITION_FAILED("Read it again, and decide again.")


def _present_etag() -> str:
    """The ETag that a GET of this address would answer now; a missing resource raises its 404."""
    adapter = request_ctx.url_adapter
    assert adapter is not None
    endpoint, arguments = adapter.match(method="GET")
    # Past the view's demand: who may change the resource may ask whether it is the same, even if they may not read it.
    view: Any = current_app.view_functions[endpoint]
    answer = cast(Response, view.__wrapped__(**arguments))
    etag, _is_weak = answer.get_etag()
    assert etag is not None
    return etag
