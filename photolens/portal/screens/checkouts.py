"""Checkouts, as the portal's role is shown them."""

from uuid import UUID

from photolens.billing.screens.checkouts import shown
from photolens.database import Row, sql
from photolens.portal.rows import as_contact
from photolens.problems import found


def require_invoice(invoice_id: int) -> None:
    """Refuse an invoice that whoever is asking is not shown, as one that is not there. Problems: `not_found`."""
    with as_contact() as conn:
        found(sql.portal.exists_invoice(conn, invoice_id=invoice_id) or None, "invoice", invoice_id)


def get_checkout(invoice_id: int, checkout_id: UUID) -> Row:
    """A checkout of an invoice, and what has become of the invoice. Problems: `not_found`."""
    with as_contact() as conn:
        row = sql.portal.get_checkout(conn, invoice_id=invoice_id, checkout_id=checkout_id)
    return shown(found(row, "checkout session", checkout_id))
