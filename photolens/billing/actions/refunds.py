"""What happens to money that goes back: given back by hand, asked of the provider, or told of by it.

Nothing is asked of the provider inside a transaction. Whoever has one payment refunded there does so one at a time,
under a lock that is no transaction's; a refund that was left open by a crash or an outage is taken up by the next one
who asks for the same.
"""

from typing import Any

from photolens import stripe_gateway as gateway
from photolens.access import current_actor
from photolens.billing import rules
from photolens.billing.actions.allocations import allocate_payments
from photolens.billing.actions.invoices import lock_invoice
from photolens.billing.problems import REFUND_EXCEEDS_PAYMENT
from photolens.currencies import from_minor_units, to_minor_units
from photolens.database import Connection, Row, holding, sql
from photolens.idempotency import KEY_REUSED
from photolens.platform.actions.activities import record_activity
from photolens.problems import Problem, found, invalid

Wish = dict[str, Any]


def refund_payment(conn: Connection, payment_id: int, wish: Wish, key: str | None) -> Row:
    """Give back a payment or a part of it, never more than is left; gives the refund.

    What the provider took is given back by the provider: the refund is committed as PENDING first, and if the provider
    refuses it is FAILED; if nobody knows, it stays PENDING. Asked for again (under the same key, or without one in the
    same words), it is taken up under the same reference, so that the provider pays once however often that goes wrong.
    Balance, status, milestones and the client's revenue are recomputed from the rows.

    Locks: the payment's advisory lock where the provider is asked; in transactions of their own: client, invoice.
    Problems: `not_found`, `invalid`, `refund_exceeds_payment`, `idempotency_key_reused`, `amount_not_payable`, and the
    gateway's.
    """
    payment = found(sql.billing.get_payment_to_refund(conn, payment_id=payment_id), "payment", payment_id)
    actor_id, recorded_by = current_actor()
    wish = {**wish, "idempotency_key": key and f"{actor_id} {key}", "recorded_by": recorded_by}
    if payment["stripePaymentIntentId"] is not None:
        refund = _refund_at_provider(conn, payment, wish)
    else:
        if wish["refunded_at"] is not None and wish["refunded_at"] < payment["paidAt"]:
            raise invalid("/refundedAt", "is before the money came in")
        refund = _keep(conn, payment, wish, "SUCCEEDED")
    row: Row = sql.billing.get_refund(conn, payment_id=payment_id, refund_id=refund["id"])
    return row


def settle_refund(conn: Connection, stripe_object: dict[str, Any]) -> bool:
    """Note what has become of a refund, of which the provider tells; False where its payment is not ours.

    One that was made elsewhere, such as in the provider's dashboard, is booked when it is first heard of. Where it
    failed, what follows is undone, and the invoice flagged if it is then overpaid.

    Locks: client, invoice. Problems: `refund_exceeds_payment`.
    """
    return _settle(conn, gateway.refund_of(stripe_object))


def _refund_at_provider(conn: Connection, payment: Row, wish: Wish) -> Row:
    if wish["refunded_at"] is not None:
        raise invalid("/refundedAt", "is not for a payment that Stripe took: it goes back when Stripe is asked")
    gateway.require_api_key()
    amount_minor = to_minor_units(wish["amount"], payment["currency"])
    with holding(sql.billing.lock_payment_refund, payment_id=payment["id"]):
        refund = _keep(conn, payment, wish, "PENDING")
        if refund["status"] == "PENDING" and refund["stripeRefundId"] is None:
            _ask(conn, payment, refund, amount_minor)
        return refund


def _keep(conn: Connection, payment: Row, wish: Wish, status: str) -> Row:
    """The refund that is asked for, committed: the one there is already, or a new one."""
    with conn.transaction():
        invoice = lock_invoice(conn, payment["invoiceId"])
        kept = _kept_before(conn, payment["id"], wish)
        if kept is not None:
            return kept
        left = sql.billing.get_payment_to_refund(conn, payment_id=payment["id"])["refundableAmount"]
        if wish["amount"] > left:
            detail = f"{wish['amount']:.2f} is more than the {left} that is left of the payment."
            raise REFUND_EXCEEDS_PAYMENT(detail, refundableAmount=str(left))
        refund_id = _book(conn, invoice, payment["id"], {**wish, "status": status, "stripe_refund_id": None})
        refund: Row = sql.billing.get_refund(conn, payment_id=payment["id"], refund_id=refund_id)
        return refund


