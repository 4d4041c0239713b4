"""Somebody who pays online, and what the payment provider tells of it."""

import json
from typing import Any

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.stripe_stub import StripeStub


def send_event(api: ApiClient, stripe: StripeStub, event: dict[str, Any]) -> Answer:
    """An event comes in, as Stripe sends it."""
    payload, signature = stripe.signed(event)
    return send(api, payload, signature)


def send(api: ApiClient, payload: bytes, signature: str | None) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if signature is not None:
        headers["Stripe-Signature"] = signature
    return api.by_token(None).post("/webhooks/stripe", data=payload, headers=headers)


class Payer:
    """Somebody at a client who has been sent an invoice, of 100.00 unless it says otherwise."""

    def __init__(self, stripe: StripeStub, conn: Connection, studio: ApiClient, make: Factory) -> None:
        self.stripe = stripe
        self.conn = conn
        self.studio = studio
        self.client = make.client()
        self.token = sign_in_contact(conn, self.client["id"])
        self.api = studio.by_token(self.token)
        self.invoice = make.sent_invoice("100.00", clientId=self.client["id"])
        self._make = make

    def another_invoice(self, amount: str = "100.00") -> dict[str, Any]:
        """One more invoice of the same client."""
        return self._make.sent_invoice(amount, clientId=self.client["id"])

    def part(self, *amounts: str) -> list[int]:
        """Let the invoice be paid in parts; gives the ids of its milestones."""
        return [
            self._one(
                "insert into invoice_milestones (invoice_id, position, label, expected_amount)"
                " values (%s, %s, %s, %s) returning id",
                self.invoice["id"],
                position,
                f"Part {position}",
                amount,
            )["id"]
            for position, amount in enumerate(amounts, 1)
        ]

    def wish(self, milestone_id: int | None = None, *, key: str | None = None, invoice: Any = None) -> Answer:
        """They ask for a page to pay on."""
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {} if milestone_id is None else {"milestoneId": milestone_id}
        return self.api.post(self.address(invoice), body, headers=headers)

    def checkout(self, milestone_id: int | None = None) -> dict[str, Any]:
        answer = self.wish(milestone_id)
        assert answer.status == 201, answer.body
        opened: dict[str, Any] = answer.body
        return opened

    def verify(self, checkout: dict[str, Any]) -> Answer:
        return self.api.post(f"{self.address()}/{checkout['id']}/verify")

    def address(self, invoice: Any = None) -> str:
        return f"/portal/invoices/{(invoice or self.invoice)['id']}/checkout-sessions"

    def session_of(self, checkout: dict[str, Any]) -> str:
        """The id of the session at Stripe."""
        row = self._one("select stripe_session_id from checkout_sessions where id = %s", checkout["id"])
        session_id: str = row["stripe_session_id"]
        return session_id

    def hear(self, event: dict[str, Any]) -> Answer:
        """Stripe tells us."""
        return send_event(self.studio, self.stripe, event)

    def seen(self) -> dict[str, Any]:
        """The invoice, as the studio sees it."""
        shown: dict[str, Any] = self.studio.get(f"/invoices/{self.invoice['id']}").body
        return shown

    def needs_review(self) -> bool:
        row = self._one("select needs_review from invoices where id = %s", self.invoice["id"])
        return bool(row["needs_review"])

    def overpaid(self) -> str:
        return str(
            self._one("select overpaid_amount from invoices where id = %s", self.invoice["id"])["overpaid_amount"]
        )

    def reasons(self) -> list[list[str]]:
        """Why it is to be looked at, each time that was said."""
        rows = self.conn.execute(
            "select details -> 'reasons' as reasons from activities where kind = 'INVOICE_NEEDS_REVIEW' order by id"
        )
        return [row["reasons"] for row in rows]

    def state(self) -> str:
        """What the rows say, but for when and in which order they came to it."""
        row = self._one(
            """
            select jsonb_build_object(
                'checkouts', (
                    select jsonb_agg(to_jsonb(c) - '{id,updated_at,created_at}'::text[] order by c.created_at, c.id)
                    from checkout_sessions as c
                ),
                'payments', (select jsonb_agg(to_jsonb(p) - '{id,paid_at,created_at}'::text[]) from payments as p),
                'invoice', to_jsonb(invoices) - '{updated_at,paid_at}'::text[]
            ) as state
            from invoices where id = %s
            """,
            self.invoice["id"],
        )
        return json.dumps(row["state"], sort_keys=True)

    def _one(self, statement: str, *values: Any) -> dict[str, Any]:
        row = self.conn.execute(statement.encode(), values).fetchone()
        assert row is not None
        return row
