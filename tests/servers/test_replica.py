"""Reads from a standby (DATABASE_REPLICA_URL): whoever has written finds it, and whatever becomes of the standby."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from photolens import create_app, replica
from photolens.config import Settings
from photolens.database import open_pools
from tests.client import ApiClient
from tests.contracts.operations import OPERATIONS, Operation
from tests.servers.standbys import Standby, primary_with_standby

WRITERS, EACH = 8, 25


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Standby]]:
    with primary_with_standby(tmp_path_factory.mktemp("servers")) as servers:
        yield servers


@pytest.fixture
def standby(servers: tuple[str, Standby]) -> Standby:
    return servers[1]


@contextmanager
def application(url: str, settings: Settings) -> Iterator[Flask]:
    with open_pools(settings, url) as pools:
        yield create_app(settings, pools)


@pytest.fixture(scope="module")
def of_primary(servers: tuple[str, Standby], settings: Settings) -> Iterator[ApiClient]:
    """The application without the standby."""
    with application(servers[0], settings) as app:
        yield ApiClient(app)


@pytest.fixture(scope="module")
def app_that_only_reads(servers: tuple[str, Standby], settings: Settings) -> Iterator[Flask]:
    url, standby = servers
    with application(url, replace(settings, database_replica_url=standby.url)) as app:
        yield app


@pytest.fixture
def app(servers: tuple[str, Standby], settings: Settings) -> Iterator[Flask]:
    url, standby = servers
    with application(url, replace(settings, database_replica_url=standby.url)) as app:
        yield app


@pytest.fixture
def api(app: Flask) -> ApiClient:
    return ApiClient(app)


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A standby on a busy machine is waited for: what is counted is how often it was asked."""
    monkeypatch.setattr(replica, "PATIENCE", 10.0)


def reads_of_the_standby(app: Flask) -> int:
    """How often a connection to it was lent."""
    count: int = app.extensions["pools"].replica.get_stats().get("requests_num", 0)
    return count


def write_and_read(api: ApiClient) -> bool:
    """Add a client, and look for it, by its id and in the list."""
    client = api.post("/clients", {"name": "Read at once", "email": f"{uuid4()}@clients.example"}).body
    is_there = api.get(f"/clients/{client['id']}").status == 200
    return is_there and client["id"] in {row["id"] for row in api.get("/clients?sort=-createdAt").body["data"]}


@pytest.mark.usefixtures("patient")
def test_what_one_has_written_one_reads_at_once_beside_many_others(app: Flask, api: ApiClient) -> None:
    with ThreadPoolExecutor(WRITERS) as threads:
        found = [*threads.map(lambda _: write_and_read(api), range(WRITERS * EACH))]

    assert all(found)
    assert reads_of_the_standby(app) > 0


@pytest.mark.usefixtures("patient")
def test_what_nobody_has_written_meanwhile_is_read_from_the_standby(app: Flask, api: ApiClient) -> None:
    api.get("/clients")  # makes the connection
    before = reads_of_the_standby(app)

    assert {api.get("/clients").status for _ in range(10)} == {200}
    assert reads_of_the_standby(app) - before == 10


def test_a_write_is_never_sent_to_it(app: Flask, api: ApiClient) -> None:
    before = reads_of_the_standby(app)

    for _ in range(5):
        api.post("/clients", {"name": "Of the primary", "email": f"{uuid4()}@clients.example"})

    assert reads_of_the_standby(app) == before


@pytest.mark.parametrize("becomes_of_it", ["paused", "held back", "stopped"])
def test_whatever_becomes_of_it_reads_are_answered_with_what_was_just_written(
    api: ApiClient, standby: Standby, becomes_of_it: str
) -> None:
    assert write_and_read(api)
    if becomes_of_it == "paused":
        with standby.paused():
            assert all(write_and_read(api) for _ in range(3))
    elif becomes_of_it == "held back":
        with standby.held_back(5):
            assert all(write_and_read(api) for _ in range(3))
    else:
        standby.server.__exit__(None, None, None)
        try:
            assert all(write_and_read(api) for _ in range(3))
        finally:
            standby.server.__enter__()
    assert write_and_read(api)


def test_what_was_being_read_when_it_stopped_is_read_from_the_primary(
    app: Flask, api: ApiClient, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    lend, paused = replica.Replica.lend, ExitStack()

    def lend_and_pause(self: replica.Replica, position: str) -> object:
        conn = lend(self, position)
        if conn is not None:
            paused.enter_context(standby.paused())
        return conn

    monkeypatch.setattr(replica, "LONGEST", 0.5)
    monkeypatch.setattr(replica.Replica, "lend", lend_and_pause)
    with paused:
        assert api.get("/clients").status == 200
        assert reads_of_the_standby(app) > 0


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS if each.method == "get" and not each.has_events and not each.path_ids],
    ids=lambda each: each.name,
)
def test_every_read_answers_from_it_as_from_the_primary(
    of_primary: ApiClient, app_that_only_reads: Flask, operation: Operation
) -> None:
    expected = of_primary.get(operation.address())
    answer = ApiClient(app_that_only_reads).get(operation.address())

    assert answer.status == expected.status
    assert operation.name == "getDatabase" or answer.body == expected.body  # how much it has read, it tells itself
