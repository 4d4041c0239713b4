"""How credits are bought: a purchase is kept, then asked of the provider, then fulfilled as it answers.

Nothing is asked of the provider inside a transaction. What is left half done by a crash or a time-out, the same request
takes up again, under the same reference.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from photolens import stripe_gateway as gateway
from photolens.config import current_settings
from photolens.credits import rules
from photolens.credits.actions import ledger
from photolens.currencies import money_mismatch, to_minor_units
from photolens.database import Connection, Row, sql
from photolens.idempotency import KEY_REUSED
from photolens.platform.actions.activities import record_activity
from photolens.problems import Problem, found, invalid
from photolens.stripe_gateway import CheckoutSession
from photolens.studios import address_of_studio


@dataclass(frozen=True)
class Wish:
    """Who wants to buy what: the product of so many credits, so many times; and under which key."""

    user_id: UUID
    credits: int
    quantity: int
    idempotency_key: str | None


def open_purchase(conn: Connection, wish: Wish) -> int:
    """A page of the provider on which to pay for credits; gives the purchase's id.

    Under the same key the same purchase is given again. If the provider refuses, it is FAILED; if nobody knows, it
    stays PENDING without a page, and the same request takes it up: there is one session however often that goes wrong.

    Locks: in a transaction of its own, a purchase; then as `fulfil`. Problems: `invalid`, `amount_not_payable`,
    `idempotency_key_reused`, and the gateway's.
    """
    gateway.require_api_key()
    with conn.transaction():
        purchase_id = _keep(conn, wish)
    purchase = sql.credits.get_purchase_to_open(conn, purchase_id=purchase_id)
    if purchase["status"] == "PENDING" and purchase["stripeSessionId"] is None:
        _create(conn, purchase)
    return purchase_id


def confirm_purchase(conn: Connection, user_id: UUID, session_id: str) -> Row:
    """Ask the provider what has become of a user's purchase, and fulfil it: who has paid need not wait for a webhook.

    Locks: as `fulfil`. Problems: `not_found`, and the gateway's.
    """
    of_user = {"user_id": user_id, "stripe_session_id": session_id}
    purchase = found(sql.credits.get_purchase_of_stripe_session(conn, **of_user), "checkout session", session_id)
    if purchase["status"] != "COMPLETED":
        fulfil(conn, gateway.retrieve_checkout_session(session_id))
    confirmed: Row = sql.credits.get_purchase_of_stripe_session(conn, **of_user)
    return confirmed


def fulfil(conn: Connection, session: CheckoutSession, *, has_failed: bool = False) -> bool:
    """Note what has become of a session, and credit its purchase once it is paid; False where it is of no purchase.

    One function, whoever brings the provider's word, how often and in whatever order. What is credited is what the
    purchase says, if the money is what it asks for; any other credits nothing, and the purchase is flagged for a person
    to look at. Nothing makes a COMPLETED one undone, and money that comes for a FAILED one is credited.

    Locks: purchase, balance.
    """
    with conn.transaction():
        purchase = sql.credits.lock_purchase_of_stripe_session(
            conn, stripe_session_id=session.id, reference=session.reference
        )
        if purchase is None:
            return False
        is_due = session.payment_status == "paid" and purchase["status"] != "COMPLETED"
        mismatch = _mismatch(purchase, session) if is_due else None
        is_credited = is_due and mismatch is None
        has_failed = has_failed or session.status == "expired"
        sql.credits.update_purchase(
            conn,
            purchase_id=purchase["id"],
            status=rules.purchase_status(purchase["status"], is_credited=is_credited, has_failed=has_failed),
            needs_review=purchase["needs_review"] or mismatch is not None,
            stripe_session_id=session.id,
            stripe_payment_intent_id=session.payment_intent_id,
            url=session.url,
            expires_at=session.expires_at,
        )
        if is_credited:
            _credit(conn, purchase)
        elif mismatch is not None and not purchase["needs_review"]:
            _flag(conn, purchase, session, mismatch)
        return True


def _keep(conn: Connection, wish: Wish) -> int:
    """The purchase of a wish, to be committed before anybody is asked."""
    key = {"user_id": wish.user_id, "idempotency_key": wish.idempotency_key}
    sql.credits.mark_purchase_key_free(conn, **key)
    currency = sql.credits.get_currency(conn)["currency"]
    amount = _price_of(wish.credits) * wish.quantity
    to_minor_units(amount, currency)  # refuses what cannot be paid
    purchase_id: int | None = sql.credits.insert_purchase(
        conn,
        **key,
        product_credits=wish.credits,
        quantity=wish.quantity,
        amount=amount,
        currency=currency,
        credits_purchased=wish.credits * wish.quantity,
    )
    if purchase_id is not None:
        return purchase_id
    kept: Row = sql.credits.get_purchase_of_key(conn, **key)
    if (kept["productCredits"], kept["quantity"]) != (wish.credits, wish.quantity):
        raise KEY_REUSED("Send every new request under a key of its own.")
    kept_id: int = kept["id"]
    return kept_id


def _price_of(number: int) -> Decimal:
    """What so many credits cost, as one product. Problems: `invalid`."""
    prices = {product.credits: product.price for product in current_settings().credit_products}
    if number not in prices:
        raise invalid("/credits", f"is none of {', '.join(map(str, prices))}")
    return prices[number]


def _create(conn: Connection, purchase: Row) -> None:
    """Ask the provider for the session of a purchase that is kept, and note it. What is asked follows from the row."""
    page = f"{address_of_studio(current_settings().app_url)}/credits"
    number = purchase["creditsPurchased"]
    try:
        session = gateway.create_checkout_session(
            reference=str(purchase["reference"]),
            amount_minor=to_minor_units(purchase["amount"], purchase["currency"]),
            currency=purchase["currency"],
            name="1 credit" if number == 1 else f"{number:.0f} credits",
            customer_email=purchase["email"],
            success_url=f"{page}?session_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=page,
            metadata={"purchase_id": str(purchase["id"])},
        )
    except Problem as problem:
        if problem.kind is not gateway.PAYMENTS_UNAVAILABLE:
            sql.credits.mark_purchase_refused(conn, purchase_id=purchase["id"])
        raise
    fulfil(conn, session)


def _mismatch(purchase: Row, session: CheckoutSession) -> str | None:
    expected = to_minor_units(purchase["amount"], purchase["currency"])
    return money_mismatch((expected, purchase["currency"]), (session.amount_total, session.currency))


def _credit(conn: Connection, purchase: Row) -> None:
    ledger.deposit(
        conn,
        purchase["user_id"],
        "PURCHASE",
        purchase["credits_purchased"],
        expires_at=datetime.now(UTC) + rules.BOUGHT_CREDITS_LAST,
        purchase_id=purchase["id"],
    )


def _flag(conn: Connection, purchase: Row, session: CheckoutSession, mismatch: str) -> None:
    """Ask a person to look at a purchase, and say why."""
    details = {"reasons": [mismatch], "amountMinor": session.amount_total, "currency": session.currency}
    record_activity(conn, "PURCHASE_NEEDS_REVIEW", "PURCHASE", purchase["id"], details=details)
