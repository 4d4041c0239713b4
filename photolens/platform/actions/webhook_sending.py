"""Telling endpoints of what happens: from the audit trail to what each is to be told, and from there to its receiver.

An endpoint's row is its turnstile: whoever notes something for it, takes what is to be sent, or notes what came of that
holds the row's lock, each in a short transaction of its own. No transaction is open while a receiver is asked: what is
being sent is left to whoever took it until a time, and whoever comes later than that notes nothing any more. A worker
that is killed leaves it to be sent again then, under the same id.

Of each object an endpoint is told in order: only the first that waits in its line has a time at which it is sent.
"""

import logging
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from photolens.answers import to_json
from photolens.database import Connection, Row, sql
from photolens.job_queue import WEBHOOKS, queue_job
from photolens.platform import rules
from photolens.sealing import current_seal
from photolens.standard_webhooks import DEADLINE, Reply, post

log = logging.getLogger(__name__)

TELLING, SENDING = "fan_out_webhooks", "send_webhooks"  # the tasks
ENTRIES = 1000  # of the trail that are gone through at a time
AT_ONCE = 8  # that are on their way to one endpoint
ROUNDS = 25  # until others have their turn
FAILURES = 5  # in a row, after which an endpoint is taken to be away, and asked with one at a time
PAUSE = 60.0  # seconds between those
LEASE = 4 * DEADLINE  # seconds that something is left to whoever sends it
SOON = timedelta(minutes=1)  # by when the clock comes round
GIVEN_UP = 10_000  # at a time: a second
KEPT_DAYS, BATCH = 30, 1000
SEALED_OTHERWISE = "Its secret is sealed under another SECRET_KEY: rotate it."


@dataclass(frozen=True)
class Round:
    """What is sent to an endpoint together: where to, signed with what, and which deliveries."""

    url: str
    keys: list[str]
    deliveries: list[Row]


def fan_out_webhooks(conn: Connection) -> None:
    """Note, for each endpoint, what it is to be told of what is new in the trail, and have it sent; a task.

    A piece is a transaction: what is noted, and how far that goes, are there together. What fails is logged, and done
    again when the clock comes round. Locks: the endpoints, one after the other.
    """
    for endpoint in sql.platform.list_active_webhook_endpoints(conn):
        try:
            while _note_piece(conn, endpoint["id"]):
                pass
        except Exception:
            log.exception("Webhook endpoint %s could not be told.", endpoint["id"])


def _note_piece(conn: Connection, endpoint_id: int) -> bool:
    """Whether there may be more."""
    with conn.transaction():
        endpoint = sql.platform.lock_webhook_endpoint(conn, endpoint_id=endpoint_id)
        if endpoint is None or not endpoint["is_active"]:
            return False
        noted: Row = sql.platform.insert_webhook_deliveries(
            conn, endpoint_id=endpoint_id, tables=[*rules.TOLD], objects=[*rules.TOLD.values()], limit=ENTRIES
        )
        if noted["deliveries"]:
            queue_sending(conn, endpoint_id)
        return bool(noted["hasMore"])


def queue_sending(conn: Connection, endpoint_id: int) -> None:
    """Have what is due for an endpoint sent, once the present transaction has committed."""
    key = f"{SENDING} {endpoint_id}"
    sql.platform.insert_webhook_job(conn, task=SENDING, key=key, args={"endpoint_id": endpoint_id})


def send_webhooks(conn: Connection, endpoint_id: int) -> None:
    """Send an endpoint what is due, a few at once, round by round; then let others have their turn. A task.

    Locks, in each transaction: the endpoint, then what is sent.
    """
    try:
        for _ in range(ROUNDS):
            sending = _take(conn, endpoint_id)
            if sending is None:
                return
            with ThreadPoolExecutor(len(sending.deliveries)) as threads:
                replies = [*threads.map(partial(_send, sending), sending.deliveries)]
            _settle(conn, endpoint_id, list(zip(sending.deliveries, replies, strict=True)))
        queue_sending(conn, endpoint_id)
    except Exception:
        # The queue would try it again under its lock, which another one may have by then. The clock comes round.
        log.exception("Webhook endpoint %s could not be sent to.", endpoint_id)


def _take(conn: Connection, endpoint_id: int) -> Round | None:
    """What is to be sent now; of an endpoint that is taken to be away one, and nobody else takes another meanwhile."""
    with conn.transaction():
        endpoint = sql.platform.lock_webhook_endpoint(conn, endpoint_id=endpoint_id)
        if endpoint is None or not endpoint["is_active"] or endpoint["is_paused"]:
            return None
        is_away = endpoint["failures"] >= FAILURES
        deliveries = sql.platform.lock_due_webhook_deliveries(
            conn,
            endpoint_id=endpoint_id,
            limit=1 if is_away else AT_ONCE,
            lease=LEASE,
            longest=rules.LONGEST_RETRIED,
        )
        if not deliveries:
            return None
        sql.platform.mark_webhook_deliveries_taken(conn, delivery_ids=[each["id"] for each in deliveries], lease=LEASE)
        if is_away:
            sql.platform.mark_webhook_endpoint_probed(conn, endpoint_id=endpoint_id, pause=LEASE)
    return Round(endpoint["url"], _keys(endpoint), deliveries)


