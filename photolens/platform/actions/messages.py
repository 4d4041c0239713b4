"""The outbox: what is to be sent, and what becomes of it."""

import logging
from datetime import UTC, datetime, timedelta

from photolens import mail
from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.job_queue import queue_job
from photolens.messages import Undelivered, render
from photolens.problems import ILLEGAL_TRANSITION, found
from photolens.sealing import current_seal
from photolens.text_messages import send_text

log = logging.getLogger(__name__)

SENDING = "send_message"  # the task
BATCH = 500

# Until a message is tried again, after each fault that may pass: about a day altogether.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 15 * 60))
EXPIRED = "expired"
SEALED_OTHERWISE = "sealed under another SECRET_KEY"


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
        message = sql.platform.lock_message(conn, message_id=message_id)
        if message is None:
            found(sql.platform.get_message(conn, message_id=message_id), "message", message_id)
            raise ILLEGAL_TRANSITION("It has been archived: what is that old is not sent any more.")
        if message["status"] != "FAILED":
            raise ILLEGAL_TRANSITION(f"It is {message['status']}; only what has FAILED is tried again.")
        if message["body"] is None:
            raise ILLEGAL_TRANSITION("Its one-time link or code has been erased: have another one sent.")
        sql.platform.mark_message_pending(conn, message_id=message_id)
        _queue_sending(conn, message_id)
        row: Row = sql.platform.get_message(conn, message_id=message_id)
        return row


def reseal_messages(conn: Connection) -> tuple[int, int]:
    """Seal the words of every message anew, under the first key; gives of how many, and of how many it could not.

    Nothing is locked: words that are erased meanwhile stay erased.
    """
    last_id, resealed, unreadable = 0, 0, 0
    while messages := sql.platform.list_sealed_messages(conn, after_id=last_id, limit=BATCH):
        for message in messages:
            body = current_seal().reseal(message["body"])
            if body is None:
                unreadable += 1
            else:
                resealed += sql.platform.update_sealed_message(
                    conn, message_id=message["id"], body=body, sealed=message["body"]
                )
        last_id = messages[-1]["id"]
    return resealed, unreadable


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
