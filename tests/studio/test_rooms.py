"""Rooms of the studio's own: they are kept, and each holds one session at a time."""

from typing import Any

import psycopg
import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory, instant
from tests.waiting import held_up


def taken(booking: dict[str, Any], room: dict[str, Any]) -> dict[str, Any]:
    """How a refusal names a booking that takes a room."""
    return {
        "bookingId": booking["id"],
        "staffId": None,
        "staffName": None,
        "roomId": room["id"],
        "roomName": room["name"],
        "sessionDate": booking["sessionDate"],
        "endsAt": booking["endsAt"],
    }


def other_booking(make: Factory, **fields: Any) -> dict[str, Any]:
    """The body of a booking of another client's, at the usual time."""
    return {
        "clientId": make.client()["id"],
        "sessionTypeId": make.package()["id"],
        "sessionDate": instant(),
        "location": "Studio",
        **fields,
    }


def test_a_room_is_added_changed_and_deleted(api: ApiClient, make: Factory) -> None:
    room = make.room(name="Daylight", notes="North light.")
    assert (room["name"], room["notes"], room["isActive"]) == ("Daylight", "North light.", True)

    changed = api.patch(f"/rooms/{room['id']}", {"name": "Daylight studio", "notes": None})
    assert (changed.body["name"], changed.body["notes"]) == ("Daylight studio", None)
    assert [row["name"] for row in api.get("/rooms").body["data"]] == ["Daylight studio"]

    assert api.delete(f"/rooms/{room['id']}").status == 204
    assert api.get(f"/rooms/{room['id']}").status == 404


def test_two_rooms_do_not_have_one_name(api: ApiClient, make: Factory) -> None:
    make.room(name="Daylight")
    other = make.room(name="Cellar")

    for refused in (api.post("/rooms", {"name": "DAYLIGHT"}), api.patch(f"/rooms/{other['id']}", {"name": "daylight"})):
        assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_a_room_with_bookings_is_not_deleted_but_takes_no_new_ones_once_it_is_inactive(
    api: ApiClient, make: Factory
) -> None:
    room = make.room()
    booking = make.booking(roomId=room["id"])
    assert (booking["roomId"], booking["roomName"]) == (room["id"], room["name"])
    assert api.delete(f"/rooms/{room['id']}").body["code"] == "room_in_use"

    assert api.patch(f"/rooms/{room['id']}", {"isActive": False}).status == 200

    refused = api.post("/bookings", other_booking(make, sessionDate=instant(3), roomId=room["id"]))
    assert (refused.status, refused.body["code"]) == (409, "room_inactive")
    # What is there already stays, and may still be moved.
    assert api.patch(f"/bookings/{booking['id']}", {"sessionDate": instant(2)}).body["roomId"] == room["id"]


def test_a_room_that_is_not_there_is_invalid(api: ApiClient, make: Factory) -> None:
    refused = api.post("/bookings", other_booking(make, roomId=987_654_321))

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/roomId")


def test_a_room_is_not_booked_twice_for_one_time(api: ApiClient, make: Factory) -> None:
    room = make.room()
    booking = make.booking(roomId=room["id"])

    refused = api.post("/bookings", other_booking(make, sessionDate=instant(minute=89), roomId=room["id"]))

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")
    assert refused.body["conflicts"] == [taken(booking, room)]
    assert room["name"] in refused.body["detail"]


def test_sessions_back_to_back_share_a_room(api: ApiClient, make: Factory) -> None:
    room = make.room()
    make.booking(roomId=room["id"])

    for hour, minute in ((8, 30), (11, 30)):
        body = other_booking(make, sessionDate=instant(hour=hour, minute=minute), roomId=room["id"])
        assert api.post("/bookings", body).status == 201


def test_a_booking_is_moved_into_a_room_only_while_it_is_free_and_a_cancelled_one_frees_it(
    api: ApiClient, make: Factory
) -> None:
    room = make.room()
    first, second = make.booking(roomId=room["id"]), make.booking()

    refused = api.patch(f"/bookings/{second['id']}", {"roomId": room["id"]})
    assert (refused.status, refused.body["conflicts"]) == (409, [taken(first, room)])

    assert api.patch(f"/bookings/{first['id']}", {"status": "CANCELLED"}).status == 200
    assert api.patch(f"/bookings/{second['id']}", {"roomId": room["id"]}).status == 200
    assert api.patch(f"/bookings/{second['id']}", {"roomId": None}).body["roomName"] is None


def test_a_refusal_names_people_and_the_room_that_are_taken(api: ApiClient, make: Factory) -> None:
    room, person = make.room(), make.staff()
    in_the_room, with_the_person = make.booking(roomId=room["id"]), make.booking(person)

    refused = api.post("/bookings", other_booking(make, roomId=room["id"], assignedStaff=[{"staffId": person["id"]}]))

    assert [(c["bookingId"], c["staffId"], c["roomId"]) for c in refused.body["conflicts"]] == [
        (in_the_room["id"], None, room["id"]),
        (with_the_person["id"], person["id"], None),
    ]


def test_bookings_are_filtered_by_room(api: ApiClient, make: Factory) -> None:
    room = make.room()
    booking = make.booking(roomId=room["id"])
    make.booking()

    page = api.get("/bookings", query_string={"roomId": room["id"], "include": "total"}).body
    assert ([row["id"] for row in page["data"]], page["total"]) == ([booking["id"]], 1)


def test_the_database_itself_refuses_a_room_that_is_taken(conn: Connection, make: Factory) -> None:
    room = make.room()
    make.booking(roomId=room["id"])
    other = make.booking()

    with pytest.raises(psycopg.errors.ExclusionViolation) as refused:
        conn.execute("update bookings set room_id = %s where id = %s", [room["id"], other["id"]])
    assert refused.value.diag.constraint_name == "bookings_room_no_overlap"


@pytest.mark.committed
def test_of_bookings_that_race_for_a_room_one_wins_and_the_others_are_told_of_it(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    room = make.room()
    bodies = [other_booking(make, sessionDate=instant(minute=10 * n), roomId=room["id"]) for n in range(6)]

    with held_up(conn) as waiting:
        conn.execute("select from rooms for update")
        answers = [waiting.send(api.post, "/bookings", body) for body in bodies]

    results = [answer.result() for answer in answers]
    [won] = [result for result in results if result.status == 201]
    for lost in results:
        if lost is not won:
            assert (lost.status, lost.body["conflicts"]) == (409, [taken(won.body, room)])
