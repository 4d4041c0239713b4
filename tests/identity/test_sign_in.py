"""Sign-in: whom it lets in, what it tells of those it does not, and how passwords are kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import argon2
import pytest
from argon2 import PasswordHasher

from photolens import create_app
from photolens.config import Settings
from photolens.database import open_pools
from photolens.identity import passwords
from tests.client import Answer, ApiClient
from tests.conftest import SEEDED_TEMPLATE, Databases
from tests.identity.conftest import AppWith, CodeTo, Enrol, LookUp, MessagesTo

PHONE = "+31612345678"
PRODUCTION = {"PHOTOLENS_ENV": "production"}


@dataclass
class CountingHasher:
    """The hasher itself, which notes each hash that it compares something with."""

    hasher: PasswordHasher
    compared: list[str] = field(default_factory=list)

    def verify(self, kept: str, password: str) -> bool:
        self.compared.append(kept)
        return self.hasher.verify(kept, password)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.hasher, name)


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> CountingHasher:
    """The hasher of the application, counting: the time it takes cannot be tested, that it is asked can."""
    counting = CountingHasher(passwords._HASHER)
    monkeypatch.setattr(passwords, "_HASHER", counting)
    return counting


@pytest.fixture
def sign_in(api: ApiClient) -> Callable[[str, str], Answer]:
    """Sign in with an e-mail and a password, as somebody without a token would."""
    return lambda email, password: api.by_token(None).post("/auth/login", {"email": email, "password": password})


def kept_password(look_up: LookUp, user: dict[str, Any]) -> str:
    return str(look_up("select password from auth_accounts where user_id = %s", user["id"]))


# Who gets in


def test_the_right_password_is_answered_with_a_token_its_end_and_the_user(
    api: ApiClient, sign_in: Callable[..., Answer], enrol: Enrol
) -> None:
    user = enrol()

    signed_in = sign_in(user["email"], user["password"])

    assert signed_in.status == 200
    assert sorted(signed_in.body) == ["expiresAt", "token", "user"]
    assert signed_in.body["user"]["id"] == user["id"]
    assert api.by_token(signed_in.body["token"]).get("/auth/me").body["user"] == signed_in.body["user"]


def test_the_case_of_the_e_mail_does_not_matter(sign_in: Callable[..., Answer], enrol: Enrol) -> None:
    user = enrol(email="Emma@People.example")

    assert sign_in("eMMA@people.EXAMPLE", user["password"]).status == 200


def test_the_user_is_told_when_they_last_signed_in(sign_in: Callable[..., Answer], enrol: Enrol) -> None:
    user = enrol()

    signed_in = sign_in(user["email"], user["password"])

    assert signed_in.body["user"]["lastLoginAt"] is not None


@pytest.mark.parametrize("role", ["CUSTOMER", "VENDOR"])
def test_whoever_is_pending_may_sign_in(sign_in: Callable[..., Answer], enrol: Enrol, role: str) -> None:
    user = enrol(role=role, status="PENDING", is_email_verified=False)

    assert sign_in(user["email"], user["password"]).status == 200


@pytest.mark.parametrize("role", ["OWNER", "ADMIN", "PHOTOGRAPHER", "EDITOR", "FINANCE"])
def test_whoever_is_pending_is_permitted_nothing_whatever_their_role(api: ApiClient, enrol: Enrol, role: str) -> None:
    pending = api.by_token(enrol(role=role, status="PENDING")["token"])

    assert pending.get("/auth/me").body["permissions"] == []
    assert [pending.get(path).status for path in ("/clients", "/users")] == [403, 403]


# Who does not, and what they are told


@pytest.fixture
def refused(sign_in: Callable[..., Answer], enrol: Enrol, hashed: str) -> dict[str, Callable[[], Answer]]:
    """A sign-in that is refused, for each reason that nobody is to learn."""
    known, without_password = enrol(hashed=hashed), enrol(hashed=None)
    return {
        "a wrong password": lambda: sign_in(known["email"], "not the sentence"),
        "an unknown e-mail": lambda: sign_in("nobody@people.example", known["password"]),
        "an account without a password": lambda: sign_in(without_password["email"], known["password"]),
    }


def test_a_wrong_password_is_refused(refused: dict[str, Callable[[], Answer]]) -> None:
    answer = refused["a wrong password"]()

    assert (answer.status, answer.body["code"]) == (401, "invalid_credentials")


@pytest.mark.parametrize("reason", ["an unknown e-mail", "an account without a password"])
def test_the_answer_is_that_to_a_wrong_password_for(refused: dict[str, Callable[[], Answer]], reason: str) -> None:
    wrong_password, other = refused["a wrong password"](), refused[reason]()

    assert (other.status, other.body) == (wrong_password.status, wrong_password.body)
    assert sorted(other.headers.keys()) == sorted(wrong_password.headers.keys())


@pytest.mark.usefixtures("thorough_hasher")
@pytest.mark.parametrize("reason", ["a wrong password", "an unknown e-mail", "an account without a password"])
def test_one_password_is_compared_as_thoroughly_for(
    refused: dict[str, Callable[[], Answer]], reason: str, hasher: CountingHasher, hashed: str
) -> None:
    refused[reason]()

    [compared_with] = hasher.compared
    assert argon2.extract_parameters(compared_with) == argon2.extract_parameters(hashed)


def test_a_password_that_nobody_could_have_chosen_is_only_a_wrong_one(
    sign_in: Callable[..., Answer], enrol: Enrol
) -> None:
    assert sign_in(enrol()["email"], "short").body["code"] == "invalid_credentials"


def test_the_suspended_learn_that_they_are_from_the_right_password(
    sign_in: Callable[..., Answer], enrol: Enrol
) -> None:
    user = enrol(status="SUSPENDED")

    refused = sign_in(user["email"], user["password"])

    assert (refused.status, refused.body["code"]) == (403, "account_suspended")


def test_nobody_learns_from_a_wrong_password_that_somebody_is_suspended(
    sign_in: Callable[..., Answer], enrol: Enrol
) -> None:
    user = enrol(status="SUSPENDED")

    refused = sign_in(user["email"], "not the sentence")

    assert (refused.status, refused.body["code"]) == (401, "invalid_credentials")


def test_a_refused_sign_in_opens_no_session(
    refused: dict[str, Callable[[], Answer]], sign_in: Callable[..., Answer], enrol: Enrol, look_up: LookUp
) -> None:
    suspended = enrol(status="SUSPENDED")
    before = look_up("select count(*) from auth_sessions")

    refused["a wrong password"]()
    sign_in(suspended["email"], suspended["password"])

    assert look_up("select count(*) from auth_sessions") == before


def test_a_401_says_how_to_be_let_in(refused: dict[str, Callable[[], Answer]]) -> None:
    assert refused["a wrong password"]().headers.get("WWW-Authenticate", "").startswith("Bearer")


# How passwords are kept


@pytest.mark.usefixtures("thorough_hasher")
def test_a_password_is_kept_as_the_hash_that_argon2_makes_by_default(
    api: ApiClient, look_up: LookUp, hashed: str
) -> None:
    account = {"name": "Emma", "email": "emma@people.example", "password": "a sentence nobody says"}
    user = api.post("/auth/signup", account).body["user"]

    kept = kept_password(look_up, user)

    assert kept.startswith("$argon2id$")
    assert argon2.extract_parameters(kept) == argon2.extract_parameters(hashed)


@pytest.mark.usefixtures("thorough_hasher")
def test_a_hash_of_former_times_is_replaced_by_a_sign_in(
    sign_in: Callable[..., Answer], enrol: Enrol, look_up: LookUp, hashed_of_old: str
) -> None:
    user = enrol(hashed=hashed_of_old)

    first = sign_in(user["email"], user["password"])

    kept = kept_password(look_up, user)
    assert first.status == 200
    assert not PasswordHasher().check_needs_rehash(kept)
    assert sign_in(user["email"], user["password"]).status == 200


@pytest.mark.usefixtures("thorough_hasher")
def test_a_hash_of_former_times_stays_where_the_password_is_wrong(
    sign_in: Callable[..., Answer], enrol: Enrol, look_up: LookUp, hashed_of_old: str
) -> None:
    user = enrol(hashed=hashed_of_old)

    sign_in(user["email"], "not the sentence")

    assert kept_password(look_up, user) == hashed_of_old


@pytest.mark.usefixtures("thorough_hasher")
def test_a_hash_of_today_stays_as_it_is(
    sign_in: Callable[..., Answer], enrol: Enrol, look_up: LookUp, hashed: str
) -> None:
    user = enrol(hashed=hashed)

    sign_in(user["email"], user["password"])

    assert kept_password(look_up, user) == hashed


# The demo's users, whose passwords everybody knows


def test_the_password_that_the_seed_names_is_that_of_its_user(databases: Databases, settings: Settings) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url, open_pools(settings, url) as pools:
        api = ApiClient(create_app(settings, pools), token=None)

        signed_in = api.post("/auth/login", {"email": "test@example.com", "password": "test123"})

    assert signed_in.status == 200
    assert signed_in.body["user"]["id"] == "550e8400-e29b-41d4-a716-446655440000"


def test_the_seed_makes_a_user_for_each_role(databases: Databases, settings: Settings) -> None:
    roles = ["OWNER", "ADMIN", "PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER", "VENDOR", "CUSTOMER"]
    with databases.clone(SEEDED_TEMPLATE) as url, open_pools(settings, url) as pools:
        api = ApiClient(create_app(settings, pools))

        users = {
            role: api.get(f"/users?role={role}&status=ACTIVE&q=demo.photolens.test").body["data"] for role in roles
        }

    # And three vendors, for there to be a market; four trainers, and twelve people who come to classes.
    many = {"VENDOR": 3, "TRAINER": 4, "CUSTOMER": 12}
    assert {role: len(found) for role, found in users.items()} == {**dict.fromkeys(roles, 1), **many}


@pytest.fixture(params=["development", "production"])
def environment(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def welcome(environment: str) -> bool:
    """Whether the demo's users are let in."""
    return environment == "development"


