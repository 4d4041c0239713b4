"""The money of bookings: kept whatever comes in whatever order, once; what does not fit is to go back."""

import json
import time
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from photolens import tasks
from photolens.database import Connection
from photolens.invariants import broken_invariants
from photolens.signatures import sign
from photolens.spaces.rules import without_card_data
from tests.client import Answer, ApiClient
from tests.spaces.marketplace import SECRET, Marketplace, event_of, tell, wish

Rows = dict[str, Any]


@pytest.fixture
def offering(market: Marketplace) -> int:
    offering = market.offering(auto_accept=True)
    market.slots(offering, hours=(10, 13))
    return offering


@pytest.fixture
def held(offering: int, customer: ApiClient) -> Rows:
    """A booking of 26.38 that is to be paid by card."""
    booking: Rows = customer.post("/space-bookings", wish(offering, paymentMethod="CARD")).body
    return booking


@pytest.fixture
def payment(held: Rows, customer: ApiClient) -> Rows:
    answer = customer.post(f"/space-bookings/{held['id']}/payments")
    assert answer.status == 201
    payment: Rows = answer.body
    return payment


def booking_of(api: ApiClient, payment: Rows) -> Rows:
    booking: Rows = api.get(f"/space-bookings/{payment['bookingId']}").body
    return booking


def read(api: ApiClient, payment: Rows) -> Rows:
    row: Rows = api.get(f"/space-bookings/{payment['bookingId']}/payments/{payment['id']}").body
    return row


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


# To pay online


def test_a_booking_that_is_paid_online_is_kept_for_a_quarter_of_an_hour(held: Rows) -> None:
    assert held["status"] == "PENDING"
    assert held["holdExpiresAt"] is not None


def test_an_attempt_to_pay_says_what_the_gateway_is_to_ask_for(held: Rows, payment: Rows, customer: ApiClient) -> None:
    assert (payment["amount"], payment["currency"], payment["status"]) == ("26.38", "USD", "PENDING")
    assert payment["bookingNumber"] == held["bookingNumber"]
    assert payment["transactionId"].startswith("SPT-")
    assert customer.get(f"/space-bookings/{held['id']}/payments").body["data"] == [payment]


def test_each_attempt_is_a_row_of_its_own(held: Rows, payment: Rows, customer: ApiClient) -> None:
    second = customer.post(f"/space-bookings/{held['id']}/payments").body

    attempts = customer.get(f"/space-bookings/{held['id']}/payments").body["data"]
    assert [attempt["id"] for attempt in attempts] == [second["id"], payment["id"]]
    assert second["transactionId"] != payment["transactionId"]


def test_what_is_paid_at_the_place_or_waits_for_no_money_takes_no_attempt(
    offering: int, held: Rows, customer: ApiClient
) -> None:
    cash = customer.post("/space-bookings", wish(offering)).body
    customer.post(f"/space-bookings/{held['id']}/cancel")

    answers = [customer.post(f"/space-bookings/{booking['id']}/payments") for booking in (cash, held)]

    assert [code(answer) for answer in answers] == [(409, "not_payable")] * 2


def test_a_vendor_does_not_confirm_what_is_to_be_paid_online(held: Rows, vendor: ApiClient) -> None:
    assert code(vendor.post(f"/space-bookings/{held['id']}/confirm")) == (409, "not_paid")


def test_a_booking_is_confirmed_by_its_money(gateway: ApiClient, payment: Rows, customer: ApiClient) -> None:
    answer = tell(gateway, event_of(payment, "paid"))

    booking, paid = booking_of(customer, payment), read(customer, payment)
    assert (answer.status, answer.body["outcome"]) == (200, "PROCESSED")
    assert (booking["status"], booking["paymentStatus"], booking["holdExpiresAt"]) == ("CONFIRMED", "PAID", None)
    assert (paid["status"], paid["refundDue"], booking["needsRefund"]) == ("PAID", "0.00", False)
    assert paid["paidAt"] is not None


def test_money_that_does_not_come_leaves_the_hold_and_another_may_come(
    gateway: ApiClient, payment: Rows, customer: ApiClient
) -> None:
    tell(gateway, event_of(payment, "failed"))
    failed = booking_of(customer, payment)
    second = customer.post(f"/space-bookings/{payment['bookingId']}/payments").body
    tell(gateway, event_of(second, "paid"))

    assert (failed["status"], failed["paymentStatus"]) == ("PENDING", "FAILED")
    assert failed["holdExpiresAt"] is not None
    assert booking_of(customer, payment)["status"] == "CONFIRMED"


