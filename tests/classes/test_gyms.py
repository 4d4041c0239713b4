"""Gyms: for everybody to find, and for administrators to change."""

from typing import Any

import pytest

from tests.classes.timetable import Timetable
from tests.client import ApiClient

CANAL = {
    "name": "Canal Studio",
    "address": {"line1": "1 Keizersgracht", "city": "Amsterdam", "postalCode": "1015 CC", "country": "NL"},
    "timeZone": "Europe/Amsterdam",
}
MONDAY = {"weekday": "MONDAY", "opensAt": "07:00", "closesAt": "22:00"}
SUNDAY = {"weekday": "SUNDAY", "opensAt": "09:00", "closesAt": "24:00"}


@pytest.fixture
def public(api: ApiClient) -> ApiClient:
    return api.by_token(None)


def names(api: ApiClient, query: str = "") -> list[str]:
    return [gym["name"] for gym in api.get(f"/gyms?{query}").body["data"]]


def test_a_gym_is_added_with_its_hours_and_is_open_to_everybody(api: ApiClient, public: ApiClient) -> None:
    created = api.post("/gyms", CANAL | {"openingHours": [SUNDAY, MONDAY], "amenities": ["Showers"]})

    assert created.status == 201
    read = public.get(f"/gyms/{created.body['id']}").body
    assert read == created.body
    assert read["openingHours"] == [MONDAY, SUNDAY]
    assert read["address"] == CANAL["address"] | {"line2": None, "region": None}  # type: ignore[operator]
    assert (read["subscriberCancelHours"], read["cancelHours"], read["requiresInduction"]) == (4, 12, False)
    assert (read["ratingAverage"], read["ratingCount"]) == (None, 0)
    assert (read["equipment"], read["trainers"], read["amenities"]) == ([], [], ["Showers"])


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"address": {"line1": "1 Quay", "city": "Delft"}}, "/address/country"),
        ({"address": CANAL["address"] | {"floor": "2"}}, "/address/floor"),  # type: ignore[operator]
        ({"address": CANAL["address"] | {"country": "nl"}}, "/address/country"),  # type: ignore[operator]
        ({"address": "1 Quay, Delft"}, "/address"),
        ({"timeZone": "Mars/Olympus"}, "/timeZone"),
        ({"cancelHours": -1}, "/cancelHours"),
        ({"openingHours": [MONDAY, MONDAY]}, "/openingHours/1/weekday"),
        ({"openingHours": [MONDAY | {"closesAt": "07:00"}]}, "/openingHours/0/closesAt"),
        ({"ratingCount": 5}, "/ratingCount"),
    ],
)
def test_what_makes_no_gym_is_refused(api: ApiClient, wrong: dict[str, Any], pointer: str) -> None:
    refused = api.post("/gyms", CANAL | wrong)

    assert (refused.status, [error["pointer"] for error in refused.body["errors"]]) == (422, [pointer])


def test_two_gyms_have_not_the_same_name(api: ApiClient, timetable: Timetable) -> None:
    timetable.gym(name="canal STUDIO")

    refused = api.post("/gyms", CANAL)

    assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_hours_that_are_sent_replace_all_there_were_and_others_stay(api: ApiClient) -> None:
    gym = api.post("/gyms", CANAL | {"openingHours": [MONDAY]}).body
    path = f"/gyms/{gym['id']}"

    renamed = api.patch(path, {"name": "Canal Rooms"}).body
    replaced = api.patch(path, {"openingHours": [SUNDAY]}).body
    closed = api.patch(path, {"openingHours": []}).body

    assert (renamed["name"], renamed["openingHours"]) == ("Canal Rooms", [MONDAY])
    assert replaced["openingHours"] == [SUNDAY]
    assert closed["openingHours"] == []


def test_an_address_is_changed_as_a_whole(api: ApiClient) -> None:
    gym = api.post("/gyms", CANAL).body

    changed = api.patch(f"/gyms/{gym['id']}", {"address": {"line1": "2 Quay", "city": "Delft", "country": "NL"}})
    partial = api.patch(f"/gyms/{gym['id']}", {"address": {"city": "Utrecht"}})

    assert (changed.body["address"]["city"], changed.body["address"]["postalCode"]) == ("Delft", None)
    assert partial.status == 422


def test_what_changes_nothing_is_no_deed(api: ApiClient) -> None:
    gym = api.post("/gyms", CANAL | {"openingHours": [MONDAY]}).body

    api.patch(f"/gyms/{gym['id']}", {"name": CANAL["name"], "address": CANAL["address"], "openingHours": [MONDAY]})
    api.patch(f"/gyms/{gym['id']}", {"openingHours": [SUNDAY]})

    feed = api.get(f"/activities?subjectType=GYM&subjectId={gym['id']}").body["data"]
    assert [deed["kind"] for deed in feed] == ["GYM_CHANGED", "GYM_CREATED"]


def test_the_public_finds_gyms_that_are_active_and_reads_those_that_are_not_gone(
    api: ApiClient, public: ApiClient, timetable: Timetable
) -> None:
    active, _mended, gone = (
        timetable.gym(name=status.title(), status=status) for status in ("ACTIVE", "MAINTENANCE", "INACTIVE")
    )

    assert names(public) == names(api.by_role("CUSTOMER")) == ["Active"]
    assert (names(public, "status=INACTIVE"), names(public, "q=maint")) == ([], [])
    assert [public.get(f"/gyms/{id_}").status for id_ in (active, _mended, gone)] == [200, 200, 404]
    assert [public.get(f"/gyms/{gone}/{part}").status for part in ("equipment", "trainers")] == [404, 404]


