"""What a client is handed: an invoice, or its receipt, read in one snapshot and drawn."""

from typing import Any

from photolens.billing import documents
from photolens.billing.problems import NOTHING_PAID
from photolens.billing.rules import MOST_ITEMS, MOST_MILESTONES
from photolens.database import Connection, Row, snapshot, sql
from photolens.problems import found

PDF = "application/pdf"

_MOST_MOVEMENTS = 10_000  # of money on one invoice: far more than anybody prints


def draw_invoice(conn: Connection, invoice_id: int) -> bytes:
    """An invoice as PDF. Problems: `not_found`."""
    return documents.invoice_pdf(_read(conn, invoice_id))


def draw_receipt(conn: Connection, invoice_id: int) -> bytes:
    """What was received for an invoice, as PDF. Problems: `not_found`, `nothing_paid`."""
    document = _read(conn, invoice_id)
    if not document["payments"]:
        raise NOTHING_PAID("There is a receipt once money has come in.")
    return documents.receipt_pdf(document)


def _read(conn: Connection, invoice_id: int) -> dict[str, Any]:
    """An invoice as `documents` takes it."""
    of_invoice = {"invoice_id": invoice_id}
    with snapshot(conn):
        head: Row = found(sql.billing.get_invoice_document(conn, **of_invoice), "invoice", invoice_id)
        return {
            **head,
            "company": {name: head[name] for name in ("companyName", "companyAddress", "companyEmail")},
            "client": {"name": head["clientName"], "email": head["clientEmail"]},
            "items": sql.billing.list_document_items(conn, **of_invoice, limit=MOST_ITEMS),
            "milestones": sql.billing.list_document_milestones(conn, **of_invoice, limit=MOST_MILESTONES),
            "payments": sql.billing.list_document_payments(conn, **of_invoice, limit=_MOST_MOVEMENTS),
            "refunds": sql.billing.list_document_refunds(conn, **of_invoice, limit=_MOST_MOVEMENTS),
        }
