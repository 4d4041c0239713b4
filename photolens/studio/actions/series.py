"""What happens to bookings that recur: all of a rule's are made at once, and those still to come are called off."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from photolens import clock
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activities, record_activity
from photolens.problems import INVALID, Problem, found, invalid
from photolens.studio import rules
from photolens.studio.actions import clients, scheduling
from photolens.studio.actions.bookings import offered_package
from photolens.studio.problems import BOOKING_CONFLICT

MOST_OCCURRENCES = 200
LAST_YEAR = 2199  # so that the last session ends in the calendar


def create_series(conn: Connection, series: dict[str, Any], on_conflict: str) -> Row:
    """Book a session on every day of a rule, at one time of the studio's clock; gives what became of each day.

    A day that cannot be booked (somebody or the room is taken, or the local time is missing or comes twice) is left out
    where conflicts are to be skipped, and otherwise nothing is booked at all.

    Locks: the client, against being erased; people by id, room. Problems: `booking_conflict`, `client_erased`,
    `staff_inactive`, `room_inactive`, `package_inactive`, `invalid`.
    """
    with conn.transaction():
        clients.hold_for_work(conn, series["client_id"])
        package = offered_package(conn, series["session_type_id"])
        results = _days_of(conn, series, package)
        wanted = [result["booking"] for result in results if "booking" in result]
        scheduling.hold(conn, _template(series, package))
        _find_conflicts(conn, results, wanted)
        booked = [result["booking"] for result in results if result["detail"] is None]
        if len(booked) < len(results) and (on_conflict == "fail" or not booked):
            raise _refusal(conn, results)
        series_id = _insert(conn, series)
        scheduling.write(conn, [{**booking, "series_id": series_id} for booking in booked])
        _record(conn, "BOOKING_CREATED", [booking["id"] for booking in booked])
        row: Row = sql.studio.get_booking_series(conn, series_id=series_id)
        return {**row, "results": [_told(result, is_booked=result["detail"] is None) for result in results]}


def cancel_series(conn: Connection, series_id: int) -> Row:
    """Call off what is still to come of a series; what has been, and what was called off before, stays.

    Locks: client, bookings by id. Problems: `not_found`.
    """
    with conn.transaction():
        found(sql.studio.lock_client_of_booking_series(conn, series_id=series_id), "booking series", series_id)
        bookings = sql.studio.lock_upcoming_bookings_of_series(conn, series_id=series_id)
        if bookings:
            sql.studio.mark_bookings_cancelled(conn, booking_ids=[booking["id"] for booking in bookings])
            _record(conn, "BOOKING_CANCELLED", [booking["id"] for booking in bookings])
        row: Row = sql.studio.get_booking_series(conn, series_id=series_id)
        return row


def _template(series: dict[str, Any], package: Row) -> dict[str, Any]:
    """What all bookings of a series have in common."""
    names = ("client_id", "session_type_id", "room_id", "location", "status", "notes", "assigned_staff")
    price = series.get("price", package["price"])
    return {**{name: series[name] for name in names}, "price": price, "series_id": None, "work_package_id": None}


def _days_of(conn: Connection, series: dict[str, Any], package: Row) -> list[dict[str, Any]]:
    """Each day of the rule, with the booking it would be, or why its time is none."""
    days = rules.occurrences(
        series["frequency"],
        series["starts_on"],
        series["every"],
        series["weekdays"],
        series["occurrences"],
        series["until"],
        MOST_OCCURRENCES + 1,
    )
    if not days:
        raise invalid("/until", "comes before the first day of the rule")
    if len(days) > MOST_OCCURRENCES:
        raise invalid("/until", f"makes more than {MOST_OCCURRENCES} bookings")
    if days[-1].year > LAST_YEAR:
        raise invalid("/until", rules.NOT_IN_CALENDAR)
    zone = scheduling.studio_zone(conn)
    length = timedelta(minutes=series.get("duration_minutes") or package["durationMinutes"])
    template = _template(series, package)
    begins = time.fromisoformat(series["starts_at"])
    ids = scheduling.new_ids(conn, len(days))
    return [
        _day(template, booking_id, datetime.combine(day, begins), zone, length)
        for booking_id, day in zip(ids, days, strict=True)
    ]


def _day(
    template: dict[str, Any], booking_id: int, local: datetime, zone: ZoneInfo, length: timedelta
) -> dict[str, Any]:
    meant = clock.readings(local, zone)
    result: dict[str, Any] = {"date": local.date(), "detail": None, "conflicts": [], "readings": []}
    if len(meant) > 1:
        return result | {"detail": f"{local:%H:%M} {clock.why_two(local, zone)} that day.", "readings": meant}
    booking = {**template, "id": booking_id, "session_date": meant[0], "ends_at": meant[0] + length}
    return result | {"booking": booking}


def _find_conflicts(conn: Connection, results: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    """Note what is in the way of each day: sessions that are there, and a day before that is not over yet."""
    conflicts = scheduling.conflicts_of(conn, wanted)
    clashes = rules.clashes([booking for booking in wanted if booking["id"] not in conflicts])
    for result in results:
        booking_id = result["booking"]["id"] if "booking" in result else None
        if booking_id in conflicts:
            result["conflicts"] = conflicts[booking_id]
            result["detail"] = "Somebody or the room is taken at that time."
        elif booking_id in clashes:
            result["detail"] = "The session of the day before is not over by then."


def _refusal(conn: Connection, results: list[dict[str, Any]]) -> Problem:
    """Why a series is not booked: a local time that is none, or what is in the way, with the next free times."""
    refused = [result for result in results if result["detail"] is not None]
    told = [_told(result, is_booked=False) for result in results]
    for result in refused:
        if result["readings"]:
            detail = f"is no time of {result['date']}: {result['detail']}"
            readings = [clock.rfc3339(instant) for instant in result["readings"]]
            fault = {"in": "body", "pointer": "/startsAt", "detail": detail, "readings": readings}
            return INVALID("See errors and results.", errors=[fault], results=told)
    first = refused[0]
    if first["conflicts"]:
        return scheduling.conflict_problem(conn, first["booking"], first["conflicts"], results=told)
    return BOOKING_CONFLICT(first["detail"], conflicts=[], nextFree=[], results=told)


def _insert(conn: Connection, series: dict[str, Any]) -> int:
    names = ("client_id", "frequency", "every", "weekdays", "starts_on", "starts_at", "occurrences", "until")
    series_id: int = sql.studio.insert_booking_series(conn, **{name: series[name] for name in names})
    return series_id


def _record(conn: Connection, kind: str, booking_ids: list[int]) -> None:
    """Record what was done to several bookings of one series, each by itself, and to the series."""
    bookings = sql.studio.list_booking_names(conn, booking_ids=booking_ids)
    deeds = [
        (b["id"], b["clientId"], {"sessionTypeName": b["sessionTypeName"], "clientName": b["clientName"]})
        for b in bookings
    ]
    record_activities(conn, kind, "BOOKING", deeds)
    first = bookings[0]
    details = {
        "sessionTypeName": first["sessionTypeName"],
        "clientName": first["clientName"],
        "bookings": len(bookings),
    }
    record_activity(
        conn,
        kind.replace("BOOKING_", "BOOKING_SERIES_"),
        "BOOKING_SERIES",
        first["seriesId"],
        client_id=first["clientId"],
        details=details,
    )


def _told(result: dict[str, Any], *, is_booked: bool) -> Row:
    """What became of a day, as it is answered."""
    booking = result.get("booking")
    return {
        "date": result["date"],
        "bookingId": booking["id"] if booking and is_booked else None,
        "sessionDate": booking and booking["session_date"],
        "endsAt": booking and booking["ends_at"],
        "detail": result["detail"],
        "conflicts": result["conflicts"],
        "readings": result["readings"],
    }
