"""What happens to a file of bookings: all of it is booked, or none of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from photolens import clock
from photolens.csv_bodies import CsvFile, Lines, invalid_lines
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.spreadsheets import CsvFault
from photolens.studio import rules
from photolens.studio.actions import editing, scheduling

# What a booking that is there has for what a line may say of it.
_KEYS = {
    "session_type_id": "sessionTypeId",
    "ends_at": "endsAt",
    "room_id": "roomId",
    "location": "location",
    "price": "price",
    "status": "status",
    "notes": "notes",
}


@dataclass(frozen=True)
class _Line:
    """What a line asks for: the columns of `bookings` that it gives, who is to be on it, and what it refers to."""

    number: int
    given: dict[str, Any]
    staff_ids: list[int] | None  # None where the file does not say
    client: Row
    package: Row

    @property
    def key(self) -> tuple[int, datetime]:
        """By what a booking is known again: no client has two sessions at one time."""
        return self.client["id"], self.given["session_date"]

    def says_nothing_new_of(self, row: Row) -> bool:
        """Whether a booking that is there is all that the line says."""
        is_same = all(row[key] == self.given[name] for name, key in _KEYS.items() if name in self.given)
        return is_same and self.staff_ids in (None, row["staffIds"])

    def booking(self, booking_id: int) -> Row:
        """The whole of the new booking: where nothing is said, end and price are the package's, and it is SCHEDULED."""
        start = self.given["session_date"]
        usual = {
            "ends_at": start + timedelta(minutes=self.package["durationMinutes"]),
            "room_id": None,
            "price": self.package["price"],
            "status": "SCHEDULED",
            "notes": None,
        }
        people = [{"staff_id": staff_id, "role": None} for staff_id in self.staff_ids or ()]
        unsaid = {"series_id": None, "work_package_id": None}
        return usual | self.given | unsaid | {"id": booking_id, "assigned_staff": people}


def import_bookings(conn: Connection, file: CsvFile, *, is_dry_run: bool) -> dict[str, Any]:
    """Book the sessions of a file. A line that says what is there already changes nothing.

    Locks: the clients, people and rooms that are named, each by id; the stages, shared, where sessions are completed.
    Problems: `invalid`, with every bad line.
    """
    lines, faults = file.lines, [*file.faults]
    with conn.transaction(force_rollback=is_dry_run):
        known = _Known.of(conn, lines)
        asked = [line for line in (_read(known, number, row, faults) for number, row in lines) if line is not None]
        new = _new(conn, asked, faults)
        bookings = {
            booking_id: line.booking(booking_id)
            for booking_id, line in zip(scheduling.new_ids(conn, len(new)), new, strict=True)
        }
        numbers = {booking_id: line.number for booking_id, line in zip(bookings, new, strict=True)}
        _refuse_unavailable(conn, known, bookings, numbers, faults)
        _refuse_conflicts(conn, bookings, numbers, faults)
        if faults:
            raise invalid_lines(faults)
        _write(conn, [*bookings.values()])
        counts = {"created": len(new), "updated": 0}
        if new:
            record_activity(conn, "BOOKINGS_IMPORTED", "BOOKING_IMPORT", 1, details=counts)
    return {"dryRun": is_dry_run, "lines": len(lines), **counts, "unchanged": len(lines) - len(new)}


