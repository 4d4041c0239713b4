"""By what else users are told what the application shows them: e-mails and texts, once each."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.platform import rules
from photolens.platform.actions.messages import queue_message
from photolens.studios import address_of_studio

BATCH = 100


def deliver_notifications(conn: Connection, notification_ids: Sequence[int]) -> None:
    """Queue what goes out for notifications of which that was not decided yet, as their users now want it; a task.

    Only what is proved to be theirs is written to, of users who are ACTIVE. A batch is one transaction: what is queued
    is noted with it, so that a worker that is killed anywhere has told nobody twice, and whoever does the job again
    goes on after it.

    Locks: the users for share, by id, then the notifications by id.
    """
    for first in range(0, len(notification_ids), BATCH):
        batch = list(notification_ids[first : first + BATCH])
        with conn.transaction():
            users = {user["id"]: user for user in sql.platform.lock_recipients(conn, notification_ids=batch)}
            told = sql.platform.lock_undelivered_notifications(conn, notification_ids=batch)
            for notification in told:
                _queue(conn, notification, users)
            sql.platform.mark_notifications_delivered(conn, notification_ids=[row["id"] for row in told])


def _queue(conn: Connection, notification: Row, users: Mapping[UUID, Mapping[str, Any]]) -> None:
    user = users[notification["user_id"]]
    if user["status"] != "ACTIVE":
        return
    by_email, by_text = rules.channels(notification["type"], notification["email"], notification["sms"])
    app_url = address_of_studio(current_settings().app_url)
    page = rules.page_of(notification["subject_type"], notification["subject_id"])
    words = {"title": notification["title"], "link": "" if page is None else app_url + page}
    if by_email and user["email_verified"] is not None:
        queue_message(conn, "EMAIL", user["email"], "notification", **words, body=notification["body"], app_url=app_url)
    if by_text and user["phone_verified"] is not None:
        queue_message(conn, "SMS", user["phone_number"], "notification_text", **words)
