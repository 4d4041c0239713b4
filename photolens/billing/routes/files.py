"""Invoices and receipts as files."""

from photolens import access
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing.problems import NOTHING_PAID
from photolens.billing.screens import documents as screens
from photolens.database import connection

blp = Blueprint("Documents", __name__, description="Invoices and receipts, as clients are handed them.")


@blp.get("/invoices/<id:invoice_id>.pdf")
@access.requires(Permission.VIEW_INVOICES)
@blp.sends(screens.PDF)
def get_invoice_pdf(invoice_id: int) -> bytes:
    """Read an invoice as PDF

    With items, totals, milestones and payments; a draft and a void one say that they are.
    """
    return screens.draw_invoice(connection(), invoice_id)


@blp.get("/invoices/<id:invoice_id>/receipt.pdf")
@access.requires(Permission.VIEW_INVOICES)
@blp.refuses(NOTHING_PAID)
@blp.sends(screens.PDF)
def get_receipt_pdf(invoice_id: int) -> bytes:
    """Read an invoice's receipt as PDF

    What came in, what went back, and what is left to pay.
    """
    return screens.draw_receipt(connection(), invoice_id)
