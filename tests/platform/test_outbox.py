"""The outbox: what is to be sent waits there, sealed, and `photolens outbox` shows it to whoever has the key."""

import re
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from photolens import create_app
from photolens.cli import photolens
from photolens.config import Settings
from photolens.database import Connection, open_pools, sql
from photolens.sealing import Seal
from tests.client import ApiClient

pytestmark = pytest.mark.committed

EMMA = {"name": "Emma Chen", "email": "emma@example.com", "password": "a sentence nobody says"}
PHONE = "+31612345678"
NEW_KEY = "a key that takes the place of the first"
UNREADABLE = "(sealed under another SECRET_KEY)"


def shown(url: str, *arguments: str, **environment: str) -> str:
    """What `photolens outbox` prints."""
    return run("outbox", *arguments, DATABASE_URL=url, **environment)


def run(*words: str, **environment: str) -> str:
    """What a command of `photolens` prints."""
    done = CliRunner(env=environment).invoke(photolens, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


@pytest.fixture
def key(settings: Settings) -> str:
    return settings.secret_key[0]


@pytest.fixture
def visitor(api: ApiClient) -> ApiClient:
    """Somebody who has not signed in."""
    return api.by_token(None)


def test_an_outbox_in_which_nothing_waits_says_so(clone_url: str, key: str) -> None:
    assert shown(clone_url, SECRET_KEY=key) == "0 waiting.\n"


def test_what_waits_is_shown_with_its_words_oldest_first(clone_url: str, visitor: ApiClient, key: str) -> None:
    visitor.post("/auth/signup", EMMA)
    visitor.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "SIGNUP"})

    printed = shown(clone_url, SECRET_KEY=key)

    mail, text = printed.split(" UTC  ")[1:]
    assert mail.startswith("EMAIL  emma@example.com\nSubject: Confirm your e-mail address\n\n")
    assert "http://localhost:3000/verify-email#token=" in mail
    assert re.match(rf"SMS  {re.escape(PHONE)}\n\n[0-9]{{6}} is your code\.", text)
    assert printed.endswith("\n\n2 waiting.\n")


def test_the_link_that_is_shown_is_the_one_that_works(clone_url: str, visitor: ApiClient, key: str) -> None:
    signed_up = visitor.post("/auth/signup", EMMA)
    link = re.search(r"#token=(\S+)", shown(clone_url, SECRET_KEY=key))
    assert link is not None

    verified = visitor.post("/auth/verify-email", {"token": link[1]})

    me = visitor.by_token(signed_up.body["token"]).get("/me").body
    assert (verified.status, me["isEmailVerified"], me["status"]) == (204, True, "ACTIVE")


def test_the_code_that_is_shown_is_the_one_that_works(clone_url: str, visitor: ApiClient, key: str) -> None:
    visitor.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "SIGNUP"})
    code = re.search(r"^([0-9]{6}) is your code", shown(clone_url, SECRET_KEY=key), re.MULTILINE)
    assert code is not None

    signed_up = visitor.post("/auth/signup", EMMA | {"phoneNumber": PHONE, "phoneCode": code[1]})

    assert (signed_up.status, signed_up.body["user"]["isPhoneVerified"]) == (201, True)


def test_only_the_newest_are_shown_where_there_are_many(clone_url: str, visitor: ApiClient, key: str) -> None:
    for n in range(3):
        visitor.post("/auth/otp/send", {"phoneNumber": f"+3161234567{n}", "purpose": "SIGNUP"})

    printed = shown(clone_url, "--limit", "2", SECRET_KEY=key)

    assert re.findall(r"SMS  \+3161234567([0-9])", printed) == ["1", "2"]


def test_nothing_of_a_message_can_be_read_in_the_database(
    app: Flask, visitor: ApiClient, conn: Connection, clone_url: str, key: str
) -> None:
    visitor.post("/auth/signup", EMMA)
    visitor.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "SIGNUP"})
    link = re.search(r"#token=(\S+)", shown(clone_url, SECRET_KEY=key))
    assert link is not None
    secrets = [word for text in (link[1], "#token=", "is your code") for word in (text, text.encode().hex())]

    tables = conn.execute("select tablename from pg_tables where schemaname = current_schema()").fetchall()
    assert len(tables) >= 25
    for table in (row["tablename"] for row in tables):
        held = conn.execute(f"select coalesce(string_agg(t::text, ' '), '') as rows from {table} t".encode()).fetchone()
        assert held is not None
        assert [secret for secret in secrets if secret in held["rows"]] == [], table


