"""What the provider tells of subscriptions, told on to their settlement. Each is given the whole event."""

from datetime import UTC, datetime
from typing import Any

from photolens import stripe_gateway as gateway
from photolens import stripe_subscriptions
from photolens.billing.actions.stripe_events import also_handle
from photolens.classes.actions import settlement
from photolens.database import Connection


def _session(conn: Connection, event: dict[str, Any]) -> bool:
    return settlement.settle_session(conn, gateway.session_of(event["data"]["object"]))


def _paid(conn: Connection, event: dict[str, Any]) -> bool:
    return settlement.settle_paid(conn, stripe_subscriptions.invoice_of(event["data"]["object"]))


def _unpaid(conn: Connection, event: dict[str, Any]) -> bool:
    return settlement.settle_unpaid(conn, stripe_subscriptions.invoice_of(event["data"]["object"]))


def _changed(conn: Connection, event: dict[str, Any]) -> bool:
    subscription = stripe_subscriptions.subscription_of(event["data"]["object"])
    return settlement.settle_subscription(conn, subscription, datetime.fromtimestamp(event["created"], UTC))


def listen() -> None:
    """Have billing, which keeps the events, tell of these."""
    also_handle("checkout.session.completed", _session)
    also_handle("checkout.session.expired", _session)
    also_handle("invoice.paid", _paid)
    also_handle("invoice.payment_failed", _unpaid)
    also_handle("customer.subscription.updated", _changed)
    also_handle("customer.subscription.deleted", _changed)
