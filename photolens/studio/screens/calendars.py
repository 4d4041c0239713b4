"""A member's calendar, as their calendar program is shown it."""

from photolens import visibility
from photolens.access import is_demo_welcome, roles_with
from photolens.calendars import Event, to_icalendar
from photolens.database import Connection, Row, snapshot, sql
from photolens.problems import found
from photolens.sealing import digest_of


def calendar_of(conn: Connection, staff_id: int, token: str | None) -> bytes:
    """The calendar that this secret opens. Problems: `not_found`, in the same words whatever is wrong with it."""
    owner = None
    with snapshot(conn):
        if token is not None:
            owner = sql.studio.get_calendar_owner(
                conn,
                staff_id=staff_id,
                token=digest_of(token),
                roles=roles_with(*visibility.ANY_BOOKINGS),
                is_demo_welcome=is_demo_welcome(),
            )
        owner = found(owner, "calendar of staff member", staff_id)
        viewer_id = owner["id"]
        rows = sql.studio.list_calendar_sessions(conn, viewer_id=viewer_id)
    return to_icalendar(_joined(", ", owner["name"], owner["companyName"]), map(_event, rows))


def _event(session: Row) -> Event:
    part = session["role"] and f"Part: {session['role']}"
    return Event(
        # Of two studios that share a photographer, both have a first booking: the moment it was made tells them apart.
        uid=f"booking-{session['id']}-{session['createdAt']:%Y%m%dT%H%M%S%f}@photolens",
        summary=f"{session['sessionTypeName']}: {session['clientName']}",
        location=_joined(", ", session["roomName"], session["location"]),
        description=_joined("\n\n", part, session["notes"]),
        starts_at=session["sessionDate"],
        ends_at=session["endsAt"],
        is_confirmed=session["status"] != "PENDING",
        changed_at=session["updatedAt"],
    )


def _joined(separator: str, *texts: str | None) -> str:
    return separator.join(filter(None, texts))