def _kept_before(conn: Connection, payment_id: int, wish: Wish) -> Row | None:
    """The refund that this wish is about, if it was wished before. Problems: `idempotency_key_reused`."""
    words = {name: wish[name] for name in ("amount", "reason")}
    kept: Row | None
    if wish["idempotency_key"] is None:
        kept = sql.billing.get_refund_left_open(conn, payment_id=payment_id, **words)
        return kept
    kept = sql.billing.get_refund_of_key(conn, payment_id=payment_id, idempotency_key=wish["idempotency_key"])
    if kept is not None:
        is_same_time = wish["refunded_at"] in (None, kept["refundedAt"])
        if not is_same_time or words != {name: kept[name] for name in words}:
            raise KEY_REUSED("Send every new request under a key of its own.")
    return kept


def _ask(conn: Connection, payment: Row, refund: Row, amount_minor: int) -> None:
    """Have the provider give back a refund that is kept, and note what it says."""
    intent = payment["stripePaymentIntentId"]
    try:
        answer = gateway.create_refund(
            reference=f"refund-{intent}-{refund['id']}",
            payment_intent_id=intent,
            amount_minor=amount_minor,
            metadata={"refund_id": str(refund["id"])},
        )
    except Problem as problem:
        if problem.kind is not gateway.PAYMENTS_UNAVAILABLE:
            with conn.transaction():
                invoice = lock_invoice(conn, payment["invoiceId"])
                _note(conn, invoice, refund, "FAILED", None)
        raise
    _settle(conn, answer)


def _settle(conn: Connection, told: gateway.Refund) -> bool:
    with conn.transaction():
        payment = sql.billing.get_payment_of_intent(
            conn, stripe_payment_intent_id=told.payment_intent_id, currency=told.currency
        )
        if payment is None:
            return False
        invoice = lock_invoice(conn, payment["invoiceId"])
        status, reference = rules.refund_status(told.status), told.metadata.get("refund_id", "")
        refund = sql.billing.get_refund_of_stripe(
            conn,
            payment_id=payment["id"],
            stripe_refund_id=told.id,
            refund_id=int(reference) if reference.isdecimal() and len(reference) < 19 else None,
        )
        if refund is not None:
            _note(conn, invoice, refund, status, told.id)
        else:
            made_elsewhere = {
                "amount": from_minor_units(told.amount, told.currency),
                "reason": told.reason,
                "status": status,
                "stripe_refund_id": told.id,
                "idempotency_key": None,
                "refunded_at": told.created_at,
                "recorded_by": "Stripe",
            }
            _book(conn, invoice, payment["id"], made_elsewhere)
        return True


def _book(conn: Connection, invoice: Row, payment_id: int, refund: dict[str, Any]) -> int:
    """Add a refund, and recompute what follows; gives its id. Client and invoice are locked."""
    refund_id: int = sql.billing.insert_refund(conn, payment_id=payment_id, **refund)
    sql.billing.insert_refund_allocations(conn, refund_id=refund_id)
    _changed(conn, invoice, "REFUND_FAILED" if refund["status"] == "FAILED" else "PAYMENT_REFUNDED", refund)
    return refund_id


def _note(conn: Connection, invoice: Row, refund: Row, status: str, stripe_refund_id: str | None) -> None:
    """Note what has become of a refund; if it failed, what followed is undone. Client and invoice are locked."""
    sql.billing.update_refund(conn, refund_id=refund["id"], status=status, stripe_refund_id=stripe_refund_id)
    if status == "FAILED" and refund["status"] != "FAILED":
        if refund["amount"] > invoice["balance_due"]:
            sql.billing.mark_invoice_needs_review(conn, invoice_id=invoice["id"])
        _changed(conn, invoice, "REFUND_FAILED", refund)


def _changed(conn: Connection, invoice: Row, kind: str, refund: dict[str, Any]) -> None:
    """Recompute what follows from a refund that came, or failed, and record the deed."""
    invoice_id, client_id = invoice["id"], invoice["client_id"]
    allocate_payments(conn, invoice)
    sql.billing.refresh_invoice(conn, invoice_id=invoice_id)
    sql.billing.refresh_client_revenue(conn, client_id=client_id)
    details = {"invoiceNumber": invoice["invoice_number"], "amount": f"{refund['amount']:.2f}"}
    record_activity(conn, kind, "INVOICE", invoice_id, client_id=client_id, details=details)