@pytest.mark.parametrize("order", [*permutations(("paid", "failed", "refunded", "paid"))])
def test_in_whatever_order_and_however_often_it_is_told_it_ends_the_same(
    gateway: ApiClient, payment: Rows, customer: ApiClient, order: tuple[str, ...]
) -> None:
    amounts = {"refunded": {"amount": "10.00"}}
    for status in order:
        event = event_of(payment, status, **amounts.get(status, {}))
        assert {tell(gateway, event).status for _ in range(2)} == {200}

    booking, paid = booking_of(customer, payment), read(customer, payment)
    assert (booking["status"], booking["paymentStatus"], booking["needsRefund"]) == ("CONFIRMED", "PAID", False)
    assert (paid["status"], paid["amount"], paid["refundedAmount"]) == ("PAID", "26.38", "10.00")


@pytest.mark.parametrize("amounts", [*permutations(("40.00", "30.00", "50.00"))])
def test_no_more_goes_back_than_came_in_whatever_order_that_is_told(
    gateway: ApiClient, payment: Rows, customer: ApiClient, amounts: tuple[str, ...]
) -> None:
    for amount in amounts:
        status = "paid" if amount == "40.00" else "refunded"
        tell(gateway, event_of(payment, status, amount=amount))

    paid = read(customer, payment)
    assert (paid["amount"], paid["refundDue"], paid["refundedAmount"]) == ("40.00", "40.00", "40.00")
    assert booking_of(customer, payment)["needsRefund"] is False


@pytest.mark.parametrize("other", [{"amount": "26.37"}, {"amount": "26.39"}, {"currency": "EUR"}])
def test_other_money_than_was_asked_for_is_kept_and_is_to_go_back(
    gateway: ApiClient, payment: Rows, customer: ApiClient, other: Rows
) -> None:
    tell(gateway, event_of(payment, "paid", **other))

    booking, paid = booking_of(customer, payment), read(customer, payment)
    assert (booking["status"], booking["paymentStatus"], booking["needsRefund"]) == ("PENDING", "PENDING", True)
    assert (paid["status"], paid["refundDue"]) == ("PAID", paid["amount"])
    assert {name: paid[name] for name in other} == other


@pytest.mark.parametrize("end", ["cancelled", "expired"])
def test_money_that_comes_too_late_is_kept_is_to_go_back_and_revives_nothing(
    conn: Connection,
    market: Marketplace,
    offering: int,
    gateway: ApiClient,
    payment: Rows,
    customer: ApiClient,
    end: str,
) -> None:
    if end == "cancelled":
        customer.post(f"/space-bookings/{payment['bookingId']}/cancel")
    else:
        market.expire({"id": payment["bookingId"]})
        tasks.cancel_expired_holds(conn)

    tell(gateway, event_of(payment, "paid"))

    booking = booking_of(customer, payment)
    assert (booking["status"], booking["paymentStatus"]) == ("CANCELLED", "PAID")
    assert (booking["needsRefund"], booking["refundAmount"]) == (True, "26.38")
    assert market.free(offering) == [3, 3, 3]


def test_a_booking_that_still_has_its_units_is_confirmed_by_money_that_comes_after_its_hold(
    market: Marketplace, gateway: ApiClient, payment: Rows, customer: ApiClient
) -> None:
    market.expire({"id": payment["bookingId"]})

    tell(gateway, event_of(payment, "paid"))

    assert booking_of(customer, payment)["status"] == "CONFIRMED"


def test_who_pays_twice_is_to_have_one_of_them_back(gateway: ApiClient, payment: Rows, customer: ApiClient) -> None:
    second = customer.post(f"/space-bookings/{payment['bookingId']}/payments").body
    for attempt in (payment, second):
        tell(gateway, event_of(attempt, "paid"))

    booking = booking_of(customer, payment)
    assert (booking["status"], booking["needsRefund"], booking["refundAmount"]) == ("CONFIRMED", True, "26.38")
    assert [read(customer, attempt)["refundDue"] for attempt in (payment, second)] == ["0.00", "26.38"]


def test_money_under_a_transaction_of_the_gateways_own_is_one_more_attempt(
    gateway: ApiClient, held: Rows, customer: ApiClient
) -> None:
    attempt = {"transactionId": "gw_77", "bookingNumber": held["bookingNumber"], "amount": "26.38", "currency": "USD"}
    for _ in range(2):
        tell(gateway, event_of(attempt, "paid"))

    assert customer.get(f"/space-bookings/{held['id']}").body["status"] == "CONFIRMED"
    assert len(customer.get(f"/space-bookings/{held['id']}/payments").body["data"]) == 1


