"""The waiting list of a class: first come, first served; nobody is overtaken, and who waits pays nothing."""

from datetime import timedelta
from uuid import UUID

import pytest

from photolens import tasks
from photolens.database import Connection
from tests.classes.timetable import HOUR, MONDAY, Timetable
from tests.client import Answer, ApiClient

SECOND = timedelta(seconds=1)
QUARTER = timedelta(minutes=15)


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


class FullClass:
    """A class of one place, who has it, and people who wait for it in their order."""

    def __init__(self, api: ApiClient, timetable: Timetable, session: int, waiting: list[int]) -> None:
        """`waiting` are the credits of those who wait."""
        self.id = session
        self.path = f"/classes/{session}"
        self.holder = api.by_token(timetable.member())
        self.booking_id = self.holder.post(f"{self.path}/bookings").body["id"]
        people = [timetable.person(credits=credits) for credits in waiting]
        self.user_ids: list[UUID] = [user_id for user_id, _ in people]
        self.members = [api.by_token(token) for _, token in people]
        for member in self.members:
            assert member.post(f"{self.path}/waitlist").status == 201

    def give_up(self) -> None:
        """The one who has the place gives it up."""
        assert self.holder.post(f"/class-bookings/{self.booking_id}/cancel").status == 200


@pytest.fixture
def full(api: ApiClient, timetable: Timetable) -> FullClass:
    """A class far ahead, for which two wait."""
    return FullClass(api, timetable, timetable.session(capacity=1), [5, 5])


@pytest.fixture
def near(api: ApiClient, timetable: Timetable) -> FullClass:
    """A class within the hours in which it is not cancelled for nothing any more."""
    return FullClass(api, timetable, timetable.session_in(2 * HOUR, capacity=1), [5, 5])


# To wait


def test_whoever_waits_pays_nothing_and_is_told_their_position(
    api: ApiClient, timetable: Timetable, full: FullClass
) -> None:
    user_id, token = timetable.person(credits=0)

    joined = api.by_token(token).post(f"{full.path}/waitlist")

    assert (joined.status, joined.headers["Location"]) == (201, f"/api/v1{full.path}/waitlist")
    assert joined.body | {"status": "WAITING", "position": 3, "offerExpiresAt": None} == joined.body
    assert api.by_token(token).get(f"{full.path}/waitlist").body == joined.body
    assert api.get(full.path).body["waiting"] == 3
    assert timetable.told(user_id) == []


def test_whom_a_waiting_list_does_not_take(api: ApiClient, timetable: Timetable, full: FullClass) -> None:
    stranger = api.by_token(timetable.member())

    assert refusal(full.members[0].post(f"{full.path}/waitlist")) == (409, "already_waiting")
    assert refusal(full.holder.post(f"{full.path}/waitlist")) == (409, "already_booked")
    assert refusal(stranger.post(f"/classes/{timetable.session()}/waitlist")) == (409, "places_left")
    assert stranger.post(f"{full.path}/waitlist").status == 201
    assert refusal(api.by_token(timetable.member()).post(f"{full.path}/waitlist")) == (409, "waitlist_full")
    for closed in (timetable.session_in(timedelta()), timetable.session(status="CANCELLED")):
        assert refusal(stranger.post(f"/classes/{closed}/waitlist")) == (409, "booking_closed")


def test_whoever_leaves_is_not_there_any_more(full: FullClass) -> None:
    first, second = full.members
    etag = first.get(f"{full.path}/waitlist").headers["ETag"]

    assert first.delete(f"{full.path}/waitlist", headers={"If-Match": etag}).status == 204

    assert refusal(first.get(f"{full.path}/waitlist")) == (404, "not_found")
    assert refusal(first.delete(f"{full.path}/waitlist")) == (404, "not_found")
    assert second.get(f"{full.path}/waitlist").body["position"] == 1


# A place comes free


def test_a_place_goes_to_the_first_who_waits_and_is_paid_by_them_in_the_same_breath(
    api: ApiClient, timetable: Timetable, full: FullClass
) -> None:
    full.give_up()

    first, second = full.user_ids
    assert (timetable.balance(first), timetable.balance(second)) == (4, 5)
    assert (timetable.told(first), timetable.told(second)) == (["CLASS_PROMOTED"], [])
    assert timetable.waitlist(full.id) == ["PROMOTED", "WAITING"]
    [booking] = full.members[0].get("/class-bookings").body["data"]
    assert (booking["isFromWaitlist"], booking["status"]) == (True, "BOOKED")
    assert api.get(full.path).body | {"placesLeft": 0, "waiting": 1} == api.get(full.path).body


