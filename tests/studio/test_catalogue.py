"""The catalogue: what can be booked, at what price, for how long."""

from typing import Any

import pytest

from tests.client import ApiClient
from tests.factories import Factory


def names(api: ApiClient, path: str) -> list[str]:
    return [row["name"] for row in api.get(path).body["data"]]


def test_a_category_is_created_by_its_name(api: ApiClient) -> None:
    created = api.post("/session-categories", {"name": "Weddings"})

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/session-categories/{created.body['id']}"
    assert created.body["name"] == "Weddings"
    assert api.get(f"/session-categories/{created.body['id']}").body == created.body


def test_a_category_can_be_renamed(api: ApiClient, make: Factory) -> None:
    category = make.category(name="Wedding")

    changed = api.patch(f"/session-categories/{category['id']}", {"name": "Weddings"})

    assert changed.status == 200
    assert api.get(f"/session-categories/{category['id']}").body["name"] == "Weddings"


def test_a_patch_that_names_nothing_keeps_the_category_as_it_is(api: ApiClient, make: Factory) -> None:
    category = make.category(name="Weddings")

    changed = api.patch(f"/session-categories/{category['id']}", {})

    assert (changed.status, changed.body["name"]) == (200, "Weddings")


def test_two_categories_cannot_have_one_name_whatever_its_case(api: ApiClient, make: Factory) -> None:
    make.category(name="Weddings")

    refused = api.post("/session-categories", {"name": "WEDDINGS"})

    assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_a_category_cannot_take_the_name_of_another(api: ApiClient, make: Factory) -> None:
    make.category(name="Weddings")
    other = make.category(name="Events")

    refused = api.patch(f"/session-categories/{other['id']}", {"name": "weddings"})

    assert (refused.status, refused.body["code"]) == (409, "name_taken")
    assert api.get(f"/session-categories/{other['id']}").body == other


def test_a_category_without_packages_can_be_deleted(api: ApiClient, make: Factory) -> None:
    category = make.category()

    deleted = api.delete(f"/session-categories/{category['id']}")

    assert deleted.status == 204
    assert api.get(f"/session-categories/{category['id']}").status == 404


def test_a_category_with_packages_cannot_be_deleted(api: ApiClient, make: Factory) -> None:
    category = make.category()
    make.package(categoryId=category["id"])

    refused = api.delete(f"/session-categories/{category['id']}")

    assert (refused.status, refused.body["code"]) == (409, "category_in_use")
    assert api.get(f"/session-categories/{category['id']}").body == category


@pytest.mark.parametrize(("sort", "expected"), [("name", ["art", "Events"]), ("-name", ["Events", "art"])])
def test_categories_are_sorted_by(api: ApiClient, make: Factory, sort: str, expected: list[str]) -> None:
    make.category(name="Events")
    make.category(name="art")

    assert names(api, f"/session-categories?sort={sort}") == expected


def test_categories_can_be_searched_by_name(api: ApiClient, make: Factory) -> None:
    make.category(name="Weddings")
    make.category(name="Events")

    assert names(api, "/session-categories?q=WEDD") == ["Weddings"]


def test_search_takes_the_signs_of_patterns_literally_among_categories(api: ApiClient, make: Factory) -> None:
    make.category(name="Weddings")
    make.category(name="100% art")
    make.category(name="art_house")

    assert names(api, "/session-categories?q=%25") == ["100% art"]
    assert names(api, "/session-categories?q=_") == ["art_house"]


def test_a_package_is_created_in_its_category(api: ApiClient, make: Factory) -> None:
    category = make.category(name="Weddings")
    package = {
        "categoryId": category["id"],
        "name": "Full Day Wedding",
        "description": "Ten hours, two photographers.",
        "price": "3200.00",
        "durationMinutes": 600,
        "inclusions": ["Second photographer", "500 edited photos", "Album"],
        "isActive": False,
    }

    created = api.post("/session-packages", package)

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/session-packages/{created.body['id']}"
    assert created.body | package | {"categoryName": "Weddings"} == created.body
    assert api.get(f"/session-packages/{created.body['id']}").body == created.body


def test_a_package_lasts_ninety_minutes_and_is_offered_unless_said_otherwise(api: ApiClient, make: Factory) -> None:
    category = make.category()

    created = api.post("/session-packages", {"categoryId": category["id"], "name": "Portrait", "price": "250.00"})

    assert (created.body["durationMinutes"], created.body["isActive"]) == (90, True)
    assert (created.body["description"], created.body["inclusions"]) == (None, [])


@pytest.mark.parametrize("price", ["0.001", "1e3", "NaN", "Infinity", "-1.00", "", "ten", "99999999999.00", 12.5, 12])
def test_a_price_is_text_with_at_most_two_decimals(api: ApiClient, make: Factory, price: Any) -> None:
    category = make.category()

    refused = api.post("/session-packages", {"categoryId": category["id"], "name": "Portrait", "price": price})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/price"]


@pytest.mark.parametrize(("given", "kept"), [("0", "0.00"), ("12.5", "12.50"), ("9999999999.99", "9999999999.99")])
def test_a_price_is_answered_with_two_decimals(make: Factory, given: str, kept: str) -> None:
    assert make.package(price=given)["price"] == kept


@pytest.mark.parametrize("minutes", [0, -90, 44641, 90.5, "90", True, None])
def test_a_length_is_a_whole_number_of_minutes_up_to_a_month(api: ApiClient, make: Factory, minutes: Any) -> None:
    package = make.package()

    refused = api.patch(f"/session-packages/{package['id']}", {"durationMinutes": minutes})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/durationMinutes"]


