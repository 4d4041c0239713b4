"""What the process logs, to standard error: in production a line of JSON each, elsewhere one to read.

A request and a job are a line each when they are over. No line has an address as it was sent, a query, a body, a header
or a parameter of a statement in it.
"""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import g, has_request_context

from photolens import named_queries
from photolens.answers import to_json
from photolens.config import Settings
from photolens.named_queries import tally
from photolens.observation import Answered

requests = logging.getLogger("photolens.access")
jobs = logging.getLogger("photolens.jobs")
statements = logging.getLogger(named_queries.__name__)

_READABLE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_IN_THE_MESSAGE = {"method", "route", "status", "task", "outcome"}


class JsonLines(logging.Formatter):
    """A record as a line of JSON: when, how bad, of whom, what, and the facts that come with it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; whatever is in the message, it is one."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context() and "request_id" in g:
            line["requestId"] = g.request_id
        line |= _facts_of(record)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        try:
            return to_json(line).decode()
        except orjson.JSONEncodeError:  # half a character, in what somebody has sent
            return json.dumps(line, default=str)


class ReadableLines(logging.Formatter):
    """A record for people: the message, and the facts that it does not name already."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's)
        """The line, before what an exception adds."""
        facts = (f" {name}={value}" for name, value in _facts_of(record).items() if name not in _IN_THE_MESSAGE)
        return super().formatMessage(record) + "".join(facts)


def _facts_of(record: logging.LogRecord) -> dict[str, Any]:
    facts: dict[str, Any] = getattr(record, "facts", {})
    return facts


def configure(settings: Settings) -> None:
    """Log to standard error, unless whoever runs this process has told logging where to already."""
    if not logging.getLogger().handlers:
        _log_to_standard_error(JsonLines() if settings.is_production else ReadableLines(_READABLE))
    requests.setLevel(logging.INFO)
    jobs.setLevel(logging.INFO)
    if settings.database_logging:
        statements.setLevel(logging.DEBUG)


def _log_to_standard_error(formatter: logging.Formatter) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    # To find these out for each record costs as much as to write it, and no line of ours has them.
    # Source: https://docs.python.org/3/howto/logging.html#optimization
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def log_request(answered: Answered) -> None:
    """A line for a request."""
    if requests.isEnabledFor(logging.INFO):
        facts = {
            "requestId": answered.request_id,
            "userId": answered.user_id,
            "method": answered.method,
            "route": answered.route,
            "status": answered.status,
            "durationMs": round(answered.seconds * 1000, 1),
            "queries": answered.queries,
        }
        if answered.studio is not None:
            facts["studio"] = answered.studio
        requests.info("%s %s %d", answered.method, answered.route, answered.status, extra={"facts": facts})


@contextmanager
def logged_job(job_id: int | None, task: str, attempt: int) -> Iterator[None]:
    """A line for the job that the block does: done, or failed by whatever the block raises."""
    began, queries_before = time.perf_counter(), tally.statements
    outcome = "failed"
    try:
        yield
        outcome = "done"
    finally:
        facts = {
            "jobId": job_id,
            "task": task,
            "attempt": attempt,
            "outcome": outcome,
            "durationMs": round((time.perf_counter() - began) * 1000, 1),
            "queries": tally.statements - queries_before,
        }
        jobs.info("%s %s", task, outcome, extra={"facts": facts})
