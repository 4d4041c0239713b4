"""Classes: how they are found, put up, changed and ended, and by whom."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from photolens.database import Connection
from tests.classes.timetable import HOUR, MONDAY, Timetable
from tests.client import Answer, ApiClient

SECOND = timedelta(seconds=1)


def rfc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def terms(**fields: Any) -> dict[str, Any]:
    return {"title": "Yoga", "startTime": rfc(MONDAY), "endTime": rfc(MONDAY + HOUR), **fields}


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def ids(answer: Answer) -> list[int]:
    return [row["id"] for row in answer.body["data"]]


@pytest.fixture
def trainer(api: ApiClient) -> ApiClient:
    return api.by_role("TRAINER")


# Put up


def test_staff_put_up_a_class_with_a_trainer_or_none(api: ApiClient, timetable: Timetable) -> None:
    gym = timetable.gym(name="Canal Studio", requires_induction=True)
    trainer_id = timetable.trainer(gym)

    made = api.post("/classes", terms(gymId=gym, trainerId=str(trainer_id), creditCost=2)).body
    nobodys = api.post("/classes", terms(gymId=gym)).body

    assert (
        made
        | {
            "gymName": "Canal Studio",
            "timeZone": "Europe/Amsterdam",
            "trainerName": "Trainer Test",
            "capacity": 20,
            "placesLeft": 20,
            "waitlistCapacity": 3,
            "waiting": 0,
            "creditCost": 2,
            "requiresInduction": True,
            "cancelHours": 12,
            "subscriberCancelHours": 4,
            "ratingAverage": None,
            "status": "SCHEDULED",
        }
        == made
    )
    assert (nobodys["trainerId"], nobodys["creditCost"]) == (None, 1)
    assert api.by_token(None).get(f"/classes/{made['id']}").body == made


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("/startTime", {"startTime": "2020-03-05T17:00:00Z"}),
        ("/endTime", {"endTime": rfc(MONDAY)}),
        ("/endTime", {"endTime": rfc(MONDAY + timedelta(days=32))}),
        ("/gymId", {"gymId": 987_654_321}),
        ("/trainerId", {"trainerId": "98765432-1098-4765-8321-098765432109"}),
        ("/capacity", {"capacity": 0}),
        ("/creditCost", {"creditCost": -1}),
    ],
)
def test_a_class_is_put_up_in_the_future_at_a_gym_with_a_trainer_of_it(
    api: ApiClient, timetable: Timetable, pointer: str, change: dict[str, Any]
) -> None:
    refused = api.post("/classes", terms(gymId=timetable.gym()) | change)

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [pointer]


@pytest.mark.parametrize("status", ["INACTIVE", "MAINTENANCE"])
def test_no_class_is_put_up_at_a_gym_that_is_not_active(api: ApiClient, timetable: Timetable, status: str) -> None:
    assert api.post("/classes", terms(gymId=timetable.gym(status=status))).status == 422


def test_a_trainer_who_is_not_active_there_is_given_no_class(
    api: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    gym = timetable.gym()
    trainer_id = timetable.trainer(gym)
    conn.execute("update gym_trainers set is_active = false")

    assert api.post("/classes", terms(gymId=gym, trainerId=str(trainer_id))).status == 422


def test_a_trainer_puts_up_their_own_classes_and_nobody_elses(
    api: ApiClient, trainer: ApiClient, timetable: Timetable
) -> None:
    gym = timetable.gym()
    own, other = timetable.trainer(gym), timetable.trainer(gym, timetable.person("TRAINER")[0])

    made = trainer.post("/classes", terms(gymId=gym))

    assert (made.status, made.body["trainerId"]) == (201, str(own))
    assert refusal(trainer.post("/classes", terms(gymId=gym, trainerId=str(other)))) == (403, "forbidden")
    assert refusal(trainer.post("/classes", terms(gymId=timetable.gym()))) == (403, "forbidden")
    assert refusal(api.by_role("CUSTOMER").post("/classes", terms(gymId=gym))) == (403, "forbidden")


def test_a_trainer_is_one_in_person_active_and_on_at_the_gym(
    trainer: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    gym = timetable.gym()
    timetable.trainer(gym)
    token = trainer.post("/me/tokens", {"name": "Program", "permissions": []}).body["token"]

    assert refusal(trainer.by_token(token).post("/classes", terms(gymId=gym))) == (403, "forbidden")
    conn.execute("update auth_users set status = 'PENDING' where role = 'TRAINER'")
    assert refusal(trainer.post("/classes", terms(gymId=gym))) == (403, "forbidden")
    conn.execute("update auth_users set status = 'ACTIVE' where role = 'TRAINER'")
    conn.execute("update gym_trainers set is_active = false")
    assert refusal(trainer.post("/classes", terms(gymId=gym))) == (403, "forbidden")


# Found


def test_the_public_finds_what_is_to_come_and_is_not_cancelled_unless_it_asks_for_more(
    api: ApiClient, timetable: Timetable
) -> None:
    gym = timetable.gym()
    over = timetable.session_in(-HOUR, gym_id=gym)
    soon = timetable.session_in(HOUR, gym_id=gym)
    later = timetable.session(gym_id=gym)
    cancelled = timetable.session_in(HOUR, gym_id=gym, status="CANCELLED")
    public = api.by_token(None)

    assert ids(public.get("/classes")) == [soon, later]
    assert ids(public.get("/classes?sort=-startTime&include=total")) == [later, soon]
    assert ids(public.get("/classes?from=2020-01-01T00:00:00Z")) == [over, soon, later]
    assert ids(public.get("/classes?to=2039-01-01T00:00:00Z")) == [soon]
    assert ids(public.get("/classes?status=CANCELLED")) == [cancelled]


def test_classes_are_found_by_gym_trainer_words_and_whether_there_is_a_place(
    api: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    gym, other = timetable.gym(name="Harbour"), timetable.gym()
    trainer_id = timetable.trainer(gym)
    full = timetable.session_in(HOUR, gym_id=gym, capacity=1)
    given = timetable.session(gym_id=gym, trainer_id=trainer_id, title="Boxing")
    elsewhere = timetable.session(MONDAY + HOUR, gym_id=other)
    assert api.by_token(timetable.member()).post(f"/classes/{full}/bookings").status == 201

    assert ids(api.get(f"/classes?gymId={gym}")) == [full, given]
    assert ids(api.get(f"/classes?trainerId={trainer_id}")) == [given]
    assert ids(api.get("/classes?hasSpace=true")) == [given, elsewhere]
    assert ids(api.get("/classes?hasSpace=false")) == [full]
    assert ids(api.get("/classes?q=BOXING")) == ids(api.get("/classes?q=trainer test")) == [given]
    assert ids(api.get("/classes?q=harbour")) == [full, given]


def test_a_class_at_an_inactive_gym_is_there_for_staff_and_its_trainer_only(
    api: ApiClient, trainer: ApiClient, timetable: Timetable
) -> None:
    gym = timetable.gym(status="INACTIVE")
    session = timetable.session(gym_id=gym, trainer_id=timetable.trainer(gym))
    customer, stranger = api.by_token(timetable.member()), api.by_token(timetable.person("TRAINER")[1])

    for caller in (api.by_token(None), customer, stranger):
        assert caller.get(f"/classes/{session}").status == 404
        assert ids(caller.get("/classes")) == []
    for caller in (api, trainer):
        assert caller.get(f"/classes/{session}").status == 200
        assert ids(caller.get("/classes")) == [session]
    for path in ("bookings", "waitlist", "cancel"):
        assert refusal(customer.post(f"/classes/{session}/{path}")) == (404, "not_found")


# Changed


def test_a_change_is_made_to_what_was_read(api: ApiClient, timetable: Timetable) -> None:
    path = f"/classes/{timetable.session()}"
    etag = api.get(path).headers["ETag"]

    changed = api.patch(path, {"title": "Slow yoga", "description": None}, headers={"If-Match": etag})

    assert changed.body["title"] == "Slow yoga"
    assert refusal(api.patch(path, {"title": "Yoga"}, headers={"If-Match": etag})) == (412, "precondition_failed")


def test_a_trainer_changes_their_own_class_and_gives_it_to_nobody(
    api: ApiClient, trainer: ApiClient, timetable: Timetable
) -> None:
    gym = timetable.gym()
    own, other = timetable.trainer(gym), timetable.trainer(gym, timetable.person("TRAINER")[0])
    path = f"/classes/{timetable.session(gym_id=gym, trainer_id=own)}"

    assert trainer.patch(path, {"title": "Mine", "trainerId": str(own)}).body["title"] == "Mine"
    for somebody in (str(other), None):
        assert refusal(trainer.patch(path, {"trainerId": somebody})) == (403, "forbidden")
    assert api.patch(path, {"trainerId": str(other)}).body["trainerId"] == str(other)
    assert refusal(trainer.patch(path, {"title": "Mine"})) == (403, "forbidden")
    assert api.patch(path, {"trainerId": "98765432-1098-4765-8321-098765432109"}).status == 422
    assert api.patch(path, {"trainerId": None}).body["trainerId"] is None


def test_what_is_over_is_not_changed(api: ApiClient, timetable: Timetable) -> None:
    for status in ("COMPLETED", "CANCELLED"):
        path = f"/classes/{timetable.session(status=status)}"
        assert refusal(api.patch(path, {"title": "Other"})) == (409, "illegal_transition")


def test_the_capacity_does_not_fall_below_what_is_taken(api: ApiClient, timetable: Timetable) -> None:
    session = timetable.session(capacity=2)
    path = f"/classes/{session}"
    for _ in range(2):
        assert api.by_token(timetable.member()).post(f"{path}/bookings").status == 201

    assert refusal(api.patch(path, {"capacity": 1})) == (409, "places_taken")
    assert api.patch(path, {"capacity": 3}).body["placesLeft"] == 1


def test_what_a_class_costs_now_is_nothing_to_who_has_booked(api: ApiClient, timetable: Timetable) -> None:
    user_id, token = timetable.person(credits=10)
    session = timetable.session(credit_cost=2)
    member = api.by_token(token)
    booking = member.post(f"/classes/{session}/bookings").body

    assert api.patch(f"/classes/{session}", {"creditCost": 5}).body["creditCost"] == 5

    assert (timetable.balance(user_id), member.get(f"/class-bookings/{booking['id']}").body["creditCost"]) == (8, 2)
    assert member.post(f"/class-bookings/{booking['id']}/cancel").body["isRefunded"] is True
    assert timetable.balance(user_id) == 10


def test_at_another_time_members_are_told_reminded_anew_and_free_to_cancel(
    api: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    session = timetable.session(capacity=1, title="Yoga")
    (user_id, token), (waiting_id, waiting) = timetable.person(credits=1), timetable.person(credits=1)
    booking = api.by_token(token).post(f"/classes/{session}/bookings").body
    assert api.by_token(waiting).post(f"/classes/{session}/waitlist").status == 201
    conn.execute("update session_bookings set day_reminder_at = now(), hour_reminder_at = now()")
    start = datetime.now(UTC) + 2 * HOUR

    moved = api.patch(f"/classes/{session}", {"startTime": rfc(start), "endTime": rfc(start + HOUR)})

    assert (moved.status, moved.body["movedAt"] is not None) == (200, True)
    assert timetable.told(user_id) == ["CLASS_BOOKED", "CLASS_MOVED"]
    assert "Until it starts you can cancel for nothing." in timetable.words(user_id)
    assert "You are still on the waiting list." in timetable.words(waiting_id)
    row = timetable.one("select day_reminder_at, hour_reminder_at, start_time from session_bookings")
    assert (row["day_reminder_at"], row["hour_reminder_at"], rfc(row["start_time"])) == (None, None, rfc(start))
    shown = api.by_token(token).get(f"/class-bookings/{booking['id']}").body
    assert shown["freeCancelUntil"] == shown["startTime"] == rfc(start)
    assert api.by_token(token).post(f"/class-bookings/{booking['id']}/cancel").body["status"] == "CANCELLED"
    assert timetable.balance(user_id) == 1


def test_whoever_books_after_the_move_cancels_as_anybody_does(api: ApiClient, timetable: Timetable) -> None:
    session = timetable.session()
    start = datetime.now(UTC) + 2 * HOUR
    times = {"startTime": rfc(start), "endTime": rfc(start + HOUR)}
    assert api.patch(f"/classes/{session}", times).status == 200
    member = api.by_token(timetable.member())

    booking = member.post(f"/classes/{session}/bookings").body

    assert member.post(f"/class-bookings/{booking['id']}/cancel").body["status"] == "LATE_CANCELLED"


def test_whoever_was_checked_in_is_checked_in_again_at_another_time(api: ApiClient, timetable: Timetable) -> None:
    session = timetable.session_in(timedelta(minutes=20))
    member = api.by_token(timetable.member())
    booking = member.post(f"/classes/{session}/bookings").body
    assert api.post(f"/class-bookings/{booking['id']}/check-in").body["status"] == "ATTENDED"

    assert api.patch(f"/classes/{session}", {"startTime": rfc(MONDAY), "endTime": rfc(MONDAY + HOUR)}).status == 200

    assert timetable.statuses(session) == ["BOOKED"]


@pytest.mark.parametrize(("ahead", "status"), [(-SECOND, "SCHEDULED"), (HOUR / 3, "IN_PROGRESS")])
def test_a_class_that_has_begun_stays_where_it_is(
    api: ApiClient, timetable: Timetable, ahead: timedelta, status: str
) -> None:
    path = f"/classes/{timetable.session_in(ahead, status=status)}"

    refused = api.patch(path, {"startTime": rfc(MONDAY), "endTime": rfc(MONDAY + HOUR)})

    assert refusal(refused) == (409, "already_begun")
    assert api.patch(path, {"title": "Other"}).status == 200


def test_a_class_is_not_moved_into_the_past(api: ApiClient, timetable: Timetable) -> None:
    refused = api.patch(f"/classes/{timetable.session()}", {"startTime": "2020-01-01T00:00:00Z"})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/startTime")


def test_nobody_is_moved_into_another_class_of_theirs(api: ApiClient, timetable: Timetable) -> None:
    first, second = timetable.session(), timetable.session(MONDAY + HOUR)
    member = api.by_token(timetable.member())
    for session in (first, second):
        assert member.post(f"/classes/{session}/bookings").status == 201

    refused = api.patch(f"/classes/{first}", {"endTime": rfc(MONDAY + HOUR + SECOND)})

    assert refusal(refused) == (409, "user_overlap")


# Trainers


def test_a_trainer_is_not_in_two_places_and_goes_from_one_to_the_next(api: ApiClient, timetable: Timetable) -> None:
    here, there = timetable.gym(), timetable.gym()
    trainer_id = str(timetable.trainer(here))
    timetable.trainer(there)
    assert api.post("/classes", terms(gymId=here, trainerId=trainer_id)).status == 201
    times = {"startTime": rfc(MONDAY + HOUR), "endTime": rfc(MONDAY + 2 * HOUR)}

    adjacent = api.post("/classes", terms(gymId=there, trainerId=trainer_id) | times)

    assert adjacent.status == 201
    overlapping = {"startTime": rfc(MONDAY + HOUR - SECOND)}
    assert refusal(api.post("/classes", terms(gymId=there, trainerId=trainer_id))) == (409, "trainer_overlap")
    assert refusal(api.patch(f"/classes/{adjacent.body['id']}", overlapping)) == (409, "trainer_overlap")


def test_the_database_itself_keeps_a_trainer_from_two_classes_or_a_class_and_an_induction(
    timetable: Timetable, conn: Connection
) -> None:
    gym = timetable.gym()
    trainer_id = timetable.trainer(gym)
    user_id = timetable.person()[0]
    timetable.session(gym_id=gym, trainer_id=trainer_id)
    confirmed = {"trainer_id": trainer_id, "status": "CONFIRMED"}

    with pytest.raises(psycopg.errors.ExclusionViolation), conn.transaction():
        timetable.session(MONDAY + HOUR / 2, gym_id=gym, trainer_id=trainer_id)
    with pytest.raises(psycopg.errors.ExclusionViolation), conn.transaction():
        timetable.induction(gym, user_id, MONDAY - HOUR / 2, **confirmed)
    timetable.session(MONDAY + HOUR, gym_id=gym, trainer_id=trainer_id)
    timetable.induction(gym, user_id, MONDAY - HOUR, **confirmed)
    timetable.session(gym_id=gym, trainer_id=trainer_id, status="CANCELLED")


# Ended


def full_class(api: ApiClient, timetable: Timetable, **fields: Any) -> tuple[int, UUID, UUID]:
    """A class of one place for two credits, who has it, and who waits for it."""
    session = timetable.session(capacity=1, credit_cost=2, **fields)
    (user_id, token), (waiting_id, waiting) = timetable.person(credits=2), timetable.person(credits=2)
    assert api.by_token(token).post(f"/classes/{session}/bookings").status == 201
    assert api.by_token(waiting).post(f"/classes/{session}/waitlist").status == 201
    return session, user_id, waiting_id


def test_a_class_that_is_cancelled_gives_everybody_their_credits_back_once(
    api: ApiClient, timetable: Timetable
) -> None:
    session, user_id, waiting_id = full_class(api, timetable)

    first, again = (api.post(f"/classes/{session}/cancel") for _ in range(2))

    assert (first.status, again.status, again.body) == (200, 200, first.body)
    assert (first.body["status"], first.body["placesLeft"], first.body["waiting"]) == ("CANCELLED", 1, 0)
    assert (timetable.balance(user_id), timetable.balance(waiting_id)) == (2, 2)
    assert (timetable.statuses(session), timetable.waitlist(session)) == (["CANCELLED"], ["ENDED"])
    assert timetable.told(user_id) == ["CLASS_BOOKED", "CLASS_CANCELLED"]
    assert timetable.words(user_id).endswith("will not take place. Your credits are back.")
    assert timetable.told(waiting_id) == ["CLASS_CANCELLED"]


def test_who_was_checked_in_has_their_credits_back_too_and_who_did_not_come_has_not(
    api: ApiClient, timetable: Timetable
) -> None:
    session = timetable.session_in(HOUR)
    people = [timetable.person(credits=1) for _ in range(3)]
    bookings = [api.by_token(token).post(f"/classes/{session}/bookings").body["id"] for _, token in people]
    timetable.shift(session, -SECOND)
    assert api.post(f"/class-bookings/{bookings[0]}/check-in").status == 200
    assert api.post(f"/class-bookings/{bookings[1]}/no-show").status == 200

    assert api.post(f"/classes/{session}/cancel").status == 200

    assert timetable.statuses(session) == ["CANCELLED", "NO_SHOW", "CANCELLED"]
    assert [timetable.balance(user_id) for user_id, _ in people] == [1, 0, 1]


def test_a_class_is_begun_from_half_an_hour_before_its_start(api: ApiClient, timetable: Timetable) -> None:
    early = timetable.session_in(timedelta(minutes=30, seconds=1))
    session = timetable.session_in(timedelta(minutes=30))

    assert refusal(api.post(f"/classes/{early}/start")) == (409, "too_early")
    assert api.post(f"/classes/{session}/start").body["status"] == "IN_PROGRESS"
    assert refusal(api.post(f"/classes/{session}/start")) == (409, "illegal_transition")
    refused = api.by_token(timetable.member()).post(f"/classes/{session}/bookings")
    assert refusal(refused) == (409, "booking_closed")


def test_a_class_is_completed_from_its_start_on_and_who_is_not_there_has_not_come(
    api: ApiClient, timetable: Timetable
) -> None:
    session, user_id, _ = full_class(api, timetable)
    path = f"/classes/{session}"
    assert refusal(api.post(f"{path}/complete")) == (409, "too_early")
    timetable.shift(session, timedelta())

    assert api.post(f"{path}/complete").body["status"] == "COMPLETED"

    assert (timetable.statuses(session), timetable.waitlist(session)) == (["NO_SHOW"], ["ENDED"])
    assert timetable.balance(user_id) == 0
    for deed in ("complete", "start", "cancel"):
        assert refusal(api.post(f"{path}/{deed}")) == (409, "illegal_transition")


def test_its_trainer_ends_a_class_and_no_other_trainer_and_no_member(
    api: ApiClient, trainer: ApiClient, timetable: Timetable
) -> None:
    gym = timetable.gym()
    session = timetable.session_in(HOUR / 4, gym_id=gym, trainer_id=timetable.trainer(gym))
    timetable.trainer(gym, timetable.person("TRAINER")[0])
    token = trainer.post("/me/tokens", {"name": "Program", "permissions": []}).body["token"]

    for caller in (api.by_token(timetable.person("TRAINER")[1]), api.by_token(timetable.member()), api.by_token(token)):
        for deed in ("start", "complete", "cancel"):
            assert refusal(caller.post(f"/classes/{session}/{deed}")) == (403, "forbidden")
    assert trainer.post(f"/classes/{session}/start").status == 200
    assert trainer.post(f"/classes/{session}/cancel").status == 200


def test_the_feed_tells_what_became_of_a_class(api: ApiClient, timetable: Timetable) -> None:
    path = f"/classes/{api.post('/classes', terms(gymId=timetable.gym())).body['id']}"
    api.patch(path, {"title": "Slow yoga"})
    api.patch(path, {"title": "Slow yoga"})
    api.post(f"{path}/cancel")
    api.post(f"{path}/cancel")

    feed = api.get("/activities?subjectType=CLASS_SESSION").body["data"]

    assert [row["kind"] for row in feed] == ["CLASS_CANCELLED", "CLASS_CHANGED", "CLASS_CREATED"]
    assert feed[0]["details"] == {"name": "Slow yoga"}
