"""The platform's writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from photolens.access import current_actor
from photolens.answers import to_json
from photolens.clock import find_zone
from photolens.database import Connection, Row, sql
from photolens.messages import render
from photolens.preconditions import require_match
from photolens.problems import invalid
from photolens.sealing import current_seal

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
    conn: Connection, channel: str, recipient: str, template: str, *, client_id: int | None = None, **values: str
) -> None:
    """Put a message into the outbox, in the transaction that causes it. Sealed: its words may hold a secret.

    What is for a client of the studio, as a client, names them: it is found again when they have another address.
    """
    subject, body = render(template, **values)
    sealed = current_seal().seal(body)
    sql.platform.insert_message(
        conn,
        channel=channel,
        recipient=recipient,
        template=template,
        subject=subject,
        body=sealed,
        client_id=client_id,
    )
