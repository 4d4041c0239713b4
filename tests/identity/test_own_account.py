"""What users keep of themselves: account, profile, addresses. Nobody else's, and nothing that is not theirs to say."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.identity.conftest import Enrol

PHONE = "+31612345678"
HOME = {
    "label": "Home",
    "line1": "12 Mill Lane",
    "line2": "Flat 3",
    "city": "Utrecht",
    "region": "Utrecht",
    "postalCode": "3511 AB",
    "country": "NL",
}


@pytest.fixture
def emma(enrol: Enrol) -> dict[str, Any]:
    """A customer with a verified e-mail and a verified phone."""
    return enrol(phone_number=PHONE)


@pytest.fixture
def me(api: ApiClient, emma: dict[str, Any]) -> ApiClient:
    """The application, called by that customer."""
    return api.by_token(emma["token"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/me"),
        ("PATCH", "/me"),
        ("GET", "/me/profile"),
        ("PATCH", "/me/profile"),
        ("GET", "/me/addresses"),
        ("POST", "/me/addresses"),
        ("GET", "/me/addresses/1"),
        ("PATCH", "/me/addresses/1"),
        ("DELETE", "/me/addresses/1"),
    ],
)
def test_nobody_is_nobody(api: ApiClient, method: str, path: str) -> None:
    assert api.by_token(None).request(method, path, {} if method in ("PATCH", "POST") else None).status == 401


# The account


def test_users_read_their_account(me: ApiClient, emma: dict[str, Any]) -> None:
    account = me.get("/me").body

    assert (account["id"], account["name"], account["email"]) == (emma["id"], emma["name"], emma["email"])
    assert (account["phoneNumber"], account["isPhoneVerified"], account["isEmailVerified"]) == (PHONE, True, True)
    assert (account["role"], account["status"]) == ("CUSTOMER", "ACTIVE")


def test_users_change_what_they_name_and_nothing_else(me: ApiClient) -> None:
    before = me.get("/me").body

    changed = me.patch("/me", {"name": "Emma Li", "image": "https://images.example/emma.jpg"})

    assert changed.status == 200
    expected = {"name": "Emma Li", "image": "https://images.example/emma.jpg", "updatedAt": changed.body["updatedAt"]}
    assert changed.body == before | expected
    assert me.get("/me").body == changed.body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("role", "OWNER"),
        ("status", "ACTIVE"),
        ("email", "emma@elsewhere.example"),
        ("isEmailVerified", True),
        ("isPhoneVerified", True),
        ("phoneVerified", "2026-01-01T00:00:00Z"),
        ("id", "00000000-0000-4000-8000-000000000001"),
        ("isDemo", False),
        ("password", "a sentence nobody says"),
    ],
)
def test_what_is_not_theirs_to_say_is_refused(me: ApiClient, field: str, value: Any) -> None:
    before = me.get("/me").body

    refused = me.patch("/me", {field: value})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]
    assert me.get("/me").body == before


def test_a_phone_that_changes_has_to_be_verified_anew(me: ApiClient) -> None:
    changed = me.patch("/me", {"phoneNumber": "+31687654321"}).body

    assert (changed["phoneNumber"], changed["isPhoneVerified"]) == ("+31687654321", False)


def test_a_phone_that_comes_back_has_to_be_verified_anew_as_well(me: ApiClient) -> None:
    me.patch("/me", {"phoneNumber": "+31687654321"})

    assert me.patch("/me", {"phoneNumber": PHONE}).body["isPhoneVerified"] is False


def test_a_phone_that_stays_the_same_stays_verified(me: ApiClient) -> None:
    assert me.patch("/me", {"phoneNumber": PHONE}).body["isPhoneVerified"] is True


def test_a_phone_can_be_taken_away(me: ApiClient) -> None:
    changed = me.patch("/me", {"phoneNumber": None}).body

    assert (changed["phoneNumber"], changed["isPhoneVerified"], changed["status"]) == (None, False, "ACTIVE")


@pytest.mark.parametrize("phone_number", [None, "+31687654321"])
def test_the_only_proof_of_an_account_stays(api: ApiClient, enrol: Enrol, phone_number: str | None) -> None:
    only_phone = api.by_token(enrol(phone_number=PHONE, is_email_verified=False)["token"])

    refused = only_phone.patch("/me", {"phoneNumber": phone_number})

    assert (refused.status, refused.body["code"]) == (409, "not_verified")
    assert only_phone.get("/me").body["isPhoneVerified"] is True


def test_the_phone_that_another_has_proved_is_taken(api: ApiClient, emma: dict[str, Any]) -> None:
    refused = api.patch("/me", {"phoneNumber": PHONE})

    assert (refused.status, refused.body["code"]) == (409, "phone_taken")


def test_the_phone_that_another_only_claims_is_not(api: ApiClient, enrol: Enrol) -> None:
    claimant = enrol(phone_number=PHONE, is_phone_verified=False)

    claimed = api.patch("/me", {"phoneNumber": PHONE})

    assert (claimed.status, claimed.body["phoneNumber"], claimed.body["isPhoneVerified"]) == (200, PHONE, False)
    assert api.by_token(claimant["token"]).get("/me").body["phoneNumber"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", None), ("name", " "), ("name", "x" * 201), ("image", "javascript:alert(1)"), ("phoneNumber", "12")],
)
def test_an_account_says_what_can_be_meant(me: ApiClient, field: str, value: Any) -> None:
    refused = me.patch("/me", {field: value})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


# The profile


def test_a_profile_begins_empty(me: ApiClient) -> None:
    profile = me.get("/me/profile").body

    assert (profile["dateOfBirth"], profile["phone"], profile["bio"]) == (None, None, None)


def test_users_fill_in_their_profile(me: ApiClient) -> None:
    changed = me.patch("/me/profile", {"dateOfBirth": "1990-05-17", "phone": "+1 555 0134", "bio": "Birds."})

    assert changed.status == 200
    assert (changed.body["dateOfBirth"], changed.body["phone"], changed.body["bio"]) == (
        "1990-05-17",
        "+1 555 0134",
        "Birds.",
    )
    assert me.get("/me/profile").body == changed.body


def test_a_patch_of_the_profile_changes_only_what_it_names(me: ApiClient) -> None:
    me.patch("/me/profile", {"dateOfBirth": "1990-05-17", "bio": "Birds."})

    changed = me.patch("/me/profile", {"bio": None}).body

    assert (changed["dateOfBirth"], changed["bio"]) == ("1990-05-17", None)


@pytest.mark.parametrize(
    ("field", "value"),
    [("dateOfBirth", "17-05-1990"), ("dateOfBirth", "1990-02-30"), ("bio", "x" * 5001), ("credits", "100.00")],
)
def test_a_profile_says_what_can_be_meant(me: ApiClient, field: str, value: Any) -> None:
    refused = me.patch("/me/profile", {field: value})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_everybody_has_a_profile_of_their_own(api: ApiClient, me: ApiClient) -> None:
    me.patch("/me/profile", {"bio": "Birds."})

    assert api.get("/me/profile").body["bio"] is None


# Addresses


def test_an_address_is_added(me: ApiClient) -> None:
    added = me.post("/me/addresses", HOME)

    assert added.status == 201
    assert added.headers["Location"] == f"/api/v1/me/addresses/{added.body['id']}"
    assert added.body | HOME == added.body
    assert me.get(f"/me/addresses/{added.body['id']}").body == added.body


def test_a_user_keeps_a_hundred_addresses_at_most(me: ApiClient, emma: dict[str, Any], conn: Connection) -> None:
    conn.execute(
        """
        insert into addresses (user_id, line1, city, country)
        select %s, n || ' Mill Lane', 'Utrecht', 'NL' from generate_series(1, 99) as houses (n)
        """,
        [emma["id"]],
    )
    last = me.post("/me/addresses", HOME)

    refused = me.post("/me/addresses", HOME)

    assert (last.status, refused.status, refused.body["code"]) == (201, 409, "too_many")
    me.delete(f"/me/addresses/{last.body['id']}")
    assert me.post("/me/addresses", HOME).status == 201


def test_an_address_is_at_least_a_line_a_city_and_a_country(me: ApiClient) -> None:
    refused = me.post("/me/addresses", {})
    added = me.post("/me/addresses", {"line1": "12 Mill Lane", "city": "Utrecht", "country": "NL"})

    assert sorted(fault["pointer"] for fault in refused.body["errors"]) == ["/city", "/country", "/line1"]
    assert (added.status, added.body["label"], added.body["postalCode"]) == (201, None, None)


@pytest.mark.parametrize("country", ["nl", "NLD", "Netherlands", "N1", ""])
def test_a_country_is_two_capital_letters(me: ApiClient, country: str) -> None:
    refused = me.post("/me/addresses", HOME | {"country": country})

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/country"]


def test_addresses_are_listed_oldest_first(me: ApiClient, conn: Connection) -> None:
    me.post("/me/addresses", HOME)
    work = me.post("/me/addresses", HOME | {"label": "Work"}).body
    conn.execute("update addresses set created_at = created_at - interval '1 day' where id = %s", [work["id"]])

    assert [row["label"] for row in me.get("/me/addresses").body["data"]] == ["Work", "Home"]


def test_an_address_is_changed_in_part(me: ApiClient) -> None:
    added = me.post("/me/addresses", HOME).body

    changed = me.patch(f"/me/addresses/{added['id']}", {"line2": None, "label": "Parents"})

    assert changed.status == 200
    assert changed.body == added | {"line2": None, "label": "Parents", "updatedAt": changed.body["updatedAt"]}


def test_an_address_is_removed(me: ApiClient) -> None:
    added = me.post("/me/addresses", HOME).body

    removed = me.delete(f"/me/addresses/{added['id']}")

    assert removed.status == 204
    assert me.get(f"/me/addresses/{added['id']}").status == 404


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"city": "Delft"}), ("DELETE", None)])
def test_a_foreign_address_is_not_there(api: ApiClient, me: ApiClient, method: str, body: Any) -> None:
    foreign = me.post("/me/addresses", HOME).body

    # Not even for the owner of the studio.
    refused = api.request(method, f"/me/addresses/{foreign['id']}", body)

    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert me.get(f"/me/addresses/{foreign['id']}").body == foreign


def test_nobody_is_shown_the_addresses_of_others(api: ApiClient, me: ApiClient) -> None:
    me.post("/me/addresses", HOME)

    assert api.get("/me/addresses?include=total").body == {"data": [], "nextCursor": None, "total": 0}
