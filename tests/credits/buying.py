"""Somebody who buys credits, and what the payment provider tells of it."""

from typing import Any

from photolens.database import Connection
from tests.billing.paying import send_event
from tests.client import Answer, ApiClient
from tests.stripe_stub import StripeStub


class Buyer:
    """A customer, signed in."""

    def __init__(self, stripe: StripeStub, conn: Connection, studio: ApiClient) -> None:
        self.stripe = stripe
        self.conn = conn
        self.studio = studio
        self.api = studio.by_role("CUSTOMER")

    def wish(self, credits: int = 20, quantity: int = 1, *, key: str | None = None) -> Answer:
        """They ask for a page to pay on."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.api.post("/billing/create-checkout", {"credits": credits, "quantity": quantity}, headers=headers)

    def purchase(self, credits: int = 20, quantity: int = 1) -> dict[str, Any]:
        answer = self.wish(credits, quantity)
        assert answer.status == 201, answer.body
        opened: dict[str, Any] = answer.body
        return opened

    def confirm(self, purchase: dict[str, Any]) -> Answer:
        """They come back from the page."""
        return self.api.post("/billing/confirm", {"sessionId": purchase["stripeSessionId"]})

    def hear(self, event: dict[str, Any]) -> Answer:
        """Stripe tells us."""
        return send_event(self.studio, self.stripe, event)

    def credits(self) -> str:
        balance: str = self.api.get("/billing/me").body["credits"]
        return balance

    def ledger(self) -> list[tuple[str, str, str]]:
        """What came and went, newest first."""
        rows = self.api.get("/billing/transactions").body["data"]
        return [(row["kind"], row["delta"], row["balanceAfter"]) for row in rows]

    def seen(self, purchase: dict[str, Any]) -> dict[str, Any]:
        """The purchase, as it is now."""
        shown: dict[str, Any] = self.api.get(f"/billing/purchases/{purchase['id']}").body
        return shown

    def rows(self) -> list[dict[str, Any]]:
        return self.conn.execute("select * from purchases order by id").fetchall()
