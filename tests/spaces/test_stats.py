"""What spaces came to: a vendor's, and everybody's."""

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.spaces.booked import hold, pointers
from tests.vendors import sign_in_vendor

JANUARY = "from=2040-01-01&to=2040-01-31"


def test_figures_are_of_what_was_booked_paid_and_published(api: ApiClient, make: Factory, conn: Connection) -> None:
    offering = make.offering()
    make.slots(offering)
    paid, given_up = hold(conn, offering, quantity=2), hold(conn, offering, "CARD")
    conn.execute(
        "insert into space_payments (booking_id, amount, currency, payment_method, status, refunded_amount, paid_at)"
        " values (%s, 20, 'USD', 'CASH', 'PAID', 5, now()), (%s, 20, 'USD', 'CASH', 'FAILED', 0, null)",
        [paid, paid],
    )

    before = api.by_role("VENDOR").get(f"/vendor/stats?{JANUARY}").body
    conn.execute("update availability set is_blocked = true where start_time = '10:00'")
    blocked = api.by_role("VENDOR").get(f"/vendor/stats?{JANUARY}").body

    assert {row["status"]: row["bookingCount"] for row in before["bookings"]} == {
        "PENDING": 1,
        "CONFIRMED": 1,
        "COMPLETED": 0,
        "CANCELLED": 0,
        "NO_SHOW": 0,
    }
    assert (before["revenue"], before["currency"]) == ("15.00", "USD")
    assert (before["publishedHours"], before["soldHours"], before["occupancyPercent"]) == (6.0, 3.0, 50.0)
    assert (blocked["publishedHours"], blocked["soldHours"], blocked["occupancyPercent"]) == (3.0, 3.0, 100.0)
    [service] = before["services"]
    assert (service["vendorServiceId"], service["bookingCount"], service["revenue"]) == (offering["id"], 2, "15.00")
    assert given_up != paid


def test_a_vendor_is_told_of_their_own_and_an_administrator_of_everybodys(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    token = sign_in_vendor(conn)
    make.slots(make.offering())
    theirs = Factory(api, token)
    theirs.slots(theirs.offering(), endTime="10:00")

    hours = [
        caller.get(f"{path}?{JANUARY}").body["publishedHours"]
        for caller, path in (
            (api.by_role("VENDOR"), "/vendor/stats"),
            (api.by_token(token), "/vendor/stats"),
            (api, "/admin/spaces/stats"),
        )
    ]

    assert hours == [6.0, 3.0, 9.0]


def test_where_nothing_is_published_nothing_is_occupied(api: ApiClient) -> None:
    body = api.by_role("VENDOR").get("/vendor/stats").body

    assert (body["revenue"], body["publishedHours"], body["occupancyPercent"], body["services"]) == (
        "0.00",
        0,
        None,
        [],
    )


@pytest.mark.parametrize("asked", ["from=2040-02-01&to=2040-01-31", "from=2040-01-01&to=2050-01-02"])
def test_a_period_ends_after_it_begins_and_is_at_most_ten_years(api: ApiClient, asked: str) -> None:
    assert pointers(api.get(f"/admin/spaces/stats?{asked}")) == ["/to"]
