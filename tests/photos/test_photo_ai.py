"""The editor at PHOTO_AI_URL: what is sent there, what it may answer, and what becomes of the job otherwise."""

import base64
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import policy
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import pytest
from flask import Flask
from PIL import Image

from photolens import photo_ai
from photolens.config import Settings
from photolens.database import Connection
from photolens.photos.actions.work import process_photo_job
from photolens.storage import DiskStorage
from tests.photos.jobs import a_job, of, result
from tests.photos.photos import photo

pytestmark = pytest.mark.usefixtures("credits")

ANSWER = photo((30, 20), "PNG")


@dataclass
class Stub:
    """A photo service: `answers` one after the other (status, type, body; or nothing at all), the last for ever."""

    url: str = ""
    answers: list[tuple[int, str, bytes] | Literal["drop"]] = field(default_factory=list)
    requests: list[tuple[dict[str, str], dict[str, tuple[str | None, bytes]]]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator["Stub"]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                stub.requests.append(({k.lower(): v for k, v in self.headers.items()}, _parts(self.headers, body)))
                answer = stub.answers.pop(0) if len(stub.answers) > 1 else stub.answers[0]
                if answer == "drop":
                    return
                status, media_type, content = answer
                self.send_response(status)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Location", self.path)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.url = f"http://127.0.0.1:{server.server_address[1]}/v1/images/edits"
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


def _parts(headers: Any, body: bytes) -> dict[str, tuple[str | None, bytes]]:
    """The parts of a form, by their names: media type and content."""
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    form = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    parts: Any = form
    return {
        part.get_param("name", header="content-disposition"): (
            part.get_content_type() if part.get_filename() else None,
            part.get_payload(decode=True),
        )
        for part in parts.iter_parts()
    }


@pytest.fixture(autouse=True)
def stub(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """The service that the application is told to use."""
    with Stub(answers=[(200, "image/png", ANSWER)]).running() as stub:
        monkeypatch.setitem(
            app.extensions, "settings", replace(settings, photo_ai_url=stub.url, photo_ai_key="the key")
        )
        yield stub
    photo_ai._pool.cache_clear()


def test_each_photo_is_sent_with_the_prompt_as_a_form(conn: Connection, storage: DiskStorage, stub: Stub) -> None:
    job_id = a_job(conn, storage, [photo(), photo(format_="WEBP")], prompt="make the dog smile – bitte")
    process_photo_job(conn, job_id)

    (headers, form), (other_headers, other_form) = stub.requests
    assert headers["authorization"] == "Bearer the key"
    assert headers["idempotency-key"] == f"photo-job-{job_id}-1"
    assert other_headers["idempotency-key"] == f"photo-job-{job_id}-2"
    assert form["prompt"][1].decode() == "make the dog smile – bitte"
    assert (form["image"][0], other_form["image"][0]) == ("image/jpeg", "image/webp")
    assert Image.open(io.BytesIO(form["image"][1])).size == (60, 40)


def test_what_is_sent_is_upright_and_does_not_say_where_it_was_taken(
    conn: Connection, storage: DiskStorage, stub: Stub
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    process_photo_job(conn, a_job(conn, storage, [photo(exif=exif.tobytes())]))
    [(_, form)] = stub.requests
    sent = Image.open(io.BytesIO(form["image"][1]))

    assert sent.size == (40, 60)
    assert not sent.getexif()


JSON_ANSWER = json.dumps({"created": 1, "data": [{"b64_json": base64.b64encode(ANSWER).decode()}]}).encode()


@pytest.mark.parametrize("answer", [(200, "image/png", ANSWER), (200, "application/json; charset=utf-8", JSON_ANSWER)])
def test_the_answer_is_a_photo_or_json_with_one(
    conn: Connection, storage: DiskStorage, tmp_path: Path, stub: Stub, answer: tuple[int, str, bytes]
) -> None:
    stub.answers = [answer]
    job_id = a_job(conn, storage)
    process_photo_job(conn, job_id)

    packed = result(conn, tmp_path, job_id)
    assert packed.namelist() == ["01-photo 1.png", "edits.json"]
    assert packed.read("01-photo 1.png") == ANSWER
    assert json.loads(packed.read("edits.json"))[0]["edits"] == [{"edit": "EXTERNAL"}]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (
            (400, "application/json", b'{"error": {"message": "Your request was\\u0000 rejected."}}'),
            "The photo service declines it: Your request was rejected.",
        ),
        ((422, "text/plain", b"no"), "The photo service declines it."),
        (
            (401, "application/json", b'{"error": {"message": "Incorrect key: the key"}}'),
            "The photo service answers 401.",
        ),
        ((307, "text/plain", b""), "The photo service answers 307."),
    ],
)
def test_a_refusal_fails_the_job_with_a_reason(
    conn: Connection, storage: DiskStorage, stub: Stub, answer: tuple[int, str, bytes], reason: str
) -> None:
    stub.answers = [answer]
    job_id = a_job(conn, storage)
    process_photo_job(conn, job_id)

    assert (of(conn, job_id)["status"], of(conn, job_id)["failure"]) == ("FAILED", f"Photo 1, photo 1.jpg: {reason}")
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, "text/plain", b""),
        (503, "image/png", ANSWER),
        (429, "application/json", b"{}"),
        (200, "image/png", ANSWER[:-50]),
        (200, "text/html", ANSWER),
        (200, "application/json", b'{"data": []}'),
        (200, "application/json", b'{"data": [{"b64_json": "!"}]}'),
        (200, "application/json", b"nothing"),
        "drop",
    ],
)
def test_what_may_be_otherwise_the_next_time_is_tried_again(
    conn: Connection, storage: DiskStorage, stub: Stub, answer: tuple[int, str, bytes] | Literal["drop"]
) -> None:
    stub.answers = [answer, (200, "image/png", ANSWER)]
    job_id = a_job(conn, storage)
    process_photo_job(conn, job_id)
    assert of(conn, job_id)["status"] == "PROCESSING"
    process_photo_job(conn, job_id)

    assert of(conn, job_id)["status"] == "COMPLETED"
    first, second = (headers["idempotency-key"] for headers, _ in stub.requests)
    assert first == second


def test_an_answer_that_is_too_large_is_not_read_to_its_end(
    conn: Connection, storage: DiskStorage, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_ai, "LARGEST_PHOTO", len(ANSWER) - 1)
    job_id = a_job(conn, storage)
    for _ in range(3):
        process_photo_job(conn, job_id)

    assert str(of(conn, job_id)["failure"]).endswith("What the photo service answers is too large.")


def test_nobody_is_waited_for_for_ever(
    conn: Connection, storage: DiskStorage, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_ai, "DEADLINE", 0.0001)
    job_id = a_job(conn, storage)
    process_photo_job(conn, job_id)

    assert of(conn, job_id)["status"] == "PROCESSING"
