"""The JSON of invoices and their items."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate, validates

from photolens.billing.rules import MOST_ITEMS
from photolens.billing.schemas.milestones import Milestone
from photolens.billing.schemas.payments import Payment
from photolens.database import sql
from photolens.decimals import Percent, Quantity
from photolens.fields import (
    Choice,
    Currency,
    Date,
    Email,
    Flag,
    Id,
    Input,
    Instant,
    Money,
    Output,
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


class InvoiceTerms(Input):
    """What an invoice is said to be, when it is drafted and later."""

    invoice_name = Text(200, nullable=True, load_default=None, example="Wedding at Riverside Gardens")
    invoice_description = Text(5000, nullable=True, load_default=None, example="As agreed on 3 November.")
    work_package_id = Id(
        nullable=True, load_default=None, metadata={"description": "A work package of the same client."}
    )
    booking_id = Id(nullable=True, load_default=None, metadata={"description": "A booking of the same client."})
    issue_date = Date(
        load_default=None, example="2026-11-20", metadata={"description": "A new invoice without one gets today's."}
    )
    due_date = Date(
        nullable=True,
        load_default=None,
        metadata={"description": "A new invoice without one is due as the settings say."},
    )
    discount_amount = Money(
        load_default=Decimal(0),
        example="50.00",
        metadata={"description": "Taken off what the items come to, before tax.", "default": "0.00"},
    )
    tax_rate = Percent(
        load_default=Decimal(0),
        metadata={"description": "In percent, of the items less the discount; rounded half-up once.", "default": 0},
    )


class InvoiceChanges(InvoiceTerms):
    """What may be changed of an invoice; its client and currency stay."""

    needs_review = Flag(
        metadata={"example": False, "description": "False, once somebody has looked: it can only be taken back."}
    )

    @validates("needs_review")
    def check_is_taken_back(self, needs_review: bool, **_: Any) -> None:
        if needs_review:
            raise ValidationError("can only be taken back")


class InvoiceInput(InvoiceTerms):
    """A draft, with its items."""

    client_id = Id(required=True)
    currency = Currency(
        load_default=None, metadata={"description": "ISO 4217; without one, that of the settings. It stays."}
    )
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
    work_package_id = Id(nullable=True)
    invoice_name = Text(200, nullable=True, example="Wedding at Riverside Gardens")
    invoice_description = Text(5000, nullable=True, example="As agreed on 3 November.")
    issue_date = Date(example="2026-11-20")
    due_date = Date(nullable=True)
    status = Choice(*STATUSES)
    currency = Currency()
    subtotal = Money(example="6400.00", metadata={"description": "What the items come to."})
    discount_amount = Money(example="50.00")
    tax_rate = Percent()
    tax_amount = Money(example="563.56")
    total_amount = Money(example="6913.56", metadata={"description": "Subtotal − discount + tax."})
    balance_due = Money(example="6913.56")
    overpaid_amount = Money(example="0.00", metadata={"description": "What came in above the total."})
    is_overdue = Flag(metadata={"example": False, "description": "Whether a balance is past due today."})
    paid_at = Instant(nullable=True, metadata={"description": "When the last of it was paid."})
    paid_by_contact_id = Id(nullable=True)
    paid_by_contact_name = Text(200, nullable=True, example="Noor Haddad")
    needs_review = Flag(
        metadata={
            "example": False,
            "description": "Whether a provider took money that does not fit, and nobody has looked.",
        }
    )
    last_reminder_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class Invoice(InvoiceSummary):
    """An invoice, whole: its items, its milestones, its hundred newest payments, and its ids at the provider."""

    stripe_checkout_session_id = Text(255, nullable=True, example="cs_test_a1b2c3")
    stripe_payment_intent_id = Text(255, nullable=True, example="pi_3a1b2c3")
    stripe_customer_id = Text(255, nullable=True, example="cus_a1b2c3")
    items = fields.List(fields.Nested(InvoiceItem))
    milestones = fields.List(fields.Nested(Milestone))
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
    work_package_id = Id(load_default=None)
    needs_review = Flag(load_default=None, metadata={"description": "What somebody is to look at, or the rest."})
    overdue = Flag(load_default=None, metadata={"description": "With a balance past due today, or without."})


PROBLEM_MEMBERS |= {
    "difference": Money(
        signed=True,
        example="-10.00",
        metadata={"description": "Of `milestones_do_not_add_up`, by how much they are above the total, or below it."},
    ),
    "balance_due": Money(metadata={"description": "Of an `overpayment`, what is due."}),
    "invoice_id": Id(metadata={"description": "Of a `booking_invoiced`, the invoice there is."}),
}
