"""A database that goes away, comes back, or keeps somebody waiting: 503 with Retry-After, and never a 500."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection, open_pools
from tests.client import Answer, ApiClient
from tests.conftest import Databases
from tests.factories import Factory

pytestmark = [pytest.mark.committed, pytest.mark.own_database]


def short_settings(**variables: str) -> Settings:
    """The defaults, but nobody waits long."""
    return Settings.from_environment({"DATABASE_POOL_TIMEOUT": "500"} | variables)


@contextmanager
def application_on(url: str, **variables: str) -> Iterator[tuple[ApiClient, ConnectionPool[Connection]]]:
    """The application on a database with these settings, once its pool is filled."""
    settings = short_settings(**variables)
    with open_pools(settings, url) as pools:
        pools.app.wait()
        yield ApiClient(create_app(settings, pools)), pools.app


def assert_unavailable(answer: Answer) -> None:
    assert answer.status == 503, answer.body
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body["code"] == "database_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
    told = str(answer.body)
    assert not [word for word in ("psycopg", "SQL", "connection", "postgres", "timeout", "lock") if word in told]


OTHERS = """
    select pid from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""


def terminate_others(url: str) -> int:
    """End every other connection to a database; gives how many there were."""
    with psycopg.connect(url, autocommit=True) as conn:
        pids = [row[0] for row in conn.execute(OTHERS)]
        for pid in pids:
            conn.execute("select pg_terminate_backend(%s, 10000)", [pid])
    return len(pids)


@contextmanager
def locked_client(url: str, client_id: int) -> Iterator[None]:
    """Somebody else is at work on a client's row for as long as the block lasts."""
    with psycopg.connect(url) as conn:
        conn.execute("select from clients where id = %s for update", [client_id])
        yield


def in_background(send: Callable[[], Answer]) -> tuple[threading.Thread, list[Answer]]:
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(send()))
    thread.start()
    return thread, answers


def wait_for_waiter(url: str) -> int:
    """The process id of the connection that waits for a lock, once there is one."""
    with psycopg.connect(url, autocommit=True) as conn:
        while True:
            row = conn.execute(f"{OTHERS} and wait_event_type = 'Lock'".encode()).fetchone()
            if row is not None:
                pid: int = row[0]
                return pid


@pytest.fixture
def client_id(api: ApiClient, make: Factory) -> int:
    client_id: int = make.client()["id"]
    return client_id


def test_connections_that_were_cut_are_replaced_while_the_next_request_waits(clone_url: str) -> None:
    with application_on(clone_url, DATABASE_POOL_TIMEOUT="5000") as (api, _):
        assert api.get("/clients").status == 200
        assert terminate_others(clone_url) >= 4

        answers = [api.get("/clients"), api.post("/clients", {"name": "Emma Chen", "email": "emma@example.com"})]

    assert [answer.status for answer in answers] == [200, 201]


def test_a_connection_that_is_cut_in_the_middle_of_a_change_is_503_and_nothing_is_changed(
    api: ApiClient, clone_url: str, client_id: int
) -> None:
    before = api.get(f"/clients/{client_id}").body

    with locked_client(clone_url, client_id), psycopg.connect(clone_url, autocommit=True) as killer:
        thread, answers = in_background(lambda: api.patch(f"/clients/{client_id}", {"name": "Renamed"}))
        killer.execute("select pg_terminate_backend(%s, 10000)", [wait_for_waiter(clone_url)])
        thread.join()

    assert_unavailable(answers[0])
    assert api.get(f"/clients/{client_id}").body == before


def test_a_database_that_nobody_answers_for_is_503() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgresql://nobody:secret@127.0.0.1:{closed.getsockname()[1]}/photolens"
        settings = short_settings(DATABASE_POOL_TIMEOUT="50")
        with open_pools(settings, url) as pools:
            api = ApiClient(create_app(settings, pools))
            answers = [
                api.get("/clients"),
                api.post("/clients", {"name": "Emma Chen", "email": "emma@example.com"}),
                api.delete("/clients/1", headers={"If-Match": '"x"'}),
                api.post("/invoices/1/send", headers={"Idempotency-Key": "once"}),
            ]
            document = create_app(settings, pools).test_client().get("/api/openapi.json")

    for answer in answers:
        assert_unavailable(answer)
        assert "secret" not in str(answer.body)
    assert document.status_code == 200


