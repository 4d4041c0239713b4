"""Who gives classes at gyms."""

import pytest

from tests.classes.timetable import Timetable
from tests.client import ApiClient


@pytest.fixture
def gym_id(timetable: Timetable) -> int:
    return timetable.gym()


@pytest.mark.parametrize("role", ["TRAINER", "OWNER", "ADMIN", "PHOTOGRAPHER", "EDITOR", "FINANCE"])
def test_a_trainer_is_a_user_who_is_one_or_is_on_the_team(
    api: ApiClient, timetable: Timetable, gym_id: int, role: str
) -> None:
    user_id = str(timetable.user_id(role))

    added = api.post(f"/gyms/{gym_id}/trainers", {"trainerId": user_id})

    assert (added.status, added.body["id"], added.body["isActive"]) == (201, user_id, True)
    assert added.headers["Location"].endswith(f"/gyms/{gym_id}/trainers/{user_id}")
    assert (added.body["ratingAverage"], added.body["ratingCount"]) == (None, 0)


@pytest.mark.parametrize(("role", "status"), [("CUSTOMER", "ACTIVE"), ("VENDOR", "ACTIVE"), ("TRAINER", "SUSPENDED")])
def test_nobody_else_is_a_trainer(api: ApiClient, timetable: Timetable, gym_id: int, role: str, status: str) -> None:
    user_id, _ = timetable.person(role, status)

    for trainer_id in (str(user_id), "98765432-1098-4765-8321-098765432109", "nobody"):
        refused = api.post(f"/gyms/{gym_id}/trainers", {"trainerId": trainer_id})
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/trainerId")


def test_a_trainer_is_at_a_gym_once(api: ApiClient, timetable: Timetable, gym_id: int) -> None:
    trainer_id = timetable.trainer(gym_id)

    refused = api.post(f"/gyms/{gym_id}/trainers", {"trainerId": str(trainer_id)})

    assert (refused.status, refused.body["code"]) == (409, "already_trainer")


def test_the_public_is_shown_who_gives_classes_now(api: ApiClient, timetable: Timetable, gym_id: int) -> None:
    path, public = f"/gyms/{gym_id}/trainers", api.by_token(None)
    now, before = timetable.trainer(gym_id), timetable.trainer(gym_id, timetable.user_id("OWNER"))
    suspended = timetable.trainer(gym_id, timetable.person("TRAINER", "SUSPENDED")[0])

    stopped = api.patch(f"{path}/{before}", {"isActive": False})

    assert stopped.body["isActive"] is False
    assert [row["id"] for row in public.get(path).body["data"]] == [str(now)]
    assert [row["id"] for row in public.get(f"/gyms/{gym_id}").body["trainers"]] == [str(now)]
    assert [public.get(f"{path}/{id_}").status for id_ in (now, before, suspended)] == [200, 404, 404]
    assert {row["id"] for row in api.get(path).body["data"]} == {str(now), str(before), str(suspended)}
    assert api.get(f"{path}?include=total").body["total"] == 3


def test_trainers_are_paged_by_name(api: ApiClient, timetable: Timetable, gym_id: int) -> None:
    for _ in range(3):
        timetable.trainer(gym_id, timetable.person("TRAINER")[0])
    path = f"/gyms/{gym_id}/trainers"

    first = api.get(f"{path}?limit=2").body
    second = api.get(f"{path}?limit=2&cursor={first['nextCursor']}").body

    assert first["data"] + second["data"] == api.get(path).body["data"]
    assert (len(first["data"]), len(second["data"]), second["nextCursor"]) == (2, 1, None)


def test_a_trainer_who_gave_no_class_is_taken_from_a_gym(api: ApiClient, timetable: Timetable, gym_id: int) -> None:
    trainer_id = timetable.trainer(gym_id)
    timetable.trainer(timetable.gym(), trainer_id)

    assert api.delete(f"/gyms/{gym_id}/trainers/{trainer_id}").status == 204
    assert api.get(f"/gyms/{gym_id}/trainers/{trainer_id}").status == 404
    assert api.delete(f"/gyms/{gym_id}/trainers/{trainer_id}").status == 404


def test_a_trainer_who_has_given_a_class_stays(api: ApiClient, timetable: Timetable, gym_id: int) -> None:
    trainer_id = timetable.trainer(gym_id)
    timetable.session(gym_id=gym_id, trainer_id=trainer_id)

    refused = api.delete(f"/gyms/{gym_id}/trainers/{trainer_id}")

    assert (refused.status, refused.body["code"]) == (409, "trainer_in_use")


def test_a_trainer_who_has_given_an_induction_stays(api: ApiClient, timetable: Timetable, gym_id: int) -> None:
    trainer_id = timetable.trainer(gym_id)
    timetable.induction(gym_id, timetable.person()[0], trainer_id=trainer_id, status="COMPLETED")

    refused = api.delete(f"/gyms/{gym_id}/trainers/{trainer_id}")

    assert (refused.status, refused.body["code"]) == (409, "trainer_in_use")


def test_the_feed_tells_of_the_gym_who_came_and_went(api: ApiClient, timetable: Timetable, gym_id: int) -> None:
    path, trainer_id = f"/gyms/{gym_id}/trainers", str(timetable.user_id("TRAINER"))
    api.post(path, {"trainerId": trainer_id})
    api.patch(f"{path}/{trainer_id}", {"isActive": True})
    api.patch(f"{path}/{trainer_id}", {"isActive": False})
    api.delete(f"{path}/{trainer_id}")

    feed = api.get(f"/activities?subjectType=GYM&subjectId={gym_id}").body["data"]

    assert [deed["kind"] for deed in feed] == ["TRAINER_REMOVED", "TRAINER_CHANGED", "TRAINER_ADDED"]
    assert {deed["details"]["name"] for deed in feed} == {"Trainer Test"}
