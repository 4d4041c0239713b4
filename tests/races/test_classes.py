"""Many at once for the same places: none is given twice, nobody is overtaken, and every credit is where it belongs."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from random import Random
from threading import Barrier
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask, g

from photolens import tasks
from photolens.access import PERMISSIONS, Caller, Role
from photolens.classes.actions import bookings, places, sessions, waitlist
from photolens.database import Connection, connection
from photolens.invariants import broken_invariants
from photolens.problems import Problem, from_database
from tests.classes.timetable import HOUR, MONDAY, Timetable
from tests.races.live import Call, LiveApi, outcomes

pytestmark = pytest.mark.committed

Deed = Callable[[Connection], Any]
Row = dict[str, Any]

ROUNDS = 100
AT_ONCE = 8


@pytest.fixture
def timetable(conn: Connection) -> Timetable:
    return Timetable(conn)


class Racers:
    """Does deeds at once, each on a connection of its own and as somebody, and gives what came of them."""

    def __init__(self, app: Flask, threads: ThreadPoolExecutor) -> None:
        self._app = app
        self._threads = threads

    def __call__(self, *deeds: tuple[Caller, Deed]) -> list[str]:
        """The codes of the problems that were raised, or `done`. Anything else that is raised fails the test."""
        start = Barrier(len(deeds))
        return list(self._threads.map(lambda pair: self.do(pair[0], pair[1], start), deeds))

    def do(self, caller: Caller, deed: Deed, start: Barrier | None = None) -> str:
        with self._app.test_request_context():
            g.caller = caller
            conn = connection()
            if start is not None:
                start.wait(30)
            try:
                deed(conn)
            except Problem as problem:
                return problem.kind.code
            except psycopg.Error as error:
                refused = from_database(error)
                assert refused is not None
                return refused.kind.code
            return "done"


@pytest.fixture
def race(app: Flask) -> Iterator[Racers]:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        yield Racers(app, threads)


@pytest.fixture
def owner(timetable: Timetable) -> Caller:
    """Whoever looks after all bookings."""
    return Caller(
        user_id=timetable.user_id("OWNER"),
        name="Owner",
        role=Role.OWNER,
        permissions=PERMISSIONS[Role.OWNER],
        is_active=True,
        staff_id=None,
        contact_id=None,
        vendor_id=None,
        session_id=1,
        session_digest=b"",
    )


@pytest.fixture
def members(timetable: Timetable, owner: Caller) -> list[Caller]:
    """Seven members with more than enough credits."""
    people = [timetable.person(credits=10_000)[0] for _ in range(7)]
    role: dict[str, Any] = {"role": Role.CUSTOMER, "permissions": PERMISSIONS[Role.CUSTOMER]}
    return [replace(owner, user_id=user_id, name="Member", **role) for user_id in people]


def _of(do: Callable[..., Any], *arguments: Any) -> Deed:
    return lambda conn: do(conn, *arguments)


def booking_calls(session: int, tokens: list[str]) -> list[Call]:
    return [Call("POST", f"/classes/{session}/bookings", token=token) for token in tokens]


# Places, and credits


def test_of_20_requests_at_once_for_5_places_5_are_booked(live: str, timetable: Timetable) -> None:
    session = timetable.session(capacity=5)
    tokens = [timetable.member(credits=1) for _ in range(20)]

    answers = LiveApi(live).at_once(booking_calls(session, tokens))

    assert outcomes(answers) == {(201, None): 5, (409, "session_full"): 15}
    assert timetable.statuses(session) == ["BOOKED"] * 5
    spent = timetable.one("select count(*), sum(delta) as sum from credit_transactions where kind = 'DEBIT'")
    assert (spent["count"], spent["sum"]) == (5, -5)


def test_a_balance_of_three_pays_for_one_of_two_classes_of_two_at_once(live: str, timetable: Timetable) -> None:
    for n in range(10):
        user_id, token = timetable.person(credits=3)
        times = (MONDAY + 2 * n * HOUR, MONDAY + (2 * n + 1) * HOUR)
        calls = [booking_calls(timetable.session(start, credit_cost=2), [token])[0] for start in times]

        answers = LiveApi(live).at_once(calls)

        assert outcomes(answers) == {(201, None): 1, (402, "insufficient_credits"): 1}
        assert timetable.balance(user_id) == 1


def test_of_two_classes_that_overlap_at_once_a_member_has_one(live: str, timetable: Timetable) -> None:
    for n in range(10):
        token, start = timetable.member(), MONDAY + 3 * n * HOUR
        calls = [booking_calls(timetable.session(start + ahead), [token])[0] for ahead in (HOUR / 2, timedelta())]

        answers = LiveApi(live).at_once(calls)

        assert outcomes(answers) == {(201, None): 1, (409, "user_overlap"): 1}


def test_a_booking_that_is_sent_many_times_at_once_under_a_key_is_made_once(live: str, timetable: Timetable) -> None:
    session = timetable.session()
    user_id, token = timetable.person(credits=5)
    [call] = booking_calls(session, [token])

    answers = LiveApi(live).at_once([replace(call, headers={"Idempotency-Key": "once"})] * 8)

    assert {answer.status for answer in answers} <= {201, 409}
    assert {code for _, code in outcomes(answers)} <= {None, "idempotency_in_progress"}
    assert len({answer.body["id"] for answer in answers if answer.status == 201}) == 1
    assert (timetable.statuses(session), timetable.balance(user_id)) == (["BOOKED"], 4)


# The waiting list


class Round:
    """A class of two places, who have them, three who wait in their order, and two who come at the same time."""

    def __init__(self, conn: Connection, race: Racers, members: list[Caller], session: int) -> None:
        self.session = session
        self.holders, self.waiting, self.others = members[:2], members[2:5], members[5:]
        self.booking_ids = [places.book(conn, session, holder.user_id) for holder in self.holders]
        for member in self.waiting:
            waitlist.join(conn, session, member.user_id)
        self.sampled: list[int] = []

    def deeds(self, random: Random) -> list[tuple[Caller, Deed]]:
        """What the holders, some who wait, and the others do at once, in any order; and somebody looks on."""
        cancels = [
            (holder, _of(bookings.cancel_booking, booking_id))
            for holder, booking_id in zip(self.holders, self.booking_ids, strict=True)
        ]
        comers = [*self.others, random.choice(self.waiting)]
        books = [(member, _of(places.book, self.session, member.user_id)) for member in comers]
        leaver = random.choice(self.waiting)
        leaves = [(leaver, _of(waitlist.leave, self.session, leaver.user_id))]
        deeds = [*cancels, *books, *random.sample(leaves, random.randint(0, 1))]
        random.shuffle(deeds)
        return [*deeds, (self.holders[0], self.look_on)]

    def look_on(self, conn: Connection) -> None:
        for _ in range(10):
            counted = "select count(*) from session_bookings where session_id = %s and status = 'BOOKED'"
            row = conn.execute(counted, [self.session]).fetchone()
            assert row is not None
            self.sampled.append(row["count"])

    def check(self, conn: Connection) -> None:
        """No place is given twice, nobody is overtaken, and whoever has a place has paid for it once."""
        booked = self._rows(
            conn,
            """
            select
                session_bookings.user_id, is_from_waitlist, count(credit_transactions.id) as debits, sum(delta) as paid
            from session_bookings
            left join credit_transactions on session_bookings.id = session_booking_id
            where session_id = %s and status = 'BOOKED'
            group by session_bookings.id
            """,
        )
        waited = self._rows(conn, "select user_id, status from session_waitlist where session_id = %s order by id")
        statuses = [row["status"] for row in waited if row["status"] != "LEFT"]

        assert max([*self.sampled, len(booked)]) <= 2
        assert {(row["debits"], row["paid"]) for row in booked} <= {(1, -3)}
        assert statuses == sorted(statuses)  # PROMOTED before WAITING
        assert {row["user_id"] for row in waited if row["status"] == "PROMOTED"} == {
            row["user_id"] for row in booked if row["is_from_waitlist"]
        }
        came = {member.user_id for member in self.others} & {row["user_id"] for row in booked}
        assert len(booked) == 2 or "WAITING" not in statuses
        assert not came or "WAITING" not in statuses
        assert broken_invariants(conn) == []

    def _rows(self, conn: Connection, statement: str) -> list[Row]:
        return conn.execute(statement.encode(), [self.session]).fetchall()


def test_a_waiting_list_keeps_its_order_whoever_comes_and_goes_at_once(
    conn: Connection, timetable: Timetable, race: Racers, members: list[Caller]
) -> None:
    gym = timetable.gym()
    for n in range(ROUNDS):
        session = timetable.session(MONDAY + n * HOUR, gym_id=gym, capacity=2, credit_cost=3)
        at_once = Round(conn, race, members, session)

        came = race(*at_once.deeds(Random(n)))

        assert {*came} <= {"done", "session_full", "already_booked", "not_found"}, n
        at_once.check(conn)


def test_an_offer_that_lapses_is_given_on_once_whoever_looks(
    conn: Connection, timetable: Timetable, race: Racers, members: list[Caller]
) -> None:
    for _ in range(10):
        session = timetable.session_in(HOUR, capacity=1)
        holder, first, second, other = members[:4]
        booking_id = places.book(conn, session, holder.user_id)
        for member in (first, second):
            waitlist.join(conn, session, member.user_id)
        race.do(holder, _of(bookings.cancel_booking, booking_id))
        conn.execute("update session_waitlist set offer_expires_at = now() where status = 'OFFERED'")

        came = race(
            *[(holder, tasks.settle_waiting_lists)] * 3,
            (first, _of(places.book, session, first.user_id)),
            (other, _of(places.book, session, other.user_id)),
        )

        assert came == ["done"] * 3 + ["session_full"] * 2
        assert timetable.waitlist(session) == ["LAPSED", "OFFERED"]
        assert timetable.told(second.user_id).count("CLASS_OFFERED") == 1
        conn.execute("delete from notifications")
        waitlist.leave(conn, session, second.user_id)


# Classes that are moved and cancelled


def test_a_class_that_is_cancelled_by_several_at_once_gives_back_once(
    live: str, timetable: Timetable, conn: Connection
) -> None:
    session = timetable.session(credit_cost=2)
    people = [timetable.person(credits=2) for _ in range(4)]
    api = LiveApi(live)
    api.at_once(booking_calls(session, [token for _, token in people]))

    answers = api.at_once([Call("POST", f"/classes/{session}/cancel")] * 4)

    assert outcomes(answers) == {(200, None): 4}
    assert [timetable.balance(user_id) for user_id, _ in people] == [2] * 4
    assert [timetable.told(user_id) for user_id, _ in people] == [["CLASS_BOOKED", "CLASS_CANCELLED"]] * 4


def test_a_place_given_up_as_the_class_is_cancelled_comes_back_once(live: str, timetable: Timetable) -> None:
    api = LiveApi(live)
    for n in range(5):
        session = timetable.session(MONDAY + n * HOUR, credit_cost=2)
        user_id, token = timetable.person(credits=2)
        [booked] = api.at_once(booking_calls(session, [token]))

        answers = api.at_once(
            [
                Call("POST", f"/classes/{session}/cancel"),
                Call("POST", f"/class-bookings/{booked.body['id']}/cancel", token=token),
                Call("POST", f"/class-bookings/{booked.body['id']}/cancel"),
            ]
        )

        assert {code for _, code in outcomes(answers)} <= {None, "illegal_transition"}
        assert (timetable.balance(user_id), timetable.statuses(session)) == (2, ["CANCELLED"])


def test_of_a_trainers_two_classes_that_are_moved_to_one_time_at_once_one_is(
    conn: Connection, timetable: Timetable, race: Racers, owner: Caller
) -> None:
    gym = timetable.gym()
    trainer_id = timetable.trainer(gym)
    for n in range(20):
        start = MONDAY + timedelta(days=n)
        both = [timetable.session(start + k * HOUR, gym_id=gym, trainer_id=trainer_id) for k in (0, 1)]
        times = {"start_time": start + 5 * HOUR, "end_time": start + 6 * HOUR}

        came = race(*[(owner, _of(sessions.update_session, session, dict(times))) for session in both])

        assert sorted(came) == ["done", "trainer_overlap"]


def test_two_classes_of_the_same_members_are_moved_at_once_without_a_deadlock(
    conn: Connection, timetable: Timetable, race: Racers, owner: Caller, members: list[Caller]
) -> None:
    for n in range(10):
        start = MONDAY + timedelta(days=n)
        both = [timetable.session(start + k * HOUR) for k in (0, 1)]
        for session in both:
            for member in members:
                places.book(conn, session, member.user_id)
        times = {"start_time": start + 5 * HOUR, "end_time": start + 6 * HOUR}

        came = race(*[(owner, _of(sessions.update_session, session, dict(times))) for session in both])

        assert sorted(came) == ["done", "user_overlap"]


# Everything at once


def test_in_a_storm_over_several_classes_every_answer_is_clear(live: str, timetable: Timetable) -> None:
    api, random = LiveApi(live), Random(2040)
    gym = timetable.gym()
    trainer_id = timetable.trainer(gym)
    tokens = [timetable.member(credits=4) for _ in range(6)]
    classes = [
        timetable.session(MONDAY + n * HOUR, gym_id=gym, capacity=2, trainer_id=trainer_id if n % 2 else None)
        for n in range(4)
    ]
    for _ in range(4):
        held = [row["id"] for row in api.request("GET", "/class-bookings?status=BOOKED").body["data"]]
        calls = [
            *[Call("POST", f"/classes/{s}/{w}", token=t) for s in classes for t in tokens for w in ("bookings",)],
            *[Call("POST", f"/classes/{s}/waitlist", token=random.choice(tokens)) for s in classes],
            *[Call("POST", f"/class-bookings/{id_}/cancel") for id_ in held],
            Call("PATCH", f"/classes/{classes[0]}", {"capacity": 3}),
            *[Call("PATCH", f"/classes/{s}", {"endTime": moved(MONDAY + 5 * HOUR)}) for s in classes[2:]],
        ]
        random.shuffle(calls)

        statuses = {answer.status for answer in api.at_once(calls)}

        assert statuses <= {200, 201, 402, 409}


def moved(time: Any) -> str:
    text: str = time.isoformat()
    return text


def test_whoever_is_reminded_is_reminded_once_however_many_workers_there_are(
    conn: Connection, timetable: Timetable, race: Racers, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("photolens.classes.actions.upkeep.REMINDERS", 3)
    session = timetable.session(credit_cost=0, capacity=30)
    people: list[UUID] = [timetable.person()[0] for _ in range(30)]
    for user_id in people:
        places.book(conn, session, user_id)
    timetable.shift(session, 20 * HOUR)
    conn.execute("update session_bookings set created_at = now() - interval '2 days'")

    assert race(*[(owner, tasks.remind_of_classes)] * 4) == ["done"] * 4

    tasks.remind_of_classes(conn)
    assert [timetable.told(user_id) for user_id in people] == [["CLASS_BOOKED", "CLASS_REMINDER"]] * 30
