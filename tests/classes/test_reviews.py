"""What members say of classes, and how these, their gyms and their trainers are rated by that."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from photolens.classes.actions import reviews
from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.classes.timetable import HOUR, Timetable
from tests.client import ApiClient

DAY = timedelta(days=1)
LIKED = {"rating": 5, "comment": "Hard work, well led."}


@pytest.fixture
def emma(timetable: Timetable) -> tuple[UUID, str]:
    return timetable.person()


@pytest.fixture
def member(api: ApiClient, emma: tuple[UUID, str]) -> ApiClient:
    return api.by_token(emma[1])


def attended(timetable: Timetable, user_id: UUID, ended: timedelta = DAY, **fields: Any) -> str:
    """A class of an hour that ended so long ago, and somebody was at; gives the address of its reviews."""
    session_id = timetable.session_in(-HOUR - ended, **{"status": "COMPLETED", **fields})
    timetable.attended(session_id, user_id)
    return f"/classes/{session_id}/reviews"


def rating(row: dict[str, Any]) -> tuple[float | None, int]:
    return row["ratingAverage"], row["ratingCount"]


def test_who_was_there_says_what_a_class_was_like_and_everybody_reads_it(
    api: ApiClient, timetable: Timetable, emma: tuple[UUID, str], member: ApiClient, conn: Connection
) -> None:
    conn.execute("update auth_users set name = 'Emma Louise Chen' where id = %s", [emma[0]])
    path = attended(timetable, emma[0])

    said = member.post(path, LIKED)

    assert (said.status, said.body["rating"], said.body["authorName"]) == (201, 5, "Emma")
    public = api.by_token(None)
    assert public.get(path).body["data"] == [said.body]
    assert public.get(f"{path}/{said.body['id']}").body == said.body
    assert "Chen" not in str(said.body)


def test_reviews_are_listed_newest_first(api: ApiClient, timetable: Timetable, conn: Connection) -> None:
    session_id = timetable.session_in(-2 * HOUR)
    for stars in (3, 4, 5):
        user_id, token = timetable.person()
        timetable.attended(session_id, user_id)
        said = api.by_token(token).post(f"/classes/{session_id}/reviews", {"rating": stars}).body
        conn.execute(
            "update session_reviews set created_at = now() + %s * interval '1 s' where id = %s", [stars, said["id"]]
        )

    path = f"/classes/{session_id}/reviews"
    first = api.get(f"{path}?limit=2&include=total").body
    second = api.get(f"{path}?limit=2&cursor={first['nextCursor']}").body
    assert [row["rating"] for row in first["data"] + second["data"]] == [5, 4, 3]
    assert first["total"] == 3


@pytest.mark.parametrize("status", ["BOOKED", "NO_SHOW"])
def test_who_was_not_there_says_nothing(
    timetable: Timetable, emma: tuple[UUID, str], member: ApiClient, status: str
) -> None:
    session_id = timetable.session_in(-2 * HOUR)
    timetable.attended(session_id, emma[0], status)
    timetable.attended(session_id, timetable.person()[0])

    refused = member.post(f"/classes/{session_id}/reviews", LIKED)

    assert (refused.status, refused.body["code"]) == (409, "not_attended")


def test_a_class_is_reviewed_once_it_has_ended(timetable: Timetable, emma: tuple[UUID, str], member: ApiClient) -> None:
    goes_on = attended(timetable, emma[0], -timedelta(seconds=1), status="IN_PROGRESS")
    has_just_ended = attended(timetable, emma[0], HOUR)

    refused = member.post(goes_on, LIKED)

    assert (refused.status, refused.body["code"]) == (409, "too_early")
    assert member.post(has_just_ended, LIKED).status == 201


def test_a_class_is_reviewed_within_thirty_days(
    timetable: Timetable, emma: tuple[UUID, str], member: ApiClient
) -> None:
    on_the_last = attended(timetable, emma[0], 30 * DAY)
    later = attended(timetable, emma[0], 31 * DAY)

    refused = member.post(later, LIKED)

    assert (refused.status, refused.body["code"]) == (409, "too_late")
    assert member.post(on_the_last, LIKED).status == 201


def test_a_place_has_one_review(timetable: Timetable, emma: tuple[UUID, str], member: ApiClient) -> None:
    path = attended(timetable, emma[0])
    assert member.post(path, LIKED).status == 201

    again = member.post(path, LIKED)

    assert (again.status, again.body["code"]) == (409, "already_reviewed")


@pytest.mark.parametrize("stars", [1, 2])
def test_one_or_two_stars_take_a_reason(
    timetable: Timetable, emma: tuple[UUID, str], member: ApiClient, stars: int
) -> None:
    path = attended(timetable, emma[0])

    refused = member.post(path, {"rating": stars})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/comment")
    said = member.post(path, {"rating": stars, "comment": "It was cut short."})
    assert said.status == 201
    emptied = member.patch(f"{path}/{said.body['id']}", {"comment": None})
    assert (emptied.status, emptied.body["errors"][0]["pointer"]) == (422, "/comment")


@pytest.mark.parametrize("stars", [0, 6, 4.5, "5"])
def test_stars_are_one_to_five(timetable: Timetable, emma: tuple[UUID, str], member: ApiClient, stars: object) -> None:
    refused = member.post(attended(timetable, emma[0]), {"rating": stars})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/rating")


def test_the_author_says_otherwise_within_thirty_days(
    timetable: Timetable, emma: tuple[UUID, str], member: ApiClient, conn: Connection
) -> None:
    path = attended(timetable, emma[0])
    review = f"{path}/{member.post(path, LIKED).body['id']}"

    changed = member.patch(review, {"rating": 4})
    conn.execute(
        """
        update class_sessions
        set start_time = start_time - interval '30 days', end_time = end_time - interval '30 days'
        """
    )
    refused = member.patch(review, {"rating": 1})

    assert (changed.body["rating"], changed.body["comment"]) == (4, LIKED["comment"])
    assert (refused.status, refused.body["code"]) == (409, "too_late")


def test_a_review_is_changed_as_it_was_read(timetable: Timetable, emma: tuple[UUID, str], member: ApiClient) -> None:
    path = attended(timetable, emma[0])
    review = f"{path}/{member.post(path, LIKED).body['id']}"
    etag = member.get(review).headers["ETag"]

    first = member.patch(review, {"rating": 4}, headers={"If-Match": etag})
    second = member.patch(review, {"rating": 3}, headers={"If-Match": etag})

    assert (first.status, second.status, second.body["code"]) == (200, 412, "precondition_failed")
    assert member.get(review, headers={"If-None-Match": first.headers["ETag"]}).status == 304


def test_nobody_else_changes_a_review(
    api: ApiClient, timetable: Timetable, emma: tuple[UUID, str], member: ApiClient
) -> None:
    path = attended(timetable, emma[0])
    review = f"{path}/{member.post(path, LIKED).body['id']}"
    other, token = timetable.person()
    elsewhere = attended(timetable, other)

    for somebody in (api, api.by_token(token)):
        assert somebody.patch(review, {"rating": 1, "comment": "No."}).status == 404
    assert member.patch(f"{elsewhere}/{review.rpartition('/')[2]}", {"rating": 1}).status == 404


def test_a_program_reviews_nothing_for_anybody(
    api: ApiClient, timetable: Timetable, emma: tuple[UUID, str], member: ApiClient
) -> None:
    path = attended(timetable, emma[0])
    token = member.post("/me/tokens", {"name": "Backup", "permissions": []}).body["token"]

    refused = api.by_token(token).post(path, LIKED)

    assert (refused.status, refused.body["code"]) == (403, "session_required")


def test_a_class_that_is_not_there_has_no_reviews(api: ApiClient, member: ApiClient) -> None:
    assert api.by_token(None).get("/classes/987654321/reviews").status == 404
    assert member.post("/classes/987654321/reviews", LIKED).status == 404


def test_classes_gyms_and_trainers_are_rated_by_the_reviews(
    api: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    here, there = timetable.gym(), timetable.gym()
    trainer_id = timetable.trainer(here)
    timetable.trainer(there, trainer_id)
    for gym_id, trained_by, day, stars in (
        (here, trainer_id, 1, 5),
        (here, trainer_id, 2, 4),
        (here, None, 3, 3),
        (there, trainer_id, 4, 3),
    ):
        user_id, token = timetable.person()
        path = attended(timetable, user_id, day * DAY, gym_id=gym_id, trainer_id=trained_by)
        said = api.by_token(token).post(path, {"rating": stars})
        assert said.status == 201
    assert api.by_token(token).patch(f"{path}/{said.body['id']}", {"rating": 2, "comment": "Cut short."}).status == 200

    assert rating(api.get(f"/gyms/{here}").body) == (4.0, 3)
    assert rating(api.get(f"/gyms/{there}").body) == (2.0, 1)
    # Of a trainer, at all their gyms together.
    assert rating(api.get(f"/gyms/{here}/trainers/{trainer_id}").body) == (3.7, 3)
    assert [rating(trainer) for trainer in api.get(f"/gyms/{there}").body["trainers"]] == [(3.7, 3)]
    assert [rating(gym) for gym in api.get("/gyms").body["data"]] == [(4.0, 3), (2.0, 1)]
    assert broken_invariants(conn) == []


def test_a_rating_that_its_reviews_do_not_give_is_found(
    timetable: Timetable, emma: tuple[UUID, str], member: ApiClient, conn: Connection
) -> None:
    gym_id = timetable.gym()
    path = attended(timetable, emma[0], gym_id=gym_id, trainer_id=timetable.trainer(gym_id))
    assert member.post(path, LIKED).status == 201

    conn.execute("update session_reviews set rating = 3")

    assert sorted(line.partition(" ")[0] for line in broken_invariants(conn)) == [
        "class_sessions",
        "gym_trainers",
        "gyms",
    ]


def test_places_credits_and_engagements_that_their_rows_do_not_give_are_found(
    timetable: Timetable, emma: tuple[UUID, str], conn: Connection
) -> None:
    gym_id = timetable.gym()
    session_id = timetable.session(gym_id=gym_id, trainer_id=timetable.trainer(gym_id))
    timetable.attended(session_id, emma[0], "BOOKED")
    assert broken_invariants(conn) == []

    conn.execute("update class_sessions set places_taken = 2, places_offered = 1, waiting = 3")
    conn.execute("update session_bookings set credit_cost = 1")
    conn.execute("update trainer_engagements set end_time = end_time + interval '1 hour'")

    columns = sorted(line.partition(": ")[2].partition(" is ")[0] for line in broken_invariants(conn))
    assert columns == ["debit", "engagement of the trainer", "places_offered", "places_taken", "waiting"]


def test_what_somebody_said_who_is_forgotten_goes_and_their_stars_stay(
    timetable: Timetable, emma: tuple[UUID, str], member: ApiClient, conn: Connection
) -> None:
    path = attended(timetable, emma[0])
    assert member.post(path, {"rating": 2, "comment": "I am Emma Chen, and it was cut short."}).status == 201

    reviews.forget(conn, [emma[0]])

    (left,) = member.get(path).body["data"]
    assert (left["rating"], left["comment"]) == (2, reviews.FORGOTTEN)


@pytest.mark.committed
def test_reviews_of_many_at_once_are_all_counted(api: ApiClient, timetable: Timetable, conn: Connection) -> None:
    gym_id = timetable.gym()
    trainer_id = timetable.trainer(gym_id)
    asked = []
    for day in (1, 2):
        session_id = timetable.session_in(-HOUR - day * DAY, gym_id=gym_id, trainer_id=trainer_id)
        for _ in range(4):
            user_id, token = timetable.person()
            timetable.attended(session_id, user_id)
            asked.append((token, f"/classes/{session_id}/reviews"))

    with ThreadPoolExecutor(len(asked)) as pool:
        answers = list(pool.map(lambda each: api.by_token(each[0]).post(each[1], {"rating": 4}).status, asked))

    assert answers == [201] * len(asked)
    assert rating(api.get(f"/gyms/{gym_id}").body) == (4.0, len(asked))
