"""Ordering: what is taken, what it costs, and that nothing is left of what was refused."""

import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage

from photolens.database import Connection
from photolens.invariants import broken_invariants
from photolens.storage import DiskStorage, StorageUnavailable
from tests.client import ApiClient
from tests.contracts.roles import join_team
from tests.factories import Factory
from tests.photos.orders import PHOTO, form, give_credits, order, ordered
from tests.photos.photos import photo

pytestmark = pytest.mark.usefixtures("stored")

URL = "https://images.example/a/IMG%2042.jpg"


def files_in(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


def test_a_job_waits_with_its_photos_in_their_order(customer: ApiClient) -> None:
    sent = form(PHOTO, photo(format_="PNG"), photo(format_="WEBP"), names=["a.jpg", "b.png", "c.webp"])

    answer = customer.post("/photo-jobs", **sent)

    job = answer.body["job"]
    assert (answer.status, job["status"], job["done"], job["total"]) == (202, "PENDING", 0, 3)
    assert answer.headers["Location"] == f"/api/v1/photo-jobs/{job['id']}"
    assert [(p["position"], p["name"], p["edits"], p["doneAt"]) for p in job["photos"]] == [
        (1, "a.jpg", None, None),
        (2, "b.png", None, None),
        (3, "c.webp", None, None),
    ]
    assert customer.get(f"/photo-jobs/{job['id']}").body == job


def test_what_is_sent_is_stored_as_it_is(conn: Connection, customer: ApiClient, stored: Path) -> None:
    ordered(customer, 2)

    [folder] = [row["storage_folder"] for row in conn.execute("select storage_folder from photo_jobs")]
    files = [f"photo-jobs/{folder}/source-1", f"photo-jobs/{folder}/source-2"]
    assert files_in(stored) == files
    assert [(stored / file).read_bytes() for file in files] == [PHOTO, PHOTO]


def test_the_work_is_queued_with_the_job(conn: Connection, customer: ApiClient) -> None:
    job = ordered(customer)

    [queued] = conn.execute("select task_name, queue_name, lock, args from procrastinate_jobs").fetchall()
    assert queued == {
        "task_name": "process_photo_job",
        "queue_name": "slow",
        "lock": f"photo job {job['id']}",
        "args": {"job_id": job["id"]},
    }


def test_photos_can_be_named_by_their_addresses(conn: Connection, customer: ApiClient, stored: Path) -> None:
    answer = customer.post("/photo-jobs", {"photoUrls": [URL, "https://images.example/"], "prompt": "Sharpen it."})

    photos = answer.body["job"]["photos"]
    assert answer.status == 202
    assert [(p["name"], p["sourceUrl"]) for p in photos] == [
        ("IMG 42.jpg", URL),
        ("photo-2", "https://images.example/"),
    ]
    assert files_in(stored) == []


def test_three_photos_are_free_and_each_other_costs_the_price(
    app: Flask, conn: Connection, customer: ApiClient
) -> None:
    give_credits(app, conn, customer, "5.00")

    first, second = order(customer, 2), order(customer, 4)

    assert (first.body["applied"], first.body["balance"]) == (
        {"freePhotos": 2, "credits": "0.00"},
        {"credits": "5.00", "freePhotosLeft": 1},
    )
    assert (second.body["applied"], second.body["balance"]) == (
        {"freePhotos": 1, "credits": "3.00"},
        {"credits": "2.00", "freePhotosLeft": 0},
    )
    assert (second.body["job"]["unitPrice"], second.body["job"]["cost"]) == ("1.00", "3.00")
    assert broken_invariants(conn) == []


def test_whoever_has_too_few_credits_is_told_how_many_are_missing(
    conn: Connection, customer: ApiClient, stored: Path
) -> None:
    answer = order(customer, 5)

    assert (answer.status, answer.body["code"], answer.body["shortfall"]) == (402, "insufficient_credits", "2.00")
    assert conn.execute("select from photo_jobs").fetchall() == []
    assert conn.execute("select from procrastinate_jobs").fetchall() == []
    assert files_in(stored) == []


def test_the_free_photos_of_a_cancelled_job_are_free_again(app: Flask, conn: Connection, customer: ApiClient) -> None:
    give_credits(app, conn, customer, "1.00")
    job = ordered(customer, 4)

    cancelled = customer.post(f"/photo-jobs/{job['id']}/cancel")
    again = order(customer, 4)

    assert (cancelled.status, cancelled.body["status"], cancelled.body["failure"]) == (200, "FAILED", "Cancelled.")
    assert again.body["applied"] == {"freePhotos": 3, "credits": "1.00"}
    assert broken_invariants(conn) == []


def test_a_disk_that_takes_nothing_leaves_nothing(
    conn: Connection, customer: ApiClient, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = DiskStorage.writing

    def full_at_the_second(self: DiskStorage, key: str) -> Any:
        if key.endswith("source-2"):
            raise StorageUnavailable
        return writing(self, key)

    monkeypatch.setattr(DiskStorage, "writing", full_at_the_second)

    answer = order(customer, 2)

    assert (answer.status, answer.body["code"]) == (503, "storage_unavailable")
    assert conn.execute("select from photo_jobs").fetchall() == []
    assert files_in(stored) == []


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("C:/fakepath/IMG 7.jpg", "IMG 7.jpg"),
        ("../../etc/passwd", "passwd"),
        ("\u202egpj.exe.jpg", "gpj.exe.jpg"),
        (".hidden", "hidden"),
        ("x" * 300 + ".jpg", "x" * 196 + ".jpg"),
        ("é.jpg", "é.jpg"),
        ("..", "photo-1"),
    ],
)
def test_a_photo_is_called_what_its_file_is_called_without_the_way_to_it(
    customer: ApiClient, sent: str, name: str
) -> None:
    answer = customer.post("/photo-jobs", **form(PHOTO, names=[sent]))

    assert [p["name"] for p in answer.body["job"]["photos"]] == [name]


