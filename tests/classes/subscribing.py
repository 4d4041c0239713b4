"""Somebody who subscribes to a plan, and what the payment provider tells of it."""

from typing import Any
from uuid import UUID

from photolens.database import Connection
from tests.billing.paying import send_event
from tests.client import Answer, ApiClient
from tests.stripe_stub import StripeStub

Json = dict[str, Any]


class Subscriber:
    """A customer, signed in; and the plans there are."""

    def __init__(self, stripe: StripeStub, conn: Connection, studio: ApiClient) -> None:
        self.stripe = stripe
        self.conn = conn
        self.studio = studio
        self.api = studio.by_role("CUSTOMER")

    def plan(self, name: str = "Ten a month", **fields: Any) -> Json:
        """Ten credits a month for 79.00 USD, unless it says otherwise."""
        answer = self.studio.post("/plans", {"name": name, "price": "79.00", "creditsPerPeriod": 10, **fields})
        assert answer.status == 201, answer.body
        plan: Json = answer.body
        return plan

    def wish(self, plan: Json, *, key: str | None = None) -> Answer:
        """They ask for a page to subscribe on."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.api.post("/subscriptions", {"planId": plan["id"]}, headers=headers)

    def open(self, plan: Json | None = None) -> Json:
        """They are sent to a page to subscribe on."""
        answer = self.wish(plan or self.plan())
        assert answer.status == 201, answer.body
        subscription: Json = answer.body
        return subscription

    def pay(self, subscription: Json, **paid: Any) -> tuple[Json, Json]:
        """They pay on it; what Stripe has to tell of it: that the page is done with, and that the invoice is paid."""
        completed = self.stripe.pay(self.session_of(subscription), **paid)
        invoice = next(event for event in reversed(self.stripe.events) if event["type"] == "invoice.paid")
        return completed, invoice

    def subscribe(self, plan: Json | None = None) -> Json:
        """They have subscribed, and we have heard of it."""
        for event in self.pay(self.open(plan)):
            assert self.hear(event).body["outcome"] == "PROCESSED"
        return self.seen()

    def hear(self, event: Json) -> Answer:
        """Stripe tells us."""
        return send_event(self.studio, self.stripe, event)

    def seen(self) -> Json:
        """The subscription that they have, or had last."""
        subscription: Json = self.api.get("/subscriptions/me").body
        return subscription

    def status(self) -> str:
        status: str = self.seen()["status"]
        return status

    def cancel(self, subscription: Json) -> Answer:
        return self.api.post(f"/subscriptions/{subscription['id']}/cancel")

    def grants(self, subscription: Json) -> list[Json]:
        """What it has brought, the newest period first."""
        rows: list[Json] = self.api.get(f"/subscriptions/{subscription['id']}/grants").body["data"]
        return rows

    def credits(self) -> str:
        balance: str = self.api.get("/billing/me").body["credits"]
        return balance

    def user_id(self) -> UUID:
        return UUID(self.api.get("/me").body["id"])

    def told(self) -> list[str]:
        """The titles of what they have been told, the first one first."""
        rows = self.conn.execute("select title from notifications order by id").fetchall()
        return [row["title"] for row in rows]

    def session_of(self, subscription: Json) -> str:
        """The id of its page at Stripe."""
        session_id: str = self.row(subscription)["stripe_session_id"]
        return session_id

    def row(self, subscription: Json) -> Json:
        row = self.conn.execute("select * from subscriptions where id = %s", [subscription["id"]]).fetchone()
        assert row is not None
        return row

    def reasons(self) -> list[list[str]]:
        """Why subscriptions are to be looked at, each time that was said."""
        rows = self.conn.execute(
            "select details -> 'reasons' as reasons from activities"
            " where kind = 'SUBSCRIPTION_NEEDS_REVIEW' order by id"
        )
        return [row["reasons"] for row in rows]
