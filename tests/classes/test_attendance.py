"""Who is there: told by the trainer at the door or the staff, and by the clock once a class has ended."""

from datetime import timedelta

import pytest

from photolens import tasks
from photolens.database import Connection
from tests.classes.timetable import HOUR, MONDAY, Timetable
from tests.client import Answer, ApiClient

SECOND = timedelta(seconds=1)


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


@pytest.fixture
def session(timetable: Timetable) -> int:
    """A class of the trainer of the tests."""
    gym = timetable.gym()
    return timetable.session(gym_id=gym, trainer_id=timetable.trainer(gym), requires_parq=True)


@pytest.fixture
def member(api: ApiClient, timetable: Timetable, session: int) -> ApiClient:
    """Somebody healthy who has a place in it."""
    user_id, token = timetable.person(credits=5)
    timetable.healthy(user_id)
    assert api.by_token(token).post(f"/classes/{session}/bookings").status == 201
    return api.by_token(token)


@pytest.fixture
def booking(member: ApiClient) -> str:
    """The address of their place."""
    return f"/class-bookings/{member.get('/class-bookings').body['data'][0]['id']}"


def test_its_trainer_and_staff_see_who_comes_and_who_waits_and_nothing_of_their_health(
    api: ApiClient, timetable: Timetable, session: int, member: ApiClient, conn: Connection
) -> None:
    conn.execute("update class_sessions set capacity = 1")
    assert api.by_token(timetable.member()).post(f"/classes/{session}/waitlist").status == 201

    for caller in (api, api.by_role("TRAINER")):
        shown = caller.get(f"/classes/{session}/attendees").body
        [attendee], [waiter] = shown["attendees"], shown["waitlist"]
        assert attendee | {"status": "BOOKED", "checkedInAt": None, "isParqValid": True} == attendee
        assert attendee.keys() == {"bookingId", "userId", "name", "status", "checkedInAt", "isParqValid"}
        assert waiter | {"status": "WAITING", "offerExpiresAt": None} == waiter

    conn.execute("update parqs set valid_until = now()")
    assert api.get(f"/classes/{session}/attendees").body["attendees"][0]["isParqValid"] is False


def test_nobody_else_sees_who_comes(api: ApiClient, timetable: Timetable, session: int, member: ApiClient) -> None:
    path = f"/classes/{session}/attendees"
    program = api.by_role("TRAINER").post("/me/tokens", {"name": "Program", "permissions": []}).body["token"]
    viewing = api.post("/me/tokens", {"name": "Viewer", "permissions": ["VIEW_BOOKINGS_ALL"]}).body["token"]

    for caller in (member, api.by_token(timetable.person("TRAINER")[1]), api.by_token(program)):
        assert refusal(caller.get(path)) == (403, "forbidden")
    assert api.by_token(viewing).get(path).status == 200
    assert refusal(api.get("/classes/987654321/attendees")) == (404, "not_found")


def test_who_has_given_their_place_up_is_not_expected(
    api: ApiClient, session: int, member: ApiClient, booking: str
) -> None:
    assert member.post(f"{booking}/cancel").status == 200

    assert api.get(f"/classes/{session}/attendees").body["attendees"] == []


@pytest.mark.parametrize(
    ("ahead", "outcome"),
    [
        (timedelta(minutes=30, seconds=1), "too_early"),
        (timedelta(minutes=30), "ATTENDED"),
        (-HOUR, "ATTENDED"),
        (-HOUR - SECOND, "too_late"),
    ],
)
def test_people_are_checked_in_from_half_an_hour_before_until_the_end_to_the_second(
    api: ApiClient, timetable: Timetable, session: int, booking: str, ahead: timedelta, outcome: str
) -> None:
    timetable.shift(session, ahead)

    answer = api.by_role("TRAINER").post(f"{booking}/check-in").body

    assert answer.get("code", answer["status"]) == outcome
    if outcome == "ATTENDED":
        assert answer["checkedInAt"] is not None


def test_who_was_thought_not_to_come_is_checked_in(
    api: ApiClient, timetable: Timetable, session: int, booking: str
) -> None:
    timetable.shift(session, timedelta())
    trainer = api.by_role("TRAINER")

    assert trainer.post(f"{booking}/no-show").body["status"] == "NO_SHOW"
    assert trainer.post(f"{booking}/check-in").body["status"] == "ATTENDED"
    for deed in ("check-in", "no-show", "cancel"):
        assert refusal(api.post(f"{booking}/{deed}")) == (409, "illegal_transition")


def test_who_has_meanwhile_another_class_at_that_time_is_not_checked_in_here(
    api: ApiClient, timetable: Timetable, session: int, member: ApiClient, booking: str
) -> None:
    timetable.shift(session, timedelta())
    assert api.post(f"{booking}/no-show").status == 200
    assert member.post(f"/classes/{timetable.session_in(HOUR / 2)}/bookings").status == 201

    assert refusal(api.post(f"{booking}/check-in")) == (409, "user_overlap")


def test_a_no_show_is_one_from_the_start_on_and_has_nothing_back(
    api: ApiClient, timetable: Timetable, session: int, booking: str, conn: Connection
) -> None:
    timetable.shift(session, SECOND)
    assert refusal(api.post(f"{booking}/no-show")) == (409, "too_early")
    timetable.shift(session, timedelta())

    assert api.post(f"{booking}/no-show").body | {"status": "NO_SHOW", "isRefunded": False} == api.get(booking).body


def test_only_the_trainer_in_person_and_staff_say_who_is_there(
    api: ApiClient, timetable: Timetable, session: int, member: ApiClient, booking: str
) -> None:
    timetable.shift(session, timedelta())
    program = api.by_role("TRAINER").post("/me/tokens", {"name": "Program", "permissions": []}).body["token"]
    viewing = api.post("/me/tokens", {"name": "Viewer", "permissions": ["VIEW_BOOKINGS_ALL"]}).body["token"]
    stranger = api.by_token(timetable.person("TRAINER")[1])

    for deed in ("check-in", "no-show"):
        for caller in (member, api.by_token(program), api.by_token(viewing)):
            assert refusal(caller.post(f"{booking}/{deed}")) == (403, "forbidden")
        assert refusal(stranger.post(f"{booking}/{deed}")) == (404, "not_found")


def test_a_class_that_has_ended_is_completed_by_itself(
    api: ApiClient, timetable: Timetable, session: int, member: ApiClient, booking: str, conn: Connection
) -> None:
    late, goes_on = timetable.session(), timetable.session(MONDAY + HOUR)
    assert api.by_token(timetable.member()).post(f"/classes/{late}/bookings").status == 201
    timetable.shift(session, timedelta())
    assert api.post(f"{booking}/check-in").status == 200
    for ended in (session, late):
        timetable.shift(ended, -HOUR)
    timetable.shift(goes_on, SECOND - HOUR)

    for _ in range(2):
        tasks.complete_ended_classes(conn)

    assert [api.get(f"/classes/{id_}").body["status"] for id_ in (session, late, goes_on)] == [
        "COMPLETED",
        "COMPLETED",
        "SCHEDULED",
    ]
    assert (timetable.statuses(session), timetable.statuses(late)) == (["ATTENDED"], ["NO_SHOW"])
    feed = api.get("/activities?subjectType=CLASS_SESSION").body["data"]
    assert [(row["kind"], row["actor"]) for row in feed] == [("CLASS_COMPLETED", "Photolens")] * 2
