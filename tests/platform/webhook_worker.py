"""For tests of webhooks: an endpoint at a receiver, time that passes, and whoever does what is queued."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import Flask

from photolens import tasks
from photolens.database import Connection, connection
from photolens.platform.actions.webhook_sending import send_due_webhooks
from tests.client import ApiClient
from tests.platform.receivers import URL, Message, Receiver

MOVED = {
    "webhook_deliveries": ("created_at", "queued_at", "next_attempt_at", "leased_until"),
    "webhook_progress": ("failing_since", "paused_until"),
    "webhook_endpoints": ("former_secret_until",),
    "procrastinate_jobs": ("scheduled_at",),
}


def subscribe(api: ApiClient, receiver: Receiver, *event_types: str) -> int:
    """An endpoint of the receiver's; its id."""
    answer = api.post("/webhook-endpoints", {"url": URL, "eventTypes": list(event_types or ("*",))})
    assert answer.status == 201
    receiver.secrets.append(answer.body["secret"])
    number: int = answer.body["id"]
    return number


def pass_time(conn: Connection, **span: float) -> None:
    """Let so much time have passed, for webhooks."""
    with conn.transaction():
        conn.execute("set local session_replication_role = replica")
        for table, columns in MOVED.items():
            moves = ", ".join(f"{column} = {column} - %(span)s" for column in columns)
            conn.execute(f"update {table} set {moves}".encode(), {"span": timedelta(**span)})


class Telling:
    """Whoever does what is queued about webhooks, as a worker does, without being one."""

    def __init__(self, app: Flask, conn: Connection) -> None:
        self._app = app
        self._conn = conn

    def __call__(self) -> None:
        """Do all that is queued and due."""
        while job := self._next_job():
            with self._app.app_context():
                tasks.TASKS[job["task_name"]](connection(), **job["args"])

    def by_the_clock(self) -> None:
        """The same, after the clock has come round."""
        with self._app.app_context():
            send_due_webhooks(connection())
        self()

    def _next_job(self) -> dict[str, Any] | None:
        return self._conn.execute(
            """
            delete from procrastinate_jobs
            where id = (
                select id from procrastinate_jobs
                where queue_name = 'webhooks' and status = 'todo' and coalesce(scheduled_at, '-infinity') <= now()
                order by id limit 1 for update skip locked
            )
            returning task_name, args
            """
        ).fetchone()


def trail(conn: Connection, endpoint_id: int) -> list[tuple[str, str]]:
    """All that an endpoint was to be told, in the order of the trail: object, and webhook-id."""
    rows = conn.execute(
        "select object, id from webhook_deliveries where endpoint_id = %s and object is not null order by change_id",
        [endpoint_id],
    )
    return [(row["object"], str(row["id"])) for row in rows]


def first_times(messages: Iterable[Message]) -> list[str]:
    """The ids of messages, each where it came first."""
    return [*dict.fromkeys(message.id for message in messages)]


def by_object(told: Iterable[tuple[str, str]], ids: Iterable[str]) -> dict[str, list[str]]:
    """Of each object the ids, in the order in which they stand."""
    object_of = {message_id: name for name, message_id in told}
    grouped: dict[str, list[str]] = {}
    for message_id in ids:
        grouped.setdefault(object_of[message_id], []).append(message_id)
    return grouped
