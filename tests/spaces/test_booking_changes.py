"""What becomes of a booking: who confirms, completes and cancels it, who sees it, and what time alone does."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from photolens import tasks
from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.client import Answer, ApiClient
from tests.spaces.marketplace import Marketplace, event_of, tell, wish

STATUSES = ("PENDING", "CONFIRMED", "COMPLETED", "CANCELLED", "NO_SHOW")
DEEDS = {"confirm": "CONFIRMED", "complete": "COMPLETED", "no-show": "NO_SHOW", "cancel": "CANCELLED"}


@pytest.fixture
def offering(market: Marketplace) -> int:
    """What waits for the vendor's word, and gives back half of the price of what is cancelled late."""
    offering = market.offering(auto_accept=False, late_refund_percent=50)
    market.slots(offering, hours=(10, 13))
    return offering


@pytest.fixture
def pending(offering: int, customer: ApiClient) -> dict[str, Any]:
    booking: dict[str, Any] = customer.post("/space-bookings", wish(offering)).body
    return booking


@pytest.fixture
def confirmed(pending: dict[str, Any], vendor: ApiClient) -> dict[str, Any]:
    booking: dict[str, Any] = vendor.post(f"/space-bookings/{pending['id']}/confirm").body
    return booking


@pytest.fixture
def paid(offering: int, customer: ApiClient, gateway: ApiClient) -> dict[str, Any]:
    """A booking of 26.38 that has been paid online."""
    booking = customer.post("/space-bookings", wish(offering, paymentMethod="CARD")).body
    payment = customer.post(f"/space-bookings/{booking['id']}/payments").body
    assert tell(gateway, event_of(payment, "paid")).status == 200
    paid: dict[str, Any] = customer.get(f"/space-bookings/{booking['id']}").body
    return paid


def do(api: ApiClient, booking: dict[str, Any], deed: str) -> Answer:
    return api.post(f"/space-bookings/{booking['id']}/{deed}")