def _keys(endpoint: Row) -> list[str]:
    """The secrets that sign, the present one first; none where they are sealed under another key."""
    sealed = [endpoint["secret"], *([endpoint["former_secret"]] if endpoint["has_former_secret"] else [])]
    return [key for key in map(current_seal().unseal, sealed) if key is not None]


def _send(sending: Round, delivery: Row) -> Reply:
    delivery["attempted_at"] = datetime.now(UTC)
    if not sending.keys:
        return Reply(None, SEALED_OTHERWISE, None, 0)
    return post(sending.url, str(delivery["id"]), to_json(rules.payload_of(delivery)), sending.keys)


def _settle(conn: Connection, endpoint_id: int, tried: list[tuple[Row, Reply]]) -> None:
    """Note what came of tries: of each, and of the endpoint."""
    with conn.transaction():
        endpoint = sql.platform.lock_webhook_endpoint(conn, endpoint_id=endpoint_id)
        if endpoint is None:
            return
        waits = [_note_try(conn, endpoint_id, delivery, reply) for delivery, reply in tried]
        replies = [reply for _, reply in tried]
        if any(reply.is_gone for reply in replies) and endpoint["is_active"]:
            log.warning("Webhook endpoint %s says that it is gone: it is switched off.", endpoint_id)
            sql.platform.mark_webhook_endpoint_gone(conn, endpoint_id=endpoint_id)
        _note_health(conn, endpoint, replies)
        soon = [wait for wait in waits if 0 < wait < SOON.total_seconds()]
        if soon:
            later = datetime.now(UTC) + timedelta(seconds=max(soon))
            lock = f"{SENDING} {endpoint_id}"
            queue_job(conn, SENDING, queue=WEBHOOKS, lock=lock, not_before=later, endpoint_id=endpoint_id)


def _note_try(conn: Connection, endpoint_id: int, delivery: Row, reply: Reply) -> float:
    """The seconds until it is tried again; none where it is over."""
    status = "DELIVERED" if reply.is_taken else "FAILED" if delivery["is_last_try"] else "PENDING"
    wait = max(rules.retry_delay(delivery["tries"] + 1, random.random()), reply.wait)  # noqa: S311  (a delay)
    sql.platform.insert_webhook_attempt(
        conn,
        delivery_id=delivery["id"],
        attempted_at=delivery["attempted_at"],
        status_code=reply.status_code,
        error=reply.error,
        milliseconds=reply.milliseconds,
        answer=reply.answer,
    )
    noted = sql.platform.update_webhook_delivery_tried(
        conn,
        delivery_id=delivery["id"],
        leased_until=delivery["leased_until"],
        status=status,
        wait=wait,
        status_code=reply.status_code,
        error=reply.error,
    )
    if noted is not None and status != "PENDING" and noted["isInLine"]:
        sql.platform.mark_next_in_line(conn, endpoint_id=endpoint_id, object=noted["object"])
    return wait if status == "PENDING" else 0.0


def _note_health(conn: Connection, endpoint: Row, replies: Sequence[Reply]) -> None:
    """One that answers again after it was taken to be away is sent at once what it has not taken meanwhile."""
    endpoint_id, failed = endpoint["id"], [reply for reply in replies if not reply.is_taken]
    wait = max((reply.wait for reply in failed), default=0.0)
    if len(failed) < len(replies):
        sql.platform.mark_webhook_endpoint_answering(conn, endpoint_id=endpoint_id)
        if endpoint["failures"] >= FAILURES:
            sql.platform.mark_webhook_deliveries_due(conn, endpoint_id=endpoint_id)
    if failed and (wait or len(failed) == len(replies)):
        is_away = endpoint["failures"] + len(failed) >= FAILURES
        pause = max(wait, PAUSE) if is_away else wait or None
        sql.platform.mark_webhook_endpoint_failing(conn, endpoint_id=endpoint_id, failures=len(failed), pause=pause)


def send_due_webhooks(conn: Connection) -> None:
    """Have sent what is due, and told what was not; by the clock."""
    if sql.platform.exists_untold_change(conn):
        sql.platform.insert_webhook_job(conn, task=TELLING, key=TELLING, args={})
    for endpoint in sql.platform.list_due_webhook_endpoints(conn):
        queue_sending(conn, endpoint["id"])


def give_up_webhooks(conn: Connection) -> None:
    """Give up what waits in vain for three days, and forget what is over for 30; by the clock.

    Locks: the endpoints, one after the other, then what waits for each.
    """
    for endpoint in sql.platform.list_hopeless_webhook_endpoints(conn, longest=rules.LONGEST_RETRIED):
        while give_up_some(conn, endpoint["id"]):
            pass
    while sql.platform.delete_old_webhook_deliveries(conn, days=KEPT_DAYS, limit=BATCH) == BATCH:
        pass


def give_up_some(conn: Connection, endpoint_id: int) -> bool:
    """Give up some of what waits for an endpoint for three days, and let what is behind it be sent.

    Gives whether there may be more. Locks: the endpoint.
    """
    with conn.transaction():
        sql.platform.lock_webhook_endpoint(conn, endpoint_id=endpoint_id)
        given_up: int = sql.platform.mark_webhook_deliveries_failed(
            conn, endpoint_id=endpoint_id, longest=rules.LONGEST_RETRIED, limit=GIVEN_UP
        )
        sql.platform.mark_first_of_every_line(conn, endpoint_id=endpoint_id)
    return given_up == GIVEN_UP
