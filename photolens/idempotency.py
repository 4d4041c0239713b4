"""`Idempotency-Key`: a POST that is sent again is answered again, and done once.

The key's answer is stored in the transaction of its effect, so that both are there or neither is. Only answers that
had an effect are stored: a refused request changed nothing and may be sent again, mended, under the same key.

A route that commits before it calls out is not wrapped: its action keeps the key, on the row that it commits.
"""

import hashlib
import re
from collections.abc import Callable

from flask import Response, request

from photolens import access
from photolens.database import connection, sql
from photolens.problems import ProblemKind, invalid

KEY_REUSED = ProblemKind(422, "idempotency_key_reused", "This Idempotency-Key belongs to another request")
IN_PROGRESS = ProblemKind(
    409, "idempotency_in_progress", "The first request with this Idempotency-Key is still running"
)

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")


def sent_key() -> str | None:
    """The key of the present request, if it has one. Problems: `invalid` for what cannot be one."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise invalid("/Idempotency-Key", "takes 1 to 255 printable ASCII characters without spaces", "header")
    return key


def left_to_the_route(produce: Callable[[], Response], *, takes_form: Callable[[], bool]) -> Response:
    """The answer of `produce`, which keeps the key itself: what is no key, or a body beyond all limits, is refused.

    A form that the route takes is for it to read, and never in memory as a whole.
    """
    if sent_key() is not None and not takes_form():
        request.get_data(cache=True)
    return produce()


def once(produce: Callable[[], Response]) -> Response:
    """The answer of `produce`, or the stored one of the first request that carried the same key.

    Locks: the key's advisory lock first, never waited for; then whatever the route takes.
    """
    key = sent_key()
    if key is None:
        return produce()
    caller = str(access.current_caller().user_id)
    digest = hashlib.sha256(b"\x00".join((request.full_path.encode(), request.get_data(cache=True)))).digest()
    conn = connection()
    with conn.transaction():
        if not sql.platform.lock_idempotency_key(conn, caller=caller, key=key)["is_locked"]:
            detail = "Wait for its answer, or send this again in a moment."
            raise IN_PROGRESS(detail, headers={"Retry-After": "1"})
        first = sql.platform.get_idempotency_key(conn, caller=caller, key=key)
        if first is not None:
            if first["requestDigest"] != digest:
                raise KEY_REUSED("Send every new request under a key of its own.")
            replay = Response(first["body"], first["status"], first["headers"])
            replay.headers["Idempotent-Replayed"] = "true"
            return replay
        answer = produce()
        headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
        sql.platform.upsert_idempotency_key(
            conn,
            caller=caller,
            key=key,
            request_digest=digest,
            status=answer.status_code,
            headers=headers,
            body=answer.get_data(),
        )
        return answer
