"""Money that Stripe took goes back through Stripe: once, and kept before Stripe is asked."""

from typing import Any

import pytest
from flask import Flask

from tests.billing.conftest import configure
from tests.billing.paying import Payer
from tests.client import Answer


class Refunder:
    """The studio, which has been paid 100.00 at Stripe."""

    def __init__(self, payer: Payer) -> None:
        self.payer = payer
        checkout = payer.checkout()
        payer.hear(payer.stripe.pay(payer.session_of(checkout)))
        [payment] = payer.seen()["payments"]
        self.path = f"/payments/{payment['id']}/refunds"
        row = payer.conn.execute("select stripe_payment_intent_id from payments").fetchone()
        assert row is not None
        self.intent: str = row["stripe_payment_intent_id"]
        payer.stripe.requests.clear()

    def refund(self, amount: str, key: str | None = None, **fields: Any) -> Answer:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.payer.studio.post(self.path, {"amount": amount, **fields}, headers=headers)

    def told(self, event_type: str, **changes: Any) -> Answer:
        """Stripe tells of the refund that was made last."""
        refund = next(e for e in reversed(self.payer.stripe.events) if e["type"] == "refund.created")["data"]["object"]
        return self.payer.hear(self.payer.stripe.event(event_type, refund | changes))

    def rows(self) -> list[tuple[str, str]]:
        refunds = self.payer.studio.get(f"{self.path}?sort=refundedAt").body["data"]
        return [(refund["amount"], refund["status"]) for refund in refunds]

    def invoice(self) -> tuple[str, str]:
        seen = self.payer.seen()
        return seen["status"], seen["balanceDue"]

    def given_back(self) -> list[int]:
        """What went back at Stripe, in cents."""
        events = [event for event in self.payer.stripe.events if event["type"] == "refund.created"]
        return [event["data"]["object"]["amount"] for event in events]


@pytest.fixture
def studio(payer: Payer) -> Refunder:
    return Refunder(payer)


def test_what_stripe_took_goes_back_through_stripe(studio: Refunder) -> None:
    made = studio.refund("40.00", reason="Rain.")

    assert (made.status, made.body["status"]) == (201, "SUCCEEDED")
    assert made.body["stripeRefundId"].startswith("re_")
    assert studio.given_back() == [4000]
    assert studio.invoice() == ("PARTIALLY_PAID", "40.00")
    [request] = studio.payer.stripe.requests
    assert request.headers["Idempotency-Key"] == f"refund-{studio.intent}-{made.body['id']}"
    assert request.parameters == {
        "payment_intent": studio.intent,
        "amount": "4000",
        "metadata": {"refund_id": str(made.body["id"])},
    }


def test_of_what_is_above_the_payment_stripe_is_not_asked(studio: Refunder) -> None:
    studio.refund("60.00")

    refused = studio.refund("40.01")

    assert (refused.body["code"], refused.body["refundableAmount"]) == ("refund_exceeds_payment", "40.00")
    assert studio.given_back() == [6000]


def test_a_refund_that_stripe_refuses_has_failed_and_counts_for_nothing(studio: Refunder) -> None:
    [milestone_id] = studio.payer.part("100.00")
    studio.payer.conn.execute(
        "insert into payment_allocations (invoice_id, payment_id, milestone_id, amount)"
        " select invoice_id, id, %s, amount from payments",
        [milestone_id],
    )
    studio.payer.stripe.refund(studio.intent, 10000)

    refused = studio.refund("40.00", key="again")

    assert (refused.status, refused.body["code"]) == (409, "payment_refused")
    assert studio.rows() == [("40.00", "FAILED")]
    assert studio.invoice() == ("PAID", "0.00")
    kinds = [row["kind"] for row in studio.payer.studio.get("/activities?subjectType=INVOICE&limit=2").body["data"]]
    assert kinds == ["REFUND_FAILED", "PAYMENT_REFUNDED"]
    milestone = studio.payer.conn.execute("select paid_amount::text, status::text from invoice_milestones").fetchone()
    assert milestone == {"paid_amount": "100.00", "status": "PAID"}