def test_administrators_are_shown_all_gyms_and_filter_by_status(api: ApiClient, timetable: Timetable) -> None:
    for status in ("ACTIVE", "MAINTENANCE", "INACTIVE"):
        gym_id = timetable.gym(name=status.title(), status=status)

    assert names(api) == ["Active", "Inactive", "Maintenance"]
    assert names(api, "status=INACTIVE") == ["Inactive"]
    assert api.get("/gyms?include=total").body["total"] == 3
    assert api.get(f"/gyms/{gym_id}").body["status"] == "INACTIVE"
    assert api.get(f"/gyms/{gym_id}/equipment").status == 200


def test_gyms_are_searched_by_name_and_city_and_paged_in_both_orders(public: ApiClient, timetable: Timetable) -> None:
    for name, city in (("canal", "Amsterdam"), ("Harbour", "Delft"), ("Belfry", "Delft")):
        timetable.gym(name=name, address=f'{{"line1": "1 Quay", "city": "{city}", "country": "NL"}}')

    assert names(public) == ["Belfry", "canal", "Harbour"]
    assert names(public, "sort=-createdAt") == ["Belfry", "Harbour", "canal"]
    assert names(public, "city=DELFT") == ["Belfry", "Harbour"]
    assert names(public, "q=delf") == ["Belfry", "Harbour"]
    assert names(public, "q=canal") == ["canal"]
    for sort in ("name", "-createdAt"):
        first = public.get(f"/gyms?limit=2&sort={sort}").body
        second = public.get(f"/gyms?limit=2&sort={sort}&cursor={first['nextCursor']}").body
        assert [gym["name"] for gym in first["data"] + second["data"]] == names(public, f"sort={sort}")


def test_a_gym_tells_what_is_there_by_category_and_who_gives_classes(
    api: ApiClient, public: ApiClient, timetable: Timetable
) -> None:
    gym_id = timetable.gym()
    for name, category, quantity, status in (
        ("Rower", "Cardio", 4, "AVAILABLE"),
        ("Treadmill", "Cardio", 2, "OUT_OF_ORDER"),
        ("Barbell", "Weights", 6, "AVAILABLE"),
        ("Old bike", "Bikes", 9, "RETIRED"),
    ):
        what = {"name": name, "category": category, "quantity": quantity, "status": status}
        assert api.post(f"/gyms/{gym_id}/equipment", what).status == 201
    trainer_id = timetable.trainer(gym_id)
    api.by_role("TRAINER").patch("/me/profile", {"bio": "Strength, and patience."})

    gym = public.get(f"/gyms/{gym_id}").body

    assert gym["equipment"] == [
        {"category": "Cardio", "quantity": 6, "availableQuantity": 4},
        {"category": "Weights", "quantity": 6, "availableQuantity": 6},
    ]
    assert [(t["id"], t["name"], t["bio"]) for t in gym["trainers"]] == [
        (str(trainer_id), "Trainer Test", "Strength, and patience.")
    ]


def test_a_gym_without_classes_is_removed_with_all_that_is_there(api: ApiClient, timetable: Timetable) -> None:
    gym = api.post("/gyms", CANAL | {"openingHours": [MONDAY]}).body
    api.post(f"/gyms/{gym['id']}/equipment", {"name": "Rower", "category": "Cardio"})
    timetable.trainer(gym["id"])

    assert api.delete(f"/gyms/{gym['id']}").status == 204
    assert api.get(f"/gyms/{gym['id']}").status == 404


@pytest.mark.parametrize("with_trainer", [True, False])
def test_a_gym_at_which_there_was_a_class_stays(api: ApiClient, timetable: Timetable, with_trainer: bool) -> None:
    gym_id = timetable.gym()
    trainer_id = timetable.trainer(gym_id)
    timetable.session(gym_id=gym_id, trainer_id=trainer_id if with_trainer else None, status="CANCELLED")

    refused = api.delete(f"/gyms/{gym_id}")

    assert (refused.status, refused.body["code"]) == (409, "gym_in_use")


def test_a_gym_at_which_there_was_an_induction_stays(api: ApiClient, timetable: Timetable) -> None:
    gym_id = timetable.gym()
    timetable.induction(gym_id, timetable.person()[0])

    refused = api.delete(f"/gyms/{gym_id}")

    assert (refused.status, refused.body["code"]) == (409, "gym_in_use")


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "TRAINER", "VENDOR", "CUSTOMER"])
def test_only_administrators_change_gyms(api: ApiClient, timetable: Timetable, role: str) -> None:
    gym_id = timetable.gym()
    somebody = api.by_role(role)

    answers = [
        somebody.post("/gyms", CANAL),
        somebody.patch(f"/gyms/{gym_id}", {"name": "Mine"}),
        somebody.delete(f"/gyms/{gym_id}"),
        somebody.post(f"/gyms/{gym_id}/equipment", {"name": "Rower", "category": "Cardio"}),
        somebody.post(f"/gyms/{gym_id}/trainers", {"trainerId": str(timetable.user_id(role))}),
    ]

    assert [answer.status for answer in answers] == [403] * 5
