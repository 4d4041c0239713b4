"""What Stripe tells of subscriptions: each period is granted once, in whatever order and however often that is told."""

import copy
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.classes.subscribing import Json, Subscriber
from tests.stripe_stub import StripeStub


@pytest.fixture
def subscribed(subscriber: Subscriber) -> Json:
    """They have subscribed, and been told of it."""
    return subscriber.subscribe()


def again(stripe: StripeStub, event: Json, **members: Any) -> Json:
    """The same told by an event of its own, or with other members of the object."""
    return stripe.event(event["type"], {**event["data"]["object"], **members})


# What is granted


def test_the_first_invoice_makes_it_live_and_brings_the_credits_of_its_period(subscriber: Subscriber) -> None:
    subscription = subscriber.open()
    _, paid = subscriber.pay(subscription)

    heard = subscriber.hear(paid)

    period = paid["data"]["object"]["lines"]["data"][0]["period"]
    seen = subscriber.seen()
    assert (heard.body["outcome"], seen["status"], subscriber.credits()) == ("PROCESSED", "ACTIVE", "10.00")
    assert datetime.fromisoformat(seen["currentPeriodStart"]) == datetime.fromtimestamp(period["start"], UTC)
    assert datetime.fromisoformat(seen["currentPeriodEnd"]) == datetime.fromtimestamp(period["end"], UTC)
    [lot] = subscriber.api.get("/billing/me").body["expiring"]
    assert (lot["credits"], lot["expiresAt"]) == ("10.00", seen["currentPeriodEnd"])
    assert subscriber.told() == ["10 credits of Ten a month", "Subscribed: Ten a month"]


def test_a_page_that_is_done_with_brings_nothing_without_its_invoice(subscriber: Subscriber) -> None:
    completed, _ = subscriber.pay(subscriber.open())

    subscriber.hear(completed)

    assert (subscriber.status(), subscriber.credits()) == ("INCOMPLETE", "0.00")
    assert subscriber.seen()["stripeSubscriptionId"] == completed["data"]["object"]["subscription"]


def test_the_invoice_may_come_before_the_page_is_known(subscriber: Subscriber, conn: Connection) -> None:
    subscription = subscriber.open()
    completed, paid = subscriber.pay(subscription)
    conn.execute("update subscriptions set stripe_session_id = null, url = null")

    outcomes = [subscriber.hear(event).body["outcome"] for event in (paid, completed)]

    assert (outcomes, subscriber.status(), subscriber.credits()) == (["PROCESSED"] * 2, "ACTIVE", "10.00")


def test_told_three_times_a_period_is_granted_once(subscriber: Subscriber, stripe: StripeStub) -> None:
    _, paid = subscriber.pay(subscriber.open())

    for event in (paid, paid, again(stripe, paid), again(stripe, paid)):
        assert subscriber.hear(event).status == 200

    assert (subscriber.credits(), len(subscriber.grants(subscriber.seen()))) == ("10.00", 1)
    assert len(subscriber.told()) == 2


def test_each_further_invoice_brings_the_credits_of_its_period(
    subscriber: Subscriber, stripe: StripeStub, subscribed: Json
) -> None:
    subscriber.hear(stripe.renew(subscribed["stripeSubscriptionId"]))

    [second, first] = subscriber.grants(subscribed)
    assert (second["periodStart"], subscriber.credits()) == (first["periodEnd"], "20.00")
    assert subscriber.seen()["currentPeriodEnd"] == second["periodEnd"]


def test_periods_may_be_told_of_in_any_order(subscriber: Subscriber, stripe: StripeStub, conn: Connection) -> None:
    subscription = subscriber.open()
    completed, first = subscriber.pay(subscription)
    second = stripe.renew(completed["data"]["object"]["subscription"])
    ends = second["data"]["object"]["lines"]["data"][0]["period"]["end"]
    begins = first["data"]["object"]["lines"]["data"][0]["period"]["start"]

    for order in permutations([completed, first, second]):
        conn.execute("savepoint before")
        assert {subscriber.hear(event).body["outcome"] for event in order} == {"PROCESSED"}
        row = subscriber.row(subscription)
        assert (row["status"], row["current_period_end"].timestamp(), subscriber.credits()) == ("ACTIVE", ends, "20.00")
        assert row["anchored_at"].timestamp() == begins
        assert broken_invariants(conn) == []
        conn.execute("rollback to savepoint before")


def test_an_invoice_that_is_written_as_it_was_before_2025_is_understood(
    subscriber: Subscriber, stripe: StripeStub
) -> None:
    _, paid = subscriber.pay(subscriber.open())
    old = copy.deepcopy(paid["data"]["object"])
    details = old.pop("parent")["subscription_details"]
    old |= {"subscription": details["subscription"], "subscription_details": {"metadata": details["metadata"]}}
    del old["lines"]["data"][0]["parent"]
    old["lines"]["data"][0] |= {"type": "subscription", "proration": False, "subscription": details["subscription"]}

    heard = subscriber.hear(stripe.event("invoice.paid", old))

    assert (heard.body["outcome"], subscriber.status(), subscriber.credits()) == ("PROCESSED", "ACTIVE", "10.00")


