"""Discount, tax and the words of an invoice: what it comes to, to the cent, and until when each may change."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.billing.checkouts import begin_checkout
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory

SUMS = ("subtotal", "discountAmount", "taxRate", "taxAmount", "totalAmount", "balanceDue")


def sums(invoice: dict[str, Any]) -> list[Any]:
    return [invoice[name] for name in SUMS]


def test_a_total_is_the_items_less_the_discount_and_the_tax_on_that(make: Factory) -> None:
    invoice = make.invoice("100.00", "99.99", discountAmount="20.00", taxRate=8.875)

    assert sums(invoice) == ["199.99", "20.00", 8.875, "15.97", "195.96", "195.96"]


def test_tax_is_rounded_half_up_once(make: Factory) -> None:
    # 0.5 % of 1.00 is half a cent; of 3.00 it is one and a half.
    assert [make.invoice(price, taxRate=0.5)["taxAmount"] for price in ("0.99", "1.00", "3.00")] == [
        "0.00",
        "0.01",
        "0.02",
    ]


def test_without_discount_and_tax_an_invoice_comes_to_its_items(make: Factory) -> None:
    assert sums(make.invoice("12.34")) == ["12.34", "0.00", 0, "0.00", "12.34", "12.34"]


def test_discount_and_tax_change_what_a_sent_invoice_comes_to(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    changed = api.patch(f"/invoices/{invoice['id']}", {"discountAmount": "10.00", "taxRate": 20}).body

    assert sums(changed) == ["100.00", "10.00", 20, "18.00", "108.00", "108.00"]
    assert changed["status"] == "SENT"


def test_an_overdue_invoice_stays_so_when_its_discount_changes(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00", issueDate="2020-01-01", dueDate="2020-01-15")

    changed = api.patch(f"/invoices/{invoice['id']}", {"discountAmount": "10.00"}).body

    assert (changed["status"], changed["balanceDue"]) == ("OVERDUE", "90.00")


def test_an_invoice_that_was_given_away_can_be_charged_again(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    given = api.patch(f"/invoices/{invoice['id']}", {"discountAmount": "100.00"}).body
    charged = api.patch(f"/invoices/{invoice['id']}", {"discountAmount": "0.00"}).body

    assert (given["status"], given["balanceDue"]) == ("PAID", "0.00")
    assert (charged["status"], charged["balanceDue"]) == ("SENT", "100.00")


def test_a_discount_is_never_more_than_the_items_come_to(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("60.00", "40.00", discountAmount="50.00")
    path = f"/invoices/{invoice['id']}"
    items = [f"{path}/items/{item['id']}" for item in invoice["items"]]

    refused = [
        api.post("/invoices", {"clientId": invoice["clientId"], "discountAmount": "0.01"}),
        api.patch(path, {"discountAmount": "100.01"}),
        api.patch(items[0], {"unitPrice": "9.99"}),
        api.delete(items[0]),
    ]

    assert [(answer.status, answer.body["code"]) for answer in refused[:3]] == [(409, "discount_too_large")] * 3
    assert (refused[3].status, refused[3].body["code"]) == (409, "discount_too_large")
    assert api.get(path).body == invoice


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("taxRate", 8.8755),
        ("taxRate", -1),
        ("taxRate", 100.001),
        ("taxRate", "8"),
        ("taxRate", True),
        ("discountAmount", "-1.00"),
        ("discountAmount", 10),
        ("currency", "usd"),
        ("currency", "EURO"),
        ("invoiceName", " "),
    ],
)
def test_what_is_no_discount_tax_or_currency_is_refused(api: ApiClient, make: Factory, field: str, value: Any) -> None:
    refused = api.post("/invoices", {"clientId": make.client()["id"], field: value})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == [f"/{field}"]


def test_a_currency_is_named_once_or_is_that_of_the_settings(api: ApiClient, make: Factory) -> None:
    named, unnamed = make.invoice(currency="JPY"), make.invoice()

    refused = api.patch(f"/invoices/{named['id']}", {"currency": "USD"})

    assert (named["currency"], unnamed["currency"]) == ("JPY", "USD")
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/currency")


def test_an_invoice_belongs_to_a_work_package_of_its_own_client(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    client, other = make.client(), make.client()
    own, foreign = (make.work_package(clientId=c["id"])["id"] for c in (client, other))
    invoice = make.invoice(clientId=client["id"], workPackageId=own)

    refused = [
        api.post("/invoices", {"clientId": client["id"], "workPackageId": foreign}),
        api.patch(f"/invoices/{invoice['id']}", {"workPackageId": foreign}),
    ]

    assert invoice["workPackageId"] == own
    assert [(answer.status, answer.body["errors"][0]["pointer"]) for answer in refused] == [(422, "/workPackageId")] * 2
    listed = api.get(f"/invoices?workPackageId={own}").body["data"]
    assert [row["id"] for row in listed] == [invoice["id"]]


def test_an_invoice_is_found_by_its_name(api: ApiClient, make: Factory) -> None:
    make.invoice()
    named = make.invoice(invoiceName="Wedding at the Mill")

    assert [row["id"] for row in api.get("/invoices?q=mill").body["data"]] == [named["id"]]


def test_words_and_due_date_change_until_an_invoice_is_settled(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    path = f"/invoices/{invoice['id']}"
    words = {"invoiceName": "Portraits", "invoiceDescription": "Two sittings.", "dueDate": "2199-01-01"}

    make.payment(invoice, "40.00")
    changed = api.patch(path, words)
    make.payment(invoice, "60.00")
    refused = [api.patch(path, {name: None}) for name in words]

    assert changed.status == 200
    assert changed.body.items() >= words.items()
    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "invoice_frozen")] * 3


@pytest.mark.parametrize("how", ["paid on", "being paid", "void"])
def test_what_an_invoice_comes_to_stands_once_money_moves(
    api: ApiClient, make: Factory, conn: Connection, how: str
) -> None:
    invoice = make.sent_invoice("100.00", "50.00")
    path = f"/invoices/{invoice['id']}"
    if how == "paid on":
        make.payment(invoice, "40.00")
    elif how == "being paid":
        begin_checkout(conn, invoice)
    else:
        api.post(f"{path}/void")
    before = api.get(path).body

    refused = [
        api.patch(path, {"discountAmount": "1.00"}),
        api.patch(path, {"taxRate": 1}),
        api.post(f"{path}/items", {"name": "Print", "unitPrice": "1.00"}),
        api.patch(f"{path}/items/{invoice['items'][0]['id']}", {"unitPrice": "1.00"}),
        api.delete(f"{path}/items/{invoice['items'][0]['id']}"),
        api.put(f"{path}/milestones", {"milestones": [{"label": "All", "percent": 100}]}),
    ]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "invoice_frozen")] * 6
    assert api.get(path).body == before


def test_an_expense_waits_while_the_invoice_is_being_paid(api: ApiClient, make: Factory, conn: Connection) -> None:
    booking = make.booking()
    invoice = make.sent_invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])
    expense = make.expense(bookingId=booking["id"])
    begin_checkout(conn, invoice)

    refused = api.post(f"/expenses/{expense['id']}/bill")

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")


def test_an_invoice_is_not_voided_while_somebody_is_paying(api: ApiClient, make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    begin_checkout(conn, invoice)

    refused = api.post(f"/invoices/{invoice['id']}/void")
    conn.execute("update checkout_sessions set status = 'EXPIRED'")
    voided = api.post(f"/invoices/{invoice['id']}/void")

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert (voided.status, voided.body["invoiceNumber"]) == (200, invoice["invoiceNumber"])


def test_an_invoice_whose_money_was_all_given_back_can_be_voided(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    invoice = make.sent_invoice("100.00")
    payment = make.payment(invoice, "40.00")
    path = f"/invoices/{invoice['id']}"
    refused = api.post(f"{path}/void")
    conn.execute(
        "insert into refunds (payment_id, amount, recorded_by) values (%(id)s, 40, 'Dana')", {"id": payment["id"]}
    )

    voided = api.post(f"{path}/void")

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert (voided.status, voided.body["status"], voided.body["balanceDue"]) == (200, "VOID", "0.00")


def flag(conn: Connection, invoice: dict[str, Any]) -> None:
    conn.execute("update invoices set needs_review = true where id = %(id)s", invoice)


def test_a_person_takes_the_mark_for_review_back(api: ApiClient, make: Factory, conn: Connection) -> None:
    invoice, other = make.sent_invoice(), make.sent_invoice()
    make.payment(invoice, "100.00")
    flag(conn, invoice)
    marked = [[row["id"] for row in api.get(f"/invoices?needsReview={is_}").body["data"]] for is_ in ("true", "false")]

    looked_at = api.patch(f"/invoices/{invoice['id']}", {"needsReview": False})

    assert marked == [[invoice["id"]], [other["id"]]]
    assert (looked_at.status, looked_at.body["needsReview"]) == (200, False)
    assert api.get("/invoices?needsReview=true").body["data"] == []


def test_nobody_sets_the_mark_for_review(api: ApiClient, make: Factory) -> None:
    refused = api.patch(f"/invoices/{make.invoice()['id']}", {"needsReview": True})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/needsReview")


def test_an_overpaid_invoice_stays_under_review(api: ApiClient, make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    flag(conn, invoice)
    conn.execute(
        "insert into payments (invoice_id, amount, currency, recorded_by) values (%(id)s, 120, 'USD', 'Card')",
        invoice,
    )
    conn.execute(
        "update invoices set status = 'PAID', balance_due = 0, overpaid_amount = 20 where id = %(id)s", invoice
    )

    refused = api.patch(f"/invoices/{invoice['id']}", {"needsReview": False})

    assert (refused.status, refused.body["code"]) == (409, "overpayment")
    assert (api.get(f"/invoices/{invoice['id']}").body["overpaidAmount"]) == "20.00"


def test_a_paid_invoice_says_when_it_was_and_by_whom(api: ApiClient, make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    sign_in_contact(conn, invoice["clientId"], "Noor Haddad")
    make.payment(invoice, "40.00", paidAt="2026-11-01T10:00:00Z")
    part = api.get(f"/invoices/{invoice['id']}").body
    make.payment(invoice, "60.00", paidAt="2026-11-02T10:00:00Z")

    paid = api.get(f"/invoices/{invoice['id']}").body

    assert part["paidAt"] is None
    assert paid["paidAt"] == "2026-11-02T10:00:00Z"
    assert (paid["paidByContactId"], paid["paidByContactName"]) == (None, None)
