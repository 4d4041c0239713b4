"""What time alone does to classes: they end, offers lapse, members are reminded. Each function does a batch.

Several workers may be at it: a class is locked, and looked at again under that lock; a reminder is claimed.
"""

from collections.abc import Callable

from photolens.classes import rules, wording
from photolens.classes.actions import sessions
from photolens.classes.actions.places import changing
from photolens.database import Connection, Row, sql
from photolens.platform.actions.notifications import Notice, notify

BATCH = 50
REMINDERS = 200  # that are told in one transaction


def complete_ended(conn: Connection, after_id: int) -> list[int]:
    """Complete the classes of a batch that have ended, each in a transaction of its own; gives their ids.

    Locks: as `changing`.
    """
    ids = [row["id"] for row in sql.classes.list_ended_class_sessions(conn, after_id=after_id, limit=BATCH)]
    for session_id in ids:
        with changing(conn, session_id) as places:
            if places.session["has_ended"] and places.session["status"] in rules.GOES_ON:
                sessions.complete(conn, places)
    return ids


def settle(conn: Connection, after_id: int) -> list[int]:
    """Look at the waiting lists of a batch of classes, each in a transaction of its own; gives the ids of the classes.

    Locks: as `changing`.
    """
    ids = [row["id"] for row in sql.classes.list_unsettled_class_sessions(conn, after_id=after_id, limit=BATCH)]
    for session_id in ids:
        with changing(conn, session_id):
            pass  # whatever changes its places serves who waits
    return ids


def remind_by_a_day(conn: Connection) -> int:
    """Remind a batch of members of a class tomorrow; gives how many. Locks: bookings, without waiting; the inboxes."""
    with conn.transaction():
        bookings = sql.classes.lock_day_reminders(conn, limit=REMINDERS)
        sql.classes.mark_day_reminded(conn, booking_ids=[booking["id"] for booking in bookings])
        return _remind(
            conn,
            bookings,
            lambda booking: wording.soon_by_a_day(booking["start_time"], booking["now"], booking["time_zone"]),
        )


def remind_by_an_hour(conn: Connection) -> int:
    """Remind a batch of members of a class in an hour; gives how many. Locks: as `remind_by_a_day`."""
    with conn.transaction():
        bookings = sql.classes.lock_hour_reminders(conn, limit=REMINDERS)
        sql.classes.mark_hour_reminded(conn, booking_ids=[booking["id"] for booking in bookings])
        return _remind(conn, bookings, lambda booking: wording.soon_by_an_hour(booking["start_time"], booking["now"]))


def _remind(conn: Connection, bookings: list[Row], soon: Callable[[Row], str]) -> int:
    notices = []
    for booking in bookings:
        title, body = wording.notice("CLASS_REMINDER", booking, soon=soon(booking))
        notices.append(
            Notice(booking["user_id"], "CLASS_REMINDER", title, body, "CLASS_SESSION", booking["session_id"])
        )
    notify(conn, notices)
    return len(notices)