@pytest.mark.parametrize("fault", ["drop_answer", "drop", 500])
@pytest.mark.parametrize("key", [None, "key"])
def test_what_nobody_knows_stays_pending_until_it_is_sent_again(studio: Refunder, fault: Any, key: str | None) -> None:
    studio.payer.stripe.fail_next(fault, times=3)

    unknown = studio.refund("40.00", key)
    assert (unknown.status, unknown.body["code"]) == (503, "payments_unavailable")
    assert studio.rows() == [("40.00", "PENDING")]
    assert studio.invoice() == ("PARTIALLY_PAID", "40.00")

    again = studio.refund("40.00", key)
    assert (again.status, again.body["status"]) == (201, "SUCCEEDED")
    assert studio.rows() == [("40.00", "SUCCEEDED")]
    assert studio.given_back() == [4000]


def test_without_a_key_two_refunds_in_the_same_words_are_two(studio: Refunder) -> None:
    for _ in range(2):
        studio.refund("40.00")

    assert studio.given_back() == [4000, 4000]


def test_under_one_key_a_refund_is_one(studio: Refunder) -> None:
    first, again = (studio.refund("40.00", key="once") for _ in range(2))

    assert first.body == again.body
    assert studio.given_back() == [4000]


def test_a_webhook_settles_what_was_left_pending(studio: Refunder) -> None:
    studio.payer.stripe.fail_next("drop_answer", times=3)
    studio.refund("40.00")

    assert studio.told("refund.created").status == 200

    assert studio.rows() == [("40.00", "SUCCEEDED")]
    assert studio.invoice() == ("PARTIALLY_PAID", "40.00")


def test_a_refund_that_fails_later_is_undone_whatever_comes_after_it(studio: Refunder) -> None:
    studio.refund("40.00")

    studio.told("refund.failed", status="failed")
    studio.told("refund.updated", status="succeeded")
    studio.told("refund.failed", status="failed")

    assert studio.rows() == [("40.00", "FAILED")]
    assert studio.invoice() == ("PAID", "0.00")
    deeds = studio.payer.studio.get("/activities?subjectType=INVOICE").body["data"]
    assert [deed["kind"] for deed in deeds].count("REFUND_FAILED") == 1


def test_a_refund_that_fails_once_its_amount_was_paid_again_leaves_the_invoice_overpaid_and_flagged(
    studio: Refunder,
) -> None:
    studio.refund("40.00")
    studio.payer.studio.post(f"/invoices/{studio.payer.invoice['id']}/payments", {"amount": "30.00"})

    assert studio.told("refund.failed", status="failed").status == 200

    assert studio.invoice() == ("PAID", "0.00")
    assert (studio.payer.overpaid(), studio.payer.needs_review()) == ("30.00", True)


def test_a_refund_of_the_dashboard_is_booked_once(studio: Refunder) -> None:
    event = studio.payer.stripe.refund(studio.intent, 2500)

    for _ in range(2):
        studio.payer.hear(event)
    studio.told("refund.updated")

    [refund] = studio.payer.studio.get(studio.path).body["data"]
    assert (refund["amount"], refund["status"], refund["recordedBy"]) == ("25.00", "SUCCEEDED", "Stripe")
    assert refund["reason"] == "requested_by_customer"
    assert studio.invoice() == ("PARTIALLY_PAID", "25.00")


def test_of_a_payment_that_is_not_ours_nothing_is_booked(studio: Refunder) -> None:
    studio.payer.stripe.refund(studio.intent, 2500)

    heard = studio.told("refund.created", payment_intent="pi_of_another_shop")

    assert heard.status == 200
    assert studio.rows() == []


def test_the_reference_of_another_payments_refund_is_not_taken_for_this_one(studio: Refunder) -> None:
    studio.payer.stripe.fail_next("drop", times=3)
    left_open = studio.refund("40.00")
    assert left_open.status == 503
    studio.payer.stripe.refund(studio.intent, 2500)

    studio.told("refund.created", metadata={"refund_id": "999999"})

    assert sorted(studio.rows()) == [("25.00", "SUCCEEDED"), ("40.00", "PENDING")]


def test_when_it_goes_back_is_for_stripe_to_say(studio: Refunder) -> None:
    refused = studio.refund("1.00", refundedAt="2026-11-02T09:30:00Z")

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/refundedAt")


def test_without_stripe_nothing_that_it_took_is_refunded(studio: Refunder, app: Flask) -> None:
    configure(app, stripe_api_key=None)

    refused = studio.refund("1.00")

    assert (refused.status, refused.body["code"]) == (503, "payments_not_configured")
    assert studio.rows() == []
