"""Expenses: what the studio spends, and what it charges on."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory, instant
from tests.waiting import held_up


def ids(api: ApiClient, query: str) -> list[int]:
    return [expense["id"] for expense in api.get(f"/expenses?{query}").body["data"]]


def pointers(refused: Answer) -> list[str]:
    return [fault["pointer"] for fault in refused.body["errors"]]


def expense_on(make: Factory, booking: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return make.expense(bookingId=booking["id"], **fields)


def invoice_of(make: Factory, booking: dict[str, Any], *prices: str) -> dict[str, Any]:
    """A draft for a booking."""
    return make.invoice(*prices, clientId=booking["clientId"], bookingId=booking["id"])


def bill(api: ApiClient, expense: dict[str, Any]) -> Answer:
    return api.post(f"/expenses/{expense['id']}/bill")


def test_an_expense_is_recorded_with_everything_that_is_said_of_it(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Emma Chen")
    booking, account = make.booking(clientId=client["id"]), make.payment_account(name="Business checking")
    expense = {
        "bookingId": booking["id"],
        "category": "TRAVEL",
        "description": "Train to the venue",
        "amount": "48.60",
        "incurredAt": instant(),
        "notes": "Receipt in the folder.",
        "paymentAccountId": account["id"],
    }

    created = api.post("/expenses", expense)

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/expenses/{created.body['id']}"
    assert created.body | expense == created.body
    assert (created.body["clientId"], created.body["clientName"]) == (client["id"], "Emma Chen")
    assert created.body["paymentAccountName"] == "Business checking"
    assert (created.body["billedInvoiceItemId"], created.body["billedInvoiceId"]) == (None, None)
    assert api.get(f"/expenses/{created.body['id']}").body == created.body


def test_an_expense_needs_no_more_than_a_category_and_an_amount(api: ApiClient) -> None:
    created = api.post("/expenses", {"category": "SOFTWARE", "amount": "12.99"})

    assert created.status == 201
    assert created.body["incurredAt"] == created.body["createdAt"]
    assert (created.body["bookingId"], created.body["clientId"], created.body["description"]) == (None, None, None)


@pytest.mark.parametrize("amount", ["0.00", "0", "-1.00", "0.001", "1e3", "NaN", "Infinity", 12.5, None])
def test_an_amount_is_text_above_zero_with_at_most_two_decimals(api: ApiClient, amount: Any) -> None:
    refused = api.post("/expenses", {"category": "GEAR", "amount": amount})

    assert refused.status == 422
    assert pointers(refused) == ["/amount"]


@pytest.mark.parametrize("field", ["bookingId", "paymentAccountId"])
def test_an_expense_names_only_what_is_there(api: ApiClient, make: Factory, field: str) -> None:
    expense = make.expense()

    created = api.post("/expenses", {"category": "GEAR", "amount": "10.00", field: 999999})
    changed = api.patch(f"/expenses/{expense['id']}", {field: 999999})

    assert (created.status, changed.status) == (422, 422)
    assert pointers(created) == pointers(changed) == [f"/{field}"]


def test_a_patch_changes_only_what_it_names(api: ApiClient, make: Factory) -> None:
    expense = expense_on(make, make.booking(), notes="Receipt in the folder.", incurredAt=instant())

    changed = api.patch(f"/expenses/{expense['id']}", {"amount": "41.00"})

    assert changed.status == 200
    assert changed.body == expense | {"amount": "41.00", "updatedAt": changed.body["updatedAt"]}
    assert api.get(f"/expenses/{expense['id']}").body == changed.body


@pytest.mark.parametrize("field", ["bookingId", "description", "notes", "paymentAccountId"])
def test_null_clears_what_may_be_absent(api: ApiClient, make: Factory, field: str) -> None:
    account = make.payment_account()
    expense = expense_on(make, make.booking(), notes="Receipt in the folder.", paymentAccountId=account["id"])

    changed = api.patch(f"/expenses/{expense['id']}", {field: None})

    assert (changed.status, changed.body[field]) == (200, None)
    assert changed.body["amount"] == expense["amount"]


@pytest.mark.parametrize("field", ["category", "amount", "incurredAt"])
def test_null_does_not_clear_what_must_be_there(api: ApiClient, make: Factory, field: str) -> None:
    expense = make.expense()

    refused = api.patch(f"/expenses/{expense['id']}", {field: None})

    assert refused.status == 422
    assert pointers(refused) == [f"/{field}"]


def test_an_expense_that_was_not_billed_can_be_deleted(api: ApiClient, make: Factory) -> None:
    expense = make.expense()

    deleted = api.delete(f"/expenses/{expense['id']}")

    assert deleted.status == 204
    assert api.get(f"/expenses/{expense['id']}").status == 404


def test_billing_adds_the_expense_to_the_bookings_invoice(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking, "100.00")
    expense = expense_on(make, booking, amount="48.60", description="Train to the venue")

    billed = bill(api, expense)

    item = api.get(f"/invoices/{invoice['id']}").body["items"][-1]
    assert billed.status == 200
    assert (billed.body["billedInvoiceId"], billed.body["billedInvoiceItemId"]) == (invoice["id"], item["id"])
    assert (item["name"], item["quantity"], item["unitPrice"]) == ("Train to the venue", 1, "48.60")
    assert (item["amount"], item["expenseId"], item["position"]) == ("48.60", expense["id"], 2)
    assert api.get(f"/expenses/{expense['id']}").body == billed.body


def test_billing_recomputes_what_the_invoice_comes_to(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking, "100.00")
    api.post(f"/invoices/{invoice['id']}/send")

    bill(api, expense_on(make, booking, amount="48.60"))

    after = api.get(f"/invoices/{invoice['id']}").body
    assert (after["totalAmount"], after["balanceDue"], after["status"]) == ("148.60", "148.60", "SENT")


def test_an_expense_without_a_description_is_billed_by_its_category(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking)

    bill(api, expense_on(make, booking, description=None, category="GEAR"))

    assert api.get(f"/invoices/{invoice['id']}").body["items"][-1]["name"] == "Expense: gear"


def test_billing_is_told_in_the_feed(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice_of(make, booking)
    expense = expense_on(make, booking)

    bill(api, expense)

    deeds = api.get(f"/activities?subjectType=EXPENSE&subjectId={expense['id']}").body["data"]
    assert [deed["kind"] for deed in deeds] == ["EXPENSE_BILLED", "EXPENSE_RECORDED"]


def test_an_expense_is_billed_once(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking, "100.00")
    expense = expense_on(make, booking, amount="48.60")
    bill(api, expense)

    refused = bill(api, expense)

    assert (refused.status, refused.body["code"]) == (409, "expense_billed")
    assert api.get(f"/invoices/{invoice['id']}").body["totalAmount"] == "148.60"


@pytest.mark.committed
def test_an_expense_that_is_billed_twice_at_once_is_billed_once(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking, "100.00")
    expense = expense_on(make, booking, amount="48.60")

    with held_up(conn) as waiting:
        conn.execute("select from expenses where id = %s for update", [expense["id"]])
        answers = [waiting.send(bill, api, expense) for _ in range(2)]

    assert sorted(answer.result().status for answer in answers) == [200, 409]
    assert api.get(f"/invoices/{invoice['id']}").body["totalAmount"] == "148.60"


def test_an_expense_of_no_booking_cannot_be_billed(api: ApiClient, make: Factory) -> None:
    refused = bill(api, make.expense())

    assert (refused.status, refused.body["code"]) == (409, "expense_not_billable")


def test_an_expense_of_a_booking_without_an_invoice_cannot_be_billed(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.invoice(clientId=booking["clientId"])

    refused = bill(api, expense_on(make, booking))

    assert (refused.status, refused.body["code"]) == (409, "expense_not_billable")


@pytest.mark.parametrize("paid", ["30.00", "100.00"])
def test_an_invoice_that_is_paid_on_takes_no_expense(api: ApiClient, make: Factory, paid: str) -> None:
    booking = make.booking()
    invoice = make.sent_invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])
    make.payment(invoice, paid)
    before = api.get(f"/invoices/{invoice['id']}").body

    refused = bill(api, expense_on(make, booking))

    assert (refused.status, refused.body["code"]) == (409, "expense_not_billable")
    assert api.get(f"/invoices/{invoice['id']}").body == before


@pytest.mark.parametrize(("paid", "status"), [(None, 200), ("30.00", 409)])
def test_an_overdue_invoice_takes_an_expense_until_it_is_paid_on(
    api: ApiClient, make: Factory, paid: str | None, status: int
) -> None:
    booking = make.booking()
    invoice = make.sent_invoice(
        "100.00",
        clientId=booking["clientId"],
        bookingId=booking["id"],
        issueDate="2020-01-01",
        dueDate="2020-01-15",
    )
    if paid is not None:
        make.payment(invoice, paid)
    assert api.get(f"/invoices/{invoice['id']}").body["status"] == "OVERDUE"

    billed = bill(api, expense_on(make, booking))

    assert billed.status == status


def test_a_void_invoice_takes_no_expense(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking)
    api.post(f"/invoices/{invoice['id']}/void")

    refused = bill(api, expense_on(make, booking))

    assert (refused.status, refused.body["code"]) == (409, "expense_not_billable")


def test_of_several_open_invoices_the_newest_takes_the_expense(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice_of(make, booking)
    newest = invoice_of(make, booking)

    billed = bill(api, expense_on(make, booking))

    assert billed.body["billedInvoiceId"] == newest["id"]


def test_an_expense_passes_by_a_newer_invoice_that_is_paid_on(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    open_invoice = invoice_of(make, booking)
    newer = make.sent_invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])
    make.payment(newer, "10.00")

    billed = bill(api, expense_on(make, booking))

    assert billed.body["billedInvoiceId"] == open_invoice["id"]


def test_a_billed_amount_stands(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking, "100.00")
    billed = bill(api, expense_on(make, booking, amount="48.60")).body

    refused = api.patch(f"/expenses/{billed['id']}", {"amount": "50.00"})

    assert (refused.status, refused.body["code"]) == (409, "expense_billed")
    assert api.get(f"/expenses/{billed['id']}").body == billed
    assert api.get(f"/invoices/{invoice['id']}").body["totalAmount"] == "148.60"


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_billed_expense_stays_with_its_booking(api: ApiClient, make: Factory, elsewhere: bool) -> None:
    booking = make.booking()
    invoice_of(make, booking)
    billed = bill(api, expense_on(make, booking)).body

    refused = api.patch(f"/expenses/{billed['id']}", {"bookingId": make.booking()["id"] if elsewhere else None})

    assert (refused.status, refused.body["code"]) == (409, "expense_billed")


def test_a_billed_expense_may_still_be_described(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice_of(make, booking)
    billed = bill(api, expense_on(make, booking, amount="48.60")).body

    changed = api.patch(f"/expenses/{billed['id']}", {"notes": "Receipt found.", "amount": "48.60"})

    assert (changed.status, changed.body["notes"]) == (200, "Receipt found.")


def test_a_billed_expense_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice_of(make, booking)
    billed = bill(api, expense_on(make, booking)).body

    refused = api.delete(f"/expenses/{billed['id']}")

    assert (refused.status, refused.body["code"]) == (409, "expense_billed")
    assert api.get(f"/expenses/{billed['id']}").body == billed


def test_an_expense_whose_item_is_removed_can_be_billed_again(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = invoice_of(make, booking, "100.00")
    expense = expense_on(make, booking, amount="48.60")
    item_id = bill(api, expense).body["billedInvoiceItemId"]

    api.delete(f"/invoices/{invoice['id']}/items/{item_id}")

    assert api.get(f"/expenses/{expense['id']}").body == expense
    assert api.get(f"/invoices/{invoice['id']}").body["totalAmount"] == "100.00"
    assert bill(api, expense).status == 200


def test_an_expense_on_an_invoice_that_is_voided_can_be_billed_again(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    void = make.sent_invoice(clientId=booking["clientId"], bookingId=booking["id"])
    expense = expense_on(make, booking)
    bill(api, expense)

    api.post(f"/invoices/{void['id']}/void")

    assert api.get(f"/expenses/{expense['id']}").body == expense
    again = invoice_of(make, booking)
    assert bill(api, expense).body["billedInvoiceId"] == again["id"]


def test_an_expense_on_a_draft_that_is_deleted_can_be_billed_again(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    draft = invoice_of(make, booking)
    expense = expense_on(make, booking)
    bill(api, expense)

    api.delete(f"/invoices/{draft['id']}")

    assert api.get(f"/expenses/{expense['id']}").body == expense


def test_from_is_included_and_to_is_not(api: ApiClient, make: Factory) -> None:
    first, second, third = (make.expense(incurredAt=instant(day=day))["id"] for day in (1, 2, 3))

    assert ids(api, f"from={instant(day=2)}") == [third, second]
    assert ids(api, f"to={instant(day=2)}") == [first]
    assert ids(api, f"from={instant(day=1)}&to={instant(day=3)}") == [second, first]


def test_expenses_can_be_had_by_category(api: ApiClient, make: Factory) -> None:
    gear = make.expense(category="GEAR")
    make.expense(category="OTHER")

    assert ids(api, "category=GEAR") == [gear["id"]]


def test_expenses_can_be_had_by_booking(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    expense = expense_on(make, booking)
    expense_on(make, make.booking())
    make.expense()

    assert ids(api, f"bookingId={booking['id']}") == [expense["id"]]


def test_expenses_can_be_had_by_whether_they_are_billed(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice_of(make, booking)
    billed, unbilled = expense_on(make, booking), expense_on(make, booking)
    bill(api, billed)

    assert ids(api, "billed=true") == [billed["id"]]
    assert ids(api, "billed=false") == [unbilled["id"]]


@pytest.mark.parametrize("q", ["TRAIN", "folder"])
def test_expenses_can_be_searched_by_description_and_notes(api: ApiClient, make: Factory, q: str) -> None:
    expense = make.expense(description="Train to the venue", notes="Receipt in the folder.")
    make.expense(description="Lens")

    assert ids(api, f"q={q}") == [expense["id"]]


def test_search_takes_the_signs_of_patterns_literally(api: ApiClient, make: Factory) -> None:
    make.expense(description="Lens")
    percent, underscore = make.expense(description="Half, 50%"), make.expense(description="SKU lens_35")

    assert ids(api, "q=%25") == [percent["id"]]
    assert ids(api, "q=_") == [underscore["id"]]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("incurredAt", ["10.00", "200.00", "9.00"]),
        ("-incurredAt", ["9.00", "200.00", "10.00"]),
        ("amount", ["9.00", "10.00", "200.00"]),
        ("-amount", ["200.00", "10.00", "9.00"]),
    ],
)
def test_expenses_are_sorted_by(api: ApiClient, make: Factory, sort: str, expected: list[str]) -> None:
    for day, amount in ((3, "9.00"), (1, "10.00"), (2, "200.00")):
        make.expense(amount=amount, incurredAt=instant(day=day))

    rows = api.get(f"/expenses?sort={sort}").body["data"]

    assert [row["amount"] for row in rows] == expected
