"""Plans: offered to everybody, made by who manages the settings."""

import pytest

from photolens.database import Connection
from tests.classes.subscribing import Subscriber
from tests.client import ApiClient

TEN = {"name": "Ten a month", "price": "79.00", "creditsPerPeriod": 10}


def test_a_plan_is_made_in_the_currency_of_the_studio_and_keeps_it(api: ApiClient, conn: Connection) -> None:
    conn.execute("update studio_settings set currency = 'EUR'")
    made = api.post("/plans", TEN)
    conn.execute("update studio_settings set currency = 'GBP'")

    read = api.by_token(None).get(f"/plans/{made.body['id']}").body

    assert made.status == 201
    assert (read["price"], read["currency"], read["interval"], read["creditsPerPeriod"]) == (
        "79.00",
        "EUR",
        "MONTH",
        10,
    )


def test_everybody_is_shown_what_is_offered_and_who_manages_the_settings_the_rest_too(api: ApiClient) -> None:
    api.post("/plans", TEN)
    hidden = api.post("/plans", {**TEN, "name": "As it was", "isActive": False}).body

    def names(who: ApiClient, query: str = "") -> list[str]:
        return [plan["name"] for plan in who.get(f"/plans{query}").body["data"]]

    assert names(api) == ["As it was", "Ten a month"]
    assert names(api, "?isActive=false") == ["As it was"]
    for who in (api.by_token(None), api.by_role("CUSTOMER"), api.by_role("FINANCE")):
        assert (names(who), names(who, "?isActive=false")) == (["Ten a month"], [])
        assert who.get("/plans?include=total").body["total"] == 1
        assert who.get(f"/plans/{hidden['id']}").status == 404


def test_plans_are_listed_by_name_or_by_price(api: ApiClient) -> None:
    for name, price in (("b", "5.00"), ("A", "30.00"), ("c", "9.00")):
        api.post("/plans", {**TEN, "name": name, "price": price})

    def names(sort: str) -> list[str]:
        return [plan["name"] for plan in api.get(f"/plans?sort={sort}").body["data"]]

    assert (names("name"), names("price")) == (["A", "b", "c"], ["b", "c", "A"])


@pytest.mark.parametrize(
    ("field", "value"), [("price", "0"), ("creditsPerPeriod", 0), ("creditsPerPeriod", 10_001), ("interval", "DAY")]
)
def test_a_plan_costs_something_and_brings_something_at_an_interval(api: ApiClient, field: str, value: object) -> None:
    refused = api.post("/plans", {**TEN, field: value})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, f"/{field}")


def test_a_name_is_given_once_whatever_its_case(api: ApiClient) -> None:
    api.post("/plans", TEN)

    refused = api.post("/plans", {**TEN, "name": "TEN A MONTH"})

    assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_what_a_plan_becomes_is_not_what_was_agreed(subscriber: Subscriber) -> None:
    plan = subscriber.plan()
    subscriber.open(plan)

    changed = subscriber.studio.patch(f"/plans/{plan['id']}", {"price": "99.00", "creditsPerPeriod": 5})

    assert (changed.status, changed.body["price"]) == (200, "99.00")
    assert (subscriber.seen()["price"], subscriber.seen()["creditsPerPeriod"]) == ("79.00", 10)


def test_a_plan_that_nobody_has_subscribed_to_is_deleted_and_another_one_is_not(subscriber: Subscriber) -> None:
    unused, used = subscriber.plan("Unused"), subscriber.plan("Used")
    subscriber.open(used)

    assert subscriber.studio.delete(f"/plans/{unused['id']}").status == 204
    refused = subscriber.studio.delete(f"/plans/{used['id']}")
    assert (refused.status, refused.body["code"]) == (409, "plan_in_use")
