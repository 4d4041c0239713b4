"""When a session could be booked."""

from datetime import timedelta
from typing import Any

from photolens.database import Connection, Row, snapshot, sql
from photolens.problems import invalid

# Every half-hour of every day that may be asked for, and so more than there can be.
MOST_SLOTS = 63 * 49


def availability(conn: Connection, query: dict[str, Any]) -> Row:
    """The free times for a package, with one person or with any photographer, in a room or anywhere.

    Problems: `invalid` for a package, person or room that is not there, or can no longer be booked.
    """
    with snapshot(conn):
        package = sql.studio.get_session_package(conn, package_id=query["package_id"])
        if package is None or not package["isActive"]:
            raise invalid("/packageId", "names nothing that can be booked", "query")
        slots: list[Row] = sql.studio.list_free_slots(
            conn,
            searched_from=query["searched_from"],
            searched_to=query["searched_to"],
            length=timedelta(minutes=package["durationMinutes"]),
            staff_ids=_candidates(conn, query["staff_id"]),
            fewest=1,
            room_id=_room_id(conn, query["room_id"]),
            booking_id=None,
            limit=MOST_SLOTS,
        )
        return {"data": slots, "timeZone": sql.studio.get_time_zone(conn)["timeZone"]}


def _candidates(conn: Connection, staff_id: int | None) -> list[int]:
    if staff_id is None:
        return [person["id"] for person in sql.studio.list_photographer_ids(conn)]
    member = sql.studio.get_staff_member(conn, staff_id=staff_id)
    if member is None or member["status"] == "INACTIVE":
        raise invalid("/staffId", "names nobody who can be booked", "query")
    return [staff_id]


def _room_id(conn: Connection, room_id: int | None) -> int | None:
    if room_id is not None:
        room = sql.studio.get_room(conn, room_id=room_id)
        if room is None or not room["isActive"]:
            raise invalid("/roomId", "names nothing that can be booked", "query")
    return room_id
