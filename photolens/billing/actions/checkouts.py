"""How invoices come to be paid online: a checkout is kept, then asked of the provider, then settled as it answers.

Nothing is asked of the provider inside a transaction. Whoever opens or ends checkouts of one invoice does so one at a
time, under a lock that is no transaction's; what is left half done by a crash, the next one takes up.
"""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from photolens import stripe_gateway as gateway
from photolens.billing import rules
from photolens.billing.actions.invoices import lock_invoice
from photolens.billing.actions.settlement import settle
from photolens.billing.problems import INVOICE_NOT_PAYABLE, NOTHING_DUE, PAYMENT_PROCESSING
from photolens.config import current_settings
from photolens.currencies import from_minor_units, to_minor_units
from photolens.database import Connection, Row, holding, sql
from photolens.idempotency import KEY_REUSED
from photolens.platform.actions.activities import record_activity
from photolens.problems import ILLEGAL_TRANSITION, Problem, found, invalid
from photolens.studios import address_of_studio


@dataclass(frozen=True)
class Wish:
    """Who wants to pay what: the whole balance of an invoice or what is left of a milestone; and under which key."""

    invoice_id: int
    milestone_id: int | None
    contact_id: int
    idempotency_key: str | None


def open_checkout(conn: Connection, wish: Wish) -> UUID:
    """A page of the provider on which to pay what is due; gives the checkout's id. One at a time for each target.

    One that is open for the same amount is given again; one that asks for another amount is ended first. If the
    provider refuses, the checkout is FAILED; if nobody knows, it stays CREATING, and the next wish takes it up under
    the same id, so that there is one session however often that goes wrong.

    Locks: the invoice's advisory lock; in transactions of their own: client, invoice, checkout. Problems: `not_found`,
    `invalid`, `invoice_not_payable`, `nothing_due`, `payment_processing`, `amount_not_payable`,
    `idempotency_key_reused`, and the gateway's.
    """
    gateway.require_api_key()
    with holding(sql.billing.lock_invoice_checkout, invoice_id=wish.invoice_id):
        checkout, is_current = _keep(conn, wish)
        while not is_current:
            _end(conn, checkout)
            checkout, is_current = _keep(conn, wish)
        if checkout["status"] == "CREATING":
            _create(conn, checkout)
        checkout_id: UUID = checkout["id"]
        return checkout_id


def verify_checkout(conn: Connection, invoice_id: int, checkout_id: UUID) -> None:
    """Ask the provider what has become of a checkout, and settle it: whoever has paid need not wait for a webhook.

    Locks: as `settle`. Problems: `not_found`, and the gateway's.
    """
    checkout = found(
        sql.billing.get_checkout(conn, invoice_id=invoice_id, checkout_id=checkout_id), "checkout session", checkout_id
    )
    if checkout["stripeSessionId"] is not None and checkout["status"] != "PAID":
        session = gateway.retrieve_checkout_session(checkout["stripeSessionId"])
        settle(conn, session, rules.checkout_status(session.status, session.payment_status))


def expire_checkout(conn: Connection, invoice_id: int, checkout_id: UUID) -> Row:
    """See to it that a checkout is not paid any more, so that its invoice can be changed; if it has been, settle it.

    Locks: the invoice's advisory lock; then as `settle`. Problems: `not_found`, `payment_processing`,
    `illegal_transition`, and the gateway's.
    """
    with holding(sql.billing.lock_invoice_checkout, invoice_id=invoice_id):
        row = sql.billing.get_checkout(conn, invoice_id=invoice_id, checkout_id=checkout_id)
        status = found(row, "checkout session", checkout_id)["status"]
        if status == "PROCESSING":
            raise PAYMENT_PROCESSING("The money is on its way, or will fail to come: that is not for us to end.")
        if status in ("PAID", "FAILED"):
            raise ILLEGAL_TRANSITION(f"The checkout is {status}.")
        if status in ("CREATING", "OPEN"):
            _end(conn, {"id": row["id"], "stripe_session_id": row["stripeSessionId"]})
        ended: Row = sql.billing.get_checkout(conn, invoice_id=invoice_id, checkout_id=checkout_id)
        return ended


def _keep(conn: Connection, wish: Wish) -> tuple[Row, bool]:
    """The checkout of a wish, committed before anybody is asked, and whether it asks for what is due now."""
    with conn.transaction():
        invoice = lock_invoice(conn, wish.invoice_id)
        paid_under_key = _paid_under_key(conn, wish)
        if paid_under_key is not None:
            return sql.billing.lock_checkout(conn, checkout_id=paid_under_key), True
        if not rules.is_payable(invoice["status"]):
            raise INVOICE_NOT_PAYABLE(f"The invoice is {invoice['status']}.")
        amount = to_minor_units(_amount_due(conn, invoice, wish.milestone_id), invoice["currency"])
        present = sql.billing.lock_open_checkout(conn, invoice_id=invoice["id"], milestone_id=wish.milestone_id)
        if present is None:
            return _insert(conn, invoice, wish, amount), True
        checkout = sql.billing.lock_checkout(conn, checkout_id=present["id"])
        if checkout["status"] == "PROCESSING":
            raise PAYMENT_PROCESSING("Somebody has paid by a method that takes its time. Wait for the money to come.")
        return checkout, checkout["expected_amount_minor"] == amount and not checkout["is_over"]


