"""Exports as they are in production: from the real server, larger than its memory, of one moment, given up halfway."""

import json
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from photolens.database import Connection
from photolens.downloads import MOST_STREAMS
from tests.conftest import RunningServer, serving

pytestmark = [pytest.mark.committed, pytest.mark.own_database]

CLIENTS = 45_000
PATIENCE = 10.0  # seconds


@pytest.fixture
def server(clone_url: str) -> Iterator[RunningServer]:
    with serving(DATABASE_URL=clone_url, DATABASE_CONNECTION_LIMIT="3") as running:
        yield running


def add_clients(conn: Connection, how_many: int) -> None:
    """Clients with notes of 4,500 characters."""
    conn.execute("drop index clients_search_idx")  # which takes longer to fill than the table
    conn.execute("set session_replication_role = replica")  # not told of one by one in the audit trail
    conn.execute(
        """
        insert into clients (name, email, notes)
        select 'Client ' || n, 'client' || n || '@example.com', repeat(md5(n::text), 141)
        from generate_series(1, %s) as n
        """,
        [how_many],
    )


def ask(server: RunningServer) -> tuple[HTTPConnection, HTTPResponse]:
    url = urlsplit(server.api)
    connection = HTTPConnection(url.hostname or "", url.port, timeout=60)
    connection.request("GET", f"{url.path}/exports/clients.csv", headers={"Authorization": "Bearer test-owner"})
    return connection, connection.getresponse()


def peak_of(server: RunningServer) -> int:
    """The most memory that the server's process has had, in megabytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def transactions(conn: Connection) -> int:
    row = conn.execute(
        """
        select count(*) as open from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
        """
    ).fetchone()
    assert row is not None
    return int(row["open"])


def until(is_so: Any) -> bool:
    """Whether it comes to be so while somebody would wait."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_an_export_of_200_megabytes_is_of_one_moment_and_takes_a_piece_of_it_in_memory(
    server: RunningServer, conn: Connection
) -> None:
    add_clients(conn, CLIENTS)
    small, response = ask(server)
    response.read(1024 * 1024)
    small.close()
    before = peak_of(server)

    connection, response = ask(server)
    start = response.read(64 * 1024)
    conn.execute("insert into clients (name, email) values ('Late', 'late@example.com')")
    conn.execute("update clients set notes = 'Changed meanwhile.' where id > %s", [CLIENTS - 100])
    size, ends = len(start), start
    while piece := response.read(1024 * 1024):
        size, ends = size + len(piece), piece
    connection.close()

    assert size > 200_000_000
    assert b"late@example.com" not in ends
    assert b"Changed meanwhile." not in ends
    assert ends.count(b"\r\n") > 1
    assert f"client{CLIENTS}@example.com".encode() in ends
    assert peak_of(server) - before < 50


def test_whoever_stops_reading_keeps_nobody_from_working_and_whoever_goes_away_keeps_no_connection(
    server: RunningServer, conn: Connection
) -> None:
    add_clients(conn, 8_000)
    readers = [ask(server) for _ in range(3)]
    assert transactions(conn) == 3

    conn.execute("set lock_timeout = '1s'")
    conn.execute("update clients set phone = '1' where id <= 1000")
    conn.execute("delete from clients where id <= 100")

    for connection, response in readers:
        response.close()
        connection.close()
    assert until(lambda: transactions(conn) == 0)
    assert lines(server) == 7_901


def test_so_many_files_are_sent_at_once_and_one_more_is_told_to_come_back(clone_url: str, conn: Connection) -> None:
    add_clients(conn, 8_000)
    with serving(DATABASE_URL=clone_url) as server:
        readers = [ask(server) for _ in range(MOST_STREAMS)]

        connection, refused = ask(server)
        assert (refused.status, json.loads(refused.read())["code"]) == (429, "rate_limited")
        assert refused.getheader("Retry-After")
        connection.close()

        for connection, response in readers:
            response.close()
            connection.close()
        assert until(lambda: transactions(conn) == 0)
        assert lines(server) == 8_001


def test_a_database_that_goes_away_ends_the_file_and_keeps_no_connection(
    server: RunningServer, conn: Connection
) -> None:
    add_clients(conn, 8_000)
    readers = [ask(server) for _ in range(3)]

    conn.execute(
        """
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
        """
    )

    for connection, response in readers:
        with pytest.raises(IncompleteRead):
            response.read()
        connection.close()
    assert lines(server) == 8_001


def lines(server: RunningServer) -> int:
    connection, response = ask(server)
    number = response.read().count(b"\r\n")
    connection.close()
    return number
