"""The money that came in for invoices."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing import problems
from photolens.billing.actions import payments as actions
from photolens.billing.schemas import payments as schemas
from photolens.database import Row, connection, sql
from photolens.problems import found

blp = Blueprint("Payments", __name__, description="What clients paid.")


@blp.get("/invoices/<id:invoice_id>/payments")
@access.requires(Permission.VIEW_INVOICES)
@blp.arguments(schemas.PaymentList, location="query")
@blp.pages(schemas.Payment)
def list_payments(arguments: dict[str, Any], invoice_id: int) -> dict[str, Any]:
    """List an invoice's payments"""
    conn = connection()
    found(sql.billing.exists_invoice(conn, invoice_id=invoice_id) or None, "invoice", invoice_id)
    return paging.page(conn, schemas.PaymentList, {**arguments, "invoice_id": invoice_id})


@blp.post("/invoices/<id:invoice_id>/payments")
@access.requires(Permission.MANAGE_INVOICES)
@blp.arguments(schemas.PaymentInput)
@blp.refuses(problems.OVERPAYMENT, problems.INVOICE_NOT_PAYABLE)
@blp.answers(201, schemas.Payment)
def record_payment(payment: dict[str, Any], invoice_id: int) -> Row:
    """Record a payment

    Balance, status and the client's revenue follow. Payments are never changed or deleted.
    """
    return actions.record_payment(connection(), invoice_id, payment)


@blp.get("/invoices/<id:invoice_id>/payments/<id:payment_id>")
@access.requires(Permission.VIEW_INVOICES)
@blp.answers(200, schemas.Payment)
def get_payment(invoice_id: int, payment_id: int) -> Row:
    """Read a payment"""
    payment = sql.billing.get_payment(connection(), invoice_id=invoice_id, payment_id=payment_id)
    return found(payment, "payment", payment_id)
