"""Photo jobs that are ordered at once, broken off, and followed, on real servers."""

import json
import socket
from collections import Counter
from decimal import Decimal
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlsplit

import pytest

from photolens import event_streams
from photolens.credits.actions import ledger
from photolens.database import Connection
from tests.client import token_of
from tests.photos.orders import form
from tests.photos.photos import photo
from tests.races.live import Call, LiveApi, count, outcomes
from tests.waiting import until

BODY = {"photoUrls": ["https://images.example/a.jpg"], "prompt": "Sharpen it."}
WITHOUT_FREE_PHOTOS = {"photoUrls": [f"https://images.example/{n}.jpg" for n in range(3)], "prompt": "Sharpen it."}

pytestmark = pytest.mark.committed


@pytest.fixture
def user_id(conn: Connection) -> Any:
    row = conn.execute("select id from auth_users where role = 'OWNER'").fetchone()
    assert row is not None
    return row["id"]


def test_ten_jobs_at_once_on_five_credits(conn: Connection, two_servers: LiveApi, user_id: Any) -> None:
    assert two_servers.post("/photo-jobs", WITHOUT_FREE_PHOTOS).status == 202
    ledger.deposit(conn, user_id, "GRANT", Decimal("5.00"), expires_at=None, reason="A gift")

    answers = two_servers.at_once([Call("POST", "/photo-jobs", BODY)] * 10)

    assert outcomes(answers) == Counter({(202, None): 5, (402, "insufficient_credits"): 5})
    assert {answer.body["shortfall"] for answer in answers if answer.status == 402} == {"1.00"}
    assert two_servers.get("/photo-jobs/dashboard").body["credits"] == "0.00"
    assert count(conn, "procrastinate_jobs") == 6


def test_the_free_photos_are_given_once_however_many_ask(two_servers: LiveApi) -> None:
    answers = two_servers.at_once([Call("POST", "/photo-jobs", BODY)] * 8)

    assert outcomes(answers) == Counter({(202, None): 3, (402, "insufficient_credits"): 5})


def test_one_key_at_once_makes_one_job(conn: Connection, two_servers: LiveApi) -> None:
    answers = two_servers.at_once([Call("POST", "/photo-jobs", BODY, {"Idempotency-Key": "k"})] * 8)

    assert {answer.status for answer in answers} == {202}
    assert len({answer.body["job"]["id"] for answer in answers}) == count(conn, "photo_jobs") == 1


def test_one_key_at_once_makes_one_demo(conn: Connection, two_servers: LiveApi) -> None:
    answers = two_servers.at_once([Call("POST", "/admin/demo-jobs", BODY, {"Idempotency-Key": "k"})] * 8)

    assert {answer.status for answer in answers} <= {202, 409}
    assert count(conn, "photo_jobs") == 1


def test_a_job_is_cancelled_once_and_its_credits_come_back_once(
    conn: Connection, two_servers: LiveApi, user_id: Any
) -> None:
    ledger.deposit(conn, user_id, "GRANT", Decimal("5.00"), expires_at=None, reason="A gift")
    body = {"photoUrls": ["https://images.example/a.jpg"] * 5, "prompt": "Sharpen it."}
    job = two_servers.post("/photo-jobs", body).body["job"]

    answers = two_servers.at_once([Call("POST", f"/photo-jobs/{job['id']}/cancel")] * 8)

    assert outcomes(answers) == Counter({(200, None): 1, (409, "photo_job_started"): 7})
    dashboard = two_servers.get("/photo-jobs/dashboard").body
    assert (dashboard["credits"], dashboard["freePhotosLeft"]) == ("5.00", 3)


def test_an_answer_that_nobody_heard_is_given_again(conn: Connection, live: str) -> None:
    server, body = urlsplit(live), json.dumps(BODY).encode()
    with socket.create_connection((server.hostname, server.port)) as wire:
        wire.sendall(
            f"POST {server.path}/photo-jobs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token_of('OWNER')}\r\n"
            f"Content-Type: application/json\r\nIdempotency-Key: k\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )

    until(lambda: count(conn, "photo_jobs") == 1)
    answer = LiveApi(live).post("/photo-jobs", BODY, headers={"Idempotency-Key": "k"})

    assert (answer.status, answer.body["applied"]) == (202, {"freePhotos": 1, "credits": "0.00"})
    assert count(conn, "photo_jobs") == 1


def test_a_form_of_several_megabytes_is_taken(live: str) -> None:
    large = photo() + bytes(3 * 1024 * 1024)  # what follows the picture is no part of it
    sent = form(large, large, large)
    server = urlsplit(live)
    connection = HTTPConnection(server.hostname or "", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {token_of('OWNER')}", "Content-Type": sent["content_type"]}

    connection.request("POST", f"{server.path}/photo-jobs", sent["data"], headers)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()

    assert (response.status, answer["job"]["total"]) == (202, 3)


# Streams


def follow(live: str, job_id: int) -> tuple[HTTPConnection, HTTPResponse]:
    server = urlsplit(live)
    connection = HTTPConnection(server.hostname or "", server.port, timeout=60)
    headers = {"Authorization": f"Bearer {token_of('OWNER')}"}
    connection.request("GET", f"{server.path}/photo-jobs/{job_id}/events", headers=headers)
    return connection, connection.getresponse()


def test_a_job_is_followed_to_its_end_and_a_reader_who_leaves_makes_room(live: str) -> None:
    job_id = LiveApi(live).post("/photo-jobs", BODY).body["job"]["id"]
    streams = [follow(live, job_id) for _ in range(event_streams.MOST_STREAMS)]
    assert {stream.readline() for _, stream in streams} == {b"retry: 1000\n"}
    connection, told = follow(live, job_id)
    assert told.read().startswith(b"retry: 5000\n")
    connection.close()

    for connection, stream in streams[1:]:
        stream.close()
        connection.close()
    until(lambda: _is_let_in(live, job_id))

    assert LiveApi(live).post(f"/photo-jobs/{job_id}/cancel").status == 200
    connection, stream = streams[0]
    assert b"event: done\n" in stream.read()
    connection.close()


def _is_let_in(live: str, job_id: int) -> bool:
    connection, stream = follow(live, job_id)
    line: bytes = stream.readline()
    stream.close()
    connection.close()
    return line == b"retry: 1000\n"
