"""Billing's decisions, from values alone."""

PAYABLE = frozenset({"SENT", "PARTIALLY_PAID", "OVERDUE"})
VOIDABLE = frozenset({"DRAFT", "SENT", "OVERDUE"})
EDITABLE = frozenset({"DRAFT", "SENT", "OVERDUE"})

MOST_ITEMS = 200


def is_editable(status: str, is_paid_on: bool) -> bool:
    """Items and dates may change until money has moved: a SENT invoice may still be corrected, a PAID one never."""
    return status in EDITABLE and not is_paid_on
