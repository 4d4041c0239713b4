"""Credits that somebody has bought, for tests that are not about how."""

from datetime import UTC, datetime
from typing import Any

from photolens.credits.actions.purchases import fulfil
from photolens.database import Connection
from photolens.stripe_gateway import CheckoutSession


def buy(conn: Connection, user_id: Any, session_id: str = "cs_live_a1b2c3") -> int:
    """A user has bought 20 credits, on the page of this session; gives the purchase's id."""
    row = conn.execute(
        "insert into purchases ("
        " user_id, product_credits, quantity, amount, currency, credits_purchased, stripe_session_id"
        ") values (%s, 20, 1, 18.00, 'USD', 20, %s) returning id",
        [user_id, session_id],
    ).fetchone()
    assert row is not None
    fulfil(conn, paid_session(session_id))
    purchase_id: int = row["id"]
    return purchase_id


def paid_session(session_id: str) -> CheckoutSession:
    """What the provider says of a session on which 18.00 USD have been paid."""
    return CheckoutSession(
        id=session_id,
        url=None,
        status="complete",
        payment_status="paid",
        amount_total=1800,
        currency="USD",
        payment_intent_id=None,
        customer_id=None,
        subscription_id=None,
        expires_at=datetime.now(UTC),
        client_reference_id=None,
        metadata={},
    )
