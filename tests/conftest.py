"""The tests' house: one PostgreSQL, a template of the schema, a rolled-back connection or a clone for each test.

A test takes `api` and speaks HTTP to the application. By default that happens on one connection, in a transaction that
is rolled back. Marked `committed`, it gets a database with a real pool, which is emptied for the next one; marked
`own_database` as well, a clone of the template that is nobody else's. `live` is the real server, a process of its own
on either. After every test that commits, every invariant must hold.
"""

import gc
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.rows import dict_row

from photolens import create_app
from photolens.config import Settings
from photolens.connections import APP_ROLE, PORTAL_ROLE, Terms
from photolens.database import Connection, Pools, open_pools
from photolens.embedded import PROGRAMS, ROOT, EmbeddedServer
from photolens.identity import passwords
from photolens.invariants import broken_invariants
from tests.client import ApiClient
from tests.factories import Factory
from tests.processes import Command
from tests.shared_database import SharedDatabase

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")  # workers may share TEST_DATABASE_URL, never a template
CALLERS = Path(__file__).parent / "callers.sql"
TEMPLATE = f"photolens_test_template_{_WORKER}"
SEEDED_TEMPLATE = f"photolens_test_seeded_{_WORKER}"


# host:port of a pooler before the tests' server that gives each transaction a session: see .ci/run.
POOLER = os.environ.get("TEST_POOLER", "")

MEMORY = Path("/dev/shm")  # where a machine that has one keeps a file system in memory
ROOM = 4 * 2**30  # bytes: more than the tests ever write there

# What is lost with the machine may be lost here, nothing is replicated, and no statistics change meanwhile.
QUICK = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"),
    *("wal_level=minimal", "max_wal_senders=0"),
)

THOROUGH_HASHER = passwords._HASHER
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "committed: the test commits, on a database that is emptied afterwards")
    config.addinivalue_line("markers", "own_database: the test changes more than rows, on a clone of its own")
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        # Databases are thousands of files, and to make and remove them on a disk costs more than most tests.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    gc.disable()  # what is collected stays


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what is there for good, and look less often at the rest."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _only_local_sockets() -> Iterator[None]:
    """Nothing in the tests reaches beyond this machine."""
    connect = socket.socket.connect

    def local_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"a test reached for {address}")
        connect(self, address)

    socket.socket.connect = local_connect  # type: ignore[method-assign, assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """A password is hashed in no time, which is not what hashes are for: `thorough_hasher` is as servers have it."""
    passwords._HASHER = QUICK_HASHER
    yield
    passwords._HASHER = THOROUGH_HASHER


class Databases:
    """The test databases of one server: templates, and clones of them."""

    def __init__(self, url: str, admin: psycopg.Connection[Any]) -> None:
        self._url = url
        self._admin = admin
        self._count = 0

    def url_of(self, name: str) -> str:
        return re.sub(r"^(\w+://[^/?]*)/[^?]*", rf"\1/{name}", self._url)

    def build(self, name: str, *files: Path) -> None:
        self._admin.execute(f"drop database if exists {name}".encode())
        self._admin.execute(f"create database {name} template template0".encode())
        psql(self.url_of(name), *[argument for file in files for argument in ("-f", str(file))])

    @contextmanager
    def clone(self, template: str) -> Iterator[str]:
        """A clone of a template, dropped at the end."""
        self._count += 1
        name = f"photolens_test_{os.getpid()}_{self._count}"
        self._admin.execute(f"create database {name} template {template}".encode())
        try:
            yield self.url_of(name)
        finally:
            self._admin.execute(f"drop database {name} with (force)".encode())


