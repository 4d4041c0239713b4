"""A PgBouncer in transaction mode before the database (DATABASE_POOLER=transaction): no transaction is told by another.

Much else is asked again through one: `.ci/run` does so, by TEST_POOLER.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens import create_app, tasks, worker
from photolens.config import Settings
from photolens.connections import APP_ROLE
from photolens.database import Connection, open_pools
from photolens.job_queue import queue_job
from tests.client import ApiClient
from tests.conftest import TEMPLATE, Databases, serving
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.platform.studios import StudioClient, found, inside
from tests.races.live import LiveApi
from tests.servers.conftest import PgBouncer

SESSIONS, THREADS = 2, 12


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    """A database whose own settings are none of ours, with a studio beside the server's own."""
    with databases.clone(TEMPLATE) as url:
        found(url, "north")
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(f"alter database {conn.info.dbname} set timezone = 'Asia/Tokyo'".encode())
            conn.execute(f"alter database {conn.info.dbname} set statement_timeout = '77s'".encode())
        yield url


@pytest.fixture(scope="module")
def pgbouncer(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PgBouncer]:
    pgbouncer = PgBouncer(tmp_path_factory.mktemp("pgbouncer"), url, SESSIONS)
    try:
        pgbouncer.wait()
        yield pgbouncer
    finally:
        pgbouncer.stop()


@pytest.fixture(scope="module")
def pooled(settings: Settings) -> Settings:
    return replace(settings, database_pooler="transaction", studios=True)


@pytest.fixture(scope="module")
def app(pgbouncer: PgBouncer, pooled: Settings) -> Iterator[Flask]:
    with open_pools(pooled, pgbouncer.url) as pools:
        yield create_app(pooled, pools)


@pytest.fixture
def conn(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
        yield conn


def client_of(api: ApiClient, name: str) -> int:
    client_id: int = Factory(api).client(name=name, email=f"{uuid4()}@clients.example")["id"]
    return client_id


def test_on_two_sessions_many_at_once_each_act_as_themselves_in_their_own_studio(
    app: Flask, url: str, conn: Connection
) -> None:
    """Whose a session was before is told by the trail, by the studio in which something is found, and by its role."""
    roles = ("OWNER", "ADMIN")
    apis = [
        (role, schema, api.by_role(role))
        for role in roles
        for schema, api in (("public", ApiClient(app)), ("studio_north", StudioClient(app, "north")))
    ]

    def write_and_read(turn: int) -> tuple[str, str, int, set[str]]:
        role, schema, api = apis[turn % len(apis)]
        client_id = client_of(api, f"{role} {schema}")
        found = api.get(f"/clients?q={schema}&limit=200").body["data"]
        return role, schema, client_id, {client["name"].partition(" ")[2] for client in found}

    with ThreadPoolExecutor(THREADS) as threads:
        done = [*threads.map(write_and_read, range(120))]

    assert all(found == {schema} for _, schema, _, found in done)
    for role, schema, client_id, _ in done:
        [row] = conn.execute(
            f"select auth_users.role::text from {schema}.audit_logs"
            f" inner join {schema}.auth_users on audit_logs.actor_id = auth_users.id"
            " where table_name = 'clients' and row_id = %s::text and operation = 'INSERT'".encode(),
            [client_id],
        ).fetchall()
        assert row["role"] == role


def test_a_statement_by_itself_keeps_to_the_terms(app: Flask) -> None:
    with app.app_context(), app.extensions["pools"].app.connection() as conn:
        shown = "select current_user::text, current_setting('{}') as timeout, current_setting('{}') as zone"
        told = conn.execute(shown.format("statement_timeout", "timezone").encode()).fetchone()

    assert told == {"current_user": APP_ROLE, "timeout": "30s", "zone": "UTC"}


def test_instants_are_of_utc_whatever_the_database_is_of(app: Flask) -> None:
    api = ApiClient(app)
    client = api.get(f"/clients/{client_of(api, 'At noon')}").body

    assert client["createdAt"].endswith("Z")


def test_a_contact_is_shown_what_is_theirs(app: Flask, conn: Connection) -> None:
    api = ApiClient(app)
    clients = [client_of(api, "Portal") for _ in range(4)]
    tokens = [sign_in_contact(conn, client_id) for client_id in clients]

    def read(turn: int) -> bool:
        shown = api.by_token(tokens[turn % 4]).get("/portal/me").body["client"]["id"]
        return bool(shown == clients[turn % 4])

    with ThreadPoolExecutor(THREADS) as threads:
        assert all(threads.map(read, range(80)))


def test_a_worker_works_through_it(
    url: str, pgbouncer: PgBouncer, pooled: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    monkeypatch.setitem(tasks.TASKS, "note", lambda conn, word: done.append(word))
    with inside(url, "north") as north:
        queue_job(north, "note", word="done in the north")

    worker.run(pooled, pgbouncer.url, until_idle=True)

    assert done == ["done in the north"]


def test_a_server_starts_on_it_and_serves(pgbouncer: PgBouncer) -> None:
    with serving(DATABASE_URL=pgbouncer.url, DATABASE_POOLER="transaction") as server:
        assert LiveApi(server.api).get("/clients").status == 200
