"""What becomes of what the platform keeps of a client who is to be forgotten."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from photolens.access import API
from photolens.answers import to_json
from photolens.database import Connection, sql

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


def begin_forgetting(conn: Connection) -> None:
    """Have the audit trail forget, once the present transaction commits, what the rows that it changes have held."""
    sql.platform.configure_forgetting(conn)


def erase_traces(conn: Connection, client_id: int, traces: Traces, name: str) -> None:
    """Remove what the platform keeps of a client: names in the feed, messages to them, stored answers about them, and
    in the audit trail what rows have held that are there no more.

    What they did themselves was done by somebody of the name that is given.
    """
    sql.platform.erase_audit_of_deleted(conn, client_id=client_id)
    sql.platform.mark_activities_nameless(
        conn, client_id=client_id, kept=NAMELESS_DETAILS, actor_ids=traces.actor_ids, name=name
    )
    sql.platform.delete_messages_to(conn, client_id=client_id, recipients=traces.recipients)
    sql.platform.erase_archived_messages_to(conn, client_id=client_id, recipients=traces.recipients)
    sql.platform.delete_idempotency_keys_about(
        conn,
        words=[to_json({key: value})[1:-1] + end for key, value in traces.members for end in (b",", b"}")],
        locations=[address + below for address in traces.addresses for below in ("", "/%")],
    )


def forget_users(conn: Connection, user_ids: list[UUID], name: str) -> None:
    """Remove what users who are to be forgotten were told, here and by messages; overwrite what they asked help with.

    What the team noted of it goes as well, and so does what they have said as one of the team. The users are locked.
    Locks: what they have reported, by id.
    """
    sql.platform.delete_notifications_of_users(conn, user_ids=user_ids)
    sql.platform.delete_notification_preferences_of_users(conn, user_ids=user_ids)
    sql.platform.delete_messages_of_users(conn, user_ids=user_ids)
    sql.platform.erase_archived_messages_of_users(conn, user_ids=user_ids)
    problem_ids = [row["id"] for row in sql.platform.lock_support_problems_of_users(conn, user_ids=user_ids)]
    sql.platform.mark_support_problems_erased(conn, problem_ids=problem_ids, name=name)
    sql.platform.mark_support_comments_erased(conn, problem_ids=problem_ids, user_ids=user_ids, name=name)
    sql.platform.delete_idempotency_keys_of_users(conn, user_ids=[str(user_id) for user_id in user_ids])
    addresses = [f"{API}support/problems/{problem_id}" for problem_id in problem_ids]
    sql.platform.delete_idempotency_keys_about(
        conn, words=[], locations=[address + below for address in addresses for below in ("", "/%")]
    )
