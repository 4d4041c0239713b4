"""What happens to a file of bookings: all of it is booked, or none of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg

from photolens import clock
from photolens.csv_bodies import Lines, invalid_lines
from photolens.database import Connection, Row, sql
from photolens.platform.actions import record_activity
from photolens.spreadsheets import CsvFault
from photolens.studio import rules
from photolens.studio.actions import editing, scheduling

# The package's, where a line says nothing; of the booking that is there already, whatever it is.
_WITH_DEFAULTS = ("ends_at", "price", "status")


def import_bookings(conn: Connection, lines: Lines, *, is_dry_run: bool) -> dict[str, Any]:
    """Book the sessions of a file. A line that says what is there already changes nothing.

    Locks: the clients, people and rooms that are named, each by id; the stages, shared, where sessions are completed.
    Problems: `invalid`, with every bad line.
    """
    with conn.transaction() as transaction:
        known = _Known.of(conn, lines)
        faults: list[CsvFault] = []
        proposed = [_proposed(known, line, row, faults) for line, row in lines]
        new = _new(conn, [booking for booking in proposed if booking is not None], faults)
        _refuse_conflicts(conn, new, faults)
        if faults:
            raise invalid_lines(faults)
        _write(conn, new)
        counts = {"created": len(new)}
        if new:
            record_activity(conn, "BOOKINGS_IMPORTED", "BOOKING_IMPORT", 1, details=counts)
        if is_dry_run:
            raise psycopg.Rollback(transaction)
    return {"dryRun": is_dry_run, "lines": len(lines), **counts, "unchanged": len(lines) - len(new)}


@dataclass(frozen=True)
class _Known:
    """What the lines of a file may name, by the name in lower case."""

    clients: dict[str, Row]
    packages: dict[str, list[Row]]
    people: dict[str, Row]
    rooms: dict[str, Row]
    zone: ZoneInfo
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, conn: Connection, lines: Lines) -> "_Known":
        rows = [row for _, row in lines]
        clients = sql.studio.lock_clients_by_email(conn, emails=sorted({row["client_email"] for row in rows}))
        packages: dict[str, list[Row]] = defaultdict(list)
        for package in sql.studio.list_packages_named(conn, names=_words(row["session_type_name"] for row in rows)):
            packages[package["name"].lower()].append(package)
        people = sql.studio.list_staff_by_email(
            conn, emails=_words(email for row in rows for email in row.get("staff_emails") or ())
        )
        rooms = sql.studio.list_rooms_named(conn, names=_words(row.get("room_name") or "" for row in rows))
        zone = clock.find_zone(sql.studio.get_time_zone(conn)["timeZone"])
        assert zone is not None, "the settings take only zones that both sides know"
        return cls(
            {client["email"].lower(): client for client in clients},
            packages,
            {person["email"].lower(): person for person in people},
            {room["name"].lower(): room for room in rooms},
            zone,
        )


def _words(words: Iterable[str]) -> list[str]:
    return sorted({word.lower() for word in words})


class _Fault(Exception):  # noqa: N818  (it is collected, and no error of ours)
    """Why a line cannot be booked: the column, and what is wrong with it."""

    def __init__(self, column: str, detail: str) -> None:
        super().__init__(detail)
        self.column, self.detail = column, detail


def _proposed(known: _Known, line: int, row: Row, faults: list[CsvFault]) -> Row | None:
    """The booking that a line asks for; None, and a fault more, where there is no such booking."""
    try:
        client = known.clients.get(row["client_email"].lower())
        if client is None:
            raise _Fault("clientEmail", "is no client's")
        start = _start(known, row)
        package = _package(known, row)
        booking = {
            **{name: row[name] for name in _WITH_DEFAULTS if row.get(name) is not None},
            "line": line,
            "columns": row.keys(),
            "client_id": client["id"],
            "session_type_id": package["id"],
            "session_date": start,
            "location": row["location"],
            "notes": row.get("notes"),
            "room_id": _room_id(known, row, start),
            "assigned_staff": _people(known, row, start),
            "series_id": None,
            "package": package,
        }
        if booking.get("ends_at", start + timedelta(minutes=1)) <= start:
            raise _Fault("endsAt", "is not after the start")
        if client["erased_at"] is not None:
            booking["is_of_erased"] = True
        return booking
    except _Fault as fault:
        faults.append(CsvFault(line, fault.column, fault.detail))
        return None


def _start(known: _Known, row: Row) -> datetime:
    instant: datetime | None = row.get("session_date")
    local: datetime | None = row.get("local_session_date")
    if instant is not None and local is None:
        return instant
    if instant is not None or local is None:
        raise _Fault("sessionDate", "or localSessionDate, one of the two")
    meant = clock.readings(local, known.zone)
    if len(meant) > 1:
        how = "does not exist" if clock.is_missing(local, known.zone) else "comes twice"
        choice = " or ".join(f"{reading:%Y-%m-%dT%H:%M:%SZ}" for reading in meant)
        raise _Fault("localSessionDate", f"{how} in {known.zone.key}: say {choice} as sessionDate")
    return meant[0]


def _package(known: _Known, row: Row) -> Row:
    category = row.get("category_name")
    packages = [
        package
        for package in known.packages.get(row["session_type_name"].lower(), ())
        if category is None or package["categoryName"].lower() == category.lower()
    ]
    if not packages:
        raise _Fault("sessionTypeName", "is no session package")
    if len(packages) > 1:
        raise _Fault("sessionTypeName", "is a session package of several categories: say which, as categoryName")
    return packages[0]


def _people(known: _Known, row: Row, start: datetime) -> list[dict[str, Any]]:
    people = []
    for email in dict.fromkeys(email.lower() for email in row.get("staff_emails") or ()):
        person = known.people.get(email)
        if person is None:
            raise _Fault("staffEmails", f"names nobody on the team: {email}")
        if person["status"] == "INACTIVE" and start > known.now:
            raise _Fault("staffEmails", f"names somebody who can no longer be booked: {person['name']}")
        people.append({"staff_id": person["id"], "role": None})
    return people


def _room_id(known: _Known, row: Row, start: datetime) -> int | None:
    name = row.get("room_name")
    if name is None:
        return None
    room = known.rooms.get(name.lower())
    if room is None:
        raise _Fault("roomName", "is no room")
    if not room["isActive"] and start > known.now:
        raise _Fault("roomName", "can no longer be booked")
    room_id: int = room["id"]
    return room_id


def _new(conn: Connection, bookings: list[Row], faults: list[CsvFault]) -> list[Row]:
    """Those of the bookings that are not there yet, whole; a fault for each that is there otherwise, or twice."""
    there: dict[tuple[int, datetime], list[Row]] = defaultdict(list)
    for row in sql.studio.list_bookings_starting(
        conn,
        client_ids=[booking["client_id"] for booking in bookings],
        session_dates=[booking["session_date"] for booking in bookings],
    ):
        there[row["clientId"], row["sessionDate"]].append(row)
    new: dict[tuple[int, datetime], Row] = {}
    for booking in bookings:
        key = booking["client_id"], booking["session_date"]
        if any(_says_the_same(booking, row) for row in there[key]):
            continue
        if (detail := _why_not_new(booking, there[key], new.get(key))) is not None:
            faults.append(CsvFault(booking["line"], "sessionDate", detail))
        elif booking.get("is_of_erased"):
            faults.append(CsvFault(booking["line"], "clientEmail", rules.KEPT_FOR_ERASED))
        else:
            new[key] = booking
    for booking, booking_id in zip(new.values(), scheduling.new_ids(conn, len(new)), strict=True):
        package = booking["package"]
        usual_end = booking["session_date"] + timedelta(minutes=package["durationMinutes"])
        usual = {"id": booking_id, "ends_at": usual_end, "price": package["price"], "status": "SCHEDULED"}
        booking |= {name: value for name, value in usual.items() if name not in booking}
    return list(new.values())


def _says_the_same(booking: Row, row: Row) -> bool:
    """Whether a line says nothing of a booking that is there but what it is."""
    said = {
        "sessionTypeId": booking["session_type_id"],
        "location": booking["location"],
        **{key: booking[name] for name, key in (("ends_at", "endsAt"), ("price", "price")) if name in booking},
        **({"status": booking["status"]} if "status" in booking else {}),
    }
    if "notes" in booking["columns"]:
        said["notes"] = booking["notes"]
    if "room_name" in booking["columns"]:
        said["roomId"] = booking["room_id"]
    if "staff_emails" in booking["columns"]:
        said["staffIds"] = sorted(person["staff_id"] for person in booking["assigned_staff"])
    return all(row[key] == value for key, value in said.items())


def _why_not_new(booking: Row, there: list[Row], in_file: Row | None) -> str | None:
    if any(row["status"] != "CANCELLED" for row in there) and booking.get("status") != "CANCELLED":
        ids = ", ".join(str(row["id"]) for row in there if row["status"] != "CANCELLED")
        return f"is that of booking {ids} of this client, which differs: change it there"
    if in_file is not None:
        return f"is that of line {in_file['line']}, of the same client"
    return None


def _refuse_conflicts(conn: Connection, new: list[Row], faults: list[CsvFault]) -> None:
    """Note a fault for each booking whose people or room are taken: by a session that is there, or by another line."""
    scheduling.hold(
        conn,
        [{**booking, "is_in_room": True} for booking in new],
        {person["staff_id"] for booking in new for person in booking["assigned_staff"]},
    )
    occupying = [booking for booking in new if booking["status"] != "CANCELLED"]
    conflicts = scheduling.conflicts_of(conn, occupying)
    lines = {booking["id"]: booking["line"] for booking in new}
    for booking_id, taken in conflicts.items():
        faults.append(CsvFault(lines[booking_id], "sessionDate", _taken_by(taken[0])))
    free = [booking for booking in occupying if booking["id"] not in conflicts]
    for booking_id, other_id in rules.clashes(free).items():
        detail = f"overlaps line {lines[other_id]}, which takes the same person or room"
        faults.append(CsvFault(lines[booking_id], "sessionDate", detail))


def _taken_by(conflict: Mapping[str, Any]) -> str:
    who = conflict["staffName"] or conflict["roomName"]
    when = f"{conflict['sessionDate']:%Y-%m-%dT%H:%M:%SZ} to {conflict['endsAt']:%Y-%m-%dT%H:%M:%SZ}"
    return f"is taken: {who} has booking {conflict['bookingId']} from {when}"


def _write(conn: Connection, new: list[Row]) -> None:
    scheduling.write(conn, new)
    completed = [booking for booking in new if booking["status"] == "COMPLETED"]
    if completed:
        editing.open_editing_jobs(conn, [booking["id"] for booking in completed])
        client_ids = sorted({booking["client_id"] for booking in completed})
        sql.studio.refresh_client_sessions(conn, client_ids=client_ids)
