"""A form that is sent again under its key: one job, whatever became of the first answer."""

from pathlib import Path
from typing import Any

import pytest

from photolens.database import Connection
from photolens.storage import DiskStorage
from tests.client import ApiClient
from tests.photos.orders import PHOTO, form, order
from tests.photos.photos import photo

pytestmark = pytest.mark.usefixtures("stored")

KEY = {"Idempotency-Key": "k"}


@pytest.fixture
def customer(api: ApiClient) -> ApiClient:
    return api.by_role("CUSTOMER")


def jobs(conn: Connection) -> int:
    return len(conn.execute("select from photo_jobs").fetchall())


def test_a_form_sent_again_under_its_key_has_another_boundary_and_the_same_job(
    conn: Connection, customer: ApiClient, stored: Path
) -> None:
    first, second = form(PHOTO, PHOTO), form(PHOTO, PHOTO)
    assert first["content_type"] != second["content_type"]

    answers = [customer.post("/photo-jobs", headers=KEY, **sent) for sent in (first, second)]

    assert [answer.status for answer in answers] == [202, 202]
    assert answers[0].body == answers[1].body
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert jobs(conn) == len(conn.execute("select from procrastinate_jobs").fetchall()) == 1
    assert len([*stored.rglob("source-*")]) == 2


def test_what_was_applied_then_is_told_with_the_balance_of_now(customer: ApiClient) -> None:
    order(customer, 2, key="k")
    order(customer, 1)

    answer = order(customer, 2, key="k")

    assert answer.body["applied"] == {"freePhotos": 2, "credits": "0.00"}
    assert answer.body["balance"] == {"credits": "0.00", "freePhotosLeft": 0}


@pytest.mark.parametrize(
    "other",
    [
        form(PHOTO),
        form(PHOTO, photo((61, 40))),
        form(PHOTO, PHOTO, names=["IMG_1.jpg", "another.jpg"]),
        form(PHOTO, PHOTO, prompt="Another."),
        form(PHOTO, PHOTO, groupName="Garden"),
    ],
)
def test_the_key_of_another_form_is_refused(conn: Connection, customer: ApiClient, other: dict[str, Any]) -> None:
    order(customer, 2, key="k")

    answer = customer.post("/photo-jobs", headers=KEY, **other)

    assert (answer.status, answer.body["code"]) == (422, "idempotency_key_reused")
    assert jobs(conn) == 1


def test_addresses_have_keys_as_forms_do(customer: ApiClient) -> None:
    body = {"photoUrls": ["https://images.example/a.jpg"], "prompt": "Sharpen it."}

    answers = [customer.post("/photo-jobs", body, headers=KEY) for _ in range(2)]
    other = customer.post("/photo-jobs", body | {"photoUrls": ["https://images.example/b.jpg"]}, headers=KEY)

    assert answers[0].body == answers[1].body
    assert other.body["code"] == "idempotency_key_reused"


def test_what_was_refused_may_be_sent_again_mended(customer: ApiClient) -> None:
    assert order(customer, 4, key="k").status == 402
    assert order(customer, 3, key="k").status == 202


def test_a_key_is_that_of_its_user(api: ApiClient, customer: ApiClient) -> None:
    assert order(customer, key="k").body["job"]["id"] != order(api, key="k").body["job"]["id"]


def test_a_key_can_be_used_again_after_a_day(conn: Connection, customer: ApiClient) -> None:
    first = order(customer, key="k")
    conn.execute("update photo_jobs set created_at = now() - interval '25 hours'")

    assert order(customer, 2, key="k").body["job"]["id"] != first.body["job"]["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256])
def test_what_is_no_key_is_refused_before_anything_is_stored(customer: ApiClient, stored: Path, key: str) -> None:
    answer = customer.post("/photo-jobs", headers={"Idempotency-Key": key}, **form(PHOTO))

    assert (answer.status, answer.body["errors"][0]["pointer"]) == (422, "/Idempotency-Key")
    assert [*stored.rglob("source-*")] == []


def test_of_two_at_once_the_second_finds_the_job_of_the_first(
    conn: Connection, customer: ApiClient, stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing = DiskStorage.writing
    overtaken: list[Any] = []

    def meanwhile(self: DiskStorage, key: str) -> Any:
        monkeypatch.undo()
        monkeypatch.setitem(customer._app.extensions, "storage", self)
        overtaken.append(order(customer, key="k"))
        return writing(self, key)

    monkeypatch.setattr(DiskStorage, "writing", meanwhile)

    answer = order(customer, key="k")

    assert overtaken[0].body == answer.body
    assert jobs(conn) == len([*stored.rglob("source-*")]) == 1
