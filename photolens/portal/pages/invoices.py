"""Invoices: what they are for, what is still to be paid, and paying it."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from photolens import paging
from photolens.database import connection, sql
from photolens.portal.pages.house import blp, reading
from photolens.portal.schemas.invoices import PortalInvoiceList
from photolens.problems import found


@blp.get("/invoices")
def invoices() -> Any:
    """The client's invoices, newest first."""
    arguments = PortalInvoiceList().load(request.args.to_dict())
    with reading() as conn:
        page = paging.page(conn, PortalInvoiceList, arguments)
    return render_template("portal/invoices.html", page=page)


@blp.get("/invoices/<id:invoice_id>")
def invoice(invoice_id: int) -> Any:
    """One invoice, whole."""
    with reading() as conn:
        row = found(sql.portal.get_invoice(conn, invoice_id=invoice_id), "invoice", invoice_id)
    return render_template("portal/invoice.html", invoice=row)
