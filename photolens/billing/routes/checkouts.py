"""How invoices are being paid online, for the studio."""

from typing import Any
from uuid import UUID

from photolens import access
from photolens import stripe_gateway as gateway
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing import problems
from photolens.billing.actions import checkouts as actions
from photolens.billing.schemas import checkouts as schemas
from photolens.billing.screens import checkouts as screens
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, found

blp = Blueprint("Checkouts", __name__, description="How invoices are being paid online.")


@blp.get("/invoices/<id:invoice_id>/checkout-sessions")
@access.requires(Permission.VIEW_INVOICES)
@blp.arguments(schemas.CheckoutList, location="query")
@blp.pages(schemas.Checkout)
def list_checkouts(arguments: dict[str, Any], invoice_id: int) -> dict[str, Any]:
    """List the checkouts of an invoice, newest first"""
    conn = connection()
    found(sql.billing.exists_invoice(conn, invoice_id=invoice_id) or None, "invoice", invoice_id)
    return screens.list_checkouts(conn, arguments, invoice_id)


@blp.post("/invoices/<id:invoice_id>/checkout-sessions/<uuid:checkout_id>/expire")
@access.requires(Permission.MANAGE_INVOICES)
@blp.commits_first
@blp.refuses(
    problems.PAYMENT_PROCESSING,
    ILLEGAL_TRANSITION,
    gateway.PAYMENTS_NOT_CONFIGURED,
    gateway.PAYMENTS_UNAVAILABLE,
    gateway.PAYMENT_REFUSED,
)
@blp.answers(200, schemas.Checkout)
def expire_checkout(invoice_id: int, checkout_id: UUID) -> Row:
    """End a checkout that nobody has paid

    So that its invoice can be corrected. If somebody has paid in the meantime, that is settled: look at the status.
    """
    return screens.shown(actions.expire_checkout(connection(), invoice_id, checkout_id))
