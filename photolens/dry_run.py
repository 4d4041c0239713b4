"""`Prefer: dry-run`: a write is done for real, undone, and answered with what it would have answered and caused.

The whole route runs in one outer transaction that is never kept, past its Idempotency-Key: a dry run neither finds an
answer kept nor keeps one. What is checked only at a commit is checked before the answer is taken, so that a dry run
refuses what the write would have refused, by the same problem. What followed is read from the rows that the transaction
has written itself.

What cannot be undone is no dry run: a route that commits before it calls out, one that counts tries at a secret, and
one that anybody may call (those sign in, or hear what other servers tell).

Source: RFC 7240 (Prefer).
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast
from urllib.request import parse_http_list

import orjson
from flask import Response, current_app, g, has_request_context, request
from flask.globals import request_ctx
from marshmallow import fields as ma_fields
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect, Rule

from photolens import access, visibility
from photolens.access import Permission
from photolens.answers import to_json
from photolens.database import Connection, Row, connection, sql
from photolens.fields import Choice, Output, Text, Uuid, WholeNumber
from photolens.problems import Problem, ProblemKind, invalid

MIMETYPE = "application/vnd.photolens.dry-run+json"
PREFERENCE = "dry-run"
MOST = 200  # of each kind of what follows

UNSUPPORTED = ProblemKind(422, "dry_run_unsupported", "This cannot be undone, so there is no dry run of it")

Produce = Callable[[], Response]
Wrap = Callable[[Produce], Response]


class FollowingActivity(Output):
    """A deed that would be in the feed, as the caller would see it."""

    kind = Text(60, example="PAYMENT_RECORDED")
    subject_type = Text(40, example="INVOICE")
    subject_id = WholeNumber(0, 2**63 - 1, example=44)
    details = ma_fields.Dict(metadata={"example": {"amount": "250.00"}})


class FollowingMessage(Output):
    """A message that would be sent."""

    channel = Choice("EMAIL", "SMS")
    recipient = Text(254, example="emma.chen@example.com")
    template = Text(60, example="invite_contact")


class FollowingNotification(Output):
    """What a user would be told in the application."""

    user_id = Uuid()
    type = Text(60, example="INDUCTION_CHANGED")
    title = Text(200, example="Your induction is confirmed")


class FollowingJob(Output):
    """What the worker would have to do."""

    task = Text(100, example="send_message")
    count = WholeNumber(1, 2**31 - 1, example=1)


class FollowingStatus(Output):
    """How the status of what the address names would change; to null where it would be no more."""

    resource = Text(2000, example="/api/v1/invoices/44")
    before = Text(60, data_key="from", example="SENT")
    after = Text(60, data_key="to", nullable=True, example="PAID")


def _list_of(schema: type[Output]) -> Any:
    return ma_fields.List(ma_fields.Nested(schema))


class FollowedBy(Output):
    """What would have followed, as far as the caller may see it: of each kind the first 200.

    Activities are those of the caller's feed. Who may see the messages that are sent is told of all messages,
    notifications and jobs; others of the notifications to themselves.
    """

    activities = _list_of(FollowingActivity)
    messages = _list_of(FollowingMessage)
    notifications = _list_of(FollowingNotification)
    jobs = _list_of(FollowingJob)
    status_changes = _list_of(FollowingStatus)


class DryRun(Output):
    """What a write would have answered, and what would have followed. Nothing of it has happened.

    Ids are those that were given meanwhile, and will not come again.
    """

    status = WholeNumber(200, 299, example=201)
    body = ma_fields.Raw(allow_none=True, metadata={"example": {"id": 7}, "description": "Null for a 204."})
    followed_by = ma_fields.Nested(FollowedBy)


def is_under_way() -> bool:
    """Whether the present request is a dry run, of which nothing may remain."""
    return has_request_context() and g.get("is_dry_run", False)


def or_real(wrap: Wrap, trial: Wrap | None) -> Wrap:
    """What wraps a write: `wrap`, or for a dry run `trial` in a transaction that is never kept; without one, a refusal.

    Problems: `dry_run_unsupported`, `invalid`.
    """

    def either(produce: Produce) -> Response:
        if not _is_asked_for():
            return wrap(produce)
        if trial is None:
            raise UNSUPPORTED("Nothing was done. Send it without Prefer: dry-run to have it done.")
        return _tried(lambda: trial(produce))

    return either


def _is_asked_for() -> bool:
    for preference in parse_http_list(request.headers.get("Prefer", "")):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip().lower() == PREFERENCE:
            # Nobody knows what a value is to mean: it may be yes, and it may be no.
            if value.strip().strip('"'):
                raise invalid("/Prefer", "takes dry-run without a value", "header")
            return True
    return False


def _tried(produce: Produce) -> Response:
    """The answer of a dry run. Locks what the write locks, until it has been undone."""
    g.is_dry_run = True
    conn = connection()
    with conn.transaction(force_rollback=True):
        marks = sql.platform.get_marks(conn)
        before = _statuses()
        answer = produce()
        sql.platform.check_deferred_constraints(conn)
        followed = _followed(conn, marks) | {"statusChanges": _changes(before, _statuses())}
    content = answer.get_data()
    tried = {
        "status": answer.status_code,
        "body": orjson.Fragment(content) if content else None,
        "followedBy": followed,
    }
    return Response(to_json(tried), 200, {"Preference-Applied": PREFERENCE}, mimetype=MIMETYPE)


def _followed(conn: Connection, marks: Row) -> Row:
    """What the present transaction has left behind itself since the marks were taken, as the caller may see it."""
    caller = access.current_caller()
    _, viewing_editor_id = visibility.editing_viewers(caller)
    followed: Row = sql.platform.get_what_followed(
        conn,
        after_activity_id=marks["activityId"],
        after_message_id=marks["messageId"],
        after_notification_id=marks["notificationId"],
        after_job_id=marks["jobId"],
        subject_types=visibility.subjects_shown(caller),
        viewer_id=visibility.client_viewer(caller),
        viewing_editor_id=viewing_editor_id,
        user_id=None if caller.may(Permission.VIEW_SETTINGS) else caller.user_id,
        limit=MOST,
    )
    return followed


def _statuses() -> dict[str, str]:
    """The status of each resource that the address of the request names, as the caller may read it there now."""
    statuses = {}
    parts = request.path.split("/")
    for address in ("/".join(parts[:length]) for length in range(1, len(parts) + 1)):
        with suppress(Problem, HTTPException, RequestRedirect):
            status = _status_of(address)
            if isinstance(status, str):
                statuses[address] = status
    return statuses


def _status_of(address: str) -> Any:
    adapter = request_ctx.url_adapter
    assert adapter is not None
    rule, arguments = cast(tuple[Rule, Any], adapter.match(address, method="GET", return_rule=True))
    view: Any = current_app.view_functions[rule.endpoint]
    # The portal's role reads on a connection of its own, which does not see what is under way here.
    if not rule.rule.endswith(">") or "demand" not in getattr(view, "_apidoc", {}) or view._apidoc["demand"].contact:
        return None
    access.admit(view._apidoc["demand"])
    shown: Response = view.__wrapped__(**arguments)
    return orjson.loads(shown.get_data()).get("status") if shown.is_json else None


def _changes(before: dict[str, str], after: dict[str, str]) -> list[Row]:
    return [
        {"resource": address, "from": status, "to": after.get(address)}
        for address, status in before.items()
        if after.get(address) != status
    ]
