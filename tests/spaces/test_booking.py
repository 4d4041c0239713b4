"""How a space is booked: what can be had, for how much, and what is then left."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.client import Answer, ApiClient
from tests.spaces.marketplace import MONDAY, Marketplace, days_wished, wish


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def fault(answer: Answer) -> tuple[int, str]:
    """The status, and which field is at fault."""
    return answer.status, answer.body["errors"][0]["pointer"]


def test_a_booking_takes_its_units_of_each_slot_that_it_touches(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering, hours=(9, 14))

    answer = customer.post("/space-bookings", wish(offering, quantity=3))

    assert answer.status == 201
    booking = answer.body
    assert (booking["status"], booking["paymentStatus"], booking["holdExpiresAt"]) == ("CONFIRMED", "PENDING", None)
    assert (booking["startTime"], booking["endTime"], booking["lastDate"]) == ("10:00", "12:30", "2040-03-05")
    assert (booking["startsAt"], booking["endsAt"]) == ("2040-03-05T09:00:00Z", "2040-03-05T11:30:00Z")
    assert (booking["duration"], booking["unitPrice"], booking["totalPrice"]) == (2.5, "10.55", "79.13")
    assert answer.headers["Location"] == f"/api/v1/space-bookings/{booking['id']}"
    assert market.free(offering) == [3, 0, 0, 0, 3]


def test_a_number_is_short_unlike_any_other_and_tells_nothing(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering, units=10)

    numbers = {customer.post("/space-bookings", wish(offering)).body["bookingNumber"] for _ in range(10)}

    assert len(numbers) == 10
    assert all(len(number) == 15 and number.startswith("SP-") for number in numbers)


def test_bookings_that_meet_do_not_clash(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering, units=1)

    hours = [("09:00", "10:00"), ("10:00", "11:00"), ("11:00", "12:30")]
    answers = [customer.post("/space-bookings", wish(offering, startTime=a, endTime=b)) for a, b in hours]

    assert [answer.status for answer in answers] == [201, 201, 201]


@pytest.mark.parametrize(
    ("hours", "taken"),
    [
        (("12:00", "13:00"), "the last slot it touches"),
        (("10:00", "12:30"), "the same"),
        (("09:00", "18:00"), "around it"),
        (("11:00", "12:00"), "within it"),
    ],
)
def test_what_overlaps_a_booking_of_the_last_unit_is_refused(
    market: Marketplace, customer: ApiClient, hours: tuple[str, str], taken: str
) -> None:
    offering = market.offering()
    market.slots(offering, units=1)
    assert customer.post("/space-bookings", wish(offering)).status == 201

    refused = customer.post("/space-bookings", wish(offering, startTime=hours[0], endTime=hours[1]))

    assert code(refused) == (409, "not_free"), taken
    assert sum(market.free(offering)) == 10 - 3


def test_without_a_slot_for_all_of_the_time_nothing_is_booked(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slot(offering, MONDAY, 10, 11)
    market.slot(offering, MONDAY, 12, 13)

    gap = customer.post("/space-bookings", wish(offering))
    before = customer.post("/space-bookings", wish(offering, startTime="09:30", endTime="11:00"))
    another_day = customer.post("/space-bookings", wish(offering, bookingDate="2040-03-06"))
    market.slot(offering, MONDAY, 11, 12)
    filled = customer.post("/space-bookings", wish(offering))

    assert [code(answer) for answer in (gap, before, another_day)] == [(409, "not_free")] * 3
    assert filled.status == 201


def test_what_is_blocked_is_not_booked(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering, hours=(10, 12))
    market.slot(offering, MONDAY, 12, 13, blocked=True)

    assert code(customer.post("/space-bookings", wish(offering))) == (409, "not_free")
    assert customer.post("/space-bookings", wish(offering, endTime="12:00")).status == 201


def test_no_more_is_booked_than_there_is(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering, units=3)

    answer = customer.post("/space-bookings", wish(offering, quantity=4))

    assert (code(answer), answer.body["detail"]) == ((409, "not_free"), "Of 4, 3 are free all that time.")
    assert market.free(offering) == [3] * 10


def test_the_night_ends_at_24(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering, hours=(22, 24))

    booking = customer.post("/space-bookings", wish(offering, startTime="22:30", endTime="24:00")).body
    cancelled = customer.post(f"/space-bookings/{booking['id']}/cancel")

    assert (booking["endTime"], booking["endsAt"], booking["duration"]) == ("24:00", "2040-03-05T23:00:00Z", 1.5)
    assert cancelled.status == 200


# What is past, as it is seen at the branch


def test_a_time_that_has_come_is_not_booked(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering(branch_id=market.branch(time_zone="UTC"))
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    market.slots(offering, yesterday)

    refused = customer.post("/space-bookings", wish(offering, bookingDate=yesterday.isoformat()))

    assert fault(refused) == (422, "/startTime")


@pytest.mark.parametrize(("zone", "ahead"), [("Pacific/Kiritimati", 14), ("Pacific/Niue", -11)])
def test_a_day_is_over_when_it_is_over_at_the_branch(
    market: Marketplace, customer: ApiClient, zone: str, ahead: int
) -> None:
    offering = market.offering(branch_id=market.branch(time_zone=zone), price_unit="DAY")
    today = (datetime.now(UTC) + timedelta(hours=ahead)).date()
    market.slots(offering, today, days=2)
    market.slots(offering, today - timedelta(days=1))

    assert fault(customer.post("/space-bookings", days_wished(offering, today - timedelta(days=1), 1))) == (
        422,
        "/bookingDate",
    )
    assert customer.post("/space-bookings", days_wished(offering, today, 2)).status == 201


# Days, weeks, months


def test_days_take_all_slots_of_theirs(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering(price_unit="DAY", price_per_unit="80.00")
    market.slots(offering, days=4, hours=(9, 11))

    booking = customer.post("/space-bookings", days_wished(offering, MONDAY, 3, quantity=2)).body

    assert (booking["bookingDate"], booking["lastDate"], booking["totalPrice"]) == (
        "2040-03-05",
        "2040-03-07",
        "480.00",
    )
    assert (booking["startsAt"], booking["endsAt"]) == ("2040-03-05T08:00:00Z", "2040-03-07T10:00:00Z")
    assert market.free(offering) == [1] * 6 + [3] * 2


def test_a_week_with_a_day_that_is_not_offered_is_not_booked(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering(price_unit="WEEK")
    market.slots(offering, days=6, hours=(9, 10))

    assert code(customer.post("/space-bookings", days_wished(offering, MONDAY, 1))) == (409, "not_free")
    market.slots(offering, MONDAY + timedelta(days=6), hours=(9, 10))
    booking = customer.post("/space-bookings", days_wished(offering, MONDAY, 1)).body
    assert (booking["lastDate"], booking["totalPrice"]) == ("2040-03-11", "10.55")


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2041, 1, 31), 1, "2041-02-27"),
        (date(2040, 1, 31), 1, "2040-02-28"),
        (date(2041, 1, 31), 2, "2041-03-30"),
        (date(2041, 2, 28), 1, "2041-03-27"),
        (date(2040, 12, 15), 2, "2041-02-14"),
    ],
)
def test_a_month_ends_before_its_day_comes_again_or_before_the_months_last(
    market: Marketplace, customer: ApiClient, first: date, months: int, last: str
) -> None:
    offering = market.offering(price_unit="MONTH", price_per_unit="300.00")

    quote = customer.post("/space-bookings/quote", days_wished(offering, first, months)).body

    assert (quote["lastDate"], quote["totalPrice"], quote["isBookable"]) == (last, f"{300 * months}.00", False)


# Where the clocks are changed


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Amsterdam", date(2040, 3, 25), 3.0),
        ("Europe/Amsterdam", date(2040, 10, 28), 5.0),
        ("America/New_York", date(2040, 3, 11), 3.0),
        ("America/New_York", date(2040, 11, 4), 5.0),
        ("Asia/Amman", date(2040, 3, 25), 4.0),  # its clocks are not changed any more
    ],
)
def test_an_hour_that_is_skipped_costs_nothing_and_one_that_comes_again_costs_again(
    market: Marketplace, customer: ApiClient, zone: str, day: date, hours: float
) -> None:
    offering = market.offering(branch_id=market.branch(time_zone=zone), price_per_unit="10.00")
    market.slot(offering, day, 0, 6)

    booking = customer.post(
        "/space-bookings", wish(offering, bookingDate=day.isoformat(), startTime="00:30", endTime="04:30")
    ).body

    assert (booking["duration"], booking["totalPrice"]) == (hours, f"{10 * hours:.2f}")


@pytest.mark.parametrize(("day", "start"), [(date(2040, 3, 25), "02:30"), (date(2040, 10, 28), "02:30")])
def test_a_time_that_is_none_or_two_is_refused(market: Marketplace, customer: ApiClient, day: date, start: str) -> None:
    offering = market.offering()
    market.slot(offering, day, 0, 6)

    refused = customer.post(
        "/space-bookings", wish(offering, bookingDate=day.isoformat(), startTime=start, endTime="05:00")
    )

    assert fault(refused) == (422, "/startTime")


@pytest.fixture
def zone_of_the_machine(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the time zone of the process, and of the database for all connections to come."""

    def change(zone: str) -> None:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        database = conn.info.dbname
        conn.execute(f"alter database {database} set timezone to '{zone}'".encode())

    yield change
    monkeypatch.undo()
    time.tzset()