@dataclass(frozen=True)
class _Known:
    """What the lines of a file name, by the word that names it there; the database has compared them."""

    clients: dict[str, Row]
    packages: dict[str, list[Row]]
    people: dict[str, Row]
    rooms: dict[str, Row]
    zone: ZoneInfo
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @classmethod
    def of(cls, conn: Connection, lines: Lines) -> "_Known":
        rows = [row for _, row in lines]
        emails = _words(row["client_email"] for row in rows)
        clients = sql.studio.lock_clients_by_email(conn, emails=emails)
        packages: dict[str, list[Row]] = defaultdict(list)
        for package in sql.studio.list_packages_named(conn, names=_words(row["session_type_name"] for row in rows)):
            packages[package["word"]].append(package)
        people = _words(email for row in rows for email in row.get("staff_emails") or ())
        rooms = _words(row["room_name"] for row in rows if row.get("room_name"))
        return cls(
            {emails[client["position"] - 1]: client for client in clients},
            packages,
            {person["word"]: person for person in sql.studio.list_staff_by_email(conn, emails=people)},
            {room["word"]: room for room in sql.studio.list_rooms_named(conn, names=rooms)},
            scheduling.studio_zone(conn),
        )


def _words(words: Iterable[str]) -> list[str]:
    return sorted(set(words))


class _Fault(Exception):  # noqa: N818  (it is collected, and no error of ours)
    """Why a line cannot be booked: the column, and what is wrong with it."""

    def __init__(self, column: str, detail: str) -> None:
        super().__init__(detail)
        self.column, self.detail = column, detail


def _read(known: _Known, number: int, row: Row, faults: list[CsvFault]) -> _Line | None:
    """What a line asks for; None, and a fault more, where that cannot be."""
    try:
        client = known.clients.get(row["client_email"])
        if client is None:
            raise _Fault("clientEmail", "is no client's")
        package = _package(known, row)
        given: dict[str, Any] = {name: row[name] for name in ("location", "notes") if name in row}
        given |= {name: row[name] for name in ("ends_at", "price", "status") if row.get(name) is not None}
        given |= {"client_id": client["id"], "session_type_id": package["id"], "session_date": _start(known, row)}
        if "room_name" in row:
            given["room_id"] = _room_id(known, row["room_name"])
        line = _Line(number, given, _staff_ids(known, row.get("staff_emails")), client, package)
        ends_at = line.booking(0)["ends_at"]
        if ends_at <= given["session_date"]:
            raise _Fault("endsAt", "is not after the start")
        if not rules.is_in_calendar(ends_at):
            raise _Fault("endsAt", rules.NOT_IN_CALENDAR)
        return line
    except _Fault as fault:
        faults.append(CsvFault(number, fault.column, fault.detail))
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
        choice = " or ".join(map(clock.rfc3339, meant))
        raise _Fault("localSessionDate", f"{clock.why_two(local, known.zone)}: say {choice} as sessionDate")
    return meant[0]


def _package(known: _Known, row: Row) -> Row:
    category = row.get("category_name")
    packages = [
        package
        for package in known.packages.get(row["session_type_name"], ())
        if category is None or package["categoryName"].lower() == category.lower()
    ]
    if not packages:
        raise _Fault("sessionTypeName", "is no session package")
    if len(packages) > 1:
        raise _Fault("sessionTypeName", "is a session package of several categories: say which, as categoryName")
    return packages[0]


def _staff_ids(known: _Known, emails: list[str] | None) -> list[int] | None:
    if emails is None:
        return None
    unknown = [email for email in emails if email not in known.people]
    if unknown:
        raise _Fault("staffEmails", f"names nobody on the team: {unknown[0]}")
    return sorted({known.people[email]["id"] for email in emails})


def _room_id(known: _Known, name: str | None) -> int | None:
    if name is not None and name not in known.rooms:
        raise _Fault("roomName", "is no room")
    return None if name is None else known.rooms[name]["id"]


