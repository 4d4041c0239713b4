"""Expenses, and the accounts that money goes through."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing.problems import INVOICE_FROZEN, INVOICE_FULL, MILESTONES_FIXED
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import expenses as actions
from photolens.studio.schemas import expenses as schemas

blp = Blueprint("Expenses", __name__, description="What the studio spends, and the accounts that money goes through.")


@blp.get("/expenses")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.arguments(schemas.ExpenseList, location="query")
@blp.pages(schemas.Expense)
def list_expenses(arguments: dict[str, Any]) -> dict[str, Any]:
    """List expenses"""
    return paging.page(connection(), schemas.ExpenseList, arguments)


@blp.post("/expenses")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.arguments(schemas.ExpenseInput)
@blp.answers(201, schemas.Expense)
def record_expense(expense: dict[str, Any]) -> Row:
    """Record an expense"""
    return actions.record_expense(connection(), expense)


@blp.get("/expenses/<id:expense_id>")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.answers(200, schemas.Expense)
def get_expense(expense_id: int) -> Row:
    """Read an expense"""
    return found(sql.studio.get_expense(connection(), expense_id=expense_id), "expense", expense_id)


@blp.patch("/expenses/<id:expense_id>")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.arguments(schemas.ExpenseInput(partial=True))
@blp.refuses(problems.EXPENSE_BILLED)
@blp.answers(200, schemas.Expense)
def update_expense(changes: dict[str, Any], expense_id: int) -> Row:
    """Change an expense

    Once it is billed, its amount and booking stand.
    """
    return actions.update_expense(connection(), expense_id, changes)


@blp.delete("/expenses/<id:expense_id>")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.refuses(problems.EXPENSE_BILLED)
@blp.answers(204)
def delete_expense(expense_id: int) -> None:
    """Delete an expense that was not billed"""
    actions.delete_expense(connection(), expense_id)


@blp.post("/expenses/<id:expense_id>/bill")
@access.requires(Permission.MANAGE_EXPENSES)
@access.requires(Permission.MANAGE_INVOICES)
@blp.refuses(problems.EXPENSE_BILLED, problems.EXPENSE_NOT_BILLABLE, INVOICE_FROZEN, INVOICE_FULL, MILESTONES_FIXED)
@blp.answers(200, schemas.Expense)
def bill_expense(expense_id: int) -> Row:
    """Bill an expense on its booking's invoice

    It is added, once, to the newest invoice of the booking that can still be changed.
    """
    return actions.bill_expense(connection(), expense_id)


@blp.get("/payment-accounts")
@access.requires(Permission.MANAGE_EXPENSES, Permission.VIEW_INVOICES, Permission.VIEW_SETTINGS)
@blp.arguments(schemas.PaymentAccountList, location="query")
@blp.pages(schemas.PaymentAccount)
def list_payment_accounts(arguments: dict[str, Any]) -> dict[str, Any]:
    """List payment accounts"""
    return paging.page(connection(), schemas.PaymentAccountList, arguments)


@blp.post("/payment-accounts")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.arguments(schemas.PaymentAccountInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.PaymentAccount)
def create_payment_account(account: dict[str, Any]) -> Row:
    """Add a payment account"""
    return actions.create_payment_account(connection(), account)


@blp.get("/payment-accounts/<id:payment_account_id>")
@access.requires(Permission.MANAGE_EXPENSES, Permission.VIEW_INVOICES, Permission.VIEW_SETTINGS)
@blp.answers(200, schemas.PaymentAccount)
def get_payment_account(payment_account_id: int) -> Row:
    """Read a payment account"""
    return found(
        sql.studio.get_payment_account(connection(), payment_account_id=payment_account_id),
        "payment account",
        payment_account_id,
    )


@blp.patch("/payment-accounts/<id:payment_account_id>")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.arguments(schemas.PaymentAccountInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.PaymentAccount)
def update_payment_account(changes: dict[str, Any], payment_account_id: int) -> Row:
    """Change a payment account"""
    return actions.update_payment_account(connection(), payment_account_id, changes)


@blp.delete("/payment-accounts/<id:payment_account_id>")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.refuses(problems.PAYMENT_ACCOUNT_IN_USE)
@blp.answers(204)
def delete_payment_account(payment_account_id: int) -> None:
    """Delete a payment account that no money went through"""
    actions.delete_payment_account(connection(), payment_account_id)
