"""Studios that share a database, and a process: each finds what is its own, and nothing of another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens import create_app, studios, tasks, worker
from photolens.config import Settings
from photolens.database import Connection, open_pools
from photolens.founding import StudioError, drop_studio, found_studio
from photolens.job_queue import queue_job
from photolens.schema_versions import MIGRATIONS
from photolens.storage import FileMissing, current_storage, open_storage, storage_of
from photolens.studios import Studio, address_of_studio, work_for
from tests.client import ApiClient, token_of
from tests.conftest import TEMPLATE, Databases
from tests.contacts import sign_in_contact
from tests.factories import Factory
from tests.platform.studios import StudioClient, found, inside
from tests.platform.test_bad_input import OPERATIONS, Operation, Room
from tests.processes import Command

CONNECTIONS = 2

# What is refused for the rows that its body names, before the one of its path is looked for: its locks are so ordered.
LOOKS_AT_ITS_BODY_FIRST = {"grantSubscription", "updateEditingJob"}


@pytest.fixture(scope="module")
def url(databases: Databases) -> Iterator[str]:
    """A database with the server's own studio and two more, north and south."""
    with databases.clone(TEMPLATE) as url:
        found(url, "north", "north.example", "www.north.example")
        found(url, "south", "south.example", ids="50000000-")
        with inside(url, "south") as conn:
            conn.execute("update editing_stages set id = id + 500")
            conn.execute("update services set id = id + 500")
        yield url


@pytest.fixture(scope="module")
def serving_all(settings: Settings) -> Settings:
    return replace(settings, studios=True, database_connection_limit=CONNECTIONS)


@pytest.fixture(scope="module")
def app(url: str, serving_all: Settings) -> Iterator[Flask]:
    with open_pools(serving_all, url) as pools:
        yield create_app(serving_all, pools)


@pytest.fixture
def north(app: Flask) -> StudioClient:
    return StudioClient(app, "north")


@pytest.fixture
def south(app: Flask) -> StudioClient:
    return StudioClient(app, "south")


@pytest.fixture
def own(app: Flask) -> ApiClient:
    return ApiClient(app)


def client_of(api: ApiClient, name: str) -> int:
    client_id: int = Factory(api).client(name=name, email=f"{uuid4()}@clients.example")["id"]
    return client_id


def names_of(api: ApiClient) -> set[str]:
    return {client["name"] for client in api.get("/clients?limit=100").body["data"]}


def test_what_one_writes_no_other_finds(north: StudioClient, south: StudioClient, own: ApiClient) -> None:
    client_id = client_of(north, "Of the north")

    assert "Of the north" in names_of(north)
    assert "Of the north" not in names_of(south) | names_of(own)
    assert north.get(f"/clients/{client_id}").status == 200


def test_one_is_found_by_its_hosts_in_any_spelling_and_on_any_port(own: ApiClient, north: StudioClient) -> None:
    client_of(north, "Found by host")

    for host in ("north.example", "WWW.North.Example:8443"):
        answer = own.get("/clients?limit=100", environ_overrides={"HTTP_HOST": host})
        assert "Found by host" in {client["name"] for client in answer.body["data"]}


def test_one_that_is_not_there_is_unknown(app: Flask) -> None:
    for name in ("west", "", "North", "studio_north", "north'--", "public"):
        answer = StudioClient(app, name).get("/clients")
        assert (answer.status, answer.body["code"]) == (404, "unknown_studio")


def test_at_the_host_of_one_no_other_is_found_by_name(south: StudioClient, north: StudioClient) -> None:
    elsewhere = south.get("/clients", environ_overrides={"HTTP_HOST": "north.example"})
    at_home = north.get("/clients", environ_overrides={"HTTP_HOST": "north.example"})

    assert (elsewhere.status, elsewhere.body["code"]) == (404, "unknown_studio")
    assert at_home.status == 200


def test_a_session_of_one_is_none_of_another(
    url: str, north: StudioClient, south: StudioClient, own: ApiClient
) -> None:
    with inside(url, "north") as conn:
        token = sign_in_contact(conn, client_of(north, "Noor Haddad"))

    assert north.by_token(token).get("/portal/me").status == 200
    assert {api.by_token(token).get("/portal/me").status for api in (south, own)} == {401}


