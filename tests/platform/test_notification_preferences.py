"""By what else users are told things: as they choose, type by type; by default, by mail what one must know soon."""

from typing import Any

import pytest

from photolens.database import Connection
from photolens.platform.rules import BY_EMAIL
from tests.client import ApiClient

ADDRESS = "/me/notification-preferences"


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


def choose(customer: ApiClient, *preferences: dict[str, Any], **options: Any) -> Any:
    return customer.put(ADDRESS, {"preferences": [*preferences]}, **options)


def by_type(customer: ApiClient) -> dict[str, dict[str, Any]]:
    return {row.pop("type"): row for row in customer.get(ADDRESS).body["data"]}


def test_by_default_mail_tells_what_one_must_know_soon_and_no_text_is_sent(customer: ApiClient) -> None:
    preferences = by_type(customer)

    assert {row["sms"] for row in preferences.values()} == {False}
    assert {row["isDefault"] for row in preferences.values()} == {True}
    assert {type_ for type_, row in preferences.items() if not row["email"]} == {
        "CLASS_BOOKED",
        "CREDITS_GRANTED",
        "PHOTO_JOB_FINISHED",
        "SUPPORT_CHANGED",
    }


def test_every_type_of_the_database_has_a_default(conn: Connection) -> None:
    row = conn.execute("select enum_range(null::notification_type)::text[] as types").fetchone()

    assert row is not None
    assert row["types"] == [*BY_EMAIL]


def test_only_what_somebody_chose_is_kept(conn: Connection, customer: ApiClient) -> None:
    answer = choose(customer, {"type": "CLASS_BOOKED", "email": True, "sms": True})

    assert answer.status == 200
    assert answer.body == customer.get(ADDRESS).body
    assert by_type(customer)["CLASS_BOOKED"] == {"email": True, "sms": True, "isDefault": False}
    assert by_type(customer)["CLASS_MOVED"] == {"email": True, "sms": False, "isDefault": True}
    [kept] = conn.execute("select type from notification_preferences").fetchall()
    assert kept["type"] == "CLASS_BOOKED"


def test_what_is_left_out_follows_the_default_again(conn: Connection, customer: ApiClient) -> None:
    choose(customer, {"type": "CLASS_BOOKED", "email": True, "sms": True})

    choose(customer, {"type": "CLASS_MOVED", "email": False, "sms": False})

    assert by_type(customer)["CLASS_BOOKED"]["isDefault"]
    assert by_type(customer)["CLASS_MOVED"] == {"email": False, "sms": False, "isDefault": False}


def test_a_type_is_chosen_about_once(customer: ApiClient) -> None:
    preference = {"type": "CLASS_BOOKED", "email": True, "sms": True}

    refused = choose(customer, preference, preference)

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/preferences/1/type")


def test_what_somebody_else_chooses_changes_nothing(api: ApiClient, customer: ApiClient) -> None:
    before = by_type(customer)

    choose(api, {"type": "CLASS_BOOKED", "email": True, "sms": True})

    assert by_type(customer) == before


def test_a_choice_goes_through_only_on_what_was_read(customer: ApiClient) -> None:
    etag = customer.get(ADDRESS).headers["ETag"]
    first, second = (
        choose(customer, {"type": type_, "email": True, "sms": False}, headers={"If-Match": etag})
        for type_ in ("CLASS_BOOKED", "CREDITS_GRANTED")
    )

    assert (first.status, second.status) == (200, 412)
    assert by_type(customer)["CREDITS_GRANTED"]["isDefault"]