@pytest.mark.committed
@pytest.mark.own_database
@pytest.mark.parametrize("zone", ["UTC", "Asia/Amman"])
def test_what_is_booked_does_not_depend_on_where_the_server_is(
    request: pytest.FixtureRequest,
    zone_of_the_machine: Callable[[str], None],
    market: Marketplace,
    zone: str,
) -> None:
    zone_of_the_machine(zone)
    customer: ApiClient = request.getfixturevalue("api").by_role("CUSTOMER")
    offering = market.offering(branch_id=market.branch(time_zone="America/New_York"))
    market.slots(offering, hours=(20, 24))

    booking = customer.post("/space-bookings", wish(offering, startTime="20:00", endTime="24:00")).body
    listed = customer.get("/space-bookings", query_string={"from": booking["startsAt"], "to": booking["endsAt"]})

    assert (booking["bookingDate"], booking["startTime"], booking["endTime"]) == ("2040-03-05", "20:00", "24:00")
    assert (booking["startsAt"], booking["endsAt"]) == ("2040-03-06T01:00:00Z", "2040-03-06T05:00:00Z")
    assert listed.body["data"] == [booking]


# What is asked for wrongly, and what is not let


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"startTime": "12:30", "endTime": "12:30"}, "/endTime"),
        ({"startTime": "13:00"}, "/endTime"),
        ({"duration": 2}, "/duration"),
        ({"quantity": 0}, "/quantity"),
        ({"bookingDate": "2041-02-29"}, "/bookingDate"),
        ({"startTime": "10:60"}, "/startTime"),
        ({"paymentMethod": "IOU"}, "/paymentMethod"),
        ({"vendorServiceId": 987654321}, "/vendorServiceId"),
        ({"endTime": "10:30"}, "/endTime"),
        ({"endTime": "14:30"}, "/endTime"),
        ({"totalPrice": "0.01"}, "/totalPrice"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_and_has_no_quote(
    market: Marketplace, customer: ApiClient, asked: dict[str, Any], pointer: str
) -> None:
    offering = market.offering(min_booking_duration=1, max_booking_duration=4)
    market.slots(offering)

    answers = [customer.post(path, wish(offering) | asked) for path in ("/space-bookings", "/space-bookings/quote")]

    assert [fault(answer) for answer in answers] == [(422, pointer)] * 2


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"duration": None}, "/duration"),
        ({"startTime": "10:00"}, "/startTime"),
        ({"duration": 1}, "/duration"),
        ({"duration": 8}, "/duration"),
        ({"duration": 366, "bookingDate": "2200-12-31"}, "/duration"),
    ],
)
def test_days_are_asked_for_by_their_number(
    market: Marketplace, customer: ApiClient, asked: dict[str, Any], pointer: str
) -> None:
    offering = market.offering(price_unit="DAY", min_booking_duration=2, max_booking_duration=7)
    market.slots(offering, days=8)

    refused = customer.post("/space-bookings", days_wished(offering, MONDAY, 3) | asked)

    assert fault(refused) == (422, pointer)


