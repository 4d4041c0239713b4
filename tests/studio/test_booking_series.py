"""Bookings that recur: a rule, a result for each of its days, all at once or not at all."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory, instant


@pytest.fixture
def series(make: Factory) -> dict[str, Any]:
    """Four Mondays from 1 March 2027 on, at ten, for an hour."""
    return {
        "clientId": make.client()["id"],
        "sessionTypeId": make.package(durationMinutes=60)["id"],
        "frequency": "WEEKLY",
        "startsOn": "2027-03-01",
        "startsAt": "10:00",
        "occurrences": 4,
        "location": "Studio",
    }


def book(api: ApiClient, series: dict[str, Any], on_conflict: str = "fail", **fields: Any) -> Answer:
    return api.post("/booking-series", {**series, **fields}, query_string={"onConflict": on_conflict})


def days_of(answer: Answer) -> list[str]:
    return [result["date"] for result in answer.body["results"]]


def test_a_session_is_booked_on_every_day_of_its_rule(api: ApiClient, make: Factory, series: dict[str, Any]) -> None:
    person, room = make.staff(), make.room()

    made = book(api, series, assignedStaff=[{"staffId": person["id"], "role": "Lead"}], roomId=room["id"])

    assert made.status == 201
    assert days_of(made) == ["2027-03-01", "2027-03-08", "2027-03-15", "2027-03-22"]
    page = api.get("/bookings", query_string={"seriesId": made.body["id"], "include": "total"}).body
    assert (page["total"], [row["id"] for row in page["data"]]) == (4, [r["bookingId"] for r in made.body["results"]])
    for row in page["data"]:
        assert (row["seriesId"], row["roomId"], row["status"]) == (made.body["id"], room["id"], "SCHEDULED")
        assert [(p["staffId"], p["role"]) for p in row["assignedStaff"]] == [(person["id"], "Lead")]
    read = api.get(f"/booking-series/{made.body['id']}").body
    assert read == {key: value for key, value in made.body.items() if key != "results"}
    assert [b["bookingId"] for b in read["bookings"]] == [row["id"] for row in page["data"]]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ({"frequency": "DAILY", "every": 3, "occurrences": 3}, ["2027-03-01", "2027-03-04", "2027-03-07"]),
        (
            {"weekdays": ["WEDNESDAY", "MONDAY"], "until": "2027-03-10", "occurrences": None},
            ["2027-03-01", "2027-03-03", "2027-03-08", "2027-03-10"],
        ),
        ({"every": 2, "occurrences": 2}, ["2027-03-01", "2027-03-15"]),
        ({"weekdays": ["FRIDAY"], "occurrences": 1}, ["2027-03-05"]),
        (
            # RFC 5545: a month without the day is left out.
            {"frequency": "MONTHLY", "startsOn": "2027-01-31", "occurrences": 3},
            ["2027-01-31", "2027-03-31", "2027-05-31"],
        ),
    ],
    ids=["every third day", "two weekdays until", "fortnightly", "another weekday", "monthly on the 31st"],
)
def test_a_rule_is_counted_out_as_calendars_do(
    api: ApiClient, series: dict[str, Any], rule: dict[str, Any], days: list[str]
) -> None:
    assert days_of(book(api, series, **rule)) == days


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"occurrences": None}, "/occurrences"),
        ({"until": "2027-04-01"}, "/occurrences"),
        ({"occurrences": None, "until": "2027-02-01"}, "/until"),
        ({"occurrences": 201}, "/occurrences"),
        ({"frequency": "DAILY", "weekdays": ["MONDAY"]}, "/weekdays"),
        ({"weekdays": ["MONTAG"]}, "/weekdays/0"),
        ({"startsAt": "25:00"}, "/startsAt"),
        ({"startsAt": "24:00"}, "/startsAt"),
        ({"frequency": "DAILY", "occurrences": None, "until": "2028-03-01"}, "/until"),
        ({"frequency": "MONTHLY", "every": 366, "occurrences": 7}, "/until"),
        ({"frequency": "MONTHLY", "every": 325, "startsOn": "2199-12-31", "occurrences": 200}, "/until"),
        ({"weekdays": ["SUNDAY"], "occurrences": None, "until": "2027-03-02"}, "/until"),
        ({"clientId": 987_654_321}, "/clientId"),
        ({"roomId": 987_654_321}, "/roomId"),
        ({"assignedStaff": [{"staffId": 987_654_321}]}, "/assignedStaff/0/staffId"),
    ],
    ids=str,
)
def test_a_series_that_makes_no_sense_is_invalid(
    api: ApiClient, series: dict[str, Any], fields: dict[str, Any], pointer: str
) -> None:
    refused = book(api, series, **fields)

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, pointer)


def test_a_series_keeps_its_time_of_day_across_the_change_of_the_clocks(
    conn: Connection, api: ApiClient, series: dict[str, Any]
) -> None:
    conn.execute("update studio_settings set time_zone = 'America/New_York'")

    made = book(api, series, occurrences=3)

    assert [result["sessionDate"] for result in made.body["results"]] == [
        "2027-03-01T15:00:00Z",
        "2027-03-08T15:00:00Z",
        "2027-03-15T14:00:00Z",
    ]


# A day that cannot be booked


def test_a_conflict_fails_the_whole_series_and_tells_of_every_day(
    api: ApiClient, make: Factory, series: dict[str, Any]
) -> None:
    person = make.staff()
    in_the_way = make.booking(person, sessionDate=instant(7), endsAt=instant(7, 11))

    refused = book(api, series, assignedStaff=[{"staffId": person["id"]}])

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")
    assert [conflict["bookingId"] for conflict in refused.body["conflicts"]] == [in_the_way["id"]]
    assert len(refused.body["nextFree"]) == 3
    assert [(r["date"], r["detail"] is None, r["bookingId"]) for r in refused.body["results"]] == [
        ("2027-03-01", True, None),
        ("2027-03-08", False, None),
        ("2027-03-15", True, None),
        ("2027-03-22", True, None),
    ]
    assert api.get("/bookings", query_string={"clientId": series["clientId"]}).body["data"] == []


def test_a_conflict_is_skipped_where_that_is_asked_for(api: ApiClient, make: Factory, series: dict[str, Any]) -> None:
    room = make.room()
    in_the_way = make.booking(roomId=room["id"], sessionDate=instant(7), endsAt=instant(7, 11))

    made = book(api, series, "skip", roomId=room["id"])

    assert made.status == 201
    skipped = made.body["results"][1]
    assert (skipped["bookingId"], [c["bookingId"] for c in skipped["conflicts"]]) == (None, [in_the_way["id"]])
    assert [booking["sessionDate"][:10] for booking in made.body["bookings"]] == [
        "2027-03-01",
        "2027-03-15",
        "2027-03-22",
    ]


def test_each_day_of_a_large_team_is_told_of(api: ApiClient, make: Factory, series: dict[str, Any]) -> None:
    people = [{"staffId": make.staff()["id"]} for _ in range(20)]
    daily = {**series, "frequency": "DAILY", "assignedStaff": people}
    assert book(api, daily, occurrences=60).status == 201

    made = book(api, daily, "skip", occurrences=62)

    assert [result["bookingId"] is None for result in made.body["results"]] == [True] * 60 + [False] * 2


def test_a_series_none_of_whose_days_can_be_booked_is_none(
    api: ApiClient, make: Factory, series: dict[str, Any]
) -> None:
    person = make.staff()
    make.booking(person, sessionDate=instant(0), endsAt=instant(60))

    refused = book(api, series, "skip", assignedStaff=[{"staffId": person["id"]}])

    assert (refused.status, refused.body["code"]) == (409, "booking_conflict")


def test_a_day_whose_local_time_is_none_is_refused_with_its_readings_or_skipped(
    conn: Connection, api: ApiClient, series: dict[str, Any]
) -> None:
    conn.execute("update studio_settings set time_zone = 'America/New_York'")
    rule: dict[str, Any] = {"startsOn": "2027-03-07", "startsAt": "02:30", "occurrences": 3}
    readings = ["2027-03-14T06:30:00Z", "2027-03-14T07:30:00Z"]

    refused = book(api, series, **rule)
    assert (refused.status, refused.body["errors"][0]["readings"]) == (422, readings)

    made = book(api, series, "skip", **rule)
    assert [result["bookingId"] is not None for result in made.body["results"]] == [True, False, True]
    assert made.body["results"][1]["readings"] == readings


def test_a_session_longer_than_the_time_to_the_next_is_in_its_own_way(
    api: ApiClient, make: Factory, series: dict[str, Any]
) -> None:
    person = make.staff()
    rule: dict[str, Any] = {
        "frequency": "DAILY",
        "durationMinutes": 36 * 60,
        "assignedStaff": [{"staffId": person["id"]}],
    }

    assert book(api, series, **rule).status == 409
    made = book(api, series, "skip", **rule)
    assert [result["bookingId"] is not None for result in made.body["results"]] == [True, False, True, False]


# Calling it off


def test_what_is_to_come_of_a_series_is_cancelled_and_what_has_been_stays(
    conn: Connection, api: ApiClient, make: Factory, series: dict[str, Any]
) -> None:
    person = make.staff()
    made = book(api, series, startsOn="2020-03-02", assignedStaff=[{"staffId": person["id"]}]).body
    first, second, third, fourth = (booking["bookingId"] for booking in made["bookings"])
    conn.execute(
        "update bookings set session_date = session_date + interval '20 years', ends_at = ends_at + interval '20 years'"
        " where id in (%s, %s)",
        [third, fourth],
    )
    assert api.patch(f"/bookings/{fourth}", {"status": "CANCELLED"}).status == 200

    cancelled = api.post(f"/booking-series/{made['id']}/cancel")

    statuses = {booking["bookingId"]: booking["status"] for booking in cancelled.body["bookings"]}
    assert statuses == {first: "SCHEDULED", second: "SCHEDULED", third: "CANCELLED", fourth: "CANCELLED"}
    assert api.post(f"/booking-series/{made['id']}/cancel").body == cancelled.body
    # The time is free again.
    assert api.get(f"/bookings/{third}").body["status"] == "CANCELLED"


def test_a_series_that_is_not_there_is_not_cancelled(api: ApiClient) -> None:
    assert api.post("/booking-series/987654321/cancel").status == 404


def test_every_booking_of_a_series_is_in_the_feed(api: ApiClient, series: dict[str, Any]) -> None:
    made = book(api, series).body

    feed = api.get("/activities", query_string={"clientId": series["clientId"]}).body["data"]

    assert [deed["kind"] for deed in feed] == ["BOOKING_SERIES_CREATED"] + ["BOOKING_CREATED"] * 4 + ["CLIENT_CREATED"]
    assert {deed["subjectId"] for deed in feed if deed["kind"] == "BOOKING_CREATED"} == {
        booking["bookingId"] for booking in made["bookings"]
    }


@pytest.mark.committed
def test_a_series_sent_twice_at_once_under_one_key_is_made_once(
    api: ApiClient, make: Factory, series: dict[str, Any], conn: Connection
) -> None:
    headers = {"Idempotency-Key": "weekly"}

    first = api.post("/booking-series", series, headers=headers)
    again = api.post("/booking-series", series, headers=headers)

    assert (first.status, again.body, again.headers["Idempotent-Replayed"]) == (201, first.body, "true")
    rows = conn.execute("select count(*) from bookings").fetchone()
    assert rows == {"count": 4}
