"""Who and what is free when: what every booking passes before it is written, one or a hundred of them.

A proposed booking is a dict of the columns of `bookings`, with its `id` and the `assigned_staff` it is to have. Whoever
writes one holds its people and its room from before it is looked at until the end of the transaction: what was free
when it was looked at is free when it is written. The exclusion constraints are the last word all the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.json import Jsonb

from photolens import clock
from photolens.database import Connection, Row, sql
from photolens.problems import Problem, invalid
from photolens.studio import rules
from photolens.studio.problems import BOOKING_CONFLICT, ROOM_INACTIVE, STAFF_INACTIVE

Proposed = Mapping[str, Any]

COLUMNS = (
    "id",
    "client_id",
    "session_type_id",
    "session_date",
    "ends_at",
    "room_id",
    "series_id",
    "work_package_id",
    "location",
    "price",
    "status",
    "notes",
    "assigned_staff",
)

MOST_NEXT_FREE = 3
SEARCHED_DAYS = (60, 730)  # for the next free times: where the first finds too few, the second looks further


@dataclass(frozen=True)
class Held:
    """The people and rooms of bookings, locked, by id: nobody gives them work or takes it away meanwhile."""

    people: dict[int, Row]
    rooms: dict[int, Row]


def lock(conn: Connection, bookings: Sequence[Proposed]) -> Held:
    """Lock the people and rooms of these bookings. Locks: people by id, rooms by id."""
    staff_ids = {person["staff_id"] for booking in bookings for person in booking["assigned_staff"]}
    room_ids = {booking["room_id"] for booking in bookings if booking["room_id"] is not None}
    people = sql.studio.lock_staff_members(conn, staff_ids=sorted(staff_ids))
    rooms = sql.studio.lock_rooms(conn, room_ids=sorted(room_ids)) if room_ids else []
    return Held({person["id"]: person for person in people}, {room["id"]: room for room in rooms})


def hold(
    conn: Connection, booking: Proposed, present: Proposed | None = None, pointer: str = "/assignedStaff/{}/staffId"
) -> None:
    """Lock the people and the room of a booking, and see that they can be booked; who is there at present, stays.

    Locks: people by id, the room. Problems: `invalid` for somebody or a room that is not there, `staff_inactive`,
    `room_inactive`.
    """
    there = {person["staff_id"] for person in present["assigned_staff"]} if present else set()
    held = lock(conn, [booking])
    for index, person in enumerate(booking["assigned_staff"]):
        member = held.people.get(person["staff_id"])
        if member is None:
            raise invalid(pointer.format(index), "names nobody")
        if member["status"] == "INACTIVE" and member["id"] not in there:
            raise STAFF_INACTIVE(f"{member['name']} can no longer be booked.")
    if booking["room_id"] is None or (present and booking["room_id"] == present["room_id"]):
        return
    room = held.rooms.get(booking["room_id"])
    if room is None:
        raise invalid("/roomId", "names nothing that is there")
    if not room["is_active"]:
        raise ROOM_INACTIVE(f"{room['name']} can no longer be booked.")


def _json(bookings: Iterable[Proposed]) -> Jsonb:
    return Jsonb([{column: booking[column] for column in COLUMNS} for booking in bookings])


def conflicts_of(conn: Connection, bookings: Sequence[Proposed]) -> dict[int, list[Row]]:
    """What is in the way of each of these bookings that cannot be as it is, by its id. People and rooms are held."""
    conflicts: dict[int, list[Row]] = {}
    for conflict in sql.studio.list_booking_conflicts(conn, bookings=_json(bookings)):
        conflicts.setdefault(conflict.pop("proposedId"), []).append(conflict)
    return conflicts


def refuse_conflicts(conn: Connection, booking: Proposed) -> None:
    """See that a booking is in nobody's way. Problems: `booking_conflict`, with what is, and the next free times."""
    conflicts = conflicts_of(conn, [booking]).get(booking["id"])
    if conflicts:
        raise conflict_problem(conn, booking, conflicts)


def conflict_problem(conn: Connection, booking: Proposed, conflicts: list[Row], **members: Any) -> Problem:
    """Why a booking cannot be: who or what is taken, by which session; and when it could."""
    names = sorted({conflict["staffName"] or conflict["roomName"] for conflict in conflicts})
    detail = f"Already booked at that time: {', '.join(names)}."
    return BOOKING_CONFLICT(detail, conflicts=conflicts, nextFree=_next_free(conn, booking), **members)


def _next_free(conn: Connection, booking: Proposed) -> list[Row]:
    """The next times in the working hours when everyone and the room are free for as long."""
    earliest = max(booking["session_date"], datetime.now(UTC))
    staff_ids = [person["staff_id"] for person in booking["assigned_staff"]]
    slots: list[Row] = []
    for days in SEARCHED_DAYS:
        slots = sql.studio.list_free_slots(
            conn,
            searched_from=earliest,
            searched_to=earliest + timedelta(days=days),
            length=booking["ends_at"] - booking["session_date"],
            staff_ids=staff_ids,
            fewest=len(staff_ids),
            room_id=booking["room_id"],
            booking_id=booking["id"],
            limit=MOST_NEXT_FREE,
        )
        if len(slots) == MOST_NEXT_FREE:
            break
    return [{"sessionDate": slot["sessionDate"], "endsAt": slot["endsAt"]} for slot in slots]


def refuse_impossible_time(booking: Proposed) -> None:
    """See that a booking ends after it begins, and that both are in the calendar. Problems: `invalid`."""
    if booking["ends_at"] <= booking["session_date"]:
        raise invalid("/endsAt", "is not after the start")
    if not rules.is_in_calendar(booking["ends_at"]):
        raise invalid("/endsAt", rules.NOT_IN_CALENDAR)


def new_ids(conn: Connection, count: int) -> list[int]:
    """Ids for so many bookings that are about to be written."""
    return [row["id"] for row in sql.studio.list_new_booking_ids(conn, limit=count)]


def write(conn: Connection, bookings: Sequence[Proposed]) -> None:
    """Write bookings with their people, in two statements however many they are. They are held, and in nobody's way.

    Problems: `invalid` for a client or package that is not there.
    """
    sql.studio.insert_bookings(conn, bookings=_json(bookings))
    assign(conn, bookings)


def assign(conn: Connection, bookings: Sequence[Proposed]) -> None:
    """Put their people on bookings that are there, in the part they have. They are held, and in nobody's way."""
    sql.studio.insert_staff_assignments(conn, bookings=_json(bookings))


def studio_zone(conn: Connection) -> ZoneInfo:
    """The studio's time zone."""
    zone = clock.find_zone(sql.studio.get_time_zone(conn)["timeZone"])
    assert zone is not None, "the settings take only zones that both sides know"
    return zone


def start_of(conn: Connection, booking: Mapping[str, Any]) -> datetime | None:
    """When a booking is to begin: the instant, or what its local time means on the studio's clock; None if neither.

    Problems: `invalid`, with both readings, for a local time that is missing or comes twice.
    """
    local: datetime | None = booking.get("local_session_date")
    if local is None:
        start: datetime | None = booking.get("session_date")
        return start
    zone = studio_zone(conn)
    meant = clock.readings(local, zone)
    if len(meant) > 1:
        detail = f"{clock.why_two(local, zone)}: say which instant is meant"
        raise invalid("/localSessionDate", detail, readings=[clock.rfc3339(instant) for instant in meant])
    return meant[0]
