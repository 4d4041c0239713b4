"""What the provider's word on a checkout comes to. One function, whoever brings it: a webhook, or somebody who asked.

It may be heard often, late, in any order and by many at once, and always ends the same: the status of a checkout only
goes up, and the money is booked when it first comes to PAID, under the locks that everybody keeps.
"""

from decimal import Decimal

from photolens.billing import rules
from photolens.billing.actions.invoices import lock_invoice
from photolens.billing.actions.payments import book_payment
from photolens.currencies import from_minor_units, money_mismatch
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.stripe_gateway import CheckoutSession


def settle(conn: Connection, session: CheckoutSession, status: str) -> bool:
    """Note what has become of a session, and book its money once it is PAID; False where the session is not ours.

    What does not fit what was asked for is booked as it came, and the invoice flagged for a person to look at; but of
    another currency, nothing is booked. Nothing that comes after it makes a payment undone.

    Locks: client, invoice, checkout.
    """
    with conn.transaction():
        ours = sql.billing.get_checkout_of_stripe_session(
            conn, stripe_session_id=session.id, checkout_id=session.reference
        )
        if ours is None:
            return False
        invoice = lock_invoice(conn, ours["invoiceId"])
        checkout = sql.billing.lock_checkout(conn, checkout_id=ours["id"])
        sql.billing.update_checkout(
            conn,
            checkout_id=checkout["id"],
            status=status,
            stripe_session_id=session.id,
            stripe_payment_intent_id=session.payment_intent_id,
            stripe_customer_id=session.customer_id,
            url=session.url,
            expires_at=session.expires_at,
        )
        if status == "PAID" and checkout["status"] != "PAID":
            _book(conn, invoice, checkout, session)
        return True


def _book(conn: Connection, invoice: Row, checkout: Row, session: CheckoutSession) -> None:
    """Add the money to its invoice, flagged first where it does not fit. Client, invoice and checkout are locked."""
    came = (session.amount_total, session.currency)
    mismatch = money_mismatch((checkout["expected_amount_minor"], checkout["currency"]), came)
    amount = Decimal(0)
    if mismatch != "CURRENCY":
        amount = from_minor_units(session.amount_total or 0, checkout["currency"])
    no_room = rules.room_for(amount, invoice["status"], invoice["balance_due"])
    if mismatch or no_room:
        _flag(conn, invoice, session, [reason for reason in (mismatch, no_room) if reason is not None])
    if amount > 0:
        payment = {
            "milestone_id": checkout["milestone_id"],
            "amount": amount,
            "paid_at": None,
            "method": "Card",
            "notes": None,
            "payment_account_id": None,
            "stripe_session_id": session.id,
            "stripe_payment_intent_id": session.payment_intent_id,
            "paid_by_contact_id": checkout["contact_id"],
            "recorded_by": "Stripe",
        }
        book_payment(conn, invoice, payment)


def _flag(conn: Connection, invoice: Row, session: CheckoutSession, reasons: list[str]) -> None:
    """Ask a person to look at an invoice, and say why."""
    sql.billing.mark_invoice_needs_review(conn, invoice_id=invoice["id"])
    details = {
        "invoiceNumber": invoice["invoice_number"],
        "reasons": reasons,
        "amountMinor": session.amount_total,
        "currency": session.currency,
    }
    record_activity(
        conn, "INVOICE_NEEDS_REVIEW", "INVOICE", invoice["id"], client_id=invoice["client_id"], details=details
    )