def code(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


# Statuses


def test_a_booking_in_cash_waits_for_the_vendors_word_until_it_would_begin(
    pending: dict[str, Any], vendor: ApiClient
) -> None:
    confirmed = do(vendor, pending, "confirm").body

    assert (pending["status"], pending["holdExpiresAt"]) == ("PENDING", pending["startsAt"])
    assert (confirmed["status"], confirmed["holdExpiresAt"], confirmed["paymentStatus"]) == (
        "CONFIRMED",
        None,
        "PENDING",
    )


def test_from_each_status_it_goes_only_where_it_may(
    conn: Connection, market: Marketplace, confirmed: dict[str, Any], vendor: ApiClient
) -> None:
    market.move(confirmed, timedelta(hours=3))
    went = set()
    for status in STATUSES:
        cancelled_at = "now()" if status == "CANCELLED" else "null"
        conn.execute(f"update space_bookings set status = '{status}', cancelled_at = {cancelled_at}".encode())
        for deed, to in DEEDS.items():
            conn.execute("savepoint asked")
            answer = do(vendor, confirmed, deed)
            conn.execute("rollback to savepoint asked")
            if answer.status == 200:
                assert answer.body["status"] == to
                went.add((status, to))
            else:
                assert code(answer) == (409, "illegal_transition")

    assert went == {
        ("PENDING", "CONFIRMED"),
        ("PENDING", "CANCELLED"),
        ("CONFIRMED", "COMPLETED"),
        ("CONFIRMED", "CANCELLED"),
        ("CONFIRMED", "NO_SHOW"),
    }


def test_it_is_complete_from_its_end_on(market: Marketplace, confirmed: dict[str, Any], vendor: ApiClient) -> None:
    market.move(confirmed, timedelta(hours=2))
    early = do(vendor, confirmed, "complete")
    market.move(confirmed, timedelta(hours=2, minutes=30))

    assert code(early) == (409, "too_early")
    assert do(vendor, confirmed, "complete").body["status"] == "COMPLETED"


def test_nobody_has_come_from_a_quarter_of_an_hour_after_its_start_on(
    market: Marketplace, confirmed: dict[str, Any], vendor: ApiClient
) -> None:
    market.move(confirmed, timedelta(minutes=14))
    early = do(vendor, confirmed, "no-show")
    market.move(confirmed, timedelta(minutes=15))

    assert code(early) == (409, "too_early")
    assert do(vendor, confirmed, "no-show").body["status"] == "NO_SHOW"


# Who


@pytest.mark.parametrize("deed", ["confirm", "complete", "no-show"])
def test_what_the_vendor_decides_the_customer_does_not(pending: dict[str, Any], customer: ApiClient, deed: str) -> None:
    assert code(do(customer, pending, deed)) == (403, "forbidden")


@pytest.mark.parametrize("role", ["OWNER", "ADMIN", "VENDOR"])
def test_the_vendor_and_whoever_looks_after_all_bookings_decide(
    pending: dict[str, Any], api: ApiClient, role: str
) -> None:
    assert do(api.by_role(role), pending, "confirm").status == 200


def test_a_booking_is_there_for_its_customer_its_vendor_and_admins_and_nobody_else(
    market: Marketplace, pending: dict[str, Any], api: ApiClient
) -> None:
    shown = ("CUSTOMER", "VENDOR", "OWNER", "ADMIN")
    strangers = [api.by_role(role) for role in ("PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER")]
    strangers += [api.by_token(market.stranger(role)) for role in ("CUSTOMER", "VENDOR")]

    for caller in (api.by_role(role) for role in shown):
        assert caller.get(f"/space-bookings/{pending['id']}").body == pending
        assert caller.get("/space-bookings").body["data"] == [pending]
        assert caller.get(f"/space-bookings/{pending['id']}/payments").status == 200
    for caller in strangers:
        assert caller.get("/space-bookings", query_string={"include": "total"}).body == {
            "data": [],
            "nextCursor": None,
            "total": 0,
        }
        payment = market.one("select id from space_payments")["id"]
        for method, path in (
            ("GET", "/space-bookings/{}"),
            ("GET", "/space-bookings/{}/payments"),
            ("POST", "/space-bookings/{}/payments"),
            *(("POST", f"/space-bookings/{{}}/{deed}") for deed in DEEDS),
            ("POST", "/space-payments/{}/collect"),
            ("POST", "/space-payments/{}/refund"),
        ):
            row_id = payment if "payments/{}" in path else pending["id"]
            foreign, absent = (caller.request(method, path.format(each)) for each in (row_id, 987654321))
            assert code(foreign) == (404, "not_found")
            assert foreign.body["detail"].replace(str(row_id), "#") == absent.body["detail"].replace("987654321", "#")


def test_whoever_was_let_in_and_is_not_any_more_decides_nothing(
    conn: Connection, pending: dict[str, Any], vendor: ApiClient
) -> None:
    conn.execute("update auth_users set status = 'PENDING' where role = 'VENDOR'")

    assert code(do(vendor, pending, "confirm")) == (403, "forbidden")


def test_bookings_are_found_by_status_time_and_place(
    market: Marketplace, offering: int, pending: dict[str, Any], customer: ApiClient, vendor: ApiClient
) -> None:
    another = market.offering()
    market.slots(another)
    later = customer.post("/space-bookings", wish(another, startTime="14:00", endTime="15:00")).body

    def found(**query: Any) -> list[int]:
        return [row["id"] for row in vendor.get("/space-bookings", query_string=query).body["data"]]

    first, second = pending["id"], later["id"]
    assert found() == [first, second]
    assert found(sort="-startsAt") == [second, first]
    assert found(status="CONFIRMED") == [second]
    assert (found(**{"from": later["startsAt"]}), found(to=later["startsAt"])) == ([second], [first])
    assert (found(branchId=pending["branchId"]), found(vendorServiceId=another)) == ([first], [second])
    assert (found(needsRefund="true"), found(needsRefund="false")) == ([], [first, second])


# Cancelling


def test_a_booking_that_is_cancelled_gives_its_units_back_once(
    market: Marketplace, offering: int, pending: dict[str, Any], customer: ApiClient
) -> None:
    held = market.free(offering)
    cancelled, again = do(customer, pending, "cancel"), do(customer, pending, "cancel")

    assert (held, market.free(offering)) == ([2, 2, 2], [3, 3, 3])
    assert (cancelled.body["status"], cancelled.body["needsRefund"]) == ("CANCELLED", False)
    assert cancelled.body["cancelledAt"] is not None
    assert code(again) == (409, "illegal_transition")


@pytest.mark.parametrize(
    ("who", "ahead", "back"),
    [
        ("CUSTOMER", timedelta(hours=24, minutes=1), "26.38"),
        ("CUSTOMER", timedelta(hours=23, minutes=59), "13.19"),
        ("CUSTOMER", timedelta(minutes=1), "13.19"),
        ("VENDOR", timedelta(minutes=1), "26.38"),
        ("VENDOR", timedelta(minutes=-1), "26.38"),
        ("ADMIN", timedelta(hours=-1), "26.38"),
    ],
)
def test_what_goes_back_depends_on_who_cancels_and_when(
    market: Marketplace, paid: dict[str, Any], api: ApiClient, who: str, ahead: timedelta, back: str
) -> None:
    market.move(paid, -ahead)

    cancelled = do(api.by_role(who), paid, "cancel").body

    assert (cancelled["status"], cancelled["refundAmount"], cancelled["needsRefund"]) == ("CANCELLED", back, True)
    assert cancelled["paymentStatus"] == "PAID"


def test_of_terms_that_give_nothing_back_nothing_is_due(
    conn: Connection, market: Marketplace, paid: dict[str, Any], customer: ApiClient
) -> None:
    conn.execute("update space_bookings set late_refund_percent = 0")
    market.move(paid, timedelta(hours=-1))

    cancelled = do(customer, paid, "cancel").body

    assert (cancelled["refundAmount"], cancelled["needsRefund"]) == ("0.00", False)


def test_what_has_begun_its_customer_does_not_cancel(
    market: Marketplace, confirmed: dict[str, Any], customer: ApiClient
) -> None:
    market.move(confirmed, timedelta(minutes=1))

    assert code(do(customer, confirmed, "cancel")) == (409, "already_begun")


# By the clock


def test_what_waits_too_long_is_cancelled_and_its_units_come_back_once(
    conn: Connection, market: Marketplace, offering: int, customer: ApiClient
) -> None:
    held, over = (customer.post("/space-bookings", wish(offering, paymentMethod="CARD")).body for _ in range(2))
    market.expire(over)

    for _ in range(2):
        tasks.cancel_expired_holds(conn)

    statuses = [customer.get(f"/space-bookings/{booking['id']}").body["status"] for booking in (held, over)]
    assert statuses == ["PENDING", "CANCELLED"]
    assert market.free(offering) == [2, 2, 2]


def test_cash_that_the_vendor_never_says_a_word_to_is_cancelled_as_well(
    conn: Connection, market: Marketplace, pending: dict[str, Any], customer: ApiClient
) -> None:
    market.expire(pending)

    tasks.cancel_expired_holds(conn)

    assert customer.get(f"/space-bookings/{pending['id']}").body["status"] == "CANCELLED"


def test_more_than_a_batch_of_them_are_all_cancelled(
    conn: Connection, market: Marketplace, customer: ApiClient
) -> None:
    offering = market.offering()
    market.slots(offering, hours=(10, 13), units=60)
    for _ in range(60):
        market.expire(customer.post("/space-bookings", wish(offering, paymentMethod="CARD")).body)

    tasks.cancel_expired_holds(conn)

    assert market.free(offering) == [60, 60, 60]


def test_what_ended_a_day_ago_is_complete(
    conn: Connection, market: Marketplace, confirmed: dict[str, Any], customer: ApiClient
) -> None:
    statuses = []
    for hours in (26, 27):  # it lasts for two and a half
        market.move(confirmed, timedelta(hours=hours))
        tasks.complete_ended_bookings(conn)
        statuses.append(customer.get(f"/space-bookings/{confirmed['id']}").body["status"])

    assert statuses == ["CONFIRMED", "COMPLETED"]


def test_holds_are_looked_at_every_minute_and_what_has_ended_every_hour() -> None:
    when = {do.__name__: cron for cron, do in tasks.BY_THE_CLOCK.values()}

    assert (when["cancel_expired_holds"], when["complete_ended_bookings"]) == ("* * * * *", "30 * * * *")


def test_the_feed_tells_of_a_booking_whoever_looks_after_all_of_them(
    app: Flask, conn: Connection, market: Marketplace, confirmed: dict[str, Any], api: ApiClient
) -> None:
    market.move(confirmed, timedelta(hours=30))
    with app.app_context():
        tasks.complete_ended_bookings(conn)

    deeds = [deed for deed in api.get("/activities").body["data"] if deed["subjectType"] == "SPACE_BOOKING"]
    assert [(deed["kind"], deed["actor"]) for deed in deeds] == [
        ("SPACE_BOOKING_COMPLETED", "Photolens"),
        ("SPACE_BOOKING_CONFIRMED", "Vendor Test"),
        ("SPACE_BOOKED", "Customer Test"),
    ]
    assert deeds[0]["details"] == {"bookingNumber": confirmed["bookingNumber"]}
    assert broken_invariants(conn) == []
