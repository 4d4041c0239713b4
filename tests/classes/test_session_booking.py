"""A place in a class: who can have it, what it costs, and until when it is given up for nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from photolens.database import Connection
from tests.classes.timetable import HOUR, MONDAY, Timetable
from tests.client import Answer, ApiClient

SECOND = timedelta(seconds=1)


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["code"]


def book(member: ApiClient, session: int, **options: Any) -> Answer:
    return member.post(f"/classes/{session}/bookings", **options)


# To have a place


def test_a_place_is_paid_and_told_of(api: ApiClient, timetable: Timetable) -> None:
    session = timetable.session(capacity=2, credit_cost=3, title="Yoga")
    user_id, token = timetable.person(credits=5)

    booked = book(api.by_token(token), session)

    assert (booked.status, booked.headers["Location"]) == (201, f"/api/v1/class-bookings/{booked.body['id']}")
    assert (
        booked.body
        | {
            "sessionId": session,
            "title": "Yoga",
            "userId": str(user_id),
            "status": "BOOKED",
            "creditCost": 3,
            "startTime": "2040-03-05T18:00:00Z",
            "freeCancelUntil": "2040-03-05T06:00:00Z",
            "isRefunded": False,
            "isFromWaitlist": False,
        }
        == booked.body
    )
    assert timetable.balance(user_id) == 2
    assert timetable.told(user_id) == ["CLASS_BOOKED"]
    assert timetable.words(user_id) == "You have a place: Yoga | Yoga on Monday 5 March, 19:00."
    assert api.get(f"/classes/{session}").body["placesLeft"] == 1
    [paid] = api.by_token(token).get("/billing/transactions").body["data"][:1]
    assert (paid["kind"], paid["delta"], paid["sessionBookingId"]) == ("DEBIT", "-3.00", booked.body["id"])


def test_a_place_that_costs_nothing_is_in_no_ledger(api: ApiClient, timetable: Timetable, conn: Connection) -> None:
    member = api.by_token(timetable.member(credits=0))

    booking = book(member, timetable.session(credit_cost=0)).body

    assert member.post(f"/class-bookings/{booking['id']}/cancel").body["isRefunded"] is False
    assert conn.execute("select from credit_transactions").fetchall() == []


def test_without_enough_credits_nothing_is_left_behind(api: ApiClient, timetable: Timetable, conn: Connection) -> None:
    session = timetable.session(credit_cost=3)
    user_id, token = timetable.person(credits=2)

    refused = book(api.by_token(token), session)

    assert refusal(refused) == (402, "insufficient_credits")
    assert refused.body["shortfall"] == "1.00"
    assert (timetable.balance(user_id), timetable.statuses(session), timetable.told(user_id)) == (2, [], [])


def test_a_class_that_is_full_or_booked_already_is_refused(api: ApiClient, timetable: Timetable) -> None:
    session = timetable.session(capacity=1)
    member = api.by_token(timetable.member())
    assert book(member, session).status == 201

    assert refusal(book(member, session)) == (409, "already_booked")
    assert refusal(book(api.by_token(timetable.member()), session)) == (409, "session_full")
    assert refusal(book(member, 987_654_321)) == (404, "not_found")


@pytest.mark.parametrize("ahead", [timedelta(), -SECOND])
def test_a_class_is_booked_until_it_starts(api: ApiClient, timetable: Timetable, ahead: timedelta) -> None:
    member = api.by_token(timetable.member())

    assert refusal(book(member, timetable.session_in(ahead))) == (409, "booking_closed")
    assert book(member, timetable.session_in(ahead + 2 * SECOND)).status == 201


@pytest.mark.parametrize("status", ["IN_PROGRESS", "COMPLETED", "CANCELLED"])
def test_a_class_that_is_not_scheduled_takes_no_bookings(api: ApiClient, timetable: Timetable, status: str) -> None:
    member = api.by_token(timetable.member())

    assert refusal(book(member, timetable.session(status=status))) == (409, "booking_closed")


def test_a_class_may_take_a_questionnaire_and_a_gym_an_induction(api: ApiClient, timetable: Timetable) -> None:
    gym = timetable.gym(requires_induction=True)
    trainer_id = timetable.trainer(gym)
    session = timetable.session(gym_id=gym, requires_parq=True)
    user_id, token = timetable.person(credits=1)
    member = api.by_token(token)

    assert refusal(book(member, session)) == (409, "parq_required")
    timetable.healthy(user_id)
    assert refusal(book(member, session)) == (409, "induction_required")
    timetable.induction(gym, user_id, datetime.now(UTC) - 48 * HOUR, status="COMPLETED", trainer_id=trainer_id)
    assert book(member, session).status == 201


def test_nobody_is_in_two_classes_at_once_but_in_one_after_the_other(api: ApiClient, timetable: Timetable) -> None:
    member = api.by_token(timetable.member())
    assert book(member, timetable.session()).status == 201

    assert refusal(book(member, timetable.session(MONDAY + HOUR - SECOND))) == (409, "user_overlap")
    assert book(member, timetable.session(MONDAY + HOUR)).status == 201


def test_a_place_is_booked_in_person_by_somebody_who_is_active(api: ApiClient, timetable: Timetable) -> None:
    session = timetable.session()
    member = api.by_token(timetable.member())
    program = member.post("/me/tokens", {"name": "Program", "permissions": []}).body["token"]

    assert refusal(book(api.by_token(program), session)) == (403, "session_required")
    assert refusal(book(api.by_token(timetable.person(status="PENDING")[1]), session)) == (403, "forbidden")


def test_a_booking_that_is_sent_again_under_its_key_is_the_same_one(api: ApiClient, timetable: Timetable) -> None:
    session = timetable.session()
    user_id, token = timetable.person(credits=5)

    first, again = (book(api.by_token(token), session, headers={"Idempotency-Key": "once"}) for _ in range(2))

    assert (first.status, again.status, again.body) == (201, 201, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (timetable.balance(user_id), timetable.statuses(session)) == (4, ["BOOKED"])


def test_a_place_that_was_given_up_is_booked_anew(api: ApiClient, timetable: Timetable) -> None:
    session, member = timetable.session(), api.by_token(timetable.member())
    for _ in range(2):
        assert member.post(f"/class-bookings/{book(member, session).body['id']}/cancel").status == 200

    assert book(member, session).status == 201


# To give it up


@pytest.mark.parametrize(
    ("is_subscriber", "hours", "late", "status"),
    [
        (False, 12, timedelta(), "CANCELLED"),
        (False, 12, SECOND, "LATE_CANCELLED"),
        (True, 4, timedelta(), "CANCELLED"),
        (True, 4, SECOND, "LATE_CANCELLED"),
    ],
)
def test_in_time_is_to_the_second_and_a_subscriber_has_longer(
    api: ApiClient, timetable: Timetable, is_subscriber: bool, hours: int, late: timedelta, status: str
) -> None:
    user_id, token = timetable.person(credits=3)
    if is_subscriber:
        timetable.subscribe(user_id)
    session = timetable.session_in(hours * HOUR - late, credit_cost=3)
    booking = book(api.by_token(token), session).body

    cancelled = api.by_token(token).post(f"/class-bookings/{booking['id']}/cancel").body

    assert (cancelled["status"], cancelled["isRefunded"]) == (status, status == "CANCELLED")
    assert timetable.balance(user_id) == (3 if status == "CANCELLED" else 0)
    assert api.get(f"/classes/{session}").body["placesLeft"] == 20


def test_what_was_promised_when_it_was_booked_is_kept(api: ApiClient, timetable: Timetable, conn: Connection) -> None:
    session, member = timetable.session_in(20 * HOUR), api.by_token(timetable.member())
    booking = book(member, session).body

    conn.execute("update gyms set cancel_hours = 48")

    assert member.post(f"/class-bookings/{booking['id']}/cancel").body["status"] == "CANCELLED"


def test_a_place_is_given_up_until_the_start_and_once(api: ApiClient, timetable: Timetable) -> None:
    session, member = timetable.session(), api.by_token(timetable.member())
    path = f"/class-bookings/{book(member, session).body['id']}/cancel"

    timetable.shift(session, timedelta())
    assert refusal(member.post(path)) == (409, "already_begun")
    timetable.shift(session, SECOND)
    assert member.post(path).body["status"] == "LATE_CANCELLED"
    assert refusal(member.post(path)) == (409, "illegal_transition")


def test_a_class_that_was_begun_early_is_given_up_until_its_start(api: ApiClient, timetable: Timetable) -> None:
    session, member = timetable.session_in(HOUR / 3), api.by_token(timetable.member())
    booking = book(member, session).body
    assert api.post(f"/classes/{session}/start").status == 200

    assert member.post(f"/class-bookings/{booking['id']}/cancel").body["status"] == "LATE_CANCELLED"


def test_the_credits_go_back_to_each_of_the_lots_they_came_from(api: ApiClient, timetable: Timetable) -> None:
    user_id, token = timetable.person()
    soon, later = datetime.now(UTC) + 48 * HOUR, datetime.now(UTC) + 96 * HOUR
    timetable.give(user_id, 5, later)
    timetable.give(user_id, 2, soon)
    timetable.give(user_id, 4)
    session = timetable.session(credit_cost=4)

    booking = book(api.by_token(token), session).body
    assert timetable.lots(user_id) == [3, 0, 4]  # what expires first, first
    assert api.by_token(token).post(f"/class-bookings/{booking['id']}/cancel").status == 200

    assert timetable.lots(user_id) == [5, 2, 4]
    assert timetable.balance(user_id) == 11


def test_credits_of_a_lot_that_has_expired_meanwhile_go_with_it(
    api: ApiClient, timetable: Timetable, conn: Connection
) -> None:
    user_id, token = timetable.person(credits=2)
    timetable.give(user_id, 2, datetime.now(UTC) + HOUR)
    booking = book(api.by_token(token), timetable.session(credit_cost=3)).body
    conn.execute("update credit_lots set expires_at = now() where expires_at is not null")

    assert api.by_token(token).post(f"/class-bookings/{booking['id']}/cancel").status == 200

    assert (timetable.lots(user_id), timetable.balance(user_id)) == ([2, 0], 2)


@pytest.mark.parametrize("ahead", [100 * HOUR, HOUR, -SECOND])
def test_whoever_looks_after_all_bookings_always_gives_the_credits_back(
    api: ApiClient, timetable: Timetable, ahead: timedelta
) -> None:
    session = timetable.session()
    user_id, token = timetable.person(credits=1)
    path = f"/class-bookings/{book(api.by_token(token), session).body['id']}/cancel"
    timetable.shift(session, ahead)

    assert api.post(path).body["status"] == "CANCELLED"

    assert timetable.balance(user_id) == 1
    assert timetable.told(user_id) == ["CLASS_BOOKED", "CLASS_CANCELLED"]
    assert timetable.words(user_id).endswith("will be without you. Your credits are back.")
    assert refusal(api.post(path)) == (409, "illegal_transition")


def test_whoever_looks_after_all_bookings_gives_up_their_own_as_any_member(
    api: ApiClient, timetable: Timetable
) -> None:
    timetable.give(timetable.user_id("OWNER"), 1)
    booking = book(api, timetable.session_in(HOUR)).body

    assert api.post(f"/class-bookings/{booking['id']}/cancel").body["status"] == "LATE_CANCELLED"


def test_nobody_else_gives_a_place_up_not_even_a_program_of_its_member(api: ApiClient, timetable: Timetable) -> None:
    gym = timetable.gym()
    session = timetable.session(gym_id=gym, trainer_id=timetable.trainer(gym))
    member = api.by_token(timetable.member())
    path = f"/class-bookings/{book(member, session).body['id']}/cancel"
    program = member.post("/me/tokens", {"name": "Program", "permissions": []}).body["token"]

    assert refusal(api.by_token(timetable.member()).post(path)) == (404, "not_found")
    assert refusal(api.by_token(program).post(path)) == (403, "forbidden")
    assert refusal(api.by_role("TRAINER").post(path)) == (403, "forbidden")


# To see it


def test_one_sees_ones_own_a_trainer_those_in_their_classes_and_staff_all(api: ApiClient, timetable: Timetable) -> None:
    gym = timetable.gym()
    given = timetable.session(gym_id=gym, trainer_id=timetable.trainer(gym))
    other = timetable.session(MONDAY + HOUR)
    emma, noor = api.by_token(timetable.member()), api.by_token(timetable.member())
    of_emma = [book(emma, session).body["id"] for session in (given, other)]
    of_noor = book(noor, other).body["id"]

    def seen(caller: ApiClient, query: str = "") -> list[int]:
        page = caller.get(f"/class-bookings?include=total{query}").body
        assert page["total"] == len(page["data"])
        return [row["id"] for row in page["data"]]

    assert seen(emma) == of_emma
    assert seen(emma, "&sort=-startTime") == of_emma[::-1]
    assert seen(noor) == [of_noor]
    assert seen(api.by_role("TRAINER")) == [of_emma[0]]
    assert seen(api) == [*of_emma, of_noor]
    assert seen(api.by_role("CUSTOMER")) == []
    assert noor.get(f"/class-bookings/{of_emma[0]}").status == 404
    assert api.by_role("TRAINER").get(f"/class-bookings/{of_emma[1]}").status == 404


def test_bookings_are_found_by_status_class_time_and_user(api: ApiClient, timetable: Timetable) -> None:
    first, second = timetable.session(), timetable.session(MONDAY + HOUR)
    user_id, token = timetable.person(credits=5)
    member = api.by_token(token)
    one, two = (book(member, session).body["id"] for session in (first, second))
    three = book(api.by_token(timetable.member()), second).body["id"]
    member.post(f"/class-bookings/{one}/cancel")

    def found(query: str) -> list[int]:
        return [row["id"] for row in api.get(f"/class-bookings?{query}").body["data"]]

    assert found("status=CANCELLED") == [one]
    assert found(f"sessionId={second}") == [two, three]
    assert found("from=2040-03-05T19:00:00Z") == [two, three]
    assert found("to=2040-03-05T19:00:00Z") == [one]
    assert found(f"userId={user_id}") == [one, two]
