"""What happens to the photos that a client chooses: added, renamed, edited, taken back, and at last all chosen.

The studio does it for them, or a contact of theirs by themselves, until it is all chosen: of a booking that the portal
has found to be theirs.
"""

from typing import Any

from photolens import visibility
from photolens.access import Permission, current_caller
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import FORBIDDEN, found
from photolens.studio.actions import editing
from photolens.studio.problems import NOTHING_SELECTED, SELECTION_FULL

MOST_PHOTOS = 1000


def add_photo_selection(conn: Connection, booking_id: int, photo: dict[str, Any]) -> Row:
    """Add a photo behind those that are chosen already. Locks: client, booking.

    Problems: `not_found`, `client_erased`, `name_taken`, `selection_full`.
    """
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        booking = found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        editing.refuse_words_on_erased(conn, booking_id)
        if _count(conn, booking_id) >= MOST_PHOTOS:
            raise SELECTION_FULL(f"At most {MOST_PHOTOS} photos of a booking are chosen.")
        selection_id = sql.studio.insert_photo_selection(conn, booking_id=booking_id, **photo)
        return _changed(conn, booking, selection_id, "PHOTO_SELECTED")


def update_photo_selection(conn: Connection, booking_id: int, selection_id: int, changes: dict[str, Any]) -> Row:
    """Rename a photo, or note whether it is edited, which an editor does too, on the bookings of their own jobs.

    Locks: client, booking, photo. Problems: `not_found`, `name_taken`, `forbidden`.
    """
    caller = current_caller()
    with conn.transaction():
        booking, photo = _lock(conn, booking_id, selection_id, visibility.selection_viewers(caller))
        require_match()
        changed = {**photo, **changes}
        if changed["name"] != photo["name"] and not caller.may(Permission.MANAGE_BOOKINGS):
            raise FORBIDDEN("An editor says whether a photo is edited. Its name is the studio's.")
        if changed == photo:
            return _get(conn, booking_id, selection_id)
        sql.studio.update_photo_selection(conn, **changed)
        return _changed(conn, booking, selection_id, "PHOTO_CHANGED")


def remove_photo_selection(conn: Connection, booking_id: int, selection_id: int) -> None:
    """Take a photo back out of what was chosen. Locks: client, booking, photo. Problems: `not_found`."""
    viewers = visibility.selection_viewers(current_caller())
    with conn.transaction():
        _remove(conn, *_lock(conn, booking_id, selection_id, viewers))


def finalize_photo_selections(conn: Connection, booking_id: int) -> Row:
    """Take the selection as made: the editing job that has waited for it goes on. Gives the job.

    Locks: client, booking, the stages, shared, the editing job. Problems: `not_found`, `nothing_selected`,
    `no_job_waiting`.
    """
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        if _count(conn, booking_id) == 0:
            raise NOTHING_SELECTED("Add the photos that the client has chosen first.")
        return editing.finish_selection(conn, booking_id)


def choose_photo_for_client(conn: Connection, booking_id: int, photo: dict[str, Any]) -> Row:
    """Add a photo, as a contact of the client chooses it: nobody has edited it yet.

    Locks: client, booking, the stages, shared, the editing job. Problems: `selection_final`, and those of whoever adds
    one.
    """
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        editing.refuse_final_selection(conn, booking_id)
        return add_photo_selection(conn, booking_id, {**photo, "is_edited": False})


def take_back_photo_for_client(conn: Connection, booking_id: int, selection_id: int) -> None:
    """Take a photo back, as a contact of the client does. Locks: client, booking, photo, the stages, shared, the job.

    Problems: `not_found`, `selection_final`.
    """
    with conn.transaction():
        booking, photo = _lock(conn, booking_id, selection_id, visibility.EVERYBODYS)
        editing.refuse_final_selection(conn, booking_id)
        _remove(conn, booking, photo)


def _lock(conn: Connection, booking_id: int, selection_id: int, viewers: visibility.Viewers) -> tuple[Row, Row]:
    """The booking and the photo, if the viewers may see it."""
    viewer_id, viewing_editor_id = viewers
    sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
    booking = sql.studio.lock_booking(conn, booking_id=booking_id)
    photo = sql.studio.lock_photo_selection(
        conn,
        booking_id=booking_id,
        selection_id=selection_id,
        viewer_id=viewer_id,
        viewing_editor_id=viewing_editor_id,
    )
    return booking, found(photo, "photo selection", selection_id)


def _remove(conn: Connection, booking: Row, photo: Row) -> None:
    """Take a photo out, and record it. Booking and photo are locked."""
    require_match()
    sql.studio.delete_photo_selection(conn, selection_id=photo["id"])
    _record(conn, booking, photo["name"], "PHOTO_REMOVED")


def _get(conn: Connection, booking_id: int, selection_id: int) -> Row:
    row: Row = sql.studio.get_photo_selection(
        conn, booking_id=booking_id, selection_id=selection_id, viewer_id=None, viewing_editor_id=None
    )
    return row


def _count(conn: Connection, booking_id: int) -> int:
    count: int = sql.studio.count_photo_selections(conn, booking_id=booking_id, viewer_id=None, viewing_editor_id=None)
    return count


def _changed(conn: Connection, booking: Row, selection_id: int, kind: str) -> Row:
    """Record a deed, and give the photo as it now is."""
    row = _get(conn, booking["id"], selection_id)
    _record(conn, booking, row["name"], kind)
    return row


def _record(conn: Connection, booking: Row, name: str, kind: str) -> None:
    record_activity(conn, kind, "BOOKING", booking["id"], client_id=booking["client_id"], details={"name": name})
