"""Reminders of classes: a day before and an hour before, each once, and never of what one has only just been told."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from photolens import tasks
from photolens.classes import wording
from photolens.database import Connection
from tests.classes.timetable import HOUR, Timetable
from tests.client import ApiClient

SECOND = timedelta(seconds=1)
DAY = 24 * HOUR


class Booked:
    """Somebody with a place in a class, which they have booked some time before it starts."""

    def __init__(self, api: ApiClient, timetable: Timetable, conn: Connection) -> None:
        self._timetable = timetable
        self._conn = conn
        self.session = timetable.session(title="Yoga")
        self.user_id: UUID
        self.user_id, token = timetable.person(credits=1)
        self.api = api.by_token(token)
        self.path = f"/class-bookings/{self.api.post(f'/classes/{self.session}/bookings').body['id']}"
        conn.execute("delete from notifications")

    def reminders(self, ahead: timedelta, booked_ahead: timedelta = 48 * HOUR) -> list[str]:
        """The titles of what they are reminded of while the class is so long ahead."""
        self._timetable.shift(self.session, ahead)
        self._conn.execute("update session_bookings set created_at = start_time - %s::interval", [booked_ahead])
        tasks.remind_of_classes(self._conn)
        reminders = "select title from notifications where type = 'CLASS_REMINDER' and user_id = %s order by number"
        titles = [row["title"] for row in self._conn.execute(reminders, [self.user_id])]
        self._conn.execute("delete from notifications")
        return titles


@pytest.fixture
def booked(api: ApiClient, timetable: Timetable, conn: Connection) -> Booked:
    return Booked(api, timetable, conn)


def test_a_member_is_reminded_a_day_and_an_hour_before_once_each(booked: Booked) -> None:
    assert booked.reminders(DAY + SECOND) == []
    assert booked.reminders(DAY) == ["Tomorrow: Yoga"]
    assert booked.reminders(DAY - HOUR) == []
    assert booked.reminders(HOUR + SECOND) == []
    assert booked.reminders(HOUR) == ["In an hour: Yoga"]
    assert booked.reminders(HOUR / 2) == []


@pytest.mark.parametrize(
    ("booked_ahead", "of_a_day", "of_an_hour"),
    [(DAY, True, True), (DAY - SECOND, False, True), (HOUR, False, True), (HOUR - SECOND, False, False)],
)
def test_nobody_is_reminded_of_what_they_have_booked_since(
    booked: Booked, booked_ahead: timedelta, of_a_day: bool, of_an_hour: bool
) -> None:
    assert bool(booked.reminders(2 * HOUR, booked_ahead)) is of_a_day
    assert bool(booked.reminders(HOUR / 2, booked_ahead)) is of_an_hour


def test_what_the_workers_were_too_late_for_is_said_as_it_is_and_of_the_day_not_within_the_hour(
    booked: Booked,
) -> None:
    assert booked.reminders(timedelta(minutes=42)) == ["In 42 minutes: Yoga"]


def test_a_class_that_has_begun_is_nothing_to_be_reminded_of(booked: Booked) -> None:
    assert booked.reminders(timedelta()) == []


@pytest.mark.parametrize("deed", ["cancel", "check-in"])
def test_whoever_does_not_come_or_is_there_is_not_reminded(api: ApiClient, booked: Booked, deed: str) -> None:
    booked._timetable.shift(booked.session, HOUR / 3)
    caller = booked.api if deed == "cancel" else api
    assert caller.post(f"{booked.path}/{deed}").status == 200

    assert booked.reminders(HOUR / 3) == []


def move(api: ApiClient, booked: Booked, ahead: timedelta) -> None:
    start = datetime.now(UTC) + ahead
    times: dict[str, Any] = {"startTime": start.isoformat(), "endTime": (start + HOUR).isoformat()}
    assert api.patch(f"/classes/{booked.session}", times).status == 200
    booked._conn.execute("update class_sessions set moved_at = now()")
    booked._conn.execute("delete from notifications")


def test_of_a_class_that_was_moved_one_is_reminded_anew(api: ApiClient, booked: Booked) -> None:
    assert len(booked.reminders(DAY)) == 1

    move(api, booked, 3 * DAY)
    assert booked.reminders(DAY) == ["Tomorrow: Yoga"]
    assert booked.reminders(HOUR) == ["In an hour: Yoga"]


def test_of_a_class_that_was_moved_to_soon_one_has_just_been_told(api: ApiClient, booked: Booked) -> None:
    move(api, booked, 2 * HOUR)

    tasks.remind_of_classes(booked._conn)

    assert booked._timetable.told(booked.user_id) == []


def test_many_are_reminded_in_batches(
    api: ApiClient, timetable: Timetable, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photolens.classes.actions.upkeep.REMINDERS", 2)
    session = timetable.session(credit_cost=0)
    people = [timetable.person() for _ in range(5)]
    for _, token in people:
        assert api.by_token(token).post(f"/classes/{session}/bookings").status == 201
    timetable.shift(session, DAY)
    conn.execute("update session_bookings set created_at = now() - interval '1 day'")

    tasks.remind_of_classes(conn)

    assert [timetable.told(user_id) for user_id, _ in people] == [["CLASS_BOOKED", "CLASS_REMINDER"]] * 5


@pytest.mark.parametrize(
    ("start", "ahead", "words"),
    [
        ("2026-06-10T18:00Z", DAY, "Tomorrow"),
        ("2026-06-10T18:00Z", 3 * HOUR, "Today"),
        ("2026-03-29T22:30Z", DAY, "On Monday"),  # half past midnight, after the day of 23 hours
    ],
)
def test_the_day_of_a_class_is_that_of_the_calendar_at_its_gym(start: str, ahead: timedelta, words: str) -> None:
    start_time = datetime.fromisoformat(start)

    assert wording.soon_by_a_day(start_time, start_time - ahead, "Europe/Amsterdam") == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (HOUR, "In an hour"),
        (HOUR - timedelta(minutes=5), "In an hour"),
        (timedelta(minutes=40), "In 40 minutes"),
        (SECOND, "In a minute"),
    ],
)
def test_an_hour_is_said_as_what_is_left_of_it(ahead: timedelta, words: str) -> None:
    start_time = datetime(2026, 6, 10, 18, tzinfo=UTC)

    assert wording.soon_by_an_hour(start_time, start_time - ahead) == words
