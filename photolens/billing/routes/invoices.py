"""Invoices and their items."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing import problems
from photolens.billing.actions import invoices as actions
from photolens.billing.schemas import invoices as schemas
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, found

blp = Blueprint("Invoices", __name__, description="What clients owe and what they paid.")


@blp.get("/invoices")
@access.requires(Permission.VIEW_INVOICES)
@blp.arguments(schemas.InvoiceList, location="query")
@blp.pages(schemas.InvoiceSummary)
def list_invoices(arguments: dict[str, Any]) -> dict[str, Any]:
    """List invoices"""
    return paging.page(connection(), schemas.InvoiceList, arguments)


@blp.post("/invoices")
@access.requires(Permission.MANAGE_INVOICES)
@blp.arguments(schemas.InvoiceInput)
@blp.refuses(problems.DISCOUNT_TOO_LARGE)
@blp.answers(201, schemas.Invoice)
def create_invoice(invoice: dict[str, Any]) -> Row:
    """Draft an invoice

    A draft has no number; sending it gives it the next one.
    """
    return actions.create_invoice(connection(), invoice)


@blp.get("/invoices/<id:invoice_id>")
@access.requires(Permission.VIEW_INVOICES)
@blp.answers(200, schemas.Invoice)
def get_invoice(invoice_id: int) -> Row:
    """Read an invoice, with its items, milestones and payments"""
    return found(sql.billing.get_invoice(connection(), invoice_id=invoice_id), "invoice", invoice_id)


@blp.patch("/invoices/<id:invoice_id>")
@access.requires(Permission.MANAGE_INVOICES)
@blp.arguments(schemas.InvoiceChanges(partial=True))
@blp.refuses(problems.INVOICE_FROZEN, problems.MILESTONES_FIXED, problems.DISCOUNT_TOO_LARGE, problems.OVERPAYMENT)
@blp.answers(200, schemas.Invoice)
def update_invoice(changes: dict[str, Any], invoice_id: int) -> Row:
    """Change an invoice

    Its words and due date until it is settled; discount and tax until money has moved, and while nobody is paying; its
    booking and issue date while it is a draft. `needsReview` is taken back once nothing is overpaid.
    """
    return actions.update_invoice(connection(), invoice_id, changes)


@blp.delete("/invoices/<id:invoice_id>")
@access.requires(Permission.MANAGE_INVOICES)
@blp.refuses(problems.INVOICE_ISSUED)
@blp.answers(204)
def delete_invoice(invoice_id: int) -> None:
    """Delete a draft

    An issued invoice is voided instead, and keeps its number.
    """
    actions.delete_invoice(connection(), invoice_id)


@blp.post("/invoices/<id:invoice_id>/send")
@access.requires(Permission.MANAGE_INVOICES)
@blp.refuses(ILLEGAL_TRANSITION, problems.INVOICE_EMPTY, problems.INVOICE_NUMBER_TAKEN)
@blp.answers(200, schemas.Invoice)
def send_invoice(invoice_id: int) -> Row:
    """Issue a draft under the next number"""
    return actions.send_invoice(connection(), invoice_id)


@blp.post("/invoices/<id:invoice_id>/void")
@access.requires(Permission.MANAGE_INVOICES)
@blp.refuses(ILLEGAL_TRANSITION)
@blp.answers(200, schemas.Invoice)
def void_invoice(invoice_id: int) -> Row:
    """Take an invoice out of the books

    While there is no money on it and nobody is paying. It keeps its number; expenses billed on it may be billed again.
    """
    return actions.void_invoice(connection(), invoice_id)


@blp.post("/invoices/<id:invoice_id>/items")
@access.requires(Permission.MANAGE_INVOICES)
@blp.arguments(schemas.InvoiceItemInput)
@blp.refuses(problems.INVOICE_FROZEN, problems.MILESTONES_FIXED, problems.INVOICE_FULL)
@blp.answers(201, schemas.InvoiceItem)
def add_invoice_item(item: dict[str, Any], invoice_id: int) -> Row:
    """Add an item

    Items may change until money has moved.
    """
    return actions.add_item(connection(), invoice_id, item)


@blp.get("/invoices/<id:invoice_id>/items/<id:item_id>")
@access.requires(Permission.VIEW_INVOICES)
@blp.answers(200, schemas.InvoiceItem)
def get_invoice_item(invoice_id: int, item_id: int) -> Row:
    """Read an item"""
    return found(sql.billing.get_invoice_item(connection(), invoice_id=invoice_id, item_id=item_id), "item", item_id)


@blp.patch("/invoices/<id:invoice_id>/items/<id:item_id>")
@access.requires(Permission.MANAGE_INVOICES)
@blp.arguments(schemas.InvoiceItemInput(partial=True))
@blp.refuses(problems.INVOICE_FROZEN, problems.MILESTONES_FIXED, problems.DISCOUNT_TOO_LARGE)
@blp.answers(200, schemas.InvoiceItem)
def update_invoice_item(changes: dict[str, Any], invoice_id: int, item_id: int) -> Row:
    """Change an item"""
    return actions.update_item(connection(), invoice_id, item_id, changes)


@blp.delete("/invoices/<id:invoice_id>/items/<id:item_id>")
@access.requires(Permission.MANAGE_INVOICES)
@blp.refuses(problems.INVOICE_FROZEN, problems.MILESTONES_FIXED, problems.DISCOUNT_TOO_LARGE, problems.INVOICE_EMPTY)
@blp.answers(204)
def remove_invoice_item(invoice_id: int, item_id: int) -> None:
    """Remove an item

    An issued invoice keeps at least one. The expense of a removed item may be billed again.
    """
    actions.remove_item(connection(), invoice_id, item_id)
