"""Sessions: how long a sign-in counts, who sees it, and how it ends."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.identity.conftest import Digest, Enrol, Later, LookUp


@pytest.fixture
def another_session(conn: Connection) -> Callable[..., str]:
    """One more session of a user, put there; gives the token."""

    def another_session(user: dict[str, Any], browser: str = "Firefox") -> str:
        added = """
            insert into auth_sessions (user_id, session_token, user_agent)
            values (%s, sha256(%s::text::bytea), %s)
            """
        token = f"{user['token']}-in-{browser}"
        conn.execute(added, [user["id"], token, browser])
        return token

    return another_session


@pytest.fixture
def open_session(api: ApiClient) -> Callable[..., str]:
    """Sign a user in once more, from some device; gives the token."""

    def open_session(user: dict[str, Any], address: str = "192.0.2.7", browser: str = "Firefox") -> str:
        signed_in = api.by_token(None).post(
            "/auth/login",
            {"email": user["email"], "password": user["password"]},
            headers={"User-Agent": browser},
            environ_overrides={"REMOTE_ADDR": address},
        )
        return str(signed_in.body["token"])

    return open_session


def id_of_session(api: ApiClient, token: str) -> int:
    [current] = [row for row in api.by_token(token).get("/auth/sessions").body["data"] if row["isCurrent"]]
    return int(current["id"])


# What is kept


def test_a_token_is_kept_as_its_digest_alone(
    enrol: Enrol, open_session: Callable[..., str], look_up: LookUp, digest: Digest
) -> None:
    user = enrol()

    token = open_session(user)

    newest = "select session_token from auth_sessions where user_id = %s order by id desc limit 1"
    assert bytes(look_up(newest, user["id"])) == digest(token)


def test_no_two_sign_ins_have_one_token(enrol: Enrol, open_session: Callable[..., str]) -> None:
    user = enrol()

    first, second = open_session(user), open_session(user)

    assert first != second
    for token in (first, second):
        assert token.startswith("ps_")
        assert len(token) == 3 + 43  # 256 bits


def test_a_session_knows_its_device(api: ApiClient, enrol: Enrol, open_session: Callable[..., str]) -> None:
    user = enrol()
    token = open_session(user, "2001:db8::7", "Firefox on a telephone")

    session = api.by_token(token).get(f"/auth/sessions/{id_of_session(api, token)}").body

    assert (session["ipAddress"], session["userAgent"]) == ("2001:db8::7", "Firefox on a telephone")


@pytest.mark.parametrize(
    ("peer", "kept"),
    [
        ("", None),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::1"),
        ("192.0.2.7:4711", "192.0.2.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
    ],
    ids=["a socket of this machine", "dressed as IPv6", "with its zone", "with a port", "in brackets"],
)
def test_the_address_of_a_device_is_kept_plain(
    api: ApiClient, enrol: Enrol, open_session: Callable[..., str], peer: str, kept: str | None
) -> None:
    token = open_session(enrol(), address=peer)

    assert api.by_token(token).get(f"/auth/sessions/{id_of_session(api, token)}").body["ipAddress"] == kept


@pytest.mark.parametrize(("browser", "kept"), [("   ", None), ("x" * 600, "x" * 500)])
def test_what_a_browser_calls_itself_is_kept_within_reason(
    api: ApiClient, enrol: Enrol, open_session: Callable[..., str], browser: str, kept: str | None
) -> None:
    token = open_session(enrol(), browser=browser)

    assert api.by_token(token).get(f"/auth/sessions/{id_of_session(api, token)}").body["userAgent"] == kept


# How long it counts


def test_a_session_is_good_for_thirty_days(enrol: Enrol, api: ApiClient) -> None:
    user = enrol()

    signed_in = api.post("/auth/login", {"email": user["email"], "password": user["password"]}).body

    left = datetime.fromisoformat(signed_in["expiresAt"]) - datetime.now(UTC)
    assert timedelta(days=29, hours=23) < left <= timedelta(days=30)


def test_a_session_counts_until_its_last_second(api: ApiClient, enrol: Enrol, later: Later) -> None:
    user = enrol()

    later(days=29, hours=23, minutes=59, seconds=59)

    assert api.by_token(user["token"]).get("/auth/me").status == 200


def test_a_session_that_is_over_counts_no_more(api: ApiClient, enrol: Enrol, later: Later) -> None:
    user = enrol()

    later(days=30)
    refused = api.by_token(user["token"]).get("/auth/me")

    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_session_that_is_over_is_not_shown(
    api: ApiClient, enrol: Enrol, later: Later, look_up: LookUp, another_session: Callable[..., str]
) -> None:
    user = enrol()
    over = look_up("select id from auth_sessions where user_id = %s", user["id"])
    later(days=30)
    me = api.by_token(another_session(user))

    listed = me.get("/auth/sessions?include=total").body

    assert ([row["isCurrent"] for row in listed["data"]], listed["total"]) == ([True], 1)
    assert me.get(f"/auth/sessions/{over}").status == 404


@pytest.mark.parametrize(("minutes", "is_moved"), [(4, False), (5, False), (6, True)])
def test_when_a_session_was_last_seen_is_noted_every_five_minutes_at_most(
    api: ApiClient, enrol: Enrol, later: Later, look_up: LookUp, minutes: int, is_moved: bool
) -> None:
    user = enrol()
    last_seen = "select now() - last_seen_at from auth_sessions where user_id = %s"

    later(minutes=minutes)
    api.by_token(user["token"]).get("/auth/me")

    assert look_up(last_seen, user["id"]) == timedelta(minutes=0 if is_moved else minutes)


# How many there are


def test_of_a_users_sessions_the_hundred_newest_are_kept(
    api: ApiClient, enrol: Enrol, conn: Connection, look_up: LookUp, open_session: Callable[..., str]
) -> None:
    user, somebody_else = enrol(), enrol()
    added = """
        insert into auth_sessions (user_id, session_token, created_at)
        select %s, sha256(('earlier-' || n)::bytea), now() - n * interval '1 hour'
        from generate_series(1, 99) as earlier (n)
        """
    for holder in (user["id"], somebody_else["id"]):
        conn.execute(added.replace("earlier-", holder).encode(), [holder])

    newest = open_session(user)

    counted = "select count(*) from auth_sessions where user_id = %s"
    assert (look_up(counted, user["id"]), look_up(counted, somebody_else["id"])) == (100, 100)
    for token in (newest, user["token"], f"{user['id']}98", f"{somebody_else['id']}99"):
        assert api.by_token(token).get("/auth/me").status == 200
    assert api.by_token(f"{user['id']}99").get("/auth/me").status == 401


# Who sees it


def test_sessions_are_listed_newest_first_and_this_one_is_marked(
    api: ApiClient, enrol: Enrol, another_session: Callable[..., str], later: Later
) -> None:
    user = enrol()
    later(hours=1)
    another_session(user, browser="Safari")
    later(hours=1)
    another_session(user, browser="Opera")

    listed = api.by_token(user["token"]).get("/auth/sessions").body["data"]

    assert [(row["userAgent"], row["isCurrent"]) for row in listed] == [
        ("Opera", False),
        ("Safari", False),
        (None, True),
    ]


def test_a_session_can_be_read(api: ApiClient, enrol: Enrol) -> None:
    me = api.by_token(enrol()["token"])
    [listed] = me.get("/auth/sessions").body["data"]

    assert me.get(f"/auth/sessions/{listed['id']}").body == listed


def test_nobody_is_shown_the_sessions_of_others(api: ApiClient, enrol: Enrol) -> None:
    mine, foreign = enrol(), enrol()

    listed = api.by_token(mine["token"]).get("/auth/sessions?include=total").body

    assert [row["id"] for row in listed["data"]] == [id_of_session(api, mine["token"])]
    assert listed["total"] == 1
    assert id_of_session(api, foreign["token"]) != listed["data"][0]["id"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_foreign_session_is_not_there(api: ApiClient, enrol: Enrol, method: str) -> None:
    foreign = enrol()["token"]
    path = f"/auth/sessions/{id_of_session(api, foreign)}"

    refused = api.request(method, path)

    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert api.by_token(foreign).get("/auth/me").status == 200


# How it ends


def test_a_session_that_is_ended_counts_no_more(
    api: ApiClient, enrol: Enrol, another_session: Callable[..., str]
) -> None:
    user = enrol()
    lost = another_session(user)

    ended = api.by_token(user["token"]).delete(f"/auth/sessions/{id_of_session(api, lost)}")

    assert ended.status == 204
    assert api.by_token(lost).get("/auth/me").status == 401
    assert api.by_token(user["token"]).get("/auth/me").status == 200


def test_whoever_signs_out_is_signed_out_at_once(api: ApiClient, enrol: Enrol) -> None:
    me = api.by_token(enrol()["token"])

    signed_out = me.post("/auth/logout")

    assert signed_out.status == 204
    assert me.get("/auth/me").status == 401


def test_signing_out_here_leaves_one_signed_in_elsewhere(
    api: ApiClient, enrol: Enrol, another_session: Callable[..., str]
) -> None:
    user = enrol()
    elsewhere = another_session(user)

    api.by_token(user["token"]).post("/auth/logout")

    assert api.by_token(elsewhere).get("/auth/me").status == 200


# What is no token


def test_a_request_without_a_token_is_told_to_bring_one(api: ApiClient) -> None:
    refused = api.by_token(None).get("/auth/me")

    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param("test-owner", id="no scheme"),
        pytest.param("Basic dGVzdC1vd25lcjp4", id="another scheme"),
        pytest.param("Token test-owner", id="an unknown scheme"),
        pytest.param("", id="empty"),
        pytest.param("Bearer", id="a scheme alone"),
        pytest.param("Bearer ", id="a scheme and a blank"),
        pytest.param("Bearertest-owner", id="no blank between"),
        pytest.param("Bearer test-owner test-owner", id="two tokens"),
        pytest.param("Bearer test-owner,", id="something behind it"),
        pytest.param('Bearer "test-owner"', id="quotes"),
        pytest.param("Bearer TEST-OWNER", id="another case"),
        pytest.param("Bearer test-nobody", id="unknown"),
        pytest.param("Bearer pl_unknown", id="unknown and personal"),
        pytest.param("Bearer pl_", id="personal and empty"),
        pytest.param("Bearer " + "x" * 201, id="long"),
        pytest.param("Bearer " + "x" * 100_000, id="very long"),
        pytest.param("Bearer tést-öwner", id="not ASCII"),
        pytest.param("Bearer \xff\xfe", id="no text at all"),
    ],
)
def test_whoever_sends_what_is_no_token_is_nobody(api: ApiClient, authorization: str) -> None:
    refused = api.get("/auth/me", headers={"Authorization": authorization})

    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


@pytest.mark.parametrize("authorization", ["Bearer test-owner", "bearer test-owner", "BEARER   test-owner "])
def test_the_scheme_may_be_written_in_any_case(api: ApiClient, authorization: str) -> None:
    assert api.get("/auth/me", headers={"Authorization": authorization}).status == 200


def test_a_token_is_taken_from_the_header_and_from_nowhere_else(api: ApiClient) -> None:
    assert api.by_token(None).get("/auth/me?token=test-owner&access_token=test-owner").status == 401


def test_the_digest_that_is_kept_is_no_token(api: ApiClient, digest: Digest) -> None:
    assert api.by_token(digest("test-owner").hex()).get("/auth/me").status == 401
