"""Following a job: what its reader is told, and what a stream costs the server."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from photolens import event_streams
from photolens.database import Connection
from tests.client import ApiClient
from tests.photos.orders import complete, ordered

pytestmark = pytest.mark.usefixtures("stored")


class Reader:
    """Reads the stream of a job, piece by piece."""

    def __init__(self, app: Flask, job_id: int, last_id: str | None = None) -> None:
        headers = {"Authorization": "Bearer test-customer"} | ({"Last-Event-ID": last_id} if last_id else {})
        path = f"/api/v1/photo-jobs/{job_id}/events"
        self.answer: TestResponse = app.test_client().get(path, headers=headers)
        self._pieces: Iterator[bytes] = self.answer.iter_encoded()

    def next(self) -> str:
        return next(self._pieces).decode()

    def rest(self) -> str:
        return b"".join(self._pieces).decode()


def event(name: str, status: str, done: int, total: int = 2) -> str:
    data = json.dumps({"status": status, "done": done, "total": total}, separators=(",", ":"))
    return f"id: {status}-{done}\nevent: {name}\ndata: {data}\n\n"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "PAUSE", 0)


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


def begin(conn: Connection, job_id: int, done: int) -> None:
    conn.execute("update photo_jobs set status = 'PROCESSING', started_at = now() where id = %s", [job_id])
    conn.execute(
        "update photo_job_photos set done_at = now(), edits = '[]' where job_id = %s and position <= %s", [job_id, done]
    )


def test_a_reader_is_told_the_present_state_then_each_change_then_the_end(
    app: Flask, conn: Connection, customer: ApiClient
) -> None:
    job_id = ordered(customer, 2)["id"]
    reader = Reader(app, job_id)

    assert reader.next() == "retry: 1000\n\n" + event("progress", "PENDING", 0)
    assert reader.next() == ":\n\n"
    begin(conn, job_id, done=1)
    assert reader.next() == event("progress", "PROCESSING", 1)
    complete(app, conn, job_id)
    assert reader.rest() == event("progress", "COMPLETED", 2) + event("done", "COMPLETED", 2)
    reader.answer.close()


def test_a_stream_is_not_kept_by_anybody_on_the_way(app: Flask, customer: ApiClient) -> None:
    reader = Reader(app, ordered(customer, 2)["id"])
    reader.answer.close()

    headers = reader.answer.headers
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert "ETag" not in headers


def test_a_reader_who_comes_again_goes_on_where_they_were(app: Flask, conn: Connection, customer: ApiClient) -> None:
    job_id = ordered(customer, 2)["id"]
    reader = Reader(app, job_id, last_id="PENDING-0")

    assert reader.next() == "retry: 1000\n\n"
    begin(conn, job_id, done=0)
    assert reader.next() == event("progress", "PROCESSING", 0)
    reader.answer.close()


def test_a_reader_who_comes_late_is_told_the_end(app: Flask, conn: Connection, customer: ApiClient) -> None:
    job_id = ordered(customer, 2)["id"]
    complete(app, conn, job_id)

    assert customer.get(f"/photo-jobs/{job_id}/events").body == (
        "retry: 1000\n\n" + event("progress", "COMPLETED", 2) + event("done", "COMPLETED", 2)
    )
    seen = {"Last-Event-ID": "COMPLETED-2"}
    again = customer.get(f"/photo-jobs/{job_id}/events", headers=seen)
    assert again.body == "retry: 1000\n\n" + event("done", "COMPLETED", 2)


def test_a_stream_ends_by_itself(customer: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "LONGEST", 0)
    job_id = ordered(customer, 2)["id"]

    answer = customer.get(f"/photo-jobs/{job_id}/events")

    assert answer.body == "retry: 1000\n\n" + event("progress", "PENDING", 0)


def test_a_stream_holds_no_connection_between_its_looks(app: Flask, conn: Connection, customer: ApiClient) -> None:
    reader = Reader(app, ordered(customer, 2)["id"])

    for _ in range(3):
        reader.next()
        assert conn.execute("select current_role::text as name").fetchone() != {"name": "photolens_app"}
    reader.answer.close()


def test_past_the_bound_a_reader_is_told_at_once_what_is_new(app: Flask, customer: ApiClient) -> None:
    job_id = ordered(customer, 2)["id"]
    readers = [Reader(app, job_id) for _ in range(event_streams.MOST_STREAMS)]

    answer = customer.get(f"/photo-jobs/{job_id}/events")
    readers[0].answer.close()
    let_in = Reader(app, job_id)

    assert answer.body == "retry: 5000\n\n" + event("progress", "PENDING", 0)
    assert let_in.next().startswith("retry: 1000\n\n")
    for reader in (let_in, *readers[1:]):
        reader.answer.close()


def test_a_job_that_is_deleted_meanwhile_ends_its_stream(app: Flask, conn: Connection, customer: ApiClient) -> None:
    job_id = ordered(customer, 2)["id"]
    reader = Reader(app, job_id)
    reader.next()
    customer.post(f"/photo-jobs/{job_id}/cancel")
    customer.delete(f"/photo-jobs/{job_id}")

    assert reader.rest() == ""
    reader.answer.close()
