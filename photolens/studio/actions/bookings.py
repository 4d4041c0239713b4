"""What happens to bookings: they are made, moved, completed, undone and cancelled, and people are put on them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg

from photolens.database import Connection, Row, sql
from photolens.platform.actions import record_activity
from photolens.preconditions import require_match
from photolens.problems import ILLEGAL_TRANSITION, Problem, found, invalid
from photolens.studio import rules
from photolens.studio.actions import clients, editing
from photolens.studio.problems import BOOKING_CONFLICT, PACKAGE_INACTIVE, STAFF_INACTIVE


def create_booking(conn: Connection, booking: dict[str, Any]) -> Row:
    """Book a session, with its people. Price and length are the package's unless given.

    Locks: the client, against being erased; the people, by id. Problems: `booking_conflict`, `client_erased`,
    `staff_inactive`, `package_inactive`, `invalid`.
    """
    with conn.transaction():
        clients.hold_for_work(conn, booking["client_id"])
        package = _offered_package(conn, booking["session_type_id"])
        usual_end = booking["session_date"] + timedelta(minutes=package["durationMinutes"])
        booking = {"ends_at": usual_end, "price": package["price"], **booking}
        if booking["ends_at"] <= booking["session_date"]:
            raise invalid("/endsAt", "is not after the start")
        booking["id"] = sql.studio.insert_booking(conn, **booking)
        _assign(conn, booking, booking["assigned_staff"], "/assignedStaff/{}/staffId")
        row: Row = sql.studio.get_booking(conn, booking_id=booking["id"], viewer_id=None)
        _record(conn, "BOOKING_CREATED", row)
        return row


def update_booking(conn: Connection, booking_id: int, changes: dict[str, Any]) -> Row:
    """Change a booking; a status that changes takes everything with it that follows from it.

    Completing opens the editing job and counts the client's session; undoing a completion takes both back. A booking
    that is moved keeps its length and its people.

    Locks: client, booking, people by id, editing job. Problems: `not_found`, `illegal_transition`, `booking_conflict`,
    `package_inactive`, `invalid`.
    """
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        booking = found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        require_match()
        changed = {**booking, **changes}
        if changed == booking:
            unchanged: Row = sql.studio.get_booking(conn, booking_id=booking_id, viewer_id=None)
            return unchanged
        if changed["session_type_id"] != booking["session_type_id"]:
            _offered_package(conn, changed["session_type_id"])
        if "session_date" in changes and "ends_at" not in changes:
            changed["ends_at"] = rules.moved_end(booking["session_date"], booking["ends_at"], changes["session_date"])
        if changed["ends_at"] <= changed["session_date"]:
            raise invalid("/endsAt", "is not after the start")
        was, now = booking["status"], changed["status"]
        if was != now and not rules.may_move_booking(was, now):
            raise ILLEGAL_TRANSITION(f"A booking that is {was} cannot become {now}.")
        staff_ids = [person["staffId"] for person in sql.studio.list_booking_staff_ids(conn, booking_id=booking_id)]
        sql.studio.lock_staff_members(conn, staff_ids=staff_ids)
        with _nobody_in_two_places(conn, changed, staff_ids):
            sql.studio.update_booking(conn, **changed)
        if was != now:
            _follow_status(conn, changed, was)
        row: Row = sql.studio.get_booking(conn, booking_id=booking_id, viewer_id=None)
        _record(conn, "BOOKING_CHANGED" if was == now else f"BOOKING_{now}", row)
        return row


def delete_booking(conn: Connection, booking_id: int) -> None:
    """Remove a booking that nothing was done or charged for. Locks: client, booking.

    Problems: `not_found`, `booking_in_use`.
    """
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        require_match()
        row: Row = sql.studio.get_booking(conn, booking_id=booking_id, viewer_id=None)
        sql.studio.delete_booking(conn, booking_id=booking_id)
        _record(conn, "BOOKING_DELETED", row)


def assign_staff(conn: Connection, booking_id: int, person: dict[str, Any]) -> Row:
    """Put a person on a booking. Locks: booking, person.

    Problems: `not_found`, `already_assigned`, `booking_conflict`, `staff_inactive`, `invalid`.
    """
    with conn.transaction():
        booking = found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        _assign(conn, booking, [person], "/staffId")
        sql.studio.mark_booking_changed(conn, booking_id=booking_id)
        row: Row = sql.studio.get_staff_assignment(
            conn, booking_id=booking_id, staff_id=person["staff_id"], viewer_id=None
        )
        details = {"staffId": row["staffId"], "name": row["name"]}
        record_activity(conn, "STAFF_ASSIGNED", "BOOKING", booking_id, client_id=booking["client_id"], details=details)
        return row


def unassign_staff(conn: Connection, booking_id: int, staff_id: int) -> None:
    """Take a person off a booking. Locks: booking, person. Problems: `not_found`."""
    with conn.transaction():
        booking = found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        # Whoever meets this person's time holds the same lock, and so can still name what is in the way.
        sql.studio.lock_staff_member(conn, staff_id=staff_id)
        person = sql.studio.get_staff_assignment(conn, booking_id=booking_id, staff_id=staff_id, viewer_id=None)
        person = found(person, "assignment of staff member", staff_id)
        require_match()
        sql.studio.delete_staff_assignment(conn, booking_id=booking_id, staff_id=staff_id)
        sql.studio.mark_booking_changed(conn, booking_id=booking_id)
        details = {"staffId": staff_id, "name": person["name"]}
        record_activity(
            conn, "STAFF_UNASSIGNED", "BOOKING", booking_id, client_id=booking["client_id"], details=details
        )


def _offered_package(conn: Connection, package_id: int) -> Row:
    package: Row | None = sql.studio.get_session_package(conn, package_id=package_id)
    if package is None:
        raise invalid("/sessionTypeId", "names nothing that is there")
    if not package["isActive"]:
        raise PACKAGE_INACTIVE(f"{package['name']} can no longer be booked.")
    return package


def _assign(conn: Connection, booking: dict[str, Any], people: list[dict[str, Any]], pointer: str) -> None:
    staff_ids = [person["staff_id"] for person in people]
    members = {member["id"]: member for member in sql.studio.lock_staff_members(conn, staff_ids=staff_ids)}
    for index, staff_id in enumerate(staff_ids):
        if staff_id not in members:
            raise invalid(pointer.format(index), "names nobody")
        if members[staff_id]["status"] == "INACTIVE":
            raise STAFF_INACTIVE(f"{members[staff_id]['name']} can no longer be booked.")
    roles = [person["role"] for person in people]
    with _nobody_in_two_places(conn, booking, staff_ids):
        sql.studio.insert_staff_assignments(conn, booking_id=booking["id"], staff_ids=staff_ids, roles=roles)


@contextmanager
def _nobody_in_two_places(conn: Connection, booking: dict[str, Any], staff_ids: list[int]) -> Iterator[None]:
    """Let the database refuse an overlap, and say which bookings are in the way. The people are locked."""
    try:
        with conn.transaction():
            yield
    except psycopg.errors.ExclusionViolation:
        raise _conflict(conn, booking, staff_ids) from None


def _conflict(conn: Connection, booking: dict[str, Any], staff_ids: list[int]) -> Problem:
    conflicts: list[Row] = sql.studio.list_booking_conflicts(
        conn,
        staff_ids=staff_ids,
        session_date=booking["session_date"],
        ends_at=booking["ends_at"],
        booking_id=booking["id"],
    )
    if not conflicts:
        # What was in the way is gone again: the caller tries once more.
        raise psycopg.errors.SerializationFailure
    names = sorted({conflict["staffName"] for conflict in conflicts})
    return BOOKING_CONFLICT(f"Already booked at that time: {', '.join(names)}.", conflicts=conflicts)


def _follow_status(conn: Connection, booking: dict[str, Any], was: str) -> None:
    if booking["status"] == "COMPLETED":
        editing.open_editing_job(conn, booking["id"])
    elif was == "COMPLETED":
        if sql.studio.exists_money_on_booking(conn, booking_id=booking["id"]):
            raise ILLEGAL_TRANSITION("The booking has been invoiced, so its completion stands.")
        editing.take_back_editing_job(conn, booking["id"])
    if "COMPLETED" in (was, booking["status"]):
        sql.studio.refresh_client_sessions(conn, client_id=booking["client_id"])


def _record(conn: Connection, kind: str, booking: Row) -> None:
    details = {"sessionTypeName": booking["sessionTypeName"], "clientName": booking["clientName"]}
    record_activity(conn, kind, "BOOKING", booking["id"], client_id=booking["clientId"], details=details)