def test_money_of_nobody_is_noted_and_changes_nothing(gateway: ApiClient, market: Marketplace) -> None:
    attempt = {"transactionId": "gw_78", "bookingNumber": "SP-NOTHERE", "amount": "26.38", "currency": "USD"}

    answer = tell(gateway, event_of(attempt, "paid"))

    assert (answer.status, answer.body["outcome"]) == (200, "IGNORED")
    assert market.one("select transaction_id from space_payment_events")["transaction_id"] == "gw_78"


# What the gateway sends


def test_what_is_not_signed_by_the_gateway_lately_is_refused_and_not_kept(
    gateway: ApiClient, payment: Rows, market: Marketplace
) -> None:
    body = json.dumps(event_of(payment, "paid")).encode()
    now = int(time.time())
    good = sign(body, SECRET, now)
    attempts = [
        (body, {}),
        (body, {"X-Signature": ""}),
        (body, {"X-Signature": "t=1,v1=0"}),
        (body, {"X-Signature": sign(body, "another secret", now)}),
        (body, {"X-Signature": sign(body, SECRET, now - 302)}),
        (body, {"X-Signature": sign(body, SECRET, now + 302)}),
        (body, {"X-Signature": good.upper()}),
        (body + b" ", {"X-Signature": good}),
        (b"", {"X-Signature": good}),
    ]

    answers = [gateway.post("/webhooks/space-payments", data=data, headers=headers) for data, headers in attempts]

    assert {code(answer) for answer in answers} == {(400, "signature_invalid")}
    assert market.one("select count(*) from space_payment_events")["count"] == 0


@pytest.mark.parametrize(
    "event",
    [
        "not JSON",
        [],
        {"id": "evt_1"},
        {"id": "evt_1", "transactionId": "x", "status": "perhaps", "amount": "1.00", "currency": "USD"},
        {"id": "evt_1", "transactionId": "x", "status": "paid", "amount": 1.0, "currency": "USD"},
        {"id": "evt_1", "transactionId": "x", "status": "paid", "amount": "0.00", "currency": "USD"},
    ],
)
def test_what_is_signed_and_no_event_is_refused(gateway: ApiClient, event: Any) -> None:
    assert code(tell(gateway, event)) == (400, "bad_request")


def test_a_body_beyond_all_measure_is_not_read(gateway: ApiClient) -> None:
    answer = gateway.post("/webhooks/space-payments", data=b" " * (1024 * 1024 + 1))

    assert code(answer) == (413, "body_too_large")


def test_without_a_secret_nothing_can_be_verified(api: ApiClient) -> None:
    assert code(tell(api, {})) == (503, "payments_not_configured")


def test_a_signature_is_made_as_the_documents_say() -> None:
    body = b'{"id":"evt_81","transactionId":"SPT-1","status":"paid","amount":"79.13","currency":"USD"}'

    assert sign(body, "secret", 1795000000) == (
        "t=1795000000,v1=eb34623edc3d30c5d52e3439e6b9eedd2e4e7fdb7b0d4d2eb777779ff1d7ec21"
    )


CARD = {
    "id": "evt_9",
    "card": {"number": "4242424242424242", "brand": "visa", "last4": "4242", "exp_month": 12, "cvc": "123"},
    "payer": {"PAN": "x", "card_number": "y", "CVV2": "1", "expiry": "12/30", "name": "Emma", "security-code": "9"},
    "number": "1",
    "note": "paid with 4242 4242 4242 4242, thank you; ref 123456789012",
    "list": ["5555-5555-5555-4444", {"cvc": 1, "kept": [True, None, 1.5]}],
    "digits": 4242424242424242,
    "bookingNumber": "SP-1",
}


def test_of_a_card_nothing_is_kept_by_which_it_could_be_used(
    gateway: ApiClient, api: ApiClient, payment: Rows, customer: ApiClient, vendor: ApiClient, conn: Connection
) -> None:
    tell(gateway, CARD | event_of(payment, "paid"))

    kept = read(api, payment)["gatewayResponse"]
    assert kept["card"] == {"brand": "visa", "last4": "4242"}
    assert kept["payer"] == {"name": "Emma"}
    assert kept["note"] == "paid with [removed], thank you; ref 123456789012"
    assert (kept["list"], kept["digits"]) == (["[removed]", {"kept": [True, None, 1.5]}], "[removed]")
    assert "number" not in kept
    assert [read(caller, payment)["gatewayResponse"] for caller in (customer, vendor)] == [None, None]
    row = conn.execute("select string_agg(payload::text, '') as payload from space_payment_events").fetchone()
    assert row is not None
    assert "4242424242424242" not in row["payload"]