def test_an_invoice_that_is_for_no_period_of_its_own_grants_nothing(
    subscriber: Subscriber, stripe: StripeStub, subscribed: Json
) -> None:
    second = stripe.renew(subscribed["stripeSubscriptionId"])

    heard = subscriber.hear(again(stripe, second, billing_reason="subscription_update"))

    assert (heard.body["outcome"], subscriber.credits(), subscriber.reasons()) == ("PROCESSED", "10.00", [])


def test_an_invoice_of_somebody_elses_is_none_of_ours(subscriber: Subscriber, stripe: StripeStub) -> None:
    _, paid = subscriber.pay(subscriber.open())
    strange = copy.deepcopy(paid["data"]["object"])
    strange["parent"]["subscription_details"] = {"metadata": {"reference": "theirs"}, "subscription": "sub_theirs"}
    of_no_subscription = {**strange, "parent": None, "billing_reason": "manual"}

    for invoice in (strange, of_no_subscription):
        assert subscriber.hear(stripe.event("invoice.paid", invoice)).body["outcome"] == "IGNORED"
    assert subscriber.credits() == "0.00"


def test_another_subscription_that_bears_our_reference_is_none_of_ours(
    subscriber: Subscriber, stripe: StripeStub, subscribed: Json
) -> None:
    second = copy.deepcopy(stripe.renew(subscribed["stripeSubscriptionId"])["data"]["object"])
    second["parent"]["subscription_details"]["subscription"] = "sub_copied"

    heard = subscriber.hear(stripe.event("invoice.paid", second))

    assert (heard.body["outcome"], subscriber.credits()) == ("IGNORED", "10.00")


# Money that does not fit


@pytest.mark.parametrize(
    ("paid", "reason"), [({"amount": 7899}, "AMOUNT"), ({"amount": 7901}, "AMOUNT"), ({"currency": "EUR"}, "CURRENCY")]
)
def test_money_that_is_not_what_was_agreed_grants_nothing_and_is_flagged_once(
    subscriber: Subscriber, stripe: StripeStub, paid: Json, reason: str
) -> None:
    subscription = subscriber.open()

    completed, invoice = subscriber.pay(subscription, **paid)
    for event in (completed, invoice, again(stripe, invoice)):
        subscriber.hear(event)

    assert (subscriber.status(), subscriber.seen()["needsReview"]) == ("INCOMPLETE", True)
    assert (subscriber.credits(), subscriber.reasons()) == ("0.00", [[reason]])


# A payment that fails


def test_a_renewal_that_is_not_paid_is_past_due_until_it_is(
    subscriber: Subscriber, stripe: StripeStub, subscribed: Json
) -> None:
    failed = stripe.renew(subscribed["stripeSubscriptionId"], is_paid=False)

    subscriber.hear(failed)
    meanwhile = (subscriber.status(), subscriber.credits())
    subscriber.hear(stripe.event("invoice.paid", {**failed["data"]["object"], "amount_paid": 7900}))

    assert meanwhile == ("PAST_DUE", "10.00")
    assert (subscriber.status(), subscriber.credits()) == ("ACTIVE", "20.00")


def test_a_failure_that_is_told_after_its_payment_changes_nothing(
    subscriber: Subscriber, stripe: StripeStub, subscribed: Json
) -> None:
    failed = stripe.renew(subscribed["stripeSubscriptionId"], is_paid=False)
    past_due = next(event for event in stripe.events if event["data"]["object"].get("status") == "past_due")
    subscriber.hear(stripe.event("invoice.paid", {**failed["data"]["object"], "amount_paid": 7900}))

    for late in (failed, past_due):
        assert subscriber.hear(late).body["outcome"] == "PROCESSED"

    assert (subscriber.status(), subscriber.credits()) == ("ACTIVE", "20.00")


def test_a_first_payment_that_fails_leaves_the_page_open(subscriber: Subscriber, stripe: StripeStub) -> None:
    _, paid = subscriber.pay(subscriber.open())

    subscriber.hear(stripe.event("invoice.payment_failed", {**paid["data"]["object"], "amount_paid": 0}))

    assert (subscriber.status(), subscriber.credits()) == ("INCOMPLETE", "0.00")


# Its end


def test_a_page_that_nobody_paid_on_is_over(subscriber: Subscriber, stripe: StripeStub) -> None:
    subscription = subscriber.open()

    heard = subscriber.hear(stripe.expire(subscriber.session_of(subscription)))

    assert (heard.body["outcome"], subscriber.status(), subscriber.told()) == ("PROCESSED", "EXPIRED", [])


