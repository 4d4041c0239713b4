"""A client's invoices."""

from typing import Any

from photolens import access, paging
from photolens.api import Blueprint
from photolens.billing.problems import NOTHING_PAID
from photolens.billing.screens.documents import PDF, draw_invoice, draw_receipt
from photolens.database import Row, sql
from photolens.portal.rows import as_contact
from photolens.portal.schemas import invoices as schemas
from photolens.problems import found

blp = Blueprint("Portal: invoices", __name__, description="The invoices that were issued to a client.")


@blp.get("/portal/invoices")
@access.contact
@blp.arguments(schemas.PortalInvoiceList, location="query")
@blp.pages(schemas.PortalInvoiceSummary)
def list_portal_invoices(arguments: dict[str, Any]) -> dict[str, Any]:
    """List one's client's invoices

    Those that were issued; one that was taken out of the books since is VOID.
    """
    with as_contact() as conn:
        return paging.page(conn, schemas.PortalInvoiceList, arguments)


@blp.get("/portal/invoices/<id:invoice_id>")
@access.contact
@blp.answers(200, schemas.PortalInvoice)
def get_portal_invoice(invoice_id: int) -> Row:
    """Read an invoice of one's client's

    With its items, the parts in which it is to be paid, and the money that has moved on it.
    """
    with as_contact() as conn:
        return found(sql.portal.get_invoice(conn, invoice_id=invoice_id), "invoice", invoice_id)


@blp.get("/portal/invoices/<id:invoice_id>.pdf")
@access.contact
@blp.sends(PDF)
def get_portal_invoice_pdf(invoice_id: int) -> bytes:
    """Read an invoice of one's client's as PDF"""
    with as_contact() as conn:
        return draw_invoice(conn, invoice_id)


@blp.get("/portal/invoices/<id:invoice_id>/receipt.pdf")
@access.contact
@blp.refuses(NOTHING_PAID)
@blp.sends(PDF)
def get_portal_receipt_pdf(invoice_id: int) -> bytes:
    """Read the receipt of an invoice of one's client's as PDF

    What came in, what went back, and what is left to pay.
    """
    with as_contact() as conn:
        return draw_receipt(conn, invoice_id)
