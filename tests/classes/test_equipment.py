"""What is at gyms to exercise with."""

import pytest

from tests.classes.timetable import Timetable
from tests.client import ApiClient

ROWER = {"name": "Rowing machine", "category": "Cardio", "quantity": 4}


@pytest.fixture
def path(timetable: Timetable) -> str:
    return f"/gyms/{timetable.gym()}/equipment"


def test_equipment_is_added_changed_and_removed_and_the_feed_tells_it_of_the_gym(api: ApiClient, path: str) -> None:
    added = api.post(path, ROWER)
    changed = api.patch(f"{path}/{added.body['id']}", {"status": "MAINTENANCE"})
    removed = api.delete(f"{path}/{added.body['id']}")

    assert (added.status, added.body["status"], added.body["quantity"]) == (201, "AVAILABLE", 4)
    assert (changed.body["status"], changed.body["name"]) == ("MAINTENANCE", "Rowing machine")
    assert (removed.status, api.get(path).body["data"]) == (204, [])
    feed = api.get("/activities?subjectType=GYM").body["data"]
    assert [deed["kind"] for deed in feed] == ["EQUIPMENT_REMOVED", "EQUIPMENT_CHANGED", "EQUIPMENT_ADDED"]
    assert feed[0]["details"] == {"name": "Rowing machine"}


def test_what_is_retired_only_administrators_are_shown(api: ApiClient, path: str) -> None:
    kept, retired = api.post(path, ROWER).body, api.post(path, ROWER | {"name": "Bike", "status": "RETIRED"}).body
    public = api.by_token(None)

    assert [row["id"] for row in public.get(path).body["data"]] == [kept["id"]]
    assert public.get(f"{path}?status=RETIRED&include=total").body == {"data": [], "nextCursor": None, "total": 0}
    assert [public.get(f"{path}/{row['id']}").status for row in (kept, retired)] == [200, 404]
    assert [row["id"] for row in api.get(path).body["data"]] == [retired["id"], kept["id"]]


def test_equipment_is_listed_by_name_and_filtered_by_category(api: ApiClient, path: str) -> None:
    for name, category in (("Rower", "Cardio"), ("barbell", "Weights"), ("Bike", "cardio")):
        assert api.post(path, {"name": name, "category": category}).status == 201

    first = api.get(f"{path}?limit=2").body
    second = api.get(f"{path}?limit=2&cursor={first['nextCursor']}").body

    assert [row["name"] for row in first["data"] + second["data"]] == ["barbell", "Bike", "Rower"]
    assert [row["name"] for row in api.get(f"{path}?category=CARDIO").body["data"]] == ["Bike", "Rower"]


def test_a_name_is_given_once_at_a_gym(api: ApiClient, path: str, timetable: Timetable) -> None:
    assert api.post(path, ROWER).status == 201

    again = api.post(path, ROWER | {"name": "ROWING machine"})
    elsewhere = api.post(f"/gyms/{timetable.gym()}/equipment", ROWER)

    assert (again.status, again.body["code"]) == (409, "name_taken")
    assert elsewhere.status == 201


def test_equipment_is_found_at_its_own_gym_only(api: ApiClient, path: str, timetable: Timetable) -> None:
    row = api.post(path, ROWER).body
    elsewhere = f"/gyms/{timetable.gym()}/equipment/{row['id']}"

    answers = [api.get(elsewhere), api.patch(elsewhere, {"quantity": 1}), api.delete(elsewhere)]

    assert [answer.status for answer in answers] == [404] * 3
    assert api.post("/gyms/987654321/equipment", ROWER).status == 404


def test_equipment_goes_out_of_sight_with_its_gym(api: ApiClient, path: str) -> None:
    row = api.post(path, ROWER).body
    api.patch(path.removesuffix("/equipment"), {"status": "INACTIVE"})

    assert api.by_token(None).get(f"{path}/{row['id']}").status == 404
    assert api.get(f"{path}/{row['id']}").status == 200


@pytest.mark.parametrize("quantity", [-1, 10_001, 1.5])
def test_a_quantity_is_a_number_of_things(api: ApiClient, path: str, quantity: float) -> None:
    refused = api.post(path, ROWER | {"quantity": quantity})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/quantity")