def test_a_key_of_one_is_free_in_another(north: StudioClient, south: StudioClient) -> None:
    wish, key = {"name": "Twice", "email": "twice@example.com"}, {"Idempotency-Key": "one-and-the-same"}
    answers = [api.post("/clients", wish, headers=key) for api in (north, south, north)]

    assert [answer.status for answer in answers] == [201, 201, 201]
    assert ["Idempotent-Replayed" in answer.headers for answer in answers] == [False, False, True]


def test_of_500_requests_that_take_turns_on_two_connections_each_finds_its_own(
    app: Flask, north: StudioClient, south: StudioClient, own: ApiClient
) -> None:
    apis = {"Nordlys": north, "Sudeste": south, "Eigen": own}
    for name, api in apis.items():
        client_of(api, f"{name} at first")

    def ask(turn: int) -> tuple[str, set[str]]:
        name = [*apis][turn % 3]
        if turn % 5 == 0:
            wish = {"name": f"{name} {turn}", "email": f"{turn}@{name.lower()}.example"}
            return name, {apis[name].post("/clients", wish).body["name"]}
        found = apis[name].get(f"/clients?q={name}&limit=100").body["data"]
        return name, {client["name"] for client in found}

    with ThreadPoolExecutor(16) as threads:
        answers = [*threads.map(ask, range(500))]

    assert all(found and {each.partition(" ")[0] for each in found} == {name} for name, found in answers)
    assert app.extensions["pools"].app.get_stats()["pool_size"] <= CONNECTIONS


@pytest.fixture(scope="module")
def room(url: str, app: Flask) -> Iterator[Room]:
    """The north with a row of each kind, under ids that the south has not given anything."""
    north = StudioClient(app, "north")
    with inside(url, "north") as conn:
        conn.execute(
            "select setval(format('%I.%I', schemaname, sequencename)::regclass, 1000000)"
            " from pg_sequences where schemaname = current_schema()"
        )
        yield Room(app, north, conn)


@pytest.fixture(scope="module")
def contact_of_the_south(url: str, app: Flask) -> str:
    with inside(url, "south") as conn:
        return sign_in_contact(conn, client_of(StudioClient(app, "south"), "Of the south"))


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS if operation.path_parameters], ids=lambda each: each.name
)
def test_what_is_asked_with_ids_of_another_is_not_there(
    operation: Operation, room: Room, south: StudioClient, contact_of_the_south: str
) -> None:
    options: dict[str, Any] = {"token": contact_of_the_south} if operation.is_for_contacts else {}
    ours, room.api = room.api, south
    try:
        answer = room.send(operation, room.body(operation), **options)
    finally:
        room.api = ours

    is_of_body = operation.name in LOOKS_AT_ITS_BODY_FIRST
    assert (answer.status, answer.body["code"]) == ((422, "invalid") if is_of_body else (404, "not_found"))


