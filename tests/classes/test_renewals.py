"""Subscriptions that an administrator grants: nothing is charged, and the clock renews the present period only."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from photolens import tasks
from photolens.classes.actions import renewals, subscribing
from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.classes.subscribing import Json
from tests.client import ApiClient


class Clock:
    """What time it is for the database: `now()` is found here before PostgreSQL's own. Nobody is signed in by then."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        conn.execute("create schema clock; grant usage on schema clock to public")

    def is_at(self, instant: str) -> None:
        self._conn.execute(
            "create or replace function clock.now() returns timestamptz"
            f" language sql stable return timestamptz '{instant}'".encode()
        )
        self._conn.execute("set local search_path = clock, pg_catalog, public")


class Grantee:
    """A customer to whom subscriptions are granted."""

    def __init__(self, conn: Connection, studio: ApiClient) -> None:
        self.conn = conn
        self.studio = studio
        self.api = studio.by_role("CUSTOMER")
        self.user_id = UUID(self.api.get("/me").body["id"])

    def plan(self, interval: str = "MONTH") -> Json:
        fields = {"name": interval, "price": "79.00", "creditsPerPeriod": 10, "interval": interval}
        plan: Json = self.studio.post("/plans", fields).body
        return plan

    def granted(self, interval: str = "MONTH") -> Json:
        path = f"/admin/users/{self.user_id}/subscription"
        answer = self.studio.post(path, {"planId": self.plan(interval)["id"]})
        assert answer.status == 201, answer.body
        subscription: Json = answer.body
        return subscription

    def begins(self, clock: "Clock", instant: str, interval: str = "MONTH") -> int:
        """One is granted at an instant; gives its id."""
        plan = self.plan(interval)
        clock.is_at(instant)
        subscription_id: int = renewals.grant_subscription(self.conn, self.user_id, plan["id"])["id"]
        return subscription_id

    def status(self) -> str:
        row = self.conn.execute("select status::text from subscriptions").fetchone()
        assert row is not None
        return str(row["status"])

    def periods(self) -> list[tuple[str, str]]:
        """When the periods that were granted begin and end, at the studio, the first one first."""
        rows = self.conn.execute(
            """
            select to_char(period_start at time zone time_zone, 'YYYY-MM-DD HH24:MI') as starts,
                to_char(period_end at time zone time_zone, 'YYYY-MM-DD HH24:MI') as ends
            from subscription_grants cross join studio_settings order by period_start
            """
        )
        return [(row["starts"], row["ends"]) for row in rows.fetchall()]

    def renew(self) -> None:
        tasks.renew_subscriptions(self.conn)

    def credits(self) -> str:
        credits: str = self.api.get("/billing/me").body["credits"]
        return credits

    def told(self) -> list[str]:
        return [row["title"] for row in self.conn.execute("select title from notifications order by id").fetchall()]


@pytest.fixture
def grantee(conn: Connection, api: ApiClient) -> Grantee:
    conn.execute("update studio_settings set time_zone = 'Europe/Amsterdam'")
    return Grantee(conn, api)


@pytest.fixture
def clock(conn: Connection) -> Clock:
    return Clock(conn)


# To grant one


def test_a_granted_one_is_live_at_once_costs_nothing_and_brings_its_first_period(grantee: Grantee) -> None:
    subscription = grantee.granted()

    assert (subscription["source"], subscription["status"], subscription["price"]) == ("ADMIN", "ACTIVE", "0.00")
    assert grantee.credits() == "10.00"
    [grant] = grantee.api.get(f"/subscriptions/{subscription['id']}/grants").body["data"]
    assert (grant["amount"], grant["currency"], grant["stripeInvoiceId"]) == (None, None, None)
    assert grantee.told() == ["Subscribed: MONTH", "10 credits of MONTH"]


def test_it_is_granted_in_person_by_who_manages_the_staff(grantee: Grantee) -> None:
    path, wish = f"/admin/users/{grantee.user_id}/subscription", {"planId": grantee.plan()["id"]}
    token = grantee.studio.post("/me/tokens", {"name": "A program", "permissions": ["MANAGE_STAFF"]}).body["token"]

    assert grantee.studio.by_role("FINANCE").post(path, wish).body["code"] == "forbidden"
    assert grantee.studio.by_token(token).post(path, wish).body["code"] == "session_required"


