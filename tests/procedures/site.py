"""The site that the procedures build, as people reach it: over nginx, with TLS, under its name."""

import json
import ssl
import threading
import time
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from itertools import count
from typing import Any, Self

HOST = "studio.example"
CERTIFICATE = "/etc/nginx/photolens/certificate.pem"
OWNER = {"email": "you@studio.example", "password": "a sentence that nobody says"}
PAUSE = 0.4  # seconds between two turns of one who is at work


class Site:
    """What is asked of the site, each time on a connection of its own: none of them may be lost."""

    def __init__(self, studio: str | None = None) -> None:
        self._studio = studio
        self._token: str | None = None

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=CERTIFICATE)

    def ask(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """The JSON of an answer. Raises AssertionError for another status than the expected one."""
        connection = HTTPSConnection(HOST, timeout=30, context=self._tls)
        try:
            answer = self._send(connection, method, path, body)
            text = answer.read()
        finally:
            connection.close()
        assert answer.status == expect, f"{method} {path}: {answer.status} {text[:500]!r}"
        is_json = "json" in answer.headers.get("Content-Type", "")
        return json.loads(text) if is_json else text

    def sign_in(self) -> None:
        """Be the owner from here on."""
        self._token = self.ask("POST", "/api/v1/auth/login", OWNER)["token"]

    def write(self, name: str) -> None:
        """Add a client, and read it."""
        client = self.ask(
            "POST", "/api/v1/clients", {"name": name, "email": f"{time.time_ns()}@example.com"}, expect=201
        )
        assert self.ask("GET", f"/api/v1/clients/{client['id']}")["name"] == name

    def names(self, beginning: str) -> set[str]:
        """Of all clients those whose names begin so."""
        rows = self.ask("GET", f"/api/v1/clients?limit=200&q={beginning}")["data"]
        return {row["name"] for row in rows if row["name"].startswith(beginning)}

    def begin_of_events(self) -> bytes:
        """What a stream of events says first, which a proxy that waits for more would keep."""
        connection = HTTPSConnection(HOST, timeout=5, context=self._tls)
        try:
            answer = self._send(connection, "GET", "/api/v1/events", None)
            assert answer.status == 200, answer.status
            return answer.readline()
        finally:
            connection.close()

    def _send(self, connection: HTTPConnection, method: str, path: str, body: Any) -> HTTPResponse:
        headers = {"Connection": "close", "Content-Type": "application/json"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token}"
        if self._studio is not None:
            headers["X-Studio"] = self._studio
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        return connection.getresponse()


def where_plain_http_leads() -> str | None:
    """Where somebody is sent who asks without TLS."""
    connection = HTTPConnection(HOST, timeout=5)
    connection.request("GET", "/portal/")
    answer = connection.getresponse()
    connection.close()
    return answer.headers["Location"] if answer.status == 301 else None


class Crowd:
    """People at work on the site as long as the block lasts, after which none of their requests may have been lost."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._is_over = threading.Event()
        self._lost: list[str] = []
        self._done = count()
        self._threads = [threading.Thread(target=self._work) for _ in range(2)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join()
        done = next(self._done)
        print(
            f"    {done} times somebody wrote and read meanwhile, and {len(self._lost)} were told of a fault",
            flush=True,
        )
        assert not self._lost, self._lost[:3]
        assert done, "Nobody was at work."

    def _work(self) -> None:
        while not self._is_over.wait(PAUSE):
            try:
                self._site.write("Somebody")
                next(self._done)
            except (AssertionError, OSError, HTTPException) as fault:
                self._lost.append(repr(fault))
