"""Many at once for the same hour of a trainer, and for the same induction: one has it, whoever else wanted it."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from photolens.database import Connection
from tests.classes.timetable import HOUR, MONDAY, Timetable
from tests.races.live import Call, LiveApi, count, outcomes

pytestmark = pytest.mark.committed

ROUNDS = 10
OWNER, ADMIN, TRAINER = "test-owner", "test-admin", "test-trainer"


@pytest.fixture
def timetable(conn: Connection) -> Timetable:
    return Timetable(conn)


def deed(induction_id: int, deed: str, token: str, **body: Any) -> Call:
    return Call("POST", f"/inductions/{induction_id}/{deed}", body, token=token)


def asked(timetable: Timetable, gym_id: int, day: int, **fields: Any) -> int:
    """What one more member asks for, on one Monday evening or another."""
    return timetable.induction(gym_id, timetable.person()[0], MONDAY + timedelta(days=7 * day), **fields)


def overlapping(timetable: Timetable, day: int) -> tuple[UUID, list[int]]:
    """Two inductions half an hour apart at two gyms of one trainer; gives them, and the trainer."""
    trainer_id, _ = timetable.person("TRAINER")
    inductions = []
    for later in (timedelta(), HOUR / 2):
        gym_id = timetable.gym()
        timetable.trainer(gym_id, trainer_id)
        start = MONDAY + timedelta(days=day) + later
        inductions.append(timetable.induction(gym_id, timetable.person()[0], start))
    return trainer_id, inductions


def test_of_two_who_give_a_trainer_overlapping_inductions_at_once_one_does(live: str, timetable: Timetable) -> None:
    for day in range(ROUNDS):
        trainer_id, [one, other] = overlapping(timetable, day)
        to = {"trainerId": str(trainer_id)}

        answers = LiveApi(live).at_once([deed(one, "confirm", OWNER, **to), deed(other, "confirm", ADMIN, **to)])

        assert outcomes(answers) == {(200, None): 1, (409, "trainer_overlap"): 1}


def test_what_is_confirmed_twice_at_once_is_confirmed_once(live: str, conn: Connection, timetable: Timetable) -> None:
    gym_id = timetable.gym()
    to = {"trainerId": str(timetable.trainer(gym_id))}
    for day in range(ROUNDS):
        induction = asked(timetable, gym_id, day)

        answers = LiveApi(live).at_once([deed(induction, "confirm", who, **to) for who in (OWNER, ADMIN)])

        assert outcomes(answers) == {(200, None): 1, (409, "illegal_transition"): 1}
    assert count(conn, "trainer_engagements") == count(conn, "notifications") == ROUNDS


def test_who_confirms_and_who_cancels_at_once_leave_it_cancelled(
    live: str, conn: Connection, timetable: Timetable
) -> None:
    gym_id = timetable.gym()
    timetable.trainer(gym_id)
    came: Counter[tuple[int, ...]] = Counter()
    for day in range(ROUNDS):
        user_id, token = timetable.person()
        induction = timetable.induction(gym_id, user_id, MONDAY + timedelta(days=7 * day))

        confirmed, cancelled = LiveApi(live).at_once(
            [deed(induction, "confirm", TRAINER), deed(induction, "cancel", token)]
        )

        # What was cancelled before waits for a trainer no more: those of the gym are shown it no longer.
        came[confirmed.status, cancelled.status] += 1
    assert came.keys() <= {(200, 200), (404, 200)}
    assert count(conn, "inductions", "status = 'CANCELLED'") == ROUNDS
    assert count(conn, "trainer_engagements") == 0


def test_of_many_who_ask_at_once_for_one_member_one_does(live: str, timetable: Timetable, conn: Connection) -> None:
    token = timetable.person()[1]
    wish = {"gymId": timetable.gym(), "startTime": MONDAY.isoformat()}

    answers = LiveApi(live).at_once([Call("POST", "/inductions", wish, token=token)] * 10)

    assert outcomes(answers) == {(201, None): 1, (409, "induction_open"): 9}
    assert count(conn, "inductions") == 1
