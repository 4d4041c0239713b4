"""Credits that an administrator gives: until a day or for ever, told to whoever has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient

LATER = (datetime.now(UTC) + timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def user_id(api: ApiClient) -> str:
    own: str = api.by_role("CUSTOMER").get("/me").body["id"]
    return own


def give(api: ApiClient, user_id: str, **fields: Any) -> Answer:
    return api.post("/credits/grants", {"userId": user_id, "credits": "10.00", "reason": "A class fell out.", **fields})


def test_what_is_given_is_a_lot_that_expires_as_it_says(api: ApiClient, user_id: str) -> None:
    given = give(api, user_id, expiresAt=LATER)

    assert (given.status, given.body["kind"], given.body["delta"]) == (201, "GRANT", "10.00")
    assert given.body["reason"] == "A class fell out."
    credits = api.by_role("CUSTOMER").get("/billing/me").body
    assert (credits["credits"], credits["expiring"]) == ("10.00", [{"credits": "10.00", "expiresAt": LATER}])


def test_without_a_day_it_does_not_expire(api: ApiClient, user_id: str) -> None:
    give(api, user_id)

    assert api.by_role("CUSTOMER").get("/billing/me").body["expiring"] == []


def test_they_are_told_and_find_the_reason_in_their_ledger(api: ApiClient, conn: Connection, user_id: str) -> None:
    give(api, user_id, credits="2.50")

    told = conn.execute("select type::text, title, body from notifications").fetchall()
    [row] = api.by_role("CUSTOMER").get("/billing/transactions?kind=GRANT").body["data"]
    assert [(row["type"], row["title"]) for row in told] == [("CREDITS_GRANTED", "2.5 credits for you")]
    assert row["reason"] == "A class fell out."


@pytest.mark.parametrize(
    ("field", "value"),
    [("credits", "0"), ("credits", "-1.00"), ("expiresAt", "2020-01-01T00:00:00Z"), ("reason", " ")],
)
def test_nothing_is_given_that_is_less_than_nothing_over_already_or_for_no_reason(
    api: ApiClient, user_id: str, field: str, value: str
) -> None:
    refused = give(api, user_id, **{field: value})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, f"/{field}")


def test_nobody_is_no_user(api: ApiClient) -> None:
    refused = give(api, "550e8400-e29b-41d4-a716-446655440000")

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/userId")


def test_it_is_given_in_person_by_who_manages_the_staff(api: ApiClient, user_id: str) -> None:
    token = api.post("/me/tokens", {"name": "A program", "permissions": ["MANAGE_STAFF"]}).body["token"]

    assert give(api.by_role("FINANCE"), user_id).body["code"] == "forbidden"
    assert give(api.by_token(token), user_id).body["code"] == "session_required"
