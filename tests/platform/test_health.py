"""Whether the server lives, and whether it is ready: asked by those who watch it, without a token."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from photolens import create_app, health
from photolens.config import Settings
from photolens.database import Connection, no_pools

BESIDE_THE_API = ["/healthz", "/readyz", "/metrics"]


def get(app: Flask, path: str) -> TestResponse:
    return app.test_client().get(path)


@pytest.fixture
def without_database(settings: Settings) -> Flask:
    """An application whose pools lend nothing, that would answer one request a minute."""
    return create_app(replace(settings, rate_limit_per_minute=1), no_pools())


def assert_not_ready(answer: TestResponse, code: str) -> None:
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    problem = json.loads(answer.data)
    assert problem["code"] == code
    assert int(answer.headers["Retry-After"]) > 0
    told = str(problem).lower()
    assert not [word for word in ("psycopg", "pool", "postgres", "studio_settings", "select") if word in told]


def test_the_process_lives_whatever_the_database_does(without_database: Flask) -> None:
    answer = get(without_database, "/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", BESIDE_THE_API)
def test_whoever_watches_may_ask_as_often_as_they_like_and_keeps_nothing(without_database: Flask, path: str) -> None:
    answers = [get(without_database, path) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {503 if path == "/readyz" else 200}
    for answer in answers:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize("path", BESIDE_THE_API)
def test_what_watchers_ask_is_no_part_of_the_api(without_database: Flask, path: str) -> None:
    assert get(without_database, f"/api/v1{path}").status_code == 404


@pytest.mark.committed
def test_a_server_is_ready_that_has_a_database_with_its_schema(app: Flask) -> None:
    answer = get(app, "/readyz")

    assert (answer.status_code, answer.json) == (200, {"status": "ready"})


def test_a_server_whose_database_is_away_is_not_ready(without_database: Flask) -> None:
    assert_not_ready(get(without_database, "/readyz"), "database_unavailable")


@pytest.mark.committed
@pytest.mark.own_database
def test_a_database_that_keeps_somebody_waiting_does_not_keep_watchers(
    app: Flask, clone_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    assert get(app, "/readyz").status_code == 200
    with psycopg.connect(clone_url) as holder:
        # Every statement would wait for this, longer than anybody who watches.
        holder.execute("lock table pg_class in access exclusive mode")
        assert_not_ready(get(app, "/readyz"), "database_unavailable")

    assert get(app, "/readyz").status_code == 200


@contextmanager
def renamed(conn: Connection, table: str) -> Iterator[None]:
    """A database that lacks a table, for as long as the block lasts."""
    conn.execute(f"alter table {table} rename to put_aside".encode())
    try:
        yield
    finally:
        conn.execute(f"alter table put_aside rename to {table}".encode())


@pytest.mark.committed
@pytest.mark.parametrize("table", ["studio_settings", "schema_migrations"])
def test_a_server_whose_database_has_no_schema_or_an_earlier_one_is_not_ready(
    app: Flask, conn: Connection, table: str
) -> None:
    with renamed(conn, table):
        assert_not_ready(get(app, "/readyz"), "schema_outdated")

    assert get(app, "/readyz").status_code == 200
