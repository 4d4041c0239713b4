"""Paying an invoice online. What it comes to, who pays, and what becomes of it is never taken from the caller."""

from typing import Any
from uuid import UUID

from photolens import access, idempotency
from photolens import stripe_gateway as gateway
from photolens.api import Blueprint
from photolens.billing import problems
from photolens.billing.actions import checkouts as actions
from photolens.currencies import AMOUNT_NOT_PAYABLE
from photolens.database import Row, connection
from photolens.portal.schemas import checkouts as schemas
from photolens.portal.screens import checkouts as screens

blp = Blueprint("Portal: paying", __name__, description="How the contacts of a client pay its invoices online.")


@blp.post("/portal/invoices/<id:invoice_id>/checkout-sessions")
@access.contact
@blp.commits_first
@blp.arguments(schemas.PortalCheckoutInput)
@blp.refuses(
    problems.INVOICE_NOT_PAYABLE,
    problems.NOTHING_DUE,
    problems.PAYMENT_PROCESSING,
    AMOUNT_NOT_PAYABLE,
    gateway.PAYMENTS_NOT_CONFIGURED,
    gateway.PAYMENTS_UNAVAILABLE,
    gateway.PAYMENT_REFUSED,
)
@blp.answers(201, schemas.PortalCheckout)
def open_portal_checkout(wish: dict[str, Any], invoice_id: int) -> Row:
    """Open a page on which to pay an invoice, or a milestone of it

    For what is due now. One that is open for that already is given again, whoever of the client opened it.
    """
    screens.require_invoice(invoice_id)
    contact_id = access.current_contact_id()
    wished = actions.Wish(invoice_id, wish["milestone_id"], contact_id, idempotency.sent_key())
    return screens.get_checkout(invoice_id, actions.open_checkout(connection(), wished))


@blp.get("/portal/invoices/<id:invoice_id>/checkout-sessions/<uuid:checkout_id>")
@access.contact
@blp.answers(200, schemas.PortalCheckout)
def get_portal_checkout(invoice_id: int, checkout_id: UUID) -> Row:
    """Read what has become of a checkout, and of its invoice"""
    return screens.get_checkout(invoice_id, checkout_id)


@blp.post("/portal/invoices/<id:invoice_id>/checkout-sessions/<uuid:checkout_id>/verify")
@access.contact
@blp.commits_first
@blp.refuses(gateway.PAYMENTS_NOT_CONFIGURED, gateway.PAYMENTS_UNAVAILABLE, gateway.PAYMENT_REFUSED)
@blp.answers(200, schemas.PortalCheckout)
def verify_portal_checkout(invoice_id: int, checkout_id: UUID) -> Row:
    """Have the payment provider asked what has become of a checkout

    Whoever comes back from paying need not wait for a webhook. Sent again, it asks again.
    """
    screens.require_invoice(invoice_id)
    actions.verify_checkout(connection(), invoice_id, checkout_id)
    return screens.get_checkout(invoice_id, checkout_id)
