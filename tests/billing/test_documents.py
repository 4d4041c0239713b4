"""Invoices and receipts as PDF, opened by a second reader."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from unicodedata import normalize

import pypdf
import pytest

from photolens.billing.documents import invoice_pdf, receipt_pdf

STUDIO_TIME = timezone(timedelta(hours=2))

DOCUMENT: dict[str, Any] = {
    "company": {
        "companyName": "Northlight Studio",
        "companyAddress": "14 Harbour Lane\nBristol BS1 4ST",
        "companyEmail": "hello@northlight.example",
        "logoUrl": None,
    },
    "invoiceFooter": "Thank you for letting us be part of your day.",
    "invoiceNumber": "INV-00042",
    "invoiceName": "Wedding in Bath",
    "invoiceDescription": "A full day, with a second photographer.",
    "issueDate": date(2026, 11, 12),
    "dueDate": date(2026, 11, 26),
    "status": "PARTIALLY_PAID",
    "currency": "USD",
    "client": {"name": "Amélie Novák", "email": "amelie@example.com"},
    "items": [
        {
            "name": "Wedding day",
            "quantity": Decimal("1"),
            "unitPrice": Decimal("1400.00"),
            "amount": Decimal("1400.00"),
        },
        {
            "name": "Travel, km",
            "quantity": Decimal("182.125"),
            "unitPrice": Decimal("0.45"),
            "amount": Decimal("81.96"),
        },
    ],
    "subtotal": Decimal("1481.96"),
    "discountAmount": Decimal("81.96"),
    "taxRate": Decimal("8.875"),
    "taxAmount": Decimal("124.25"),
    "totalAmount": Decimal("1524.25"),
    "balanceDue": Decimal("1124.25"),
    "overpaidAmount": Decimal("0.00"),
    "milestones": [],
    "payments": [
        {
            "paidAt": datetime(2026, 11, 14, 23, 30, tzinfo=STUDIO_TIME),
            "method": "Bank transfer",
            "amount": Decimal("500.00"),
        },
    ],
    "refunds": [
        {
            "refundedAt": datetime(2026, 11, 16, 9, 0, tzinfo=STUDIO_TIME),
            "reason": "Paid twice",
            "amount": Decimal("100.00"),
        },
    ],
    "updatedAt": datetime(2026, 11, 16, 9, 0, tzinfo=STUDIO_TIME),
}
UNPAID: dict[str, Any] = {"payments": [], "refunds": [], "balanceDue": Decimal("1524.25")}


def _text(pdf: bytes) -> str:
    """All text of a file, each page's lines after the other, as pypdf reads it."""
    return normalize("NFKC", "\n".join(page.extract_text() for page in _pages(pdf)))


def _pages(pdf: bytes) -> list[pypdf.PageObject]:
    return list(pypdf.PdfReader(io.BytesIO(pdf), strict=True).pages)


def _items(count: int, name: str = "Print {}") -> list[dict[str, Any]]:
    one = {"quantity": Decimal(1), "unitPrice": Decimal("10.00"), "amount": Decimal("10.00")}
    return [one | {"name": name.format(number)} for number in range(1, count + 1)]


def test_an_invoice_says_who_asks_whom_for_what() -> None:
    text = _text(invoice_pdf(DOCUMENT))

    for said in (
        *("Northlight Studio", "14 Harbour Lane", "Bristol BS1 4ST", "hello@northlight.example"),
        *("Invoice", "INV-00042", "PARTIALLY PAID", "Amélie Novák", "amelie@example.com"),
        *("12 November 2026", "26 November 2026", "Wedding in Bath", "A full day, with a second photographer."),
        *("Wedding day", "Travel, km", "Thank you for letting us be part of your day.", "Page 1 of 1"),
    ):
        assert said in text


def test_an_invoice_holds_its_amounts_as_text() -> None:
    text = _text(invoice_pdf(DOCUMENT))

    for label, amount in (
        ("Subtotal", "USD 1,481.96"),
        ("Discount", "−USD 81.96"),
        ("Tax (8.875%)", "USD 124.25"),
        ("Total", "USD 1,524.25"),
        ("Paid", "−USD 500.00"),
        ("Refunded", "USD 100.00"),
        ("Balance due", "USD 1,124.25"),
    ):
        assert re.search(rf"^{re.escape(label)}\s+{re.escape(amount)}$", text, re.MULTILINE), label
    assert re.search(r"^Travel, km\s+182\.125\s+0\.45\s+81\.96$", text, re.MULTILINE)