# What is refused


def faults(answer: Any) -> list[tuple[str, str]]:
    assert (answer.status, answer.body["code"]) == (422, "invalid"), answer.body
    return [(fault["pointer"], fault["detail"]) for fault in answer.body["errors"]]


def test_every_file_that_is_no_photo_is_named_at_once(customer: ApiClient, stored: Path) -> None:
    gif, html = photo(format_="GIF"), b"<html><script>alert(1)</script></html>"

    answer = customer.post("/photo-jobs", **form(PHOTO, PHOTO[: len(PHOTO) // 2], gif, html, b"", prompt=" "))

    assert {pointer for pointer, _ in faults(answer)} == {"/prompt", *(f"/photos/{n}" for n in (1, 2, 3, 4))}
    assert files_in(stored) == []


def test_a_file_of_more_than_15_mb_is_named(customer: ApiClient) -> None:
    large = PHOTO + bytes(15 * 1024 * 1024)

    assert faults(customer.post("/photo-jobs", **form(PHOTO, large))) == [("/photos/1", "is larger than 15 MB")]


def test_more_than_thirty_photos_are_too_many_and_none_is_too_few(customer: ApiClient) -> None:
    assert faults(order(customer, 31)) == [("/photos", "does not hold from 1 to 30 photos")]
    assert faults(order(customer, 0)) == [("/photos", "is required")]
    urls = {"photoUrls": [], "prompt": "Sharpen it."}
    assert faults(customer.post("/photo-jobs", urls)) == [("/photoUrls", "does not hold from 1 to 30 photos")]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"prompt": "x" * 501}, "/prompt"),
        ({"prompt": ["one", "two"]}, "/prompt"),
        ({"prompt": FileStorage(io.BytesIO(b"Sharpen it."), "prompt.txt")}, "/prompt"),
        ({"groupName": "x" * 141}, "/groupName"),
        ({"groupName": "a\x00b"}, "/groupName"),
        ({"bookingId": "first"}, "/bookingId"),
        ({"bookingId": str(2**63)}, "/bookingId"),
        ({"photos": "a.jpg"}, "/photos/0"),
        ({"price": "0.00"}, "/price"),
    ],
)
def test_what_is_wrong_with_a_form_is_named(customer: ApiClient, fields: dict[str, Any], pointer: str) -> None:
    assert [named for named, _ in faults(customer.post("/photo-jobs", **form(PHOTO, **fields)))] == [pointer]


