"""Billing's decisions, from values alone."""

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


def refund_status(stripe_status: str | None) -> str:
    """What a refund at the provider means here: it is on its way until the provider says that it came, or failed."""
    return {"succeeded": "SUCCEEDED", "failed": "FAILED", "canceled": "FAILED"}.get(stripe_status or "", "PENDING")