def test_a_place_that_is_given_up_late_goes_to_who_waits_as_well(
    api: ApiClient, timetable: Timetable, near: FullClass
) -> None:
    near.give_up()

    assert timetable.statuses(near.id) == ["LATE_CANCELLED"]
    assert timetable.waitlist(near.id) == ["OFFERED", "WAITING"]


def test_whoever_cannot_pay_waits_on_and_is_told_once(api: ApiClient, timetable: Timetable) -> None:
    full = FullClass(api, timetable, timetable.session(capacity=1), [0, 5])

    full.give_up()
    [booking] = full.members[1].get("/class-bookings").body["data"]
    assert full.members[1].post(f"/class-bookings/{booking['id']}/cancel").status == 200

    assert timetable.waitlist(full.id) == ["WAITING", "PROMOTED"]
    assert timetable.told(full.user_ids[0]) == ["CLASS_OUT_OF_REACH"]
    assert "It takes 1.00 credits" in timetable.words(full.user_ids[0])
    assert api.get(full.path).body["placesLeft"] == 1


def test_whoever_is_in_another_class_then_waits_on(api: ApiClient, timetable: Timetable, full: FullClass) -> None:
    elsewhere = timetable.session(MONDAY + HOUR / 2)
    assert full.members[0].post(f"/classes/{elsewhere}/bookings").status == 201

    full.give_up()

    assert timetable.waitlist(full.id) == ["WAITING", "PROMOTED"]


def test_more_places_go_to_who_waits_in_the_same_change(api: ApiClient, timetable: Timetable, full: FullClass) -> None:
    changed = api.patch(full.path, {"capacity": 4}).body

    assert (changed["placesLeft"], changed["waiting"]) == (1, 0)
    assert timetable.waitlist(full.id) == ["PROMOTED", "PROMOTED"]
    assert [timetable.balance(user_id) for user_id in full.user_ids] == [4, 4]


def test_a_waiting_list_does_not_get_shorter_than_it_is(api: ApiClient, full: FullClass) -> None:
    assert refusal(api.patch(full.path, {"waitlistCapacity": 1})) == (409, "waitlist_full")
    assert api.patch(full.path, {"waitlistCapacity": 2}).status == 200


