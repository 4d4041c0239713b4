"""The money that went back."""

from typing import Any

from photolens import access, paging
from photolens import stripe_gateway as gateway
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing import problems
from photolens.billing.actions import refunds as actions
from photolens.billing.schemas import refunds as schemas
from photolens.currencies import AMOUNT_NOT_PAYABLE
from photolens.database import Row, connection, sql
from photolens.idempotency import sent_key
from photolens.problems import found

blp = Blueprint("Refunds", __name__, description="What went back to clients.")


@blp.get("/payments/<id:payment_id>/refunds")
@access.requires(Permission.VIEW_INVOICES)
@blp.arguments(schemas.RefundList, location="query")
@blp.pages(schemas.Refund)
def list_refunds(arguments: dict[str, Any], payment_id: int) -> dict[str, Any]:
    """List a payment's refunds"""
    conn = connection()
    found(sql.billing.exists_payment(conn, payment_id=payment_id) or None, "payment", payment_id)
    return paging.page(conn, schemas.RefundList, {**arguments, "payment_id": payment_id})


@blp.post("/payments/<id:payment_id>/refunds")
@access.requires(Permission.MANAGE_INVOICES)
@blp.commits_first
@blp.arguments(schemas.RefundInput)
@blp.refuses(
    problems.REFUND_EXCEEDS_PAYMENT,
    AMOUNT_NOT_PAYABLE,
    gateway.PAYMENT_REFUSED,
    gateway.PAYMENTS_NOT_CONFIGURED,
    gateway.PAYMENTS_UNAVAILABLE,
)
@blp.answers(201, schemas.Refund)
def refund_payment(refund: dict[str, Any], payment_id: int) -> Row:
    """Refund a payment, or a part of it

    The invoice is due again by as much, and the client's revenue less. What Stripe took goes back through Stripe: while
    nobody knows whether it does (`payments_unavailable`), the refund stays PENDING, and the same request sent again
    settles it. The same `Idempotency-Key` gives the same refund for ever, unless it failed.
    """
    return actions.refund_payment(connection(), payment_id, refund, sent_key())


@blp.get("/payments/<id:payment_id>/refunds/<id:refund_id>")
@access.requires(Permission.VIEW_INVOICES)
@blp.answers(200, schemas.Refund)
def get_refund(payment_id: int, refund_id: int) -> Row:
    """Read a refund"""
    return found(sql.billing.get_refund(connection(), payment_id=payment_id, refund_id=refund_id), "refund", refund_id)
