"""`photolens serve` and its neighbours as a person runs them: real processes, on the embedded default and on a URL."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import psycopg
import pytest

from photolens.config import ConfigurationError, Settings
from photolens.embedded import ROOT
from photolens.server import serve
from tests.client import token_of
from tests.conftest import SEEDED_TEMPLATE, TEMPLATE, Databases, RunningServer, psql, serving
from tests.processes import Command, inherited

EMMA = {"name": "Emma Chen", "email": "emma.chen@example.com"}
OWNER = {"Authorization": f"Bearer {token_of('OWNER')}"}  # of every clone of a template
DEMO_OWNER = {"email": "owner@demo.photolens.test", "password": "photolens-demo"}
SECRET = "only the tests have this one and no server"
PRODUCTION = {"PHOTOLENS_ENV": "production", "SECRET_KEY": SECRET, "EMBEDDED_IN_PRODUCTION": "1"}


@dataclass(frozen=True)
class Ended:
    """How a command has ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def photolens(*arguments: str, **variables: str) -> Ended:
    """`photolens …`, to its end."""
    with Command(*arguments, **variables) as command:
        stdout, stderr = command.stdout.read(), command.stderr.read()
        return Ended(command.wait(), stdout, stderr)


@contextlib.contextmanager
def program(*arguments: str, says: str, **variables: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`python -m …` as a person runs it, once it says this; and the word in parentheses of what it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=inherited() | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        match = re.search(says, line)
        if match:
            break
    else:
        process.wait(60)
        process.stdout.close()
        raise AssertionError(f"{arguments} did not start:\n{said}")
    try:
        yield process, match[1]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(60)
        process.stdout.close()


def assert_told_in_a_sentence(result: Ended, *words: str) -> None:
    """Exit status 2, nothing on standard output, and one line that says why."""
    assert (result.returncode, result.stdout) == (2, ""), (result.stdout, result.stderr)
    [sentence] = result.stderr.strip().splitlines()
    assert sentence.startswith("photolens: ")
    for word in words:
        assert word in sentence


def get(url: str, method: str = "GET", body: Any = None, **headers: str) -> tuple[int, bytes, http.client.HTTPMessage]:
    """The answer to one request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(f"{parts.hostname}:{parts.port}", timeout=60)
    try:
        content = None if body is None else json.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, f"{parts.path}?{parts.query}", content, {"Content-Type": "application/json", **sent})
        response = connection.getresponse()
        return response.status, response.read(), response.headers
    finally:
        connection.close()


def sign_in(api: str, **account: str) -> dict[str, str]:
    """The headers of somebody who has signed in; of the demo's owner, if not told otherwise."""
    status, body, _ = get(f"{api}/auth/login", "POST", account or DEMO_OWNER)
    assert status == 200, body
    return {"Authorization": f"Bearer {json.loads(body)['token']}"}


def client_names(api: str, owner: dict[str, str] | None = None) -> set[str]:
    """The clients that an owner sees: the demo's, if not told otherwise."""
    status, body, _ = get(f"{api}/clients?limit=200", **(owner or sign_in(api)))
    assert status == 200
    return {row["name"] for row in json.loads(body)["data"]}


def add_emma(api: str, owner: dict[str, str] | None = None) -> str:
    """Her address, once it is answered that she is there."""
    status, body, _ = get(f"{api}/clients", "POST", EMMA, **(owner or sign_in(api)))
    assert status == 201
    return f"{api}/clients/{json.loads(body)['id']}"


def postmaster(state_dir: Path) -> int | None:
    """The process id that the PostgreSQL of a STATE_DIR has left in its folder; nothing once it has stopped."""
    file = state_dir / "postgres" / "postmaster.pid"
    return int(file.read_text().splitlines()[0]) if file.exists() else None


@dataclass(frozen=True)
class FirstStart:
    """What a first start in an empty folder said, how it ended, and the folder it left."""

    announced: str
    exit_status: int | None
    state_dir: Path


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    state_dir = tmp_path_factory.mktemp("first") / "not" / "there" / "yet"
    with serving(STATE_DIR=str(state_dir)) as server:
        announced = server.announced
    return FirstStart(announced, server.process.returncode, state_dir)


def copy_of(state_dir: Path, folder: Path) -> Path:
    subprocess.run(["cp", "-a", str(state_dir), str(folder / "state")], check=True)
    return folder / "state"


@pytest.fixture
def state_dir(first_start: FirstStart, tmp_path: Path) -> Iterator[Path]:
    """A STATE_DIR that has been used before, for one test; whatever the test leaves running is ended."""
    folder = copy_of(first_start.state_dir, tmp_path)
    yield folder
    left_running = postmaster(folder)
    if left_running is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(left_running, signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Studio:
    """A server that runs on a STATE_DIR for several tests, none of which changes anything."""

    server: RunningServer
    state_dir: Path

    @property
    def origin(self) -> str:
        return self.server.api.removesuffix("/api/v1")

    @property
    def database_url(self) -> str:
        match = re.search(r"Database +(\S+)", self.server.announced)
        assert match
        return match[1]


@pytest.fixture(scope="module")
def studio(first_start: FirstStart, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    state_dir = copy_of(first_start.state_dir, tmp_path_factory.mktemp("kept"))
    with serving(STATE_DIR=str(state_dir)) as server:
        yield Studio(server, state_dir)


# The embedded default


def test_a_first_start_creates_the_demo_studio_and_says_where_everything_is(first_start: FirstStart) -> None:
    assert f"Created the demo studio in {first_start.state_dir}" in first_start.announced
    assert re.search(r"API +http://127\.0\.0\.1:\d+/api/v1\n", first_start.announced)
    assert re.search(r"API docs +http://127\.0\.0\.1:\d+/api/docs/\n", first_start.announced)
    assert re.search(r"Database +postgresql://\S+\n", first_start.announced)
    assert re.search(rf"Sign in +{DEMO_OWNER['email']} / {DEMO_OWNER['password']} ", first_start.announced)


def test_a_stopped_server_leaves_with_status_0_and_no_postgresql(first_start: FirstStart) -> None:
    assert first_start.exit_status == 0
    assert postmaster(first_start.state_dir) is None


def test_a_second_start_keeps_what_is_there(studio: Studio) -> None:
    assert "Created the demo studio" not in studio.server.announced
    assert len(client_names(studio.server.api)) >= 8


def test_the_announced_database_is_the_one_that_is_served(studio: Studio) -> None:
    with psycopg.connect(studio.database_url) as conn:
        names = {row[0] for row in conn.execute("select name from clients where archived_at is null")}

    assert names == client_names(studio.server.api)


def test_everybody_whose_login_is_announced_can_sign_in(studio: Studio) -> None:
    logins = re.findall(r"(\w+)@", studio.server.announced)
    roles = {}
    for login in logins:
        account = {"email": f"{login}@demo.photolens.test", "password": DEMO_OWNER["password"]}
        _, body, _ = get(f"{studio.server.api}/auth/me", **sign_in(studio.server.api, **account))
        roles[login] = json.loads(body)["user"]["role"]

    assert len(roles) == 8
    assert roles == {login: login.upper() for login in logins}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Host": "evil.example"}, id="under another name (DNS rebinding)"),
        pytest.param({"X-Forwarded-For": "192.0.2.7"}, id="through a proxy that nobody trusts"),
        pytest.param({"Forwarded": "for=192.0.2.7"}, id="through one of the newer kind"),
    ],
)
def test_the_demos_users_are_nobody_to_a_request_that_may_come_from_elsewhere(
    studio: Studio, headers: dict[str, str]
) -> None:
    url = f"{studio.server.api}/auth/login"
    owner = sign_in(studio.server.api)

    status, refused, _ = get(url, "POST", DEMO_OWNER, **headers)
    wrong, wrong_password, _ = get(url, "POST", DEMO_OWNER | {"password": "not theirs at all"}, **headers)

    assert (status, refused) == (wrong, wrong_password)
    assert (status, json.loads(refused)["code"]) == (401, "invalid_credentials")
    assert get(f"{studio.server.api}/clients", **owner, **headers)[0] == 401


def test_whoever_has_not_signed_in_is_shown_nothing_of_the_studio(studio: Studio) -> None:
    status, body, headers = get(f"{studio.server.api}/clients")

    assert (status, headers["WWW-Authenticate"]) == (401, "Bearer")
    assert json.loads(body)["code"] == "unauthenticated"


def test_the_embedded_default_is_served_by_a_login_that_is_no_superuser(studio: Studio) -> None:
    with psycopg.connect(studio.database_url) as conn:
        logins = conn.execute(
            """
            select distinct current_user, pg_user.usename, pg_user.usesuper
            from pg_stat_activity
            inner join pg_user using (usesysid)
            where datname = current_database() and pid <> pg_backend_pid()
            """
        ).fetchall()

    assert logins == [("photolens_owner", "photolens_app", False)]


def test_the_server_listens_on_one_address_of_this_machine_and_its_postgresql_on_none(studio: Studio) -> None:
    port = urlsplit(studio.origin).port
    with socket.socket() as neighbour:
        neighbour.bind(("127.0.0.2", port))  # refused by the system if the server had taken every address
    with psycopg.connect(studio.database_url) as conn:
        row = conn.execute("show listen_addresses").fetchone()

    assert row == ("",)


def test_a_second_process_on_the_same_folder_is_refused(studio: Studio) -> None:
    refused = photolens("serve", STATE_DIR=str(studio.state_dir))

    assert_told_in_a_sentence(refused, "Another process", str(studio.state_dir), "STATE_DIR")
    assert client_names(studio.server.api)


def test_a_folder_in_use_is_not_made_fresh(studio: Studio) -> None:
    refused = photolens("serve", "--fresh", STATE_DIR=str(studio.state_dir))

    assert_told_in_a_sentence(refused, str(studio.state_dir))
    assert client_names(studio.server.api)


def test_the_audit_shares_the_database_of_a_running_server(studio: Studio) -> None:
    audit = photolens("db", "audit", STATE_DIR=str(studio.state_dir))

    assert (audit.returncode, audit.stdout) == (0, "Every derived field is what its rows say.\n")
    assert client_names(studio.server.api)


def test_the_docs_page_and_everything_it_names_come_from_this_server(studio: Studio) -> None:
    page_url = f"{studio.origin}/api/docs/"
    status, page, headers = get(page_url)
    html = page.decode()
    assets = set(re.findall(r"""(?:src|href)\s*=\s*["']?([^"'\s>]+)""", html))
    assert (status, headers.get_content_type()) == (200, "text/html")
    assert any(asset.endswith(".js") for asset in assets)
    assert any(asset.endswith(".css") for asset in assets)

    for asset in assets:
        url = urljoin(page_url, asset)
        assert url.startswith(studio.origin)
        status, content, _ = get(url)
        assert (status, bool(content)) == (200, True), url
    named_origins = re.findall(r"(?:https?:)?//[\w.-]+(?::\d+)?", html)
    assert [origin for origin in named_origins if origin != studio.origin] == []


def test_the_docs_page_reads_the_api_document_of_this_server(studio: Studio) -> None:
    _, page, _ = get(f"{studio.origin}/api/docs/")
    status, document, headers = get(f"{studio.origin}/api/openapi.json")

    assert b'"/api/openapi.json"' in page.replace(b"\\/", b"/")
    assert (status, headers.get_content_type()) == (200, "application/json")
    assert json.loads(document)["openapi"].startswith("3.1")


def test_the_docs_address_without_its_slash_leads_to_the_page(studio: Studio) -> None:
    status, _, headers = get(f"{studio.origin}/api/docs")

    assert status in (301, 302, 307, 308)
    assert urljoin(studio.origin, headers["Location"]) == f"{studio.origin}/api/docs/"


def test_the_server_does_not_tell_what_it_is_made_of(studio: Studio) -> None:
    _, _, headers = get(f"{studio.server.api}/clients")

    assert "Server" not in headers


def test_ctrl_c_ends_server_and_postgresql_with_status_0(state_dir: Path) -> None:
    with program("photolens", "serve", says="(Ctrl-C) stops it", STATE_DIR=str(state_dir)) as (process, _):
        assert postmaster(state_dir) is not None
        process.send_signal(signal.SIGINT)

    assert process.returncode == 0
    assert postmaster(state_dir) is None


def test_a_server_that_was_killed_is_followed_by_one_that_takes_its_postgresql_over_or_begins_anew(
    state_dir: Path,
) -> None:
    with serving(STATE_DIR=str(state_dir)) as server:
        demo = client_names(server.api)
        add_emma(server.api)
        server.process.kill()
        server.process.wait()
    left_running = postmaster(state_dir)

    with serving(STATE_DIR=str(state_dir)) as server:
        assert postmaster(state_dir) == left_running
        assert "Emma Chen" in client_names(server.api)
        server.process.kill()
        server.process.wait()

    with serving("--fresh", STATE_DIR=str(state_dir)) as server:
        assert "Created the demo studio" in server.announced
        assert client_names(server.api) == demo

    assert left_running is not None
    assert server.process.returncode == 0
    assert postmaster(state_dir) is None


def test_after_server_and_postgresql_were_killed_what_was_answered_is_there(state_dir: Path) -> None:
    with serving(STATE_DIR=str(state_dir)) as server:
        add_emma(server.api)
        killed = postmaster(state_dir)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        server.process.kill()
        server.process.wait()

    with serving(STATE_DIR=str(state_dir)) as server:
        assert postmaster(state_dir) != killed
        assert "Emma Chen" in client_names(server.api)

    assert postmaster(state_dir) is None


def test_the_audit_of_a_stopped_studio_finds_nothing_and_leaves_nothing_running(first_start: FirstStart) -> None:
    audit = photolens("db", "audit", STATE_DIR=str(first_start.state_dir))

    assert (audit.returncode, audit.stdout) == (0, "Every derived field is what its rows say.\n")
    assert postmaster(first_start.state_dir) is None


# What cannot be served


def test_an_address_that_others_reach_is_refused(tmp_path: Path) -> None:
    refused = photolens("serve", HOST="0.0.0.0", STATE_DIR=str(tmp_path / "state"))

    assert_told_in_a_sentence(refused, "HOST", "0.0.0.0", "this machine", "PHOTOLENS_ENV=production")
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    "host", ["::", "192.0.2.1", "2001:db8::1", "studio.example", "localhost.example", "127.0.0.1.nip.io"]
)
def test_only_an_address_of_this_machine_alone_is_served(tmp_path: Path, host: str) -> None:
    settings = Settings.from_environment({"HOST": host, "PORT": "0", "STATE_DIR": str(tmp_path / "state")})

    with pytest.raises(ConfigurationError, match=r"^HOST is "):
        serve(settings, fresh=False, with_worker=False)

    assert not (tmp_path / "state").exists()


