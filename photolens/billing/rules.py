"""Billing's decisions, from values alone."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

MOST_ITEMS = 200
MOST_MILESTONES = 50

CENT = Decimal("0.01")


def is_untouched(status: str, is_paid_on: bool, is_being_paid: bool) -> bool:
    """What an invoice comes to may be corrected until money has moved, but not while somebody pays: a SENT one too."""
    return status != "VOID" and not is_paid_on and not is_being_paid


def is_voidable(status: str, money: Decimal, is_being_paid: bool) -> bool:
    """What was refunded whole may be voided like what was never paid; not while somebody is paying."""
    return status != "VOID" and not money and not is_being_paid


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


def room_for(amount: Decimal, status: str, balance: Decimal) -> str | None:
    """Why an invoice has no room for money that has been taken already: VOID, OVERPAID; None where it has."""
    if status == "VOID":
        return "VOID"
    return "OVERPAID" if amount > balance else None


def milestone_amounts(total: Decimal, parts: Sequence[tuple[Decimal | None, Decimal]]) -> list[Decimal]:
    """The amounts of milestones, each (amount, percent): its amount, or where that is None, its percent of the total.

    Percents are rounded as they add up, half-up, and each has what it adds: a third, a third and the rest of 0.01 are
    0.00, 0.01 and 0.00; whatever they are, all that make 100 make the total.
    """
    amounts, percents, reached = [], Decimal(0), Decimal(0)
    for amount, percent in parts:
        if amount is None:
            percents += percent
            reached, before = (total * percents / 100).quantize(CENT, ROUND_HALF_UP), reached
            amount = reached - before
        amounts.append(amount)
    return amounts


def allocate(amount: Decimal, expected: Mapping[int, Decimal], named: int | None) -> dict[int, Decimal]:
    """How money goes to milestones of which something is still expected, by their ids in their order: the one that was
    named first, then the others, each up to what is expected. What is above all of them goes to none.

    150.00 for B, where A expects 100.00 and B 90.00: 90.00 to B, 60.00 to A.
    """
    parts = {}
    for milestone in sorted(expected, key=lambda milestone: milestone != named):
        part = min(amount, expected[milestone])
        if part:
            parts[milestone] = part
            amount -= part
    return parts


def refund_status(stripe_status: str | None) -> str:
    """What a refund at the provider means here: it is on its way until the provider says that it came, or failed."""
    return {"succeeded": "SUCCEEDED", "failed": "FAILED", "canceled": "FAILED"}.get(stripe_status or "", "PENDING")
