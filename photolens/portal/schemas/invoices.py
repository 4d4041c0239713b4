"""The JSON of a client's invoices, as their contacts see them."""

from marshmallow import fields

from photolens.database import sql
from photolens.decimals import Quantity
from photolens.fields import Choice, Date, Flag, Id, Instant, Money, Number, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "VOID")


class PortalInvoiceSummary(Output):
    """An invoice that was issued to the client."""

    id = Id()
    invoice_number = Text(60, example="INV-00042")
    invoice_name = Text(200, nullable=True, example="Wedding in June")
    booking_id = Id(nullable=True)
    work_package_id = Id(nullable=True)
    issue_date = Date()
    due_date = Date(nullable=True)
    status = Choice(*STATUSES)
    is_overdue = Flag()
    currency = Text(3, example="USD")
    total_amount = Money(example="9600.00")
    balance_due = Money(example="4800.00")
    paid_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class PortalInvoiceItem(Output):
    """A line of an invoice; `amount` is quantity × unit price, rounded half-up once."""

    id = Id()
    position = WholeNumber(1, 2**31 - 1)
    name = Text(300, example="Full Day Wedding")
    quantity = Quantity()
    unit_price = Money(example="3200.00")
    amount = Money(example="6400.00")


class PortalMilestone(Output):
    """A part in which an invoice is to be paid."""

    id = Id()
    position = WholeNumber(1, 2**31 - 1)
    label = Text(200, example="Deposit")
    description = Text(2000, nullable=True, example="Holds the day.")
    expected_amount = Money(example="2400.00")
    expected_date = Date(nullable=True)
    paid_amount = Money(example="2400.00")
    status = Choice("PENDING", "PARTIAL", "PAID")


class PortalPayment(Output):
    """Money that came in for an invoice."""

    id = Id()
    milestone_id = Id(nullable=True)
    amount = Money(example="4800.00")
    paid_at = Instant()
    method = Text(60, nullable=True, example="Bank transfer")


class PortalRefund(Output):
    """Money that went back, or is on its way."""

    id = Id()
    payment_id = Id()
    amount = Money(example="100.00")
    status = Choice("SUCCEEDED", "PENDING")
    refunded_at = Instant()


class PortalInvoice(PortalInvoiceSummary):
    """An invoice that was issued to the client, whole."""

    invoice_description = Text(5000, nullable=True, example="The whole day, with an album.")
    is_payable = Flag(metadata={"description": "Whether something is left that can be paid."})
    subtotal = Money(example="9600.00")
    discount_amount = Money(example="0.00")
    tax_rate = Number(example=8.875, metadata={"description": "In percent."})
    tax_amount = Money(example="0.00")
    overpaid_amount = Money(example="0.00")
    items = fields.List(fields.Nested(PortalInvoiceItem))
    milestones = fields.List(fields.Nested(PortalMilestone))
    payments = fields.List(fields.Nested(PortalPayment), metadata={"description": "The newest 100, newest first."})
    refunds = fields.List(fields.Nested(PortalRefund), metadata={"description": "The newest 100, newest first."})


class PortalInvoiceList(ListArguments):
    """Filters and orders of a client's invoices."""

    orders = {
        "-issueDate": Order(sql.portal.list_invoices_by_issue_date_desc, "issueDate"),
        "issueDate": Order(sql.portal.list_invoices_by_issue_date, "issueDate"),
        "dueDate": Order(sql.portal.list_invoices_by_due_date, "dueDate"),
        "-dueDate": Order(sql.portal.list_invoices_by_due_date_desc, "dueDate"),
    }
    count = sql.portal.count_invoices
    sort = sort_field(orders)
    status = Choice(*STATUSES, load_default=None)
    booking_id = Id(load_default=None)
    work_package_id = Id(load_default=None)
    overdue = Flag(load_default=None)
