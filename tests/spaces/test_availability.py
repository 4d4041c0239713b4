"""Slots: published in bulk by the clock at the branch, changed one by one; what is held of them stays held."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.spaces.booked import hold, pointers

# A Monday.
DAY = {"fromDate": "2040-01-02", "toDate": "2040-01-02", "startTime": "09:00", "endTime": "12:00"}
HOURLY = {**DAY, "slotMinutes": 60, "totalUnits": 3}


@pytest.fixture
def vendor(api: ApiClient) -> ApiClient:
    return api.by_role("VENDOR")


def publish(vendor: ApiClient, offering: dict[str, Any], **fields: Any) -> Answer:
    return vendor.post(f"/vendor/services/{offering['id']}/availability", {**HOURLY, **fields})


def times(vendor: ApiClient, offering: dict[str, Any]) -> list[str]:
    slots = vendor.get(f"/vendor/services/{offering['id']}/availability?limit=200").body["data"]
    return [f"{slot['startTime']}-{slot['endTime']}" for slot in slots]


# Publishing


def test_slots_follow_one_another_on_each_of_the_days(vendor: ApiClient, make: Factory) -> None:
    offering = make.offering()

    published = publish(vendor, offering, toDate="2040-01-08", weekdays=["MONDAY", "SUNDAY"], slotMinutes=90)

    assert (published.status, published.body) == (200, {"published": 4, "skipped": 0})
    assert times(vendor, offering) == ["09:00-10:30", "10:30-12:00"] * 2
    slots = vendor.get(f"/vendor/services/{offering['id']}/availability").body["data"]
    assert {slot["date"] for slot in slots} == {"2040-01-02", "2040-01-08"}
    assert {(slot["totalUnits"], slot["availableUnits"], slot["isBlocked"]) for slot in slots} == {(3, 3, False)}


def test_what_is_there_already_is_left_as_it_is(vendor: ApiClient, make: Factory) -> None:
    offering = make.offering()
    make.slots(offering, startTime="09:30", endTime="10:30", totalUnits=1)

    again = publish(vendor, offering)

    assert again.body == {"published": 1, "skipped": 2}
    assert times(vendor, offering) == ["09:30-10:30", "11:00-12:00"]


def test_a_day_ends_at_24_00(vendor: ApiClient, make: Factory) -> None:
    offering = make.offering()

    published = publish(vendor, offering, startTime="00:00", endTime="24:00", slotMinutes=1440, toDate="2040-12-31")

    assert published.body == {"published": 365, "skipped": 0}
    assert {*times(vendor, offering)} == {"00:00-24:00"}


def test_slots_of_a_period_are_listed(vendor: ApiClient, make: Factory) -> None:
    offering = make.offering()
    publish(vendor, offering, toDate="2040-01-05", endTime="10:00")
    path = f"/vendor/services/{offering['id']}/availability"

    listed = vendor.get(f"{path}?from=2040-01-03&to=2040-01-04&include=total").body

    assert ([slot["date"] for slot in listed["data"]], listed["total"]) == (["2040-01-03", "2040-01-04"], 2)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"toDate": "2040-01-01"}, "/toDate"),
        ({"toDate": "2041-01-03"}, "/toDate"),
        ({"endTime": "09:00"}, "/endTime"),
        ({"startTime": "24:00", "endTime": "24:00"}, "/endTime"),
        ({"slotMinutes": 14}, "/slotMinutes"),
        ({"slotMinutes": 1441}, "/slotMinutes"),
        ({"slotMinutes": 50}, "/slotMinutes"),
        ({"totalUnits": 4}, "/totalUnits"),
        ({"totalUnits": -1}, "/totalUnits"),
        ({"weekdays": ["FUNDAY"]}, "/weekdays/0"),
        ({"fromDate": "2026-01-01", "toDate": "2026-01-02"}, "/fromDate"),
        ({"availableUnits": 3}, "/availableUnits"),
    ],
)
def test_what_cannot_be_published_is_told_at_its_pointer(
    vendor: ApiClient, make: Factory, wrong: dict[str, Any], pointer: str
) -> None:
    refused = publish(vendor, make.offering(), **wrong)

    assert (refused.status, pointers(refused)) == (422, [pointer])


# Where the clocks are changed


SPRING, AUTUMN = "2040-03-11", "2040-11-04"


@pytest.fixture(params=["UTC", "Asia/Kathmandu"])
def published(request: pytest.FixtureRequest, conn: Connection, vendor: ApiClient, make: Factory) -> Any:
    """Publish something new at a branch in a time zone, whatever the server takes the time to be; what became of it."""

    def publish_in(zone: str, **fields: Any) -> tuple[dict[str, int], list[dict[str, Any]]]:
        offering = make.offering(make.branch(timeZone=zone))
        conn.execute(f"set local timezone = '{request.param}'".encode())
        answer = publish(vendor, offering, **fields)
        conn.execute("set local timezone = 'UTC'")
        return answer.body, vendor.get(f"/vendor/services/{offering['id']}/availability").body["data"]

    return publish_in


def test_an_hour_that_the_clock_skips_is_left_out(published: Any) -> None:
    told, slots = published("America/New_York", fromDate=SPRING, toDate=SPRING, startTime="00:00", endTime="05:00")

    assert told == {"published": 4, "skipped": 1}
    assert [(slot["startTime"], slot["startsAt"], slot["endsAt"]) for slot in slots] == [
        ("00:00", "2040-03-11T05:00:00Z", "2040-03-11T06:00:00Z"),
        ("01:00", "2040-03-11T06:00:00Z", "2040-03-11T07:00:00Z"),
        ("03:00", "2040-03-11T07:00:00Z", "2040-03-11T08:00:00Z"),
        ("04:00", "2040-03-11T08:00:00Z", "2040-03-11T09:00:00Z"),
    ]


def test_a_slot_that_begins_or_ends_within_the_skipped_hour_is_left_out(published: Any) -> None:
    day = {"fromDate": SPRING, "toDate": SPRING, "startTime": "00:00", "endTime": "06:00"}

    _told, slots = published("America/New_York", **day, slotMinutes=90)

    assert [f"{slot['startTime']}-{slot['endTime']}" for slot in slots] == ["00:00-01:30", "03:00-04:30", "04:30-06:00"]


def test_of_an_hour_that_comes_twice_slots_are_in_the_second(published: Any) -> None:
    told, slots = published("America/New_York", fromDate=AUTUMN, toDate=AUTUMN, startTime="00:00", endTime="03:00")

    assert told == {"published": 3, "skipped": 0}
    assert [(slot["startTime"], slot["startsAt"], slot["endsAt"]) for slot in slots] == [
        ("00:00", "2040-11-04T04:00:00Z", "2040-11-04T06:00:00Z"),
        ("01:00", "2040-11-04T06:00:00Z", "2040-11-04T07:00:00Z"),
        ("02:00", "2040-11-04T07:00:00Z", "2040-11-04T08:00:00Z"),
    ]


def test_where_the_day_begins_with_a_skipped_hour_whole_days_are_left_out_and_hours_are_not(
    vendor: ApiClient, make: Factory
) -> None:
    branch = make.branch(timeZone="Africa/Cairo")
    whole, hourly = make.offering(branch), make.offering(branch)
    day = {"fromDate": "2040-04-27", "toDate": "2040-04-27", "startTime": "00:00", "endTime": "24:00"}

    days, hours = publish(vendor, whole, **day, slotMinutes=1440), publish(vendor, hourly, **day)

    assert (days.body, hours.body) == ({"published": 0, "skipped": 1}, {"published": 23, "skipped": 1})


def test_where_clocks_are_never_changed_any_more_every_hour_is_there(published: Any) -> None:
    year = {"fromDate": "2040-01-01", "toDate": "2040-12-31", "startTime": "00:00", "endTime": "24:00"}

    told, slots = published("Asia/Amman", **year, slotMinutes=240)

    assert told == {"published": 366 * 6, "skipped": 0}
    assert (slots[0]["startsAt"], slots[0]["endsAt"]) == ("2039-12-31T21:00:00Z", "2040-01-01T01:00:00Z")


# One by one


def test_the_free_units_follow_the_total(vendor: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering()
    path = f"/vendor/availability/{make.slots(offering, endTime='10:00')[0]['id']}"
    hold(conn, offering, quantity=2)

    changed = vendor.patch(path, {"totalUnits": 2})

    assert (changed.body["totalUnits"], changed.body["availableUnits"]) == (2, 0)
    assert vendor.patch(path, {"totalUnits": 3}).body["availableUnits"] == 1


def test_what_is_held_cannot_be_taken_away(vendor: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering()
    path = f"/vendor/availability/{make.slots(offering, endTime='10:00')[0]['id']}"
    hold(conn, offering, quantity=2)

    refused = vendor.patch(path, {"totalUnits": 1})

    assert (refused.status, refused.body["code"]) == (409, "units_held")
    assert vendor.get(path).body["availableUnits"] == 1


def test_a_slot_has_no_more_units_than_there_are_and_free_ones_are_not_written(
    vendor: ApiClient, make: Factory
) -> None:
    path = f"/vendor/availability/{make.slots(make.offering())[0]['id']}"

    assert pointers(vendor.patch(path, {"totalUnits": 4})) == ["/totalUnits"]
    assert pointers(vendor.patch(path, {"availableUnits": 1})) == ["/availableUnits"]


def test_a_blocked_slot_keeps_what_is_booked(vendor: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering()
    path = f"/vendor/availability/{make.slots(offering, endTime='10:00')[0]['id']}"
    hold(conn, offering)

    blocked = vendor.patch(path, {"isBlocked": True})

    assert (blocked.body["isBlocked"], blocked.body["totalUnits"], blocked.body["availableUnits"]) == (True, 3, 2)


def test_a_slot_that_a_booking_has_ever_held_stays(vendor: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering()
    held, free = make.slots(offering)
    hold(conn, offering)
    conn.execute("update space_bookings set status = 'CANCELLED', cancelled_at = now()")

    refused = vendor.delete(f"/vendor/availability/{held['id']}")
    removed = vendor.delete(f"/vendor/availability/{free['id']}")

    assert (refused.status, refused.body["code"], removed.status) == (409, "slot_in_use", 204)
