"""How credits are bought: a page of the provider for a product, so many times, one for each key."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from photolens.config import CreditProduct
from photolens.database import Connection
from tests.client import ApiClient
from tests.credits.buying import Buyer
from tests.stripe_stub import StripeStub


def test_what_is_sold_is_what_is_configured_in_the_studios_currency(api: ApiClient, conn: Connection) -> None:
    conn.execute("update studio_settings set currency = 'EUR'")

    sold = api.by_role("CUSTOMER").get("/billing/products").body["data"]

    assert [(product["credits"], product["price"], product["currency"]) for product in sold] == [
        (1, "1.00", "EUR"),
        (20, "18.00", "EUR"),
        (50, "40.00", "EUR"),
        (100, "75.00", "EUR"),
    ]


def test_a_product_is_paid_on_a_page_of_the_provider(buyer: Buyer, stripe: StripeStub) -> None:
    opened = buyer.wish(20, 3)

    assert opened.status == 201
    assert {key: opened.body[key] for key in ("amount", "currency", "creditsPurchased", "status", "needsReview")} == {
        "amount": "54.00",
        "currency": "USD",
        "creditsPurchased": "60.00",
        "status": "PENDING",
        "needsReview": False,
    }
    assert opened.body["url"] == stripe.session(opened.body["stripeSessionId"])["url"]
    assert opened.headers["Location"] == f"/api/v1/billing/purchases/{opened.body['id']}"
    assert buyer.seen(opened.body) == opened.body
    assert buyer.credits() == "0.00"


def test_what_the_provider_is_told_follows_from_what_is_kept(buyer: Buyer, stripe: StripeStub) -> None:
    purchase = buyer.purchase(50, 2)

    [request], [row] = stripe.requests, buyer.rows()
    price = request.parameters["line_items"][0]["price_data"]
    assert request.headers["Idempotency-Key"] == str(row["reference"])
    assert request.parameters["client_reference_id"] == str(row["reference"])
    assert (price["unit_amount"], price["currency"], price["product_data"]["name"]) == ("8000", "usd", "100 credits")
    assert request.parameters["success_url"] == "http://localhost:3000/credits?session_id={CHECKOUT_SESSION_ID}"
    assert request.parameters["cancel_url"] == "http://localhost:3000/credits"
    assert request.parameters["metadata"] == {"purchase_id": str(purchase["id"])}


def test_a_currency_without_cents_is_counted_in_whole_ones(buyer: Buyer, conn: Connection, stripe: StripeStub) -> None:
    conn.execute("update studio_settings set currency = 'JPY'")

    assert buyer.purchase(20, 100)["amount"] == "1800.00"
    assert stripe.requests[0].parameters["line_items"][0]["price_data"]["unit_amount"] == "1800"


def test_a_price_that_the_currency_cannot_hold_is_refused_before_anything_is_kept(buyer: Buyer) -> None:
    buyer.conn.execute("update studio_settings set currency = 'KWD'")
    refused = buyer.wish()

    assert (refused.status, refused.body["code"], buyer.rows()) == (409, "amount_not_payable", [])


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/credits"),
        ({"credits": 21}, "/credits"),
        ({"credits": 20, "quantity": 0}, "/quantity"),
        ({"credits": 20, "quantity": 501}, "/quantity"),
        ({"credits": 20, "amount": "0.01"}, "/amount"),
        ({"credits": 20, "userId": "550e8400-e29b-41d4-a716-446655440000"}, "/userId"),
    ],
)
def test_what_is_not_sold_is_not_bought_and_the_price_is_not_for_the_caller_to_say(
    buyer: Buyer, body: dict[str, Any], pointer: str
) -> None:
    refused = buyer.api.post("/billing/create-checkout", body)

    assert (refused.status, refused.body["errors"][0]["pointer"], buyer.rows()) == (422, pointer, [])


def test_without_a_provider_nothing_is_sold(api: ApiClient, conn: Connection) -> None:
    refused = api.post("/billing/create-checkout", {"credits": 20})

    assert (refused.status, refused.body["code"]) == (503, "payments_not_configured")
    assert conn.execute("select from purchases").rowcount == 0


# Under a key


def test_under_the_same_key_the_same_purchase_is_given_again(buyer: Buyer, stripe: StripeStub) -> None:
    answers = [buyer.wish(20, 2, key="key-1") for _ in range(3)]

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["url"] for answer in answers}) == 1
    assert (len(buyer.rows()), len(stripe.requests)) == (1, 1)


def test_without_a_key_every_request_is_a_purchase(buyer: Buyer) -> None:
    assert buyer.purchase()["id"] != buyer.purchase()["id"]


@pytest.mark.parametrize("another", [(50, 1), (20, 2)])
def test_a_key_is_of_one_request(buyer: Buyer, another: tuple[int, int]) -> None:
    buyer.wish(20, 1, key="key-1")

    refused = buyer.wish(*another, key="key-1")

    assert (refused.status, refused.body["code"], len(buyer.rows())) == (422, "idempotency_key_reused", 1)


@pytest.mark.committed
def test_of_five_requests_under_one_key_at_once_there_is_one_purchase(buyer: Buyer) -> None:
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: Buyer(buyer.stripe, buyer.conn, buyer.studio).wish(key="key-1"), range(5)))

    # While the provider is still making the session, it asks whoever comes to wait.
    assert {answer.status for answer in answers} <= {201, 503}
    again = buyer.wish(key="key-1")
    assert {answer.body["id"] for answer in answers if answer.status == 201} <= {again.body["id"]}
    assert (again.status, len(buyer.rows())) == (201, 1)


def test_a_key_is_of_one_user(buyer: Buyer, api: ApiClient) -> None:
    buyer.wish(20, 1, key="key-1")

    other = api.post("/billing/create-checkout", {"credits": 50}, headers={"Idempotency-Key": "key-1"})

    assert (other.status, other.body["amount"]) == (201, "40.00")


def test_after_a_day_a_key_serves_for_another_purchase(buyer: Buyer, conn: Connection) -> None:
    first = buyer.wish(20, 1, key="key-1")
    conn.execute("update purchases set created_at = now() - interval '24 hours'")

    assert buyer.wish(50, 1, key="key-1").body["id"] != first.body["id"]


# What goes wrong on the way


@pytest.mark.parametrize("fault", [500, "drop", "drop_answer", "garbage"])
def test_where_nobody_knows_it_stays_and_the_same_key_takes_it_up(buyer: Buyer, stripe: StripeStub, fault: Any) -> None:
    stripe.fail_next(fault, times=1 if fault == "garbage" else 3)  # otherwise the library asks again, twice
    unknown = buyer.wish(key="key-1")
    [kept] = buyer.rows()

    taken_up = buyer.wish(key="key-1")

    assert (unknown.status, unknown.body["code"]) == (503, "payments_unavailable")
    assert (kept["status"], kept["stripe_session_id"]) == ("PENDING", None)
    assert (taken_up.status, taken_up.body["id"]) == (201, kept["id"])
    assert taken_up.body["url"] is not None
    assert {request.headers["Idempotency-Key"] for request in stripe.requests} == {str(kept["reference"])}


def test_where_the_provider_refuses_it_has_failed_and_its_key_serves_for_the_next_try(
    buyer: Buyer, stripe: StripeStub
) -> None:
    stripe.fail_next(400)
    refused = buyer.wish(key="key-1")

    again = buyer.wish(key="key-1")

    assert (refused.status, refused.body["code"], again.status) == (409, "payment_refused", 201)
    assert [row["status"] for row in buyer.rows()] == ["FAILED", "PENDING"]


def test_the_price_of_a_purchase_is_that_of_when_it_was_begun(
    buyer: Buyer, stripe: StripeStub, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stripe.fail_next("drop", times=3)
    buyer.wish(key="key-1")
    dearer = replace(app.extensions["settings"], credit_products=(CreditProduct(buyer.rows()[0]["amount"] * 2, 20),))
    monkeypatch.setitem(app.extensions, "settings", dearer)

    assert buyer.wish(key="key-1").body["amount"] == "18.00"


# Who sees it


def test_purchases_are_listed_newest_first_and_by_status(buyer: Buyer) -> None:
    first, second = buyer.purchase(20), buyer.purchase(50)
    buyer.hear(buyer.stripe.expire(first["stripeSessionId"]))

    listed = buyer.api.get("/billing/purchases", query_string={"include": "total"}).body
    failed = buyer.api.get("/billing/purchases", query_string={"status": "FAILED"}).body

    assert ([row["id"] for row in listed["data"]], listed["total"]) == ([second["id"], first["id"]], 2)
    assert [row["id"] for row in failed["data"]] == [first["id"]]


def test_a_purchase_of_somebody_else_is_none(buyer: Buyer, api: ApiClient) -> None:
    purchase = buyer.purchase()

    assert api.get("/billing/purchases").body["data"] == []
    assert api.get(f"/billing/purchases/{purchase['id']}").status == 404
