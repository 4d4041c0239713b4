"""The log: a line for each request and each job, that says what was done and nothing that anybody sent."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from flask import Flask

from photolens import create_app, logs, tasks, worker
from photolens.config import Settings
from photolens.database import Connection, no_pools
from photolens.job_queue import queue_job
from tests.client import ApiClient, token_of
from tests.factories import Factory

SECRET = "a sentence that only these tests know"


class Log:
    """What is logged from now on, as production writes it."""

    def __init__(self, handler: "logging.StreamHandler[StringIO]") -> None:
        self._handler = handler

    @property
    def text(self) -> str:
        return self._handler.stream.getvalue()

    def lines_of(self, logger: logging.Logger) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line["logger"] == logger.name]


@pytest.fixture
def log() -> Iterator[Log]:
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(logs.JsonLines())
    root, levels = logging.getLogger(), {each: each.level for each in (logs.requests, logs.jobs, logs.statements)}
    root.addHandler(handler)
    logs.requests.setLevel(logging.INFO)
    logs.jobs.setLevel(logging.INFO)
    try:
        yield Log(handler)
    finally:
        root.removeHandler(handler)
        for logger, level in levels.items():
            logger.setLevel(level)


# Requests


def test_a_request_is_one_line(api: ApiClient, make: Factory, log: Log) -> None:
    client = make.client()
    me = api.get("/auth/me").body["user"]
    before = len(log.lines_of(logs.requests))

    api.get(f"/clients/{client['id']}", headers={"X-Request-Id": "6f1c2a50"})
    [line] = log.lines_of(logs.requests)[before:]

    assert line.pop("time").endswith("Z")
    assert 0 < line.pop("durationMs") < 60_000
    assert line == {
        "level": "INFO",
        "logger": "photolens.access",
        "message": "GET /api/v1/clients/{clientId} 200",
        "requestId": "6f1c2a50",
        "userId": me["id"],
        "method": "GET",
        "route": "/api/v1/clients/{clientId}",
        "status": 200,
        "queries": 2,  # who asks, and the client
    }


def test_a_stream_is_one_line_once_it_has_been_read(api: ApiClient, log: Log) -> None:
    assert api.get("/exports/clients.csv").status == 200
    [line] = log.lines_of(logs.requests)

    assert (line["route"], line["status"], line["queries"]) == ("/api/v1/exports/clients.csv", 200, 2)


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("nobody-has-this-one", 401), (token_of("CUSTOMER"), 403)])
def test_a_refusal_is_a_line_as_well(api: ApiClient, log: Log, token: str | None, status: int) -> None:
    api.by_token(token).get("/clients")
    [line] = log.lines_of(logs.requests)

    assert (line["status"], line["route"]) == (status, "/api/v1/clients")
    assert (line["userId"] is None) == (status == 401)


def test_what_has_no_address_is_a_line_without_it(app: Flask, log: Log) -> None:
    app.test_client().get(f"/{SECRET.replace(' ', '-')}").close()
    [line] = log.lines_of(logs.requests)

    assert (line["route"], line["status"], line["queries"]) == ("unmatched", 404, 0)
    assert SECRET.replace(" ", "-") not in log.text


def test_nothing_that_anybody_sent_is_in_it(api: ApiClient, log: Log) -> None:
    api.get("/clients", query_string={"q": SECRET})
    api.post("/clients", {"name": SECRET, "email": "emma@people.example"})
    api.by_token(None).post("/auth/login", {"email": "emma@people.example", "password": SECRET})
    api.get("/clients", headers={"X-Request-Id": SECRET, "User-Agent": SECRET})

    assert len(log.lines_of(logs.requests)) == 4
    assert not [word for word in (SECRET, "emma@", token_of("OWNER"), "q=") if word in log.text]


# Jobs


@pytest.mark.committed
def test_a_job_is_one_line_whether_it_is_done_or_fails(
    conn: Connection, clone_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, log: Log
) -> None:
    def fail(_conn: Connection, **_args: str) -> None:
        raise RuntimeError("out of the blue")

    monkeypatch.setitem(tasks.TASKS, "fail", fail)
    monkeypatch.setitem(tasks.TASKS, "succeed", lambda _conn, **_args: None)
    ids = {task: queue_job(conn, task, word=SECRET) for task in ("fail", "succeed")}
    worker.run(settings, clone_url, until_idle=True)
    lines = {line["task"]: line for line in log.lines_of(logs.jobs)}

    assert {task: line["jobId"] for task, line in lines.items()} == ids
    assert {task: line["outcome"] for task, line in lines.items()} == {"fail": "failed", "succeed": "done"}
    assert [(line["attempt"], line["durationMs"] >= 0) for line in lines.values()] == [(1, True)] * 2


# Any line


def record(message: str, **facts: Any) -> logging.LogRecord:
    made = logging.LogRecord("photolens.some", logging.WARNING, "", 0, "%s", (message,), None)
    made.facts = facts
    return made


def test_a_message_of_many_lines_is_one_line_of_json() -> None:
    line = logs.JsonLines().format(record('two\nlines and a "quote" \udcff'))

    assert "\n" not in line
    assert json.loads(line)["message"] == 'two\nlines and a "quote" \udcff'


def test_a_fault_comes_with_its_trace_and_the_id_of_its_request(settings: Settings, log: Log) -> None:
    app = create_app(settings, no_pools())

    @app.get("/fault")
    def fault() -> str:
        raise RuntimeError("out of the blue")

    answer = app.test_client().get("/fault")
    [line] = log.lines_of(logging.getLogger("photolens.problems"))

    assert (line["level"], line["requestId"]) == ("ERROR", answer.headers["X-Request-Id"])
    assert line["exception"].endswith("RuntimeError: out of the blue")


def test_people_read_the_message_and_what_it_does_not_say() -> None:
    readable = logs.ReadableLines("%(levelname)s %(name)s: %(message)s")

    line = readable.format(record("GET /api/v1/clients 200", method="GET", status=200, queries=2, durationMs=1.5))

    assert line == "WARNING photolens.some: GET /api/v1/clients 200 queries=2 durationMs=1.5"


# Statements


def test_statements_are_logged_only_where_that_is_wanted(settings: Settings, log: Log) -> None:
    logs.configure(settings)
    assert not logs.statements.isEnabledFor(logging.DEBUG)

    logs.configure(replace(settings, database_logging=True))
    assert logs.statements.isEnabledFor(logging.DEBUG)


def test_a_statement_is_logged_by_its_name_and_never_with_what_it_was_given(
    api: ApiClient, settings: Settings, log: Log
) -> None:
    logs.configure(replace(settings, database_logging=True))
    api.post("/clients", {"name": SECRET, "email": "emma@people.example"})
    api.post("/clients", {"name": SECRET, "email": "emma@people.example"})
    said = [line["message"] for line in log.lines_of(logs.statements)]

    assert [message.split(" ")[0] for message in said[:2]] == ["identity.get_session_caller", "studio.insert_client"]
    assert all(message.endswith(" rows") for message in said[:2])
    assert said[-1] == "studio.insert_client failed: 23505"
    assert SECRET not in log.text