def test_whoever_pays_after_all_is_honoured(subscriber: Subscriber, stripe: StripeStub) -> None:
    completed, paid = subscriber.pay(subscriber.open())
    expired = again(stripe, completed, status="expired", subscription=None)

    for event in (stripe.event("checkout.session.expired", expired["data"]["object"]), paid):
        subscriber.hear(event)

    assert (subscriber.status(), subscriber.credits()) == ("ACTIVE", "10.00")


def test_what_stripe_has_ended_is_cancelled_and_stays_so(
    subscriber: Subscriber, stripe: StripeStub, subscribed: Json
) -> None:
    second = stripe.renew(subscribed["stripeSubscriptionId"])
    updated = next(event for event in stripe.events if event["type"] == "customer.subscription.updated")
    subscriber.hear(stripe.end(subscribed["stripeSubscriptionId"]))

    for late in (updated, second):
        assert subscriber.hear(late).body["outcome"] == "PROCESSED"

    assert (subscriber.status(), subscriber.credits()) == ("CANCELLED", "20.00")
    assert "Ended: Ten a month" in subscriber.told()


def test_whether_it_ends_with_its_period_is_as_it_was_said_last_whatever_is_told_last(
    subscriber: Subscriber, stripe: StripeStub, conn: Connection, subscribed: Json
) -> None:
    subscriber.hear(stripe.renew(subscribed["stripeSubscriptionId"]))
    updated = next(event for event in stripe.events if event["type"] == "customer.subscription.updated")

    def said(at: int, ends: bool) -> Json:
        return {**again(stripe, updated, cancel_at_period_end=ends), "created": updated["created"] + at}

    for order in permutations([said(1, True), said(2, False), said(3, True)]):
        conn.execute("savepoint before")
        for event in order:
            subscriber.hear(event)
        assert subscriber.seen()["endsWithPeriod"] is True
        conn.execute("rollback to savepoint before")
    for event in (said(5, False), said(4, True)):
        subscriber.hear(event)
    assert subscriber.seen()["endsWithPeriod"] is False


def test_however_its_life_is_told_it_ends_the_same(
    subscriber: Subscriber, stripe: StripeStub, conn: Connection
) -> None:
    subscription = subscriber.open()
    completed, first = subscriber.pay(subscription)
    stripe_id = completed["data"]["object"]["subscription"]
    failed = stripe.renew(stripe_id, is_paid=False)
    second = stripe.event("invoice.paid", {**failed["data"]["object"], "amount_paid": 7900})
    ended = stripe.end(stripe_id)
    told = set()

    for order in permutations([completed, first, failed, second, ended]):
        conn.execute("savepoint before")
        for event in order:
            subscriber.hear(event)
        row = subscriber.row(subscription)
        told.add((row["status"], row["anchored_at"], row["current_period_end"], subscriber.credits()))
        conn.execute("rollback to savepoint before")

    [(status, _, _, credits)] = told
    assert (status, credits) == ("CANCELLED", "20.00")


# Two of one user


def test_where_another_is_live_the_one_that_is_paid_after_all_is_granted_and_flagged(
    subscriber: Subscriber, stripe: StripeStub, conn: Connection
) -> None:
    first = subscriber.open()
    _, paid = subscriber.pay(first)
    conn.execute("update subscriptions set status = 'EXPIRED', ended_at = now()")
    second = subscriber.subscribe(subscriber.plan("Another"))

    for event in (paid, again(stripe, paid)):
        assert subscriber.hear(event).body["outcome"] == "PROCESSED"

    assert (subscriber.seen()["id"], subscriber.status()) == (second["id"], "ACTIVE")
    row = subscriber.row(first)
    assert (row["status"], row["needs_review"], subscriber.reasons()) == ("EXPIRED", True, [["SECOND_SUBSCRIPTION"]])
    assert subscriber.credits() == "20.00"


def test_where_nobody_has_paid_for_the_other_it_makes_room(subscriber: Subscriber, conn: Connection) -> None:
    first = subscriber.open()
    _, paid = subscriber.pay(first)
    conn.execute("update subscriptions set status = 'EXPIRED', ended_at = now()")
    second = subscriber.open(subscriber.plan("Another"))

    subscriber.hear(paid)

    assert (subscriber.seen()["id"], subscriber.status(), subscriber.reasons()) == (first["id"], "ACTIVE", [])
    assert subscriber.row(second)["status"] == "EXPIRED"


def test_a_session_of_a_purchase_is_none_of_a_subscription(subscriber: Subscriber, stripe: StripeStub) -> None:
    purchase = subscriber.api.post("/billing/create-checkout", {"credits": 20}).body
    subscriber.open()

    heard = subscriber.hear(stripe.pay(purchase["stripeSessionId"]))

    assert (heard.body["outcome"], subscriber.credits(), subscriber.status()) == ("PROCESSED", "20.00", "INCOMPLETE")
