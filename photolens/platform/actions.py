"""The platform's writes."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from photolens import mail
from photolens.access import current_actor
from photolens.answers import to_json
from photolens.clock import find_zone
from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.job_queue import queue_job
from photolens.messages import Undelivered, render
from photolens.preconditions import require_match
from photolens.problems import ILLEGAL_TRANSITION, found, invalid
from photolens.sealing import current_seal
from photolens.text_messages import send_text

log = logging.getLogger(__name__)

SENDING = "send_message"  # the task
BATCH = 500

# Until a message is tried again, after each fault that may pass: about a day altogether.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 15 * 60))
EXPIRED = "expired"
SEALED_OTHERWISE = "sealed under another SECRET_KEY"

# What details of a deed stay when its client is erased. One that is not here may name them, and goes.
NAMELESS_DETAILS = [
    "amount",
    "amountMinor",
    "balanceDue",
    "bookingNumber",
    "bookings",
    "category",
    "created",
    "currency",
    "invoiceNumber",
    "price",
    "reasons",
    "sessionTypeName",
    "staffId",
    "stageName",
    "status",
    "totalAmount",
    "updated",
]


def replace_settings(conn: Connection, settings: dict[str, Any]) -> Row:
    """Replace the studio's settings and working hours. Invoices keep the currency and number they have.

    Locks: the settings' one row. Problems: `invalid`.
    """
    hours = settings.pop("working_hours")
    week = {
        "weekdays": [day["weekday"] for day in hours],
        "opening": [day["opens_at"] for day in hours],
        "closing": [day["closes_at"] for day in hours],
    }
    with conn.transaction():
        require_time_zone(conn, settings["time_zone"])
        present = sql.platform.lock_settings(conn)
        require_match()
        if {**present, **settings} != present or not sql.platform.exists_working_hours(conn, **week):
            sql.platform.update_settings(conn, **settings)
            sql.platform.delete_working_hours(conn)
            sql.platform.insert_working_hours(conn, **week)
            record_activity(conn, "SETTINGS_CHANGED", "SETTINGS", 1)
        row: Row = sql.platform.get_settings(conn)
        return row


def require_time_zone(conn: Connection, name: str) -> None:
    """Refuse a time zone that PostgreSQL or Python does not know: both reckon in it. Problems: `invalid`."""
    if find_zone(name) is None or not sql.platform.exists_time_zone(conn, time_zone=name):
        raise invalid("/timeZone", "is not an IANA time zone such as Europe/Amsterdam")


def record_activity(
    conn: Connection,
    kind: str,
    subject_type: str,
    subject_id: int,
    *,
    client_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add a deed of the present caller, or of a task, to the feed, in the transaction of the deed."""
    actor_id, actor = current_actor()
    sql.platform.insert_activity(
        conn,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        client_id=client_id,
        actor_id=actor_id,
        actor=actor,
        details=details or {},
    )


def record_activities(
    conn: Connection, kind: str, subject_type: str, deeds: Iterable[tuple[int, int | None, dict[str, Any]]]
) -> None:
    """Add one deed to many subjects, each with its id, its client's and its details, to the feed at once."""
    actor_id, actor = current_actor()
    told = [
        {"subject_id": subject_id, "client_id": client_id, "details": details}
        for subject_id, client_id, details in deeds
    ]
    sql.platform.insert_activities(
        conn, kind=kind, subject_type=subject_type, actor_id=actor_id, actor=actor, deeds=Jsonb(told)
    )


@dataclass(frozen=True)
class Traces:
    """By what somebody is found in what the platform keeps.

    `recipients` are e-mails and phone numbers; `actor_ids` the accounts by which they did something for the client;
    stored answers about them hold one of these `members` of JSON, or made something at or below one of `addresses`.
    """

    recipients: list[str]
    actor_ids: list[UUID]
    members: list[tuple[str, Any]]
    addresses: list[str]


def erase_traces(conn: Connection, client_id: int, traces: Traces, name: str) -> None:
    """Remove what the platform keeps of a client: names in the feed, messages to them, stored answers about them.

    What they did themselves was done by somebody of the name that is given.
    """
    sql.platform.mark_activities_nameless(
        conn, client_id=client_id, kept=NAMELESS_DETAILS, actor_ids=traces.actor_ids, name=name
    )
    sql.platform.delete_messages_to(conn, client_id=client_id, recipients=traces.recipients)
    sql.platform.delete_idempotency_keys_about(
        conn,
        words=[to_json({key: value})[1:-1] + end for key, value in traces.members for end in (b",", b"}")],
        locations=[address + below for address in traces.addresses for below in ("", "/%")],
    )


