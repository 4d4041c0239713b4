"""Notifications, as the domains make them."""

from typing import Any
from uuid import UUID

from flask import Flask

from photolens.database import Connection
from photolens.platform.actions.deliveries import deliver_notifications
from photolens.platform.actions.notifications import Notice, notify

OWNER = UUID("00000000-0000-4000-8000-000000000001")
CUSTOMER = UUID("00000000-0000-4000-8000-000000000008")


def tell(conn: Connection, *titles: str, user_id: UUID = CUSTOMER, **fields: Any) -> None:
    """Tell the test's customer, or somebody else, things of these titles in one transaction."""
    kind = fields.pop("type", "CLASS_MOVED")
    notify(conn, [Notice(user_id, kind, title, "It begins at ten.", **fields) for title in titles])


def undelivered(conn: Connection) -> list[int]:
    """The ids of what nobody has decided about yet, in the order in which it was told."""
    return [row["id"] for row in conn.execute("select id from notifications where delivered_at is null order by id")]


def deliver(app: Flask, conn: Connection) -> None:
    """What the worker does of it."""
    with app.app_context():
        deliver_notifications(conn, undelivered(conn))


def outbox(conn: Connection) -> list[tuple[str, str, str | None]]:
    """What waits to be sent: by which way, to whom, and the subject."""
    rows = conn.execute("select channel, recipient, subject from communication_logs order by id")
    return [(row["channel"], row["recipient"], row["subject"]) for row in rows]
