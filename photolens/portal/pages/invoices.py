"""Invoices: what they are for, what is still to be paid, and paying it."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from photolens import answers, paging
from photolens.access import current_contact_id
from photolens.billing.actions import checkouts
from photolens.billing.screens.documents import PDF, draw_invoice, draw_receipt
from photolens.database import connection, sql
from photolens.portal.pages.house import blp, form_as, reading
from photolens.portal.rows import as_contact
from photolens.portal.schemas.checkouts import PortalCheckoutInput
from photolens.portal.schemas.invoices import PortalInvoiceList
from photolens.portal.screens.checkouts import get_checkout, require_invoice
from photolens.problems import Problem, found


@blp.get("/invoices")
def invoices() -> Any:
    """The client's invoices, newest first."""
    arguments = PortalInvoiceList().load(request.args.to_dict())
    with reading() as conn:
        page = paging.page(conn, PortalInvoiceList, arguments)
    return render_template("portal/invoices.html", page=page)


@blp.get("/invoices/<id:invoice_id>")
def invoice(invoice_id: int) -> Any:
    """One invoice, whole; on the way back from paying, with what has become of that."""
    checkout_id = request.args.get("checkout", type=UUID)
    checkout_status = None if checkout_id is None else _come_back(invoice_id, checkout_id)
    with reading() as conn:
        row = found(sql.portal.get_invoice(conn, invoice_id=invoice_id), "invoice", invoice_id)
    return render_template("portal/invoice.html", invoice=row, checkout_status=checkout_status)


@blp.get("/invoices/<id:invoice_id>.pdf")
def invoice_pdf(invoice_id: int) -> Response:
    """The invoice, to keep."""
    with as_contact() as conn:
        return answers.document(draw_invoice(conn, invoice_id), PDF)


@blp.get("/invoices/<id:invoice_id>/receipt.pdf")
def receipt_pdf(invoice_id: int) -> Response:
    """The receipt of what was paid."""
    with as_contact() as conn:
        return answers.document(draw_receipt(conn, invoice_id), PDF)


@blp.post("/invoices/<id:invoice_id>/pay")
def pay(invoice_id: int) -> Response:
    """Go on to the payment provider's page, for what is due of the invoice or of one part of it."""
    milestone_id = form_as(PortalCheckoutInput())["milestone_id"]
    require_invoice(invoice_id)
    wish = checkouts.Wish(invoice_id, milestone_id, current_contact_id(), idempotency_key=None)
    checkout_id = checkouts.open_checkout(connection(), wish)
    return redirect(get_checkout(invoice_id, checkout_id)["url"], 303)


def _come_back(invoice_id: int, checkout_id: UUID) -> str:
    """Have the provider asked what became of a checkout; where it cannot be asked now, its webhook will tell."""
    require_invoice(invoice_id)
    try:
        checkouts.verify_checkout(connection(), invoice_id, checkout_id)
    except Problem as problem:
        if problem.kind.status != 503:
            raise
    status: str = get_checkout(invoice_id, checkout_id)["status"]
    return status