def test_production_without_a_secret_key_is_refused(tmp_path: Path) -> None:
    refused = photolens("serve", PHOTOLENS_ENV="production", STATE_DIR=str(tmp_path / "state"))

    assert_told_in_a_sentence(refused, "SECRET_KEY", "production")
    assert not (tmp_path / "state").exists()


def test_production_without_a_database_is_refused(tmp_path: Path) -> None:
    variables = {**PRODUCTION, "EMBEDDED_IN_PRODUCTION": "0", "STATE_DIR": str(tmp_path / "state")}

    assert_told_in_a_sentence(photolens("serve", **variables), "DATABASE_URL", "EMBEDDED_IN_PRODUCTION")
    assert not (tmp_path / "state").exists()


def test_a_port_in_use_is_refused_before_any_database_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = photolens("serve", PORT=port, STATE_DIR=str(tmp_path / "state"))

    assert_told_in_a_sentence(refused, f"127.0.0.1:{port}", "PORT")
    assert not (tmp_path / "state").exists()


def test_a_state_folder_that_is_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")

    assert_told_in_a_sentence(photolens("serve", STATE_DIR=str(tmp_path / "state")), str(tmp_path / "state"))


# Production


@pytest.fixture
def new_state_dir(tmp_path: Path) -> Iterator[Path]:
    """A STATE_DIR that is not there yet, gone again after the test."""
    yield tmp_path / "state"
    shutil.rmtree(tmp_path / "state", ignore_errors=True)


