"""Which studio a request is for, of those that share the database: by the host it was sent to, or by `X-Studio`.

Each studio has a schema of its own (schema/studios.sql), and one process serves them all (STUDIOS=1): every request has
its connection in the schema of its studio, where nothing of another is found.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from urllib.parse import urlsplit

import psycopg
from flask import Flask, Response, g, request

from photolens.access import API
from photolens.config import Settings
from photolens.database import Connection, connection, sql, work_in
from photolens.problems import UNKNOWN_STUDIO, Problem

HEADER = "X-Studio"
FRESH = 5.0  # seconds until the studios are looked up again
PAUSE = 1.0  # seconds between looks for one that is not known


@dataclass(frozen=True)
class Studio:
    """A studio: its name, its schema, and the hosts that it is asked for under. The server's own has no name."""

    name: str | None
    schema: str
    hosts: frozenset[str] = frozenset()


def list_studios(conn: Connection) -> list[Studio]:
    """The studios beside the one whose schema the connection is in."""
    return [Studio(row["name"], row["schemaName"], frozenset(row["hosts"])) for row in sql.platform.list_studios(conn)]


def schema_of(name: str) -> str:
    """The schema of the studio of this name, as the database has it."""
    return f"studio_{name.replace('-', '_')}"


def name_of(schema: str) -> str:
    """The name of the studio whose schema this is."""
    return schema.removeprefix("studio_").replace("_", "-")


def work_for(studio: Studio) -> None:
    """Let the present request, or job, be this studio's."""
    if studio.name is not None:
        g.studio = studio.name
    work_in(studio.schema)


def address_of_studio(url: str) -> str:
    """An address of APP_URL or PORTAL_URL for the present studio, whose name takes the place of `{studio}` in it.

    The server's own has no name, nor has its address: `https://{studio}.example.com` → `https://example.com`.
    """
    name = g.get("studio")
    return url.replace("{studio}.", "").replace("{studio}", "") if name is None else url.replace("{studio}", name)


class Directory:
    """The studios there are, as one process has last heard."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._named: dict[str, Studio] = {}
        self._at_host: dict[str, Studio] = {}
        self._read_at = float("-inf")

    def find(self, host: str, name: str | None) -> Studio | None:
        """The studio of a host, or else of a name; None for the server's own. Problems: `unknown_studio`."""
        self._refresh(FRESH)
        if name is not None and name not in self._named:
            self._refresh(PAUSE)
        studio = self._at_host.get(host)
        if name is None:
            return studio
        named = self._named.get(name)
        if named is None:
            raise unknown_studio()
        if studio is not None and studio != named:
            raise UNKNOWN_STUDIO("This host is another studio's.")
        return named

    def _refresh(self, age: float) -> None:
        """Look them up again after so many seconds: one thread, while the others go on with what there is."""
        if time.monotonic() - self._read_at < age:
            return
        is_first = self._read_at == float("-inf")
        if not self._lock.acquire(blocking=is_first):
            return
        try:
            self._keep(list_studios(connection()))
        except psycopg.Error:
            if is_first:
                raise
        finally:
            self._lock.release()

    def _keep(self, studios: Iterable[Studio]) -> None:
        self._named = {studio.name or "": studio for studio in studios}
        self._at_host = {host: studio for studio in self._named.values() for host in studio.hosts}
        self._read_at = time.monotonic()


def unknown_studio() -> Problem:
    """404 for a studio that is not here, or no longer."""
    return UNKNOWN_STUDIO("There is no studio of this name.")


def _host() -> str:
    try:
        return urlsplit(f"//{request.host}").hostname or ""
    except ValueError:
        return ""


def init_app(app: Flask, settings: Settings) -> None:
    """Let each request of the API be of its studio, before anything of the database is asked for it."""
    if not settings.studios:
        return
    directory = Directory()

    @app.before_request
    def find_studio() -> None:
        if not request.path.startswith(API) or request.endpoint is None or request.method == "OPTIONS":
            return
        studio = directory.find(_host(), request.headers.get(HEADER))
        if studio is not None:
            work_for(studio)

    @app.after_request
    def tell_caches(response: Response) -> Response:
        response.vary.add(HEADER)
        return response
