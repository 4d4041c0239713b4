"""How a client pays online: a page of the provider for what is due, one at a time, however often it is asked for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from photolens.database import Connection
from tests.billing.conftest import configure
from tests.billing.paying import Payer
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.stripe_stub import StripeStub


def rows(conn: Connection) -> list[dict[str, Any]]:
    return conn.execute("select * from checkout_sessions order by created_at, id").fetchall()


def statuses(conn: Connection) -> list[str]:
    return sorted(row["status"] for row in rows(conn))


def use_currency(conn: Connection, currency: str) -> None:
    conn.execute("update studio_settings set currency = %s", [currency])


def test_the_balance_of_an_invoice_is_paid_on_a_page_of_the_provider(payer: Payer, stripe: StripeStub) -> None:
    opened = payer.wish()

    assert opened.status == 201
    assert {key: opened.body[key] for key in ("invoiceId", "milestoneId", "amount", "currency", "status")} == {
        "invoiceId": payer.invoice["id"],
        "milestoneId": None,
        "amount": "100.00",
        "currency": "USD",
        "status": "OPEN",
    }
    session = stripe.session(payer.session_of(opened.body))
    assert (opened.body["url"], opened.body["balanceDue"]) == (session["url"], "100.00")
    assert payer.api.get(f"{payer.address()}/{opened.body['id']}").body == opened.body
    assert opened.headers["Location"].endswith(f"{payer.address()}/{opened.body['id']}")


def test_what_the_provider_is_told_follows_from_what_is_kept(payer: Payer, stripe: StripeStub) -> None:
    [milestone_id, _] = payer.part("30.00", "70.00")

    checkout = payer.checkout(milestone_id)

    [request] = stripe.requests
    price = request.parameters["line_items"][0]["price_data"]
    assert request.headers["Idempotency-Key"] == checkout["id"]
    assert (price["unit_amount"], price["currency"]) == ("3000", "usd")
    assert price["product_data"]["name"] == f"Invoice {payer.invoice['invoiceNumber']}: Part 1"
    page = f"https://portal.example/portal/invoices/{payer.invoice['id']}"
    assert request.parameters["success_url"] == f"{page}?checkout={checkout['id']}"
    assert request.parameters["cancel_url"] == page


def test_no_answer_names_an_id_of_the_provider_but_the_page(payer: Payer) -> None:
    checkout = payer.checkout()
    session_id = payer.session_of(checkout)
    payer.stripe.pay(session_id)

    paid = payer.verify(checkout).body

    assert session_id not in str({key: value for key, value in checkout.items() if key != "url"})
    assert not any(word in str(paid) for word in ("cs_", "pi_", "cus_"))


@pytest.mark.parametrize("field", ["amount", "currency", "status", "contactId", "paidByContactId"])
def test_what_it_comes_to_and_who_pays_is_not_for_the_caller_to_say(payer: Payer, field: str) -> None:
    refused = payer.api.post(payer.address(), {field: "0.01"})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, f"/{field}")


def test_of_a_milestone_what_is_left_of_it_is_paid(payer: Payer, make: Factory) -> None:
    first, second = payer.part("30.00", "70.00")
    make.payment(payer.invoice, "60.00", milestoneId=second)

    assert [payer.checkout(milestone)["amount"] for milestone in (first, second)] == ["30.00", "10.00"]


def test_a_milestone_of_another_invoice_is_none_of_this_one(payer: Payer) -> None:
    [milestone_id] = payer.part("100.00")

    refused = payer.api.post(payer.address(payer.another_invoice()), {"milestoneId": milestone_id})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/milestoneId")


def test_an_invoice_of_others_a_draft_and_none_at_all_are_the_same_404(payer: Payer, make: Factory) -> None:
    addresses = [
        payer.address(invoice)
        for invoice in (make.sent_invoice(), make.invoice(clientId=payer.client["id"]), {"id": 987654321})
    ]
    checkout = payer.checkout()

    for address in addresses:
        for answer in (
            payer.api.post(address, {}),
            payer.api.get(f"{address}/{checkout['id']}"),
            payer.api.post(f"{address}/{checkout['id']}/verify"),
        ):
            assert (answer.status, answer.body["code"]) == (404, "not_found")
            invoice_id = address.split("/")[3]
            assert answer.body["detail"] in (
                f"There is no invoice {invoice_id}.",
                f"There is no checkout session {checkout['id']}.",
            )


def test_whoever_is_no_contact_does_not_pay(payer: Payer) -> None:
    refused = payer.studio.post(payer.address(), {})

    assert (refused.status, refused.body["code"]) == (403, "not_a_contact")


def test_nothing_is_paid_of_a_void_invoice_or_one_that_is_paid(payer: Payer, make: Factory) -> None:
    void, paid = payer.another_invoice(), payer.another_invoice()
    payer.studio.post(f"/invoices/{void['id']}/void")
    make.payment(paid, "100.00")

    answers = [payer.wish(invoice=invoice) for invoice in (void, paid)]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [
        (409, "invoice_not_payable"),
        (409, "nothing_due"),
    ]


def test_yen_have_no_smaller_unit(payer: Payer, conn: Connection, stripe: StripeStub) -> None:
    use_currency(conn, "JPY")
    invoice = payer.another_invoice("5000.00")

    checkout = payer.wish(invoice=invoice).body

    assert stripe.session(payer.session_of(checkout))["amount_total"] == 5000
    assert (checkout["amount"], checkout["currency"]) == ("5000.00", "JPY")


def test_a_currency_of_three_decimals_is_refused(payer: Payer, conn: Connection, stripe: StripeStub) -> None:
    use_currency(conn, "BHD")

    refused = payer.wish(invoice=payer.another_invoice("5.00"))

    assert (refused.status, refused.body["code"]) == (409, "amount_not_payable")
    assert (rows(conn), stripe.requests) == ([], [])


def test_without_an_account_to_pay_into_nobody_pays_online_and_the_rest_works(
    app: Flask, payer: Payer, conn: Connection, make: Factory
) -> None:
    configure(app, stripe_api_key=None)

    refused = payer.wish()

    assert (refused.status, refused.body["code"]) == (503, "payments_not_configured")
    assert rows(conn) == []
    assert make.payment(payer.invoice, "100.00")["amount"] == "100.00"


# Asked for again


def test_a_page_that_is_open_for_the_same_is_given_again(payer: Payer, stripe: StripeStub) -> None:
    first, again = payer.wish(), payer.wish()

    assert (again.status, again.body) == (201, first.body)
    assert len(stripe.requests) == 1


def test_it_is_given_to_a_colleague_too(payer: Payer, conn: Connection) -> None:
    first = payer.wish()
    colleague = payer.studio.by_token(sign_in_contact(conn, payer.client["id"], "Sam Haddad"))

    theirs = colleague.post(payer.address(), {})

    assert theirs.body == first.body == colleague.get(f"{payer.address()}/{first.body['id']}").body


def test_the_whole_and_a_milestone_are_pages_of_their_own(payer: Payer) -> None:
    first, second = payer.part("30.00", "70.00")

    assert len({payer.checkout(target)["id"] for target in (None, first, second)}) == 3


def test_where_the_amount_has_changed_the_page_before_is_ended_first(
    payer: Payer, stripe: StripeStub, conn: Connection, make: Factory
) -> None:
    before = payer.checkout()
    make.payment(payer.invoice, "40.00")

    after = payer.checkout()

    assert (after["amount"], after["id"] != before["id"]) == ("60.00", True)
    assert stripe.session(payer.session_of(before))["status"] == "expired"
    assert statuses(conn) == ["EXPIRED", "OPEN"]


def test_where_it_was_paid_before_it_could_be_ended_that_is_settled_instead(
    payer: Payer, stripe: StripeStub, make: Factory
) -> None:
    before = payer.checkout()
    make.payment(payer.invoice, "40.00")
    stripe.pay(payer.session_of(before))

    refused = payer.wish()

    assert (refused.status, refused.body["code"]) == (409, "nothing_due")
    assert (payer.seen()["status"], payer.overpaid(), payer.reasons()) == ("PAID", "40.00", [["OVERPAID"]])


def test_a_page_whose_day_is_over_makes_room_for_another(payer: Payer, conn: Connection, stripe: StripeStub) -> None:
    before = payer.checkout()
    stripe.expire(payer.session_of(before))
    conn.execute("update checkout_sessions set expires_at = now() - interval '1 minute'")

    after = payer.checkout()

    assert (after["id"] != before["id"], after["status"]) == (True, "OPEN")
    assert statuses(conn) == ["EXPIRED", "OPEN"]


def test_what_is_known_to_no_account_makes_room_for_another(payer: Payer, conn: Connection, make: Factory) -> None:
    payer.checkout()
    conn.execute("update checkout_sessions set stripe_session_id = 'cs_test_of_another_account'")
    make.payment(payer.invoice, "40.00")

    assert payer.checkout()["amount"] == "60.00"


def test_while_money_is_on_its_way_nothing_else_is_opened(payer: Payer, stripe: StripeStub, make: Factory) -> None:
    payer.hear(stripe.pay(payer.session_of(payer.checkout()), async_=True))

    refused = [payer.wish()]
    make.payment(payer.invoice, "1.00")
    refused.append(payer.wish())

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "payment_processing")] * 2


# Under a key


def test_a_key_gives_the_same_checkout_again_and_after_it_was_paid_too(payer: Payer, stripe: StripeStub) -> None:
    [milestone_id, _] = payer.part("30.00", "70.00")
    first = payer.wish(milestone_id, key="key-1")
    again = payer.wish(milestone_id, key="key-1")
    payer.hear(stripe.pay(payer.session_of(first.body)))

    later = payer.wish(milestone_id, key="key-1")

    assert again.body == first.body
    assert (later.status, later.body["id"], later.body["status"]) == (201, first.body["id"], "PAID")


def test_a_key_is_not_for_another_target(payer: Payer) -> None:
    [milestone_id, _] = payer.part("30.00", "70.00")
    payer.wish(key="key-1")

    refused = [payer.wish(milestone_id, key="key-1"), payer.wish(key="key-1", invoice=payer.another_invoice())]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(422, "idempotency_key_reused")] * 2


@pytest.mark.parametrize("age", ["25 hours", "1 second"])
def test_a_key_whose_checkout_has_ended_serves_for_another(payer: Payer, conn: Connection, age: str) -> None:
    first = payer.wish(key="key-1").body
    payer.hear(payer.stripe.expire(payer.session_of(first)))
    conn.execute("update checkout_sessions set created_at = now() - %s::interval", [age])

    second = payer.wish(key="key-1").body

    assert (second["id"] != first["id"], second["status"]) == (True, "OPEN")


def test_a_key_is_printable(payer: Payer, conn: Connection) -> None:
    refused = payer.wish(key="two words")

    assert (refused.status, refused.body["code"], rows(conn)) == (422, "invalid", [])


# What goes wrong on the way


@pytest.mark.parametrize("fault", [500, "drop", "drop_answer", "garbage"])
def test_where_nobody_knows_the_row_stays_and_the_next_wish_takes_it_up(
    payer: Payer, conn: Connection, stripe: StripeStub, fault: Any
) -> None:
    stripe.fail_next(fault, times=1 if fault == "garbage" else 3)  # otherwise the library asks again, twice
    unknown = payer.wish()
    [kept] = rows(conn)

    taken_up = payer.wish()

    assert (unknown.status, unknown.body["code"]) == (503, "payments_unavailable")
    assert int(unknown.headers["Retry-After"]) >= 1
    assert (kept["status"], kept["stripe_session_id"]) == ("CREATING", None)
    assert (taken_up.status, taken_up.body["id"], taken_up.body["status"]) == (201, str(kept["id"]), "OPEN")
    assert {request.headers["Idempotency-Key"] for request in stripe.requests} == {str(kept["id"])}
    assert len(rows(conn)) == 1


def test_what_was_left_creating_for_another_amount_is_let_go(payer: Payer, conn: Connection, make: Factory) -> None:
    payer.stripe.fail_next("drop", times=3)
    payer.wish()
    make.payment(payer.invoice, "40.00")

    assert payer.checkout()["amount"] == "60.00"
    assert statuses(conn) == ["EXPIRED", "OPEN"]


def test_where_the_provider_refuses_it_has_failed_and_may_be_tried_again_under_its_key(
    payer: Payer, conn: Connection, stripe: StripeStub
) -> None:
    stripe.fail_next(400)
    refused = payer.wish(key="key-1")

    again = payer.wish(key="key-1")

    assert (refused.status, refused.body["code"]) == (409, "payment_refused")
    assert (again.status, statuses(conn)) == (201, ["FAILED", "OPEN"])


def test_an_expiry_that_nobody_knows_of_leaves_all_as_it_was(payer: Payer, conn: Connection, make: Factory) -> None:
    payer.checkout()
    make.payment(payer.invoice, "40.00")
    payer.stripe.fail_next("drop", times=3)

    refused = payer.wish()

    assert (refused.status, refused.body["code"], statuses(conn)) == (503, "payments_unavailable", ["OPEN"])


# The studio


def expire(api: ApiClient, checkout: dict[str, Any]) -> Any:
    return api.post(f"/invoices/{checkout['invoiceId']}/checkout-sessions/{checkout['id']}/expire")


def test_the_studio_sees_how_an_invoice_is_being_paid_newest_first(
    payer: Payer, conn: Connection, make: Factory
) -> None:
    before = payer.checkout()
    conn.execute("update checkout_sessions set created_at = now() - interval '1 hour'")
    make.payment(payer.invoice, "40.00")
    after = payer.checkout()

    listed = payer.studio.get(f"/invoices/{payer.invoice['id']}/checkout-sessions?include=total").body

    assert [(row["id"], row["status"], row["amount"], row["contactName"]) for row in listed["data"]] == [
        (after["id"], "OPEN", "60.00", "Noor Haddad"),
        (before["id"], "EXPIRED", "100.00", "Noor Haddad"),
    ]
    assert listed["total"] == 2


def test_the_studio_ends_a_checkout_that_nobody_pays(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()

    ended = [expire(payer.studio, checkout) for _ in range(2)]

    assert [(answer.status, answer.body["status"]) for answer in ended] == [(200, "EXPIRED")] * 2
    assert stripe.session(payer.session_of(checkout))["status"] == "expired"
    assert payer.api.get(f"{payer.address()}/{checkout['id']}").body["url"] is None


def test_a_checkout_that_has_just_been_paid_is_settled_instead_of_ended(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    stripe.pay(payer.session_of(checkout))

    ended = expire(payer.studio, checkout)

    assert (ended.status, ended.body["status"], payer.seen()["status"]) == (200, "PAID", "PAID")
    again = expire(payer.studio, checkout)
    assert (again.status, again.body["code"]) == (409, "illegal_transition")


def test_money_on_its_way_is_not_called_back(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    payer.hear(stripe.pay(payer.session_of(checkout), async_=True))

    refused = expire(payer.studio, checkout)

    assert (refused.status, refused.body["code"]) == (409, "payment_processing")


def test_a_checkout_is_ended_at_its_own_invoice(payer: Payer) -> None:
    checkout = payer.checkout()

    refused = expire(payer.studio, {**checkout, "invoiceId": payer.another_invoice()["id"]})

    assert (refused.status, refused.body["code"]) == (404, "not_found")


# At once


@pytest.mark.committed
def test_of_ten_wishes_at_once_all_are_given_one_session(payer: Payer, conn: Connection, stripe: StripeStub) -> None:
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: payer.studio.by_token(payer.token).post(payer.address(), {}), range(10)))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.body["url"] for answer in answers}) == 1
    assert (len(rows(conn)), len(stripe.requests)) == (1, 1)


@pytest.mark.committed
def test_one_session_settled_by_ten_events_and_ten_who_ask_is_one_payment(payer: Payer, stripe: StripeStub) -> None:
    checkout = payer.checkout()
    paid = stripe.pay(payer.session_of(checkout))
    events = [paid] * 5 + [stripe.event("checkout.session.completed", paid["data"]["object"]) for _ in range(5)]

    with ThreadPoolExecutor(20) as threads:
        heard = [threads.submit(payer.hear, event) for event in events]
        asked = [
            threads.submit(payer.studio.by_token(payer.token).post, f"{payer.address()}/{checkout['id']}/verify")
            for _ in range(10)
        ]
        answers = [future.result() for future in heard + asked]

    assert [answer.body for answer in answers if answer.status != 200] == []
    seen = payer.seen()
    assert (seen["status"], seen["balanceDue"], len(seen["payments"])) == ("PAID", "0.00", 1)
