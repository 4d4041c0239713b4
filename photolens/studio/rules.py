"""The studio's decisions, from values alone."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

LONGEST_REPORT = 10  # years

BOOKING_MOVES: dict[str, frozenset[str]] = {
    "PENDING": frozenset({"SCHEDULED", "CANCELLED"}),
    "SCHEDULED": frozenset({"COMPLETED", "CANCELLED"}),
    # Undoing a slip, while nothing hangs on it.
    "COMPLETED": frozenset({"SCHEDULED"}),
    "CANCELLED": frozenset(),
}

_ON_THE_BOARD = frozenset({"PENDING", "IN_PROGRESS", "DELIVERED", "REVISION"})


def may_move_booking(status: str, to: str) -> bool:
    """A booking goes PENDING → SCHEDULED → COMPLETED, or is CANCELLED before it is completed."""
    return to in BOOKING_MOVES[status]


def may_move_editing_job(status: str, to: str) -> bool:
    """On the board a job may be dragged anywhere; into the archive it goes from DELIVERED only, and stays."""
    if to == "ARCHIVED":
        return status == "DELIVERED"
    return status in _ON_THE_BOARD and to in _ON_THE_BOARD


def is_finished(status: str) -> bool:
    """A job that was delivered is nobody's to do any more, unless it comes back for a revision."""
    return status in ("DELIVERED", "ARCHIVED")


def moved_end(session_date: datetime, ends_at: datetime, new_session_date: datetime) -> datetime:
    """A booking that is moved keeps its length: 10:00–11:30 moved to 14:00 ends at 15:30."""
    return new_session_date + (ends_at - session_date)


def is_too_long_a_period(first: date, last: date) -> bool:
    """A report covers ten years at most: 1 January 2017 to 31 December 2026, and not a day more."""
    return (last.year, last.month, last.day) >= (first.year + LONGEST_REPORT, first.month, first.day)


def compared(value: Decimal | int, previous: Decimal | int) -> dict[str, Any]:
    """A figure beside the one before: 150 after 120 is 30 more, which is 25 %. Of nothing there is no percent."""
    change = value - previous
    percent = (100 * Decimal(change) / previous).quantize(Decimal("0.01"), ROUND_HALF_UP) if previous else None
    return {
        "value": value,
        "previous": previous,
        "change": change,
        "changePercent": None if percent is None else float(percent),
    }
