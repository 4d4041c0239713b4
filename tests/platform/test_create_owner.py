"""`photolens users create-owner`: the account that a new studio begins with."""

import pytest
from click.testing import CliRunner, Result

from photolens.cli import photolens
from photolens.database import Connection, Row
from tests.client import ApiClient
from tests.factories import Factory

pytestmark = pytest.mark.committed

ROSA = {"name": "Rosa Delgado", "email": "rosa@studio.example", "password": "a sentence nobody says"}


def create_owner(url: str, typed: str | None = None, **account: str) -> Result:
    options = [word for name, value in account.items() for word in (f"--{name}", value)]
    runner = CliRunner(env={"DATABASE_URL": url})
    return runner.invoke(photolens, ["users", "create-owner", *options], input=typed, catch_exceptions=False)


def kept(conn: Connection) -> Row:
    """How many accounts and records on the team there are."""
    row = conn.execute(
        "select (select count(*) from auth_users) as accounts, (select count(*) from staff_members) as members"
    ).fetchone()
    assert row is not None
    return row


def test_an_owner_can_sign_in_at_once_and_do_everything(clone_url: str, api: ApiClient) -> None:
    created = create_owner(clone_url, **ROSA)

    signed_in = api.by_token(None).post("/auth/login", {"email": ROSA["email"], "password": ROSA["password"]})
    me = api.by_token(signed_in.body["token"]).get("/auth/me").body
    assert (created.exit_code, created.output) == (0, "rosa@studio.example can sign in, as an owner.\n")
    assert (me["user"]["name"], me["user"]["role"], me["user"]["status"]) == ("Rosa Delgado", "OWNER", "ACTIVE")
    assert me["user"]["isEmailVerified"] is True
    assert me["permissions"] == api.get("/auth/me").body["permissions"]


def test_an_owner_is_on_the_team(clone_url: str, api: ApiClient) -> None:
    create_owner(clone_url, **ROSA)
    signed_in = api.by_token(None).post("/auth/login", {"email": ROSA["email"], "password": ROSA["password"]})

    me = api.by_token(signed_in.body["token"]).get("/auth/me").body
    [member] = api.get("/staff").body["data"]

    assert (member["id"], member["userId"]) == (me["staffId"], me["user"]["id"])
    assert (member["name"], member["email"]) == (ROSA["name"], ROSA["email"])
    assert (member["role"], member["status"]) == ("OWNER", "ACTIVE")


def test_an_owner_who_is_on_the_team_already_is_not_opened_by_halves(
    clone_url: str, conn: Connection, make: Factory
) -> None:
    make.staff(name="Rosa", role="OWNER", email=ROSA["email"].upper())
    before = kept(conn)

    refused = create_owner(clone_url, **ROSA)

    assert (refused.exit_code, refused.output) == (1, "Error: Another staff member has this e-mail address.\n")
    assert kept(conn) == before


def test_an_owner_has_a_profile_as_everybody_has(clone_url: str, api: ApiClient) -> None:
    create_owner(clone_url, **ROSA)
    signed_in = api.by_token(None).post("/auth/login", {"email": ROSA["email"], "password": ROSA["password"]})

    profile = api.by_token(signed_in.body["token"]).get("/me/profile")

    assert (profile.status, profile.body["bio"]) == (200, None)


def test_a_password_that_is_not_given_is_asked_for_twice_and_not_shown(clone_url: str, api: ApiClient) -> None:
    password = ROSA["password"]
    created = create_owner(clone_url, f"{password}\n{password}\n", name=ROSA["name"], email=ROSA["email"])

    signed_in = api.by_token(None).post("/auth/login", {"email": ROSA["email"], "password": password})
    assert (created.exit_code, signed_in.status) == (0, 200)
    assert password not in created.output


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("password", "seven77", "The password is not from 8 to 128 characters long."),
        ("password", "x" * 129, "The password is not from 8 to 128 characters long."),
        ("password", "password1", "The password is one that many people have."),
        ("password", "Rosa@Studio.example", "The password is the e-mail address."),
        ("email", "rosa", "The email is not an e-mail address."),
        ("name", " ", "The name may not be empty."),
        ("email", "OWNER@callers.example", "Somebody has an account with this e-mail address."),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    clone_url: str, conn: Connection, field: str, value: str, sentence: str
) -> None:
    before = kept(conn)

    refused = create_owner(clone_url, **{**ROSA, field: value})

    assert (refused.exit_code, refused.output) == (1, f"Error: {sentence}\n")
    assert kept(conn) == before
