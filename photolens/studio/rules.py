"""The studio's decisions, from values alone."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule

from photolens.clock import WEEKDAYS

LONGEST_REPORT = 10  # years

NOT_IN_CALENDAR = "is not between the years 1900 and 2200"

Stage = Mapping[str, Any]

BOOKING_MOVES: dict[str, frozenset[str]] = {
    "PENDING": frozenset({"SCHEDULED", "CANCELLED"}),
    "SCHEDULED": frozenset({"COMPLETED", "CANCELLED"}),
    # Undoing a slip, while nothing hangs on it.
    "COMPLETED": frozenset({"SCHEDULED"}),
    "CANCELLED": frozenset(),
}

ON_THE_BOARD = ("PENDING", "IN_PROGRESS", "DELIVERED", "REVISION")

# An address that nobody can have (RFC 2606): what stands where an erased client's did.
_ERASED_HOST = "@erased.invalid"
KEPT_FOR_ERASED = "is kept for clients who were erased"
ERASED = "Erased"


def may_move_booking(status: str, to: str) -> bool:
    """A booking goes PENDING → SCHEDULED → COMPLETED, or is CANCELLED before it is completed."""
    return to in BOOKING_MOVES[status]


def occurrences(
    frequency: str,
    starts_on: date,
    every: int,
    weekdays: Sequence[str],
    count: int | None,
    until: date | None,
    most: int,
) -> list[date]:
    """The days of a rule, as RFC 5545 counts them, up to so many: monthly on the 31st leaves out the shorter months."""
    rule = rrule(
        {"DAILY": DAILY, "WEEKLY": WEEKLY, "MONTHLY": MONTHLY}[frequency],
        dtstart=datetime.combine(starts_on, time.min),
        interval=every,
        byweekday=[WEEKDAYS.index(weekday) for weekday in weekdays] or None,
        count=count,
        until=None if until is None else datetime.combine(until, time.min),
    )
    return [day.date() for day in islice(rule, most)]


def is_in_calendar(instant: datetime) -> bool:
    """Whether an instant can be kept and asked for: from 1900 to 2200, as the API's instants are."""
    return 1900 <= instant.year <= 2200


def clashes(bookings: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Which of these bookings, by their ids, overlap one among them that begins no later, and which.

    Two that share a person or a room: 10:00–12:00 and 11:00–13:00 do, 10:00–11:00 and 11:00–12:00 do not.
    """
    clashing: dict[int, int] = {}
    last: dict[tuple[str, int], Mapping[str, Any]] = {}
    for booking in sorted(bookings, key=lambda booking: (booking["session_date"], booking["id"])):
        taken = [("staff", person["staff_id"]) for person in booking["assigned_staff"]]
        taken += [("room", booking["room_id"])] if booking["room_id"] is not None else []
        before = [last[resource] for resource in taken if resource in last]
        in_the_way = [other for other in before if other["ends_at"] > booking["session_date"]]
        if in_the_way:
            clashing[booking["id"]] = in_the_way[0]["id"]
            continue
        last |= dict.fromkeys(taken, booking)
    return clashing


def may_move_editing_job(status: str, to: str) -> bool:
    """On the board a job may be dragged anywhere; into the archive it goes from DELIVERED only, and stays."""
    if to == "ARCHIVED":
        return status == "DELIVERED"
    return status in ON_THE_BOARD and to in ON_THE_BOARD


def may_be_revised(status: str) -> bool:
    """What was begun can be asked for anew, once more while it is being done anew; what nobody has begun cannot."""
    return status in ("IN_PROGRESS", "DELIVERED", "REVISION")


def is_handed_on(job: Mapping[str, Any], changed: Mapping[str, Any]) -> bool:
    """A job whose photos are put into a folder for the first time is handed on with that."""
    return (
        job["drive_folder_url"] is None and changed["drive_folder_url"] is not None and changed["uploaded_at"] is None
    )


def first_stage(stages: Iterable[Stage], status: str) -> Stage:
    """The first column of the board that stands for a status. There always is one."""
    return min((stage for stage in stages if stage["status"] == status), key=lambda stage: stage["position"])


def stage_after_selection(stages: Iterable[Stage]) -> Stage:
    """Where a job waits for its editor once the client has chosen. There always is such a stage."""
    return first_stage((stage for stage in stages if not stage["awaits_selection"]), "PENDING")


def lacking_stage(stages: Iterable[Stage]) -> str | None:
    """What a board with these stages would lack, if anything: a stage for each status, and one after the selection."""
    there = {(stage["status"], stage["awaits_selection"]) for stage in stages}
    for status in ON_THE_BOARD:
        if (status, False) not in there and (status, True) not in there:
            return f"a stage that stands for {status}"
    return None if ("PENDING", False) in there else "a PENDING stage for what the client has chosen"


def placed(stage_ids: Iterable[int], stage_id: int, position: int) -> list[int]:
    """The stages with one of them at a position: 3 at 1 of [1, 2, 3] gives [3, 1, 2]. Past the end is the end."""
    others = [other for other in stage_ids if other != stage_id]
    return [*others[: position - 1], stage_id, *others[position - 1 :]]


def is_finished(status: str) -> bool:
    """A job that was delivered is nobody's to do any more, unless it comes back for a revision."""
    return status in ("DELIVERED", "ARCHIVED")


def moved_end(session_date: datetime, ends_at: datetime, new_session_date: datetime) -> datetime:
    """A booking that is moved keeps its length: 10:00–11:30 moved to 14:00 ends at 15:30."""
    return new_session_date + (ends_at - session_date)


def is_too_long_a_period(first: date, last: date) -> bool:
    """A report covers ten years at most: 1 January 2017 to 31 December 2026, and not a day more."""
    return (last.year, last.month, last.day) >= (first.year + LONGEST_REPORT, first.month, first.day)


def compared(value: Decimal | int, previous: Decimal | int) -> dict[str, Any]:
    """A figure beside the one before: 150 after 120 is 30 more, which is 25 %. Of nothing or less there is none."""
    change = value - previous
    percent = (100 * Decimal(change) / previous).quantize(Decimal("0.01"), ROUND_HALF_UP) if previous > 0 else None
    return {
        "value": value,
        "previous": previous,
        "change": change,
        "changePercent": None if percent is None else float(percent),
    }


def erased_client(client_id: int) -> dict[str, str]:
    """What an erased client is called, and their address: the same for everybody, but for the number."""
    return {"name": f"Erased client {client_id}", "email": f"erased-{client_id}{_ERASED_HOST}"}


def erased_contact(contact_id: int) -> dict[str, str]:
    """What a contact of an erased client is called, and their address."""
    return {"name": f"Erased contact {contact_id}", "email": f"erased-contact-{contact_id}{_ERASED_HOST}"}


def is_address_of_erased(email: str) -> bool:
    """Whether an address is one that only an erased client has."""
    return email.lower().endswith(_ERASED_HOST)


def differs(row: Mapping[str, Any], line: Mapping[str, Any], columns: Iterable[str]) -> bool:
    """Whether a line of a file says something else of a row: in these columns, of those that the file has."""
    return any(column in line and line[column] != row[column] for column in columns)