def test_production_begins_with_an_empty_database_and_an_owner_from_the_command_line(new_state_dir: Path) -> None:
    ours = {**PRODUCTION, "STATE_DIR": str(new_state_dir)}
    with serving(**ours, HOST="0.0.0.0") as server:
        api = server.api.replace("0.0.0.0", "127.0.0.1")
        demo, _, _ = get(f"{api}/auth/login", "POST", DEMO_OWNER)
        made = photolens(
            *("users", "create-owner", "--name", "Rosa Delgado", "--email", "rosa@studio.example"),
            *("--password", "a sentence nobody says"),
            **ours,
        )
        rosa = sign_in(api, email="rosa@studio.example", password="a sentence nobody says")
        names = client_names(api, rosa)
        _, users, _ = get(f"{api}/users", **rosa)
        every_line = map(json.loads, server.process.stderr)
        logged = next(line for line in every_line if line["logger"] == "photolens.access")

    assert f"Created an empty database in {new_state_dir}" in server.announced
    assert "Sign in" not in server.announced
    assert demo == 401
    assert (logged["route"], logged["status"]) == ("/api/v1/auth/login", 401)
    assert made.stdout == "rosa@studio.example can sign in, as an owner.\n"
    assert names == set()
    assert [user["email"] for user in json.loads(users)["data"]] == ["rosa@studio.example"]
    assert server.process.returncode == 0