def test_a_price_beyond_all_measure_is_refused(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering(price_per_unit="9999999999.99")
    market.slots(offering, units=10_000)

    refused = customer.post("/space-bookings", wish(offering, quantity=10_000))

    assert fault(refused) == (422, "/quantity")


def test_what_is_no_longer_offered_is_not_booked_but_has_a_price(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering(is_active=False)
    market.slots(offering)

    quote = customer.post("/space-bookings/quote", wish(offering)).body

    assert code(customer.post("/space-bookings", wish(offering))) == (409, "not_offered")
    assert (quote["isBookable"], quote["reason"], quote["totalPrice"]) == (False, "It is no longer offered.", "26.38")


@pytest.mark.parametrize(
    "hide",
    [
        "update branches set status = 'SUSPENDED'",
        "update branches set status = 'PENDING'",
        "update auth_users set status = 'SUSPENDED' where role = 'VENDOR'",
    ],
)
def test_what_the_public_is_not_shown_is_not_there_to_book(
    conn: Connection, market: Marketplace, customer: ApiClient, hide: str
) -> None:
    offering = market.offering()
    market.slots(offering)
    conn.execute(hide.encode())

    answers = [customer.post(path, wish(offering)) for path in ("/space-bookings", "/space-bookings/quote")]

    assert [fault(answer) for answer in answers] == [(422, "/vendorServiceId")] * 2


def test_whoever_is_not_let_in_yet_books_nothing(market: Marketplace, api: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering)

    refused = api.by_token(market.stranger(status="PENDING")).post("/space-bookings", wish(offering))

    assert code(refused) == (403, "forbidden")


# What is asked without effect


def test_a_quote_says_what_a_booking_would_cost_and_takes_nothing(
    conn: Connection, market: Marketplace, customer: ApiClient
) -> None:
    offering = market.offering()
    market.slots(offering, units=3)

    can, cannot = (customer.post("/space-bookings/quote", wish(offering, quantity=n)) for n in (3, 4))

    assert can.status == 200
    assert can.body == {
        "isBookable": True,
        "reason": None,
        "vendorServiceId": offering,
        "bookingDate": "2040-03-05",
        "lastDate": "2040-03-05",
        "quantity": 3,
        "duration": 2.5,
        "priceUnit": "HOUR",
        "unitPrice": "10.55",
        "totalPrice": "79.13",
        "currency": "USD",
    }
    assert (cannot.body["isBookable"], cannot.body["reason"]) == (False, "Of 4, 3 are free all that time.")
    assert market.free(offering) == [3] * 10
    assert market.one("select count(*) from space_bookings")["count"] == 0


def test_a_booking_keeps_the_price_and_the_terms_it_was_sold_at(
    conn: Connection, market: Marketplace, customer: ApiClient
) -> None:
    offering = market.offering()
    market.slots(offering)
    booking = customer.post("/space-bookings", wish(offering)).body

    conn.execute("update vendor_services set price_per_unit = 99, free_cancel_hours = 8760")

    kept = customer.get(f"/space-bookings/{booking['id']}").body
    assert (kept["unitPrice"], kept["totalPrice"], kept["freeCancelHours"]) == ("10.55", "26.38", 24)


def test_a_booking_that_is_sent_again_under_its_key_is_made_once(market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering, units=3, hours=(10, 13))

    answers = [customer.post("/space-bookings", wish(offering), headers={"Idempotency-Key": "once"}) for _ in range(2)]

    assert answers[0].body == answers[1].body
    assert market.free(offering) == [2, 2, 2]


def test_all_bookings_leave_what_is_free_true(conn: Connection, market: Marketplace, customer: ApiClient) -> None:
    offering = market.offering()
    market.slots(offering)
    for method in ("CASH", "CARD", "APPLE_PAY"):
        assert customer.post("/space-bookings", wish(offering, paymentMethod=method)).status == 201

    assert broken_invariants(conn) == []
    conn.execute("update availability set available_units = 3")
    assert len(broken_invariants(conn)) == 3
