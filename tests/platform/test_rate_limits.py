"""How often somebody may ask: a user's requests are counted together, everybody else's by their address."""

from typing import Any

import pytest
from flask import Flask

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection, no_pools
from tests.client import PREFIX, Answer, ApiClient, token_of, with_token
from tests.conftest import pools_of

MOST = 3
HERE, THERE = "192.0.2.7", "203.0.113.9"


def app_with(conn: Connection, **environment: str) -> Flask:
    """An application of its own: what it has counted is nobody else's."""
    settings = Settings.from_environment(
        {"SECRET_KEY": "only the tests have this one and no server", "RATE_LIMIT_PER_MINUTE": str(MOST), **environment}
    )
    return create_app(settings, pools_of(conn))


@pytest.fixture
def app(conn: Connection) -> Flask:
    """An application that answers three requests a minute."""
    return app_with(conn)


def asked_from(address: str, api: ApiClient, path: str = "/me", method: str = "GET", **options: Any) -> Answer:
    return api.request(method, path, environ_overrides={"REMOTE_ADDR": address}, **options)


def exhaust(api: ApiClient, address: str = HERE) -> None:
    assert 429 not in [asked_from(address, api).status for _ in range(MOST)]
    assert asked_from(address, api).status == 429


def test_one_request_too_many_is_told_when_to_come_back(api: ApiClient) -> None:
    answers = [api.get("/me") for _ in range(MOST)]

    refused = api.get("/me")

    assert [answer.status for answer in answers] == [200] * MOST
    assert (refused.status, refused.body["code"]) == (429, "rate_limited")
    assert 1 <= int(refused.headers["Retry-After"]) <= 61  # seconds, rounded up


def test_every_answer_counts_down_to_the_one_that_is_refused(api: ApiClient) -> None:
    headers = [api.get("/me").headers for _ in range(MOST + 2)]

    assert [answer["RateLimit-Remaining"] for answer in headers] == ["2", "1", "0", "0", "0"]
    assert {answer["RateLimit-Limit"] for answer in headers} == {"3"}
    assert all(1 <= int(answer["RateLimit-Reset"]) <= 61 for answer in headers)


def test_what_is_refused_for_another_reason_counts_as_well(api: ApiClient) -> None:
    for path in ("/clients/999999", "/clients?colour=red", "/clients?limit=0"):
        assert api.get(path).status in (404, 422)

    assert api.get("/clients").status == 429


def test_a_user_is_counted_wherever_they_ask_from(api: ApiClient) -> None:
    answers = [asked_from(f"192.0.2.{n}", api).status for n in range(MOST + 1)]

    assert answers == [200] * MOST + [429]


def test_a_users_tokens_are_counted_together(api: ApiClient, conn: Connection) -> None:
    conn.execute(
        "insert into auth_sessions (user_id, session_token) select id, sha256('elsewhere') from auth_users"
        " where role = 'OWNER'"
    )
    token = api.post("/me/tokens", {"name": "Calendar sync", "permissions": []}).body["token"]

    answers = [client.get("/me").status for client in (api.by_token(token), api.by_token("elsewhere"), api)]

    assert answers == [200, 200, 429]


def test_another_user_at_the_same_address_is_not_affected(api: ApiClient) -> None:
    exhaust(api)

    assert asked_from(HERE, api.by_role("ADMIN")).status == 200
    assert asked_from(HERE, api.by_token(None)).status == 401


def test_without_a_token_an_address_is_counted(api: ApiClient) -> None:
    nobody = api.by_token(None)
    exhaust(nobody)

    assert asked_from(THERE, nobody).status == 401
    assert asked_from(HERE, api).status == 200


def test_a_token_that_is_none_is_counted_by_its_address(api: ApiClient) -> None:
    answers = [asked_from(HERE, api.by_token(f"guess-{n}")).status for n in range(MOST + 1)]

    assert answers == [401] * MOST + [429]


def test_whoever_has_an_address_of_ipv6_has_its_whole_network(api: ApiClient) -> None:
    nobody = api.by_token(None)
    answers = [asked_from(f"2001:db8:0:1::{n}", nobody).status for n in range(MOST + 1)]

    assert answers == [401] * MOST + [429]
    assert asked_from("2001:db8:0:2::1", nobody).status == 401


def test_an_address_of_ipv4_is_one_on_a_socket_of_ipv6_too(api: ApiClient) -> None:
    nobody = api.by_token(None)
    exhaust(nobody)

    assert asked_from(f"::ffff:{HERE}", nobody).status == 429
    assert asked_from(f"::ffff:{THERE}", nobody).status == 401


def test_a_preflight_is_not_counted(api: ApiClient, app: Flask) -> None:
    for _ in range(MOST + 1):
        assert app.test_client().options(f"{PREFIX}/me").status_code == 200

    assert api.by_token(None).get("/me").headers["RateLimit-Remaining"] == "2"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/clients", 405)])
def test_an_address_or_a_method_that_is_none_is_not_counted(
    api: ApiClient, method: str, path: str, status: int
) -> None:
    answers = [asked_from(HERE, api, path, method) for _ in range(MOST + 1)]

    assert [answer.status for answer in answers] == [status] * (MOST + 1)
    assert "RateLimit-Remaining" not in answers[-1].headers
    assert asked_from(HERE, api).headers["RateLimit-Remaining"] == "2"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/clients", 405)])
def test_an_address_or_a_method_that_is_none_does_not_trouble_the_database(method: str, path: str, status: int) -> None:
    settings = Settings.from_environment({"SECRET_KEY": "only the tests have this one and no server"})
    api = ApiClient(create_app(settings, no_pools()))  # a pool that lends nothing

    assert api.request(method, path).status == status


def test_a_change_that_comes_too_often_is_not_made(api: ApiClient) -> None:
    answers = [api.post("/session-categories", {"name": f"Category {n}"}).status for n in range(MOST + 1)]

    assert answers == [201] * MOST + [429]
    assert len(api.by_role("ADMIN").get("/session-categories").body["data"]) == MOST


def test_a_page_of_a_configured_origin_may_read_that_it_has_to_wait(conn: Connection) -> None:
    browser = app_with(conn, CORS_ORIGINS="https://studio.example").test_client()
    headers = with_token(token_of("OWNER"), {"Origin": "https://studio.example"})
    for _ in range(MOST):
        browser.get(f"{PREFIX}/me", headers=headers)

    refused = browser.get(f"{PREFIX}/me", headers=headers)

    assert refused.status_code == 429
    assert refused.headers["Access-Control-Allow-Origin"] == "https://studio.example"
    assert "Retry-After" in refused.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("url", ["redis://localhost/0", "rediss://localhost/0", "unix:///run/redis.sock"])
def test_every_kind_of_redis_address_that_is_taken_can_be_used(url: str) -> None:
    settings = Settings.from_environment({"REDIS_URL": url})

    create_app(settings, no_pools())


def test_while_redis_is_away_each_process_counts_for_itself(conn: Connection) -> None:
    api = ApiClient(app_with(conn, REDIS_URL="redis://127.0.0.1:1/0"))

    answers = [api.get("/me").status for _ in range(MOST + 1)]

    assert answers == [200] * MOST + [429]