def _new(conn: Connection, lines: list[_Line], faults: list[CsvFault]) -> list[_Line]:
    """Those of the lines whose booking is not there yet; a fault for each that is there otherwise, or twice."""
    there: dict[tuple[int, datetime], list[Row]] = defaultdict(list)
    keys = [line.key for line in lines]
    for row in sql.studio.list_bookings_starting(
        conn, client_ids=[client_id for client_id, _ in keys], session_dates=[start for _, start in keys]
    ):
        there[row["clientId"], row["sessionDate"]].append(row)
    new: dict[tuple[int, datetime], _Line] = {}
    for line in lines:
        if any(line.says_nothing_new_of(row) for row in there[line.key]):
            continue
        if (detail := _why_not_new(line, there[line.key], new.get(line.key))) is not None:
            faults.append(CsvFault(line.number, "sessionDate", detail))
        elif line.client["erased_at"] is not None:
            faults.append(CsvFault(line.number, "clientEmail", rules.KEPT_FOR_ERASED))
        else:
            new[line.key] = line
    return [*new.values()]


def _why_not_new(line: _Line, there: list[Row], in_file: _Line | None) -> str | None:
    ids = [str(row["id"]) for row in there if row["status"] != "CANCELLED"]
    if ids and line.given.get("status") != "CANCELLED":
        return f"is that of booking {', '.join(ids)} of this client, which differs: change it there"
    return None if in_file is None else f"is that of line {in_file.number}, of the same client"


def _refuse_unavailable(
    conn: Connection, known: _Known, bookings: dict[int, Row], numbers: dict[int, int], faults: list[CsvFault]
) -> None:
    """Lock the people and rooms; note a fault for each session to come that has some who can no longer be booked.

    In the past they may have been booked, packages too: it is a record of what was.
    """
    held = scheduling.lock(conn, [*bookings.values()])
    offered = {p["id"] for packages in known.packages.values() for p in packages if p["isActive"]}
    for booking_id, booking in bookings.items():
        wanted = {
            "staffEmails": [held.people.get(person["staff_id"]) for person in booking["assigned_staff"]],
            "roomName": [] if booking["room_id"] is None else [held.rooms.get(booking["room_id"])],
        }
        is_to_come = booking["session_date"] > known.now
        if is_to_come and booking["session_type_id"] not in offered:
            faults.append(CsvFault(numbers[booking_id], "sessionTypeName", "can no longer be booked"))
        for column, rows in wanted.items():
            if any(row is None or (is_to_come and not _can_be_booked(row)) for row in rows):
                faults.append(CsvFault(numbers[booking_id], column, "can no longer be booked"))


def _can_be_booked(row: Row) -> bool:
    is_active: bool = row["is_active"] if "is_active" in row else row["status"] != "INACTIVE"
    return is_active


def _refuse_conflicts(
    conn: Connection, bookings: dict[int, Row], numbers: dict[int, int], faults: list[CsvFault]
) -> None:
    """Note a fault for each booking whose people or room are taken: by a session that is there, or by another line."""
    occupying = [booking for booking in bookings.values() if booking["status"] != "CANCELLED"]
    conflicts = scheduling.conflicts_of(conn, occupying)
    for booking_id, taken in conflicts.items():
        faults.append(CsvFault(numbers[booking_id], "sessionDate", _taken_by(taken[0])))
    free = [booking for booking in occupying if booking["id"] not in conflicts]
    for booking_id, other_id in rules.clashes(free).items():
        detail = f"overlaps line {numbers[other_id]}, which takes the same person or room"
        faults.append(CsvFault(numbers[booking_id], "sessionDate", detail))


def _taken_by(conflict: Mapping[str, Any]) -> str:
    who = conflict["staffName"] or conflict["roomName"]
    when = f"{clock.rfc3339(conflict['sessionDate'])} to {clock.rfc3339(conflict['endsAt'])}"
    return f"is taken: {who} has booking {conflict['bookingId']} from {when}"


def _write(conn: Connection, bookings: list[Row]) -> None:
    scheduling.write(conn, bookings)
    completed = [booking for booking in bookings if booking["status"] == "COMPLETED"]
    if completed:
        editing.open_editing_jobs(conn, [booking["id"] for booking in completed])
        client_ids = sorted({booking["client_id"] for booking in completed})
        sql.studio.refresh_client_sessions(conn, client_ids=client_ids)
