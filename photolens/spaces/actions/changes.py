"""What becomes of a booking once it is made: who may take it where, and what time alone does.

Each change is decided under the lock of the booking: of two that want to make something else of it, the second finds
what the first has made.
"""

from datetime import UTC, datetime

from photolens.access import Permission, active_caller
from photolens.database import Connection, Row, sql
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found
from photolens.spaces import rules
from photolens.spaces.actions.bookings import cancel, cancel_unpaid, record, tell
from photolens.spaces.problems import ALREADY_BEGUN, NOT_PAID, TOO_EARLY

BATCH = 50


def lock_for_caller(
    conn: Connection, booking_id: int | None, missing: tuple[str, int] | None = None
) -> tuple[Row, rules.Party]:
    """A booking, locked, and what the present caller is to it. Problems: `forbidden`, `not_found`.

    `missing` is what is not there, its kind and id, where that is not the booking.
    """
    caller = active_caller()
    booking = sql.spaces.lock_space_booking(conn, booking_id=booking_id)
    is_admin = caller.may(Permission.MANAGE_BOOKINGS)
    party = None if booking is None else rules.party_of(booking, caller.user_id, is_admin=is_admin)
    return booking, found(party, *(missing or ("space booking", booking_id or 0)))


def lock_for_vendor(conn: Connection, booking_id: int | None, missing: tuple[str, int] | None = None) -> Row:
    """A booking, locked, which the present caller's branch has let, or any for an admin. Problems as above."""
    booking, party = lock_for_caller(conn, booking_id, missing)
    if party == "CUSTOMER":
        raise FORBIDDEN("This is for whoever lets the space.")
    return booking


def confirm(conn: Connection, booking_id: int) -> None:
    """Confirm a booking that is paid at the place; one that is paid online is confirmed by its money.

    Locks: the booking, then the inbox. Problems: `forbidden`, `not_found`, `illegal_transition`, `not_paid`.
    """
    with conn.transaction():
        booking = lock_for_vendor(conn, booking_id)
        _require_move(booking, "CONFIRMED")
        if booking["payment_method"] in rules.PAID_ONLINE:
            raise NOT_PAID("It is confirmed once its money comes.")
        _move(conn, booking, "CONFIRMED")
        tell(conn, [booking], "CONFIRMED")


def confirm_paid(conn: Connection, booking: Row) -> None:
    """Confirm a booking whose money has come. It is locked, and has waited for it. Locks: the inbox."""
    _move(conn, booking, "CONFIRMED")
    tell(conn, [booking], "CONFIRMED")


def complete(conn: Connection, booking_id: int) -> None:
    """Say that a booking has been used, from its end on.

    Locks: the booking. Problems: `forbidden`, `not_found`, `illegal_transition`, `too_early`.
    """
    with conn.transaction():
        booking = lock_for_vendor(conn, booking_id)
        _require_move(booking, "COMPLETED")
        if datetime.now(UTC) < booking["ends_at"]:
            raise TOO_EARLY("It has not ended.")
        _move(conn, booking, "COMPLETED")


def mark_no_show(conn: Connection, booking_id: int) -> None:
    """Say that nobody has come, from a quarter of an hour after the start on.

    Locks: the booking. Problems: `forbidden`, `not_found`, `illegal_transition`, `too_early`.
    """
    with conn.transaction():
        booking = lock_for_vendor(conn, booking_id)
        _require_move(booking, "NO_SHOW")
        if datetime.now(UTC) < booking["starts_at"] + rules.NO_SHOW_AFTER:
            raise TOO_EARLY("They may still come: wait a quarter of an hour after its start.")
        _move(conn, booking, "NO_SHOW")


def cancel_booking(conn: Connection, booking_id: int) -> None:
    """Cancel a booking; what of its money goes back depends on who does, and when.

    Locks: the booking, then its slots in order of time, then the inbox. Problems: `forbidden`, `not_found`,
    `illegal_transition`, `already_begun` for the customer.
    """
    now = datetime.now(UTC)
    with conn.transaction():
        booking, party = lock_for_caller(conn, booking_id)
        _require_move(booking, "CANCELLED")
        if party == "CUSTOMER" and booking["starts_at"] <= now:
            raise ALREADY_BEGUN("Only whoever lets the space can still cancel it.")
        cancel(conn, booking, rules.refund_of_cancellation(booking, now, party))
        if party != "CUSTOMER":
            tell(conn, [booking], "CANCELLED")


def cancel_expired(conn: Connection, after_id: int) -> list[int]:
    """Cancel a batch of bookings that have waited too long, those after an id; gives their ids.

    Locks: the bookings, by id, without waiting; then the slots of all of them, in order of time; then the inboxes.
    """
    with conn.transaction():
        bookings: list[Row] = sql.spaces.lock_expired_holds(conn, after_id=after_id, limit=BATCH)
        cancel_unpaid(conn, bookings)
        tell(conn, bookings, "CANCELLED")
        return [booking["id"] for booking in bookings]


def complete_ended(conn: Connection, after_id: int) -> list[int]:
    """Complete a batch of bookings that ended a day ago, those after an id; gives their ids.

    Until then whoever lets the space may say that nobody came. Locks: the bookings, by id, without waiting.
    """
    ended_before = datetime.now(UTC) - rules.COMPLETED_AFTER
    with conn.transaction():
        bookings: list[Row] = sql.spaces.lock_ended_space_bookings(
            conn, after_id=after_id, limit=BATCH, ended_before=ended_before
        )
        for booking in bookings:
            _move(conn, booking, "COMPLETED")
        return [booking["id"] for booking in bookings]


def _require_move(booking: Row, status: str) -> None:
    if status not in rules.MOVES[booking["status"]]:
        raise ILLEGAL_TRANSITION(f"It is {booking['status']}.")


def _move(conn: Connection, booking: Row, status: str) -> None:
    sql.spaces.mark_space_booking_moved(conn, booking_id=booking["id"], status=status)
    record(conn, f"SPACE_BOOKING_{status}", booking)
