"""What every response carries, and who is answered at all."""

import re

import pytest
from flask import Flask

from tests.client import ApiClient
from tests.factories import Factory

STUDIO = "https://studio.example"


@pytest.mark.parametrize("request_id", ["6f1c2a50", "A.b_c-9", "x" * 64])
def test_a_callers_request_id_is_given_back(api: ApiClient, request_id: str) -> None:
    answer = api.get("/clients", headers={"X-Request-Id": request_id})

    assert answer.headers["X-Request-Id"] == request_id


@pytest.mark.parametrize("request_id", ["", "two words", "x" * 65, "<script>", "é", "a;b", "../../etc"])
def test_a_request_id_that_is_not_sane_is_replaced(api: ApiClient, request_id: str) -> None:
    answer = api.get("/clients", headers={"X-Request-Id": request_id})

    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_requests_without_an_id_get_one_each(api: ApiClient) -> None:
    first, second = (api.get("/clients").headers["X-Request-Id"] for _ in range(2))

    assert first != second


def test_a_refusal_carries_the_request_id_as_well(api: ApiClient) -> None:
    refused = api.get("/clients/999999", headers={"X-Request-Id": "6f1c2a50"})

    assert (refused.status, refused.headers["X-Request-Id"]) == (404, "6f1c2a50")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/clients", 200),
        ("POST", "/session-categories", 201),
        ("GET", "/clients/999999", 404),
        ("GET", "/nothing", 404),
        ("DELETE", "/clients", 405),
        ("POST", "/clients", 422),
    ],
)
def test_every_answer_is_private_and_no_browser_guesses_its_type(
    api: ApiClient, method: str, path: str, status: int
) -> None:
    answer = api.request(method, path, {"name": "Weddings"} if method == "POST" else None)

    assert answer.status == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_answer_without_a_body_is_private_too(api: ApiClient, make: Factory) -> None:
    path = f"/clients/{make.client()['id']}"
    known = api.get(path, headers={"If-None-Match": api.get(path).headers["ETag"]})

    deleted = api.delete(path)

    assert (known.status, known.headers["Cache-Control"]) == (304, "no-store")
    assert (deleted.status, deleted.headers["Cache-Control"]) == (204, "no-store")


@pytest.mark.parametrize("path", ["/clients", "/clients/999999"])
def test_a_page_of_a_configured_origin_may_read_answers_and_refusals(api: ApiClient, path: str) -> None:
    answer = api.get(path, headers={"Origin": STUDIO})

    assert answer.headers["Access-Control-Allow-Origin"] == STUDIO
    exposed = {name.strip().lower() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
    assert exposed == {"etag", "link", "location", "retry-after", "x-request-id", "idempotent-replayed"}


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://studio.example",
        "https://studio.example:8443",
        "https://studio.example.evil.example",
        "https://studioXexample",
        "https://www.studio.example",
        "null",
    ],
)
def test_a_page_of_any_other_origin_may_not(api: ApiClient, origin: str) -> None:
    refused = api.get("/clients", headers={"Origin": origin})

    assert (refused.status, refused.body["code"]) == (403, "local_only")
    assert refused.headers.get("Access-Control-Allow-Origin") in (None, STUDIO)


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_page_of_another_origin_changes_nothing(api: ApiClient, make: Factory, origin: str) -> None:
    invoice = make.invoice()

    refused = api.post(f"/invoices/{invoice['id']}/send", headers={"Origin": origin})

    assert refused.status == 403
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


def test_a_page_of_the_server_itself_may_do_everything(api: ApiClient) -> None:
    created = api.post(
        "/session-categories",
        {"name": "Weddings"},
        headers={"Origin": "http://127.0.0.1:8000"},
        environ_overrides={"HTTP_HOST": "127.0.0.1:8000"},
    )

    assert created.status == 201


def test_no_page_may_send_a_readers_credentials_along(api: ApiClient) -> None:
    answer = api.get("/clients", headers={"Origin": STUDIO})

    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_configured_origin_is_told_beforehand_what_it_may_send(app: Flask) -> None:
    preflight = app.test_client().options(
        "/api/v1/clients/1",
        headers={
            "Origin": STUDIO,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "if-match, content-type, idempotency-key",
        },
    )

    allowed = {name.strip().lower() for name in preflight.headers["Access-Control-Allow-Headers"].split(",")}
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == STUDIO
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert allowed == {"if-match", "content-type", "idempotency-key"}


def test_any_other_origin_is_told_beforehand_that_it_may_not(app: Flask) -> None:
    preflight = app.test_client().options(
        "/api/v1/clients/1",
        headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"},
    )

    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert "Access-Control-Allow-Methods" not in preflight.headers


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1"])
def test_this_machine_is_answered(api: ApiClient, address: str) -> None:
    answer = api.get("/clients", environ_overrides={"REMOTE_ADDR": address})

    assert answer.status == 200


@pytest.mark.parametrize("address", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "0.0.0.0", ""])
def test_another_machine_is_not(api: ApiClient, address: str) -> None:
    refused = api.get("/clients", environ_overrides={"REMOTE_ADDR": address})

    assert (refused.status, refused.body["code"]) == (403, "local_only")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-Ip", "Forwarded"])
def test_another_machine_cannot_talk_itself_in(api: ApiClient, header: str) -> None:
    refused = api.get("/clients", environ_overrides={"REMOTE_ADDR": "192.0.2.7"}, headers={header: "127.0.0.1"})

    assert (refused.status, refused.body["code"]) == (403, "local_only")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.1:8000", "[::1]", "[::1]:8000", "LOCALHOST"]
)
def test_this_machine_is_called_by_its_own_names(api: ApiClient, host: str) -> None:
    answer = api.get("/clients", environ_overrides={"HTTP_HOST": host})

    assert answer.status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.7",
        "[2001:db8::1]:8000",
        "0.0.0.0:8000",
        "localhost@evil.example",
        "local host",
    ],
)
def test_a_browser_that_was_tricked_into_another_name_is_not_answered(api: ApiClient, host: str) -> None:
    refused = api.get("/clients", environ_overrides={"HTTP_HOST": host})

    assert (refused.status, refused.body["code"]) == (403, "local_only")


def test_a_stranger_changes_nothing(api: ApiClient) -> None:
    refused = api.post("/session-categories", {"name": "Weddings"}, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    assert refused.status == 403
    assert api.get("/session-categories").body["data"] == []


@pytest.mark.parametrize("path", ["/api/openapi.json", "/api/docs/", "/api/v1/nothing"])
def test_a_stranger_learns_nothing_of_the_api_either(app: Flask, path: str) -> None:
    refused = app.test_client().get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})

    assert refused.status_code == 403
