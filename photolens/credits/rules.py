"""The decisions of credits, from values alone."""

from datetime import timedelta

FREE_PHOTOS = 3
"""How many photos each user has edited for nothing, once."""

BOUGHT_CREDITS_LAST = timedelta(days=365)

SOONEST = 5
"""Of how many lots a user is told when they expire."""


def free_photos_left(used: int) -> int:
    """How many free photos are left to a user who has had so many."""
    return max(0, FREE_PHOTOS - used)


def purchase_status(present: str, *, is_credited: bool, has_failed: bool) -> str:
    """What a purchase comes to: COMPLETED is final; a FAILED one is COMPLETED after all by its money alone."""
    if is_credited or present == "COMPLETED":
        return "COMPLETED"
    return "FAILED" if has_failed or present == "FAILED" else "PENDING"
