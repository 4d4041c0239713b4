"""The JSON of the portal's first page."""

from marshmallow import fields

from photolens.fields import MoneySum, Output, Text, WholeNumber
from photolens.portal.schemas.bookings import PortalBookingSummary
from photolens.portal.schemas.editing import PortalEditingJobSummary
from photolens.portal.schemas.invoices import PortalInvoiceSummary

MANY = 2**31 - 1


class OpenBalance(Output):
    """What is still to be paid in a currency, and what of it is past due."""

    currency = Text(3, example="USD")
    count = WholeNumber(1, MANY, example=2)
    balance_due = MoneySum(example="4800.00")
    overdue_count = WholeNumber(0, MANY, example=1)
    overdue_amount = MoneySum(example="1200.00")


class PortalDashboard(Output):
    """What the client owes, what comes next, and what waits for them."""

    open_balances = fields.List(fields.Nested(OpenBalance), metadata={"description": "One for each currency."})
    overdue_invoices = fields.List(fields.Nested(PortalInvoiceSummary), metadata={"description": "Up to ten."})
    next_invoices = fields.List(fields.Nested(PortalInvoiceSummary), metadata={"description": "Up to ten."})
    upcoming_bookings = fields.List(fields.Nested(PortalBookingSummary), metadata={"description": "Up to ten."})
    awaited_selections = fields.List(fields.Nested(PortalBookingSummary), metadata={"description": "Up to fifty."})
    jobs_in_review = fields.List(fields.Nested(PortalEditingJobSummary), metadata={"description": "Up to fifty."})