def test_a_message_waits_only_if_its_deed_was_done(clone_url: str, visitor: ApiClient, key: str) -> None:
    visitor.post("/auth/signup", EMMA)
    refused = visitor.post("/auth/signup", EMMA | {"email": "EMMA@example.com"})

    assert refused.status == 409
    assert shown(clone_url, SECRET_KEY=key).endswith("\n1 waiting.\n")


def test_another_key_opens_nothing(clone_url: str, visitor: ApiClient) -> None:
    visitor.post("/auth/signup", EMMA)

    printed = shown(clone_url, SECRET_KEY="another one of which nobody has heard")

    [mail] = printed.split(" UTC  ")[1:]
    assert mail == (f"EMAIL  emma@example.com\nSubject: Confirm your e-mail address\n\n{UNREADABLE}\n\n1 waiting.\n")


def test_a_new_key_beside_the_old_one_shows_what_the_old_one_has_sealed(
    clone_url: str, visitor: ApiClient, key: str
) -> None:
    visitor.post("/auth/signup", EMMA)

    assert "#token=" in shown(clone_url, SECRET_KEY=f"{NEW_KEY}, {key}")


def test_what_is_sealed_anew_needs_the_new_key_alone(clone_url: str, visitor: ApiClient, key: str) -> None:
    visitor.post("/auth/signup", EMMA)

    assert run("reseal", DATABASE_URL=clone_url, SECRET_KEY=f"{NEW_KEY}, {key}") == (
        "Messages sealed anew: 1.\nWebhooks' secrets sealed anew: 0.\n"
    )

    assert "#token=" in shown(clone_url, SECRET_KEY=NEW_KEY)
    assert UNREADABLE in shown(clone_url, SECRET_KEY=key)


def test_the_secrets_of_webhooks_are_sealed_anew_as_well(
    api: ApiClient, conn: Connection, clone_url: str, key: str
) -> None:
    wish = {"url": "https://receiver.example/hooks", "eventTypes": ["*"]}
    secret = api.post("/webhook-endpoints", wish).body["secret"]

    told = run("reseal", DATABASE_URL=clone_url, SECRET_KEY=f"{NEW_KEY}, {key}")

    assert told == "Messages sealed anew: 0.\nWebhooks' secrets sealed anew: 1.\n"
    row = conn.execute("select secret from webhook_endpoints").fetchone()
    assert row is not None
    assert Seal(Settings.from_environment({"SECRET_KEY": NEW_KEY})).unseal(row["secret"]) == secret


def test_what_no_key_opens_stays_as_it_is_when_the_rest_is_sealed_anew(
    clone_url: str, visitor: ApiClient, key: str
) -> None:
    visitor.post("/auth/signup", EMMA)

    told = run("reseal", DATABASE_URL=clone_url, SECRET_KEY=NEW_KEY)

    assert told == (
        "Messages sealed anew: 0.\nMessages sealed under none of these keys: 1.\nWebhooks' secrets sealed anew: 0.\n"
    )
    assert "#token=" in shown(clone_url, SECRET_KEY=key)


def test_words_that_are_erased_meanwhile_are_not_sealed_anew(visitor: ApiClient, conn: Connection) -> None:
    visitor.post("/auth/signup", EMMA)
    [message] = sql.platform.list_sealed_messages(conn, after_id=0, limit=1)
    conn.execute("update communication_logs set status = 'FAILED', body = null")

    assert sql.platform.update_sealed_message(conn, message_id=message["id"], body=b"x", sealed=message["body"]) == 0


def test_what_cannot_be_read_keeps_nothing_else_from_being_shown(
    clone_url: str, visitor: ApiClient, settings: Settings, key: str
) -> None:
    another = replace(settings, secret_key=("another one of which nobody has heard",))
    with open_pools(another, clone_url) as pools:
        ApiClient(create_app(another, pools), token=None).post("/auth/signup", EMMA)
    visitor.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "SIGNUP"})

    mail, text = shown(clone_url, SECRET_KEY=key).split(" UTC  ")[1:]

    assert UNREADABLE in mail
    assert re.search(r"^[0-9]{6} is your code", text, re.MULTILINE)
    assert text.endswith("\n\n2 waiting.\n")


def test_without_a_secret_key_there_is_one_in_the_state_folder_for_its_owner_alone(
    clone_url: str, tmp_path: Path
) -> None:
    ours, others = tmp_path / "ours", tmp_path / "others"
    settings = Settings.from_environment({"STATE_DIR": str(ours)})
    with open_pools(settings, clone_url) as pools:
        ApiClient(create_app(settings, pools), token=None).post("/auth/signup", EMMA)

    assert "#token=" in shown(clone_url, STATE_DIR=str(ours))
    assert [stat.S_IMODE(file.stat().st_mode) for file in ours.iterdir()] == [0o600]
    assert UNREADABLE in shown(clone_url, STATE_DIR=str(others))
