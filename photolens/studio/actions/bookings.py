"""What happens to bookings: they are made, moved, completed, undone and cancelled, and people are put on them."""

from datetime import timedelta
from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import ILLEGAL_TRANSITION, found, invalid
from photolens.studio import rules
from photolens.studio.actions import clients, editing, scheduling, work_packages
from photolens.studio.problems import ALREADY_ASSIGNED, PACKAGE_INACTIVE

# What a change of a booking writes of it; the rest of it stays, or follows.
WRITTEN = (
    "session_type_id",
    "session_date",
    "ends_at",
    "room_id",
    "work_package_id",
    "location",
    "price",
    "status",
    "notes",
)


def create_booking(conn: Connection, booking: dict[str, Any]) -> Row:
    """Book a session, with its people and its room. Price and length are the package's unless given.

    Locks: the client, against being erased; the work package, shared; people by id, room. Problems:
    `booking_conflict`, `client_erased`, `work_package_closed`, `staff_inactive`, `room_inactive`, `package_inactive`,
    `invalid`.
    """
    with conn.transaction():
        clients.hold_for_work(conn, booking["client_id"])
        work_packages.hold_open(conn, booking["work_package_id"])
        package = offered_package(conn, booking["session_type_id"])
        start = scheduling.start_of(conn, booking)
        assert start is not None, "the schema wants one of the two"
        usual_end = start + timedelta(minutes=package["durationMinutes"])
        proposed = {
            "ends_at": usual_end,
            "price": package["price"],
            "series_id": None,
            **booking,
            "session_date": start,
        }
        scheduling.refuse_impossible_time(proposed)
        [proposed["id"]] = scheduling.new_ids(conn, 1)
        scheduling.hold(conn, proposed)
        scheduling.refuse_conflicts(conn, proposed)
        scheduling.write(conn, [proposed])
        row: Row = sql.studio.get_booking(conn, booking_id=proposed["id"], viewer_id=None)
        _record(conn, "BOOKING_CREATED", row)
        return row


def update_booking(conn: Connection, booking_id: int, changes: dict[str, Any]) -> Row:
    """Change a booking; a status that changes takes everything with it that follows from it.

    Completing opens the editing job and counts the client's session; undoing a completion takes both back. A booking
    that is moved keeps its length, its people and its room, unless others are given: all of it happens at once. Where
    it is and what is noted of it is not written again once the client is erased.

    Locks: client, booking, work package (shared), people by id, room; the stages, shared, or the editing job. Problems:
    `not_found`, `client_erased`, `illegal_transition`, `work_package_closed`, `booking_conflict`, `staff_inactive`,
    `room_inactive`, `package_inactive`, `invalid`.
    """
    with conn.transaction():
        client = sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        booking = found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        require_match()
        if changes.get("work_package_id", booking["work_package_id"]) != booking["work_package_id"]:
            work_packages.hold_open(conn, changes["work_package_id"])
        people = [*_people_on(conn, booking_id), *changes.get("assigned_staff", ())]
        scheduling.lock(conn, [{"assigned_staff": people, "room_id": None}])
        # Looked at again under their locks: somebody may have been removed from the team meanwhile.
        present = {**booking, "assigned_staff": _people_on(conn, booking_id)}
        changed = _changed(conn, present, changes)
        if _same(changed, present):
            unchanged: Row = sql.studio.get_booking(conn, booking_id=booking_id, viewer_id=None)
            return unchanged
        if any(changed[text] != present[text] for text in ("location", "notes")):
            clients.refuse_if_erased(client)
        was, now = booking["status"], changed["status"]
        if was != now and not rules.may_move_booking(was, now):
            raise ILLEGAL_TRANSITION(f"A booking that is {was} cannot become {now}.")
        _move(conn, present, changed)
        if was != now:
            _follow_status(conn, changed, was)
        row: Row = sql.studio.get_booking(conn, booking_id=booking_id, viewer_id=None)
        _record(conn, "BOOKING_CHANGED" if was == now else f"BOOKING_{now}", row)
        return row


def _people_on(conn: Connection, booking_id: int) -> list[dict[str, Any]]:
    people = sql.studio.list_booking_staff(conn, booking_id=booking_id)
    return [{"staff_id": person["staffId"], "role": person["role"]} for person in people]


