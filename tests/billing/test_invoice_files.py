"""Invoices and receipts as files: who may read them, and what is read for them. How they look: test_documents."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from photolens.billing import documents
from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """What was drawn, of each file in turn; it is drawn all the same."""
    drawn: list[Mapping[str, Any]] = []

    def noting(draw: Callable[[Mapping[str, Any]], bytes]) -> Callable[[Mapping[str, Any]], bytes]:
        def noted(document: Mapping[str, Any]) -> bytes:
            drawn.append(document)
            return draw(document)

        return noted

    for name in ("invoice_pdf", "receipt_pdf"):
        monkeypatch.setattr(documents, name, noting(getattr(documents, name)))
    return drawn


def test_an_invoice_is_a_file_that_is_sent_again_only_when_it_has_changed(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00", taxRate=8.875)
    path = f"/invoices/{invoice['id']}.pdf"

    first = api.get(path)
    again = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    api.patch(f"/invoices/{invoice['id']}", {"invoiceName": "Portraits"})
    changed = api.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status, first.headers["Content-Type"]) == (200, "application/pdf")
    assert first.body.startswith("%PDF-")
    assert first.body.rstrip().endswith("%%EOF")
    assert (again.status, changed.status) == (304, 200)


def test_a_file_tells_items_parts_and_money_by_the_studios_clock(
    api: ApiClient, make: Factory, conn: Connection, drawn: list[Mapping[str, Any]]
) -> None:
    conn.execute("update studio_settings set time_zone = 'Pacific/Auckland', company_name = 'Lumen Hall'")
    invoice = make.sent_invoice("100.00", discountAmount="10.00", taxRate=20, invoiceName="Portraits")
    path = f"/invoices/{invoice['id']}"
    api.put(f"{path}/milestones", {"milestones": [{"label": "All", "percent": 100}]})
    payment = make.payment(invoice, "40.00", paidAt="2026-11-20T23:00:00Z", method="Cash")
    conn.execute(
        "insert into refunds (payment_id, amount, status, recorded_by)"
        " values (%(id)s, 5, 'SUCCEEDED', 'Dana'), (%(id)s, 7, 'FAILED', 'Dana')",
        payment,
    )

    files = [api.get(f"{path}.pdf"), api.get(f"{path}/receipt.pdf")]

    assert [file.status for file in files] == [200, 200]
    assert drawn[0] == drawn[1]
    document = drawn[0]
    assert (document["company"]["companyName"], document["client"]["name"]) == ("Lumen Hall", invoice["clientName"])
    assert (document["invoiceName"], str(document["totalAmount"])) == ("Portraits", "108.00")
    assert [(item["name"], str(item["amount"])) for item in document["items"]] == [("Item 1", "100.00")]
    assert [milestone["label"] for milestone in document["milestones"]] == ["All"]
    assert [str(paid["paidAt"]) for paid in document["payments"]] == ["2026-11-21 12:00:00"]
    assert [str(refund["amount"]) for refund in document["refunds"]] == ["5.00"]


def test_of_an_invoice_on_which_nothing_was_paid_there_is_no_receipt(api: ApiClient, make: Factory) -> None:
    refused = api.get(f"/invoices/{make.sent_invoice()['id']}/receipt.pdf")

    assert (refused.status, refused.body["code"]) == (409, "nothing_paid")


@pytest.mark.parametrize("status", ["DRAFT", "VOID"])
def test_a_draft_and_a_void_invoice_are_files_too(api: ApiClient, make: Factory, status: str) -> None:
    invoice = make.invoice()
    if status == "VOID":
        api.post(f"/invoices/{invoice['id']}/void")

    assert api.get(f"/invoices/{invoice['id']}.pdf").status == 200


@pytest.mark.parametrize("name", [".pdf", "/receipt.pdf"])
def test_of_an_invoice_that_is_not_there_there_is_no_file(api: ApiClient, name: str) -> None:
    assert api.get(f"/invoices/999999{name}").status == 404
