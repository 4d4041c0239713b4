"""Problem answers (RFC 9457): their kinds, their one way out, and what a failing statement means to a caller.

A domain names its own in `<domain>/problems.py` and maps the constraints of its tables there; `CONSTRAINTS` collects
the maps, so that a violation of the database's rules ends in one clear answer, by the constraint's name.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

import psycopg
from flask import Flask, Response, g, request
from psycopg_pool import PoolClosed, PoolTimeout, TooManyRequests
from werkzeug.exceptions import HTTPException

from photolens.answers import to_json

log = logging.getLogger(__name__)

Found = TypeVar("Found")


class Problem(Exception):  # noqa: N818  (RFC 9457 calls it so)
    """A refusal: raised anywhere below a route, answered as `application/problem+json`."""

    def __init__(
        self, kind: "ProblemKind", detail: str, headers: Mapping[str, str], members: Mapping[str, Any]
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.headers = headers
        self.members = members

    def answer(self) -> Response:
        """The response: the standard members, the code, and whatever members of its own it carries."""
        body = {
            "type": f"urn:photolens:problem:{self.kind.code}",
            "title": self.kind.title,
            "status": self.kind.status,
            "code": self.kind.code,
            "detail": self.detail,
            "instance": request.path,
            **self.members,
        }
        response = Response(to_json(body), self.kind.status, mimetype="application/problem+json")
        if self.kind.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        response.headers.update(self.headers)
        return response


@dataclass(frozen=True)
class ProblemKind:
    """A kind of refusal: its status, its stable code for machines, and its title for people."""

    status: int
    code: str
    title: str

    def __call__(self, detail: str, *, headers: Mapping[str, str] | None = None, **members: Any) -> Problem:
        return Problem(self, detail, headers or {}, members)


MALFORMED_JSON = ProblemKind(400, "malformed_json", "The body is not JSON")
BAD_REQUEST = ProblemKind(400, "bad_request", "The request cannot be read")
UNAUTHENTICATED = ProblemKind(401, "unauthenticated", "You are not signed in")
FORBIDDEN = ProblemKind(403, "forbidden", "You are not permitted to do this")
SESSION_REQUIRED = ProblemKind(403, "session_required", "This is done in person, not by a program")
NOT_A_CONTACT = ProblemKind(403, "not_a_contact", "You are no contact of a client")
NOT_A_VENDOR = ProblemKind(403, "not_a_vendor", "You are no vendor, or not yet")
NOT_FOUND = ProblemKind(404, "not_found", "There is no such thing")
UNKNOWN_STUDIO = ProblemKind(404, "unknown_studio", "There is no such studio here")
METHOD_NOT_ALLOWED = ProblemKind(405, "method_not_allowed", "This address does not take that method")
EMAIL_TAKEN = ProblemKind(409, "email_taken", "Somebody else has this e-mail address")
NAME_TAKEN = ProblemKind(409, "name_taken", "Another one has this name")
ILLEGAL_TRANSITION = ProblemKind(409, "illegal_transition", "It cannot go from that status to this one")
PRECONDITION_FAILED = ProblemKind(412, "precondition_failed", "It has changed since you read it")
BODY_TOO_LARGE = ProblemKind(413, "body_too_large", "The body is too large")
UNSUPPORTED_MEDIA_TYPE = ProblemKind(415, "unsupported_media_type", "The body is not of a media type taken here")
INVALID = ProblemKind(422, "invalid", "The request is not valid")
RATE_LIMITED = ProblemKind(429, "rate_limited", "Too often, too quickly")
INTERNAL_ERROR = ProblemKind(500, "internal_error", "Something went wrong on our side")
UNAVAILABLE = ProblemKind(503, "database_unavailable", "The database cannot be used just now")


def invalid(pointer: str, detail: str, location: str = "body", **members: Any) -> Problem:
    """A 422 for one field that schemas alone cannot judge: `invalid("/endsAt", "is before the start")`."""
    fault = {"in": location, "pointer": pointer, "detail": detail, **members}
    return INVALID(f"{pointer or location} {detail}", errors=[fault])


def found(row: Found | None, noun: str, row_id: int | str | UUID) -> Found:
    """The row, or the 404 that says what there is not."""
    if row is None:
        raise NOT_FOUND(f"There is no {noun} {row_id}.")
    return row


@dataclass(frozen=True)
class Reference:
    """A foreign key, which two deeds can break: naming a row that is not there, and deleting one that is in use."""

    pointer: str
    in_use: ProblemKind | None = None
    in_use_detail: str = ""
    absent_detail: str = "names nothing that is there"

    def broken_by(self, query_name: str) -> Problem:
        """The problem for the statement that broke it; its verb tells which of the two deeds it was."""
        if query_name.rpartition(".")[2].startswith("delete_") and self.in_use is not None:
            return self.in_use(self.in_use_detail)
        return invalid(self.pointer, self.absent_detail)


@dataclass(frozen=True)
class Refusal:
    """What a violated constraint means: a kind, and its sentence."""

    kind: ProblemKind
    detail: str


@dataclass(frozen=True)
class InvalidField:
    """A constraint that one field of the request has broken."""

    pointer: str
    detail: str


CONSTRAINTS: dict[str, Refusal | Reference | InvalidField] = {}

# The server has refused, and has rolled back.
_REFUSED_STATES = {
    "40001",  # serialization_failure
    "40P01",  # deadlock_detected
    "55P03",  # lock_not_available
    "57014",  # query_canceled, by the statement timeout
    "57P03",  # cannot_connect_now
    "53300",  # too_many_connections
}
_UNDEFINED_TABLE = "42P01"
# The connection was lost, perhaps after the commit and before its answer.
_LOST_STATES = {
    "25P03",  # idle_in_transaction_session_timeout
    "57P01",  # admin_shutdown
    "57P02",  # crash_shutdown
}


def unavailable() -> Problem:
    """503 for a request that changed nothing and may simply be sent again."""
    return UNAVAILABLE("Nothing was changed. Send the request again in a moment.", headers={"Retry-After": "1"})


def connection_lost() -> Problem:
    """503 for a request of which nobody knows whether it was done."""
    detail = "The database was lost meanwhile, perhaps after the change. Look, or repeat it under its Idempotency-Key."
    return UNAVAILABLE(detail, headers={"Retry-After": "1"})


def from_database(error: psycopg.Error) -> Problem | None:
    """What a database error means to a caller, or None where it can only be a fault of ours.

    The database's own words never leave the process.
    """
    query_name = getattr(error, "__notes__", [""])[0]
    constraint = CONSTRAINTS.get(error.diag.constraint_name or "")
    if isinstance(constraint, Refusal):
        return constraint.kind(constraint.detail)
    if isinstance(constraint, Reference):
        return constraint.broken_by(query_name)
    if isinstance(constraint, InvalidField):
        return invalid(constraint.pointer, constraint.detail)
    state = error.sqlstate or ""
    if state in _REFUSED_STATES:
        log.warning("Request %s: %s %s", g.get("request_id"), state, query_name)
        return unavailable()
    if state in _LOST_STATES or state.startswith("08") or (isinstance(error, psycopg.OperationalError) and not state):
        log.warning("Request %s: connection lost %s %s", g.get("request_id"), state, query_name)
        return connection_lost()
    if state == _UNDEFINED_TABLE and "studio" in g:
        return UNKNOWN_STUDIO("It has just been closed.")
    if state.startswith("22"):
        return invalid("", "holds or comes to a value out of the range that can be kept")
    return None


def init_app(app: Flask) -> None:
    """Register the one way out for every kind of failure."""

    @app.errorhandler(Problem)
    def answer_problem(problem: Problem) -> Response:
        return problem.answer()

    @app.errorhandler(psycopg.Error)
    def answer_database_error(error: psycopg.Error) -> Response:
        problem = from_database(error)
        if problem is None:
            log.error("Request %s failed: %s %s", g.get("request_id"), request.method, request.path, exc_info=error)
            problem = INTERNAL_ERROR("Nothing was changed. The fault has been logged under this request's id.")
        return problem.answer()

    @app.errorhandler(PoolTimeout)
    @app.errorhandler(PoolClosed)
    @app.errorhandler(TooManyRequests)
    def answer_no_connection(error: Exception) -> Response:
        log.warning("Request %s: %s", g.get("request_id"), error)
        return unavailable().answer()

    @app.errorhandler(HTTPException)
    def answer_http_exception(error: HTTPException) -> Response:
        status = error.code or 500
        kinds = {
            kind.status: kind
            for kind in (BAD_REQUEST, NOT_FOUND, METHOD_NOT_ALLOWED, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE)
        }
        kind = kinds.get(status) or ProblemKind(status, f"http_{status}", HTTPStatus(status).phrase)
        problem = kind(error.description or kind.title).answer()
        for name, value in error.get_headers():
            if name.lower() not in ("content-type", "content-length"):
                problem.headers[name] = value
        return problem

    @app.errorhandler(Exception)
    def answer_fault(error: Exception) -> Response:
        log.error("Request %s failed: %s %s", g.get("request_id"), request.method, request.path, exc_info=error)
        return INTERNAL_ERROR("The fault has been logged under this request's id.").answer()
