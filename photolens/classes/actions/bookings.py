"""What becomes of a place in a class: given up by its member or the studio, taken by who comes, or by nobody."""

from collections.abc import Iterator
from contextlib import contextmanager

from photolens import visibility
from photolens.access import Caller, Permission, active_caller
from photolens.classes import problems, rules, wording
from photolens.classes.actions.places import Places, changing, give_back
from photolens.classes.actions.sessions import require_giver
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found


@contextmanager
def _changing_booking(conn: Connection, booking_id: int) -> Iterator[tuple[Places, Row]]:
    """The session of a booking that the caller sees, as `changing`, and the booking, locked. Problems: `not_found`."""
    viewer_id = visibility.class_viewer(active_caller())
    seen = sql.classes.get_session_booking(conn, booking_id=booking_id, viewer_id=viewer_id)
    found(seen, "class booking", booking_id)
    with changing(conn, seen["sessionId"], [seen["userId"]]) as places:
        yield places, sql.classes.lock_session_booking(conn, booking_id=booking_id)


def cancel_booking(conn: Connection, booking_id: int) -> None:
    """Give up a place: its member, for their credits until so long before the start, and until the start at all;
    whoever looks after all bookings, that of anybody else, for their credits at any time.

    Locks: as `changing`, then the booking. Problems: `not_found`, `forbidden`, `illegal_transition`, `already_begun`.
    """
    with _changing_booking(conn, booking_id) as (places, booking):
        caller = active_caller()
        is_own = _require_canceller(caller, booking)
        if booking["status"] != "BOOKED":
            raise ILLEGAL_TRANSITION(f"It is {booking['status']}.")
        if not is_own:
            give_back(conn, [booking], "CANCELLED")
            refunded = wording.REFUNDED if booking["credit_cost"] else ""
            places.tell(booking["user_id"], "CLASS_CANCELLED", what="will be without you", more=refunded)
            session = places.session
            details = {"name": session["title"]}
            record_activity(conn, "CLASS_PLACE_CANCELLED", "CLASS_SESSION", session["id"], details=details)
        elif places.session["has_begun"]:
            raise problems.ALREADY_BEGUN("Only whoever looks after all bookings can still cancel it.")
        else:
            give_back(conn, [booking], rules.status_once_cancelled(places.session, booking))


def _require_canceller(caller: Caller, booking: Row) -> bool:
    """Whether it is the caller's own booking. Problems: `forbidden`, also for a program that is to give up a place."""
    is_own: bool = booking["user_id"] == caller.user_id
    if caller.session_id is None if is_own else not caller.may(Permission.MANAGE_BOOKINGS):
        raise FORBIDDEN("This is for its member, in person, and for whoever looks after all bookings.")
    return is_own


def check_in(conn: Connection, booking_id: int) -> None:
    """Note that somebody is there, from half an hour before the start until the end; also who was thought not to come.

    Locks: as `changing`, then the booking. Problems: `not_found`, `forbidden`, `illegal_transition`, `too_early`,
    `too_late`, `user_overlap`.
    """
    with _changing_booking(conn, booking_id) as (places, booking):
        require_giver(places.session)
        if booking["status"] not in ("BOOKED", "NO_SHOW"):
            raise ILLEGAL_TRANSITION(f"It is {booking['status']}.")
        if rules.is_too_early(places.session):
            raise problems.TOO_EARLY("People are checked in from half an hour before the start.")
        if rules.is_too_late(places.session):
            raise problems.TOO_LATE("It has ended.")
        sql.classes.mark_session_booking_attended(conn, booking_id=booking_id)


def mark_no_show(conn: Connection, booking_id: int) -> None:
    """Note that somebody has not come, from the start on; their credits do not come back.

    Locks: as `changing`, then the booking. Problems: `not_found`, `forbidden`, `illegal_transition`, `too_early`.
    """
    with _changing_booking(conn, booking_id) as (places, booking):
        require_giver(places.session)
        if booking["status"] != "BOOKED":
            raise ILLEGAL_TRANSITION(f"It is {booking['status']}.")
        if not places.session["has_begun"]:
            raise problems.TOO_EARLY("It has not begun.")
        sql.classes.mark_session_booking_missed(conn, booking_id=booking_id)
