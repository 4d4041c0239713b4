"""Billing's papers as PDF: what a client is asked for, and what was received. Values in, bytes out.

Both are drawn from one document, in the names of the API:

    company             {companyName, companyAddress, companyEmail}: text or None, the address with line breaks
    invoiceFooter       text or None, at the end
    invoiceNumber       text; None for what has no number yet
    invoiceName, invoiceDescription     text or None
    issueDate, dueDate  date or None
    status              DRAFT, SENT, PARTIALLY_PAID, PAID, OVERDUE or VOID
    currency            three letters
    client              {name, email}: text; the e-mail may be None
    items               [{name, quantity, unitPrice, amount}]; a quantity with up to 3 decimals
    subtotal, discountAmount, taxAmount, totalAmount, balanceDue, overpaidAmount
    taxRate             percent, up to 3 decimals
    milestones          [{label, expectedAmount, expectedDate (date or None), status: PENDING, PARTIAL or PAID}]
    payments            [{paidAt (datetime in the studio's time zone), method (text or None), amount}], in their order
    refunds             [{refundedAt (likewise), reason (text or None), amount}]
    updatedAt           datetime with its offset: when the file says it was made

Amounts are Decimals, those of refunds and discounts not negative. The same document is the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import accumulate
from typing import Any

from photolens.currencies import written
from photolens.pdf import Colour
from photolens.sheets import ACROSS, GREY, LEFT, RIGHT, Column, Sheet, Style
from photolens.typesetting import BOLD

# How a status reads to who is to pay, and its colour.
_LABELS: dict[str, tuple[str, Colour]] = {
    "DRAFT": ("DRAFT", GREY),
    "SENT": ("DUE", (0.16, 0.33, 0.55)),
    "PARTIALLY_PAID": ("PARTIALLY PAID", (0.16, 0.33, 0.55)),
    "PAID": ("PAID", (0.10, 0.47, 0.32)),
    "OVERDUE": ("OVERDUE", (0.72, 0.17, 0.15)),
    "VOID": ("VOID", GREY),
}
_NOTES = {
    "DRAFT": "This is a draft: it has not been issued, and may still change.",
    "VOID": "This invoice is void: nothing is to be paid on it.",
}

_MILESTONES = {"PENDING": "Open", "PARTIAL": "Partly paid", "PAID": "Paid"}

_TITLE = Style(25, weight=BOLD, leading=1.15)
_COMPANY = Style(14, weight=BOLD, leading=1.3)
_SECTION = Style(11, weight=BOLD)
_SMALL = Style(9, GREY)
_LABEL = Style(8, GREY)
_VALUE = Style(9.5)
_STRONG = Style(9.5, weight=BOLD)

_NOTHING = "–"


@dataclass(frozen=True)
class _Fact:
    """A label over what is to be known: lines of text, each with its style; and how wide all of it is."""

    label: str
    values: Sequence[tuple[str, Style]]
    width: float
    to_right: bool = False


def invoice_pdf(document: Mapping[str, Any]) -> bytes:
    """What the client is asked for: items, totals, when it is to be paid, and what was paid already."""
    sheet = _begun("Invoice", document)
    _facts(
        sheet,
        _Fact("Billed to", _client(document), 165),
        _Fact("Issued", [(_day(document["issueDate"]), _VALUE)], 103),
        _Fact("Due", [(_day(document["dueDate"]), _VALUE)], 103),
        _Fact("Balance due", [(_owed(document), _STRONG)], ACROSS - 371, to_right=True),
    )
    _subject(sheet, document)
    _items(sheet, document)
    _totals(sheet, document)
    _schedule(sheet, document)
    _payments(sheet, document)
    _refunds(sheet, document)
    return _ended(sheet, "Invoice", document)


def receipt_pdf(document: Mapping[str, Any]) -> bytes:
    """What was received for an invoice, when and how, what was given back, and what is left to pay."""
    sheet = _begun("Receipt", document)
    number = document["invoiceNumber"] or _NOTHING
    _facts(
        sheet,
        _Fact("Received from", _client(document), 165),
        _Fact("For invoice", [(number, _VALUE), (_day(document["issueDate"]), _SMALL)], 206),
        _Fact(
            "Received",
            [(_money(_paid(document) - _refunded(document), document), _STRONG)],
            ACROSS - 371,
            to_right=True,
        ),
    )
    _subject(sheet, document)
    if not document["payments"]:
        sheet.space(18)
        sheet.text("No payment has been received for this invoice yet.", _VALUE)
    _payments(sheet, document)
    _refunds(sheet, document)
    sheet.space(8)
    _sums(sheet, document, [("Invoice total", _money(document["totalAmount"], document))])
    return _ended(sheet, "Receipt", document)


def _begun(kind: str, document: Mapping[str, Any]) -> Sheet:
    """A sheet with its head: who sends it, what it is, and how it stands."""
    company, status, number = document["company"], document["status"], document["invoiceNumber"]
    name = company["companyName"] or ""
    label, colour = _LABELS[status]
    title = " ".join(filter(None, (kind, number)))
    sheet = Sheet(title, name, document["updatedAt"], label if status in _NOTES else "")

    def sender() -> None:
        sheet.text(name, _COMPANY, width=270)
        sheet.space(3)
        for text in (company["companyAddress"], company["companyEmail"]):
            sheet.text(text or "", _SMALL, width=270)

    def what_it_is() -> None:
        sheet.text(kind, _TITLE, LEFT + 280, ACROSS - 280, to_right=True)
        sheet.space(3)
        sheet.text(number or "Not numbered yet", _VALUE, LEFT + 280, ACROSS - 280, to_right=True)
        sheet.space(6)
        sheet.label(label, colour, RIGHT)

    sheet.beside(sender, what_it_is)
    sheet.space(24)
    return sheet


def _ended(sheet: Sheet, kind: str, document: Mapping[str, Any]) -> bytes:
    for text in (_NOTES.get(document["status"]), document["invoiceFooter"]):
        sheet.space(20)
        sheet.text(text or "", _SMALL)
    return sheet.finished(
        " · ".join(filter(None, (document["company"]["companyName"], kind, document["invoiceNumber"])))
    )


def _facts(sheet: Sheet, *facts: _Fact) -> None:
    """What matters most, side by side between two lines."""

    def draw(fact: _Fact, x: float) -> None:
        width = fact.width if fact.to_right else fact.width - 12
        sheet.text(fact.label, _LABEL, x, width, fact.to_right)
        sheet.space(1.5)
        for text, style in fact.values:
            sheet.text(text, style, x, width, fact.to_right)

    lefts = accumulate((fact.width for fact in facts), initial=LEFT)
    sheet.rule()
    sheet.space(11)
    sheet.beside(*(partial(draw, fact, x) for fact, x in zip(facts, lefts, strict=False)))
    sheet.space(10)
    sheet.rule()


def _client(document: Mapping[str, Any]) -> list[tuple[str, Style]]:
    return [(document["client"]["name"], _STRONG), (document["client"]["email"] or "", _SMALL)]


def _subject(sheet: Sheet, document: Mapping[str, Any]) -> None:
    sheet.space(20)
    sheet.text(document["invoiceName"] or "", _SECTION)
    sheet.text(document["invoiceDescription"] or "", _SMALL)


def _items(sheet: Sheet, document: Mapping[str, Any]) -> None:
    sheet.space(14)
    currency = document["currency"]
    columns = [
        Column("Description", ACROSS - 270),
        Column("Quantity", 60, to_right=True),
        Column(f"Unit price ({currency})", 100, to_right=True),
        Column(f"Amount ({currency})", 110, to_right=True),
    ]
    rows = [
        (
            item["name"],
            _number(item["quantity"]),
            written(item["unitPrice"], currency),
            written(item["amount"], currency),
        )
        for item in document["items"]
    ]
    sheet.table(columns, rows)
    sheet.space(6)


def _totals(sheet: Sheet, document: Mapping[str, Any]) -> None:
    rows = [("Subtotal", _money(document["subtotal"], document))]
    if document["discountAmount"]:
        rows.append(("Discount", _money(-document["discountAmount"], document)))
    if document["taxRate"] or document["taxAmount"]:
        rows.append((f"Tax ({_number(document['taxRate'])}%)", _money(document["taxAmount"], document)))
    rows.append(("Total", _money(document["totalAmount"], document)))
    _sums(sheet, document, rows)


def _sums(sheet: Sheet, document: Mapping[str, Any], rows: list[tuple[str, str]]) -> None:
    """These rows, then what came in, what went back, and what is left."""
    more = [("Paid", -_paid(document)), ("Refunded", _refunded(document)), ("Overpaid", document["overpaidAmount"])]
    rows = rows + [(label, _money(amount, document)) for label, amount in more if amount]
    sheet.sums(rows, None if document["status"] == "VOID" else ("Balance due", _owed(document)))


def _schedule(sheet: Sheet, document: Mapping[str, Any]) -> None:
    rows = [
        (
            milestone["label"],
            _day(milestone["expectedDate"]),
            _MILESTONES[milestone["status"]],
            _money(milestone["expectedAmount"], document),
        )
        for milestone in document["milestones"]
    ]
    columns = [Column("Part", ACROSS - 320), Column("Expected", 110), Column("Status", 90)]
    _section(sheet, "Payment schedule", columns, rows)


def _payments(sheet: Sheet, document: Mapping[str, Any]) -> None:
    rows = [
        (_day(payment["paidAt"]), payment["method"] or _NOTHING, _money(payment["amount"], document))
        for payment in document["payments"]
    ]
    _section(sheet, "Payments", [Column("Date", 130), Column("Method", ACROSS - 250)], rows)


def _refunds(sheet: Sheet, document: Mapping[str, Any]) -> None:
    rows = [
        (_day(refund["refundedAt"]), refund["reason"] or _NOTHING, _money(-refund["amount"], document))
        for refund in document["refunds"]
    ]
    _section(sheet, "Refunds", [Column("Date", 130), Column("Reason", ACROSS - 250)], rows)


def _section(sheet: Sheet, title: str, columns: list[Column], rows: Sequence[tuple[str, ...]]) -> None:
    """A table of amounts with its title; nothing where there are no rows."""
    if rows:
        sheet.space(20)
        sheet.room(90)
        sheet.text(title, _SECTION)
        sheet.space(5)
        sheet.table([*columns, Column("Amount", 120, to_right=True)], rows)


def _paid(document: Mapping[str, Any]) -> Decimal:
    return sum((payment["amount"] for payment in document["payments"]), Decimal())


def _refunded(document: Mapping[str, Any]) -> Decimal:
    return sum((refund["amount"] for refund in document["refunds"]), Decimal())


def _owed(document: Mapping[str, Any]) -> str:
    """Nobody owes anything on what is void."""
    return _NOTHING if document["status"] == "VOID" else _money(document["balanceDue"], document)


def _money(amount: Decimal, document: Mapping[str, Any]) -> str:
    """`USD 1,250.00`, `−USD 50.00`, `JPY 5,000`."""
    sign = "−" if amount < 0 else ""
    return f"{sign}{document['currency']} {written(abs(amount), document['currency'])}"


def _number(number: Decimal | float) -> str:
    """Up to three decimals, and no more than it has: `2`, `1.5`, `8.875`."""
    return f"{number:,.3f}".rstrip("0").rstrip(".")


def _day(day: date | None) -> str:
    """`26 November 2026`, of a time its day: no order of numbers to be misread."""
    return f"{day.day} {day:%B %Y}" if day else _NOTHING