def test_the_demos_users_do_not_get_into_a_demo_studio_that_goes_into_production(state_dir: Path) -> None:
    with serving(STATE_DIR=str(state_dir)) as server:
        owner = sign_in(server.api)
        made = get(f"{server.api}/me/tokens", "POST", {"name": "Sync", "permissions": ["VIEW_CLIENTS"]}, **owner)[1]
    program = {"Authorization": f"Bearer {json.loads(made)['token']}"}

    with serving(**PRODUCTION, STATE_DIR=str(state_dir)) as server:
        by_password, _, _ = get(f"{server.api}/auth/login", "POST", DEMO_OWNER)
        by_session, by_token = (get(f"{server.api}/clients", **headers)[0] for headers in (owner, program))

    assert (by_password, by_session, by_token) == (401, 401, 401)


# A database of one's own


def test_a_database_url_is_honoured_and_its_words_stay_private(databases: Databases, tmp_path: Path) -> None:
    with databases.clone(TEMPLATE) as url:
        with serving(DATABASE_URL=url, STATE_DIR=str(tmp_path / "state")) as server:
            assert client_names(server.api, OWNER) == set()
            add_emma(server.api, OWNER)
        with psycopg.connect(url) as conn:
            row = conn.execute("select name from clients").fetchone()

    assert row == ("Emma Chen",)
    assert "the one of DATABASE_URL" in server.announced
    assert "Sign in" not in server.announced
    assert "postgresql://" not in server.announced
    assert server.process.returncode == 0
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("variables", "address", "is_secure"),
    [
        pytest.param({"TRUSTED_PROXIES": "127.0.0.1"}, "192.0.2.7", True, id="a proxy that is trusted"),
        pytest.param({}, "127.0.0.1", False, id="anybody else"),
    ],
)
def test_a_forwarded_request_comes_from_where_a_trusted_proxy_says_it_does(
    clone_url: str, variables: dict[str, str], address: str, is_secure: bool
) -> None:
    forwarded = {"X-Forwarded-For": "203.0.113.9, 192.0.2.7", "X-Forwarded-Proto": "https"}
    with serving(DATABASE_URL=clone_url, **variables) as server:
        status, body, headers = get(
            f"{server.api}/auth/signup", "POST", {**EMMA, "password": "a sentence nobody says"}, **forwarded
        )
        emma = {"Authorization": f"Bearer {json.loads(body)['token']}"}
        _, sessions, _ = get(f"{server.api}/auth/sessions", **emma)

    assert status == 201
    assert ("Strict-Transport-Security" in headers) == is_secure
    assert [session["ipAddress"] for session in json.loads(sessions)["data"]] == [address]


