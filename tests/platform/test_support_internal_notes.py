"""Notes among the team: nothing of them, not even that they are there, ever reaches whoever reported a problem."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from photolens import event_streams
from photolens.database import Connection
from photolens.sealing import current_seal
from tests.client import Answer, ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.platform.test_support import PROBLEM, address, assign, report, say
from tests.platform.told import deliver

NOTE = "Zyxomma"

# What differs from one answer to the next, whatever they are about.
OF_THE_MOMENT = {"X-Request-Id", "RateLimit-Remaining", "RateLimit-Reset"}

# Where the ids are that a user sees; no transaction puts them back.
SEQUENCES = b"""
    select
        format('%I.%I', schemaname, sequencename) as name,
        coalesce(last_value, start_value) as value,
        last_value is not null as is_called
    from pg_sequences
    where sequencename like 'support_%' or sequencename like 'notifications_%'
    """

SURROUNDINGS = (
    "/support/problems?include=total",
    "/support/problems?limit=1&include=total",
    "/support/problems?q=Zyxomma&include=total",
    "/support/problems?status=IN_PROGRESS&include=total",
    "/notifications?include=total",
    "/notifications/unread-count",
    "/me",
    "/activities",
)


@pytest.fixture(autouse=True)
def _short_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "LONGEST", 0)


@pytest.fixture
def contact(conn: Connection, api: ApiClient, make: Factory) -> ApiClient:
    """Somebody at a client, who has reported things: they have all that a customer has, and the portal."""
    return api.by_token(sign_in_contact(conn, make.client()["id"]))


def bare(answer: Answer) -> tuple[int, Any, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_MOMENT}
    return answer.status, answer.body, headers


def look(user: ApiClient) -> list[tuple[int, Any, dict[str, str]]]:
    """All that a user can read of their problems, and what there is around them, with every header."""
    problems = user.get("/support/problems").body["data"]
    addresses = [*SURROUNDINGS]
    for problem in problems:
        comments = f"{address(problem)}/comments"
        addresses += [address(problem), f"{comments}?include=total", f"{comments}?limit=1&include=total"]
        cursor = user.get(comments, query_string={"limit": 1}).body["nextCursor"]
        addresses += [f"{comments}?limit=1&cursor={cursor}"] if cursor else []
        addresses += [f"{comments}/{said['id']}" for said in user.get(comments).body["data"]]
    answers = [bare(user.get(each)) for each in addresses]
    return [*answers, bare(user.get("/events", headers={"Last-Event-ID": "0"}))]


def play(
    conn: Connection, app: Flask, api: ApiClient, customer: ApiClient, between: Callable[[dict[str, Any]], None]
) -> list[Any]:
    """A problem's life from its report to its end, and all that its user is answered, again and again on the way."""
    seen: list[Any] = []
    problem = report(customer)

    def then(*answers: Answer) -> None:
        between(problem)
        deliver(app, conn)
        seen.extend(bare(answer) for answer in answers)
        seen.extend(look(customer))

    other = report(customer, type="OTHER", title="Something else")
    then()
    assign(api, problem, api.by_role("ADMIN"))
    then()
    api.patch(address(problem), {"status": "IN_PROGRESS"})
    say(api, problem, "Which class?")
    then()
    then(say(customer, problem, "Yoga."))
    api.patch(address(problem), {"status": "RESOLVED"})
    then(customer.post(f"{address(problem)}/comments", {"body": "No."}, headers={"Idempotency-Key": "k"}))
    then(customer.post(f"{address(problem)}/comments", {"body": "No."}, headers={"Idempotency-Key": "k"}))
    then(customer.post(f"{address(problem)}/close"))
    then(say(customer, problem), say(customer, problem, isInternal=True), customer.patch(address(other), {}))
    return seen


def without_time(seen: list[Any]) -> str:
    """What was seen, with every instant, and what follows from one, named by when it was first seen."""
    names: dict[str, str] = {}

    def name(match: re.Match[str]) -> str:
        return names.setdefault(match[0], f"<{len(names)}>")

    of_time = r'\d{4}-\d\d-\d\dT[\d:.]+Z|(?<="ETag": ")[^,]+|(?<="nextCursor": ")[^"]+|(?<=cursor=)\w+'
    return re.sub(of_time, name, json.dumps(seen))


