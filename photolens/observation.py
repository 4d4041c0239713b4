"""Each request as it was answered, told to those who keep a record of them: the log, and the metrics."""

import time
from collections.abc import Callable
from functools import cache
from typing import NamedTuple
from uuid import UUID

from flask import Flask, Response, g, request

from photolens.named_queries import tally
from photolens.openapi import CamelCasePaths

NO_ROUTE = "unmatched"
OTHER_METHOD = "OTHER"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Answered(NamedTuple):
    """A request that was answered: as what operation, to whom, how, and what it took.

    `route` is the address as the API document writes it, with names in place of ids, and `method` one that there is:
    there are as many of either as the application has, whatever is sent. `queries` are named ones.
    """

    request_id: str
    user_id: UUID | None
    studio: str | None
    method: str
    route: str
    status: int
    seconds: float
    queries: int


Observer = Callable[[Answered], None]


@cache
def _template(rule: str) -> str:
    """`/clients/<id:client_id>` → `/clients/{clientId}`."""
    return CamelCasePaths.flaskpath2openapi(rule)


def init_app(app: Flask, *observers: Observer) -> None:
    """Tell observers of each request, once its answer has been handed over, a stream to its end.

    What else is done before and after requests counts as theirs: this comes first.
    """

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter(), tally.statements

    @app.after_request
    def await_the_end(response: Response) -> Response:
        (began, queries_before), caller, request_id = g.began, g.get("caller"), g.request_id
        studio = g.get("studio")
        rule, method = request.url_rule, request.method

        @response.call_on_close
        def tell() -> None:
            answered = Answered(
                request_id=request_id,
                user_id=None if caller is None else caller.user_id,
                studio=studio,
                method=method if method in _METHODS else OTHER_METHOD,
                route=NO_ROUTE if rule is None else _template(rule.rule),
                status=response.status_code,
                seconds=time.perf_counter() - began,
                queries=tally.statements - queries_before,
            )
            for observe in observers:
                observe(answered)

        return response
