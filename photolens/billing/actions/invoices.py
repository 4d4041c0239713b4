"""What happens to invoices: drafted, itemised, sent, voided. Every change recomputes what follows from it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from photolens.billing import rules
from photolens.billing.problems import (
    INVOICE_EMPTY,
    INVOICE_FROZEN,
    INVOICE_FULL,
    INVOICE_ISSUED,
    MILESTONES_FIXED,
)
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import ILLEGAL_TRANSITION, found

# Of a draft that the studio makes by itself: its dates and currency are those of the settings.
NOTHING_SAID: dict[str, Any] = {
    **dict.fromkeys(("invoice_name", "invoice_description", "work_package_id", "issue_date", "due_date", "currency")),
    "discount_amount": Decimal(0),
    "tax_rate": Decimal(0),
}

_IDENTITY = ("booking_id", "issue_date")
_TERMS = ("discount_amount", "tax_rate")


def create_invoice(conn: Connection, invoice: dict[str, Any]) -> Row:
    """Draft an invoice with its items.

    Problems: `discount_too_large`; `invalid` for a client, booking or work package that does not fit.
    """
    with conn.transaction():
        items = invoice["items"]
        invoice_id = sql.billing.insert_invoice(conn, **invoice)
        sql.billing.insert_invoice_items(
            conn,
            invoice_id=invoice_id,
            names=[item["name"] for item in items],
            quantities=[item["quantity"] for item in items],
            unit_prices=[item["unit_price"] for item in items],
        )
        if any(invoice[name] for name in _TERMS):
            sql.billing.refresh_invoice(conn, invoice_id=invoice_id)
            sql.billing.update_invoice_terms(conn, invoice_id=invoice_id, **invoice)
        return record_change(conn, invoice_id, "INVOICE_CREATED")


def update_invoice(conn: Connection, invoice_id: int, changes: dict[str, Any]) -> Row:
    """Change what an invoice is called and when it is due until it is settled; discount and tax until money has moved;
    its booking and date while it is a draft; and take its mark for review back.

    Locks: client, invoice. Problems: `not_found`, `invoice_frozen`, `milestones_fixed`, `discount_too_large`,
    `overpayment` for the mark of an invoice that is overpaid, `invalid`.
    """
    with conn.transaction():
        invoice = lock_invoice(conn, invoice_id)
        changed = {**invoice, **changes}
        if changed == invoice:
            unchanged: Row = sql.billing.get_invoice(conn, invoice_id=invoice_id)
            return unchanged
        different = {name for name in changes if changed[name] != invoice[name]}
        _require_changeable(conn, invoice, different)
        sql.billing.update_invoice(conn, **changed)
        if different.intersection(_TERMS):
            sql.billing.update_invoice_terms(conn, invoice_id=invoice_id, **changed)
        return _recomputed(conn, invoice)


def delete_invoice(conn: Connection, invoice_id: int) -> None:
    """Remove a draft; an issued invoice never. Locks: client, invoice. Problems: `not_found`, `invoice_issued`."""
    with conn.transaction():
        invoice = lock_invoice(conn, invoice_id)
        if invoice["status"] != "DRAFT":
            raise INVOICE_ISSUED("Void it instead: it keeps its number.")
        sql.billing.delete_invoice(conn, invoice_id=invoice_id)
        record_activity(conn, "INVOICE_DELETED", "INVOICE", invoice_id, client_id=invoice["client_id"])


def add_item(conn: Connection, invoice_id: int, item: dict[str, Any]) -> Row:
    """Add an item.

    Locks: client, invoice. Problems: `not_found`, `invoice_frozen`, `milestones_fixed`, `invoice_full`.
    """
    with conn.transaction():
        invoice = lock_untouched(conn, invoice_id)
        item_id = _insert_item(conn, invoice, item, expense_id=None)
        _recomputed(conn, invoice)
        row: Row = sql.billing.get_invoice_item(conn, invoice_id=invoice_id, item_id=item_id)
        return row


def update_item(conn: Connection, invoice_id: int, item_id: int, changes: dict[str, Any]) -> Row:
    """Change an item.

    Locks: client, invoice, item. Problems: `not_found`, `invoice_frozen`, `milestones_fixed`, `discount_too_large`.
    """
    with conn.transaction():
        invoice = lock_untouched(conn, invoice_id)
        item = found(sql.billing.lock_invoice_item(conn, invoice_id=invoice_id, item_id=item_id), "item", item_id)
        changed = {**item, **changes}
        if item["expense_id"] is not None and changed["quantity"] * changed["unit_price"] != item["amount"]:
            raise INVOICE_FROZEN("The item bills an expense, whose amount stands. Remove it, or add an item beside it.")
        if changed != item:
            sql.billing.update_invoice_item(conn, **changed)
            _recomputed(conn, invoice)
        row: Row = sql.billing.get_invoice_item(conn, invoice_id=invoice_id, item_id=item_id)
        return row


def remove_item(conn: Connection, invoice_id: int, item_id: int) -> None:
    """Remove an item; its expense may be billed again. An issued invoice keeps at least one.

    Locks: client, invoice, item. Problems: `not_found`, `invoice_frozen`, `milestones_fixed`, `discount_too_large`,
    `invoice_empty`.
    """
    with conn.transaction():
        invoice = lock_untouched(conn, invoice_id)
        found(sql.billing.lock_invoice_item(conn, invoice_id=invoice_id, item_id=item_id), "item", item_id)
        if invoice["status"] != "DRAFT" and invoice["item_count"] == 1:
            raise INVOICE_EMPTY("It is the last item of an issued invoice. Void the invoice instead.")
        sql.billing.delete_invoice_item(conn, invoice_id=invoice_id, item_id=item_id)
        _recomputed(conn, invoice)


def bill_to_booking(conn: Connection, booking_id: int, name: str, amount: Decimal, expense_id: int) -> bool:
    """Add an expense to the newest invoice of a booking that can still be changed; False if there is none.

    Locks: invoice; its caller has locked expense and client. Problems: `invoice_frozen`, `milestones_fixed`,
    `invoice_full`.
    """
    with conn.transaction():
        open_invoice = sql.billing.get_open_invoice_of_booking(conn, booking_id=booking_id)
        if open_invoice is None:
            return False
        invoice_id = open_invoice["id"]
        invoice = lock_untouched(conn, invoice_id)
        item = {"name": name, "quantity": Decimal(1), "unit_price": amount}
        _insert_item(conn, invoice, item, expense_id=expense_id)
        _recomputed(conn, invoice)
        return True


def send_invoice(conn: Connection, invoice_id: int) -> Row:
    """Issue a draft under the next number. Numbers have no gaps: one that is rolled back is given again.

    Locks: client, invoice, counter. Problems: `not_found`, `illegal_transition`, `invoice_empty`,
    `invoice_number_taken`.
    """
    with conn.transaction():
        invoice = lock_invoice(conn, invoice_id)
        if invoice["status"] != "DRAFT":
            raise ILLEGAL_TRANSITION(f"The invoice is {invoice['status']} already.")
        if not invoice["item_count"]:
            raise INVOICE_EMPTY("Add an item before the invoice is sent.")
        sequence = sql.billing.lock_invoice_counter(conn)["last_sequence"] + 1
        sql.billing.update_invoice_counter(conn, last_sequence=sequence)
        sql.billing.mark_invoice_sent(conn, invoice_id=invoice_id, invoice_sequence=sequence)
        return record_change(conn, invoice_id, "INVOICE_SENT")


def void_invoice(conn: Connection, invoice_id: int) -> Row:
    """Take an invoice out of the books while there is no money on it (or none any more) and nobody is paying.

    It keeps its number and its milestones, and lets its expenses go.

    Locks: client, invoice. Problems: `not_found`, `illegal_transition`.
    """
    with conn.transaction():
        invoice = lock_invoice(conn, invoice_id)
        if not rules.is_voidable(invoice["status"], invoice["money"], invoice["is_being_paid"]):
            state = "has payments" if invoice["money"] else f"is {invoice['status']}"
            if invoice["is_being_paid"]:
                state = "is being paid at this moment"
            raise ILLEGAL_TRANSITION(f"The invoice {state}, so it cannot be voided.")
        sql.billing.mark_items_unbilled(conn, invoice_id=invoice_id)
        sql.billing.mark_invoice_void(conn, invoice_id=invoice_id)
        return record_change(conn, invoice_id, "INVOICE_VOIDED")


def lock_invoice(conn: Connection, invoice_id: int) -> Row:
    """The invoice, locked after its client, with what has happened to it. Problems: `not_found`."""
    sql.billing.lock_client_of_invoice(conn, invoice_id=invoice_id)
    invoice: Row = found(sql.billing.lock_invoice(conn, invoice_id=invoice_id), "invoice", invoice_id)
    require_match()
    return invoice


def lock_untouched(conn: Connection, invoice_id: int) -> Row:
    """The invoice, locked, of which what it comes to may still change. Problems: `not_found`, `invoice_frozen`."""
    invoice = lock_invoice(conn, invoice_id)
    _require_untouched(invoice)
    return invoice


def _require_untouched(invoice: Row) -> None:
    if not rules.is_untouched(invoice["status"], invoice["is_paid_on"], invoice["is_being_paid"]):
        raise INVOICE_FROZEN(
            "What it comes to is fixed once it is void or money has moved, and while somebody is paying."
        )


def _require_changeable(conn: Connection, invoice: Row, different: set[str]) -> None:
    """Refuse what of an invoice stands."""
    if different == {"needs_review"}:
        return
    if rules.is_settled(invoice["status"]) and not different.intersection(_TERMS):
        raise INVOICE_FROZEN(f"The invoice is {invoice['status']}.")
    if different.intersection(_TERMS):
        _require_untouched(invoice)
    if invoice["status"] != "DRAFT" and different.intersection(_IDENTITY):
        raise INVOICE_FROZEN("Once it is issued, its booking and issue date stand.")
    if "booking_id" in different and sql.billing.exists_billed_item(conn, invoice_id=invoice["id"]):
        raise INVOICE_FROZEN("It bills an expense of its booking. Remove that item first.")


def _insert_item(conn: Connection, invoice: Row, item: Mapping[str, Any], *, expense_id: int | None) -> int:
    if invoice["item_count"] >= rules.MOST_ITEMS:
        raise INVOICE_FULL(f"An invoice holds {rules.MOST_ITEMS} items.")
    item_id: int = sql.billing.insert_invoice_item(conn, invoice_id=invoice["id"], **item, expense_id=expense_id)
    return item_id


def _recomputed(conn: Connection, invoice: Row) -> Row:
    """Recompute an invoice of which something has changed; where it has milestones, it comes to the same as before."""
    row = record_change(conn, invoice["id"], "INVOICE_CHANGED")
    if invoice["has_milestones"] and row["totalAmount"] != invoice["total_amount"]:
        raise MILESTONES_FIXED("Remove the milestones first, change what it comes to, then set them anew.")
    return row


def record_change(conn: Connection, invoice_id: int, kind: str) -> Row:
    """Recompute an invoice that has changed, record the deed, and give the invoice as it now is."""
    sql.billing.refresh_invoice(conn, invoice_id=invoice_id)
    row: Row = sql.billing.get_invoice(conn, invoice_id=invoice_id)
    details = {"invoiceNumber": row["invoiceNumber"], "totalAmount": str(row["totalAmount"])}
    record_activity(conn, kind, "INVOICE", invoice_id, client_id=row["clientId"], details=details)
    return row
