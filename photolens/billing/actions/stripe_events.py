"""What the provider tells, of itself and more than once: kept before anything is done with it, then handled.

An event is locked while it is handled, before all else. What fails is kept as FAILED, and handled again when it is sent
again or replayed; what is done is not done again.
"""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from photolens import stripe_gateway as gateway
from photolens.billing import rules
from photolens.billing.actions.refunds import settle_refund
from photolens.billing.actions.settlement import settle
from photolens.credits.actions.purchases import fulfil
from photolens.database import Connection, Row, sql
from photolens.problems import found

log = logging.getLogger(__name__)

BATCH = 100

# Is given an event, and says whether that is about something of its own.
Handler = Callable[[Connection, dict[str, Any]], bool]


def also_handle(event_type: str, handler: Handler) -> None:
    """Have events of a type told to a domain above as well: of several handlers, the first whose it is has it.

    What that locks comes after the event.
    """
    _HANDLERS.setdefault(event_type, []).append(handler)


def receive_event(conn: Connection, payload: bytes, signature: str | None) -> Row:
    """Keep an event that the provider has signed, and handle it unless that is done; gives it as it then is.

    Locks: as `handle_event`. Problems: `signature_invalid`, `bad_request`, `payments_not_configured`.
    """
    event = gateway.read_event(payload, signature)
    with conn.transaction():
        sql.billing.insert_stripe_event(conn, event_id=event["id"], type=event["type"], payload=event)
    return handle_event(conn, event["id"])


def handle_event(conn: Connection, event_id: str) -> Row:
    """Do what follows from an event, once; gives the event, whose outcome says what came of it.

    One that is archived is done with. A failure is undone and noted, never raised; but for the loss of the database,
    which leaves the event as it was.

    Locks: event; client, invoice, checkout; or purchase, balance; or as the handlers of domains above. Problems:
    `not_found`.
    """
    with conn.transaction():
        event = sql.billing.lock_stripe_event(conn, event_id=event_id)
        if event is not None and event["outcome"] in ("PENDING", "FAILED"):
            outcome, detail = _outcome_of(conn, event)
            sql.billing.mark_stripe_event(conn, event_id=event_id, outcome=outcome, detail=detail)
            sql.billing.mark_stripe_event_of_erased_nameless(conn, event_id=event_id)
        handled: Row = found(sql.billing.get_stripe_event(conn, event_id=event_id), "event", event_id)
        return handled


def replay_events(conn: Connection) -> Iterator[Row]:
    """Handle every event that has failed or was never handled, in the order in which they came; gives each."""
    after: dict[str, Any] = {"after_key": None, "after_id": None}
    while events := sql.billing.list_stripe_events_to_replay(conn, **after, limit=BATCH):
        for event in events:
            yield handle_event(conn, event["id"])
        after = {"after_key": events[-1]["receivedAt"], "after_id": events[-1]["id"]}


def lock_events_of_client(conn: Connection, client_id: int) -> list[str]:
    """The ids of the events about a client's checkouts, locked: by whoever erases the client, before locking them."""
    return [row["id"] for row in sql.billing.lock_stripe_events_of_client(conn, client_id=client_id)]


def erase_names(conn: Connection, client_id: int, event_ids: list[str]) -> None:
    """Take what names people out of these events of a client, of those in the archive, and of the client's checkouts.

    An event that comes later is made nameless as it is handled. The events and the client are locked.
    """
    sql.billing.mark_stripe_events_nameless(conn, event_ids=event_ids)
    sql.billing.erase_archived_stripe_events(conn, client_id=client_id)
    sql.billing.mark_checkout_keys_erased(conn, client_id=client_id)


def _outcome_of(conn: Connection, event: Row) -> tuple[str, str | None]:
    handlers = _HANDLERS.get(event["type"])
    if handlers is None:
        return "IGNORED", "Nothing follows from events of this type."
    try:
        with conn.transaction():
            is_ours = any(handle(conn, event["payload"]) for handle in handlers)
    except Exception as error:
        if conn.closed:
            raise
        log.exception("Event %s of Stripe was not handled", event["id"])
        return "FAILED", type(error).__name__
    return ("PROCESSED", None) if is_ours else ("IGNORED", "It is about nothing of ours.")


def _settle_as_paid(conn: Connection, event: dict[str, Any]) -> bool:
    """Of a session that is complete: whether its money is there yet, it says itself."""
    session = gateway.session_of(event["data"]["object"])
    is_checkout = settle(conn, session, rules.checkout_status(session.status, session.payment_status))
    return is_checkout or fulfil(conn, session)


def _settle_as(status: str) -> Handler:
    """Of a session that has come to nothing, and so."""

    def handle(conn: Connection, event: dict[str, Any]) -> bool:
        session = gateway.session_of(event["data"]["object"])
        return settle(conn, session, status) or fulfil(conn, session, has_failed=True)

    return handle


def _settle_refund(conn: Connection, event: dict[str, Any]) -> bool:
    return settle_refund(conn, event["data"]["object"])


# By type. What charge.refunded tells, the events of its refunds do.
_HANDLERS: dict[str, list[Handler]] = {
    "checkout.session.completed": [_settle_as_paid],
    "checkout.session.async_payment_succeeded": [_settle_as_paid],
    "checkout.session.async_payment_failed": [_settle_as("FAILED")],
    "checkout.session.expired": [_settle_as("EXPIRED")],
    "refund.created": [_settle_refund],
    "refund.failed": [_settle_refund],
    "refund.updated": [_settle_refund],
}