def test_an_invoice_without_discount_and_tax_does_not_speak_of_them() -> None:
    nothing = {"discountAmount": Decimal("0.00"), "taxRate": Decimal(0), "taxAmount": Decimal("0.00")}

    text = _text(invoice_pdf(DOCUMENT | UNPAID | nothing))

    assert not re.search("Discount|Tax|Paid|Refunded|Overpaid|Payments|Payment schedule", text)


def test_an_invoice_lists_its_milestones_its_payments_and_its_refunds() -> None:
    milestones = [
        {
            "label": "Deposit",
            "expectedAmount": Decimal("500.00"),
            "expectedDate": date(2026, 11, 15),
            "status": "PARTIAL",
        },
        {"label": "Gallery", "expectedAmount": Decimal("1024.25"), "expectedDate": None, "status": "PENDING"},
    ]

    text = _text(invoice_pdf(DOCUMENT | {"milestones": milestones}))

    assert re.search(r"^Deposit\s+15 November 2026\s+Partly paid\s+USD 500\.00$", text, re.MULTILINE)
    assert re.search(r"^Gallery\s+–\s+Open\s+USD 1,024\.25$", text, re.MULTILINE)
    assert re.search(r"^14 November 2026\s+Bank transfer\s+USD 500\.00$", text, re.MULTILINE)
    assert re.search(r"^16 November 2026\s+Paid twice\s+−USD 100\.00$", text, re.MULTILINE)


def test_a_receipt_says_what_was_paid_when_how_for_which_invoice_and_what_is_left() -> None:
    text = _text(receipt_pdf(DOCUMENT))

    assert "Receipt" in text
    assert "INV-00042" in text
    assert re.search(r"^14 November 2026\s+Bank transfer\s+USD 500\.00$", text, re.MULTILINE)
    assert re.search(r"^16 November 2026\s+Paid twice\s+−USD 100\.00$", text, re.MULTILINE)
    assert re.search(r"^Invoice total\s+USD 1,524\.25$", text, re.MULTILINE)
    assert re.search(r"^Balance due\s+USD 1,124\.25$", text, re.MULTILINE)
    assert "USD 400.00" in text


def test_a_receipt_before_any_payment_says_so() -> None:
    text = _text(receipt_pdf(DOCUMENT | UNPAID))

    assert "No payment has been received for this invoice yet." in text


def test_what_was_paid_too_much_is_shown() -> None:
    overpaid = {"status": "PAID", "balanceDue": Decimal("0.00"), "overpaidAmount": Decimal("20.00")}

    text = _text(receipt_pdf(DOCUMENT | overpaid))

    assert re.search(r"^Overpaid\s+USD 20\.00$", text, re.MULTILINE)
    assert re.search(r"^Balance due\s+USD 0\.00$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("status", "label"),
    [("DRAFT", "DRAFT"), ("SENT", "DUE"), ("PAID", "PAID"), ("OVERDUE", "OVERDUE"), ("VOID", "VOID")],
)
def test_the_status_is_a_label(status: str, label: str) -> None:
    assert label in _text(invoice_pdf(DOCUMENT | UNPAID | {"status": status})).splitlines()


@pytest.mark.parametrize(
    ("status", "note"),
    [
        ("DRAFT", "This is a draft: it has not been issued, and may still change."),
        ("VOID", "This invoice is void: nothing is to be paid on it."),
    ],
)
def test_a_draft_and_a_void_invoice_are_stamped_on_every_page(status: str, note: str) -> None:
    pdf = invoice_pdf(DOCUMENT | UNPAID | {"status": status, "items": _items(60)})

    pages = [page.extract_text().splitlines() for page in _pages(pdf)]
    assert len(pages) > 1
    assert all(status in lines for lines in pages)
    assert note in _text(pdf)


def test_a_draft_has_no_number_and_no_day_of_issue() -> None:
    text = _text(invoice_pdf(DOCUMENT | UNPAID | {"status": "DRAFT", "invoiceNumber": None, "issueDate": None}))

    assert "Not numbered yet" in text
    assert "None" not in text


def test_nothing_is_due_on_a_void_invoice() -> None:
    text = _text(invoice_pdf(DOCUMENT | UNPAID | {"status": "VOID"}))

    assert not re.search(r"Balance due\s+USD", text)


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ångström-Łukasiewicz",
        "Nguyễn Thị Hương",
        "Анна Щербакова",
        "Γιώργος Παπαδόπουλος",
        "محمد بن عبد الله",
        "נועה לוי",
        "山田太郎",
        "王小明 歐陽",
        "김민준",
        "प्रिया शर्मा",
        "สมชาย ใจดี",
        "ნინო ბერიძე",
    ],
)
def test_a_name_in_any_script_is_found_as_text(name: str) -> None:
    pdf = invoice_pdf(DOCUMENT | {"client": {"name": name, "email": None}})

    assert name in _text(pdf)