def _changed(conn: Connection, present: Row, changes: dict[str, Any]) -> Row:
    """The booking as it is to be, if that can be at all."""
    start = scheduling.start_of(conn, changes)
    changed = {**present, **changes}
    changed.pop("local_session_date", None)
    if changed["session_type_id"] != present["session_type_id"]:
        offered_package(conn, changed["session_type_id"])
    if start is not None:
        changed["session_date"] = start
        if "ends_at" not in changes:
            changed["ends_at"] = rules.moved_end(present["session_date"], present["ends_at"], start)
    scheduling.refuse_impossible_time(changed)
    return changed


def _same(changed: Row, present: Row) -> bool:
    """Whether nothing changes; in which order people are named changes nothing."""

    def told(booking: Row) -> Row:
        people = sorted(booking["assigned_staff"], key=lambda person: person["staff_id"])
        return {**booking, "assigned_staff": people}

    return told(changed) == told(present)


def _move(conn: Connection, present: Row, changed: Row) -> None:
    """Write a booking as it is to be: who leaves goes before it is moved, and who comes, comes after."""
    scheduling.hold(conn, changed, present)
    if changed["status"] != "CANCELLED":
        scheduling.refuse_conflicts(conn, changed)
    staff_ids = [person["staff_id"] for person in changed["assigned_staff"]]
    sql.studio.delete_other_staff_assignments(conn, booking_id=changed["id"], staff_ids=staff_ids)
    sql.studio.update_booking(conn, id=changed["id"], **{column: changed[column] for column in WRITTEN})
    if changed["assigned_staff"] != present["assigned_staff"]:
        scheduling.assign(conn, [changed])


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
    """Put a person on a booking.

    Locks: client (the feed refers to them: whoever came to that with only the booking in hand would meet an erasure
    that has the client and wants the booking), booking, person, room. Problems: `not_found`, `already_assigned`,
    `booking_conflict`, `staff_inactive`, `invalid`.
    """
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        booking = found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        proposed = {**booking, "assigned_staff": [person]}
        scheduling.hold(conn, proposed, {**booking, "assigned_staff": []}, "/staffId")
        if sql.studio.exists_staff_assignment(conn, booking_id=booking_id, staff_id=person["staff_id"]):
            raise ALREADY_ASSIGNED("A person is on a booking once.")
        if booking["status"] != "CANCELLED":
            scheduling.refuse_conflicts(conn, proposed)
        scheduling.assign(conn, [proposed])
        sql.studio.mark_booking_changed(conn, booking_id=booking_id)
        row: Row = sql.studio.get_staff_assignment(
            conn, booking_id=booking_id, staff_id=person["staff_id"], viewer_id=None
        )
        details = {"staffId": row["staffId"], "name": row["name"]}
        record_activity(conn, "STAFF_ASSIGNED", "BOOKING", booking_id, client_id=booking["client_id"], details=details)
        return row


def unassign_staff(conn: Connection, booking_id: int, staff_id: int) -> None:
    """Take a person off a booking. Locks: client, booking, person. Problems: `not_found`."""
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
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


def offered_package(conn: Connection, package_id: int) -> Row:
    """A package that can still be booked. Problems: `invalid`, `package_inactive`."""
    package: Row | None = sql.studio.get_session_package(conn, package_id=package_id)
    if package is None:
        raise invalid("/sessionTypeId", "names nothing that is there")
    if not package["isActive"]:
        raise PACKAGE_INACTIVE(f"{package['name']} can no longer be booked.")
    return package


def _follow_status(conn: Connection, booking: dict[str, Any], was: str) -> None:
    if booking["status"] == "COMPLETED":
        editing.open_editing_jobs(conn, [booking["id"]])
    elif was == "COMPLETED":
        if sql.studio.exists_money_on_booking(conn, booking_id=booking["id"]):
            raise ILLEGAL_TRANSITION("The booking has been invoiced, so its completion stands.")
        editing.take_back_editing_job(conn, booking["id"])
    if "COMPLETED" in (was, booking["status"]):
        sql.studio.refresh_client_sessions(conn, client_ids=[booking["client_id"]])


def _record(conn: Connection, kind: str, booking: Row) -> None:
    details = {"sessionTypeName": booking["sessionTypeName"], "clientName": booking["clientName"]}
    record_activity(conn, kind, "BOOKING", booking["id"], client_id=booking["clientId"], details=details)