def test_nobody_has_two(grantee: Grantee) -> None:
    grantee.granted()

    refused = grantee.studio.post(
        f"/admin/users/{grantee.user_id}/subscription", {"planId": grantee.plan("YEAR")["id"]}
    )

    assert (refused.status, refused.body["code"], grantee.credits()) == (409, "already_subscribed", "10.00")


def test_it_is_of_a_plan_and_for_a_user_that_there_are(grantee: Grantee) -> None:
    plan = grantee.plan()["id"]
    nobody = "550e8400-e29b-41d4-a716-446655440000"

    no_plan = grantee.studio.post(f"/admin/users/{grantee.user_id}/subscription", {"planId": 987_654_321})
    no_user = grantee.studio.post(f"/admin/users/{nobody}/subscription", {"planId": plan})

    assert (no_plan.status, no_plan.body["errors"][0]["pointer"], no_user.status) == (422, "/planId", 404)


# When periods begin


@pytest.mark.parametrize(
    ("anchor", "unit", "starts"),
    [
        ("2027-01-31 10:00+01", "MONTH", ["2027-02-28 10:00", "2027-03-31 10:00", "2027-04-30 10:00"]),
        ("2028-01-31 10:00+01", "MONTH", ["2028-02-29 10:00", "2028-03-31 10:00", "2028-04-30 10:00"]),
        ("2028-02-29 10:00+01", "YEAR", ["2029-02-28 10:00", "2030-02-28 10:00", "2031-02-28 10:00"]),
        # The clocks go forward on the 28th of March, and back on the 31st of October.
        ("2027-03-20 10:00+01", "WEEK", ["2027-03-27 10:00", "2027-04-03 10:00", "2027-04-10 10:00"]),
        ("2027-09-30 10:00+02", "MONTH", ["2027-10-30 10:00", "2027-11-30 10:00", "2027-12-30 10:00"]),
    ],
)
def test_periods_are_counted_from_the_first_day_by_the_clock_of_the_studio(
    grantee: Grantee, anchor: str, unit: str, starts: list[str]
) -> None:
    rows = grantee.conn.execute(
        """
        select to_char(
            subscription_period_start(%s::timestamptz, %s::plan_interval, n) at time zone time_zone,
            'YYYY-MM-DD HH24:MI'
        ) as starts
        from generate_series(1, 3) as n cross join studio_settings order by n
        """,
        [anchor, unit],
    ).fetchall()

    assert [row["starts"] for row in rows] == starts


@pytest.mark.parametrize(("year", "last"), [(2027, "28"), (2028, "29")])
def test_the_31st_of_january_is_followed_by_the_last_of_february_and_that_by_the_31st_of_march(
    grantee: Grantee, clock: Clock, year: int, last: str
) -> None:
    grantee.begins(clock, f"{year}-01-31 09:30+01")
    for today in (f"{year}-02-{last} 09:30+01", f"{year}-03-31 09:30+02"):
        clock.is_at(today)
        grantee.renew()

    january, february, march = f"{year}-01-31 09:30", f"{year}-02-{last} 09:30", f"{year}-03-31 09:30"
    assert grantee.periods() == [(january, february), (february, march), (march, f"{year}-04-30 09:30")]
    assert broken_invariants(grantee.conn) == []


def test_before_its_end_no_period_is_renewed_and_from_then_on_once(grantee: Grantee, clock: Clock) -> None:
    grantee.begins(clock, "2027-03-15 10:00+01")
    clock.is_at("2027-04-15 09:59:59+02")
    grantee.renew()
    before = len(grantee.periods())
    clock.is_at("2027-04-15 10:00+02")

    for _ in range(3):
        grantee.renew()

    assert (before, grantee.periods()) == (
        1,
        [("2027-03-15 10:00", "2027-04-15 10:00"), ("2027-04-15 10:00", "2027-05-15 10:00")],
    )
    assert grantee.told().count("10 credits of MONTH") == 2


