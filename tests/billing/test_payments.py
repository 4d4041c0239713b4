"""Money that comes in, and what follows from it."""

import psycopg
import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory


def test_two_part_payments_take_an_invoice_from_sent_to_paid(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("600.00")

    make.payment(invoice, "200.00")
    part = api.get(f"/invoices/{invoice['id']}").body
    make.payment(invoice, "400.00")
    whole = api.get(f"/invoices/{invoice['id']}").body

    assert (part["status"], part["balanceDue"]) == ("PARTIALLY_PAID", "400.00")
    assert (whole["status"], whole["balanceDue"]) == ("PAID", "0.00")


def test_a_payment_raises_what_the_client_has_paid(api: ApiClient, make: Factory) -> None:
    client = make.client()
    invoice = make.sent_invoice("600.00", clientId=client["id"])

    make.payment(invoice, "150.50")

    paid = api.get(f"/clients/{client['id']}").body
    assert paid["totalRevenue"] == "150.50"


def test_more_than_the_balance_is_refused_and_changes_nothing(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    refused = api.post(f"/invoices/{invoice['id']}/payments", {"amount": "100.01"})

    assert refused.status == 409
    assert refused.body["code"] == "overpayment"
    assert refused.body["balanceDue"] == "100.00"
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


def test_a_payment_is_answered_as_it_was_sent_and_found_again(api: ApiClient, make: Factory) -> None:
    account = make.payment_account(name="Business checking")
    invoice = make.sent_invoice("100.00")
    sent = {
        "amount": "60.00",
        "paidAt": "2026-11-02T11:30:00+02:00",
        "method": "Bank transfer",
        "notes": "First half.",
        "paymentAccountId": account["id"],
    }

    made = api.post(f"/invoices/{invoice['id']}/payments", sent)

    assert made.status == 201
    assert made.headers["Location"] == f"/api/v1/invoices/{invoice['id']}/payments/{made.body['id']}"
    expected = sent | {"paidAt": "2026-11-02T09:30:00Z", "paymentAccountName": "Business checking"}
    assert made.body.items() >= (expected | {"invoiceId": invoice["id"], "recordedBy": "Owner Test"}).items()
    assert api.get(f"/invoices/{invoice['id']}/payments/{made.body['id']}").body == made.body
    assert api.get(f"/invoices/{invoice['id']}").body["payments"] == [made.body]


def test_a_payment_without_a_time_came_in_now(api: ApiClient, make: Factory) -> None:
    payment = make.payment(make.sent_invoice(), "10.00")

    assert payment["paidAt"] == payment["createdAt"]
    assert (payment["method"], payment["notes"], payment["paymentAccountId"]) == (None, None, None)


def test_the_whole_balance_may_be_paid_at_once(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    make.payment(invoice, "100.00")

    paid = api.get(f"/invoices/{invoice['id']}").body
    assert (paid["status"], paid["balanceDue"], paid["totalAmount"]) == ("PAID", "0.00", "100.00")


def test_an_amount_is_kept_to_the_cent(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("0.30")

    for amount in ("0.1", "0.1", "0.1"):
        make.payment(invoice, amount)

    paid = api.get(f"/invoices/{invoice['id']}").body
    assert (paid["status"], paid["balanceDue"]) == ("PAID", "0.00")
    assert [payment["amount"] for payment in paid["payments"]] == ["0.10", "0.10", "0.10"]


def test_what_a_client_has_paid_is_the_sum_over_their_invoices_alone(api: ApiClient, make: Factory) -> None:
    client, other = make.client(), make.client()
    for amount in ("10.10", "20.20"):
        make.payment(make.sent_invoice("100.00", clientId=client["id"]), amount)
    make.payment(make.sent_invoice("100.00", clientId=other["id"]), "99.00")

    assert api.get(f"/clients/{client['id']}").body["totalRevenue"] == "30.30"
    assert api.get(f"/clients/{other['id']}").body["totalRevenue"] == "99.00"


@pytest.mark.parametrize("status", ["DRAFT", "VOID"])
def test_an_invoice_that_is_not_issued_takes_no_payments(api: ApiClient, make: Factory, status: str) -> None:
    invoice = make.invoice("100.00")
    if status == "VOID":
        api.post(f"/invoices/{invoice['id']}/void")

    refused = api.post(f"/invoices/{invoice['id']}/payments", {"amount": "1.00"})

    assert (refused.status, refused.body["code"]) == (409, "invoice_not_payable")
    assert api.get(f"/invoices/{invoice['id']}/payments").body["data"] == []


def test_a_paid_invoice_takes_no_more(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "100.00")

    refused = api.post(f"/invoices/{invoice['id']}/payments", {"amount": "0.01"})

    assert (refused.status, refused.body["code"], refused.body["balanceDue"]) == (409, "overpayment", "0.00")
    assert len(api.get(f"/invoices/{invoice['id']}/payments").body["data"]) == 1


def test_a_second_payment_is_measured_by_what_the_first_has_left(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "60.00")

    refused = api.post(f"/invoices/{invoice['id']}/payments", {"amount": "40.01"})

    assert (refused.status, refused.body["code"], refused.body["balanceDue"]) == (409, "overpayment", "40.00")


def test_a_payment_of_nothing_is_refused(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    refused = api.post(f"/invoices/{invoice['id']}/payments", {"amount": "0.00"})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/amount"]


def test_a_payment_through_an_account_that_is_not_there_is_refused(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    refused = api.post(f"/invoices/{invoice['id']}/payments", {"amount": "1.00", "paymentAccountId": 999})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/paymentAccountId"]
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


def test_an_account_that_money_went_through_stays(api: ApiClient, make: Factory) -> None:
    account = make.payment_account()
    make.payment(make.sent_invoice(), "1.00", paymentAccountId=account["id"])

    refused = api.delete(f"/payment-accounts/{account['id']}")

    assert (refused.status, refused.body["code"]) == (409, "payment_account_in_use")


def test_a_payment_is_never_changed_or_deleted(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice()
    path = f"/invoices/{invoice['id']}/payments/{make.payment(invoice, '10.00')['id']}"

    answers = [api.patch(path, {"amount": "1.00"}), api.put(path, {"amount": "1.00"}), api.delete(path)]

    assert [answer.status for answer in answers] == [405] * 3
    assert api.get(path).body["amount"] == "10.00"


def test_a_payment_is_reached_through_its_own_invoice_only(api: ApiClient, make: Factory) -> None:
    payment = make.payment(make.sent_invoice(), "10.00")

    answer = api.get(f"/invoices/{make.sent_invoice()['id']}/payments/{payment['id']}")

    assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_payments_are_listed_by_the_time_they_came_in(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(make.sent_invoice(), "5.00")
    days = (2, 1, 3, 2)
    ids = [make.payment(invoice, "1.00", paidAt=f"2026-11-0{day}T12:00:00Z")["id"] for day in days]
    path = f"/invoices/{invoice['id']}/payments"

    newest_first = [ids[2], ids[3], ids[0], ids[1]]
    first_page = api.get(f"{path}?limit=3&include=total").body
    second_page = api.get(f"{path}?limit=3&cursor={first_page['nextCursor']}").body

    assert [row["id"] for row in api.get(f"{path}?sort=paidAt").body["data"]] == newest_first[::-1]
    assert [row["id"] for row in first_page["data"] + second_page["data"]] == newest_first
    assert (first_page["total"], second_page["nextCursor"]) == (4, None)
    assert [row["id"] for row in api.get(f"/invoices/{invoice['id']}").body["payments"]] == newest_first


def test_an_invoice_shows_its_hundred_newest_payments_and_the_list_has_them_all(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("101.00")
    ids = [make.payment(invoice, "1.00")["id"] for _ in range(101)]

    shown = api.get(f"/invoices/{invoice['id']}").body

    assert [payment["id"] for payment in shown["payments"]] == ids[:0:-1]
    assert shown["status"] == "PAID"
    assert len(api.get(f"/invoices/{invoice['id']}/payments?limit=200").body["data"]) == 101


def test_a_payment_is_in_the_feed_with_its_amount(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "12.5")

    [deed] = api.get(f"/activities?subjectType=INVOICE&subjectId={invoice['id']}&limit=1").body["data"]

    assert (deed["kind"], deed["clientId"], deed["actor"]) == ("PAYMENT_RECORDED", invoice["clientId"], "Owner Test")
    assert deed["details"] == {"invoiceNumber": invoice["invoiceNumber"], "amount": "12.50"}


def test_a_refused_payment_leaves_no_trace_in_the_feed(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    api.post(f"/invoices/{invoice['id']}/payments", {"amount": "100.01"})

    deeds = api.get(f"/activities?subjectId={invoice['id']}&subjectType=INVOICE").body["data"]
    assert "PAYMENT_RECORDED" not in {deed["kind"] for deed in deeds}


def test_the_database_refuses_a_payment_of_nothing(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice()

    with pytest.raises(psycopg.errors.CheckViolation) as refused, conn.transaction():
        conn.execute(
            "insert into payments (invoice_id, currency, amount, recorded_by) values (%s, 'USD', 0, 'a bug')",
            [invoice["id"]],
        )

    assert refused.value.diag.constraint_name == "payments_amount_positive"
