"""What users are told by many at once, and follow on real servers: every number once, in order, whoever reads."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens import event_streams
from photolens.database import Connection
from photolens.platform.actions.deliveries import deliver_notifications
from tests.client import token_of
from tests.platform.told import CUSTOMER, OWNER, outbox, tell, undelivered
from tests.races.live import Call, LiveApi, count

pytestmark = pytest.mark.committed

WRITERS, EACH = 16, 12


class Reader:
    """Follows the customer's stream, leaves it in the middle, and comes again, until it has had so many events."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)
        self._last_id: str | None = None
        self.numbers: list[int] = []

    def begin(self) -> None:
        """Be told where the stream begins."""
        self._read(lambda: self._last_id is not None)

    def read(self, events: int) -> list[int]:
        turn = 0
        while len(self.numbers) < events:
            turn += 1
            leaves_at = min(events, len(self.numbers) + turn % 7 + 1)
            self._read(lambda: len(self.numbers) >= leaves_at)  # noqa: B023  (it is asked before the next turn)
        return self.numbers

    def _read(self, is_enough: Any) -> None:
        connection = HTTPConnection(self._server.hostname or "", self._server.port, timeout=60)
        headers = {"Authorization": f"Bearer {token_of('CUSTOMER')}"}
        if self._last_id is not None:
            headers["Last-Event-ID"] = self._last_id
        connection.request("GET", f"{self._server.path}/events", headers=headers)
        response = connection.getresponse()
        assert response.status == 200
        try:
            while not is_enough() and (line := response.readline()):
                field, _, value = line.decode().strip().partition(": ")
                if field == "id":
                    self._last_id = value
                elif field == "data":
                    self.numbers.append(json.loads(value)["number"])
        finally:
            response.close()
            connection.close()


def write(url: str, writer: int) -> None:
    """Tell the customer things, two in each transaction."""
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn:
        for turn in range(EACH // 2):
            with conn.transaction():
                tell(conn, f"{writer}-{turn}-a", f"{writer}-{turn}-b")


def test_many_tell_one_user_and_every_reader_has_each_number_once_in_order(
    clone_url: str, conn: Connection, two_servers: LiveApi, live: str, another_server: str
) -> None:
    tell(conn, "Old")
    readers = [Reader(url) for url in (live, another_server) for _ in range(3)]
    with ThreadPoolExecutor(WRITERS + len(readers)) as threads:
        [*threads.map(Reader.begin, readers)]
        following = [threads.submit(reader.read, WRITERS * EACH) for reader in readers]
        [*threads.map(write, [clone_url] * WRITERS, range(WRITERS))]

        assert [future.result(60) for future in following] == [[*range(2, WRITERS * EACH + 2)]] * len(readers)


def follow(live: str) -> tuple[HTTPConnection, HTTPResponse]:
    """A reader of all that the test's customer was ever told."""
    server = urlsplit(live)
    connection = HTTPConnection(server.hostname or "", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {token_of('CUSTOMER')}", "Last-Event-ID": "0"}
    connection.request("GET", f"{server.path}/events", headers=headers)
    return connection, connection.getresponse()


def follow_what_comes(live: str) -> tuple[HTTPConnection, HTTPResponse]:
    """A reader who is told what comes: once the server has found out who of those before has left."""
    while True:
        connection, stream = follow(live)
        if stream.readline() == b"retry: 1000\n":
            return connection, stream
        stream.close()
        connection.close()


def test_more_followers_than_streams_leave_threads_for_everybody_else(live: str, conn: Connection) -> None:
    tell(conn, "Old")
    with ExitStack() as followers:
        first_lines = []
        for connection, stream in [follow_what_comes(live), *(follow(live) for _ in range(24))]:
            followers.enter_context(closing(connection))
            followers.enter_context(closing(stream))
            first_lines.append(stream.readline())
        answers = LiveApi(live).at_once([Call("GET", "/me")] * 8)

    # All of them are told what is new; no more than there may be are told what comes as well.
    assert first_lines.count(b"retry: 5000\n") > 24 - event_streams.MOST_STREAMS
    assert {answer.status for answer in answers} == {200}


def test_two_workers_at_one_delivery_send_it_once(app: Flask, clone_url: str, conn: Connection) -> None:
    for turn in range(20):
        tell(conn, f"{turn}", user_id=(CUSTOMER, OWNER)[turn % 2])
    ids = undelivered(conn)

    def work(_: int) -> None:
        with app.app_context(), psycopg.connect(clone_url, autocommit=True, row_factory=dict_row) as own:
            deliver_notifications(own, ids)

    with ThreadPoolExecutor(4) as threads:
        [*threads.map(work, range(4))]

    assert sorted(int(subject or "") for *_, subject in outbox(conn)) == [*range(20)]


def test_read_all_beside_more_that_is_told_loses_nothing(
    conn: Connection, two_servers: LiveApi, clone_url: str
) -> None:
    customer = two_servers.by_token(token_of("CUSTOMER"))
    with ThreadPoolExecutor(4) as threads:
        writing = [threads.submit(write, clone_url, writer) for writer in range(4)]
        answers = [customer.at_once([Call("POST", "/notifications/read-all")] * 4) for _ in range(3)]
        [future.result(60) for future in writing]

    read = sum(answer.body["read"] for batch in answers for answer in batch)
    assert read + customer.get("/notifications/unread-count").body["unread"] == 4 * EACH
    assert count(conn, "notifications", "read_at is not null") == read
