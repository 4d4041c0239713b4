"""How members are shown around a gym: asked for, confirmed with a trainer who is free, held; and who does what."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from photolens.database import Connection
from tests.classes.timetable import HOUR, MONDAY, Timetable
from tests.client import Answer, ApiClient

SECOND = timedelta(seconds=1)


def written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


class Gym:
    """A gym with a trainer, a member who wants to be shown around, and the owner, who looks after bookings."""

    def __init__(self, api: ApiClient, timetable: Timetable) -> None:
        self.timetable = timetable
        self.id = timetable.gym()
        self.trainer_id, token = timetable.person("TRAINER")
        timetable.trainer(self.id, self.trainer_id)
        self.trainer = api.by_token(token)
        self.member_id, token = timetable.person()
        self.member = api.by_token(token)
        self.staff = api

    def ask(self, start: datetime = MONDAY, **fields: Any) -> Answer:
        return self.member.post("/inductions", {"gymId": self.id, "startTime": written(start), **fields})

    def asked(self, start: datetime = MONDAY) -> dict[str, Any]:
        answer = self.ask(start)
        assert answer.status == 201, answer.body
        induction: dict[str, Any] = answer.body
        return induction

    def confirmed(self, start: datetime = MONDAY) -> dict[str, Any]:
        answer = do(self.trainer, self.asked(start), "confirm")
        assert answer.status == 200, answer.body
        induction: dict[str, Any] = answer.body
        return induction

    def begins(self, induction: dict[str, Any], later: timedelta) -> None:
        """Let it start so much later than now."""
        start = self.timetable.now() + later
        self.timetable.one(
            "update inductions set start_time = %s, end_time = %s where id = %s returning id",
            start,
            start + HOUR,
            induction["id"],
        )

    def retire(self, trainer_id: UUID) -> None:
        self.timetable.one(
            "update gym_trainers set is_active = false where trainer_id = %s returning gym_id", trainer_id
        )

    def other_trainer(self) -> tuple[UUID, str]:
        trainer_id, token = self.timetable.person("TRAINER")
        self.timetable.trainer(self.id, trainer_id)
        return trainer_id, token

    def told(self, user_id: UUID) -> list[str]:
        """The first words of what somebody was told of inductions."""
        notices = self.timetable.notices(user_id)
        assert {notice["type"] for notice in notices} <= {"INDUCTION_CHANGED"}
        return [notice["title"].partition(":")[0] for notice in notices]


def do(who: ApiClient, induction: dict[str, Any], deed: str, **body: Any) -> Answer:
    return who.post(f"/inductions/{induction['id']}/{deed}", body or None)


def change(who: ApiClient, induction: dict[str, Any], **changes: Any) -> Answer:
    return who.patch(f"/inductions/{induction['id']}", changes)


def outcome(answer: Answer) -> str:
    """What an induction has become, or the code of the refusal."""
    word: str = answer.body["status" if answer.status == 200 else "code"]
    return word


def pointer(answer: Answer) -> str:
    assert answer.status == 422, answer.body
    where: str = answer.body["errors"][0]["pointer"]
    return where


@pytest.fixture
def gym(api: ApiClient, timetable: Timetable) -> Gym:
    return Gym(api, timetable)


# Asking


def test_an_induction_lasts_an_hour_unless_something_else_is_wished_for(gym: Gym) -> None:
    induction = gym.asked()

    assert (induction["status"], induction["trainerId"]) == ("PENDING", None)
    assert (induction["startTime"], induction["endTime"]) == (written(MONDAY), written(MONDAY + HOUR))
    gym.staff.post(f"/inductions/{induction['id']}/cancel")
    assert gym.ask(endTime=written(MONDAY + 2 * HOUR)).body["endTime"] == written(MONDAY + 2 * HOUR)


@pytest.mark.parametrize(("later", "status"), [(SECOND, 201), (timedelta(), 422), (-SECOND, 422)])
def test_it_is_still_to_come(gym: Gym, later: timedelta, status: int) -> None:
    assert gym.ask(gym.timetable.now() + later).status == status


@pytest.mark.parametrize("end", [MONDAY, MONDAY - SECOND, MONDAY + timedelta(hours=24) + SECOND])
def test_it_ends_after_its_start_and_within_a_day(gym: Gym, end: datetime) -> None:
    assert pointer(gym.ask(endTime=written(end))) == "/endTime"


@pytest.mark.parametrize("status", ["INACTIVE", "MAINTENANCE"])
def test_it_is_at_a_gym_that_is_open(gym: Gym, status: str) -> None:
    gym.timetable.one("update gyms set status = %s where id = %s returning id", status, gym.id)

    assert pointer(gym.ask()) == "/gymId"


def test_there_is_one_at_a_time_at_each_gym(gym: Gym) -> None:
    induction = gym.asked()

    assert gym.ask(MONDAY + 9 * HOUR).body["code"] == "induction_open"
    assert gym.ask(gymId=gym.timetable.gym()).status == 201
    do(gym.trainer, induction, "confirm")
    assert gym.ask(MONDAY + 9 * HOUR).body["code"] == "induction_open"
    do(gym.member, induction, "cancel")
    assert gym.ask(MONDAY + 9 * HOUR).status == 201


def test_who_has_had_one_needs_no_other(gym: Gym) -> None:
    induction = gym.confirmed()
    gym.begins(induction, timedelta())
    do(gym.trainer, induction, "complete")

    assert gym.ask().body["code"] == "already_inducted"


def test_what_nobody_has_confirmed_in_time_gives_way_to_the_next(gym: Gym) -> None:
    lapsed = gym.asked()
    gym.begins(lapsed, timedelta())

    assert gym.ask().status == 201
    assert gym.member.get(f"/inductions/{lapsed['id']}").body["status"] == "CANCELLED"


def test_who_has_not_been_verified_asks_for_none(api: ApiClient, gym: Gym) -> None:
    gym.member = api.by_token(gym.timetable.person(status="PENDING")[1])

    assert gym.ask().body["code"] == "forbidden"


# Confirming


def test_a_trainer_takes_what_waits_for_one_at_their_gym(gym: Gym) -> None:
    answer = do(gym.trainer, gym.asked(), "confirm")

    assert (outcome(answer), answer.body["trainerId"]) == ("CONFIRMED", str(gym.trainer_id))
    assert gym.told(gym.member_id) == ["Confirmed"]
    assert gym.told(gym.trainer_id) == []


def test_whoever_looks_after_bookings_gives_it_to_a_trainer(gym: Gym) -> None:
    induction = gym.asked()

    assert pointer(do(gym.staff, induction, "confirm")) == "/trainerId"
    answer = do(gym.staff, induction, "confirm", trainerId=str(gym.trainer_id))
    assert (outcome(answer), answer.body["trainerId"]) == ("CONFIRMED", str(gym.trainer_id))


def test_one_that_has_a_trainer_is_confirmed_with_them(gym: Gym) -> None:
    induction = gym.asked()
    change(gym.staff, induction, trainerId=str(gym.trainer_id))

    assert do(gym.staff, induction, "confirm").body["trainerId"] == str(gym.trainer_id)


def test_a_trainer_gives_it_to_nobody_else_in_place_of_the_staff(gym: Gym) -> None:
    other_id, _ = gym.other_trainer()

    assert outcome(do(gym.trainer, gym.asked(), "confirm", trainerId=str(other_id))) == "forbidden"


def test_it_is_given_by_an_active_trainer_of_that_gym(gym: Gym) -> None:
    induction = gym.asked()
    elsewhere, _ = gym.timetable.person("TRAINER")
    gym.timetable.trainer(gym.timetable.gym(), elsewhere)
    former, _ = gym.other_trainer()
    gym.retire(former)

    for trainer_id in (elsewhere, former, gym.member_id):
        assert pointer(do(gym.staff, induction, "confirm", trainerId=str(trainer_id))) == "/trainerId"
        assert pointer(change(gym.staff, induction, trainerId=str(trainer_id))) == "/trainerId"


def test_nobody_inducts_themselves(gym: Gym) -> None:
    gym.member_id, gym.member = gym.trainer_id, gym.trainer

    assert pointer(do(gym.trainer, gym.asked(), "confirm")) == "/trainerId"


@pytest.mark.parametrize(("later", "outcomes"), [(SECOND, "CONFIRMED"), (timedelta(), "already_begun")])
def test_it_is_confirmed_until_its_start(gym: Gym, later: timedelta, outcomes: str) -> None:
    induction = gym.asked()
    gym.begins(induction, later)

    assert outcome(do(gym.trainer, induction, "confirm")) == outcomes


def test_the_member_does_not_confirm(gym: Gym) -> None:
    assert outcome(do(gym.member, gym.asked(), "confirm")) == "forbidden"


def test_a_trainer_is_not_in_two_places(api: ApiClient, gym: Gym) -> None:
    gym.confirmed()
    gym.timetable.session(MONDAY + 2 * HOUR, gym_id=gym.id, trainer_id=gym.trainer_id)
    starts = {MONDAY + HOUR / 2: 409, MONDAY + HOUR: 200, MONDAY + 2 * HOUR: 409, MONDAY + 3 * HOUR: 200}

    for start, status in starts.items():
        induction = api.by_token(gym.timetable.member()).post(
            "/inductions", {"gymId": gym.id, "startTime": written(start)}
        )
        answer = do(gym.trainer, induction.body, "confirm")
        assert (answer.status, answer.body.get("code")) == (status, None if status == 200 else "trainer_overlap")


def test_what_was_cancelled_takes_nobodys_time(gym: Gym) -> None:
    do(gym.member, gym.confirmed(), "cancel")

    assert gym.confirmed()["status"] == "CONFIRMED"


# Changing


def test_it_is_put_at_another_time_and_the_member_is_told(gym: Gym) -> None:
    induction = gym.confirmed()
    moved = {"startTime": written(MONDAY + 2 * HOUR), "endTime": written(MONDAY + 3 * HOUR)}

    answer = change(gym.trainer, induction, **moved)

    assert (answer.status, {key: answer.body[key] for key in moved}) == (200, moved)
    assert gym.told(gym.member_id) == ["Confirmed", "Changed"]


def test_where_nothing_changes_nobody_is_told(gym: Gym) -> None:
    induction = gym.confirmed()

    assert change(gym.trainer, induction, startTime=induction["startTime"]).body == induction
    assert gym.told(gym.member_id) == ["Confirmed"]


def test_it_is_put_at_no_time_that_is_past_or_ends_before_it_begins(gym: Gym) -> None:
    induction = gym.confirmed()

    assert pointer(change(gym.staff, induction, startTime=written(gym.timetable.now()))) == "/startTime"
    assert pointer(change(gym.staff, induction, endTime=induction["startTime"])) == "/endTime"


def test_it_is_put_at_no_time_at_which_its_trainer_is_busy(gym: Gym) -> None:
    induction = gym.confirmed()
    gym.timetable.session(MONDAY + HOUR, gym_id=gym.id, trainer_id=gym.trainer_id)

    assert outcome(change(gym.staff, induction, endTime=written(MONDAY + HOUR + SECOND))) == "trainer_overlap"


def test_a_trainer_hands_it_on(gym: Gym) -> None:
    induction = gym.confirmed()
    other_id, _ = gym.other_trainer()

    answer = change(gym.trainer, induction, trainerId=str(other_id))

    assert (answer.status, answer.body["trainerId"]) == (200, str(other_id))
    assert gym.trainer.get(f"/inductions/{induction['id']}").status == 404


def test_what_is_confirmed_keeps_a_trainer_and_what_is_not_needs_none(gym: Gym) -> None:
    induction = gym.asked()

    assert change(gym.staff, induction, trainerId=str(gym.trainer_id)).body["status"] == "PENDING"
    assert change(gym.staff, induction, trainerId=None).body["trainerId"] is None
    do(gym.trainer, induction, "confirm")
    assert pointer(change(gym.staff, induction, trainerId=None)) == "/trainerId"


def test_the_member_and_a_trainer_who_could_take_it_change_nothing(gym: Gym) -> None:
    induction = gym.asked()

    for who in (gym.member, gym.trainer):
        assert outcome(change(who, induction, endTime=written(MONDAY + 2 * HOUR))) == "forbidden"


def test_it_is_changed_only_while_it_is_what_was_read(gym: Gym) -> None:
    path = f"/inductions/{gym.confirmed()['id']}"
    etag = gym.staff.get(path).headers["ETag"]
    later = {"endTime": written(MONDAY + 2 * HOUR)}

    assert gym.trainer.patch(path, later, headers={"If-Match": etag}).status == 200
    assert gym.trainer.patch(path, {"endTime": written(MONDAY + HOUR)}, headers={"If-Match": etag}).status == 412


# Cancelling


@pytest.mark.parametrize(("later", "outcomes"), [(SECOND, "CANCELLED"), (timedelta(), "already_begun")])
@pytest.mark.parametrize("who", ["member", "trainer", "staff"])
def test_it_is_cancelled_until_its_start(gym: Gym, who: str, later: timedelta, outcomes: str) -> None:
    induction = gym.confirmed()
    gym.begins(induction, later)

    assert outcome(do(getattr(gym, who), induction, "cancel")) == outcomes


@pytest.mark.parametrize(
    ("who", "member_is_told", "trainer_is_told"),
    [("member", [], ["Cancelled"]), ("trainer", ["Cancelled"], []), ("staff", ["Cancelled"], [])],
)
def test_who_cancels_tells_the_other(gym: Gym, who: str, member_is_told: list[str], trainer_is_told: list[str]) -> None:
    induction = gym.confirmed()

    for _ in range(2):
        assert outcome(do(getattr(gym, who), induction, "cancel")) == "CANCELLED"

    assert gym.told(gym.member_id) == ["Confirmed", *member_is_told]
    assert gym.told(gym.trainer_id) == trainer_is_told


def test_to_cancel_once_more_changes_nothing(gym: Gym) -> None:
    induction = gym.asked()
    cancelled = do(gym.member, induction, "cancel").body
    gym.timetable.one("update inductions set updated_at = updated_at - interval '1 day' returning id")
    before = gym.member.get(f"/inductions/{induction['id']}").body

    assert do(gym.member, induction, "cancel").body == before
    assert before["status"] == cancelled["status"] == "CANCELLED"


# Holding


@pytest.mark.parametrize(("deed", "status"), [("complete", "COMPLETED"), ("no-show", "NO_SHOW")])
@pytest.mark.parametrize("who", ["trainer", "staff"])
def test_what_came_of_it_is_said_from_its_start_on(gym: Gym, who: str, deed: str, status: str) -> None:
    induction = gym.confirmed()
    gym.begins(induction, SECOND)
    assert outcome(do(getattr(gym, who), induction, deed)) == "too_early"

    gym.begins(induction, timedelta())
    assert outcome(do(getattr(gym, who), induction, deed)) == status


@pytest.mark.parametrize(("deed", "is_inducted"), [("complete", True), ("no-show", False)])
def test_only_who_was_shown_around_is_inducted_and_only_there(gym: Gym, deed: str, is_inducted: bool) -> None:
    induction = gym.confirmed()
    gym.begins(induction, timedelta())
    do(gym.trainer, induction, deed)

    asked = "select has_induction(%s, %s) as here, has_induction(%s, %s) as there"
    row = gym.timetable.one(asked, gym.member_id, gym.id, gym.member_id, gym.timetable.gym())
    assert row == {"here": is_inducted, "there": False}


def test_the_member_does_not_say_what_came_of_it(gym: Gym) -> None:
    induction = gym.confirmed()
    gym.begins(induction, timedelta())

    assert [outcome(do(gym.member, induction, deed)) for deed in ("complete", "no-show")] == ["forbidden"] * 2


MOVES = {
    "PENDING": {"confirm", "cancel", "change"},
    "CONFIRMED": {"complete", "no-show", "cancel", "change"},
    "COMPLETED": set[str](),
    "CANCELLED": {"cancel"},
    "NO_SHOW": set[str](),
}


@pytest.mark.parametrize("status", MOVES)
def test_from_each_status_it_goes_only_where_the_table_says(conn: Connection, gym: Gym, status: str) -> None:
    induction = {"id": gym.timetable.induction(gym.id, gym.member_id, trainer_id=gym.trainer_id, status=status)}
    went = set()
    for deed in ("confirm", "cancel", "complete", "no-show", "change"):
        conn.execute("savepoint done")
        gym.begins(induction, timedelta() if deed in ("complete", "no-show") else HOUR)
        if deed == "change":
            answer = change(gym.staff, induction, startTime=written(MONDAY), endTime=written(MONDAY + HOUR))
        else:
            answer = do(gym.staff, induction, deed)
        assert answer.status == 200 or outcome(answer) == "illegal_transition"
        went |= {deed} if answer.status == 200 else set()
        conn.execute("rollback to savepoint done")

    assert went == MOVES[status]


# Who sees which


def listed(who: ApiClient, **filters: Any) -> list[int]:
    page = who.get("/inductions", query_string={**filters, "include": "total"}).body
    assert page["total"] == len(page["data"])
    return [row["id"] for row in page["data"]]


def test_each_sees_their_own_and_a_trainer_what_waits_at_their_gyms(api: ApiClient, gym: Gym) -> None:
    other_id, token = gym.other_trainer()
    other = api.by_token(token)
    stranger_id, token = gym.timetable.person()
    waiting = gym.timetable.induction(gym.id, stranger_id, MONDAY)
    given = gym.timetable.induction(gym.id, gym.member_id, MONDAY + HOUR, trainer_id=other_id, status="CONFIRMED")
    cancelled = gym.timetable.induction(gym.id, gym.member_id, MONDAY + 2 * HOUR, status="CANCELLED")
    elsewhere = gym.timetable.induction(gym.timetable.gym(), gym.member_id, MONDAY + 3 * HOUR)

    assert listed(gym.member) == [given, cancelled, elsewhere]
    assert listed(api.by_token(token)) == [waiting]
    assert listed(gym.trainer) == [waiting]
    assert listed(other) == [waiting, given]
    assert listed(gym.staff) == [waiting, given, cancelled, elsewhere]
    assert listed(api.by_role("TRAINER")) == []
    gym.retire(other_id)
    assert listed(other) == [given]
    for who in (gym.member, api.by_role("TRAINER"), api.by_role("FINANCE")):
        assert who.get(f"/inductions/{waiting}").status == 404


def test_they_are_filtered_by_gym_status_and_time(gym: Gym) -> None:
    first = gym.timetable.induction(gym.id, gym.member_id, MONDAY)
    second = gym.timetable.induction(gym.timetable.gym(), gym.member_id, MONDAY + HOUR, status="CANCELLED")

    assert listed(gym.staff, sort="-startTime") == [second, first]
    assert listed(gym.staff, gymId=gym.id) == [first]
    assert listed(gym.staff, status="CANCELLED") == [second]
    assert listed(gym.staff, **{"from": written(MONDAY + SECOND)}) == [second]
    assert listed(gym.staff, to=written(MONDAY + HOUR)) == [first]


def test_a_stranger_does_nothing_with_it(api: ApiClient, gym: Gym) -> None:
    induction = gym.confirmed()
    stranger = api.by_token(gym.timetable.member())

    answers = [do(stranger, induction, deed) for deed in ("confirm", "cancel", "complete", "no-show")]

    assert [answer.status for answer in [*answers, change(stranger, induction, endTime=written(MONDAY))]] == [404] * 5


def test_members_and_trainers_act_in_person_and_staff_by_a_program_too(gym: Gym) -> None:
    induction = gym.confirmed()

    def by_program(who: ApiClient, *permissions: str) -> str:
        made = who.post("/me/tokens", {"name": f"For {permissions}", "permissions": permissions}).body
        return outcome(do(who.by_token(made["token"]), induction, "cancel"))

    assert by_program(gym.member) == by_program(gym.trainer) == "forbidden"
    assert by_program(gym.staff, "VIEW_BOOKINGS_ALL") == "forbidden"
    assert by_program(gym.staff, "MANAGE_BOOKINGS") == "CANCELLED"