def psql(url: str, *arguments: str) -> str:
    """What psql prints for these arguments; a failing statement fails the test."""
    command = [str(PROGRAMS / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The server the tests run on: TEST_DATABASE_URL's, or an embedded one of their own."""
    with ExitStack() as stack:
        url = os.environ.get("TEST_DATABASE_URL")
        if not url:
            state = tmp_path_factory.mktemp("state")
            embedded = EmbeddedServer(state, options=QUICK)
            stack.enter_context(embedded)
            embedded.psql("postgres", "-c", "create database photolens_test")
            url = embedded.url_of("photolens_test")
        if "test" not in urlsplit(url).path:
            pytest.exit("TEST_DATABASE_URL names a database without 'test' in its name; it is not to be tested on.")
        databases = Databases(url, stack.enter_context(psycopg.connect(url, autocommit=True)))
        databases.build(TEMPLATE, ROOT / "schema.sql", CALLERS)
        databases.build(SEEDED_TEMPLATE, ROOT / "schema.sql", ROOT / "seed.sql", CALLERS)
        yield databases


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The defaults, whatever the environment of the tests says; what is stored is not in anybody's folder."""
    return Settings.from_environment(
        {
            "CORS_ORIGINS": "https://studio.example",
            "SECRET_KEY": "only the tests have this one and no server",
            "RATE_LIMIT_PER_MINUTE": "1000000",
            "STORAGE_DIR": str(tmp_path_factory.mktemp("storage")),
        }
    )


class SharedConnection(psycopg.Connection[dict[str, Any]]):
    """The connection of rolled-back tests, which takes turns between them and the requests they send.

    A request is a savepoint, and acts as a role. Mostly the next thing is another request: what one leaves behind is
    put away only then, together with what that one begins with, or when the test itself wants the connection.
    """

    left: tuple[str, str] | None = None  # the role whose savepoint is still there, and the one to go back to

    def come_back(self) -> None:
        """Put away what the last request has left."""
        if self.left is not None:
            (role, former), self.left = self.left, None
            run(self, f"release savepoint {role}; set local role {former}")

    def cursor(self, *args: Any, **options: Any) -> Any:
        self.come_back()
        return super().cursor(*args, **options)

    @contextmanager
    def transaction(self, *args: Any, **options: Any) -> Iterator[psycopg.Transaction]:
        self.come_back()
        try:
            with super().transaction(*args, **options) as transaction:
                yield transaction
                self.come_back()
        except BaseException:
            self.left = None  # it is rolled back with the rest
            raise


class OneConnection:
    """Stands in for a pool in rolled-back tests: each request is a savepoint on the test's one connection.

    In between the connection is the test's own, which may do everything.
    """

    def __init__(self, conn: SharedConnection, role: str, roles: list[str]) -> None:
        self.conn = conn
        self._role = role
        self._roles = roles  # as whom the connection acts, and before that, and before that

    def getconn(self) -> Connection:
        if self.conn.left == (self._role, self._roles[-1]):
            self.conn.left = None
            run(self.conn, f"release savepoint {self._role}; savepoint {self._role}")
        else:
            self.conn.come_back()
            run(self.conn, f"savepoint {self._role}; set local role {self._role}")
        self._roles.append(self._role)
        return self.conn

    def putconn(self, conn: Connection) -> None:
        self._roles.pop()
        if conn.info.transaction_status == TransactionStatus.INERROR:
            run(conn, f"rollback to savepoint {self._role}; set local role {self._roles[-1]}")
        else:
            self.conn.come_back()
            self.conn.left = (self._role, self._roles[-1])


class PoolsOfOne(Pools):
    """Pools of the test's one connection: what is to be locked beyond a transaction is locked to the test's end."""

    @contextmanager
    def locking(self) -> Iterator[Connection]:
        conn: Any = self.app
        yield conn.conn


def run(conn: Connection, statements: str) -> None:
    """Run what gives no rows, past psycopg, which at a rollback would forget all that it has prepared."""
    result = conn.pgconn.exec_(statements.encode())
    assert result.status == ExecStatus.COMMAND_OK, result.error_message


def plan_once(conn: Connection) -> None:
    """Let each statement be planned once: to plan the same one again and again takes longer than to run it.

    A server plans for the parameters at hand (see configure_connection): another plan, and the same rows.
    """
    conn.execute("set plan_cache_mode = force_generic_plan")
    conn.prepare_threshold, conn.prepared_max = 1, None


def pools_of(conn: Connection) -> Pools:
    """Pools whose one connection is this one, which is a shared one."""
    assert isinstance(conn, SharedConnection)
    roles = ["none"]
    pools: Any = (OneConnection(conn, APP_ROLE, roles), OneConnection(conn, PORTAL_ROLE, roles), None)
    return PoolsOfOne(*pools)


@pytest.fixture(scope="session")
def shared_connection(databases: Databases) -> Iterator[SharedConnection]:
    """The connection that all rolled-back tests take turns on."""
    with databases.clone(TEMPLATE) as url, SharedConnection.connect(url, autocommit=True, row_factory=dict_row) as conn:
        Terms("none", 30_000, "public", is_pooled=False).tell(conn, for_transaction=False)
        plan_once(conn)
        yield conn


@pytest.fixture(scope="session")
def shared_app(shared_connection: Connection, settings: Settings) -> Flask:
    """The application on the shared connection."""
    return create_app(settings, pools_of(shared_connection))


@pytest.fixture(scope="session")
def shared_database(databases: Databases) -> Iterator[SharedDatabase]:
    """The database that all tests which commit take turns on."""
    with databases.clone(TEMPLATE) as url, psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
        plan_once(conn)
        yield SharedDatabase(url, conn, CALLERS.read_bytes())


@pytest.fixture(scope="session")
def committing_app(shared_database: SharedDatabase, settings: Settings) -> Iterator[Flask]:
    """The application on that database."""
    with application_on(shared_database.url, settings) as app:
        yield app


@pytest.fixture
def clone_url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """The database of a test that commits; when the test is over, every invariant must hold on it."""
    if request.node.get_closest_marker("own_database"):
        with databases.clone(TEMPLATE) as url:
            yield url
            with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
                assert broken_invariants(conn) == []
        return
    shared: SharedDatabase = request.getfixturevalue("shared_database")
    yield shared.url
    try:
        assert shared.broken_invariants() == []
    finally:
        shared.empty()


@pytest.fixture
def conn(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """A connection to the test's database, to look with or to arrange what HTTP cannot."""
    if request.node.get_closest_marker("committed"):
        url = request.getfixturevalue("clone_url")
        with psycopg.connect(url, autocommit=True, row_factory=dict_row) as own:
            yield own
        return
    shared: SharedConnection = request.getfixturevalue("shared_connection")
    run(shared, "begin")
    yield shared
    run(shared, "rollback")
    shared.left = None


@pytest.fixture
def app(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Flask]:
    """The application on the test's database."""
    if not request.node.get_closest_marker("committed"):
        request.getfixturevalue("conn")
        yield request.getfixturevalue("shared_app")
    elif not request.node.get_closest_marker("own_database"):
        request.getfixturevalue("clone_url")
        yield request.getfixturevalue("committing_app")
    else:
        with application_on(request.getfixturevalue("clone_url"), settings) as app:
            yield app


@contextmanager
def application_on(url: str, settings: Settings) -> Iterator[Flask]:
    """The application on a database; through the pooler of TEST_POOLER, where there is one."""
    pooler = "transaction" if POOLER else "none"
    with open_pools(replace(settings, database_pooler=pooler), through_pooler(url)) as pools:
        yield create_app(replace(settings, database_pooler=pooler), pools)


def through_pooler(url: str) -> str:
    """The address of a database behind the pooler of TEST_POOLER, if there is one: then, what tests that commit ask for
    goes through it, and what they look at and arrange does not."""
    host, _, port = POOLER.partition(":")
    return make_conninfo(url, host=host, port=port) if POOLER else url


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """An HTTP client of the application, signed in as the owner, that checks every answer against the API document."""
    return ApiClient(app)


@pytest.fixture
def make(api: ApiClient) -> Factory:
    """Makes clients, packages, bookings, invoices… over HTTP, with sensible defaults."""
    return Factory(api)


class SeededStudio:
    """The demo studio, for tests that only read: over HTTP, and through a connection of their own."""

    def __init__(self, app: Flask, conn: Connection) -> None:
        self.api = ApiClient(app)
        self.conn = conn


@pytest.fixture(scope="module")
def seeded_studio(databases: Databases, settings: Settings) -> Iterator[SeededStudio]:
    """The application on a clone of the demo studio, made once for the tests of a module."""
    with (
        databases.clone(SEEDED_TEMPLATE) as url,
        psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn,
        open_pools(settings, url) as pools,
    ):
        yield SeededStudio(create_app(settings, pools), conn)


@pytest.fixture
def live(clone_url: str) -> Iterator[str]:
    """The real server, a process of its own on the test's database; gives the base URL of its API."""
    with serving(DATABASE_URL=clone_url) as server:
        yield server.api


class RunningServer:
    """A `photolens serve` process and what it announced."""

    def __init__(self, process: Command, announced: str) -> None:
        self.process = process
        self.announced = announced
        match = re.search(r"API +(http\S+)", announced)
        assert match, announced
        self.api = match[1]


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[RunningServer]:
    """`photolens serve` without a worker, on a free port, until the block ends; fails if it does not leave cleanly."""
    with serving_beside_a_worker("--no-worker", *arguments, **environment) as server:
        yield server


@contextmanager
def serving_beside_a_worker(*arguments: str, **environment: str) -> Iterator[RunningServer]:
    """`photolens serve` as it is by default."""
    if POOLER and "DATABASE_URL" in environment:
        environment |= {
            "DATABASE_URL": f"postgresql:///?{urlencode(conninfo_to_dict(through_pooler(environment['DATABASE_URL'])))}",
            "DATABASE_POOLER": "transaction",
        }
    with Command("serve", *arguments, **{"RATE_LIMIT_PER_MINUTE": "1000000"} | environment) as process:
        announced = ""
        for line in process.stdout:
            announced += line
            if "Ctrl-C" in line:
                break
        else:
            raise AssertionError(f"the server did not start:\n{announced}{process.stderr.read()}")
        yield RunningServer(process, announced)
