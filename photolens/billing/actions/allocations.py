"""What becomes of money on an invoice with milestones: which of them it is put on."""

from photolens.billing import rules
from photolens.database import Connection, Row, sql

_MOST_PAYMENTS = 1000  # with money on no milestone, of which there are few: those that came too late


def allocate_payments(conn: Connection, invoice: Row) -> None:
    """Put money that is on no milestone of the invoice yet on those that still expect some; recompute the milestones.

    Of a new payment, all of it; after a refund, what had been overpaid and now has its place. Whoever calls has locked
    client and invoice, and changed payments or refunds.
    """
    if not invoice["has_milestones"]:
        return
    invoice_id = invoice["id"]
    milestones: list[Row] = sql.billing.list_open_milestones(conn, invoice_id=invoice_id, limit=rules.MOST_MILESTONES)
    expected = {milestone["milestoneId"]: milestone["openAmount"] for milestone in milestones}
    for payment in sql.billing.list_unallocated_payments(conn, invoice_id=invoice_id, limit=_MOST_PAYMENTS):
        parts = rules.allocate(payment["unallocatedAmount"], expected, payment["milestoneId"])
        sql.billing.insert_payment_allocations(
            conn,
            invoice_id=invoice_id,
            payment_id=payment["id"],
            milestone_ids=list(parts),
            amounts=list(parts.values()),
        )
        for milestone_id, part in parts.items():
            expected[milestone_id] -= part
    sql.billing.refresh_invoice_milestones(conn, invoice_id=invoice_id)
