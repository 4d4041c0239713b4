"""What members say of their health: the newest counts, for twelve months; and nobody else reads it but who decides."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from photolens.database import Connection
from tests.classes.timetable import Timetable
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory

QUESTIONS = (
    *("heartCondition", "chestPainActive", "chestPainResting", "dizziness"),
    *("jointProblem", "medication", "otherReason"),
)
HEALTHY = dict.fromkeys(QUESTIONS, False)
DIZZY = HEALTHY | {"dizziness": True}
SECOND = timedelta(seconds=1)


@pytest.fixture
def somebody(timetable: Timetable) -> tuple[UUID, str]:
    return timetable.person()


@pytest.fixture
def member(api: ApiClient, somebody: tuple[UUID, str]) -> ApiClient:
    return api.by_token(somebody[1])


def answer(member: ApiClient, answers: dict[str, bool]) -> dict[str, Any]:
    made = member.post("/me/parq", {"answers": answers})
    assert (made.status, made.headers["Location"]) == (201, "/api/v1/me/parq")
    parq: dict[str, Any] = made.body
    return parq


def decide(api: ApiClient, parq: dict[str, Any], is_accepted: bool, **words: str) -> Any:
    return api.post(f"/parqs/{parq['id']}/clearance", {"isAccepted": is_accepted, **words})


def has_valid_parq(timetable: Timetable, user_id: UUID) -> bool:
    """What whoever books asks the database."""
    is_valid: bool = timetable.one("select has_valid_parq(%s) as is_valid", user_id)["is_valid"]
    return is_valid


# Answers


def test_who_has_answered_nothing_has_no_questionnaire(
    member: ApiClient, timetable: Timetable, somebody: tuple[UUID, str]
) -> None:
    assert member.get("/me/parq").status == 404
    assert not has_valid_parq(timetable, somebody[0])


def test_who_has_no_complaint_needs_no_clearance(
    member: ApiClient, timetable: Timetable, somebody: tuple[UUID, str]
) -> None:
    parq = answer(member, HEALTHY)

    assert (parq["answers"], parq["clearance"], parq["isValid"]) == (HEALTHY, "NOT_NEEDED", True)
    assert member.get("/me/parq").body == parq
    assert has_valid_parq(timetable, somebody[0])


@pytest.mark.parametrize("question", QUESTIONS)
def test_any_yes_waits_for_clearance(
    member: ApiClient, timetable: Timetable, somebody: tuple[UUID, str], question: str
) -> None:
    parq = answer(member, HEALTHY | {question: True})

    assert (parq["clearance"], parq["isValid"]) == ("PENDING", False)
    assert not has_valid_parq(timetable, somebody[0])


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_is_answered(member: ApiClient, question: str) -> None:
    refused = member.post("/me/parq", {"answers": {key: no for key, no in HEALTHY.items() if key != question}})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, f"/answers/{question}")


def test_the_newest_counts(member: ApiClient, timetable: Timetable, somebody: tuple[UUID, str], api: ApiClient) -> None:
    first = answer(member, HEALTHY)
    second = answer(member, DIZZY)

    assert member.get("/me/parq").body == second
    assert not api.get(f"/parqs/{first['id']}").body["isValid"]
    assert not has_valid_parq(timetable, somebody[0])
    answer(member, HEALTHY)
    assert has_valid_parq(timetable, somebody[0])


def test_it_is_valid_for_twelve_months_from_the_moment_it_is_sent(member: ApiClient, timetable: Timetable) -> None:
    parq = answer(member, HEALTHY)

    row = timetable.one(
        "select valid_until, now() + interval '12 months' as wanted from parqs where id = %s", parq["id"]
    )
    assert row["valid_until"] == row["wanted"]


@pytest.mark.parametrize(("left", "is_valid"), [(SECOND, True), (timedelta(), False), (-SECOND, False)])
def test_it_ends_to_the_second(
    member: ApiClient, timetable: Timetable, somebody: tuple[UUID, str], left: timedelta, is_valid: bool
) -> None:
    parq = answer(member, HEALTHY)
    timetable.one("update parqs set valid_until = now() + %s where id = %s returning id", left, parq["id"])

    assert member.get("/me/parq").body["isValid"] == is_valid
    assert has_valid_parq(timetable, somebody[0]) == is_valid


def test_an_older_one_does_not_come_back_when_the_newest_has_run_out(
    member: ApiClient, timetable: Timetable, somebody: tuple[UUID, str]
) -> None:
    answer(member, HEALTHY)
    newest = answer(member, HEALTHY)
    timetable.one("update parqs set valid_until = now() where id = %s returning id", newest["id"])

    assert not has_valid_parq(timetable, somebody[0])


def test_who_has_not_been_verified_answers_nothing(api: ApiClient, timetable: Timetable) -> None:
    newcomer = api.by_token(timetable.person(status="PENDING")[1])

    assert newcomer.post("/me/parq", {"answers": HEALTHY}).body["code"] == "forbidden"


# Clearance


@pytest.mark.parametrize(("is_accepted", "clearance"), [(True, "ACCEPTED"), (False, "REJECTED")])
def test_an_administrator_decides_about_a_yes(
    api: ApiClient,
    member: ApiClient,
    timetable: Timetable,
    somebody: tuple[UUID, str],
    is_accepted: bool,
    clearance: str,
) -> None:
    decided = decide(api, answer(member, DIZZY), is_accepted, note="Bring water.")

    assert (decided.status, decided.body["clearance"], decided.body["clearanceNote"]) == (
        200,
        clearance,
        "Bring water.",
    )
    assert member.get("/me/parq").body == decided.body
    assert decided.body["isValid"] == is_accepted == has_valid_parq(timetable, somebody[0])


def test_an_acceptance_runs_out_as_well(api: ApiClient, member: ApiClient, timetable: Timetable) -> None:
    parq = decide(api, answer(member, DIZZY), True).body
    timetable.one("update parqs set valid_until = now() where id = %s returning id", parq["id"])

    assert not member.get("/me/parq").body["isValid"]


@pytest.mark.parametrize("is_accepted", [True, False])
def test_it_is_decided_once(api: ApiClient, member: ApiClient, is_accepted: bool) -> None:
    parq = answer(member, DIZZY)
    decide(api, parq, is_accepted)

    assert decide(api, parq, not is_accepted).body["code"] == "illegal_transition"


def test_there_is_nothing_to_decide_about_who_has_no_complaint(api: ApiClient, member: ApiClient) -> None:
    assert decide(api, answer(member, HEALTHY), True).body["code"] == "illegal_transition"


def test_what_was_answered_anew_is_decided_about_no_more(api: ApiClient, member: ApiClient) -> None:
    first, second = answer(member, DIZZY), answer(member, DIZZY)

    assert (decide(api, first, True).status, decide(api, first, True).body["code"]) == (409, "parq_replaced")
    assert decide(api, second, True).status == 200


def test_the_member_is_told_that_it_was_decided_and_not_what(
    api: ApiClient, member: ApiClient, timetable: Timetable, somebody: tuple[UUID, str]
) -> None:
    texts = set()
    for is_accepted in (True, False):
        parq = decide(api, answer(member, DIZZY), is_accepted, note="Zyxomma").body
        told = timetable.notices(somebody[0])[-1]
        assert (told["type"], told["subject_id"]) == ("PARQ_DECIDED", parq["id"])
        texts.add((told["title"], told["body"]))

    assert len(texts) == 1


def test_the_feed_says_that_it_was_decided_and_nothing_of_anybodys_health(api: ApiClient, member: ApiClient) -> None:
    parq = decide(api, answer(member, DIZZY), False, note="Zyxomma").body

    feed = api.get("/activities").body["data"]

    assert [(deed["kind"], deed["subjectId"], deed["details"]) for deed in feed] == [("PARQ_DECIDED", parq["id"], {})]


# Who reads it


def test_administrators_list_them_newest_first(api: ApiClient, member: ApiClient, timetable: Timetable) -> None:
    other_id, token = timetable.person()
    waiting, healthy, other = (
        answer(member, DIZZY),
        answer(member, HEALTHY),
        answer(api.by_token(token), HEALTHY),
    )

    def listed(**filters: Any) -> list[int]:
        return [row["id"] for row in api.get("/parqs", query_string=filters).body["data"]]

    assert listed() == [other["id"], healthy["id"], waiting["id"]]
    assert listed(clearance="PENDING") == [waiting["id"]]
    assert listed(userId=str(other_id)) == [other["id"]]
    assert listed(userId=str(other_id), clearance="PENDING") == []
    assert api.get(f"/parqs/{other['id']}").body["userName"] == other["userName"]


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER", "VENDOR", "CUSTOMER"])
def test_nobody_else_reads_or_decides(api: ApiClient, member: ApiClient, role: str) -> None:
    parq = answer(member, DIZZY)
    other = api.by_role(role)

    asked = [other.get("/parqs"), other.get(f"/parqs/{parq['id']}"), decide(other, parq, True)]

    assert [refused.body["code"] for refused in asked] == ["forbidden"] * 3


def test_a_program_reads_nothing_of_anybodys_health(api: ApiClient, member: ApiClient) -> None:
    parq = answer(member, DIZZY)
    token = api.post("/me/tokens", {"name": "Backup", "permissions": ["MANAGE_SETTINGS"]}).body["token"]
    program = api.by_token(token)

    asked = [
        *(program.get(path) for path in ("/parqs", f"/parqs/{parq['id']}", "/me/parq")),
        decide(program, parq, True),
        program.post("/me/parq", {"answers": HEALTHY}),
    ]

    assert [refused.body["code"] for refused in asked] == ["session_required"] * 5


def test_no_answer_to_it_is_kept_for_a_retry(conn: Connection, api: ApiClient, member: ApiClient) -> None:
    key = {"Idempotency-Key": "once"}
    parq = member.post("/me/parq", {"answers": DIZZY}, headers=key).body
    api.post(f"/parqs/{parq['id']}/clearance", {"isAccepted": True}, headers=key)

    assert conn.execute("select from idempotency_keys").rowcount == 0


def test_it_is_gone_when_the_person_is_forgotten(
    conn: Connection, api: ApiClient, make: Factory, timetable: Timetable, member: ApiClient
) -> None:
    kept = answer(member, DIZZY)
    client = make.client()
    contact = api.by_token(sign_in_contact(conn, client["id"]))
    parq = answer(contact, DIZZY)
    decide(api, parq, False, note="Zyxomma")

    assert api.post(f"/clients/{client['id']}/erase").status == 200

    assert [row["id"] for row in api.get("/parqs").body["data"]] == [kept["id"]]
    left = conn.execute("select to_jsonb(notifications)::text as text from notifications").fetchall()
    assert "zyxomma" not in json.dumps([row["text"] for row in left]).lower()
