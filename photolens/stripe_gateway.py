"""How Stripe is talked to: what is asked of it, what it answers, and what its refusals mean here.

What is asked about subscriptions, photolens.stripe_subscriptions does.

Nothing here is called inside a transaction: an answer may take half a minute. Stripe's own sentences never leave the
process; what is logged of a refusal is its kind and the id that Stripe knows the request by.
Source: https://docs.stripe.com/api (Checkout Sessions, Refunds, Errors, Idempotent requests), /webhooks/signature.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import orjson
from flask import g

from photolens.config import current_settings
from photolens.problems import BAD_REQUEST, Problem, ProblemKind

if TYPE_CHECKING:  # it takes a quarter of a second to import: whoever pays first waits for it, and no start of a server
    import stripe
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsLineItem

log = logging.getLogger(__name__)

TIMEOUT = 10.0  # seconds for a connection, and again for each part of an answer
RETRIES = 2  # after a lost connection, a 409 or a 5xx, under the same idempotency key
SIGNATURE_TOLERANCE = 300  # seconds that a signed event may be old

PAYMENTS_NOT_CONFIGURED = ProblemKind(503, "payments_not_configured", "Nothing can be paid online here")
PAYMENTS_UNAVAILABLE = ProblemKind(503, "payments_unavailable", "The payment provider cannot be reached just now")
PAYMENT_REFUSED = ProblemKind(409, "payment_refused", "The payment provider refuses this")
SIGNATURE_INVALID = ProblemKind(400, "signature_invalid", "The event is not signed by the payment provider")


@dataclass(frozen=True)
class CheckoutSession:
    """A payment that Stripe has been asked to take, on a page of its own (`url`, as long as it is open).

    `amount_total` counts minor units of `currency` (upper case, see photolens.currencies). `status` is open, complete
    or expired. `payment_status` is paid only once the money is certain: a slow method leaves a complete session unpaid.
    The payment intent and the customer are there when somebody has paid; of a subscription, it and no payment intent.
    """

    id: str
    url: str | None
    status: str | None
    payment_status: str
    amount_total: int | None
    currency: str | None
    payment_intent_id: str | None
    customer_id: str | None
    subscription_id: str | None
    expires_at: datetime
    client_reference_id: str | None
    metadata: Mapping[str, str]

    @property
    def reference(self) -> UUID | None:
        """The reference that it was made under, which it bears; None where it is somebody else's."""
        return reference_of(self.client_reference_id)


@dataclass(frozen=True)
class Refund:
    """Money on its way back, in minor units. `status` is pending, requires_action, succeeded, failed or canceled.

    `reason` is what was chosen in Stripe's dashboard.
    """

    id: str
    status: str | None
    amount: int
    currency: str
    payment_intent_id: str | None
    reason: str | None
    created_at: datetime
    metadata: Mapping[str, str]


@dataclass(frozen=True)
class Expiry:
    """What came of an attempt to expire a session, and the session as it is now."""

    outcome: Literal["EXPIRED_NOW", "ALREADY_EXPIRED", "ALREADY_COMPLETE"]
    session: CheckoutSession


def reference_of(text: str | None) -> UUID | None:
    """The reference of ours in what Stripe was given as such; None where it is somebody else's."""
    try:
        return UUID(text)
    except (TypeError, ValueError):
        return None


def require_api_key() -> str:
    """The key of the account that is paid into. Raises PAYMENTS_NOT_CONFIGURED where there is none."""
    api_key = current_settings().stripe_api_key
    if api_key is None:
        raise PAYMENTS_NOT_CONFIGURED("Without STRIPE_API_KEY nothing can be paid online.")
    return api_key


def create_checkout_session(
    *,
    reference: str,
    amount_minor: int,
    currency: str,
    name: str,
    customer_email: str | None,
    success_url: str,
    cancel_url: str,
    metadata: dict[str, str],
) -> CheckoutSession:
    """Ask Stripe to take an amount for one thing of this name.

    The reference (at most 200 characters) is Stripe's idempotency key: for a day, the same one with the same values
    gives the same session, as it was when it was made. It has to differ from all others of the account, refunds'
    included. Stripe puts the session's id into the success URL for `{CHECKOUT_SESSION_ID}`. The metadata go on to the
    payment intent. Raises PAYMENTS_NOT_CONFIGURED, PAYMENTS_UNAVAILABLE, or PAYMENT_REFUSED, among others for an amount
    below Stripe's smallest, and for a reference that was used with other values.
    """
    params: SessionCreateParams = {
        "mode": "payment",
        "line_items": [_line_item(name, amount_minor, currency)],
        "client_reference_id": reference,
        "customer_creation": "always",  # or somebody who pays by card stays a guest, and has no id
        "success_url": success_url,
        "cancel_url": cancel_url,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
    }
    if customer_email is not None:
        params["customer_email"] = customer_email
    with asking("make a checkout session") as client:
        session = client.v1.checkout.sessions.create(params, {"idempotency_key": reference})
    return session_of(session.to_dict())


def _line_item(name: str, amount_minor: int, currency: str) -> "SessionCreateParamsLineItem":
    return {
        "quantity": 1,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": amount_minor,
            "product_data": {"name": name},
        },
    }


def retrieve_checkout_session(session_id: str) -> CheckoutSession:
    """The session as it is now.

    Raises PAYMENTS_NOT_CONFIGURED, PAYMENTS_UNAVAILABLE, PAYMENT_REFUSED for an id that is none of the account's.
    """
    with asking("look up a checkout session") as client:
        session = client.v1.checkout.sessions.retrieve(session_id)
    return session_of(session.to_dict())


