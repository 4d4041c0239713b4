"""What those who watch a server ask of it, outside the API: whether it lives, whether it is ready, how it does.

They are no callers: they need no token, and nobody counts how often they ask.
"""

import hmac

import psycopg
from flask import Blueprint, Flask, Response, current_app
from werkzeug.exceptions import NotFound

from photolens.access import bearer_token
from photolens.config import current_settings
from photolens.database import Pools, probing_connection
from photolens.metrics import CONTENT_TYPE, Metrics
from photolens.problems import UNAVAILABLE, Problem, ProblemKind
from photolens.proxies import is_from_this_machine
from photolens.rate_limits import leave_uncounted
from photolens.schema_versions import SchemaState, schema_state

SCHEMA_OUTDATED = ProblemKind(503, "schema_outdated", "The database has not the schema of this version")

PATIENCE = 2.0  # seconds that the database has to answer in
_AGAIN = {"Retry-After": "5"}

blp = Blueprint("health", __name__)


@blp.get("/healthz")
def tell_that_it_lives() -> Response:
    """The process answers; whatever the database does, which a new process would not mend."""
    return Response('{"status": "ok"}', mimetype="application/json")


@blp.get("/readyz")
def tell_whether_it_is_ready() -> Response:
    """The database answers, and has the schema of this version. Problems: `database_unavailable`, `schema_outdated`."""
    problem = _what_is_missing(current_app.extensions["pools"])
    if problem is not None:
        raise problem
    return Response('{"status": "ready"}', mimetype="application/json")


def _what_is_missing(pools: Pools) -> Problem | None:
    try:
        with probing_connection(pools.app, PATIENCE) as conn:
            state = schema_state(conn)
    except psycopg.Error:
        return UNAVAILABLE("The database does not answer.", headers=_AGAIN)
    if state is not SchemaState.CURRENT:
        return SCHEMA_OUTDATED("The database has no schema, or that of an earlier version.", headers=_AGAIN)
    return None


@blp.get("/metrics")
def tell_metrics() -> Response:
    """The metrics, to whoever may read them; to anybody else there is nothing here."""
    if not _is_watcher():
        raise NotFound
    metrics: Metrics = current_app.extensions["metrics"]
    return Response(metrics.text(), content_type=CONTENT_TYPE)


def _is_watcher() -> bool:
    """Whether the present request brings METRICS_TOKEN, or where there is none, comes from this machine."""
    settings = current_settings()
    if settings.metrics_token is None:
        return is_from_this_machine(settings)
    return hmac.compare_digest((bearer_token() or "").encode(), settings.metrics_token.encode())


@blp.after_request
def keep_nothing(response: Response) -> Response:
    """An answer is of the moment."""
    response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask, metrics: Metrics) -> None:
    """Answer those who watch, as often as they ask."""
    app.extensions["metrics"] = metrics
    app.register_blueprint(blp)
    leave_uncounted(app, blp)
