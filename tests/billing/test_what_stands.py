"""What an issued invoice, and an item that bills an expense, no longer let anybody change."""

from typing import Any

import pytest

from tests.client import ApiClient
from tests.factories import Factory


def billed_item(api: ApiClient, make: Factory) -> tuple[dict[str, Any], dict[str, Any]]:
    """A draft for a booking, and its item that bills an expense of 40.00."""
    booking = make.booking()
    invoice = make.invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])
    expense = make.expense(bookingId=booking["id"])
    assert api.post(f"/expenses/{expense['id']}/bill").status == 200
    item = api.get(f"/invoices/{invoice['id']}").body["items"][-1]
    assert item["expenseId"] == expense["id"]
    return invoice, item


@pytest.mark.parametrize("change", [{"unitPrice": "1.00"}, {"quantity": 2}])
def test_the_amount_of_an_item_that_bills_an_expense_stands(
    api: ApiClient, make: Factory, change: dict[str, Any]
) -> None:
    invoice, item = billed_item(api, make)

    refused = api.patch(f"/invoices/{invoice['id']}/items/{item['id']}", change)

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")
    assert api.get(f"/invoices/{invoice['id']}/items/{item['id']}").body["amount"] == "40.00"


def test_the_name_of_an_item_that_bills_an_expense_may_change(api: ApiClient, make: Factory) -> None:
    invoice, item = billed_item(api, make)

    renamed = api.patch(f"/invoices/{invoice['id']}/items/{item['id']}", {"name": "Train, both ways"})

    assert (renamed.status, renamed.body["name"]) == (200, "Train, both ways")


def test_a_draft_that_bills_an_expense_keeps_its_booking(api: ApiClient, make: Factory) -> None:
    invoice, _item = billed_item(api, make)

    refused = api.patch(f"/invoices/{invoice['id']}", {"bookingId": None})

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")


@pytest.mark.parametrize("change", [{"bookingId": None}, {"issueDate": "2026-01-01"}])
def test_the_booking_and_date_of_an_issued_invoice_stand(api: ApiClient, make: Factory, change: dict[str, Any]) -> None:
    booking = make.booking()
    invoice = make.sent_invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])

    refused = api.patch(f"/invoices/{invoice['id']}", change)

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


def test_a_completion_cannot_be_undone_by_taking_its_invoice_away_first(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()
    invoice = make.sent_invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])

    api.patch(f"/invoices/{invoice['id']}", {"bookingId": None})
    refused = api.patch(f"/bookings/{booking['id']}", {"status": "SCHEDULED"})

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")


def test_an_issued_invoice_that_was_brought_to_nothing_by_mistake_can_be_mended(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    item = f"/invoices/{invoice['id']}/items/{invoice['items'][0]['id']}"

    api.patch(item, {"unitPrice": "0.00"})
    settled = api.get(f"/invoices/{invoice['id']}").body["status"]
    api.patch(item, {"unitPrice": "90.00"})
    mended = api.get(f"/invoices/{invoice['id']}").body

    assert settled == "PAID"
    assert (mended["status"], mended["balanceDue"]) == ("SENT", "90.00")