def test_a_name_that_is_written_decomposed_is_found_composed() -> None:
    pdf = invoice_pdf(DOCUMENT | {"client": {"name": normalize("NFD", "Zoë Ångström"), "email": None}})

    assert "Zoë Ångström" in _text(pdf)


@pytest.mark.parametrize("name", ["👩‍👩‍👧 🏳️‍🌈", "\u0378\U000e0041", "\u202e\u2066\x07\ufeff", "\ufffe", "\ud800", " "])
def test_what_no_font_has_is_drawn_all_the_same(name: str) -> None:
    pdf = invoice_pdf(DOCUMENT | {"client": {"name": f"Kim{name}", "email": None}, "invoiceName": name})

    assert "Kim" in _text(pdf)


def test_only_the_glyphs_that_are_used_are_in_the_file() -> None:
    pdf = invoice_pdf(DOCUMENT | {"client": {"name": "محمد 山田太郎 김민준 Анна", "email": None}})

    assert len(pdf) < 50_000


def test_two_hundred_items_go_over_pages_that_are_numbered_and_have_the_headings() -> None:
    pdf = invoice_pdf(DOCUMENT | {"items": _items(200)})

    pages = [page.extract_text() for page in _pages(pdf)]
    text = "\n".join(pages)
    assert len(pages) > 3
    assert [number for number in range(1, 201) if not re.search(rf"^Print {number}\s+1\s+10\.00", text, re.M)] == []
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        assert ("Unit price (USD)" in page) == ("Print" in page)


@pytest.mark.parametrize("count", range(8, 26))
def test_the_totals_stay_together(count: int) -> None:
    pages = [page.extract_text() for page in _pages(invoice_pdf(DOCUMENT | {"items": _items(count)}))]

    assert ["Subtotal" in page for page in pages] == [bool(re.search(r"^Refunded\s", page, re.M)) for page in pages]


def test_a_long_name_goes_over_lines_and_even_pages() -> None:
    words = [f"word{number}" for number in range(2000)]

    pdf = invoice_pdf(DOCUMENT | {"items": _items(1, " ".join(words))})

    assert len(_pages(pdf)) > 2
    assert set(words) <= set(_text(pdf).split())


def test_yen_have_no_decimals_where_there_are_none() -> None:
    items = [{"name": "撮影", "quantity": 2, "unitPrice": Decimal("2500.00"), "amount": Decimal("5000.00")}]
    yen = {"currency": "JPY", "items": items, "totalAmount": Decimal("5000.00"), "balanceDue": Decimal("4999.50")}

    text = _text(invoice_pdf(DOCUMENT | UNPAID | yen))

    assert re.search(r"^撮影\s+2\s+2,500\s+5,000$", text, re.MULTILINE)
    assert re.search(r"^Total\s+JPY 5,000$", text, re.MULTILINE)
    assert re.search(r"^Balance due\s+JPY 4,999\.50$", text, re.MULTILINE)


def test_a_document_is_the_same_bytes_whoever_draws_it() -> None:
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(invoice_pdf, [DOCUMENT] * 8))

    assert set(drawn) == {invoice_pdf(DOCUMENT)}


def test_a_document_that_differs_is_other_bytes() -> None:
    later = {"updatedAt": DOCUMENT["updatedAt"] + timedelta(seconds=1)}

    assert invoice_pdf(DOCUMENT | later) != invoice_pdf(DOCUMENT)


def test_the_properties_of_the_file_name_the_invoice_and_the_studio() -> None:
    company = DOCUMENT["company"] | {"companyName": "写真館 (Tokyo)\nStudio"}

    properties = pypdf.PdfReader(io.BytesIO(invoice_pdf(DOCUMENT | {"company": company}))).metadata

    assert properties is not None
    assert properties.title == "Invoice INV-00042"
    assert properties.author == "写真館 (Tokyo) Studio"
    assert properties.creation_date == DOCUMENT["updatedAt"]


def test_a_studio_that_has_said_nothing_of_itself_has_documents_too() -> None:
    nothing = {
        "company": {"companyName": None, "companyAddress": None, "companyEmail": None},
        **dict.fromkeys(("invoiceFooter", "invoiceName", "invoiceDescription", "dueDate")),
    }

    text = _text(invoice_pdf(DOCUMENT | nothing))

    assert "USD 1,124.25" in text
    assert "None" not in text
