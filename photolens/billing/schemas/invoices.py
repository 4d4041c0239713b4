"""The JSON of invoices and their items."""

from decimal import Decimal

from marshmallow import fields, validate

from photolens.billing.rules import MOST_ITEMS
from photolens.billing.schemas.payments import Payment
from photolens.database import sql
from photolens.fields import (
    Choice,
    Date,
    Email,
    Flag,
    Id,
    Input,
    Instant,
    Money,
    Output,
    Quantity,
    Text,
    WebAddress,
    WholeNumber,
)
from photolens.openapi import PROBLEM_MEMBERS
from photolens.paging import ListArguments, Order, search_field, sort_field

STATUSES = ("SENT", "DRAFT", "PARTIALLY_PAID", "PAID", "OVERDUE", "VOID")


class InvoiceItemInput(Input):
    """An item, as it is added or changed."""

    name = Text(300, required=True, example="Full Day Wedding")
    quantity = Quantity(load_default=Decimal(1), metadata={"default": 1})
    unit_price = Money(required=True, example="3200.00")


class InvoiceItem(Output):
    """A line of an invoice; `amount` is quantity × unit price, rounded half-up once."""

    id = Id()
    invoice_id = Id()
    position = WholeNumber(1, 2**31 - 1)
    name = Text(300, example="Full Day Wedding")
    quantity = Quantity()
    unit_price = Money(example="3200.00")
    amount = Money(example="6400.00")
    expense_id = Id(nullable=True)


class InvoiceChanges(Input):
    """What may be changed of an invoice; its client stays."""

    booking_id = Id(nullable=True, load_default=None, metadata={"description": "A booking of the same client."})
    issue_date = Date(
        load_default=None, example="2026-11-20", metadata={"description": "A new invoice without one gets today's."}
    )
    due_date = Date(
        nullable=True,
        load_default=None,
        metadata={"description": "A new invoice without one is due as the settings say."},
    )


class InvoiceInput(InvoiceChanges):
    """A draft, with its items."""

    client_id = Id(required=True)
    items = fields.List(fields.Nested(InvoiceItemInput), load_default=list, validate=validate.Length(max=MOST_ITEMS))


class InvoiceSummary(Output):
    """An invoice, as lists show it."""

    id = Id()
    invoice_number = Text(60, nullable=True, example="INV-00042")
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    client_email = Email()
    client_avatar_url = WebAddress(nullable=True)
    booking_id = Id(nullable=True)
    issue_date = Date(example="2026-11-20")
    due_date = Date(nullable=True)
    status = Choice(*STATUSES)
    currency = Text(3, example="USD")
    total_amount = Money(example="6400.00")
    balance_due = Money(example="6400.00")
    is_overdue = Flag(metadata={"example": False, "description": "Whether a balance is past due today."})
    last_reminder_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class Invoice(InvoiceSummary):
    """An invoice, whole: its items, and its hundred newest payments."""

    items = fields.List(fields.Nested(InvoiceItem))
    payments = fields.List(fields.Nested(Payment))


class InvoiceList(ListArguments):
    """Filters and orders of the invoices."""

    orders = {
        "-issueDate": Order(sql.billing.list_invoices_by_issue_date_desc, "issueDate"),
        "issueDate": Order(sql.billing.list_invoices_by_issue_date, "issueDate"),
        "dueDate": Order(sql.billing.list_invoices_by_due_date, "dueDate"),
        "-dueDate": Order(sql.billing.list_invoices_by_due_date_desc, "dueDate"),
    }
    count = sql.billing.count_invoices
    sort = sort_field(orders)
    q = search_field()
    issued_from = Date(data_key="from", load_default=None)
    issued_to = Date(data_key="to", load_default=None, metadata={"description": "The last day, included."})
    status = Choice(*STATUSES, load_default=None)
    client_id = Id(load_default=None)
    booking_id = Id(load_default=None)
    overdue = Flag(load_default=None, metadata={"description": "With a balance past due today, or without."})


PROBLEM_MEMBERS |= {
    "balance_due": Money(metadata={"description": "Of an `overpayment`, what is due."}),
    "invoice_id": Id(metadata={"description": "Of a `booking_invoiced`, the invoice there is."}),
}
