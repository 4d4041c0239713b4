"""What is kept of secrets: after all that can happen to an account, none is in the database, a log, or a refusal."""

import base64
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens import create_app
from photolens.config import Settings
from photolens.database import Connection, open_pools
from tests.client import Answer, ApiClient
from tests.conftest import TEMPLATE, Databases

PHONE = "+31612345678"
EMMA, LENA = "emma@people.example", "lena@studio.example"


class Log(logging.Handler):
    """Everything that is logged, with the traceback of every fault."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@dataclass
class Story:
    """All that happens to some accounts: which secrets there were, and what was answered, logged and kept."""

    api: ApiClient
    conn: Connection
    log: Log
    app: Flask
    secrets: dict[str, str] = field(default_factory=dict)
    refusals: list[str] = field(default_factory=list)
    sent: int = 0

    def secret(self, name: str, value: str) -> str:
        self.secrets[name] = value
        return value

    def send(self, method: str, path: str, body: Any = None, token: str | None = None, **options: Any) -> Answer:
        """A request with an Idempotency-Key of its own, whether or not the operation takes one."""
        self.sent += 1
        options.setdefault("headers", {"Idempotency-Key": f"request-{self.sent}"})
        answer = self.api.by_token(token).request(method, path, body, **options)
        if answer.status >= 400:
            self.refusals.append(f"{answer.body} {answer.headers}")
        return answer

    def sign_in(self, name: str, email: str, password: str) -> str:
        """Sign in; gives the token, which is a secret by that name."""
        answer = self.send("POST", "/auth/login", {"email": email, "password": password})
        return self.secret(name, answer.body["token"]) if answer.status == 200 else ""

    def newest_message(self, recipient: str) -> str:
        """What was last sent to somebody, as the outbox shows it."""
        rows = self.conn.execute("select body from communication_logs where recipient = %s order by id", [recipient])
        return str(self.app.extensions["seal"].unseal(rows.fetchall()[-1]["body"]))

    def link(self, name: str, email: str) -> str:
        found = re.search(r"#token=(\S+)", self.newest_message(email))
        assert found is not None
        return self.secret(name, found[1])

    def code(self, name: str, phone_number: str = PHONE) -> str:
        return self.secret(name, re.findall(r"\b[0-9]{6}\b", self.newest_message(phone_number))[0])

    def tell(self) -> None:
        """Everything, in the order in which it happens to people."""
        self._sign_up()
        self._sign_in()
        self._choose_passwords()
        self._make_tokens()
        self._invite()
        self._go_wrong()

    def _sign_up(self) -> None:
        self.send("POST", "/auth/otp/send", {"phoneNumber": PHONE, "purpose": "SIGNUP"})
        account = {
            "name": "Emma Chen",
            "email": EMMA,
            "password": self.secret("the first password", "a sentence nobody says"),
            "phoneNumber": PHONE,
        }
        self.send("POST", "/auth/signup", {**account, "password": "password1"})
        self.send("POST", "/auth/signup", {**account, "phoneCode": self.secret("a wrong code", "918273")})
        signed_up = self.send("POST", "/auth/signup", {**account, "phoneCode": self.code("the code to sign up by")})
        assert signed_up.status == 201
        self.secret("the session of the sign-up", signed_up.body["token"])
        self.send("POST", "/auth/verify-email", {"token": self.link("the link to verify", EMMA)})

    def _sign_in(self) -> None:
        password = self.secrets["the first password"]
        self.sign_in("a session", EMMA, password)
        self.sign_in("", EMMA, self.secret("a wrong password", "a sentence somebody guesses"))
        self.sign_in("", self.secret("a password where an e-mail belongs", "typed@the.wrong-place"), password)
        self.sign_in("", self.secret("one that is no e-mail", "a sentence in the wrong place"), password)
        self.send("POST", "/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})
        code = self.code("the code to sign in by")
        by_code = {"phoneNumber": PHONE, "purpose": "LOGIN"}
        self.send("POST", "/auth/otp/verify", {**by_code, "code": self.secrets["a wrong code"]})
        signed_in = self.send("POST", "/auth/otp/verify", {**by_code, "code": code})
        me = self.secret("the session of the code", signed_in.body["token"])
        self.send("POST", "/auth/otp/send", {"phoneNumber": PHONE, "purpose": "VERIFY"}, me)
        to_verify = {"phoneNumber": PHONE, "purpose": "VERIFY", "code": self.code("the code to verify by")}
        assert self.send("POST", "/auth/otp/verify", to_verify, me).status == 200
        self.send("POST", "/auth/logout", None, me)

    def _choose_passwords(self) -> None:
        me = self.secrets["a session"]
        body = {
            "currentPassword": self.secrets["the first password"],
            "password": self.secret("the second password", "another sentence nobody says"),
        }
        self.send("POST", "/auth/change-password", {**body, "currentPassword": self.secrets["a wrong password"]}, me)
        assert self.send("POST", "/auth/change-password", body, me).status == 204
        self.send("POST", "/auth/request-password-reset", {"email": EMMA})
        self.link("a link that is never used", EMMA)
        self.send("POST", "/auth/request-password-reset", {"email": EMMA})
        link = self.link("the link to a new password", EMMA)
        third = self.secret("the third password", "a third sentence nobody says")
        self.send("POST", "/auth/verify-email", {"token": link})
        assert self.send("POST", "/auth/reset-password", {"token": link, "password": third}).status == 204
        self.send("POST", "/auth/reset-password", {"token": link, "password": third})

    def _make_tokens(self) -> None:
        me = self.sign_in("a session of the third password", EMMA, self.secrets["the third password"])
        made = self.send("POST", "/me/tokens", {"name": "Sync", "permissions": []}, me)
        personal = self.secret("a personal token", made.body["token"])
        self.send("GET", "/auth/me", None, personal)
        self.send("GET", "/me/tokens", None, personal)
        self.send("POST", "/me/tokens", {"name": "Sync", "permissions": []}, me)
        self.send("PATCH", "/me", {"name": "Emma Li"}, me)
        self.send("POST", "/me/addresses", {"line1": "12 Mill Lane", "city": "Utrecht", "country": "NL"}, me)

    def _invite(self) -> None:
        owner = "test-owner"
        member = self.send("POST", "/staff", {"name": "Lena", "role": "EDITOR", "email": LENA}, owner).body
        self.send("POST", f"/staff/{member['id']}/invite", None, owner)
        body = {"token": self.link("the invitation", LENA), "password": self.secret("Lena's", "a sentence Lena says")}
        self.send("POST", "/staff/accept-invitation", {**body, "password": "password1"})
        accepted = self.send("POST", "/staff/accept-invitation", body)
        self.secret("the session of the invitation", accepted.body["token"])
        change = {"status": "SUSPENDED", "reason": "Has left the studio."}
        assert self.send("PATCH", f"/users/{accepted.body['user']['id']}", change, owner).status == 200
        self.sign_in("", LENA, body["password"])

    def _go_wrong(self) -> None:
        password = self.secrets["the third password"]
        me = self.secrets["a session of the third password"]
        credentials = {"email": EMMA, "password": password}
        self.send("POST", "/auth/login", {**credentials, "password": [password]})
        self.send("POST", "/auth/login", {**credentials, "password": password * 100})
        self.send("POST", "/auth/login", {**credentials, "remember": password})
        self.send("POST", "/auth/login", data=f'{{"password": "{password}', content_type="application/json")
        form = urlencode({"password": password})
        self.send("POST", "/auth/login", data=form, content_type="application/x-www-form-urlencoded")
        self.send("GET", f"/auth/me?token={me}", headers={"Authorization": f"Basic {me}"})
        self.send("GET", "/auth/me", headers={"Authorization": f"Bearer {me} {me}"})
        self.send("GET", f"/auth/sessions?cursor={me}", None, me)
        self.send("POST", "/auth/reset-password", {"token": [me], "password": password})
        # A fault of the database itself, in the middle of it: it is logged, with all that the database says.
        self.conn.execute("alter table communication_logs add check (recipient <> 'fault@people.example')")
        self.conn.execute("alter table auth_sessions add check (user_agent <> 'Fault')")
        account = {"name": "Fault", "email": "fault@people.example", "password": password}
        assert self.send("POST", "/auth/signup", account).status == 500
        assert self.send("POST", "/auth/login", credentials, headers={"User-Agent": "Fault"}).status == 500


@pytest.fixture(scope="module")
def story(databases: Databases, settings: Settings) -> Iterator[Story]:
    log, root = Log(), logging.getLogger()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        with (
            databases.clone(TEMPLATE) as url,
            open_pools(settings, url) as pools,
            psycopg.connect(url, autocommit=True, row_factory=dict_row) as conn,
        ):
            app = create_app(settings, pools)
            story = Story(ApiClient(app, token=None), conn, log, app)
            story.tell()
            yield story
    finally:
        root.removeHandler(log)
        root.setLevel(level)


def found_in(text: bytes, secrets: dict[str, str]) -> list[str]:
    """The names of the secrets that a text holds, in the clear or in a way of writing that hides nothing."""
    return [name for name, secret in secrets.items() if re.search(pattern_of(secret), text)]


def pattern_of(secret: str) -> bytes:
    raw = secret.encode()
    encoded = [base64.b64encode(raw), base64.urlsafe_b64encode(raw), base64.b32encode(raw)]
    ways = [raw.hex().encode(), *(re.escape(way.rstrip(b"=")) for way in encoded)]
    # Six digits within a longer number or digest are no code.
    in_the_clear = rb"(?<![0-9a-f])" + raw + rb"(?![0-9a-f])" if secret.isdigit() else re.escape(raw)
    return b"|".join([in_the_clear, *ways])


def columns_that_may_hold_text(conn: Connection) -> list[tuple[str, str]]:
    rows = conn.execute(
        """
        select table_name, column_name
        from information_schema.columns
        inner join information_schema.tables using (table_schema, table_name)
        where
            table_schema = 'public' and table_type = 'BASE TABLE'
            and data_type in ('text', 'character varying', 'bytea', 'jsonb', 'json', 'ARRAY', 'inet')
        """
    ).fetchall()
    return [(row["table_name"], row["column_name"]) for row in rows]


def test_the_story_was_told_to_its_end(story: Story) -> None:
    assert len(story.refusals) >= 20
    assert all(len(secret) >= 6 for secret in story.secrets.values())
    assert story.conn.execute("select from idempotency_keys").rowcount > 0


def test_no_secret_is_in_any_column_of_any_table(story: Story) -> None:
    columns = columns_that_may_hold_text(story.conn)
    assert {("auth_accounts", "password"), ("communication_logs", "body"), ("idempotency_keys", "body")} < set(columns)

    found = set()
    for table, column in columns:
        for row in story.conn.execute(f"select {column} as kept from {table}".encode()).fetchall():
            text = row["kept"] if isinstance(row["kept"], bytes) else str(row["kept"]).encode()
            found |= {(table, column, name) for name in found_in(text, story.secrets)}

    assert found == set()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"the password is a sentence nobody says.", ["password"]),
        (b"x" + b"a sentence nobody says".hex().encode(), ["password"]),
        (base64.b64encode(b"a sentence nobody says"), ["password"]),
        (base64.b32encode(b"a sentence nobody says"), ["password"]),
        (b"the code is 042117.", ["code"]),
        (b"304" + b"042117".hex().encode(), ["code"]),
        (b"the number is 10421170", []),
        (b"A Sentence Nobody Says", []),
    ],
)
def test_a_secret_would_be_found_in(text: bytes, found: list[str]) -> None:
    assert found_in(text, {"password": "a sentence nobody says", "code": "042117"}) == found


def test_no_secret_is_in_the_log(story: Story) -> None:
    logged = "\n".join(story.log.lines).encode()

    assert b"CheckViolation" in logged  # the faults of the story are there
    assert found_in(logged, story.secrets) == []


def test_no_secret_is_in_any_refusal(story: Story) -> None:
    assert found_in("\n".join(story.refusals).encode(), story.secrets) == []