def test_requests_are_answered_again_once_the_database_is_back(databases: Databases, clone_url: str) -> None:
    name = psycopg.conninfo.conninfo_to_dict(clone_url)["dbname"]
    with (
        psycopg.connect(databases.url_of("postgres"), autocommit=True) as admin,
        application_on(clone_url) as (api, _),
    ):
        before = api.get("/clients")
        admin.execute(f"alter database {name} allow_connections false".encode())
        admin.execute("select pg_terminate_backend(pid, 10000) from pg_stat_activity where datname = %s", [name])
        away = api.get("/clients")
        admin.execute(f"alter database {name} allow_connections true".encode())
        back = next(answer for answer in (api.get("/clients") for _ in range(100)) if answer.status != 503)

    assert_unavailable(away)
    assert (before.status, back.status) == (200, 200)


def test_a_request_that_finds_every_connection_busy_for_too_long_is_503(clone_url: str) -> None:
    with application_on(clone_url, DATABASE_CONNECTION_LIMIT="1") as (api, pool):
        with pool.connection():
            busy = api.get("/clients")
        free = api.get("/clients")

    assert_unavailable(busy)
    assert free.status == 200


def test_a_statement_that_runs_too_long_is_503_and_nothing_is_changed(clone_url: str) -> None:
    with application_on(clone_url, DATABASE_STATEMENT_TIMEOUT="500") as (api, _):
        client = Factory(api).client()
        with locked_client(clone_url, client["id"]):
            answer = api.patch(f"/clients/{client['id']}", {"name": "Renamed"})
        after = api.get(f"/clients/{client['id']}").body

    assert_unavailable(answer)
    assert after == client


def test_a_lock_that_is_held_too_long_is_503_and_the_request_can_be_sent_again(clone_url: str) -> None:
    with application_on(clone_url, DATABASE_CONNECTION_LIMIT="1") as (api, pool):
        with pool.connection() as only:  # the timeout of ten seconds is the connection's, and this pool has one
            only.execute("set lock_timeout = '100ms'")
        client_id = Factory(api).client()["id"]
        with locked_client(clone_url, client_id):
            refused = api.patch(f"/clients/{client_id}", {"name": "Renamed"})
        again = api.patch(f"/clients/{client_id}", {"name": "Renamed"})

    assert_unavailable(refused)
    assert (again.status, again.body["name"]) == (200, "Renamed")


def test_every_connection_is_told_how_long_it_may_wait(clone_url: str) -> None:
    with application_on(clone_url, DATABASE_STATEMENT_TIMEOUT="12345") as (_, pool), pool.connection() as conn:
        told = {
            name: conn.execute(f"show {name}".encode()).fetchone()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "timezone")
        }

    assert {name: row and next(iter(row.values())) for name, row in told.items()} == {
        "statement_timeout": "12345ms",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "timezone": "UTC",
    }


def test_a_deadlock_is_503_and_the_request_can_be_sent_again(clone_url: str) -> None:
    # Somebody who keeps no order meets a payment: the invoice first, then the client. Whoever looks for a deadlock
    # first gives way, and that is not the stranger.
    name = psycopg.conninfo.conninfo_to_dict(clone_url)["dbname"]
    with psycopg.connect(clone_url, options="-c deadlock_timeout=60s") as stranger:
        stranger.execute(f"alter database {name} set deadlock_timeout = '20ms'".encode())
        stranger.commit()
        with application_on(clone_url) as (api, _):
            invoice = Factory(api).sent_invoice("100.00")
            pay = f"/invoices/{invoice['id']}/payments"
            stranger.execute("select from invoices where id = %s for update", [invoice["id"]])
            thread, answers = in_background(lambda: api.post(pay, {"amount": "40.00"}))
            wait_for_waiter(clone_url)
            stranger.execute("select from clients where id = %s for update", [invoice["clientId"]])
            thread.join()
            stranger.rollback()
            again = api.post(pay, {"amount": "40.00"})

    assert_unavailable(answers[0])
    assert again.status == 201


def test_a_table_that_is_gone_is_500_without_a_word_of_the_database(
    api: ApiClient, conn: Connection, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A linter that runs in this process switches off every logger it does not know.
    monkeypatch.setattr(logging.getLogger("photolens.problems"), "disabled", False)
    conn.execute("alter table payment_accounts rename to payment_accounts_elsewhere")

    answer = api.get("/payment-accounts")
    conn.execute("alter table payment_accounts_elsewhere rename to payment_accounts")

    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert "payment_accounts" not in str(answer.body)
    assert "payment_accounts" in caplog.text
    assert answer.headers["X-Request-Id"] in caplog.text