def test_what_is_nested_beyond_all_measure_is_cut_off() -> None:
    told: Any = "4242"
    for _ in range(5000):
        told = [told]

    assert "4242" not in str(without_card_data(told))


# Cash


@pytest.fixture
def cash(offering: int, customer: ApiClient) -> Rows:
    """The payment of a booking of 26.38 that is confirmed, and paid at the place."""
    booking = customer.post("/space-bookings", wish(offering)).body
    payment: Rows = customer.get(f"/space-bookings/{booking['id']}/payments").body["data"][0]
    return payment


def test_cash_is_paid_once_it_is_collected(cash: Rows, customer: ApiClient, vendor: ApiClient) -> None:
    collected, again = (vendor.post(f"/space-payments/{cash['id']}/collect") for _ in range(2))

    assert (cash["status"], cash["transactionId"]) == ("PENDING", None)
    assert (collected.status, collected.body["status"]) == (200, "PAID")
    assert code(again) == (409, "illegal_transition")
    assert booking_of(customer, cash)["paymentStatus"] == "PAID"
    assert code(customer.post(f"/space-payments/{cash['id']}/collect")) == (403, "forbidden")


def test_what_is_paid_online_or_not_confirmed_is_not_collected(payment: Rows, cash: Rows, vendor: ApiClient) -> None:
    vendor.post(f"/space-bookings/{cash['bookingId']}/cancel")

    answers = [vendor.post(f"/space-payments/{each['id']}/collect") for each in (payment, cash)]

    assert [code(answer) for answer in answers] == [(409, "not_payable")] * 2


# What goes back


@pytest.fixture
def due(cash: Rows, vendor: ApiClient) -> Rows:
    """A payment of 26.38, all of which is to go back."""
    vendor.post(f"/space-payments/{cash['id']}/collect")
    vendor.post(f"/space-bookings/{cash['bookingId']}/cancel")
    return cash


def test_once_all_that_was_due_is_given_back_nothing_is_to_be_done(
    due: Rows, customer: ApiClient, vendor: ApiClient
) -> None:
    before = booking_of(customer, due)
    part = vendor.post(f"/space-payments/{due['id']}/refund", {"amount": "20.00"}).body
    between = booking_of(customer, due)
    rest = vendor.post(f"/space-payments/{due['id']}/refund", {}).body

    assert (part["refundedAmount"], rest["refundedAmount"]) == ("20.00", "26.38")
    flags = [booking["needsRefund"] for booking in (before, between, booking_of(customer, due))]
    assert flags == [True, True, False]


def test_no_more_is_given_back_than_was_paid(due: Rows, customer: ApiClient, vendor: ApiClient) -> None:
    too_much = vendor.post(f"/space-payments/{due['id']}/refund", {"amount": "26.39"})
    vendor.post(f"/space-payments/{due['id']}/refund", {})

    assert (code(too_much), too_much.body["refundableAmount"]) == ((409, "refund_exceeds_payment"), "26.38")
    assert code(vendor.post(f"/space-payments/{due['id']}/refund", {})) == (409, "refund_exceeds_payment")
    assert code(customer.post(f"/space-payments/{due['id']}/refund", {})) == (403, "forbidden")


def test_of_what_has_not_been_paid_nothing_is_given_back(cash: Rows, vendor: ApiClient) -> None:
    assert code(vendor.post(f"/space-payments/{cash['id']}/refund", {})) == (409, "not_paid")


def test_a_part_that_was_given_back_before_counts_to_what_a_cancellation_gives(
    market: Marketplace, cash: Rows, customer: ApiClient, vendor: ApiClient
) -> None:
    vendor.post(f"/space-payments/{cash['id']}/collect")
    vendor.post(f"/space-payments/{cash['id']}/refund", {"amount": "6.38"})
    market.move({"id": cash["bookingId"]}, timedelta(hours=-48))
    vendor.post(f"/space-bookings/{cash['bookingId']}/cancel")

    rest = vendor.post(f"/space-payments/{cash['id']}/refund", {}).body

    assert (rest["refundDue"], rest["refundedAmount"]) == ("26.38", "26.38")
    assert booking_of(customer, cash)["needsRefund"] is False


def test_money_that_is_not_as_its_rows_say_is_found(
    conn: Connection, gateway: ApiClient, payment: Rows, due: Rows
) -> None:
    tell(gateway, event_of(payment, "paid"))
    assert broken_invariants(conn) == []

    conn.execute("update space_bookings set payment_status = 'FAILED', needs_refund = not needs_refund")

    assert len(broken_invariants(conn)) == 5  # one of them is confirmed, and not paid