def test_whoever_has_topped_up_has_the_place_within_a_minute_and_before_anybody_who_comes(
    api: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    full = FullClass(api, timetable, timetable.session(capacity=1), [0])
    full.give_up()
    timetable.give(full.user_ids[0], 1)

    assert refusal(api.by_token(timetable.member()).post(f"{full.path}/bookings")) == (409, "session_full")
    tasks.settle_waiting_lists(conn)

    assert timetable.waitlist(full.id) == ["PROMOTED"]
    assert timetable.balance(full.user_ids[0]) == 0


def test_whoever_waits_and_has_topped_up_books_the_free_place(api: ApiClient, timetable: Timetable) -> None:
    full = FullClass(api, timetable, timetable.session(capacity=1), [0, 0])
    full.give_up()
    for user_id in full.user_ids:
        timetable.give(user_id, 1)

    assert refusal(full.members[1].post(f"{full.path}/bookings")) == (409, "session_full")
    booked = full.members[0].post(f"{full.path}/bookings")

    assert (booked.status, booked.body["isFromWaitlist"]) == (201, True)


def test_a_free_place_that_nobody_who_waits_can_have_is_anybodys(api: ApiClient, timetable: Timetable) -> None:
    full = FullClass(api, timetable, timetable.session(capacity=1), [0])
    full.give_up()

    assert api.by_token(timetable.member()).post(f"{full.path}/bookings").status == 201
    assert timetable.waitlist(full.id) == ["WAITING"]


# A place is offered


@pytest.mark.parametrize(
    ("ahead", "becomes"), [(12 * HOUR, "OFFERED"), (12 * HOUR + SECOND, "PROMOTED"), (SECOND, "OFFERED")]
)
def test_a_place_is_offered_once_it_could_not_be_cancelled_for_nothing(
    api: ApiClient, timetable: Timetable, ahead: timedelta, becomes: str
) -> None:
    full = FullClass(api, timetable, timetable.session_in(ahead, capacity=1), [5])

    full.give_up()

    assert timetable.waitlist(full.id) == [becomes]


def test_an_offer_keeps_the_place_for_a_quarter_of_an_hour_and_takes_nothing(
    api: ApiClient, timetable: Timetable, near: FullClass
) -> None:
    near.give_up()

    first = near.user_ids[0]
    assert (timetable.told(first), timetable.balance(first)) == (["CLASS_OFFERED"], 5)
    row = timetable.one("select offer_expires_at - now() as left from session_waitlist where status = 'OFFERED'")
    assert row["left"] == QUARTER
    shown = api.get(near.path).body
    assert (shown["placesLeft"], shown["waiting"]) == (0, 1)
    for other in (api.by_token(timetable.member()), near.members[1]):
        assert refusal(other.post(f"{near.path}/bookings")) == (409, "session_full")


def test_an_offer_ends_with_the_start(api: ApiClient, timetable: Timetable) -> None:
    full = FullClass(api, timetable, timetable.session_in(QUARTER / 3, capacity=1), [5])

    full.give_up()

    entry = full.members[0].get(f"{full.path}/waitlist").body
    assert entry["offerExpiresAt"] == api.get(full.path).body["startTime"]


def test_whoever_was_offered_the_place_books_it(timetable: Timetable, near: FullClass) -> None:
    near.give_up()

    booked = near.members[0].post(f"{near.path}/bookings")

    assert (booked.status, booked.body["isFromWaitlist"]) == (201, True)
    assert timetable.waitlist(near.id) == ["PROMOTED", "WAITING"]
    assert timetable.balance(near.user_ids[0]) == 4


def test_an_offer_that_is_not_taken_goes_to_the_next(timetable: Timetable, near: FullClass, conn: Connection) -> None:
    near.give_up()
    conn.execute("update session_waitlist set offer_expires_at = now() where status = 'OFFERED'")

    tasks.settle_waiting_lists(conn)

    assert timetable.waitlist(near.id) == ["LAPSED", "OFFERED"]
    assert timetable.told(near.user_ids[1]) == ["CLASS_OFFERED"]


def test_an_offer_that_has_lapsed_is_nobodys_who_comes_before_the_next(
    api: ApiClient, timetable: Timetable, near: FullClass, conn: Connection
) -> None:
    near.give_up()
    conn.execute("update session_waitlist set offer_expires_at = now() where status = 'OFFERED'")

    for other in (near.members[0], api.by_token(timetable.member())):
        assert refusal(other.post(f"{near.path}/bookings")) == (409, "session_full")
    booked = near.members[1].post(f"{near.path}/bookings")

    assert booked.status == 201
    assert timetable.waitlist(near.id) == ["LAPSED", "PROMOTED"]


def test_whoever_turns_an_offer_down_leaves_it_to_the_next(timetable: Timetable, near: FullClass) -> None:
    near.give_up()

    assert near.members[0].delete(f"{near.path}/waitlist").status == 204

    assert timetable.waitlist(near.id) == ["LEFT", "OFFERED"]


def test_a_waiting_list_ends_with_the_start(timetable: Timetable, near: FullClass, conn: Connection) -> None:
    near.give_up()
    timetable.shift(near.id, timedelta())

    tasks.settle_waiting_lists(conn)

    assert timetable.waitlist(near.id) == ["ENDED", "ENDED"]
    assert timetable.one("select places_offered + waiting as kept from class_sessions")["kept"] == 0


def test_nobody_is_told_or_charged_twice_however_often_the_lists_are_looked_at(
    api: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    full = FullClass(api, timetable, timetable.session(capacity=1), [0, 5])
    full.give_up()
    etag = api.get(full.path).headers["ETag"]

    for _ in range(2):
        tasks.settle_waiting_lists(conn)

    assert [timetable.told(user_id) for user_id in full.user_ids] == [["CLASS_OUT_OF_REACH"], ["CLASS_PROMOTED"]]
    assert api.get(full.path).headers["ETag"] == etag