def test_a_worker_does_the_jobs_of_all(url: str, serving_all: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def note(conn: Connection, word: str) -> None:
        row = conn.execute("select current_schema() as schema").fetchone()
        assert row is not None
        done.append((row["schema"], word, address_of_studio("https://{studio}.example")))

    monkeypatch.setitem(tasks.TASKS, "note", note)
    for name in ("north", "south"):
        with inside(url, name) as conn:
            queue_job(conn, "note", word=f"to the {name}")
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
        queue_job(conn, "note", word="to ours")
    worker.run(serving_all, url, until_idle=True)

    assert sorted(done) == [
        ("public", "to ours", "https://example"),
        ("studio_north", "to the north", "https://north.example"),
        ("studio_south", "to the south", "https://south.example"),
    ]


def test_files_of_one_are_not_among_those_of_another(app: Flask) -> None:
    north, south = Studio("north", "studio_north"), Studio("south", "studio_south")
    with app.app_context():
        work_for(north)
        with current_storage().writing("photo-jobs/a/result.zip") as file:
            file.write(b"north")
        assert [folder.prefix for folder in current_storage().folders("photo-jobs")] == ["photo-jobs/a"]
    with app.app_context():
        work_for(south)
        assert [*current_storage().folders("photo-jobs")] == []
        with pytest.raises(FileMissing), current_storage().reading("photo-jobs/a/result.zip"):
            pass
    with app.app_context():
        assert "photo-jobs/a" not in {folder.prefix for folder in current_storage().folders("photo-jobs")}


def test_one_that_is_dropped_is_gone_with_all_it_had_and_the_others_stay(
    url: str, app: Flask, north: StudioClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(url, "passing", "passing.example")
    passing = StudioClient(app, "passing")
    monkeypatch.setattr(studios, "PAUSE", 0.0)  # until one that is not known is looked for again
    assert passing.get("/clients").status == 200
    monkeypatch.setattr(studios, "FRESH", 1000.0)  # the server has not heard of it when the next one asks

    drop_studio(url, "passing")

    answer = passing.get("/clients")
    assert (answer.status, answer.body["code"]) == (404, "unknown_studio")
    assert north.get("/clients").status == 200
    with psycopg.connect(url) as conn:
        assert conn.execute("select to_regnamespace('studio_passing')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("name", "hosts", "said"),
    [
        ("north", (), "There is a studio of this name already."),
        ("west", ("west.example", "south.example"), "There is a studio of this host already."),
        ("West", (), "'West' is no name: small letters, digits and - make one, such as north."),
        ("west", ("West.example",), "A host takes small letters and no port, such as north.example.com."),
    ],
)
def test_a_name_or_a_host_that_is_taken_or_is_none_makes_nothing(
    url: str, name: str, hosts: tuple[str, ...], said: str
) -> None:
    with pytest.raises(StudioError) as raised:
        [*found_studio(url, MIGRATIONS, name, hosts)]

    assert str(raised.value) == said
    with psycopg.connect(url) as conn:
        assert conn.execute("select to_regnamespace('studio_west')").fetchone() == (None,)


def test_the_commands_make_one_with_an_owner_show_it_and_drop_it(databases: Databases, tmp_path: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(databases.clone(TEMPLATE))

        def said(*arguments: str) -> str:
            with Command(*arguments, DATABASE_URL=url, STORAGE_DIR=str(tmp_path)) as process:
                process.wait()
                assert process.returncode == 0, process.stderr.read()
                return process.stdout.read()

        assert said("studios", "create", "east", "--host", "east.example").startswith("east is there, made in ")
        owner = ("--email", "owner@east.example", "--name", "Edda", "--password", "a sentence nobody says")
        said("--studio", "east", "users", "create-owner", *owner)
        assert said("studios", "list").split()[:3] == ["east", "studio_east", "east.example"]
        assert said("db", "status").splitlines()[-1].startswith("east: applied")
        assert "east: There was nothing to apply." in said("db", "migrate")
        with inside(url, "east") as conn:
            assert conn.execute("select email from auth_users").fetchall() == [{"email": "owner@east.example"}]
        files = storage_of("studio_east", open_storage(Settings.from_environment({"STORAGE_DIR": str(tmp_path)})))
        with files.writing("photo-jobs/a/result.zip") as file:
            file.write(b"east")

        dump = said("db", "backup", "--to", str(tmp_path / "backups")).partition(": ")[0]
        assert "is verified" in said("db", "verify", dump)

        assert said("studios", "drop", "east", "--yes") == "east is gone.\n"
        assert said("studios", "list") == "There is none beside the server's own.\n"
        assert [*tmp_path.rglob("*.zip")] == []


def test_without_being_told_to_a_server_serves_its_own_alone(url: str, settings: Settings) -> None:
    with open_pools(settings, url) as pools:
        api = StudioClient(create_app(settings, pools), "north", token_of("OWNER"))
        client_of(api, "Of the server's own")
        assert "Of the server's own" in names_of(api)

    with inside(url, "north") as conn:
        assert conn.execute("select from clients where name = 'Of the server''s own'").fetchone() is None
