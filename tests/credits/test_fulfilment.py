"""What comes of a purchase: credited once, whoever tells that it is paid, how often, and in whatever order."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.credits.buying import Buyer
from tests.stripe_stub import StripeStub

COMPLETED = "checkout.session.completed"
FAILED = "checkout.session.async_payment_failed"
EXPIRED = "checkout.session.expired"


def test_whoever_comes_back_from_paying_need_not_wait_for_the_webhook(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase(20, 2)
    stripe.pay(purchase["stripeSessionId"])

    confirmed = buyer.confirm(purchase)

    assert confirmed.status == 200
    assert (confirmed.body["purchase"]["status"], confirmed.body["credits"]) == ("COMPLETED", "40.00")
    assert (confirmed.body["purchase"]["url"], confirmed.body["purchase"]["completedAt"] is not None) == (None, True)
    assert buyer.ledger() == [("PURCHASE", "40.00", "40.00")]


def test_the_webhook_credits_as_well(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase()

    heard = buyer.hear(stripe.pay(purchase["stripeSessionId"]))

    assert (heard.status, heard.body["outcome"], buyer.credits()) == (200, "PROCESSED", "20.00")


def test_confirmed_and_told_again_it_is_credited_once(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase()
    event = stripe.pay(purchase["stripeSessionId"])

    for _ in range(2):
        assert buyer.confirm(purchase).body["credits"] == "20.00"
        assert buyer.hear(event).status == 200
        assert buyer.hear(stripe.event(COMPLETED, event["data"]["object"])).status == 200

    assert buyer.ledger() == [("PURCHASE", "20.00", "20.00")]


@pytest.mark.committed
def test_five_confirmations_and_three_deliveries_at_once_credit_once(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase()
    paid = stripe.pay(purchase["stripeSessionId"])
    events = [paid, *(stripe.event(COMPLETED, paid["data"]["object"]) for _ in range(2))]
    start = Barrier(8)

    def at_once(do: Any, what: Any) -> int:
        start.wait(60)
        status: int = do(what).status
        return status

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(at_once, Buyer(stripe, buyer.conn, buyer.studio).confirm, purchase) for _ in range(5)]
        heard = [threads.submit(at_once, buyer.hear, event) for event in events]
        statuses = [future.result() for future in asked + heard]

    assert statuses == [200] * 8
    assert (buyer.ledger(), buyer.credits()) == ([("PURCHASE", "20.00", "20.00")], "20.00")


def test_before_it_is_paid_nothing_is_credited(buyer: Buyer) -> None:
    purchase = buyer.purchase()

    confirmed = buyer.confirm(purchase).body

    assert (confirmed["purchase"]["status"], confirmed["purchase"]["url"]) == ("PENDING", purchase["url"])
    assert (confirmed["credits"], buyer.ledger()) == ("0.00", [])


def test_money_that_takes_days_is_credited_when_it_has_come(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase()
    buyer.hear(stripe.pay(purchase["stripeSessionId"], async_=True))
    meanwhile = buyer.confirm(purchase).body

    buyer.hear(stripe.succeed_async(purchase["stripeSessionId"]))

    assert (meanwhile["purchase"]["status"], meanwhile["credits"]) == ("PENDING", "0.00")
    assert (buyer.seen(purchase)["status"], buyer.credits()) == ("COMPLETED", "20.00")


def test_what_was_not_paid_in_time_has_failed(buyer: Buyer, stripe: StripeStub) -> None:
    purchase, another = buyer.purchase(), buyer.purchase()
    buyer.hear(stripe.pay(purchase["stripeSessionId"], async_=True))
    buyer.hear(stripe.fail_async(purchase["stripeSessionId"]))
    stripe.expire(another["stripeSessionId"])

    assert [buyer.confirm(each).body["purchase"]["status"] for each in (purchase, another)] == ["FAILED", "FAILED"]
    assert buyer.credits() == "0.00"


def test_in_whatever_order_it_is_told_that_it_failed_and_that_it_was_paid_it_is_credited_once(
    buyer: Buyer, stripe: StripeStub, conn: Connection
) -> None:
    purchase = buyer.purchase()
    unpaid = stripe.pay(purchase["stripeSessionId"], async_=True)["data"]["object"]
    events = [
        stripe.succeed_async(purchase["stripeSessionId"]),
        stripe.event(FAILED, unpaid),
        stripe.event(EXPIRED, {**unpaid, "status": "expired"}),
    ]

    for order in permutations(events):
        conn.execute("savepoint before")
        assert {buyer.hear(event).status for event in order} == {200}
        assert (buyer.seen(purchase)["status"], buyer.ledger()) == ("COMPLETED", [("PURCHASE", "20.00", "20.00")])
        conn.execute("rollback to savepoint before")


def test_an_event_that_comes_before_we_know_the_session_finds_the_purchase_by_its_reference(
    buyer: Buyer, stripe: StripeStub, conn: Connection
) -> None:
    purchase = buyer.purchase()
    conn.execute("update purchases set stripe_session_id = null, url = null")

    heard = buyer.hear(stripe.pay(purchase["stripeSessionId"]))

    assert (heard.body["outcome"], buyer.credits()) == ("PROCESSED", "20.00")


@pytest.mark.parametrize(
    ("paid", "reason"), [({"amount": 1799}, "AMOUNT"), ({"amount": 1801}, "AMOUNT"), ({"currency": "EUR"}, "CURRENCY")]
)
def test_money_that_is_not_what_was_asked_for_credits_nothing_and_is_flagged_once(
    buyer: Buyer, stripe: StripeStub, api: ApiClient, paid: dict[str, Any], reason: str
) -> None:
    purchase = buyer.purchase()

    event = stripe.pay(purchase["stripeSessionId"], **paid)
    buyer.hear(event)
    confirmed = buyer.confirm(purchase).body

    assert (confirmed["purchase"]["needsReview"], confirmed["purchase"]["status"]) == (True, "PENDING")
    assert (confirmed["credits"], buyer.ledger()) == ("0.00", [])
    told = [row for row in api.get("/activities").body["data"] if row["kind"] == "PURCHASE_NEEDS_REVIEW"]
    assert [(row["subjectId"], row["details"]["reasons"]) for row in told] == [(purchase["id"], [reason])]


def test_a_session_of_somebody_else_is_as_one_that_is_not_there(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase()
    stripe.pay(purchase["stripeSessionId"])
    stripe.requests.clear()

    for session_id in (purchase["stripeSessionId"], "cs_test_nothing"):
        refused = buyer.studio.post("/billing/confirm", {"sessionId": session_id})
        assert (refused.status, refused.body["code"]) == (404, "not_found")
        assert refused.body["detail"] == f"There is no checkout session {session_id}."
    assert (stripe.requests, buyer.credits()) == ([], "0.00")


def test_where_the_provider_cannot_be_asked_nothing_is_changed(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase()
    stripe.pay(purchase["stripeSessionId"])
    stripe.fail_next("drop", times=3)

    refused = buyer.confirm(purchase)

    assert (refused.status, refused.body["code"], buyer.credits()) == (503, "payments_unavailable", "0.00")


def test_what_is_bought_expires_after_a_year(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase()
    buyer.hear(stripe.pay(purchase["stripeSessionId"]))

    [lot] = buyer.api.get("/billing/me").body["expiring"]

    ends = datetime.fromisoformat(lot["expiresAt"]) - datetime.now(UTC)
    assert (lot["credits"], timedelta(days=364, hours=23) < ends <= timedelta(days=365)) == ("20.00", True)


def test_money_is_no_revenue_of_the_studios_shoots(buyer: Buyer, stripe: StripeStub, api: ApiClient) -> None:
    buyer.hear(stripe.pay(buyer.purchase()["stripeSessionId"]))

    report = api.get("/reports/profit-and-loss").body

    assert {month["revenue"] for month in report["data"]} == {"0.00"}
