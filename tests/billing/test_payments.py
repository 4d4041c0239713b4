"""Money that comes in, and what follows from it."""

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
