"""What Stripe is asked about subscriptions, and what it says of them.

Nothing here is called inside a transaction. Where versions of Stripe's API differ on where something stands, both are
read: of an invoice's subscription and of its lines from 2025-03-31 (basil) on below `parent`, before that beside it; of
a subscription's period from then on at its items.
Source: https://docs.stripe.com/api/invoices/object, /api/invoice-line-item/object, /api/subscriptions/object,
https://docs.stripe.com/billing/subscriptions/webhooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from photolens.stripe_gateway import CheckoutSession, asking, reference_of, session_of

if TYPE_CHECKING:  # as in photolens.stripe_gateway
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItemPriceData

Interval = Literal["week", "month", "year"]


@dataclass(frozen=True)
class Period:
    """What is paid for at once, from a start until before an end."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Subscription:
    """What somebody pays for again and again. `status` is Stripe's: active, past_due, unpaid, canceled and so on."""

    id: str
    status: str
    cancel_at_period_end: bool
    period_start: datetime
    reference: UUID | None


@dataclass(frozen=True)
class SubscriptionInvoice:
    """What was asked, and in minor units paid, for a period of a subscription; of no subscription, without an id of it.

    `billing_reason` is subscription_create for the first period, subscription_cycle for each that follows.
    """

    id: str
    billing_reason: str | None
    amount_paid: int
    currency: str
    subscription_id: str | None
    reference: UUID | None
    period: Period | None


def create_subscription_session(
    *,
    reference: str,
    amount_minor: int,
    currency: str,
    interval: Interval,
    name: str,
    customer_email: str | None,
    success_url: str,
    cancel_url: str,
) -> CheckoutSession:
    """Ask Stripe to take an amount each interval for one thing of this name.

    The reference is as for `stripe_gateway.create_checkout_session`; the session, the subscription that comes of it
    and its invoices bear it. Raises as that does.
    """
    metadata = {"reference": reference}
    price: SessionCreateParamsLineItemPriceData = {
        "currency": currency.lower(),
        "unit_amount": amount_minor,
        "recurring": {"interval": interval},
        "product_data": {"name": name},
    }
    params: SessionCreateParams = {
        "mode": "subscription",
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": reference,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "metadata": metadata,
        "subscription_data": {"metadata": metadata},
    }
    if customer_email is not None:
        params["customer_email"] = customer_email
    with asking("make a session for a subscription") as client:
        session = client.v1.checkout.sessions.create(params, {"idempotency_key": reference})
    return session_of(session.to_dict())


def end_with_period(subscription_id: str) -> Subscription:
    """Let a subscription end with the period that is paid; it is as before where that has been said.

    Raises PAYMENTS_NOT_CONFIGURED, PAYMENTS_UNAVAILABLE, PAYMENT_REFUSED for one that has ended, or is none of the
    account's.
    """
    with asking("end a subscription") as client:
        subscription = client.v1.subscriptions.update(subscription_id, {"cancel_at_period_end": True})
    return subscription_of(subscription.to_dict())


def subscription_of(stripe_object: Mapping[str, Any]) -> Subscription:
    """The subscription in an answer of Stripe's, or in an event's `data.object`."""
    starts = [item["current_period_start"] for item in stripe_object["items"]["data"] if "current_period_start" in item]
    return Subscription(
        id=stripe_object["id"],
        status=stripe_object["status"],
        cancel_at_period_end=stripe_object["cancel_at_period_end"],
        period_start=_instant(starts[0] if starts else stripe_object["current_period_start"]),
        reference=_reference(stripe_object.get("metadata")),
    )


def invoice_of(stripe_object: Mapping[str, Any]) -> SubscriptionInvoice:
    """The invoice in an event's `data.object`."""
    details = (stripe_object.get("parent") or stripe_object).get("subscription_details") or {}
    periods = [line["period"] for line in stripe_object["lines"]["data"] if _is_of_a_period(line)]
    return SubscriptionInvoice(
        id=stripe_object["id"],
        billing_reason=stripe_object.get("billing_reason"),
        amount_paid=stripe_object["amount_paid"],
        currency=stripe_object["currency"].upper(),
        subscription_id=details.get("subscription") or stripe_object.get("subscription"),
        reference=_reference(details.get("metadata")),
        period=Period(_instant(periods[0]["start"]), _instant(periods[0]["end"])) if periods else None,
    )


def _is_of_a_period(line: Mapping[str, Any]) -> bool:
    """Whether a line is a subscription's price for a period, and no correction of another."""
    details = (line.get("parent") or {}).get("subscription_item_details")
    if details is not None:
        return not details["proration"]
    return line.get("type") == "subscription" and not line.get("proration", False)


def _reference(metadata: Mapping[str, str] | None) -> UUID | None:
    return reference_of((metadata or {}).get("reference"))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
