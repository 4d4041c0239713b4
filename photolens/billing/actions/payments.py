"""What happens to money that came in: recorded by hand, or booked as a provider took it."""

from typing import Any

from photolens.access import current_actor
from photolens.billing import rules
from photolens.billing.actions.allocations import allocate_payments
from photolens.billing.actions.invoices import lock_invoice
from photolens.billing.problems import INVOICE_NOT_PAYABLE, OVERPAYMENT
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity

_BY_HAND = dict.fromkeys(("stripe_session_id", "stripe_payment_intent_id", "paid_by_contact_id"))


def record_payment(conn: Connection, invoice_id: int, payment: dict[str, Any]) -> Row:
    """Record money that came in. Balance, status and the client's revenue are recomputed from the rows.

    Locks: client, invoice. Problems: `not_found`, `invoice_not_payable`, `overpayment`, `invalid` for a milestone of
    another invoice.
    """
    with conn.transaction():
        invoice = lock_invoice(conn, invoice_id)
        amount, balance = payment["amount"], invoice["balance_due"]
        if not rules.is_payable(invoice["status"]):
            raise INVOICE_NOT_PAYABLE(f"The invoice is {invoice['status']}.")
        if amount > balance:
            raise OVERPAYMENT(f"{amount:.2f} is more than the {balance} that is due.", balanceDue=str(balance))
        _, recorded_by = current_actor()
        payment_id = book_payment(conn, invoice, {"paid_at": None, **_BY_HAND, **payment, "recorded_by": recorded_by})
        row: Row = sql.billing.get_payment(conn, invoice_id=invoice_id, payment_id=payment_id)
        return row


def book_payment(conn: Connection, invoice: Row, payment: dict[str, Any]) -> int:
    """Add money to an invoice, whatever it comes to with it, put it on the milestones, and recompute what follows.

    Gives the payment's id.

    Whoever calls has locked client and invoice, and decided that the money belongs there: where it is more than the
    total, they have flagged the invoice first, or the database refuses it.
    """
    invoice_id, client_id = invoice["id"], invoice["client_id"]
    payment_id: int = sql.billing.insert_payment(conn, **payment, invoice_id=invoice_id, currency=invoice["currency"])
    allocate_payments(conn, invoice)
    sql.billing.refresh_invoice(conn, invoice_id=invoice_id)
    sql.billing.refresh_client_revenue(conn, client_id=client_id)
    details = {"invoiceNumber": invoice["invoice_number"], "amount": f"{payment['amount']:.2f}"}
    record_activity(conn, "PAYMENT_RECORDED", "INVOICE", invoice_id, client_id=client_id, details=details)
    return payment_id
