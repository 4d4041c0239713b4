"""The process: the database it needs, the application, and waitress in front."""

import atexit
import contextlib
import logging
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

import psycopg
from flask import Flask
from waitress.server import create_server

from photolens import create_app, logs, schema_versions
from photolens.config import ConfigurationError, Settings
from photolens.connections import APP_ROLE, OWNER_ROLE, PORTAL_ROLE, connect, terms_of
from photolens.database import Connection, open_pools, sql
from photolens.embedded import DATABASE, EmbeddedServer
from photolens.founding import everywhere
from photolens.postgres_programs import in_schema
from photolens.proxies import is_loopback
from photolens.schema_versions import MigrationError, SchemaState, schema_state

THREADS = 16
DEMO_LOGIN = "owner@demo.photolens.test / photolens-demo"
REQUEST_LIMIT = 480 * 1024 * 1024  # what waitress takes in at all; the application's own limits are lower


def application() -> Flask:
    """The application by itself, for any WSGI server; an embedded database stops when the process exits."""
    settings = Settings.from_environment()
    logs.configure(settings)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _leave)  # or the process would end without stopping what it started
    embedded = None
    if settings.database_url is None:
        embedded = EmbeddedServer(settings.state_dir).__enter__()
        atexit.register(embedded.__exit__, None, None, None)
        embedded.install(with_demo=not settings.is_production)
        _upgrade(settings, embedded)
    pools = open_pools(settings, *_urls(settings, embedded))
    atexit.register(pools.close)
    return create_app(settings, pools)


def serve(settings: Settings, *, fresh: bool, with_worker: bool) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is running and stop the database that was started."""
    if not settings.is_production and not is_loopback(settings.host):
        raise ConfigurationError(
            f"HOST is {settings.host!r}; with the demo's logins the server only listens on this machine. "
            "Set PHOTOLENS_ENV=production."
        )
    if fresh and settings.database_url is not None:
        raise ConfigurationError("--fresh makes the embedded database anew; it never touches the one of DATABASE_URL.")
    logs.configure(settings)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # waiting for a thread is no news
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    with contextlib.ExitStack() as stack:
        # Before the database is started: a port that is taken is known at once.
        listener = stack.enter_context(_listen(settings))
        embedded = None if settings.database_url else start_embedded(stack, settings, fresh=fresh)
        if settings.migrate_deploy_on_start and settings.database_url:
            _migrate(in_schema(settings.owner_database_url or settings.database_url, settings.database_schema))
        urls = _urls(settings, embedded)
        for url, role in zip(urls, (APP_ROLE, PORTAL_ROLE), strict=True):
            _require_role(settings, url, role)
        pools = stack.enter_context(open_pools(settings, *urls))
        app = create_app(settings, pools)
        server = create_server(
            app,
            sockets=[listener],
            threads=THREADS,
            connection_limit=1000,
            max_request_body_size=REQUEST_LIMIT,
            clear_untrusted_proxy_headers=False,  # whom to believe, photolens.proxies decides
            ident=None,
        )
        if with_worker:
            stack.enter_context(_worker())
        _announce(settings, listener.getsockname()[1], urls[0], embedded)
        server.run()
        server.close()


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """A worker beside the server, a process of its own, which is started again if it ends before the block does."""
    is_over = threading.Event()
    command = [sys.executable, "-m", "photolens", "worker", "--beside-a-server"]

    def keep_one() -> None:
        while not is_over.is_set():
            # A session of its own: what the terminal tells the server is for the server to pass on.
            with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) as process:
                assert process.stdin is not None
                while process.poll() is None and not is_over.wait(1.0):
                    pass
                process.stdin.close()
            is_over.wait(1.0)

    thread = threading.Thread(target=keep_one, name="worker")
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    # Once is enough: a second signal must not cut short the stopping of the database.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise SystemExit(0)


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Set PORT."
        ) from None
    return listener


def _urls(settings: Settings, embedded: EmbeddedServer | None) -> tuple[str, str]:
    """Where the application's pool connects to, and the portal's."""
    if embedded is not None:
        return embedded.url_as(APP_ROLE), embedded.url_as(PORTAL_ROLE)
    assert settings.database_url is not None
    return settings.database_url, settings.portal_database_url or settings.database_url


def start_embedded(stack: contextlib.ExitStack, settings: Settings, *, fresh: bool) -> EmbeddedServer:
    """The embedded server, running until the stack ends, with the schema of this version unless it cannot have it."""
    server = EmbeddedServer(settings.state_dir)
    if fresh:
        server.erase()
    stack.enter_context(server)
    if server.install(with_demo=not settings.is_production):
        content = "an empty database" if settings.is_production else "the demo studio"
        print(f"Created {content} in {settings.state_dir}", flush=True)
    _upgrade(settings, server)
    return server


def _upgrade(settings: Settings, embedded: EmbeddedServer) -> None:
    """Let the embedded database of an earlier version have the migrations that it has not had."""
    url = in_schema(embedded.url_of(DATABASE), settings.database_schema)
    with connect(settings, url) as conn:
        state = schema_state(conn)
    if state is SchemaState.PENDING:
        _migrate(url)


def _migrate(url: str) -> None:
    from photolens import migrations  # which reads its own libraries, and there is seldom anything to migrate

    try:
        for studio, its_url in everywhere(url):
            for done in migrations.migrate(its_url, schema_versions.MIGRATIONS):
                of_studio = "" if studio is None else f"{studio}: "
                print(f"{of_studio}Applied {done.id} in {done.seconds:.1f} s", flush=True)
    except MigrationError as error:
        raise ConfigurationError(str(error)) from None


def _require_role(settings: Settings, url: str, role: str) -> None:
    """Raise ConfigurationError unless there is the schema, and the login of this address may act as the role."""
    with connect(settings, url) as conn:
        require_schema(conn)
        try:
            conn.keep_to(terms_of(settings, role))
            require_schema(conn)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue):
            raise ConfigurationError(
                f'The login {conn.info.user!r} may not act as {role}: grant {role} to "{conn.info.user}".'
            ) from None


def require_schema(conn: Connection) -> None:
    """Raise ConfigurationError for a database without the schema, or whose schema is not that of this version yet."""
    match schema_state(conn):
        case SchemaState.MISSING:
            raise ConfigurationError('The database has no Photolens schema yet: psql "$DATABASE_URL" -f schema.sql')
        case SchemaState.UNVERSIONED:
            raise ConfigurationError(
                "The database has the schema of an earlier version, from before there were migrations. Begin with an "
                "empty one: `photolens serve --fresh` makes the embedded database anew."
            )
        case SchemaState.PENDING:
            raise ConfigurationError(
                "The database has the schema of an earlier version: `photolens db migrate` brings it to this one."
            )


def _welcome(settings: Settings, url: str) -> str:
    with connect(settings, url) as conn:
        if settings.is_production or not sql.platform.exists_demo(conn):
            return ""
    return f"  Sign in   {DEMO_LOGIN}   (also admin@, photographer@, editor@, finance@, trainer@, vendor@, customer@)\n"


def _announce(settings: Settings, port: int, url: str, embedded: EmbeddedServer | None) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    database = "the one of DATABASE_URL" if embedded is None else embedded.url_as(OWNER_ROLE)
    print(
        f"Photolens is ready.\n"
        f"  API       http://{host}:{port}/api/v1\n"
        f"  API docs  http://{host}:{port}/api/docs/\n"
        f"  Portal    http://{host}:{port}/portal/\n"
        f"  Database  {database}\n"
        f"{_welcome(settings, url)}Ctrl-C stops it.",
        flush=True,
    )
