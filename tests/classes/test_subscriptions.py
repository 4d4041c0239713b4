"""To subscribe, to end it, and what is shown of it."""

import pytest
from flask import Flask

from photolens.database import Connection
from tests.billing.conftest import configure
from tests.classes.subscribing import Subscriber
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.stripe_stub import StripeStub

# A page to subscribe on


def test_whoever_wishes_is_given_a_page_to_pay_on_and_has_nothing_yet(subscriber: Subscriber) -> None:
    made = subscriber.wish(subscriber.plan())

    assert (made.status, made.body["status"], made.body["source"]) == (201, "INCOMPLETE", "STRIPE")
    assert made.body["url"].startswith(f"{subscriber.stripe.base}/c/pay/")
    assert made.headers["Location"] == f"/api/v1/subscriptions/{made.body['id']}"
    assert (subscriber.credits(), subscriber.grants(made.body)) == ("0.00", [])


def test_stripe_is_asked_for_the_terms_of_the_plan_under_our_reference(subscriber: Subscriber) -> None:
    subscription = subscriber.open(subscriber.plan(interval="YEAR"))

    [request] = subscriber.stripe.requests
    reference = str(subscriber.row(subscription)["reference"])
    assert request.headers["Idempotency-Key"] == reference
    assert request.parameters == {
        "mode": "subscription",
        "line_items": [
            {
                "quantity": "1",
                "price_data": {
                    "currency": "usd",
                    "unit_amount": "7900",
                    "recurring": {"interval": "year"},
                    "product_data": {"name": "Ten a month"},
                },
            }
        ],
        "client_reference_id": reference,
        "customer_email": "customer@callers.example",
        "success_url": "http://localhost:3000/subscription?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://localhost:3000/subscription",
        "metadata": {"reference": reference},
        "subscription_data": {"metadata": {"reference": reference}},
    }


def test_the_same_plan_gives_the_same_page_again(subscriber: Subscriber) -> None:
    plan = subscriber.plan()
    first = subscriber.open(plan)

    again = subscriber.wish(plan)

    assert (again.status, again.body["id"], again.body["url"]) == (201, first["id"], first["url"])
    assert len(subscriber.stripe.requests) == 1


def test_another_plan_ends_the_page_before(subscriber: Subscriber) -> None:
    first = subscriber.open()

    second = subscriber.open(subscriber.plan("Twenty a month", creditsPerPeriod=20))

    assert (second["id"] != first["id"], subscriber.row(first)["status"]) == (True, "EXPIRED")
    assert subscriber.stripe.session(subscriber.session_of(first))["status"] == "expired"


def test_so_does_the_same_plan_at_another_price(subscriber: Subscriber) -> None:
    plan = subscriber.plan()
    first = subscriber.open(plan)
    subscriber.studio.patch(f"/plans/{plan['id']}", {"price": "99.00"})

    assert subscriber.open(plan)["price"] == "99.00"
    assert subscriber.row(first)["status"] == "EXPIRED"


def test_a_page_whose_day_is_over_is_replaced(subscriber: Subscriber, conn: Connection) -> None:
    plan = subscriber.plan()
    first = subscriber.open(plan)
    subscriber.stripe.expire(subscriber.session_of(first))
    conn.execute("update subscriptions set expires_at = now()")

    assert subscriber.open(plan)["id"] != first["id"]


def test_if_it_is_paid_meanwhile_that_holds(subscriber: Subscriber) -> None:
    first, another = subscriber.open(), subscriber.plan("Another")
    completed, paid = subscriber.pay(first)

    refused = subscriber.wish(another)

    assert (refused.status, refused.body["code"]) == (409, "already_subscribed")
    subscriber.hear(paid)
    subscriber.hear(completed)
    assert (subscriber.seen()["id"], subscriber.status(), subscriber.credits()) == (first["id"], "ACTIVE", "10.00")


def test_whoever_has_one_gets_no_other(subscriber: Subscriber) -> None:
    plan = subscriber.plan()
    subscriber.subscribe(plan)

    refused = subscriber.wish(plan)

    assert (refused.status, refused.body["code"]) == (409, "already_subscribed")


def test_a_plan_that_is_not_offered_cannot_be_wished_for(subscriber: Subscriber) -> None:
    for plan in (subscriber.plan(isActive=False), {"id": 987_654_321}):
        refused = subscriber.wish(plan)
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/planId")


