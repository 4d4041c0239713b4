"""Following what one is told: from now on, or after the number that one has had last, without a gap."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from photolens import event_streams
from photolens.database import Connection
from tests.client import ApiClient
from tests.platform.told import OWNER, tell


class Reader:
    """Reads the stream of the customer's, piece by piece."""

    def __init__(self, app: Flask, last_id: str | None = None) -> None:
        headers = {"Authorization": "Bearer test-customer"} | ({"Last-Event-ID": last_id} if last_id else {})
        self.answer: TestResponse = app.test_client().get("/api/v1/events", headers=headers)
        self._pieces: Iterator[bytes] = self.answer.iter_encoded()

    def next(self) -> str:
        return next(self._pieces).decode()

    def rest(self) -> str:
        return b"".join(self._pieces).decode()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "PAUSE", 0)


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


@pytest.fixture
def _no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams that end at once: what they would tell first is all that they do."""
    monkeypatch.setattr(event_streams, "LONGEST", 0)


def follow(api: ApiClient, last_id: str | None = None) -> Any:
    return api.get("/events", headers={} if last_id is None else {"Last-Event-ID": last_id})


def told(text: str) -> list[tuple[int, str]]:
    """The ids of the events in a piece of a stream, each with the title that it tells."""
    events = [piece.split("\n") for piece in text.split("\n\n") if "\nevent: notification\n" in piece]
    return [
        (int(lines[0].removeprefix("id: ")), json.loads(lines[2].removeprefix("data: "))["title"]) for lines in events
    ]


def test_a_reader_is_told_what_comes_and_nothing_old(app: Flask, conn: Connection) -> None:
    tell(conn, "Old")
    reader = Reader(app)

    assert reader.next() == "retry: 1000\n\nid: 1\n\n"
    assert reader.next() == ":\n\n"
    tell(conn, "New")
    tell(conn, "Newer")
    assert told(reader.next()) == [(2, "New"), (3, "Newer")]
    assert reader.next() == ":\n\n"
    reader.answer.close()


def test_an_event_is_the_notification_as_the_api_shows_it(app: Flask, conn: Connection, customer: ApiClient) -> None:
    reader = Reader(app)
    reader.next()
    tell(conn, "Yoga has moved", subject_type="CLASS_SESSION", subject_id=12)

    number, name, data = reader.next().strip().split("\n")
    reader.answer.close()

    [row] = customer.get("/notifications").body["data"]
    assert (number, name) == ("id: 1", "event: notification")
    assert json.loads(data.removeprefix("data: ")) == row


@pytest.mark.usefixtures("_no_time")
def test_who_was_told_nothing_yet_begins_before_the_first(conn: Connection, customer: ApiClient) -> None:
    begun = follow(customer).body
    tell(conn, "First")

    assert begun == "retry: 1000\n\nid: 0\n\n"
    assert told(follow(customer, "0").body) == [(1, "First")]


@pytest.mark.usefixtures("_no_time")
def test_a_reader_who_comes_again_goes_on_where_they_were(conn: Connection, customer: ApiClient) -> None:
    tell(conn, *"abcd")

    assert told(follow(customer, "2").body) == [(3, "c"), (4, "d")]
    assert follow(customer, "4").body == "retry: 1000\n\n"


@pytest.mark.usefixtures("_no_time")
def test_a_number_beyond_the_newest_is_taken_for_the_newest(conn: Connection, customer: ApiClient) -> None:
    tell(conn, *"abc")

    assert follow(customer, "9223372036854775807").body == "retry: 1000\n\nid: 3\n\n"


@pytest.mark.parametrize("last_id", ["", "x", "-1", "1.5", "01", " 1 2", "9223372036854775808", "PENDING-0", "١"])
def test_what_is_no_number_is_refused(customer: ApiClient, last_id: str) -> None:
    refused = follow(customer, last_id.encode().decode("latin-1"))

    assert (refused.status, refused.body["code"]) == (422, "invalid")
    assert refused.body["errors"][0] == {
        "in": "header",
        "pointer": "/Last-Event-ID",
        "detail": "is not the id of an event of this stream",
    }


@pytest.mark.usefixtures("_no_time")
def test_nobody_is_told_what_somebody_else_is(conn: Connection, api: ApiClient, customer: ApiClient) -> None:
    tell(conn, "For the owner", user_id=OWNER)

    assert follow(customer, "0").body == "retry: 1000\n\n"
    assert told(follow(api, "0").body) == [(1, "For the owner")]


@pytest.mark.usefixtures("_no_time")
def test_what_was_told_to_one_who_was_away_for_long_comes_in_pieces(conn: Connection, customer: ApiClient) -> None:
    tell(conn, *(f"{n}" for n in range(1, 251)))
    read: list[int] = []

    while piece := told(follow(customer, str(read[-1] if read else 0)).body):
        read += [number for number, _ in piece]

    assert read == [*range(1, 251)]


def test_past_the_bound_a_reader_is_told_at_once_and_loses_nothing(
    app: Flask, conn: Connection, customer: ApiClient
) -> None:
    tell(conn, "a")
    readers = [Reader(app) for _ in range(event_streams.MOST_STREAMS)]

    begun = follow(customer).body
    tell(conn, "b")
    again = follow(customer, "1").body
    for reader in readers:
        reader.answer.close()

    assert begun == "retry: 5000\n\nid: 1\n\n"
    assert again.startswith("retry: 5000\n\n")
    assert told(again) == [(2, "b")]
    let_in = Reader(app)
    assert let_in.next().startswith("retry: 1000\n\n")
    let_in.answer.close()


def test_a_stream_holds_no_connection_between_its_looks(app: Flask, conn: Connection) -> None:
    reader = Reader(app)

    for _ in range(3):
        reader.next()
        assert conn.execute("select current_role::text as name").fetchone() != {"name": "photolens_app"}
    reader.answer.close()


def test_a_stream_is_read_with_a_token_and_not_without(api: ApiClient) -> None:
    assert follow(api.by_token(None)).status == 401
