"""The lines of an invoice: what they come to, and until when they may change."""

from typing import Any

import psycopg
import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory

MOST = "9999999999.99"


def cents(amount: str) -> int:
    return int(amount.replace(".", ""))


@pytest.mark.parametrize(
    ("quantity", "unit_price", "amount"),
    [
        (1, "0.00", "0.00"),
        (3, "33.33", "99.99"),
        (2.5, "10.55", "26.38"),  # 26.375
        (2.5, "10.53", "26.33"),  # 26.325: to even would be 26.32
        (0.333, "0.05", "0.02"),  # 0.01665
        (0.1, "0.05", "0.01"),  # 0.005
        (0.001, "4.99", "0.00"),  # 0.00499
        (0.001, "5.00", "0.01"),  # 0.005
        (1.005, "1.00", "1.01"),  # as binary fractions these three are a little less than the half
        (2.675, "1.00", "2.68"),
        (1.115, "100.00", "111.50"),
        (8.345, "1.00", "8.35"),
        (52.5, "0.67", "35.18"),  # 35.175
        (999999.999, "0.01", "10000.00"),
    ],
)
def test_an_item_is_rounded_half_up_once(make: Factory, quantity: float, unit_price: str, amount: str) -> None:
    invoice = make.invoice(items=[{"name": "Hours", "quantity": quantity, "unitPrice": unit_price}])

    [item] = invoice["items"]
    assert (item["quantity"], item["unitPrice"], item["amount"]) == (quantity, unit_price, amount)
    assert invoice["totalAmount"] == amount


def test_a_total_is_the_sum_of_the_rounded_items(make: Factory) -> None:
    each = {"name": "Print", "quantity": 0.333, "unitPrice": "0.05"}  # three of 0.01665 would be 0.05

    invoice = make.invoice(items=[each] * 3)

    assert [item["amount"] for item in invoice["items"]] == ["0.02"] * 3
    assert invoice["totalAmount"] == "0.06"


def test_totals_add_up_to_the_cent_whatever_the_items(make: Factory) -> None:
    items = [
        {"name": f"Item {n}", "quantity": round(0.001 + n * 0.137, 3), "unitPrice": f"{n * 7 % 50}.{n * 13 % 100:02}"}
        for n in range(1, 101)
    ]

    invoice = make.invoice(items=items)

    assert cents(invoice["totalAmount"]) == sum(cents(item["amount"]) for item in invoice["items"])
    for item, made in zip(items, invoice["items"], strict=True):
        thousandths = round(float(str(item["quantity"])) * 1000) * cents(str(item["unitPrice"]))
        assert cents(made["amount"]) == (thousandths + 500) // 1000


def test_a_quantity_is_one_unless_it_is_said(make: Factory) -> None:
    invoice = make.invoice(items=[{"name": "Album", "unitPrice": "320.00"}])

    assert (invoice["items"][0]["quantity"], invoice["totalAmount"]) == (1, "320.00")


@pytest.mark.parametrize("quantity", [0.0001, 1.0005, 2.12345, 1e-9])
def test_a_quantity_has_at_most_three_decimals(api: ApiClient, make: Factory, quantity: float) -> None:
    item = {"name": "Hours", "quantity": quantity, "unitPrice": "10.00"}

    refused = api.post("/invoices", {"clientId": make.client()["id"], "items": [item]})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/items/0/quantity"]


@pytest.mark.parametrize("quantity", [0, -1, -0.5, 1000000, 1e30, "2", True, None])
def test_a_quantity_is_a_number_above_zero_and_below_a_million(api: ApiClient, make: Factory, quantity: Any) -> None:
    invoice = make.invoice()

    refused = api.post(
        f"/invoices/{invoice['id']}/items", {"name": "Hours", "quantity": quantity, "unitPrice": "10.00"}
    )

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/quantity"]


def test_every_fault_of_every_item_is_told_at_once(api: ApiClient, make: Factory) -> None:
    items = [
        {"name": "Fine", "unitPrice": "1.00"},
        {"name": " ", "quantity": 0, "unitPrice": "1.005"},
        {"quantity": 1, "colour": "red"},
    ]

    refused = api.post("/invoices", {"clientId": make.client()["id"], "items": items})

    assert refused.status == 422
    assert {error["pointer"] for error in refused.body["errors"]} == {
        "/items/1/name",
        "/items/1/quantity",
        "/items/1/unitPrice",
        "/items/2/name",
        "/items/2/unitPrice",
        "/items/2/colour",
    }


