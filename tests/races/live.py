"""Many requests at once: real servers in processes of their own, a thread and a connection for each request."""

import json
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers

from photolens.database import Connection
from tests.client import Answer, ApiClient, token_of, with_token


@dataclass(frozen=True)
class Call:
    """A request that is to be sent together with others; as the client's own user, unless it has a token."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    token: str | None = None


class LiveApi(ApiClient):
    """An ApiClient of servers in other processes, asked in turn, which can also send many requests at once."""

    def __init__(self, *base_urls: str, token: str | None = token_of("OWNER")) -> None:
        self._base_urls = base_urls
        self._servers = cycle(urlsplit(url) for url in base_urls)
        self._token = token

    def by_token(self, token: str | None) -> "LiveApi":
        """The same servers, called with this token, or with none."""
        return LiveApi(*self._base_urls, token=token)

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        [answer] = self.at_once([Call(method, path, body, options.get("headers", {}))])
        return answer

    def at_once(self, calls: Sequence[Call]) -> list[Answer]:
        """The answers, in the order of the calls. Every connection is open before the first request is sent.

        None of them may be a 5xx.
        """
        start = threading.Barrier(len(calls))
        servers = [next(self._servers) for _ in calls]

        def send(call: Call, server: Any) -> Answer:
            connection = HTTPConnection(server.hostname, server.port, timeout=60)
            try:
                connection.connect()
                start.wait(60)
                body = None if call.body is None else json.dumps(call.body)
                token = call.token or self._token
                headers = dict(with_token(token, {"Content-Type": "application/json", **call.headers}))
                connection.request(call.method, server.path + call.path, body, headers)
                response = connection.getresponse()
                content = response.read()
                return Answer(response.status, json.loads(content) if content else None, Headers(response.getheaders()))
            finally:
                connection.close()

        with ThreadPoolExecutor(len(calls)) as threads:
            answers = list(threads.map(send, calls, servers))
        assert [answer.body for answer in answers if answer.status >= 500] == []
        return answers


def outcomes(answers: Sequence[Answer]) -> Counter[tuple[int, str | None]]:
    """How many answers had which status and, where they are problems, which code."""
    return Counter((answer.status, answer.body.get("code") if answer.body else None) for answer in answers)


def count(conn: Connection, table: str, where: str = "true") -> int:
    row = conn.execute(f"select count(*) from {table} where {where}".encode()).fetchone()
    assert row is not None
    total: int = row["count"]
    return total
