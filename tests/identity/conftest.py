"""What the tests of identity start from: people, what was sent to them, time that has passed, other settings."""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection
from photolens.identity import passwords
from tests.conftest import QUICK_HASHER, THOROUGH_HASHER, pools_of

# What the fixtures below give, as a test names it.
Enrol = Callable[..., dict[str, Any]]
LookUp = Callable[..., Any]
Later = Callable[..., None]
LinkTo = Callable[[str], str]
CodeTo = Callable[[str], str]
MessagesTo = Callable[[str], list[str]]
Digest = Callable[[str], bytes]
AppWith = Callable[..., Flask]

PASSWORD = "a sentence nobody says"

# Every moment that identity keeps and later decides by.
MOMENTS = {
    "api_tokens": ("created_at", "expires_at", "last_used_at"),
    "auth_attempts": ("resets_at",),
    "auth_sessions": ("created_at", "expires_at", "last_seen_at"),
    "auth_verification_token": ("created_at", "expires_at"),
    "contact_invites": ("created_at", "expires_at"),
    "otp_sessions": ("created_at", "expires_at"),
}


@pytest.fixture(scope="session")
def hashed() -> str:
    """The hash of the password that enrolled people have, as it is made today; computed once, for it takes its time."""
    return PasswordHasher().hash(PASSWORD)


@pytest.fixture(scope="session")
def hashed_of_old() -> str:
    """A weak hash of it, such as one of former times: it takes no time to compare, and a server replaces it."""
    return QUICK_HASHER.hash(PASSWORD)


@pytest.fixture
def thorough_hasher(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The application hashes passwords as a server does."""
    monkeypatch.setattr(passwords, "_HASHER", THOROUGH_HASHER)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def enrol(conn: Connection, hashed_of_old: str) -> Enrol:
    """`enrol(role="VENDOR", status="PENDING")`: a user who is signed in, put there without the cost of a sign-up.

    Gives id, name, email, password, and the `token` of their session. By default an ACTIVE customer whose e-mail is
    verified; a `phone_number` is verified unless told otherwise; `hashed=None` makes an account without a password.
    """
    numbers = itertools.count(1)

    def enrol(**fields: Any) -> dict[str, Any]:
        n = next(numbers)
        user = {
            "name": f"User {n}",
            "email": f"user{n}@people.example",
            "is_email_verified": True,
            "phone_number": None,
            "is_phone_verified": "phone_number" in fields,
            "role": "CUSTOMER",
            "status": "ACTIVE",
            "is_demo": False,
            "hashed": hashed_of_old,
            **fields,
            "token": f"session-of-user-{n}",
        }
        row = conn.execute(
            """
            with users as (
                insert into auth_users
                (name, email, email_verified, phone_number, phone_verified, role, status, is_demo)
                values (
                    %(name)s, %(email)s, case when %(is_email_verified)s then now() end,
                    %(phone_number)s, case when %(is_phone_verified)s then now() end,
                    %(role)s, %(status)s, %(is_demo)s
                )
                returning id
            ), profiles as (
                insert into user_profiles (user_id) select id from users
            ), sessions as (
                insert into auth_sessions (user_id, session_token)
                select id, sha256(%(token)s::text::bytea) from users
            ), accounts as (
                insert into auth_accounts (user_id, provider, type, provider_account_id, password)
                select id, 'credentials', 'credentials', id::text, %(hashed)s from users
                where %(hashed)s::text is not null
            )
            select id from users
            """,
            user,
        ).fetchone()
        assert row is not None
        return {**user, "id": str(row["id"]), "password": PASSWORD}

    return enrol


@pytest.fixture
def look_up(conn: Connection) -> LookUp:
    """`look_up("select count(*) from auth_users")`: the one value of a query, with its parameters."""

    def look_up(query: str, *parameters: Any) -> Any:
        [row] = conn.execute(query.encode(), parameters).fetchall()
        [value] = row.values()
        return value

    return look_up


@pytest.fixture
def digest() -> Digest:
    """What may be kept of a token: its SHA-256."""
    return lambda token: hashlib.sha256(token.encode()).digest()


@pytest.fixture
def messages_to(app: Flask, conn: Connection) -> MessagesTo:
    """`messages_to("emma@example.com")`: what waits in the outbox for somebody, oldest first, subject and body."""

    def messages_to(recipient: str) -> list[str]:
        rows = conn.execute("select * from communication_logs where recipient = %s order by id", [recipient]).fetchall()
        return [f"{row['subject'] or ''}\n{app.extensions['seal'].unseal(row['body'])}" for row in rows]

    return messages_to


@pytest.fixture
def link_to(messages_to: MessagesTo) -> LinkTo:
    """`link_to("emma@example.com")`: the token of the newest link that was sent to an e-mail."""

    def link_to(email: str) -> str:
        found = re.search(r"#token=(\S+)", messages_to(email)[-1])
        assert found is not None
        return found[1]

    return link_to


@pytest.fixture
def code_to(messages_to: MessagesTo) -> CodeTo:
    """`code_to("+31612345678")`: the newest one-time code that was sent to a phone."""

    def code_to(phone_number: str) -> str:
        [code] = re.findall(r"\b[0-9]{6}\b", messages_to(phone_number)[-1])
        return str(code)

    return code_to


@pytest.fixture
def later(conn: Connection) -> Later:
    """`later(minutes=5)`: moves whatever is kept so far into the past, as if so much time had gone by since."""

    def later(**span: float) -> None:
        for table, columns in MOMENTS.items():
            moved = ", ".join(f"{column} = {column} - %(span)s" for column in columns)
            conn.execute(f"update {table} set {moved}".encode(), {"span": timedelta(**span)})

    return later


@pytest.fixture(scope="session")
def _build(shared_connection: Connection, settings: Settings) -> AppWith:
    defaults = {"RATE_LIMIT_PER_MINUTE": "1000000", "EMBEDDED_IN_PRODUCTION": "1"}
    defaults |= {"SECRET_KEY": ",".join(settings.secret_key)}

    @cache
    def build(**environment: str) -> Flask:
        return create_app(Settings.from_environment(defaults | environment), pools_of(shared_connection))

    return build


@pytest.fixture
def app_with(conn: Connection, _build: AppWith) -> AppWith:
    """`app_with(OTP_ECHO="1")`: the application under other settings, on the rolled-back connection of the test."""
    return _build