def test_a_database_without_the_schema_is_refused_with_the_way_to_mend_it(databases: Databases) -> None:
    with databases.clone("template0") as url:
        refused = photolens("serve", DATABASE_URL=url)

    assert_told_in_a_sentence(refused, "schema", "psql", "schema.sql")


def test_a_database_from_before_there_were_migrations_is_refused_too(databases: Databases) -> None:
    with databases.clone(TEMPLATE) as url:
        psql(url, "-c", "drop table schema_migrations")

        refused = photolens("serve", DATABASE_URL=url)

    assert_told_in_a_sentence(refused, "earlier version", "--fresh")


def test_a_database_that_has_not_had_every_migration_is_refused_with_the_command_that_applies_them(
    databases: Databases,
) -> None:
    with databases.clone(TEMPLATE) as url:
        psql(url, "-c", "delete from schema_migrations")

        refused = photolens("serve", DATABASE_URL=url)

    assert_told_in_a_sentence(refused, "earlier version", "photolens db migrate")


@pytest.mark.parametrize("command", [("serve",), ("db", "audit")])
def test_a_database_that_is_not_there_is_refused(databases: Databases, command: tuple[str, ...]) -> None:
    refused = photolens(*command, DATABASE_URL=databases.url_of("photolens_test_not_there"))

    assert refused.returncode == 2
    assert "photolens_test_not_there" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_fresh_never_touches_the_database_of_database_url(databases: Databases) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url:
        refused = photolens("serve", "--fresh", DATABASE_URL=url)
        with psycopg.connect(url) as conn:
            row = conn.execute("select count(*) >= 8 from clients").fetchone()

    assert_told_in_a_sentence(refused, "--fresh", "DATABASE_URL")
    assert row == (True,)


