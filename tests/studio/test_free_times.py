"""What is free when: the search, the next times that a refusal offers, and what a local time means."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory, instant


def set_clock(conn: Connection, time_zone: str, *hours: tuple[str, str, str]) -> None:
    """Move the studio, and let it be open on these weekdays only."""
    conn.execute("update studio_settings set time_zone = %s", [time_zone])
    conn.execute("delete from working_hours")
    for weekday, opens_at, closes_at in hours:
        conn.execute("insert into working_hours values (%s, %s, %s)", [weekday, opens_at, closes_at])


@pytest.fixture
def package(make: Factory) -> dict[str, Any]:
    """A session of an hour."""
    return make.package(durationMinutes=60)


def search(api: ApiClient, package: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    """The free times of Monday 1 March 2027, unless the query says otherwise."""
    asked = {"from": instant(0, 0), "to": instant(1, 0), "packageId": package["id"], **query}
    answer = api.get("/bookings/availability", query_string=asked)
    assert answer.status == 200, answer.body
    slots: list[dict[str, Any]] = answer.body["data"]
    return slots


def hours_of(slots: list[dict[str, Any]]) -> list[str]:
    return [slot["sessionDate"][11:16] for slot in slots]


# The search


def test_free_times_lie_in_the_working_hours_every_half_hour(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    set_clock(conn, "UTC", ("MONDAY", "09:00", "11:30"))
    person = make.staff()

    slots = search(api, package, to=instant(7, 0))

    assert hours_of(slots) == ["09:00", "09:30", "10:00", "10:30"]
    assert slots[0] == {"sessionDate": instant(hour=9), "endsAt": instant(hour=10), "staffIds": [person["id"]]}


def test_a_person_is_free_up_to_their_session_and_from_its_end_on(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    set_clock(conn, "UTC", ("MONDAY", "09:00", "13:00"))
    busy, free = make.staff(), make.staff()
    make.booking(busy, sessionDate=instant(hour=10), endsAt=instant(hour=11))

    assert hours_of(search(api, package, staffId=busy["id"])) == ["09:00", "11:00", "11:30", "12:00"]
    with_anybody = {slot["sessionDate"]: slot["staffIds"] for slot in search(api, package)}
    assert with_anybody[instant(hour=10)] == [free["id"]]
    assert with_anybody[instant(hour=11)] == [busy["id"], free["id"]]


def test_a_time_at_which_nobody_or_the_room_is_not_free_is_none(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    set_clock(conn, "UTC", ("MONDAY", "09:00", "12:00"))
    person, room = make.staff(), make.room()
    make.booking(person, sessionDate=instant(hour=9), endsAt=instant(hour=10))
    make.booking(roomId=room["id"], sessionDate=instant(hour=10), endsAt=instant(hour=11))
    cancelled = make.booking(person, sessionDate=instant(hour=11), endsAt=instant(hour=12))
    assert api.patch(f"/bookings/{cancelled['id']}", {"status": "CANCELLED"}).status == 200

    assert hours_of(search(api, package)) == ["10:00", "10:30", "11:00"]
    assert hours_of(search(api, package, roomId=room["id"])) == ["11:00"]


def test_a_session_longer_than_the_day_may_begin_when_it_opens(conn: Connection, api: ApiClient, make: Factory) -> None:
    set_clock(conn, "UTC", ("MONDAY", "09:00", "18:00"))
    make.staff()

    assert hours_of(search(api, make.package(durationMinutes=600))) == ["09:00"]


@pytest.mark.parametrize(
    ("day", "hours"), [("2027-03-14", 23), ("2027-11-07", 25), ("2027-11-08", 24)], ids=["spring", "autumn", "any day"]
)
def test_a_day_has_the_hours_of_the_studios_clock(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any], day: str, hours: int
) -> None:
    set_clock(conn, "America/New_York", ("SUNDAY", "00:00", "24:00"), ("MONDAY", "00:00", "24:00"))
    make.staff()

    slots = search(api, package, **{"from": f"{day}T00:00:00-12:00", "to": f"{day}T23:59:00+14:00"} | whole_day(day))

    # The last begins an hour before midnight.
    assert len(slots) == 2 * (hours - 1) + 1


def whole_day(day: str) -> dict[str, str]:
    """From midnight to midnight in New York."""
    begins, ends = {
        "2027-03-14": ("2027-03-14T05:00:00Z", "2027-03-15T04:00:00Z"),
        "2027-11-07": ("2027-11-07T04:00:00Z", "2027-11-08T05:00:00Z"),
        "2027-11-08": ("2027-11-08T05:00:00Z", "2027-11-09T05:00:00Z"),
    }[day]
    return {"from": begins, "to": ends}


def test_the_working_hours_are_those_of_the_studios_clock_in_summer_and_winter(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    set_clock(conn, "America/New_York", ("FRIDAY", "09:00", "10:00"), ("MONDAY", "09:00", "10:00"))
    make.staff()

    slots = search(api, package, **{"from": "2027-03-12T00:00:00Z", "to": "2027-03-16T00:00:00Z"})

    assert [slot["sessionDate"] for slot in slots] == ["2027-03-12T14:00:00Z", "2027-03-15T13:00:00Z"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"to": instant(0, 0)}, "/to"),
        ({"to": instant(63, 0)}, "/to"),
        ({"from": "2027-03-01"}, "/from"),
        ({"packageId": 987_654_321}, "/packageId"),
        ({"staffId": 987_654_321}, "/staffId"),
        ({"roomId": 987_654_321}, "/roomId"),
    ],
    ids=str,
)
def test_a_search_that_makes_no_sense_is_invalid(
    api: ApiClient, package: dict[str, Any], query: dict[str, Any], pointer: str
) -> None:
    asked = {"from": instant(0, 0), "to": instant(1, 0), "packageId": package["id"], **query}

    refused = api.get("/bookings/availability", query_string=asked)

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, pointer)


def test_nothing_is_offered_that_can_no_longer_be_booked(
    api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    room, left, old = make.room(isActive=False), make.staff(status="INACTIVE"), make.package(isActive=False)

    for query, pointer in (
        ({"roomId": room["id"]}, "/roomId"),
        ({"staffId": left["id"]}, "/staffId"),
        ({"packageId": old["id"]}, "/packageId"),
    ):
        asked = {"from": instant(0, 0), "to": instant(1, 0), "packageId": package["id"], **query}
        refused = api.get("/bookings/availability", query_string=asked)
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, pointer)


# What a refusal offers


def test_a_refusal_offers_the_next_three_times_at_which_all_are_free(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    set_clock(conn, "UTC", ("MONDAY", "09:00", "12:30"), ("TUESDAY", "14:00", "15:30"))
    lena, kit, room = make.staff(), make.staff(), make.room()
    make.booking(lena, sessionDate=instant(hour=9), endsAt=instant(hour=10))
    make.booking(kit, sessionDate=instant(hour=10), endsAt=instant(hour=11))
    make.booking(roomId=room["id"], sessionDate=instant(hour=12), endsAt=instant(hour=13))

    refused = api.post(
        "/bookings",
        {
            "clientId": make.client()["id"],
            "sessionTypeId": package["id"],
            "sessionDate": instant(hour=9, minute=30),
            "location": "Studio",
            "roomId": room["id"],
            "assignedStaff": [{"staffId": lena["id"]}, {"staffId": kit["id"]}],
        },
    )

    assert refused.body["nextFree"] == [
        {"sessionDate": instant(hour=11), "endsAt": instant(hour=12)},
        {"sessionDate": instant(1, 14), "endsAt": instant(1, 15)},
        {"sessionDate": instant(1, 14, 30), "endsAt": instant(1, 15, 30)},
    ]
    # Each of them can be had.
    for offered in refused.body["nextFree"][:2]:
        make.booking(lena, kit, roomId=room["id"], sessionTypeId=package["id"], sessionDate=offered["sessionDate"])


def test_a_booking_that_is_moved_is_not_in_its_own_way(
    conn: Connection, api: ApiClient, make: Factory, package: dict[str, Any]
) -> None:
    set_clock(conn, "UTC", ("MONDAY", "09:00", "12:00"))
    person = make.staff()
    moved = make.booking(person, sessionTypeId=package["id"], sessionDate=instant(hour=10))
    make.booking(person, sessionTypeId=package["id"], sessionDate=instant(hour=11))

    refused = api.patch(f"/bookings/{moved['id']}", {"sessionDate": instant(hour=10, minute=30)})
    assert (refused.status, refused.body["nextFree"][0]["sessionDate"]) == (409, instant(7, 9))

    assert api.patch(f"/bookings/{moved['id']}", {"sessionDate": instant(hour=9, minute=30)}).status == 200


def test_a_refusal_looks_as_far_ahead_as_it_must_and_offers_the_length_that_was_asked_for(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    set_clock(conn, "UTC", ("MONDAY", "09:00", "12:00"))
    person = make.staff()
    make.booking(person, sessionDate=instant(), endsAt=instant(100))
    body = {"clientId": make.client()["id"], "sessionTypeId": make.package()["id"], "location": "Park"}
    when = {"sessionDate": instant(1, 10), "endsAt": instant(1, 10).replace(":00Z", ":30Z")}

    refused = api.post("/bookings", {**body, **when, "assignedStaff": [{"staffId": person["id"]}]})

    assert refused.body["nextFree"][0] == {
        "sessionDate": "2027-06-14T09:00:00Z",
        "endsAt": "2027-06-14T09:00:30Z",
    }
    assert len(refused.body["nextFree"]) == 3


# Local times


@pytest.mark.parametrize(
    ("local", "readings"),
    [
        ("2027-03-14T02:30", ["2027-03-14T06:30:00Z", "2027-03-14T07:30:00Z"]),
        ("2027-11-07T01:30", ["2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"]),
    ],
    ids=["skipped", "twice"],
)
def test_a_local_time_that_is_skipped_or_comes_twice_is_refused_with_both_readings(
    conn: Connection, api: ApiClient, make: Factory, local: str, readings: list[str]
) -> None:
    set_clock(conn, "America/New_York")
    booking = make.booking()
    body = {"clientId": booking["clientId"], "sessionTypeId": booking["sessionTypeId"], "location": "Park"}

    for refused in (
        api.post("/bookings", {**body, "localSessionDate": local}),
        api.patch(f"/bookings/{booking['id']}", {"localSessionDate": local}),
    ):
        [fault] = refused.body["errors"]
        assert (refused.status, fault["pointer"], fault["readings"]) == (422, "/localSessionDate", readings)


def test_a_local_time_is_that_of_the_studios_clock(conn: Connection, api: ApiClient, make: Factory) -> None:
    set_clock(conn, "America/New_York")
    booking = make.booking()

    for local, meant in (("2027-03-14T01:59", "2027-03-14T06:59:00Z"), ("2027-03-14T03:00", "2027-03-14T07:00:00Z")):
        moved = api.patch(f"/bookings/{booking['id']}", {"localSessionDate": local})
        assert moved.body["sessionDate"] == meant


def test_a_booking_is_given_one_start(api: ApiClient, make: Factory) -> None:
    body = {"clientId": make.client()["id"], "sessionTypeId": make.package()["id"], "location": "Park"}
    both = {"sessionDate": instant(), "localSessionDate": "2027-03-01T10:00"}

    for start, pointer in (({}, "/sessionDate"), (both, "/localSessionDate")):
        refused = api.post("/bookings", body | start)
        assert (refused.status, [fault["pointer"] for fault in refused.body["errors"]]) == (422, [pointer])


def test_a_booking_begins_and_ends_in_the_calendar(conn: Connection, api: ApiClient, make: Factory) -> None:
    set_clock(conn, "America/New_York")
    booking = make.booking()
    body = {"clientId": booking["clientId"], "sessionTypeId": booking["sessionTypeId"], "location": "Park"}

    for start in ({"localSessionDate": "2200-12-31T23:30"}, {"sessionDate": "2200-12-31T23:00:00Z"}):
        for refused in (api.post("/bookings", body | start), api.patch(f"/bookings/{booking['id']}", start)):
            assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/endsAt")


# Moving and reassigning at once


def test_a_booking_is_moved_and_given_to_others_at_once(api: ApiClient, make: Factory) -> None:
    lena, kit, mo = make.staff(), make.staff(), make.staff()
    make.booking(lena, sessionDate=instant(1))
    booking = make.booking(lena, kit)

    changed = api.patch(
        f"/bookings/{booking['id']}",
        {
            "sessionDate": instant(1),
            "assignedStaff": [{"staffId": kit["id"], "role": "Lead"}, {"staffId": mo["id"]}],
        },
    )

    assert (changed.status, changed.body["sessionDate"]) == (200, instant(1))
    people = {person["staffId"]: person["role"] for person in changed.body["assignedStaff"]}
    assert people == {kit["id"]: "Lead", mo["id"]: None}


def test_a_booking_that_cannot_be_given_to_somebody_stays_whose_it_is(api: ApiClient, make: Factory) -> None:
    lena, kit = make.staff(), make.staff()
    make.booking(kit)
    booking = make.booking(lena)
    left = make.staff(status="INACTIVE")

    for staff_id, code in ((kit["id"], "booking_conflict"), (left["id"], "staff_inactive"), (987_654_321, "invalid")):
        refused = api.patch(f"/bookings/{booking['id']}", {"assignedStaff": [{"staffId": staff_id}]})
        assert refused.body["code"] == code
    assert api.get(f"/bookings/{booking['id']}").body == booking


def test_the_same_people_named_again_change_nothing(api: ApiClient, make: Factory) -> None:
    lena, kit = make.staff(), make.staff()
    booking = make.booking(lena, kit)
    named = [{"staffId": person["id"]} for person in (kit, lena)]

    assert api.patch(f"/bookings/{booking['id']}", {"assignedStaff": named}).body == booking


@pytest.mark.parametrize("person", [{}, {"role": "Lead"}])
def test_somebody_who_is_named_halfway_is_nobody(api: ApiClient, make: Factory, person: dict[str, str]) -> None:
    refused = api.patch(f"/bookings/{make.booking()['id']}", {"assignedStaff": [person]})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/assignedStaff/0/staffId")