@pytest.mark.parametrize(
    "items",
    [
        [{"name": "One", "quantity": 999999.999, "unitPrice": MOST}],
        [{"name": "One", "quantity": 1, "unitPrice": MOST}, {"name": "Two", "quantity": 1, "unitPrice": "0.01"}],
    ],
)
def test_an_invoice_that_comes_to_more_than_can_be_kept_is_refused(
    api: ApiClient, make: Factory, items: list[dict[str, Any]]
) -> None:
    refused = api.post("/invoices", {"clientId": make.client()["id"], "items": items})

    assert (refused.status, refused.body["code"]) == (422, "invalid")
    assert refused.body["errors"]
    assert api.get("/invoices").body["data"] == []


def test_the_largest_amount_that_can_be_kept_is_kept_exactly(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice(MOST)

    make.payment(invoice, MOST)

    paid = api.get(f"/invoices/{invoice['id']}").body
    assert (paid["totalAmount"], paid["balanceDue"], paid["status"]) == (MOST, "0.00", "PAID")


def test_an_added_item_stands_last_and_raises_the_total(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")

    added = api.post(f"/invoices/{invoice['id']}/items", {"name": "Album", "quantity": 2, "unitPrice": "40.00"})
    after = api.get(f"/invoices/{invoice['id']}").body

    assert added.status == 201
    assert added.headers["Location"] == f"/api/v1/invoices/{invoice['id']}/items/{added.body['id']}"
    assert (added.body["position"], added.body["amount"]) == (2, "80.00")
    assert after["items"][-1] == added.body
    assert (after["totalAmount"], after["balanceDue"], after["status"]) == ("180.00", "180.00", "SENT")


def test_a_changed_item_changes_the_total_and_keeps_what_was_not_sent(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00", "7.00")
    item = invoice["items"][0]
    path = f"/invoices/{invoice['id']}/items/{item['id']}"

    changed = api.patch(path, {"quantity": 1.5})

    assert changed.body == item | {"quantity": 1.5, "amount": "150.00"}
    assert api.get(path).body == changed.body
    assert api.get(f"/invoices/{invoice['id']}").body["totalAmount"] == "157.00"


def test_an_item_that_is_removed_lowers_the_total_and_leaves_the_order(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("1.00", "20.00", "300.00")
    first, second, third = invoice["items"]

    removed = api.delete(f"/invoices/{invoice['id']}/items/{second['id']}")
    added = api.post(f"/invoices/{invoice['id']}/items", {"name": "Last", "unitPrice": "4.00"}).body

    after = api.get(f"/invoices/{invoice['id']}").body
    assert removed.status == 204
    assert [item["id"] for item in after["items"]] == [first["id"], third["id"], added["id"]]
    assert after["totalAmount"] == "305.00"
    assert api.get(f"/invoices/{invoice['id']}/items/{second['id']}").status == 404


def test_a_draft_may_lose_its_last_item_and_an_issued_invoice_never(api: ApiClient, make: Factory) -> None:
    draft, sent = make.invoice("10.00"), make.sent_invoice("10.00")

    from_draft = api.delete(f"/invoices/{draft['id']}/items/{draft['items'][0]['id']}")
    from_sent = api.delete(f"/invoices/{sent['id']}/items/{sent['items'][0]['id']}")

    assert from_draft.status == 204
    assert api.get(f"/invoices/{draft['id']}").body["totalAmount"] == "0.00"
    assert (from_sent.status, from_sent.body["code"]) == (409, "invoice_empty")
    assert api.get(f"/invoices/{sent['id']}").body == sent


@pytest.mark.parametrize("state", ["PARTIALLY_PAID", "PAID", "OVERDUE", "VOID"])
def test_items_are_frozen_once_money_has_moved_or_the_invoice_is_void(
    api: ApiClient, make: Factory, state: str
) -> None:
    dates = {"issueDate": "2020-01-01", "dueDate": "2020-01-15"} if state == "OVERDUE" else {}
    invoice = make.sent_invoice("60.00", "40.00", **dates)
    if state == "VOID":
        api.post(f"/invoices/{invoice['id']}/void")
    else:
        make.payment(invoice, "100.00" if state == "PAID" else "1.00")
    before = api.get(f"/invoices/{invoice['id']}").body
    assert before["status"] == state
    item = f"/invoices/{invoice['id']}/items/{invoice['items'][0]['id']}"

    refused = [
        api.post(f"/invoices/{invoice['id']}/items", {"name": "Late", "unitPrice": "1.00"}),
        api.patch(item, {"unitPrice": "1.00"}),
        api.delete(item),
    ]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "invoice_frozen")] * 3
    assert api.get(f"/invoices/{invoice['id']}").body == before


def test_items_of_an_overdue_invoice_may_be_corrected_while_nothing_is_paid(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("60.00", issueDate="2020-01-01", dueDate="2020-01-15")

    changed = api.patch(f"/invoices/{invoice['id']}/items/{invoice['items'][0]['id']}", {"unitPrice": "30.00"})

    assert changed.status == 200
    after = api.get(f"/invoices/{invoice['id']}").body
    assert (after["status"], after["totalAmount"], after["balanceDue"]) == ("OVERDUE", "30.00", "30.00")


def test_an_item_is_reached_through_its_own_invoice_only(api: ApiClient, make: Factory) -> None:
    item = make.invoice()["items"][0]
    path = f"/invoices/{make.invoice()['id']}/items/{item['id']}"

    answers = [api.get(path), api.patch(path, {"quantity": 2}), api.delete(path)]

    assert [(answer.status, answer.body["code"]) for answer in answers] == [(404, "not_found")] * 3
    assert api.get(f"/invoices/{item['invoiceId']}").body["items"] == [item]


def test_an_item_cannot_be_tied_to_an_expense_by_hand(api: ApiClient, make: Factory) -> None:
    refused = api.post(
        f"/invoices/{make.invoice()['id']}/items", {"name": "Train", "unitPrice": "1.00", "expenseId": 1}
    )

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/expenseId"]


def test_removing_a_billed_item_lets_its_expense_go(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    invoice = make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    expense = make.expense(bookingId=booking["id"])
    billed = api.post(f"/expenses/{expense['id']}/bill").body

    api.delete(f"/invoices/{invoice['id']}/items/{billed['billedInvoiceItemId']}")

    assert api.get(f"/expenses/{expense['id']}").body["billedInvoiceItemId"] is None
    assert api.post(f"/expenses/{expense['id']}/bill").status == 200


def test_an_item_that_bills_an_expense_keeps_its_amount(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    billed = api.post(f"/expenses/{make.expense(bookingId=booking['id'], amount='40.00')['id']}/bill").body
    path = f"/invoices/{billed['billedInvoiceId']}/items/{billed['billedInvoiceItemId']}"

    refused = [api.patch(path, {"unitPrice": "41.00"}), api.patch(path, {"quantity": 2})]
    renamed = api.patch(path, {"name": "Train to Utrecht and back"})

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "invoice_frozen")] * 2
    assert (renamed.status, renamed.body["amount"]) == (200, "40.00")


def test_an_invoice_holds_200_items(api: ApiClient, make: Factory) -> None:
    each = {"name": "Print", "unitPrice": "1.00"}
    client_id = make.client()["id"]
    full = make.invoice(clientId=client_id, items=[each] * 200)

    too_long = api.post("/invoices", {"clientId": client_id, "items": [each] * 201})
    too_many = api.post(f"/invoices/{full['id']}/items", each)

    assert (too_long.status, too_long.body["errors"][0]["pointer"]) == (422, "/items")
    assert (too_many.status, too_many.body["code"]) == (409, "invoice_full")
    assert api.get(f"/invoices/{full['id']}").body["totalAmount"] == "200.00"


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ("9, 'Item', 0, 1", "invoice_items_quantity_positive"),
        ("9, 'Item', 1, -1", "invoice_items_unit_price_not_negative"),
        ("9, '', 1, 1", "invoice_items_name_present"),
        ("1, 'Item', 1, 1", "invoice_items_invoice_position_key"),
    ],
)
def test_the_database_refuses_an_item_that_cannot_be(
    make: Factory, conn: Connection, values: str, constraint: str
) -> None:
    invoice = make.invoice()

    with pytest.raises(psycopg.errors.IntegrityError) as refused, conn.transaction():
        conn.execute(
            "insert into invoice_items (invoice_id, position, name, quantity, unit_price)"
            f" values ({invoice['id']}, {values})".encode()
        )

    assert refused.value.diag.constraint_name == constraint


def test_the_amount_of_an_item_is_computed_by_the_database_alone(make: Factory, conn: Connection) -> None:
    make.invoice()

    with pytest.raises(psycopg.errors.GeneratedAlways), conn.transaction():
        conn.execute("update invoice_items set amount = 1")
