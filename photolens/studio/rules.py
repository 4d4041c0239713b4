"""The studio's decisions, from values alone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

BOOKING_MOVES: dict[str, frozenset[str]] = {
    "PENDING": frozenset({"SCHEDULED", "CANCELLED"}),
    "SCHEDULED": frozenset({"COMPLETED", "CANCELLED"}),
    # Undoing a slip, while nothing hangs on it.
    "COMPLETED": frozenset({"SCHEDULED"}),
    "CANCELLED": frozenset(),
}

# An address that nobody can have (RFC 2606): what stands where an erased client's did.
_ERASED_HOST = "@erased.invalid"
KEPT_FOR_ERASED = "is kept for clients who were erased"
ERASED = "Erased"

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


def erased_client(client_id: int) -> dict[str, str]:
    """What an erased client is called, and their address: the same for everybody, but for the number."""
    return {"name": f"Erased client {client_id}", "email": f"erased-{client_id}{_ERASED_HOST}"}


def is_address_of_erased(email: str) -> bool:
    """Whether an address is one that only an erased client has."""
    return email.lower().endswith(_ERASED_HOST)


def differs(row: Mapping[str, Any], line: Mapping[str, Any], columns: Iterable[str]) -> bool:
    """Whether a line of a file says something else of a row: in these columns, of those that the file has."""
    return any(column in line and line[column] != row[column] for column in columns)