def test_an_account_that_is_not_verified_does_not_subscribe(subscriber: Subscriber, conn: Connection) -> None:
    plan = subscriber.plan()
    conn.execute("update auth_users set status = 'PENDING' where role = 'CUSTOMER'")

    refused = subscriber.wish(plan)

    assert (refused.status, refused.body["code"]) == (403, "forbidden")


def test_where_nothing_is_paid_online_nobody_subscribes(subscriber: Subscriber, app: Flask) -> None:
    plan = subscriber.plan()
    configure(app, stripe_api_key=None)

    refused = subscriber.wish(plan)

    assert (refused.status, refused.body["code"]) == (503, "payments_not_configured")


# Sent again


def test_under_the_same_key_the_same_subscription_is_given_whatever_has_become_of_it(subscriber: Subscriber) -> None:
    plan = subscriber.plan()
    first = subscriber.wish(plan, key="once").body
    for event in subscriber.pay(first):
        subscriber.hear(event)

    again = subscriber.wish(plan, key="once")

    assert (again.status, again.body["id"], again.body["status"]) == (201, first["id"], "ACTIVE")


def test_a_key_of_another_plan_is_refused(subscriber: Subscriber) -> None:
    subscriber.wish(subscriber.plan(), key="once")

    refused = subscriber.wish(subscriber.plan("Another"), key="once")

    assert (refused.status, refused.body["code"]) == (422, "idempotency_key_reused")


def test_where_nobody_knows_what_stripe_did_the_next_wish_takes_it_up(subscriber: Subscriber) -> None:
    plan = subscriber.plan()
    subscriber.stripe.fail_next("drop_answer", times=3)
    lost = subscriber.wish(plan)

    found = subscriber.wish(plan)

    assert (lost.status, lost.body["code"], found.status) == (503, "payments_unavailable", 201)
    keys = {request.headers["Idempotency-Key"] for request in subscriber.stripe.requests}
    assert (len(keys), found.body["url"] is not None) == (1, True)


def test_what_stripe_refuses_is_over_and_the_key_serves_again(subscriber: Subscriber) -> None:
    cheap = subscriber.plan(price="0.10")

    refused = subscriber.wish(cheap, key="once")

    assert (refused.status, refused.body["code"], subscriber.status()) == (409, "payment_refused", "EXPIRED")
    assert subscriber.wish(subscriber.plan("Another"), key="once").status == 201


# Ending it


def test_a_paid_one_ends_with_its_period_and_stripe_is_told(subscriber: Subscriber) -> None:
    subscription = subscriber.subscribe()

    cancelled = subscriber.cancel(subscription)

    assert (cancelled.status, cancelled.body["status"], cancelled.body["endsWithPeriod"]) == (200, "ACTIVE", True)
    request = subscriber.stripe.requests[-1]
    assert request.path == f"/v1/subscriptions/{subscription['stripeSubscriptionId']}"
    assert request.parameters == {"cancel_at_period_end": "true"}
    assert subscriber.credits() == "10.00"


def test_to_cancel_again_changes_nothing(subscriber: Subscriber) -> None:
    subscription = subscriber.subscribe()
    first = subscriber.cancel(subscription)
    asked, told = len(subscriber.stripe.requests), subscriber.told()

    again = subscriber.cancel(subscription)

    assert (again.status, again.body) == (200, first.body)
    assert (len(subscriber.stripe.requests), subscriber.told()) == (asked, told)


def test_one_that_nobody_has_paid_ends_at_once_with_its_page(subscriber: Subscriber) -> None:
    subscription = subscriber.open()

    cancelled = subscriber.cancel(subscription)

    assert (cancelled.body["status"], cancelled.body["url"]) == ("CANCELLED", None)
    assert subscriber.stripe.session(subscriber.session_of(subscription))["status"] == "expired"
    assert subscriber.open(subscriber.plan("Another"))["status"] == "INCOMPLETE"


def test_one_that_has_just_been_paid_ends_with_its_period(subscriber: Subscriber) -> None:
    subscription = subscriber.open()
    completed, paid = subscriber.pay(subscription)

    cancelled = subscriber.cancel(subscription)
    subscriber.hear(completed)
    subscriber.hear(paid)

    assert (cancelled.status, cancelled.body["endsWithPeriod"]) == (200, True)
    assert (subscriber.status(), subscriber.seen()["endsWithPeriod"]) == ("ACTIVE", True)
    assert subscriber.credits() == "10.00"


