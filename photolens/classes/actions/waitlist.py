"""Who waits for a place in a class."""

from uuid import UUID

from photolens.classes import problems, rules
from photolens.classes.actions.places import changing, require_shown, serve, take_off
from photolens.database import Connection, sql
from photolens.preconditions import require_match
from photolens.problems import found


def join(conn: Connection, session_id: int, user_id: UUID) -> None:
    """Wait for a place, behind all who do; it costs nothing until there is one.

    Locks: as `changing`. Problems: `not_found`, `booking_closed`, `already_booked`, `already_waiting`, `places_left`,
    `waitlist_full`.
    """
    with changing(conn, session_id, [user_id]) as places:
        require_shown(places)
        if not rules.is_open(places.session):
            raise problems.BOOKING_CLOSED("It has begun, or will not take place.")
        serve(conn, places, user_id)
        [standing] = sql.classes.list_standings(conn, session_id=session_id, user_ids=[user_id])
        if standing["isBooked"]:
            raise problems.ALREADY_BOOKED("You have a place in this class.")
        if places.entry_of(user_id) is not None:
            raise problems.ALREADY_WAITING("You are on this waiting list.")
        if rules.places_left(places.session) > 0:
            raise problems.PLACES_LEFT("Book one of them.")
        if places.session["waiting"] >= places.session["waitlist_capacity"]:
            raise problems.WAITLIST_FULL("So many are waiting already.")
        sql.classes.insert_waiting(conn, session_id=session_id, user_id=user_id)


def leave(conn: Connection, session_id: int, user_id: UUID) -> None:
    """Wait no more; a place that was offered goes to the next. Locks: as `changing`. Problems: `not_found`."""
    with changing(conn, session_id) as places:
        entry = found(places.entry_of(user_id), "place on the waiting list of class", session_id)
        require_match()
        take_off(conn, places, [entry], "LEFT")
