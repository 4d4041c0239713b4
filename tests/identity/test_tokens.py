"""Personal access tokens: a part of what their holder may do, for a program, and nothing that is done in person."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from photolens.access import Permission
from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.identity.conftest import Digest, Enrol, Later, LookUp

EVERYTHING = [str(permission) for permission in Permission]


def create(api: ApiClient, *permissions: str, name: str = "Calendar sync", **fields: Any) -> Answer:
    return api.post("/me/tokens", {"name": name, "permissions": list(permissions), **fields})


def program(api: ApiClient, *permissions: str, **fields: Any) -> ApiClient:
    """The application, called with a new token of whoever `api` is."""
    created = create(api, *permissions, **fields)
    assert created.status == 201, created.body
    return api.by_token(created.body["token"])


def days_from_now(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


# Made, shown once, revoked


def test_a_token_is_shown_when_it_is_made(api: ApiClient) -> None:
    created = create(api, "VIEW_CLIENTS")

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/me/tokens/{created.body['id']}"
    assert created.body["token"].startswith("pl_")
    assert len(created.body["token"]) == 3 + 43  # 256 bits
    assert (created.body["name"], created.body["permissions"]) == ("Calendar sync", ["VIEW_CLIENTS"])


def test_a_token_is_never_shown_again(api: ApiClient) -> None:
    created = create(api, "VIEW_CLIENTS").body

    listed = api.get("/me/tokens").body["data"]
    read = api.get(f"/me/tokens/{created['id']}").body

    shown = {name: value for name, value in created.items() if name != "token"}
    assert (listed, read) == ([shown], shown)


def test_a_token_is_kept_as_its_digest_alone(api: ApiClient, look_up: LookUp, digest: Digest) -> None:
    token = create(api).body["token"]

    assert bytes(look_up("select token from api_tokens")) == digest(token)


def test_an_idempotency_key_keeps_nothing_of_a_token(api: ApiClient, look_up: LookUp) -> None:
    body = {"name": "Sync", "permissions": []}

    first = api.post("/me/tokens", body, headers={"Idempotency-Key": "token-1"})
    again = api.post("/me/tokens", body, headers={"Idempotency-Key": "token-1"})

    assert (first.status, again.status) == (201, 409)
    assert look_up("select count(*) from idempotency_keys") == 0


def test_a_token_that_is_revoked_counts_no_more(api: ApiClient) -> None:
    created = create(api).body

    revoked = api.delete(f"/me/tokens/{created['id']}")

    assert revoked.status == 204
    assert api.by_token(created["token"]).get("/auth/me").status == 401
    assert api.get("/me/tokens").body["data"] == []


def test_two_tokens_of_one_user_cannot_have_one_name(api: ApiClient) -> None:
    create(api, name="Sync")

    refused = create(api, name=" SYNC ")

    assert (refused.status, refused.body["code"]) == (409, "name_taken")


def test_tokens_of_two_users_may_have_one_name(api: ApiClient) -> None:
    assert create(api, name="Sync").status == 201
    assert create(api.by_role("ADMIN"), name="Sync").status == 201


def test_a_user_has_a_hundred_tokens_at_most(api: ApiClient, conn: Connection) -> None:
    conn.execute("""
        insert into api_tokens (user_id, name, token, permissions, expires_at)
        select id, 'Token ' || n, sha256(n::text::bytea), '{}', now() + interval '1 day'
        from auth_users cross join generate_series(1, 99) as tokens (n)
        where email = 'owner@callers.example'
        """)
    last = create(api, name="The hundredth")

    refused = create(api, name="One too many")

    assert (last.status, refused.status, refused.body["code"]) == (201, 409, "too_many")
    assert create(api.by_role("ADMIN")).status == 201
    api.delete(f"/me/tokens/{last.body['id']}")
    assert create(api, name="In its place").status == 201


def test_nobody_is_shown_the_tokens_of_others(api: ApiClient) -> None:
    create(api.by_role("ADMIN"), name="Sync")

    assert api.get("/me/tokens?include=total").body == {"data": [], "nextCursor": None, "total": 0}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_foreign_token_is_not_there(api: ApiClient, method: str) -> None:
    foreign = create(api.by_role("ADMIN")).body

    refused = api.request(method, f"/me/tokens/{foreign['id']}")

    assert (refused.status, refused.body["code"]) == (404, "not_found")
    assert api.by_token(foreign["token"]).get("/auth/me").status == 200


# What it may do


def test_a_token_acts_for_its_holder(api: ApiClient) -> None:
    me = program(api, "VIEW_CLIENTS", "MANAGE_CLIENTS").get("/auth/me").body

    assert me["user"] == api.get("/me").body
    assert me["permissions"] == ["MANAGE_CLIENTS", "VIEW_CLIENTS"]


def test_a_token_may_do_what_it_was_given(api: ApiClient) -> None:
    assert program(api, "VIEW_CLIENTS").get("/clients").status == 200


def test_a_token_may_do_nothing_else_of_what_its_holder_may(api: ApiClient) -> None:
    refused = program(api, "VIEW_CLIENTS").get("/invoices")

    assert (refused.status, refused.body["code"]) == (403, "forbidden")


def test_a_token_that_was_given_nothing_says_whose_it_is(api: ApiClient) -> None:
    assert program(api).get("/auth/me").body["permissions"] == []


def test_nobody_gives_a_token_what_they_may_not_do_themselves(api: ApiClient) -> None:
    refused = create(api.by_role("EDITOR"), "VIEW_DASHBOARD", "MANAGE_STAFF")

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/permissions/1"]


def test_whoever_is_pending_has_nothing_to_give(api: ApiClient, enrol: Enrol) -> None:
    pending = api.by_token(enrol(role="ADMIN", status="PENDING")["token"])

    assert create(pending, "VIEW_CLIENTS").status == 422
    assert create(pending).status == 201


def test_a_permission_is_one_of_the_list(api: ApiClient) -> None:
    refused = create(api, "VIEW_CLIENTS", "EVERYTHING", "view_clients")

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/permissions/1", "/permissions/2"]


def test_a_token_never_may_more_than_its_holder_may_by_now(api: ApiClient, enrol: Enrol) -> None:
    admin = enrol(role="ADMIN")
    token = program(api.by_token(admin["token"]), "VIEW_INVOICES", "VIEW_DASHBOARD")
    before = token.get("/invoices").status

    api.patch(f"/users/{admin['id']}", {"role": "EDITOR", "reason": "Edits only."})

    assert (before, token.get("/invoices").status) == (200, 403)
    assert token.get("/auth/me").body["permissions"] == ["VIEW_DASHBOARD"]


def test_what_its_holder_is_permitted_later_is_not_given_to_a_token(api: ApiClient, enrol: Enrol) -> None:
    editor = enrol(role="EDITOR")
    token = program(api.by_token(editor["token"]), "VIEW_DASHBOARD")

    api.patch(f"/users/{editor['id']}", {"role": "ADMIN", "reason": "Runs the studio."})

    assert token.get("/auth/me").body["permissions"] == ["VIEW_DASHBOARD"]


def test_a_token_may_nothing_while_its_holder_is_pending(api: ApiClient, enrol: Enrol, look_up: LookUp) -> None:
    admin = enrol(role="ADMIN")
    token = program(api.by_token(admin["token"]), "VIEW_CLIENTS")

    look_up("update auth_users set status = 'PENDING' where id = %s returning id", admin["id"])

    assert token.get("/clients").status == 403


# What is done in person


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        (
            "POST",
            "/auth/change-password",
            {"currentPassword": "as it is", "password": "as it shall be"},
        ),
        ("POST", "/auth/logout", None),
        ("GET", "/auth/sessions", None),
        ("GET", "/auth/sessions/1", None),
        ("DELETE", "/auth/sessions/1", None),
        ("GET", "/me/tokens", None),
        ("POST", "/me/tokens", {"name": "Another", "permissions": []}),
        ("GET", "/me/tokens/1", None),
        ("DELETE", "/me/tokens/1", None),
        ("PATCH", "/me", {"name": "Somebody"}),
        ("PATCH", "/me/profile", {"bio": "I photograph birds."}),
        ("POST", "/me/addresses", {"line1": "12 Mill Lane", "city": "Utrecht", "country": "NL"}),
        ("PATCH", "/me/addresses/1", {"city": "Utrecht"}),
        ("DELETE", "/me/addresses/1", None),
        ("PATCH", "/users/00000000-0000-4000-8000-000000000002", {"role": "EDITOR", "reason": "Edits now."}),
        ("PATCH", "/staff/1", {"role": "EDITOR"}),
        ("POST", "/staff/1/invite", None),
    ],
)
def test_a_token_does_nothing_that_is_done_in_person(api: ApiClient, method: str, path: str, body: Any) -> None:
    token = program(api, *EVERYTHING)

    refused = token.request(method, path, body)

    assert (refused.status, refused.body["code"]) == (403, "session_required")


@pytest.mark.parametrize("path", ["/me", "/me/profile", "/me/addresses"])
def test_a_token_reads_what_is_known_of_its_holder(api: ApiClient, path: str) -> None:
    assert program(api).get(path).body == api.get(path).body


# How long it counts


def test_a_token_counts_for_ninety_days_unless_said_otherwise(api: ApiClient) -> None:
    expires_at = datetime.fromisoformat(create(api).body["expiresAt"])

    assert timedelta(days=89, hours=23) < expires_at - datetime.now(UTC) <= timedelta(days=90)


def test_a_token_counts_until_the_end_it_was_given(api: ApiClient, later: Later) -> None:
    token = program(api, expiresAt=days_from_now(10))

    later(days=9)
    before = token.get("/auth/me").status
    later(days=1)

    assert (before, token.get("/auth/me").status) == (200, 401)


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 422), (1, 201), (365, 201), (367, 422), (4000, 422)])
def test_an_end_is_to_come_and_within_a_year(api: ApiClient, days: int, status: int) -> None:
    created = create(api, expiresAt=days_from_now(days))

    assert created.status == status
    if status == 422:
        assert [fault["pointer"] for fault in created.body["errors"]] == ["/expiresAt"]


def test_the_last_use_of_a_token_is_noted(api: ApiClient) -> None:
    created = create(api).body

    api.by_token(created["token"]).get("/auth/me")

    assert created["lastUsedAt"] is None
    assert api.get(f"/me/tokens/{created['id']}").body["lastUsedAt"] is not None


@pytest.mark.parametrize(("minutes", "is_moved"), [(4, False), (6, True)])
def test_the_last_use_is_noted_every_five_minutes_at_most(
    api: ApiClient, later: Later, look_up: LookUp, minutes: int, is_moved: bool
) -> None:
    token = program(api)
    token.get("/auth/me")

    later(minutes=minutes)
    token.get("/auth/me")

    assert look_up("select now() - last_used_at from api_tokens") == timedelta(minutes=0 if is_moved else minutes)