def test_where_stripe_cannot_be_told_it_is_not_cancelled(subscriber: Subscriber) -> None:
    subscription = subscriber.subscribe()
    subscriber.stripe.fail_next("drop", times=3)

    refused = subscriber.cancel(subscription)

    assert (refused.status, refused.body["code"]) == (503, "payments_unavailable")
    assert subscriber.seen()["endsWithPeriod"] is False
    assert subscriber.cancel(subscription).body["endsWithPeriod"] is True


def test_only_ones_own_is_cancelled(subscriber: Subscriber) -> None:
    subscription = subscriber.subscribe()

    for role in ("OWNER", "TRAINER"):
        refused = subscriber.studio.by_role(role).post(f"/subscriptions/{subscription['id']}/cancel")
        assert (refused.status, refused.body["code"]) == (404, "not_found")


# What is shown


def test_who_never_had_one_is_told_so(subscriber: Subscriber) -> None:
    assert subscriber.api.get("/subscriptions/me").status == 404


def test_the_one_that_is_live_is_shown_before_those_that_were(subscriber: Subscriber) -> None:
    first = subscriber.open()
    subscriber.cancel(first)
    assert subscriber.seen()["id"] == first["id"]

    second = subscriber.open(subscriber.plan("Another"))

    assert subscriber.seen()["id"] == second["id"]


def test_what_it_has_brought_names_what_was_paid_and_the_row_of_the_ledger(subscriber: Subscriber) -> None:
    subscription = subscriber.subscribe()

    [grant] = subscriber.grants(subscription)

    [row] = subscriber.api.get("/billing/transactions?kind=GRANT").body["data"]
    assert (grant["transactionId"], grant["id"]) == (row["id"], row["subscriptionGrantId"])
    assert (grant["credits"], grant["amount"], grant["currency"]) == (10, "79.00", "USD")
    assert grant["stripeInvoiceId"].startswith("in_")
    assert grant["periodStart"] == subscription["currentPeriodStart"]


def test_who_is_shown_invoices_is_shown_everybodys_and_others_only_their_own(subscriber: Subscriber) -> None:
    subscription = subscriber.subscribe()
    path = f"/subscriptions/{subscription['id']}"
    finance, stranger = subscriber.studio.by_role("FINANCE"), subscriber.studio.by_role("TRAINER")

    assert [row["id"] for row in finance.get("/subscriptions").body["data"]] == [subscription["id"]]
    assert (finance.get(path).status, len(finance.get(f"{path}/grants").body["data"])) == (200, 1)
    assert (subscriber.api.get("/subscriptions").status, subscriber.api.get(path).status) == (403, 200)
    assert [stranger.get(address).status for address in (path, f"{path}/grants")] == [404, 404]


@pytest.mark.parametrize(
    ("query", "number"), [("status=ACTIVE", 1), ("status=EXPIRED", 0), ("planId=987654321", 0), ("", 1)]
)
def test_the_studio_finds_them_by_status_and_plan(subscriber: Subscriber, query: str, number: int) -> None:
    subscription = subscriber.subscribe()

    page = subscriber.studio.get(f"/subscriptions?include=total&{query}").body
    of_user = subscriber.studio.get(f"/subscriptions?userId={subscription['userId']}").body["data"]

    assert (len(page["data"]), page["total"], len(of_user)) == (number, number, 1)


# Forgotten


def test_whoever_is_forgotten_is_named_nowhere_and_what_was_paid_stays(
    subscriber: Subscriber, stripe: StripeStub, conn: Connection, api: ApiClient, make: Factory
) -> None:
    client = make.client()
    subscriber.api = api.by_token(sign_in_contact(conn, client["id"], "Zyxomma"))
    subscription = subscriber.wish(subscriber.plan(), key="of-Zyxomma").body
    for event in subscriber.pay(subscription):
        subscriber.hear(event)

    assert api.post(f"/clients/{client['id']}/erase").status == 200
    late = subscriber.hear(stripe.renew(subscriber.row(subscription)["stripe_subscription_id"]))

    assert late.body["outcome"] == "PROCESSED"
    row = subscriber.row(subscription)
    assert (row["idempotency_key"], row["url"], row["status"]) == (None, None, "ACTIVE")
    told = conn.execute("select payload::text as said from stripe_events").fetchall()
    assert [event["said"] for event in told if "zyxomma" in event["said"].lower()] == []
    grants = conn.execute("select from subscription_grants").rowcount
    assert grants == 2