def _paid_under_key(conn: Connection, wish: Wish) -> UUID | None:
    """The checkout that was opened under the wish's key and has been paid. Problems: `idempotency_key_reused`."""
    if wish.idempotency_key is None:
        return None
    kept = sql.billing.get_checkout_of_key(conn, contact_id=wish.contact_id, idempotency_key=wish.idempotency_key)
    if kept is None:
        return None
    if (kept["invoiceId"], kept["milestoneId"]) != (wish.invoice_id, wish.milestone_id):
        raise KEY_REUSED("Send every new request under a key of its own.")
    checkout_id: UUID = kept["id"]
    return checkout_id if kept["status"] == "PAID" else None


def _amount_due(conn: Connection, invoice: Row, milestone_id: int | None) -> Decimal:
    """What is left to pay of an invoice, or of one milestone of it. Problems: `invalid`, `nothing_due`."""
    due: Decimal = invoice["balance_due"]
    if milestone_id is not None:
        milestone = sql.billing.get_milestone_due(conn, invoice_id=invoice["id"], milestone_id=milestone_id)
        if milestone is None:
            raise invalid("/milestoneId", "names no milestone of the invoice")
        due = min(due, milestone["amount"])
    if due <= 0:
        raise NOTHING_DUE("It is paid already.")
    return due


def _insert(conn: Connection, invoice: Row, wish: Wish, amount_minor: int) -> Row:
    """Keep a new checkout. The invoice is locked, and nobody is paying this part of it."""
    if wish.idempotency_key is not None:
        sql.billing.mark_checkout_key_free(conn, contact_id=wish.contact_id, idempotency_key=wish.idempotency_key)
    checkout_id = sql.billing.insert_checkout(
        conn,
        invoice_id=invoice["id"],
        milestone_id=wish.milestone_id,
        contact_id=wish.contact_id,
        idempotency_key=wish.idempotency_key,
        expected_amount_minor=amount_minor,
        currency=invoice["currency"],
    )
    amount = from_minor_units(amount_minor, invoice["currency"])
    details = {"invoiceNumber": invoice["invoice_number"], "amount": f"{amount:.2f}"}
    client_id = invoice["client_id"]
    record_activity(conn, "CHECKOUT_OPENED", "INVOICE", invoice["id"], client_id=client_id, details=details)
    checkout: Row = sql.billing.lock_checkout(conn, checkout_id=checkout_id)
    return checkout


def _create(conn: Connection, checkout: Row) -> None:
    """Ask the provider for the session of a checkout that is kept, and note it. What is asked follows from the row."""
    invoice_id, number, label = checkout["invoice_id"], checkout["invoice_number"], checkout["milestone_label"]
    page = f"{address_of_studio(current_settings().portal_url)}/portal/invoices/{invoice_id}"
    try:
        session = gateway.create_checkout_session(
            reference=str(checkout["id"]),
            amount_minor=checkout["expected_amount_minor"],
            currency=checkout["currency"],
            name=f"Invoice {number}" if label is None else f"Invoice {number}: {label}",
            customer_email=checkout["contact_email"],
            success_url=f"{page}?checkout={checkout['id']}",
            cancel_url=page,
            metadata={"invoice_id": str(invoice_id), "checkout_id": str(checkout["id"])},
        )
    except Problem as problem:
        if problem.kind is not gateway.PAYMENTS_UNAVAILABLE:
            with conn.transaction():
                sql.billing.mark_checkout_refused(conn, checkout_id=checkout["id"])
        raise
    settle(conn, session, rules.checkout_status(session.status, session.payment_status))


def _end(conn: Connection, checkout: Row) -> None:
    """End a checkout at the provider, or settle it if somebody has just paid.

    What the provider knows nothing of, nobody can pay: one that was never created, or is of another account.
    """
    if checkout["stripe_session_id"] is not None:
        try:
            session = gateway.expire_checkout_session(checkout["stripe_session_id"]).session
        except Problem as problem:
            if problem.kind is not gateway.PAYMENT_REFUSED:
                raise
        else:
            settle(conn, session, rules.checkout_status(session.status, session.payment_status))
            return
    with conn.transaction():
        sql.billing.mark_checkout_ended(conn, checkout_id=checkout["id"])
