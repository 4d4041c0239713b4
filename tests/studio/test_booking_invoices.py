"""The invoice of a booking: drafted from its package, once."""

from typing import Any

import pytest

from tests.client import PREFIX, Answer, ApiClient
from tests.factories import Factory


@pytest.fixture
def booking(make: Factory) -> dict[str, Any]:
    package = make.package(name="Full Day Wedding", price="3200.00")
    return make.booking(sessionTypeId=package["id"], price="2950.50")


def invoice_of(api: ApiClient, booking: dict[str, Any], **options: Any) -> Answer:
    return api.post(f"/bookings/{booking['id']}/invoice", **options)


def test_an_invoice_is_drafted_of_the_package_at_the_bookings_price(api: ApiClient, booking: dict[str, Any]) -> None:
    settings = {"currency": "EUR", "timeZone": "UTC", "invoicePrefix": "INV-", "defaultDueDays": 0}
    api.put("/settings", settings)

    made = invoice_of(api, booking)

    assert (made.status, made.headers["Location"]) == (201, f"{PREFIX}/invoices/{made.body['id']}")
    [item] = made.body["items"]
    assert (item["name"], item["quantity"], item["unitPrice"]) == ("Full Day Wedding", 1, "2950.50")
    invoice = {key: made.body[key] for key in ("bookingId", "clientId", "status", "currency", "totalAmount")}
    assert invoice == {
        "bookingId": booking["id"],
        "clientId": booking["clientId"],
        "status": "DRAFT",
        "currency": "EUR",
        "totalAmount": "2950.50",
    }
    assert made.body["dueDate"] == made.body["issueDate"]
    assert api.get(f"/bookings/{booking['id']}").body["invoiceId"] == made.body["id"]
    [deed] = api.get("/activities", query_string={"subjectType": "INVOICE"}).body["data"]
    assert (deed["kind"], deed["subjectId"]) == ("INVOICE_CREATED", made.body["id"])


@pytest.mark.parametrize("step", ["draft", "sent", "by hand"])
def test_a_booking_is_invoiced_once(api: ApiClient, make: Factory, booking: dict[str, Any], step: str) -> None:
    if step == "by hand":
        first = make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    else:
        first = invoice_of(api, booking).body
    if step == "sent":
        assert api.post(f"/invoices/{first['id']}/send").status == 200

    refused = invoice_of(api, booking)

    assert (refused.status, refused.body["code"], refused.body["invoiceId"]) == (409, "booking_invoiced", first["id"])


@pytest.mark.parametrize("end", ["voided", "deleted"])
def test_a_booking_whose_invoice_was_taken_back_is_invoiced_anew(
    api: ApiClient, booking: dict[str, Any], end: str
) -> None:
    address = f"/invoices/{invoice_of(api, booking).body['id']}"
    assert (api.post(f"{address}/void") if end == "voided" else api.delete(address)).status in (200, 204)

    assert invoice_of(api, booking).status == 201


def test_a_cancelled_booking_is_not_invoiced(api: ApiClient, booking: dict[str, Any]) -> None:
    api.patch(f"/bookings/{booking['id']}", {"status": "CANCELLED"})

    refused = invoice_of(api, booking)

    assert (refused.status, refused.body["code"]) == (409, "booking_cancelled")


def test_finance_invoices_any_booking_and_is_told_of_one_that_is_not_there(
    api: ApiClient, booking: dict[str, Any]
) -> None:
    finance = api.by_role("FINANCE")
    assert finance.get(f"/bookings/{booking['id']}").status == 403

    assert invoice_of(finance, booking).status == 201
    absent = finance.post("/bookings/987654321/invoice")
    assert (absent.status, absent.body["detail"]) == (404, "There is no booking 987654321.")


def test_sent_again_with_its_key_it_is_the_same_invoice(api: ApiClient, booking: dict[str, Any]) -> None:
    first, again = (invoice_of(api, booking, headers={"Idempotency-Key": "the-wedding"}) for _ in range(2))

    assert (again.status, again.body, again.headers["Idempotent-Replayed"]) == (201, first.body, "true")
    assert again.headers["Location"] == first.headers["Location"]
