"""What happens to expenses, and to the accounts that money goes through."""

from typing import Any

from photolens.billing.actions import invoices as billing
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.studio.problems import EXPENSE_BILLED, EXPENSE_NOT_BILLABLE


def create_payment_account(conn: Connection, account: dict[str, Any]) -> Row:
    """Add an account that money goes through. Problems: `name_taken`."""
    with conn.transaction():
        row: Row = sql.studio.insert_payment_account(conn, **account)
        record_activity(conn, "PAYMENT_ACCOUNT_CREATED", "PAYMENT_ACCOUNT", row["id"], details={"name": row["name"]})
        return row


def update_payment_account(conn: Connection, payment_account_id: int, changes: dict[str, Any]) -> Row:
    """Change a payment account. Locks: the account. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        account = sql.studio.lock_payment_account(conn, payment_account_id=payment_account_id)
        account = found(account, "payment account", payment_account_id)
        require_match()
        changed = {**account, **changes}
        if changed != account:
            sql.studio.update_payment_account(conn, **changed)
            details = {"name": changed["name"]}
            record_activity(conn, "PAYMENT_ACCOUNT_CHANGED", "PAYMENT_ACCOUNT", payment_account_id, details=details)
        row: Row = sql.studio.get_payment_account(conn, payment_account_id=payment_account_id)
        return row


def delete_payment_account(conn: Connection, payment_account_id: int) -> None:
    """Remove an account that no money went through. Locks: the account.

    Problems: `not_found`, `payment_account_in_use`.
    """
    with conn.transaction():
        account = sql.studio.lock_payment_account(conn, payment_account_id=payment_account_id)
        account = found(account, "payment account", payment_account_id)
        require_match()
        sql.studio.delete_payment_account(conn, payment_account_id=payment_account_id)
        details = {"name": account["name"]}
        record_activity(conn, "PAYMENT_ACCOUNT_DELETED", "PAYMENT_ACCOUNT", payment_account_id, details=details)


def record_expense(conn: Connection, expense: dict[str, Any]) -> Row:
    """Record money the studio spent. Problems: `invalid` for a booking or account that is not there."""
    with conn.transaction():
        expense_id = sql.studio.insert_expense(conn, **{"incurred_at": None, **expense})
        row: Row = sql.studio.get_expense(conn, expense_id=expense_id)
        _record(conn, "EXPENSE_RECORDED", row)
        return row


def update_expense(conn: Connection, expense_id: int, changes: dict[str, Any]) -> Row:
    """Change an expense; once it is billed, its amount and booking stand. Locks: the expense.

    Problems: `not_found`, `expense_billed`, `invalid` for a booking or account that is not there.
    """
    with conn.transaction():
        expense = found(sql.studio.lock_expense(conn, expense_id=expense_id), "expense", expense_id)
        require_match()
        changed = {**expense, **changes}
        stands = (changed["amount"], changed["booking_id"]) == (expense["amount"], expense["booking_id"])
        if not stands and sql.studio.exists_billed_expense(conn, expense_id=expense_id):
            raise EXPENSE_BILLED("Remove it from the invoice before its amount or booking is changed.")
        if changed != expense:
            sql.studio.update_expense(conn, **changed)
        row: Row = sql.studio.get_expense(conn, expense_id=expense_id)
        if changed != expense:
            _record(conn, "EXPENSE_CHANGED", row)
        return row


def delete_expense(conn: Connection, expense_id: int) -> None:
    """Remove an expense that was not billed. Locks: the expense. Problems: `not_found`, `expense_billed`."""
    with conn.transaction():
        found(sql.studio.lock_expense(conn, expense_id=expense_id), "expense", expense_id)
        require_match()
        row: Row = sql.studio.get_expense(conn, expense_id=expense_id)
        sql.studio.delete_expense(conn, expense_id=expense_id)
        _record(conn, "EXPENSE_DELETED", row)


def bill_expense(conn: Connection, expense_id: int) -> Row:
    """Add an expense, once, to the newest invoice of its booking that can still be changed.

    Locks: expense, client, invoice. Problems: `not_found`, `expense_billed`, `expense_not_billable`, `invoice_full`.
    """
    with conn.transaction():
        expense = found(sql.studio.lock_expense(conn, expense_id=expense_id), "expense", expense_id)
        if sql.studio.exists_billed_expense(conn, expense_id=expense_id):
            raise EXPENSE_BILLED("An expense is billed once.")
        if expense["booking_id"] is None:
            raise EXPENSE_NOT_BILLABLE("The expense belongs to no booking.")
        sql.studio.lock_client_of_booking(conn, booking_id=expense["booking_id"])
        name = expense["description"] or f"Expense: {expense['category'].lower()}"
        if not billing.bill_to_booking(conn, expense["booking_id"], name, expense["amount"], expense_id):
            raise EXPENSE_NOT_BILLABLE("The booking has no invoice that can still be changed.")
        row: Row = sql.studio.get_expense(conn, expense_id=expense_id)
        _record(conn, "EXPENSE_BILLED", row)
        return row


def _record(conn: Connection, kind: str, expense: Row) -> None:
    details = {"amount": str(expense["amount"]), "category": expense["category"]}
    record_activity(conn, kind, "EXPENSE", expense["id"], client_id=expense["clientId"], details=details)
