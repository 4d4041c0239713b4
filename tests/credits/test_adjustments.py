"""What administrators correct, and what each user is shown of their own."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.purchases import buy


def user_id(api: ApiClient, role: str = "CUSTOMER") -> str:
    found: str = api.by_role(role).get("/me").body["id"]
    return found


@pytest.fixture
def address(api: ApiClient) -> str:
    """Where the credits of a customer are corrected."""
    return f"/admin/users/{user_id(api)}/credits"


def test_an_administrator_gives_credits_for_a_reason_and_they_do_not_expire(api: ApiClient, address: str) -> None:
    given = api.by_role("ADMIN").post(address, {"amount": "7.50", "reason": "One shoot was out of focus."})

    assert given.status == 201
    assert {key: given.body[key] for key in ("kind", "delta", "balanceAfter", "reason", "recordedBy")} == {
        "kind": "ADJUSTMENT",
        "delta": "7.50",
        "balanceAfter": "7.50",
        "reason": "One shoot was out of focus.",
        "recordedBy": "Admin Test",
    }
    own = api.by_role("CUSTOMER").get("/billing/me").body
    assert (own["credits"], own["expiring"]) == ("7.50", [])
    assert given.headers["Location"] == f"/api/v1{address}"
    assert api.get(address).body == own


def test_an_administrator_takes_credits_of_what_expires_first(api: ApiClient, conn: Connection, address: str) -> None:
    api.post(address, {"amount": "5", "reason": "A present."})
    buy(conn, user_id(api))

    taken = api.post(address, {"amount": "-2.25", "reason": "A print."})

    assert (taken.body["delta"], taken.body["balanceAfter"]) == ("-2.25", "22.75")
    [lot] = api.get(address).body["expiring"]
    assert lot["credits"] == "17.75"


def test_more_than_there_is_cannot_be_taken(api: ApiClient, address: str) -> None:
    api.post(address, {"amount": "5.00", "reason": "A present."})

    refused = api.post(address, {"amount": "-7.25", "reason": "A print."})

    assert (refused.status, refused.body["code"]) == (402, "insufficient_credits")
    assert (refused.body["shortfall"], api.get(address).body["credits"]) == ("2.25", "5.00")


@pytest.mark.parametrize("amount", ["0", "0.00", "-0.00", "1.005", "--1", "- 1", "1e2", "NaN", "", "-", 1, -2.5, None])
def test_an_amount_is_text_with_two_decimals_and_not_nothing(api: ApiClient, address: str, amount: Any) -> None:
    refused = api.post(address, {"amount": amount, "reason": "A print."})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/amount")


@pytest.mark.parametrize("reason", [None, "", "  ", "x" * 501])
def test_nothing_is_corrected_without_a_reason(api: ApiClient, address: str, reason: Any) -> None:
    refused = api.post(address, {"amount": "1.00", "reason": reason})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/reason")


def test_more_than_can_be_kept_is_refused(api: ApiClient, address: str) -> None:
    refused = api.post(address, {"amount": "9999999999.99", "reason": "A present."})

    assert (refused.status, refused.body["code"], api.get(address).body["credits"]) == (422, "invalid", "0.00")


def test_under_a_key_it_is_done_once(api: ApiClient, address: str) -> None:
    answers = [
        api.post(address, {"amount": "1.00", "reason": "A present."}, headers={"Idempotency-Key": "key-1"})
        for _ in range(2)
    ]

    assert (answers[0].body, answers[0].status) == (answers[1].body, 201)
    assert api.get(address).body["credits"] == "1.00"


def test_of_an_unknown_user_nothing_is_read_or_corrected(api: ApiClient) -> None:
    address = "/admin/users/98765432-1098-4765-8321-098765432109/credits"

    assert api.get(address).status == 404
    for amount in ("1.00", "-1.00"):
        assert api.post(address, {"amount": amount, "reason": "A present."}).status == 404


# One's own


def test_everybody_reads_their_own_ledger_newest_first_and_by_kind(
    api: ApiClient, conn: Connection, address: str
) -> None:
    buy(conn, user_id(api))
    api.post(address, {"amount": "-0.50", "reason": "A print."})
    api.post(f"/admin/users/{user_id(api, 'VENDOR')}/credits", {"amount": "3.00", "reason": "A present."})
    customer = api.by_role("CUSTOMER")

    everything = customer.get("/billing/transactions", query_string={"include": "total"}).body
    bought = customer.get("/billing/transactions", query_string={"kind": "PURCHASE"}).body

    assert [(row["kind"], row["delta"], row["balanceAfter"], row["reason"]) for row in everything["data"]] == [
        ("ADJUSTMENT", "-0.50", "19.50", "A print."),
        ("PURCHASE", "20.00", "20.00", None),
    ]
    assert everything["total"] == 2
    assert [row["kind"] for row in bought["data"]] == ["PURCHASE"]
    assert "recordedBy" not in everything["data"][0]


def test_what_expires_next_is_told_soonest_first_and_not_all_of_it(api: ApiClient, conn: Connection) -> None:
    for number in range(7):
        buy(conn, user_id(api), f"cs_{number}")
    conn.execute("update credit_lots set expires_at = expires_at - make_interval(days => id::integer % 7)")

    expiring = api.by_role("CUSTOMER").get("/billing/me").body["expiring"]

    ends = [lot["expiresAt"] for lot in expiring]
    assert (ends, len(ends)) == (sorted(ends), 5)


@pytest.mark.parametrize(("used", "left"), [(0, 3), (2, 1), (3, 0), (5, 0)])
def test_of_the_free_photos_it_is_told_how_many_are_left(
    api: ApiClient, conn: Connection, used: int, left: int
) -> None:
    conn.execute("update user_credits set free_used = %s where user_id = %s", [used, user_id(api)])

    own = api.by_role("CUSTOMER").get("/billing/me").body

    assert (own["freeUsed"], own["freeLeft"]) == (used, left)