@pytest.mark.parametrize(
    "url",
    [
        "http://images.example/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://[::1]/a.jpg",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/a.jpg",
        "https://me:secret@images.example/a.jpg",
        "https://images.example:8443/a.jpg",
        "ftp://images.example/a.jpg",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_not_of_the_public_web_is_named(customer: ApiClient, url: str) -> None:
    answer = customer.post("/photo-jobs", {"photoUrls": [URL, url], "prompt": "Sharpen it."})

    assert [pointer for pointer, _ in faults(answer)] == ["/photoUrls/1"]


BOUNDED = "multipart/form-data; boundary=b"
PROMPT = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nSharpen it.\r\n'


@pytest.mark.parametrize(
    ("content_type", "body", "outcome"),
    [
        (BOUNDED, PROMPT, (400, "bad_request")),
        (BOUNDED, b"nonsense", (400, "bad_request")),
        ("multipart/form-data", PROMPT + b"--b--\r\n", (400, "bad_request")),
        (BOUNDED, PROMPT + b"--b--\r\n", (422, "invalid")),
        (BOUNDED, PROMPT * 41 + b"--b--\r\n", (413, "body_too_large")),
        (BOUNDED, PROMPT.replace(b"it", b"x" * 300_000) + b"--b--\r\n", (413, "body_too_large")),
        ("application/x-www-form-urlencoded", b"prompt=Sharpen", (415, "unsupported_media_type")),
        ("image/jpeg", PHOTO, (415, "unsupported_media_type")),
        ("application/json", b"{", (400, "malformed_json")),
        ("application/json", b" " * (1024 * 1024 + 1), (413, "body_too_large")),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    customer: ApiClient, content_type: str, body: bytes, outcome: tuple[int, str]
) -> None:
    for headers in ({}, {"Idempotency-Key": "k"}):
        answer = customer.post("/photo-jobs", data=body, content_type=content_type, headers=headers)

        assert (answer.status, answer.body["code"]) == outcome


def test_a_form_as_large_as_none_is_is_refused_before_it_is_read(customer: ApiClient) -> None:
    claimed = {"CONTENT_LENGTH": str(500 * 1024 * 1024)}

    answer = customer.post("/photo-jobs", data=PROMPT, content_type=BOUNDED, environ_overrides=claimed)

    assert (answer.status, answer.body["code"]) == (413, "body_too_large")


# For whom


def test_a_program_spends_nobodys_credits(api: ApiClient) -> None:
    token = api.post("/me/tokens", {"name": "Calendar", "permissions": []}).body["token"]

    answer = order(api.by_token(token))

    assert (answer.status, answer.body["code"]) == (403, "session_required")


def test_the_team_may_say_of_which_booking_photos_are(conn: Connection, api: ApiClient, make: Factory) -> None:
    photographer = make.staff()
    join_team(conn, "PHOTOGRAPHER", photographer["id"])
    own, foreign = make.booking(photographer), make.booking()
    caller = api.by_role("PHOTOGRAPHER")

    assert ordered(caller, bookingId=own["id"])["bookingId"] == own["id"]
    for booking_id in (foreign["id"], 987654321):
        answer = order(caller, bookingId=booking_id)
        assert faults(answer) == [("/bookingId", "names nothing that is there")]
    assert ordered(api, bookingId=foreign["id"])["bookingId"] == foreign["id"]


def test_a_customer_names_no_booking(api: ApiClient, make: Factory) -> None:
    assert faults(order(api.by_role("CUSTOMER"), bookingId=make.booking()["id"])) == [
        ("/bookingId", "names nothing that is there")
    ]


def test_nothing_is_made_of_a_client_who_has_been_erased(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    assert api.post(f"/clients/{booking['clientId']}/erase").status == 200

    assert faults(order(api, bookingId=booking["id"])) == [("/bookingId", "names nothing that is there")]


# Demos


def test_a_demo_is_nobodys_and_costs_nothing(conn: Connection, api: ApiClient, stored: Path) -> None:
    answer = api.post("/admin/demo-jobs", {"prompt": "Black and white."})

    job = answer.body
    assert (answer.status, job["userId"], job["total"], job["cost"], job["freePhotos"]) == (202, None, 3, "0.00", 0)
    assert len(files_in(stored)) == 3
    assert conn.execute("select from credit_transactions").fetchall() == []
    assert [row["id"] for row in api.get("/admin/demo-jobs?include=total").body["data"]] == [job["id"]]
    assert api.get("/photo-jobs").body["data"] == []


def test_a_demo_is_shown_to_administrators_and_to_nobody_else(api: ApiClient) -> None:
    job = api.post("/admin/demo-jobs", **form(PHOTO, PHOTO)).body

    assert api.by_role("ADMIN").get(f"/photo-jobs/{job['id']}").body == job
    assert api.by_role("PHOTOGRAPHER").get(f"/photo-jobs/{job['id']}").status == 404
    assert api.by_role("CUSTOMER").get("/admin/demo-jobs").status == 403


def test_the_key_of_a_demo_is_that_of_whoever_has_asked(api: ApiClient) -> None:
    def ask(role: str) -> Any:
        wish = {"prompt": "Black and white."}
        return api.by_role(role).post("/admin/demo-jobs", wish, headers={"Idempotency-Key": "k"}).body["id"]

    assert ask("OWNER") == ask("OWNER") != ask("ADMIN")
