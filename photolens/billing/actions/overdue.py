"""What becomes of invoices by the calendar alone: past due they are called OVERDUE, and their clients are reminded.

Each function does one batch of invoices, those after an id, in one transaction, and gives the ids it has locked: none
when there are no more. Nothing is waited for: what somebody else has locked is left for the next time. Done again, or
by two at once, nothing is done twice: what is locked is found as it then is.
"""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.messages import queue_message

BATCH = 50


def mark_overdue(conn: Connection, after_id: int) -> list[int]:
    """Call invoices OVERDUE that are past due, by the studio's calendar, and not called so yet.

    Locks: clients and their invoices, by the invoice's id, without waiting.
    """
    with conn.transaction():
        invoices: list[Row] = sql.billing.lock_invoices_past_due(conn, after_id=after_id, limit=BATCH)
        for invoice in invoices:
            if sql.billing.refresh_invoice(conn, invoice_id=invoice["id"]) == "OVERDUE":
                _record(conn, "INVOICE_OVERDUE", invoice)
        return [invoice["id"] for invoice in invoices]


def queue_reminders(conn: Connection, after_id: int) -> list[int]:
    """Remind clients of OVERDUE invoices by e-mail, if the settings say so, and of each no more often than they say.

    Locks: clients and their invoices, by the invoice's id, without waiting.
    """
    with conn.transaction():
        invoices: list[Row] = sql.billing.lock_invoices_to_remind(conn, after_id=after_id, limit=BATCH)
        for invoice in invoices:
            client_id, email, words = invoice["client_id"], invoice["email"], _words(invoice)
            queue_message(conn, "EMAIL", email, "invoice_reminder", client_id=client_id, **words)
            sql.billing.mark_invoice_reminded(conn, invoice_id=invoice["id"])
            _record(conn, "INVOICE_REMINDER_QUEUED", invoice)
        return [invoice["id"] for invoice in invoices]


def _words(invoice: Row) -> dict[str, Any]:
    return {
        "client_name": invoice["client_name"],
        "company_name": invoice["company_name"] or "",
        "invoice_number": invoice["invoice_number"],
        "amount": str(invoice["balance_due"]),
        "currency": invoice["currency"],
        "due_date": f"{invoice['due_date'].day} {invoice['due_date']:%B %Y}",
        "footer": invoice["invoice_footer"] or "",
    }


def _record(conn: Connection, kind: str, invoice: Row) -> None:
    details = {"invoiceNumber": invoice["invoice_number"], "balanceDue": str(invoice["balance_due"])}
    record_activity(conn, kind, "INVOICE", invoice["id"], client_id=invoice["client_id"], details=details)
