"""Of every write: a dry run of it changes no row of any table, and tells what the write then answers."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens import create_app
from photolens.config import Settings
from photolens.database import open_pools
from tests.client import DRY_RUN, Answer, ApiClient
from tests.conftest import TEMPLATE, Databases, SharedConnection, plan_once, pools_of
from tests.platform.test_bad_input import OPERATIONS, Operation, Room, resolved

PREFER = {"Prefer": "dry-run"}
WRITES = [operation for operation in OPERATIONS if operation.method != "GET"]
TRIED = [
    operation
    for operation in WRITES
    if "Prefer" in {resolved(parameter)["name"] for parameter in operation.spec["parameters"]}
]

# What differs each time that something is done, and so between a dry run and the write: ids and numbers of a sequence,
# instants, secrets.
OF_THE_DAY = re.compile(
    r"id|number|.+(Id|Ids|At|Until)|token|secret|tokenPreview|url|reference|transactionId|feed|bookingNumber"
)


@pytest.fixture(scope="module")
def room(databases: Databases, settings: Settings) -> Iterator[Room]:
    """A room in which whatever is done is committed."""
    with databases.clone(TEMPLATE) as url, open_pools(settings, url) as pools:
        app = create_app(settings, pools)
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
            conn.execute("update auth_sessions set last_seen_at = now() + interval '1 day'")
            yield Room(app, ApiClient(app), conn)


@pytest.fixture(scope="module")
def own_room(databases: Databases, settings: Settings) -> Iterator[Room]:
    """A room on one connection, in a transaction that is never kept."""
    with databases.clone(TEMPLATE) as url, SharedConnection.connect(url, autocommit=True, row_factory=dict_row) as conn:
        plan_once(conn)
        conn.execute("begin")
        app = create_app(settings, pools_of(conn))
        yield Room(app, ApiClient(app), conn)


def send(room: Room, operation: Operation, **options: Any) -> Answer:
    """Its answer to the example of its body, with ids of rows that are there."""
    if operation.takes_file:
        example = operation.spec["requestBody"]["content"]["text/csv"]["example"]
        return room.send(operation, data=example, content_type="text/csv", **options)
    return room.send(operation, room.body(operation), **options)


def test_a_dry_run_of_any_write_changes_no_row_and_most_of_them_succeed(room: Room) -> None:
    refused = {}
    for operation in WRITES:
        answer = send(room, operation, headers=PREFER)
        assert answer.status < 500, (operation.name, answer.body)
        if operation not in TRIED:
            assert (answer.status, answer.body["code"]) == (422, "dry_run_unsupported"), operation.name
        elif answer.status == 200:
            assert (answer.headers["Preference-Applied"], answer.headers["Content-Type"]) == ("dry-run", DRY_RUN)
        else:
            refused[operation.name] = answer.body["code"]

    assert room.is_left_as_it_was()
    assert len(refused) < len(TRIED) / 4, refused


def test_the_write_then_answers_what_its_dry_run_has_told(own_room: Room) -> None:
    told = []
    for operation in TRIED:
        own_room.conn.execute("savepoint furnished")
        tried, done = send(own_room, operation, headers=PREFER), send(own_room, operation)
        if tried.status == 200:
            told.append(operation)
            assert (tried.body["status"], lasting(tried.body["body"])) == (done.status, lasting(done.body)), operation
        else:
            assert (tried.status, tried.body) == (done.status, done.body), operation.name
        own_room.conn.execute("rollback to savepoint furnished")

    assert len(told) > len(TRIED) * 3 / 4


def lasting(body: Any) -> Any:
    """What of an answer is the same each time that it is given."""
    if isinstance(body, list):
        return [lasting(item) for item in body]
    if isinstance(body, dict):
        return {key: lasting(value) for key, value in body.items() if not OF_THE_DAY.fullmatch(key)}
    return body