def queue_message(
    conn: Connection,
    channel: str,
    recipient: str,
    template: str,
    *,
    client_id: int | None = None,
    expires_at: datetime | None = None,
    **values: str,
) -> None:
    """Put a message into the outbox, in the transaction that causes it, and queue the job that sends it once that has
    committed. Sealed: its words may hold a secret.

    What is for a client of the studio, as a client, names them: it is found again when they have another address. A
    one-time link or code says when it is of no use any more, and is not sent after that.
    """
    subject, body = render(template, **values)
    sealed = current_seal().seal(body)
    with conn.transaction():
        message_id = sql.platform.insert_message(
            conn,
            channel=channel,
            recipient=recipient,
            template=template,
            subject=subject,
            body=sealed,
            client_id=client_id,
            expires_at=expires_at,
        )
        _queue_sending(conn, message_id)


def send_message(conn: Connection, message_id: int) -> None:
    """Send a message that waits, and note what came of it; a task, of which one is done at a time for each message.

    Nothing is locked while a server is asked. A worker that is killed between its answer and the note leaves the
    message to be sent again, under the same reference. After a fault that may pass, the job of the next try is queued
    in the transaction of the note. Without a server for its channel, a message goes on waiting.
    """
    message = sql.platform.get_message_to_send(conn, message_id=message_id)
    url = None if message is None else _server_of(message["channel"])
    if message is None or url is None:
        return
    body = current_seal().unseal(message["body"])
    if message["isExpired"] or body is None:
        reason = EXPIRED if message["isExpired"] else SEALED_OTHERWISE
        sql.platform.update_message(conn, message_id=message_id, status="FAILED", error=reason, tries=0)
        return
    try:
        _hand_over(message, body, url)
    except Undelivered as fault:
        log.warning("Message %s was not taken: %s", message_id, fault)
        _note_fault(conn, message, fault)
    else:
        sql.platform.update_message(conn, message_id=message_id, status="SENT", error=None, tries=1)


def send_waiting_messages(conn: Connection) -> int:
    """Queue whatever waits in the outbox to be sent now, also what was to be tried later; gives how many it was."""
    last_id = 0
    with conn.transaction():
        queued: int = sql.platform.update_delayed_jobs(conn, task=SENDING)
        while messages := sql.platform.list_messages_without_job(conn, after_id=last_id, limit=BATCH):
            for message in messages:
                _queue_sending(conn, message["id"])
            queued, last_id = queued + len(messages), messages[-1]["id"]
    return queued


def retry_message(conn: Connection, message_id: int) -> Row:
    """Let a FAILED message wait again, and be sent. Locks: the message. Problems: `not_found`, `illegal_transition`."""
    with conn.transaction():
        message = found(sql.platform.lock_message(conn, message_id=message_id), "message", message_id)
        if message["status"] != "FAILED":
            raise ILLEGAL_TRANSITION(f"It is {message['status']}; only what has FAILED is tried again.")
        if message["body"] is None:
            raise ILLEGAL_TRANSITION("Its one-time link or code has been erased: have another one sent.")
        sql.platform.mark_message_pending(conn, message_id=message_id)
        _queue_sending(conn, message_id)
        row: Row = sql.platform.get_message(conn, message_id=message_id)
        return row


def _queue_sending(conn: Connection, message_id: int, not_before: datetime | None = None) -> None:
    queue_job(conn, SENDING, lock=f"message {message_id}", not_before=not_before, message_id=message_id)


def _server_of(channel: str) -> str | None:
    settings = current_settings()
    return settings.smtp_url if channel == "EMAIL" else settings.sms_url


def _hand_over(message: Row, body: str, url: str) -> None:
    settings = current_settings()
    recipient, reference = message["recipient"], message["reference"]
    if message["channel"] == "SMS":
        send_text(recipient=recipient, text=body, reference=reference, url=url)
        return
    letter = mail.compose(
        sender=settings.mail_from or "",
        recipient=recipient,
        subject=message["subject"],
        text=body,
        reference=reference,
        written_at=message["createdAt"],
    )
    mail.send_mail(letter, url, is_password_sealed=settings.is_production)


def _note_fault(conn: Connection, message: Row, fault: Undelivered) -> None:
    is_last = fault.is_final or message["attempts"] >= len(DELAYS)
    status = "FAILED" if is_last else "PENDING"
    with conn.transaction():
        is_there = sql.platform.update_message(conn, message_id=message["id"], status=status, error=str(fault), tries=1)
        if is_there and not is_last:
            later = datetime.now(UTC) + DELAYS[message["attempts"]]
            _queue_sending(conn, message["id"], not_before=later)