@pytest.fixture
def house(app_with: AppWith, environment: str) -> ApiClient:
    """The application in that environment, called without a token."""
    return ApiClient(app_with(PHOTOLENS_ENV=environment), token=None)


def test_a_demo_user_signs_in_everywhere_but_in_production(house: ApiClient, enrol: Enrol, welcome: bool) -> None:
    user = enrol(is_demo=True)

    answer = house.post("/auth/login", {"email": user["email"], "password": user["password"]})

    assert answer.status == (200 if welcome else 401)


def test_a_demo_users_session_counts_everywhere_but_in_production(
    house: ApiClient, enrol: Enrol, welcome: bool
) -> None:
    user = enrol(is_demo=True)

    assert house.by_token(user["token"]).get("/auth/me").status == (200 if welcome else 401)


def test_a_demo_users_personal_token_counts_everywhere_but_in_production(
    api: ApiClient, house: ApiClient, enrol: Enrol, welcome: bool
) -> None:
    in_development = api.by_token(enrol(is_demo=True)["token"])
    token = in_development.post("/me/tokens", {"name": "Sync", "permissions": []}).body["token"]

    assert house.by_token(token).get("/auth/me").status == (200 if welcome else 401)


def test_a_demo_user_is_sent_a_code_everywhere_but_in_production(
    house: ApiClient, enrol: Enrol, welcome: bool, messages_to: MessagesTo
) -> None:
    enrol(is_demo=True, phone_number=PHONE)

    house.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})

    assert len(messages_to(PHONE)) == int(welcome)