def test_a_request_that_runs_when_the_server_is_told_to_stop_is_answered(databases: Databases) -> None:
    answers: list[int] = []
    with databases.clone(TEMPLATE) as url, serving(DATABASE_URL=url) as server, psycopg.connect(url) as somebody:
        path = add_emma(server.api, OWNER)
        somebody.execute("select from clients for update")
        slow = threading.Thread(target=lambda: answers.append(get(path, "PATCH", {"name": "Emma Li"}, **OWNER)[0]))
        slow.start()
        with psycopg.connect(url, autocommit=True) as watcher:
            while not watcher.execute("select from pg_stat_activity where wait_event_type = 'Lock'").fetchall():
                pass
        server.process.terminate()
        somebody.rollback()
        slow.join()
        exit_status = server.process.wait()
        row = somebody.execute("select name from clients").fetchone()

    assert answers == [200]
    assert row == ("Emma Li",)
    assert exit_status == 0


# The audit


def test_the_audit_names_each_row_that_differs_and_exits_1(databases: Databases) -> None:
    corruptions = {
        "clients": "set total_revenue = total_revenue + 0.01, total_sessions = total_sessions + 1",
        "invoices": "set subtotal = subtotal + 1, total_amount = total_amount + 1, balance_due = balance_due + 1",
        "invoice_counter": "set last_sequence = last_sequence + 1",
        "editing_jobs": "set delivered_at = delivered_at + interval '1 day'",
    }
    conditions = {
        "clients": "total_sessions > 0",
        "invoices": "status = 'SENT' and tax_rate = 0",
        "invoice_counter": "true",
        "editing_jobs": "status = 'DELIVERED'",
    }
    with databases.clone(SEEDED_TEMPLATE) as url:
        ids = {}
        with psycopg.connect(url, autocommit=True) as conn:
            for table, change in corruptions.items():
                where = f"id = (select min(id) from {table} where {conditions[table]})"
                row = conn.execute(f"update {table} {change} where {where} returning id".encode()).fetchone()
                assert row is not None
                ids[table] = row[0]
        audit = photolens("db", "audit", DATABASE_URL=url)

    *lines, summary = audit.stdout.splitlines()
    named = sorted(line.partition(":")[0] for line in lines)
    assert audit.returncode == 1
    assert named == sorted([f"clients {ids['clients']}", *(f"{table} {row_id}" for table, row_id in ids.items())])
    assert summary == "5 differences."
    [revenue] = [line for line in lines if "total_revenue" in line]
    assert re.search(r"total_revenue is (\d+)\.(\d\d), its rows say (\d+)\.(\d\d)", revenue)


def test_the_audit_of_a_database_without_the_schema_is_no_finding_but_a_refusal(databases: Databases) -> None:
    with databases.clone("template0") as url:
        refused = photolens("db", "audit", DATABASE_URL=url)

    assert refused.returncode == 2
    assert "schema" in refused.stderr
    assert "Traceback" not in refused.stderr


# Another WSGI server


def test_waitress_serves_the_application_and_leaves_nothing_running(state_dir: Path) -> None:
    waitress = program(
        "waitress", "--listen=127.0.0.1:0", "wsgi:app", says=r"Serving on (http://\S+)", STATE_DIR=str(state_dir)
    )
    with waitress as (process, origin):
        clients = client_names(f"{origin}/api/v1")
        docs, _, _ = get(f"{origin}/api/docs/")
        process.terminate()

    assert (len(clients) >= 8, docs) == (True, 200)
    assert postmaster(state_dir) is None


def test_the_audit_of_a_folder_without_a_database_says_so_and_makes_none(tmp_path: Path) -> None:
    audit = photolens("db", "audit", STATE_DIR=str(tmp_path / "state"))

    assert audit.returncode == 2
    assert "There is no database" in audit.stderr
    assert not (tmp_path / "state").exists()