def test_after_months_without_a_worker_the_present_period_is_granted_and_none_that_was_missed(
    grantee: Grantee, clock: Clock
) -> None:
    grantee.begins(clock, "2027-01-31 10:00+01")
    clock.is_at("2027-06-10 12:00+02")

    grantee.renew()
    grantee.renew()

    assert grantee.periods()[1:] == [("2027-05-31 10:00", "2027-06-30 10:00")]


@pytest.mark.parametrize(("unit", "ends"), [("WEEK", "2037-01-16 10:00"), ("YEAR", "2038-01-01 10:00")])
def test_so_it_is_after_years(grantee: Grantee, clock: Clock, unit: str, ends: str) -> None:
    grantee.begins(clock, "2027-01-01 10:00+01", unit)
    clock.is_at("2037-01-10 12:00+01")

    grantee.renew()

    assert (len(grantee.periods()), grantee.periods()[1][1]) == (2, ends)


def test_where_the_studio_moves_to_another_time_zone_no_period_is_granted_twice_or_left_out(
    grantee: Grantee, clock: Clock
) -> None:
    grantee.begins(clock, "2027-01-15 10:00+01")
    for zone in ("America/Los_Angeles", "Pacific/Auckland"):
        grantee.conn.execute("savepoint before")
        grantee.conn.execute("update studio_settings set time_zone = %s", [zone])
        for day in ("2027-02-14", "2027-02-15", "2027-02-16", "2027-03-14", "2027-03-15", "2027-03-16"):
            for hour in ("00", "10", "23"):
                clock.is_at(f"{day} {hour}:00+01")
                grantee.renew()
        assert len(grantee.periods()) == 3, zone
        grantee.conn.execute("rollback to savepoint before")


# Its end


def test_one_that_is_cancelled_goes_on_until_its_period_ends(grantee: Grantee) -> None:
    subscription = grantee.granted()

    cancelled, again = (grantee.api.post(f"/subscriptions/{subscription['id']}/cancel").body for _ in range(2))

    assert (cancelled["status"], cancelled["endsWithPeriod"], again) == ("ACTIVE", True, cancelled)
    assert (grantee.credits(), grantee.told()[2:]) == ("10.00", ["Ending: MONTH"])


def test_and_ends_with_it(grantee: Grantee, clock: Clock, app: Flask) -> None:
    subscription_id = grantee.begins(clock, "2027-01-31 10:00+01")
    with app.app_context():
        subscribing.cancel_subscription(grantee.conn, grantee.user_id, subscription_id)
    clock.is_at("2027-02-28 10:00+01")

    grantee.renew()
    grantee.renew()

    assert (grantee.status(), len(grantee.periods())) == ("CANCELLED", 1)
    assert grantee.told()[2:] == ["Ending: MONTH", "Ended: MONTH"]


def test_what_stripe_renews_the_clock_does_not(grantee: Grantee, clock: Clock, conn: Connection) -> None:
    grantee.begins(clock, "2027-01-31 10:00+01")
    conn.execute("update subscriptions set source = 'STRIPE'")
    clock.is_at("2027-06-30 10:00+02")

    grantee.renew()

    assert len(grantee.periods()) == 1


def test_the_credits_of_a_period_expire_with_it(grantee: Grantee) -> None:
    subscription = grantee.granted()

    [lot] = grantee.api.get("/billing/me").body["expiring"]

    assert (lot["credits"], lot["expiresAt"]) == ("10.00", subscription["currentPeriodEnd"])
    assert datetime.fromisoformat(lot["expiresAt"]) > datetime.now(UTC)


# What the audit finds


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("update subscriptions set current_period_end = current_period_end + interval '1 day'", "subscriptions"),
        ("update subscription_grants set credits = 11", "subscription_grants"),
        (
            "update credit_transactions set subscription_grant_id = null, reason = 'Lost', recorded_by = 'Nobody'",
            "subscription_grants",
        ),
    ],
)
def test_the_audit_finds_a_grant_that_is_not_in_the_ledger_and_a_period_that_is_not_granted(
    grantee: Grantee, damage: Any, found: str
) -> None:
    grantee.granted()
    assert broken_invariants(grantee.conn) == []

    grantee.conn.execute(damage.encode())

    [line] = broken_invariants(grantee.conn)
    assert line.startswith(f"{found} ")
