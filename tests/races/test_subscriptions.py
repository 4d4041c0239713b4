"""Many at once about one subscription: there is one page, one that is live, and each period is granted once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from photolens import tasks
from photolens.database import Connection, connection
from tests.billing.conftest import stripe, stripe_server
from tests.classes.subscribing import Subscriber
from tests.client import ApiClient
from tests.races.live import count
from tests.stripe_stub import StripeStub

__all__ = ["stripe", "stripe_server"]

pytestmark = pytest.mark.committed


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(6) as pool:
        yield pool


@pytest.fixture
def subscriber(stripe: StripeStub, conn: Connection, api: ApiClient) -> Subscriber:
    return Subscriber(stripe, conn, api)


def at_once(threads: ThreadPoolExecutor, deeds: list[Any]) -> list[Any]:
    """What deeds give that all begin together."""
    start = Barrier(len(deeds))

    def begin(deed: Any) -> Any:
        start.wait(60)
        return deed()

    return [future.result() for future in [threads.submit(begin, deed) for deed in deeds]]


def test_an_invoice_that_is_told_by_three_events_at_once_is_granted_once(
    subscriber: Subscriber, stripe: StripeStub, threads: ThreadPoolExecutor
) -> None:
    completed, paid = subscriber.pay(subscriber.open())
    events = [paid, *(stripe.event("invoice.paid", paid["data"]["object"]) for _ in range(2)), completed]

    heard = at_once(threads, [lambda event=event: subscriber.hear(event).body["outcome"] for event in events])

    assert heard == ["PROCESSED"] * 4
    assert (subscriber.status(), subscriber.credits()) == ("ACTIVE", "10.00")
    assert count(subscriber.conn, "subscription_grants") == count(subscriber.conn, "credit_transactions") == 1


def test_whoever_wishes_many_times_at_once_is_given_one_page(
    subscriber: Subscriber, threads: ThreadPoolExecutor
) -> None:
    plan = subscriber.plan()

    answers = at_once(threads, [lambda: subscriber.wish(plan)] * 5)

    assert {(answer.status, answer.body["url"]) for answer in answers} == {(201, answers[0].body["url"])}
    assert count(subscriber.conn, "subscriptions") == 1


def test_of_pages_for_several_plans_at_once_one_is_open(
    subscriber: Subscriber, stripe: StripeStub, threads: ThreadPoolExecutor
) -> None:
    plans = [subscriber.plan(f"Plan {number}") for number in range(3)]

    answers = at_once(threads, [lambda plan=plan: subscriber.wish(plan) for plan in plans])

    assert {answer.status for answer in answers} == {201}
    pages = [stripe.session(subscriber.session_of(answer.body))["status"] for answer in answers]
    assert (sorted(pages), count(subscriber.conn, "subscriptions", "status = 'INCOMPLETE'")) == (
        ["expired", "expired", "open"],
        1,
    )


def test_workers_that_renew_at_once_renew_once_and_whoever_cancels_meanwhile_waits_for_nobody_for_ever(
    subscriber: Subscriber, app: Flask, threads: ThreadPoolExecutor
) -> None:
    plan = subscriber.plan()
    user_id = UUID(subscriber.api.get("/me").body["id"])
    made = subscriber.studio.post(f"/admin/users/{user_id}/subscription", {"planId": plan["id"]}).body
    subscriber.conn.execute(
        "update subscriptions set anchored_at = anchored_at - interval '40 days';"
        "update subscription_grants set period_start = period_start - interval '40 days',"
        " period_end = period_end - interval '40 days';"
        "update subscriptions set (current_period_start, current_period_end)"
        " = (select period_start, period_end from subscription_grants)"
    )

    def renew() -> None:
        with app.app_context():
            tasks.renew_subscriptions(connection())

    at_once(threads, [renew, renew, renew, lambda: subscriber.cancel(made)])

    renewed = count(subscriber.conn, "subscription_grants") == 2
    cancelled = subscriber.status() == "CANCELLED"
    assert (renewed, cancelled) in ((True, False), (False, True))
    assert subscriber.credits() == ("20.00" if renewed else "10.00")