def test_a_user_is_answered_the_same_byte_for_byte_whether_there_are_notes_or_not(
    conn: Connection, app: Flask, api: ApiClient, contact: ApiClient
) -> None:
    def note(problem: dict[str, Any]) -> None:
        for author in (api, api.by_role("ADMIN")):
            assert say(author, problem, NOTE, isInternal=True).status == 201

    played = []
    for between in (lambda _problem: None, note):
        conn.execute("savepoint played")
        start = conn.execute(SEQUENCES).fetchall()
        played.append(without_time(play(conn, app, api, contact, between)))
        conn.execute("rollback to savepoint played")
        for sequence in start:
            conn.execute("select setval(%(name)s, %(value)s, %(is_called)s)", sequence)

    assert played[0] == played[1]


def test_a_note_changes_nothing_that_its_user_can_read(conn: Connection, api: ApiClient, contact: ApiClient) -> None:
    problem = report(contact)
    say(api, problem, "Which class?")
    before = look(contact)

    say(api, problem, NOTE, isInternal=True)

    assert look(contact) == before
    etag = contact.get(address(problem)).headers["ETag"]
    say(api, problem, NOTE, isInternal=True)
    assert contact.get(address(problem), headers={"If-None-Match": etag}).status == 304


def test_no_word_of_a_note_is_in_anything_that_a_user_can_get(
    conn: Connection, app: Flask, api: ApiClient, make: Factory
) -> None:
    client = make.client()
    contact = api.by_token(sign_in_contact(conn, client["id"]))
    problem = report(contact)
    assign(api, problem, api.by_role("ADMIN"))
    note = say(api, problem, NOTE, isInternal=True).body
    say(api, problem, "Which class?")
    deliver(app, conn)

    with app.app_context():
        sealed = conn.execute("select subject, body from communication_logs").fetchall()
        sent = [(row["subject"], current_seal().unseal(row["body"])) for row in sealed]
    got = [
        look(contact),
        bare(contact.get(f"{address(problem)}/comments/{note['id']}")),
        bare(contact.get("/portal/dashboard")),
        bare(api.get(f"/clients/{client['id']}/export")),
        sent,
        conn.execute("select title, body from notifications").fetchall(),
    ]
    assert sent
    assert NOTE not in re.sub(r"q=Zyxomma", "", str(got))


def test_a_note_is_as_one_that_is_not_there(api: ApiClient, contact: ApiClient) -> None:
    problem = report(contact)
    note_id = say(api, problem, NOTE, isInternal=True).body["id"]

    foreign, absent = (contact.get(f"{address(problem)}/comments/{row_id}") for row_id in (note_id, note_id + 1))

    assert (foreign.status, absent.status) == (404, 404)
    assert foreign.body["detail"].replace(str(note_id), "#") == absent.body["detail"].replace(str(note_id + 1), "#")


def test_the_team_is_shown_notes_among_what_was_said_and_counts_them(api: ApiClient, contact: ApiClient) -> None:
    problem = report(contact)
    said = [
        say(api, problem, "Which class?").body,
        say(api, problem, NOTE, isInternal=True).body,
        say(contact, problem, "Yoga.").body,
    ]

    page = api.get(f"{address(problem)}/comments", query_string={"include": "total"}).body

    assert page["data"] == said
    assert page["total"] == api.get(address(problem)).body["commentCount"] == 3
    assert [row["isInternal"] for row in said] == [False, True, False]


def test_only_the_team_leaves_notes(api: ApiClient, contact: ApiClient) -> None:
    problem = report(contact)

    refused = say(contact, problem, NOTE, isInternal=True)

    assert (refused.status, refused.body["code"]) == (403, "forbidden")
    assert api.get(address(problem)).body["commentCount"] == 0


def test_a_note_is_left_of_what_is_closed(api: ApiClient, contact: ApiClient) -> None:
    problem = report(contact)
    contact.post(f"{address(problem)}/close")

    assert say(api, problem, NOTE, isInternal=True).status == 201


def test_whoever_leaves_the_team_is_shown_no_note_any_more(conn: Connection, api: ApiClient) -> None:
    admin = api.by_role("ADMIN")
    own = admin.post("/support/problems", PROBLEM).body
    say(api, own, NOTE, isInternal=True)
    assert admin.get(address(own)).body["commentCount"] == 1

    conn.execute("update auth_users set role = 'CUSTOMER' where email = 'admin@callers.example'")

    assert admin.get(address(own)).body["commentCount"] == 0
    assert NOTE not in str(look(admin))
