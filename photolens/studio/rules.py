"""The studio's decisions, from values alone."""

from datetime import datetime

from photolens.access import PERMISSIONS, Caller, Permission

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


def moved_end(session_date: datetime, ends_at: datetime, new_session_date: datetime) -> datetime:
    """A booking that is moved keeps its length: 10:00–11:30 moved to 14:00 ends at 15:30."""
    return new_session_date + (ends_at - session_date)


def booking_viewer(caller: Caller) -> int | None:
    """Whose bookings a caller is shown: None for everybody's, else those that this staff member is on."""
    sees_all = caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.MANAGE_BOOKINGS)
    return None if sees_all else caller.own_rows


def client_viewer(caller: Caller) -> int | None:
    """Whose clients: a photographer's are those of their own bookings. A token that may only see clients sees all."""
    return None if Permission.VIEW_BOOKINGS_ALL in PERMISSIONS[caller.role] else caller.own_rows


def editing_viewers(caller: Caller) -> tuple[int | None, int | None]:
    """Whose editing jobs: those of the first one's bookings, those given to the second; None for no such bound.

    A photographer sees all jobs of the bookings they see, an editor those that are theirs to do.
    """
    sees_all = Permission.VIEW_EDITING_ALL in PERMISSIONS[caller.role]
    if sees_all and caller.may(Permission.VIEW_EDITING_ALL, Permission.MANAGE_EDITING):
        return client_viewer(caller), None
    return None, caller.own_rows
