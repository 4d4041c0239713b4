"""Refusals: one form for all of them (RFC 9457), every fault at once, and nothing of the machinery behind."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection, open_pools
from tests.client import PREFIX, Answer, ApiClient, token_of, with_token
from tests.factories import Factory


def raw(api: ApiClient, content: str | bytes, path: str = "/clients", media: str = "application/json") -> Answer:
    """POST these very bytes."""
    return api.post(path, data=content, content_type=media)


def pointers(refused: Answer) -> list[str]:
    return [fault["pointer"] for fault in refused.body["errors"]]


def conflict(api: ApiClient, make: Factory) -> Answer:
    make.category(name="Weddings")
    return api.post("/session-categories", {"name": "Weddings"})


def reused_key(api: ApiClient, _make: Factory) -> Answer:
    for name in ("Weddings", "Events"):
        answer = api.post("/session-categories", {"name": name}, headers={"Idempotency-Key": "key-1"})
    return answer


def through_a_personal_token(api: ApiClient, _make: Factory) -> Answer:
    made = api.post("/me/tokens", {"name": "Calendar sync", "permissions": []})
    return api.by_token(made.body["token"]).get("/me/tokens")


def once_too_often(api: ApiClient, _make: Factory) -> Answer:
    for _ in range(6):
        answer = api.post("/auth/send-verification", {"email": "emma@example.com"})
    return answer


REFUSALS: dict[tuple[int, str], Callable[[ApiClient, Factory], Answer]] = {
    (400, "malformed_json"): lambda api, _: raw(api, "{"),
    (401, "unauthenticated"): lambda api, _: api.by_token(None).get("/clients"),
    (403, "forbidden"): lambda api, _: api.by_role("CUSTOMER").get("/clients"),
    (403, "session_required"): through_a_personal_token,
    (404, "not_found"): lambda api, _: api.get("/clients/999999"),
    (405, "method_not_allowed"): lambda api, _: api.delete("/clients"),
    (409, "name_taken"): conflict,
    (413, "body_too_large"): lambda api, _: raw(api, b'"' + b"x" * 1024 * 1024 + b'"'),
    (415, "unsupported_media_type"): lambda api, _: raw(api, "name=Emma", media="application/x-www-form-urlencoded"),
    (422, "invalid"): lambda api, _: api.post("/clients", {}),
    (422, "idempotency_key_reused"): reused_key,
    (429, "rate_limited"): once_too_often,
}


@pytest.mark.parametrize(("status", "code"), REFUSALS)
def test_every_refusal_has_the_members_of_a_problem(api: ApiClient, make: Factory, status: int, code: str) -> None:
    refused = REFUSALS[status, code](api, make)

    assert (refused.status, refused.body["status"], refused.body["code"]) == (status, status, code)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.body["type"] == f"urn:photolens:problem:{code}"
    assert refused.body["instance"].startswith(PREFIX)
    assert refused.body["title"]
    assert refused.body["detail"]


def test_an_address_that_is_none_is_not_found(api: ApiClient) -> None:
    refused = api.get("/nothing")

    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert refused.body["instance"] == f"{PREFIX}/nothing"


@pytest.mark.parametrize("number", ["0", "-1", "01", "1.0", "abc", "9223372036854775808", "9" * 30, "1%00"])
def test_what_cannot_be_a_rows_number_is_not_found(api: ApiClient, number: str) -> None:
    refused = api.get(f"/clients/{number}")

    assert (refused.status, refused.body["code"]) == (404, "not_found")


def test_the_greatest_number_a_row_can_have_is_just_not_there(api: ApiClient) -> None:
    refused = api.get("/clients/9223372036854775807")

    assert (refused.status, refused.body["detail"]) == (404, "There is no client 9223372036854775807.")


NOBODY = "550e8400-e29b-41d4-a716-446655440000"
ABSENT = [
    ("GET", "/clients/999999", None),
    ("PATCH", "/clients/999999", {"name": "Emma Chen"}),
    ("DELETE", "/clients/999999", None),
    ("GET", "/session-categories/999999", None),
    ("PATCH", "/session-categories/999999", {"name": "Weddings"}),
    ("DELETE", "/session-categories/999999", None),
    ("GET", "/session-packages/999999", None),
    ("PATCH", "/session-packages/999999", {"name": "Portrait"}),
    ("DELETE", "/session-packages/999999", None),
    ("GET", "/staff/999999", None),
    ("PATCH", "/staff/999999", {"name": "Lena"}),
    ("DELETE", "/staff/999999", None),
    ("POST", "/staff/999999/invite", None),
    ("GET", "/auth/sessions/999999", None),
    ("DELETE", "/auth/sessions/999999", None),
    ("GET", "/me/tokens/999999", None),
    ("DELETE", "/me/tokens/999999", None),
    ("GET", "/me/addresses/999999", None),
    ("PATCH", "/me/addresses/999999", {"city": "Utrecht"}),
    ("DELETE", "/me/addresses/999999", None),
    ("GET", f"/users/{NOBODY}", None),
    ("PATCH", f"/users/{NOBODY}", {"status": "SUSPENDED", "reason": "Has left."}),
    ("GET", "/bookings/999999", None),
    ("PATCH", "/bookings/999999", {"status": "COMPLETED"}),
    ("DELETE", "/bookings/999999", None),
    ("GET", "/editing-jobs/999999", None),
    ("PATCH", "/editing-jobs/999999", {"status": "DELIVERED"}),
    ("GET", "/editing-jobs/999999/revisions", None),
    ("POST", "/editing-jobs/999999/revisions", {"note": "Warmer tones."}),
    ("GET", "/editing-jobs/999999/revisions/1", None),
    ("GET", "/editing-stages/999999", None),
    ("PATCH", "/editing-stages/999999", {"name": "Review"}),
    ("DELETE", "/editing-stages/999999", None),
    ("GET", "/bookings/999999/photo-selections", None),
    ("POST", "/bookings/999999/photo-selections", {"name": "1.jpg"}),
    ("POST", "/bookings/999999/photo-selections/finalize", None),
    ("GET", "/bookings/999999/photo-selections/1", None),
    ("PATCH", "/bookings/999999/photo-selections/1", {"isEdited": True}),
    ("DELETE", "/bookings/999999/photo-selections/1", None),
    ("GET", "/expenses/999999", None),
    ("PATCH", "/expenses/999999", {"amount": "1.00"}),
    ("DELETE", "/expenses/999999", None),
    ("POST", "/expenses/999999/bill", None),
    ("GET", "/payment-accounts/999999", None),
    ("PATCH", "/payment-accounts/999999", {"name": "Cash"}),
    ("DELETE", "/payment-accounts/999999", None),
    ("GET", "/invoices/999999", None),
    ("PATCH", "/invoices/999999", {"dueDate": "2027-03-01"}),
    ("DELETE", "/invoices/999999", None),
    ("POST", "/invoices/999999/send", None),
    ("POST", "/invoices/999999/void", None),
    ("GET", "/invoices/999999/items/1", None),
    ("POST", "/invoices/999999/items", {"name": "Portrait", "unitPrice": "1.00"}),
    ("PATCH", "/invoices/999999/items/1", {"name": "Portrait"}),
    ("DELETE", "/invoices/999999/items/1", None),
    ("GET", "/invoices/999999/payments", None),
    ("POST", "/invoices/999999/payments", {"amount": "1.00"}),
    ("GET", "/invoices/999999/payments/1", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ABSENT)
def test_a_row_that_is_not_there_is_not_found(api: ApiClient, method: str, path: str, body: Any) -> None:
    refused = api.request(method, path, body)

    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert refused.body["instance"] == PREFIX + path
    assert refused.body["detail"].startswith("There is no ")


def test_a_child_of_another_parent_is_not_found(api: ApiClient, make: Factory) -> None:
    mine, other = make.invoice(), make.sent_invoice("100.00")
    paid = make.payment(other, "10.00")
    booking, another = make.booking(), make.completed_booking()
    photo = f"/bookings/{booking['id']}/photo-selections/{make.photo(another)['id']}"
    job_id, other_job_id = another["editingJobId"], make.completed_booking()["editingJobId"]
    api.patch(f"/editing-jobs/{job_id}", {"status": "DELIVERED"})
    revision = api.post(f"/editing-jobs/{job_id}/revisions", {"note": "Warmer tones."}).body

    answers = [
        api.get(f"/invoices/{mine['id']}/items/{other['items'][0]['id']}"),
        api.patch(f"/invoices/{mine['id']}/items/{other['items'][0]['id']}", {"name": "Mine"}),
        api.delete(f"/invoices/{mine['id']}/items/{other['items'][0]['id']}"),
        api.get(f"/invoices/{mine['id']}/payments/{paid['id']}"),
        api.get(photo),
        api.patch(photo, {"isEdited": True}),
        api.delete(photo),
        api.get(f"/editing-jobs/{other_job_id}/revisions/{revision['id']}"),
    ]

    assert [answer.status for answer in answers] == [404] * 8


def test_a_method_that_an_address_does_not_take_is_refused_with_those_it_takes(api: ApiClient) -> None:
    refused = api.delete("/clients")

    assert refused.status == 405
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("path", ["/clients", "/settings"])
def test_head_answers_what_get_would_without_the_body(app: Flask, path: str) -> None:
    browser, owner = app.test_client(), with_token(token_of("OWNER"), {})

    got, headed = browser.get(PREFIX + path, headers=owner), browser.head(PREFIX + path, headers=owner)

    assert (headed.status_code, headed.data) == (200, b"")
    for header in ("ETag", "Content-Type", "Content-Length"):
        assert headed.headers[header] == got.headers[header]


def test_head_of_what_is_not_there_is_not_found(app: Flask) -> None:
    headed = app.test_client().head(f"{PREFIX}/clients/999999", headers=with_token(token_of("OWNER"), {}))

    assert (headed.status_code, headed.data) == (404, b"")


MALFORMED = {
    "an open brace": "{",
    "nothing but a word": "emma",
    "a comma too many": '{"name": "Emma",}',
    "a number JSON does not know": '{"name": NaN}',
    "half a character": '{"name": "\\ud800"}',
    "bytes that are not UTF-8": b'{"name": "\xff"}',
    "two values": "{}{}",
    "too many brackets": "[" * 5000 + "]" * 5000,
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_json_is_malformed(api: ApiClient, content: str | bytes) -> None:
    refused = raw(api, content)

    assert (refused.status, refused.body["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("content", ["[]", "null", '"Emma"', "1", "true"])
def test_a_body_that_is_no_object_is_invalid(api: ApiClient, content: str) -> None:
    refused = raw(api, content)

    assert refused.status == 422
    assert pointers(refused) == [""]


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_a_body_that_is_not_called_json_is_of_an_unsupported_type(api: ApiClient, media: str) -> None:
    refused = raw(api, '{"name": "Weddings"}', "/session-categories", media)

    assert (refused.status, refused.body["code"]) == (415, "unsupported_media_type")
    assert api.get("/session-categories").body["data"] == []


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "application/merge-patch+json"])
def test_a_body_that_is_called_json_in_more_words_is_taken(api: ApiClient, media: str) -> None:
    assert raw(api, '{"name": "Weddings"}', "/session-categories", media).status == 201


def test_a_body_of_a_mebibyte_is_read(api: ApiClient) -> None:
    content = '{"name": "' + "x" * (1024 * 1024 - 12) + '"}'

    refused = raw(api, content)

    assert len(content) == 1024 * 1024
    assert refused.status == 422


def test_all_faults_are_listed_at_once_each_with_its_pointer(api: ApiClient, make: Factory) -> None:
    refused = api.post(
        "/invoices",
        {
            "clientId": "one",
            "issueDate": "soon",
            "colour": "red",
            "items": [
                {"name": " ", "unitPrice": "1.00", "quantity": 0},
                {"name": "Portrait", "unitPrice": "1.001", "a/b~c": 1},
                "Portrait",
            ],
        },
    )

    assert refused.status == 422
    assert sorted(pointers(refused)) == [
        "/clientId",
        "/colour",
        "/issueDate",
        "/items/0/name",
        "/items/0/quantity",
        "/items/1/a~1b~0c",
        "/items/1/unitPrice",
        "/items/2",
    ]
    assert all(fault["detail"] and fault["in"] == "body" for fault in refused.body["errors"])


def test_faults_of_the_query_string_are_listed_at_once_as_well(api: ApiClient) -> None:
    refused = api.get("/bookings?limit=0&status=done&from=soon&colour=red")

    assert sorted(pointers(refused)) == ["/colour", "/from", "/limit", "/status"]
    assert {fault["in"] for fault in refused.body["errors"]} == {"query"}


def test_every_pointer_is_a_json_pointer_also_that_of_a_header(api: ApiClient) -> None:
    refused = api.post("/session-categories", {"name": "Weddings"}, headers={"Idempotency-Key": "two words"})

    assert pointers(refused) == ["/Idempotency-Key"]


TEXTS = {
    "nothing": ("", "may not be empty"),
    "only space": (" \t\n", "may not be empty"),
    "a NUL": ("Em\x00ma", "may not hold a NUL character"),
    "too much": ("x" * 201, "is longer than 200 characters"),
    "a number": (42, "is not text"),
    "a list": (["Emma"], "is not text"),
    "a truth": (True, "is not text"),
    "null": (None, "may not be null"),
}


@pytest.mark.parametrize(("text", "detail"), TEXTS.values(), ids=TEXTS)
def test_text_that_cannot_be_kept_is_invalid(api: ApiClient, text: Any, detail: str) -> None:
    refused = api.post("/clients", {"name": text, "email": "emma@example.com"})

    assert refused.status == 422
    assert [(fault["pointer"], fault["detail"]) for fault in refused.body["errors"]] == [("/name", detail)]


def test_text_of_any_script_is_kept_as_it_is(api: ApiClient) -> None:
    name = "Zoë 🎞️ 高橋 عمر '\"; drop table clients; --"

    created = api.post("/clients", {"name": name, "email": "zoë@bücher.example"})

    assert (created.status, created.body["name"], created.body["email"]) == (201, name, "zoë@bücher.example")


def test_text_that_turns_the_direction_of_what_follows_is_invalid(api: ApiClient) -> None:
    for turning in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069":
        refused = api.post("/clients", {"name": f"Emma {turning}nehC", "email": "emma@example.com"})

        assert refused.status == 422, ascii(turning)
        assert [(fault["pointer"], fault["detail"]) for fault in refused.body["errors"]] == [
            ("/name", "may not hold control characters")
        ]


NUMBERS = ["0", "-1", "1.5", "1.0", '"1"', "true", "null", "9223372036854775808", "1e30"]


@pytest.mark.parametrize("number", NUMBERS)
def test_what_cannot_be_a_rows_number_is_invalid_in_a_body(api: ApiClient, number: str) -> None:
    refused = raw(api, f'{{"categoryId": {number}, "name": "Portrait", "price": "1.00"}}', "/session-packages")

    assert refused.status == 422
    assert pointers(refused) == ["/categoryId"]


@pytest.mark.parametrize("moment", ["1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "2027-03-01T25:00:00Z"])
def test_a_moment_that_no_studio_will_see_is_invalid(api: ApiClient, moment: str) -> None:
    refused = api.post("/expenses", {"category": "GEAR", "amount": "1.00", "incurredAt": moment})

    assert refused.status == 422
    assert pointers(refused) == ["/incurredAt"]


def test_a_sum_that_cannot_be_kept_is_invalid_and_changes_nothing(api: ApiClient, make: Factory) -> None:
    invoice = make.invoice("9999999999.99")

    refused = api.post(f"/invoices/{invoice['id']}/items", {"name": "One more", "unitPrice": "0.01"})

    assert (refused.status, refused.body["code"]) == (422, "invalid")
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


def test_a_booking_whose_end_leaves_the_calendar_is_invalid(api: ApiClient, make: Factory) -> None:
    booking = make.booking()

    refused = api.patch(
        f"/bookings/{booking['id']}", {"sessionDate": "2200-12-31T23:00:00Z", "endsAt": "2201-01-01T00:30:00Z"}
    )

    assert refused.status == 422
    assert pointers(refused) == ["/endsAt"]


def test_nothing_of_the_database_is_told(api: ApiClient, make: Factory, conn: Connection) -> None:
    conn.execute("alter table clients add constraint clients_secret check (name <> 'Emma Chen')")

    failed = api.post("/clients", {"name": "Emma Chen", "email": "emma@example.com"})

    assert (failed.status, failed.body["code"]) == (500, "internal_error")
    assert set(failed.body) == {"type", "title", "status", "code", "detail", "instance"}
    text = str(failed.body).lower()
    assert not [word for word in ("clients_secret", "constraint", "psycopg", "insert", "traceback") if word in text]


def test_a_conflict_does_not_tell_what_it_is_in_conflict_with(api: ApiClient, make: Factory) -> None:
    make.client(name="Secret Client", email="emma@example.com")

    refused = api.post("/clients", {"name": "Emma Chen", "email": "EMMA@example.com"})

    assert refused.status == 409
    assert "Secret Client" not in str(refused.body)
    assert "emma@example.com" not in str(refused.body)


@pytest.fixture
def stranded() -> Iterator[ApiClient]:
    """The application while its database cannot be reached."""
    settings = Settings.from_environment({"DATABASE_POOL_TIMEOUT": "100"})
    with open_pools(settings, "postgresql:///photolens?host=/nowhere&user=nobody") as pools:
        yield ApiClient(create_app(settings, pools))


@pytest.mark.parametrize(("method", "path"), [("GET", "/clients"), ("POST", "/session-categories")])
def test_while_the_database_is_away_requests_are_told_to_come_back(stranded: ApiClient, method: str, path: str) -> None:
    refused = stranded.request(method, path, {"name": "Weddings"} if method == "POST" else None)

    assert (refused.status, refused.body["code"]) == (503, "database_unavailable")
    assert int(refused.headers["Retry-After"]) >= 1


def test_what_needs_no_database_is_answered_while_it_is_away(stranded: ApiClient) -> None:
    nobody = stranded.by_token(None)

    assert nobody.get("/clients").status == 401
    assert nobody.post("/auth/login", {"email": "emma@example.com"}).status == 422