def test_a_package_of_a_category_that_is_not_there_is_refused(api: ApiClient, make: Factory) -> None:
    package = make.package()

    created = api.post("/session-packages", {"categoryId": 999999, "name": "Portrait", "price": "250.00"})
    moved = api.patch(f"/session-packages/{package['id']}", {"categoryId": 999999})

    assert (created.status, moved.status) == (422, 422)
    assert created.body["errors"][0]["pointer"] == moved.body["errors"][0]["pointer"] == "/categoryId"


def test_a_package_patch_changes_only_what_it_names(api: ApiClient, make: Factory) -> None:
    package = make.package(description="An hour.", inclusions=["Album"], durationMinutes=60)

    changed = api.patch(f"/session-packages/{package['id']}", {"price": "300.00"})

    assert changed.status == 200
    assert changed.body == package | {"price": "300.00", "updatedAt": changed.body["updatedAt"]}


def test_null_clears_the_description_of_a_package(api: ApiClient, make: Factory) -> None:
    package = make.package(description="An hour.")

    changed = api.patch(f"/session-packages/{package['id']}", {"description": None})

    assert (changed.status, changed.body["description"]) == (200, None)


def test_a_package_can_move_to_another_category(api: ApiClient, make: Factory) -> None:
    package = make.package()
    events = make.category(name="Events")

    changed = api.patch(f"/session-packages/{package['id']}", {"categoryId": events["id"]})

    assert (changed.body["categoryId"], changed.body["categoryName"]) == (events["id"], "Events")


def test_two_packages_of_a_category_cannot_have_one_name_whatever_its_case(api: ApiClient, make: Factory) -> None:
    package = make.package(name="Portrait")

    refused = api.post(
        "/session-packages", {"categoryId": package["categoryId"], "name": "PORTRAIT", "price": "250.00"}
    )

    assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_packages_of_two_categories_may_have_one_name(make: Factory) -> None:
    portrait = make.package(name="Mini session")
    event = make.package(name="Mini session")

    assert portrait["categoryId"] != event["categoryId"]


def test_a_package_cannot_move_to_where_its_name_is_taken(api: ApiClient, make: Factory) -> None:
    there = make.package(name="Mini session")
    here = make.package(name="Mini session")

    refused = api.patch(f"/session-packages/{here['id']}", {"categoryId": there["categoryId"]})

    assert (refused.status, refused.body["code"]) == (409, "name_taken")
    assert api.get(f"/session-packages/{here['id']}").body == here


def test_a_package_that_was_never_booked_can_be_deleted(api: ApiClient, make: Factory) -> None:
    package = make.package()

    deleted = api.delete(f"/session-packages/{package['id']}")

    assert deleted.status == 204
    assert api.get(f"/session-packages/{package['id']}").status == 404


def test_a_booked_package_cannot_be_deleted_but_can_be_deactivated(api: ApiClient, make: Factory) -> None:
    package = make.package()
    make.booking(sessionTypeId=package["id"])

    refused = api.delete(f"/session-packages/{package['id']}")
    deactivated = api.patch(f"/session-packages/{package['id']}", {"isActive": False})

    assert (refused.status, refused.body["code"]) == (409, "package_in_use")
    assert (deactivated.status, deactivated.body["isActive"]) == (200, False)


def test_bookings_keep_the_price_and_length_they_were_made_with(api: ApiClient, make: Factory) -> None:
    package = make.package(price="250.00", durationMinutes=90)
    booking = make.booking(sessionTypeId=package["id"])

    api.patch(f"/session-packages/{package['id']}", {"price": "400.00", "durationMinutes": 30})

    assert api.get(f"/bookings/{booking['id']}").body == booking


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["album", "Portrait", "wedding"]),
        ("-name", ["wedding", "Portrait", "album"]),
        ("price", ["Portrait", "wedding", "album"]),
        ("-price", ["album", "wedding", "Portrait"]),
    ],
)
def test_packages_are_sorted_by(api: ApiClient, make: Factory, sort: str, expected: list[str]) -> None:
    make.package(name="Portrait", price="9.00")
    make.package(name="album", price="1000.00")
    make.package(name="wedding", price="20.00")

    assert names(api, f"/session-packages?sort={sort}") == expected


def test_packages_can_be_had_by_category(api: ApiClient, make: Factory) -> None:
    package = make.package(name="Portrait")
    make.package(name="Gala")

    assert names(api, f"/session-packages?categoryId={package['categoryId']}") == ["Portrait"]


@pytest.mark.parametrize(("is_active", "expected"), [("true", ["Portrait"]), ("false", ["Gala"])])
def test_packages_can_be_had_by_whether_they_are_offered(
    api: ApiClient, make: Factory, is_active: str, expected: list[str]
) -> None:
    make.package(name="Portrait")
    make.package(name="Gala", isActive=False)

    assert names(api, f"/session-packages?isActive={is_active}") == expected


@pytest.mark.parametrize("q", ["PORTR", "two hours"])
def test_packages_can_be_searched_by_name_and_description(api: ApiClient, make: Factory, q: str) -> None:
    make.package(name="Portrait", description="Two hours outdoors.")
    make.package(name="Gala")

    assert names(api, f"/session-packages?q={q}") == ["Portrait"]


def test_search_takes_the_signs_of_patterns_literally_among_packages(api: ApiClient, make: Factory) -> None:
    make.package(name="Portrait")
    make.package(name="Half price", description="50% off")
    make.package(name="Mini_session")

    assert names(api, "/session-packages?q=%25") == ["Half price"]
    assert names(api, "/session-packages?q=_") == ["Mini_session"]
