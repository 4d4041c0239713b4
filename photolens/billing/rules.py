"""Billing's decisions, from values alone."""

from decimal import Decimal

MOST_ITEMS = 200


def is_untouched(status: str, is_paid_on: bool) -> bool:
    """Until money has moved, an invoice may still be corrected or voided: a SENT one, never one that is paid on."""
    return status != "VOID" and not is_paid_on


def is_payable(status: str) -> bool:
    """Money comes in for what was issued; for a PAID one the balance leaves no room."""
    return status not in ("DRAFT", "VOID")


def is_settled(status: str) -> bool:
    """Nothing is due on it any more: the due date of an OVERDUE invoice may be moved, that of a PAID one not."""
    return status in ("PAID", "VOID")


def checkout_status(session_status: str | None, payment_status: str) -> str:
    """What a session at the provider means for its checkout: complete and unpaid, the money is still on its way."""
    if payment_status == "paid":
        return "PAID"
    return {"complete": "PROCESSING", "expired": "EXPIRED"}.get(session_status or "", "OPEN")


def money_as_expected(expected: tuple[int, str], came: tuple[int | None, str | None]) -> str | None:
    """Of minor units and currencies, what is wrong with those that came: CURRENCY, AMOUNT; None where nothing is."""
    (expected_amount, expected_currency), (amount, currency) = expected, came
    if currency != expected_currency:
        return "CURRENCY"
    return None if amount == expected_amount else "AMOUNT"


def room_for(amount: Decimal, status: str, balance: Decimal) -> str | None:
    """Why an invoice has no room for money that has been taken already: VOID, OVERPAID; None where it has."""
    if status == "VOID":
        return "VOID"
    return "OVERPAID" if amount > balance else None


def refund_status(stripe_status: str | None) -> str:
    """What a refund at the provider means here: it is on its way until the provider says that it came, or failed."""
    return {"succeeded": "SUCCEEDED", "failed": "FAILED", "canceled": "FAILED"}.get(stripe_status or "", "PENDING")