def test_a_demo_user_signs_in_by_code_everywhere_but_in_production(
    api: ApiClient, house: ApiClient, enrol: Enrol, welcome: bool, code_to: CodeTo
) -> None:
    enrol(is_demo=True, phone_number=PHONE)
    api.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})  # in development

    answer = house.post("/auth/otp/verify", {"phoneNumber": PHONE, "code": code_to(PHONE), "purpose": "LOGIN"})

    assert answer.status == (200 if welcome else 422)


def test_a_demo_user_comes_from_this_machine_alone(api: ApiClient, enrol: Enrol) -> None:
    user = enrol(is_demo=True)
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}}

    signed_in = api.post("/auth/login", {"email": user["email"], "password": user["password"]}, **elsewhere)

    assert signed_in.status == 401
    assert api.by_token(user["token"]).get("/auth/me", **elsewhere).status == 401


@pytest.mark.parametrize(
    "options",
    [
        {"environ_overrides": {"REMOTE_ADDR": "192.0.2.7"}},
        {"headers": {"Host": "studio.example"}},
        {"headers": {"X-Forwarded-For": "192.0.2.7"}},
        {"headers": {"Forwarded": "for=192.0.2.7"}},
    ],
    ids=["another machine", "another name", "forwarded", "forwarded by the standard"],
)
def test_a_demo_user_is_sent_no_code_from_elsewhere(
    api: ApiClient, enrol: Enrol, messages_to: MessagesTo, options: dict[str, Any]
) -> None:
    user = enrol(is_demo=True, phone_number=PHONE)

    sent = api.by_token(None).post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"}, **options)

    assert (sent.status, messages_to(PHONE)) == (200, [])
    assert api.by_token(user["token"]).get("/auth/me", **options).status == 401


def test_whoever_is_no_demo_user_signs_in_anywhere(house: ApiClient, enrol: Enrol) -> None:
    user = enrol()

    signed_in = house.post("/auth/login", {"email": user["email"], "password": user["password"]})

    assert signed_in.status == 200
    assert house.by_token(signed_in.body["token"]).get("/auth/me").status == 200
