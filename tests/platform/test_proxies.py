"""The address that a request comes from: a proxy in between is asked for it only if it is one of TRUSTED_PROXIES."""

import pytest
from flask import Flask

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection
from tests.client import PREFIX, ApiClient
from tests.conftest import pools_of

CLIENT, PROXY, INNER_PROXY = "192.0.2.7", "10.0.0.1", "10.0.0.2"


def app_behind(trusted: str, conn: Connection) -> Flask:
    """An application that trusts these proxies."""
    settings = Settings.from_environment(
        {"SECRET_KEY": "only the tests have this one and no server", "TRUSTED_PROXIES": trusted}
    )
    return create_app(settings, pools_of(conn))


@pytest.fixture(scope="module")
def behind_proxies(shared_connection: Connection) -> Flask:
    return app_behind("10.0.0.0/8, ::1", shared_connection)


@pytest.fixture
def behind(behind_proxies: Flask, conn: Connection) -> Flask:
    """An application behind the proxies of a private network, one of which may be on its own machine."""
    return behind_proxies


def seen(app: Flask, conn: Connection, peer: str, *forwarded_for: str) -> str | None:
    """The address that somebody signs in from, by a code, in their own eyes: the connection's is `peer`."""
    headers = [("X-Forwarded-For", hops) for hops in forwarded_for]
    emma = {"phoneNumber": "+31612345678", "purpose": "LOGIN", "code": "042117"}
    with conn.transaction(force_rollback=True):
        conn.execute(
            "insert into auth_users (name, email, phone_number, phone_verified)"
            " values ('Emma Chen', 'emma@example.com', %(phoneNumber)s, now())",
            emma,
        )
        conn.execute(
            "insert into otp_sessions (phone_number, otp_code, purpose, expires_at)"
            " values (%s, %s, 'LOGIN', now() + interval '5 minutes')",
            [emma["phoneNumber"], app.extensions["seal"].mac("one-time code", "LOGIN", emma["phoneNumber"], "042117")],
        )
        visitor = ApiClient(app, token=None)
        signed_in = visitor.post("/auth/otp/verify", emma, headers=headers, environ_overrides={"REMOTE_ADDR": peer})
        assert signed_in.status == 200, signed_in.body
        [session] = visitor.by_token(signed_in.body["token"]).get("/auth/sessions").body["data"]
    address: str | None = session["ipAddress"]
    return address


def test_without_trusted_proxies_the_connection_alone_counts(app: Flask, conn: Connection) -> None:
    for peer in (CLIENT, "127.0.0.1", "::1", "2001:db8::7"):
        assert seen(app, conn, peer, "203.0.113.9") == peer


def test_whoever_is_no_trusted_proxy_speaks_for_nobody_else(behind: Flask, conn: Connection) -> None:
    for peer in (CLIENT, "11.0.0.1", "2001:db8::7", "::2"):
        assert seen(behind, conn, peer, "203.0.113.9") == peer


@pytest.mark.parametrize("peer", [PROXY, "10.255.255.255", "::1"])
def test_a_trusted_proxy_is_believed(behind: Flask, conn: Connection, peer: str) -> None:
    assert seen(behind, conn, peer, CLIENT) == CLIENT


def test_a_trusted_proxy_that_says_nothing_is_where_the_request_comes_from(behind: Flask, conn: Connection) -> None:
    assert seen(behind, conn, PROXY) == PROXY


def test_trusted_proxies_in_a_row_are_followed_from_the_right(behind: Flask, conn: Connection) -> None:
    assert seen(behind, conn, INNER_PROXY, f"{CLIENT}, {PROXY}") == CLIENT


def test_several_headers_are_one_list(behind: Flask, conn: Connection) -> None:
    assert seen(behind, conn, INNER_PROXY, CLIENT, PROXY) == CLIENT


@pytest.mark.parametrize("invented", ["203.0.113.9", "127.0.0.1", "10.0.0.3", "nonsense", "::1, 10.0.0.3", ""])
def test_what_a_client_has_written_itself_does_not_count(behind: Flask, conn: Connection, invented: str) -> None:
    assert seen(behind, conn, PROXY, f"{invented}, {CLIENT}") == CLIENT


def test_a_request_from_the_private_network_itself_comes_from_its_first_hop(behind: Flask, conn: Connection) -> None:
    assert seen(behind, conn, INNER_PROXY, f"10.1.2.3, {PROXY}") == "10.1.2.3"


@pytest.mark.parametrize(
    ("hop", "address"),
    [
        (f"{CLIENT}:4711", CLIENT),
        (f"::ffff:{CLIENT}", CLIENT),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("[2001:db8::7]", "2001:db8::7"),
    ],
)
def test_a_hop_may_be_written_with_its_port_or_in_the_dress_of_ipv6(
    behind: Flask, conn: Connection, hop: str, address: str
) -> None:
    assert seen(behind, conn, INNER_PROXY, f"203.0.113.9, {hop}, {PROXY}") == address


@pytest.mark.parametrize("hop", ["unknown", "_hidden", "192.0.2", "192.0.2.7:port", "999.0.2.7", "", "x" * 5000, "é"])
def test_where_a_hop_is_no_address_the_last_proxy_that_wrote_one_is_taken(
    behind: Flask, conn: Connection, hop: str
) -> None:
    assert seen(behind, conn, INNER_PROXY, f"203.0.113.9, {hop}, {PROXY}") == PROXY


def test_a_client_may_have_an_address_of_ipv6(behind: Flask, conn: Connection) -> None:
    assert seen(behind, conn, "::1", "2001:db8::7") == "2001:db8::7"


def test_an_address_of_one_network_card_is_no_fault_of_ours(behind: Flask, conn: Connection) -> None:
    assert seen(behind, conn, "::1", "fe80::7%eth0") in ("fe80::7", "::1")


def test_a_proxy_of_ipv4_is_trusted_also_on_a_socket_of_ipv6(behind: Flask, conn: Connection) -> None:
    assert seen(behind, conn, f"::ffff:{PROXY}", CLIENT) == CLIENT


def test_a_connection_without_an_address_is_no_fault_of_ours(app: Flask, conn: Connection) -> None:
    assert seen(app, conn, "") is None


def test_the_address_by_which_tries_are_counted_is_the_clients(behind: Flask) -> None:
    visitor = ApiClient(behind, token=None)

    def ask(client: str, n: int) -> int:
        return visitor.post(
            "/auth/request-password-reset",
            {"email": f"emma{n}@example.com"},
            headers={"X-Forwarded-For": client},
            environ_overrides={"REMOTE_ADDR": PROXY},
        ).status

    tries = [ask(CLIENT, n) for n in range(31)]

    assert tries == [204] * 30 + [429]
    assert ask("203.0.113.9", 31) == 204


@pytest.mark.parametrize(
    ("peer", "proto", "is_told"),
    [
        (PROXY, "https", True),
        (PROXY, "HTTPS", True),
        (PROXY, "http, https", True),
        (PROXY, "http", False),
        (PROXY, "gopher", False),
        (PROXY, "", False),
        (CLIENT, "https", False),
    ],
)
def test_a_trusted_proxy_says_whether_its_client_came_by_https(
    behind: Flask, peer: str, proto: str, is_told: bool
) -> None:
    answer = behind.test_client().get(
        f"{PREFIX}/clients", headers={"X-Forwarded-Proto": proto}, environ_overrides={"REMOTE_ADDR": peer}
    )

    assert ("Strict-Transport-Security" in answer.headers) == is_told