def expire_checkout_session(session_id: str) -> Expiry:
    """See to it that nobody pays this session any more, unless somebody already has.

    Raises PAYMENTS_NOT_CONFIGURED, PAYMENTS_UNAVAILABLE, PAYMENT_REFUSED for an id that is none of the account's.
    """
    try:
        with asking("expire a checkout session") as client:
            session = client.v1.checkout.sessions.expire(session_id)
    except Problem as problem:
        if problem.kind is not PAYMENT_REFUSED:
            raise
        # Stripe refuses all that are not open with one code and a sentence: the status says which it is.
        closed = retrieve_checkout_session(session_id)
        if closed.status == "expired":
            return Expiry("ALREADY_EXPIRED", closed)
        if closed.status == "complete":
            return Expiry("ALREADY_COMPLETE", closed)
        raise
    return Expiry("EXPIRED_NOW", session_of(session.to_dict()))


def create_refund(*, reference: str, payment_intent_id: str, amount_minor: int, metadata: dict[str, str]) -> Refund:
    """Ask Stripe to give back a part of a payment, or all of it. The reference is as for a checkout session.

    Raises PAYMENTS_NOT_CONFIGURED, PAYMENTS_UNAVAILABLE, or PAYMENT_REFUSED where less than the amount is left.
    """
    with asking("make a refund") as client:
        refund = client.v1.refunds.create(
            {"payment_intent": payment_intent_id, "amount": amount_minor, "metadata": metadata},
            {"idempotency_key": reference},
        )
    return refund_of(refund.to_dict())


def read_event(payload: bytes, signature: str | None) -> dict[str, Any]:
    """A webhook's body as it was sent, once its `Stripe-Signature` is found to be of one of our secrets, and fresh.

    The event has at least `id`, `type` and `data.object`. Raises PAYMENTS_NOT_CONFIGURED without a secret to verify
    with, SIGNATURE_INVALID, and BAD_REQUEST for what is signed and no event.
    """
    secrets = current_settings().stripe_webhook_secret
    if not secrets:
        raise PAYMENTS_NOT_CONFIGURED("Without STRIPE_WEBHOOK_SECRET no event can be verified.")
    if signature is None or not any(_is_signed(payload, signature, secret) for secret in secrets):
        raise SIGNATURE_INVALID(
            "The Stripe-Signature is missing, too old, or not of this body with one of our secrets."
        )
    try:
        match orjson.loads(payload):
            case {"id": str(), "type": str(), "data": {"object": dict()}} as event:
                return dict(event)
    except orjson.JSONDecodeError:
        pass
    raise BAD_REQUEST("The body is signed, but is not an event.")


def _is_signed(payload: bytes, signature: str, secret: str) -> bool:
    import stripe

    try:
        stripe.WebhookSignature.verify_header(payload, signature, secret, SIGNATURE_TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError, TypeError):
        return False  # the last two: the body is no text, the signature not of plain letters
    return True


def session_of(stripe_object: Mapping[str, Any]) -> CheckoutSession:
    """The session in an answer of Stripe's, or in an event's `data.object`."""
    return CheckoutSession(
        id=stripe_object["id"],
        url=stripe_object.get("url"),
        status=stripe_object.get("status"),
        payment_status=stripe_object["payment_status"],
        amount_total=stripe_object.get("amount_total"),
        currency=_upper(stripe_object.get("currency")),
        payment_intent_id=stripe_object.get("payment_intent"),
        customer_id=stripe_object.get("customer"),
        subscription_id=stripe_object.get("subscription"),
        expires_at=datetime.fromtimestamp(stripe_object["expires_at"], UTC),
        client_reference_id=stripe_object.get("client_reference_id"),
        metadata=stripe_object.get("metadata") or {},
    )


def refund_of(stripe_object: Mapping[str, Any]) -> Refund:
    """The refund in an answer of Stripe's, or in an event's `data.object`."""
    return Refund(
        id=stripe_object["id"],
        status=stripe_object.get("status"),
        amount=stripe_object["amount"],
        currency=stripe_object["currency"].upper(),
        payment_intent_id=stripe_object.get("payment_intent"),
        reason=stripe_object.get("reason"),
        created_at=datetime.fromtimestamp(stripe_object["created"], UTC),
        metadata=stripe_object.get("metadata") or {},
    )


def _upper(currency: str | None) -> str | None:
    return currency.upper() if currency is not None else None


@contextmanager
def asking(deed: str) -> Iterator["stripe.StripeClient"]:
    """The client to ask with; what Stripe's library raises meanwhile leaves as a problem of ours."""
    api_key = require_api_key()
    import stripe

    try:
        yield _client(api_key, current_settings().stripe_api_base)
    except stripe.StripeError as error:
        raise _problem(deed, error) from None


@lru_cache(maxsize=1)
def _client(api_key: str, api_base: str) -> "stripe.StripeClient":
    """One client for all threads of the process, so that their connections are used again."""
    import stripe

    stripe.enable_telemetry = False
    return stripe.StripeClient(
        api_key,
        base_addresses={"api": api_base},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
    )


def _problem(deed: str, error: "stripe.StripeError") -> Problem:
    status = error.http_status
    words = (g.get("request_id"), deed, type(error).__name__, status, error.code, error.request_id)
    log.warning("Request %s: Stripe would not %s: %s, status %s, code %s, Stripe's request %s", *words)
    if status in (401, 403):
        return PAYMENTS_NOT_CONFIGURED("The payment provider does not take our STRIPE_API_KEY for this.")
    if status is not None and 400 <= status < 500 and status not in (409, 429):  # 409: the same is just being done
        return PAYMENT_REFUSED("The payment provider has refused this; sent again, it would refuse it again.")
    return PAYMENTS_UNAVAILABLE(
        "The payment provider did not answer. Try again in a moment.", headers={"Retry-After": "5"}
    )
