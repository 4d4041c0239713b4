"""What every response carries, and which pages may read it."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from photolens import create_app
from photolens.config import Settings
from photolens.database import no_pools
from tests.client import ApiClient, token_of
from tests.factories import Factory

STUDIO = "https://studio.example"
STRANGERS = (
    "https://evil.example",
    "http://studio.example",
    "https://studio.example:8443",
    "https://studio.example.evil.example",
    "https://studioXexample",
    "https://www.studio.example",
    "null",
)


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


def test_no_browser_is_to_run_frame_or_tell_anything_of_an_answer(api: ApiClient) -> None:
    for answer in (api.get("/clients"), api.get("/nothing"), api.by_token(None).get("/clients")):
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_docs_page_runs_what_comes_from_this_server_and_nothing_else(app: Flask) -> None:
    page = app.test_client().get("/api/docs/")

    policy = dict(rule.split(" ", 1) for rule in page.headers["Content-Security-Policy"].split("; "))
    assert (policy["default-src"], policy["frame-ancestors"], policy["form-action"]) == ("'none'", "'none'", "'none'")
    sources = {source for rule in policy.values() for source in rule.split()}
    assert sources == {"'none'", "'self'", "'unsafe-inline'", "data:"}


@pytest.mark.parametrize(("scheme", "told"), [("https", "max-age=31536000"), ("http", None)])
def test_a_browser_that_came_by_https_is_told_to_keep_to_it(api: ApiClient, scheme: str, told: str | None) -> None:
    answer = api.get("/clients", environ_overrides={"wsgi.url_scheme": scheme, "HTTP_HOST": "studio.example"})

    assert (answer.status, answer.headers.get("Strict-Transport-Security")) == (200, told)


@pytest.mark.parametrize("path", ["/clients", "/clients/999999"])
def test_every_answer_says_how_many_more_there_may_be(api: ApiClient, path: str) -> None:
    headers = api.get(path).headers

    assert headers["RateLimit-Limit"] == "1000000"
    assert 0 < int(headers["RateLimit-Remaining"]) < 1_000_000
    assert 1 <= int(headers["RateLimit-Reset"]) <= 61  # seconds, rounded up


@pytest.mark.parametrize("path", ["/clients", "/clients/999999"])
def test_a_page_of_a_configured_origin_may_read_answers_and_refusals(api: ApiClient, path: str) -> None:
    answer = api.get(path, headers={"Origin": STUDIO})

    assert answer.headers["Access-Control-Allow-Origin"] == STUDIO
    assert words(answer.headers["Access-Control-Expose-Headers"]) == {
        "content-disposition",
        "etag",
        "idempotent-replayed",
        "link",
        "location",
        "preference-applied",
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "retry-after",
        "www-authenticate",
        "x-request-id",
    }


@pytest.mark.parametrize(("token", "status"), [(None, 401), (token_of("CUSTOMER"), 403)])
def test_a_page_of_a_configured_origin_may_read_that_it_has_to_sign_in(
    api: ApiClient, token: str | None, status: int
) -> None:
    refused = api.by_token(token).get("/clients", headers={"Origin": STUDIO})

    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (status, STUDIO)


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_page_of_any_other_origin_may_not(api: ApiClient, origin: str) -> None:
    answer = api.get("/clients", headers={"Origin": origin})

    assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


def test_no_page_may_send_a_readers_credentials_along(api: ApiClient, app: Flask) -> None:
    answer = api.get("/clients", headers={"Origin": STUDIO})
    preflight = ask_beforehand(app, STUDIO, "PATCH")

    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Access-Control-Allow-Credentials" not in preflight.headers


def test_a_cookie_is_no_sign_in(app: Flask) -> None:
    browser = app.test_client()
    for name in ("session", "token", "Authorization"):
        browser.set_cookie(name, token_of("OWNER"))

    assert browser.get("/api/v1/clients").status_code == 401


def test_a_configured_origin_is_told_beforehand_what_it_may_send_before_anybody_has_signed_in(app: Flask) -> None:
    preflight = ask_beforehand(app, STUDIO, "PATCH", "authorization, if-match, content-type, idempotency-key")

    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Origin"] == STUDIO
    assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
    assert words(preflight.headers["Access-Control-Allow-Headers"]) == {
        "authorization",
        "if-match",
        "content-type",
        "idempotency-key",
    }


@pytest.mark.parametrize("origin", STRANGERS)
def test_any_other_origin_is_told_beforehand_that_it_may_not(app: Flask, origin: str) -> None:
    preflight = ask_beforehand(app, origin, "PATCH", "authorization")

    assert [name for name, _ in preflight.headers if name.startswith("Access-Control")] == []


def test_without_a_configured_origin_there_is_none(settings: Settings) -> None:
    app = create_app(replace(settings, cors_origins=()), no_pools())

    answer = ask_beforehand(app, STUDIO, "PATCH")

    assert [name for name, _ in answer.headers if name.startswith("Access-Control")] == []


def ask_beforehand(app: Flask, origin: str, method: str, headers: str = "authorization") -> TestResponse:
    """A preflight, which a browser sends by itself and without a token."""
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return app.test_client().options("/api/v1/clients/1", headers={"Origin": origin, **asked})


def words(header: str) -> set[str]:
    return {word.strip().lower() for word in header.split(",")}
