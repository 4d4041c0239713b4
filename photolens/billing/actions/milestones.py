"""What happens to the milestones of an invoice."""

from typing import Any

from photolens.billing import rules
from photolens.billing.actions.invoices import lock_invoice, lock_untouched, record_change
from photolens.billing.problems import INVOICE_FROZEN, MILESTONES_DO_NOT_ADD_UP
from photolens.database import Connection, Row, sql
from photolens.problems import found


def replace_milestones(conn: Connection, invoice_id: int, milestones: list[dict[str, Any]]) -> list[Row]:
    """Put these in the place of an invoice's milestones: they come to its total, or there are none.

    Locks: client, invoice. Problems: `not_found`, `invoice_frozen`, `milestones_do_not_add_up`, `invalid` for one of
    nothing.
    """
    with conn.transaction():
        invoice = lock_untouched(conn, invoice_id)
        total = invoice["total_amount"]
        parts = [(milestone["expected_amount"], milestone["percent"]) for milestone in milestones]
        amounts = rules.milestone_amounts(total, parts)
        difference = sum(amounts) - total
        if milestones and difference:
            apart = f"{abs(difference):.2f} {'more' if difference > 0 else 'less'}"
            detail = f"They come to {sum(amounts):.2f}, which is {apart} than the total of {total}."
            raise MILESTONES_DO_NOT_ADD_UP(detail, difference=f"{difference:.2f}")
        sql.billing.insert_milestones(
            conn,
            invoice_id=invoice_id,
            labels=[milestone["label"] for milestone in milestones],
            descriptions=[milestone["description"] for milestone in milestones],
            expected_amounts=amounts,
            expected_dates=[milestone["expected_date"] for milestone in milestones],
        )
        sql.billing.delete_milestones(conn, invoice_id=invoice_id, after_position=len(milestones))
        record_change(conn, invoice_id, "INVOICE_CHANGED")
        rows: list[Row] = sql.billing.list_milestones_by_position(
            conn, invoice_id=invoice_id, after_key=None, after_id=None, limit=rules.MOST_MILESTONES
        )
        return rows


def update_milestone(conn: Connection, invoice_id: int, milestone_id: int, changes: dict[str, Any]) -> Row:
    """Change what a milestone is called and when it is due, until its invoice is settled.

    Locks: client, invoice, milestone. Problems: `not_found`, `invoice_frozen`.
    """
    with conn.transaction():
        invoice = lock_invoice(conn, invoice_id)
        locked = sql.billing.lock_milestone(conn, invoice_id=invoice_id, milestone_id=milestone_id)
        milestone = found(locked, "milestone", milestone_id)
        changed = {**milestone, **changes}
        if changed != milestone:
            if rules.is_settled(invoice["status"]):
                raise INVOICE_FROZEN(f"The invoice is {invoice['status']}.")
            sql.billing.update_milestone(conn, **changed)
            record_change(conn, invoice_id, "INVOICE_CHANGED")
        row: Row = sql.billing.get_milestone(conn, invoice_id=invoice_id, milestone_id=milestone_id)
        return row
