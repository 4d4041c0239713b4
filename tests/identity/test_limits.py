"""How often somebody may try to get in: per account and per address, counted whatever becomes of the request."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.identity.conftest import Enrol, Later, LookUp

SetTries = Callable[[int], None]

OWN_PHONE = "+31698765432"
# So many tries, and how the subject is kept for which they are: the address 192.0.2.1.
TOO_OFTEN = (1000, hashlib.sha256(b"address 192.0.2.1").digest())
JUNK = {"password": "password1"}  # refused before anything is hashed, which would take its time


@dataclass(frozen=True)
class Way:
    """A way to get in, which is tried in vain: what is sent for an account, and the most tries in so many seconds."""

    action: str
    path: str
    body: Callable[[str], dict[str, str]]
    per_account: int
    per_address: int
    seconds: int

    def attempt(self, api: ApiClient, account: int, address: int, **options: Any) -> Answer:
        """A try for one of the accounts, from one of the addresses."""
        environ = {"REMOTE_ADDR": f"192.0.2.{address}"}
        return api.by_token(None).post(self.path, self.body(f"{account}"), environ_overrides=environ, **options)


WAYS = [
    Way(
        "SIGN_IN",
        "/auth/login",
        lambda n: {"email": f"user{n}@people.example", "password": "not the sentence"},
        10,
        120,
        15 * 60,
    ),
    Way(
        "SIGN_UP",
        "/auth/signup",
        lambda n: {"name": "Emma", "email": f"user{n}@people.example", **JUNK},
        30,
        60,
        3600,
    ),
    Way("SEND_LINK", "/auth/request-password-reset", lambda n: {"email": f"user{n}@people.example"}, 5, 30, 3600),
    Way("OPEN_LINK", "/auth/verify-email", lambda n: {"token": f"no-such-token-{n}"}, 20, 60, 3600),
    Way("SEND_CODE", "/auth/otp/send", lambda n: {"phoneNumber": f"+3161234567{n}", "purpose": "LOGIN"}, 6, 30, 3600),
    Way(
        "ENTER_CODE",
        "/auth/otp/verify",
        lambda n: {"phoneNumber": f"+3161234567{n}", "purpose": "LOGIN", "code": "000000"},
        20,
        60,
        3600,
    ),
]
each_way = pytest.mark.parametrize("way", WAYS, ids=[way.action for way in WAYS])


@pytest.fixture
def set_tries(conn: Connection) -> SetTries:
    """As if each account and address that has tried so far had tried so often; to send it all would take its time."""

    def set_tries(tries: int) -> None:
        conn.execute("update auth_attempts set attempts = %s", [tries])

    return set_tries


@pytest.fixture(autouse=True)
def accounts(enrol: Enrol) -> None:
    """The accounts that are tried: user1@people.example and so on, whose hashes are quick to compare."""
    for _ in range(3):
        enrol()


def is_limited(answer: Answer) -> bool:
    if answer.status == 429:
        assert answer.body["code"] == "rate_limited"
        assert int(answer.headers["Retry-After"]) > 0
    return answer.status == 429


@each_way
def test_an_account_has_so_many_tries_wherever_they_come_from(
    way: Way, api: ApiClient, set_tries: SetTries, later: Later
) -> None:
    way.attempt(api, account=1, address=1)
    set_tries(way.per_account - 1)
    later(minutes=1)  # before which no second code is sent to a phone

    last = way.attempt(api, account=1, address=2)
    refused = way.attempt(api, account=1, address=3)

    assert (is_limited(last), is_limited(refused)) == (False, True)


@each_way
def test_the_tries_of_one_account_are_not_those_of_another(way: Way, api: ApiClient, set_tries: SetTries) -> None:
    way.attempt(api, account=1, address=1)
    set_tries(way.per_account)

    assert is_limited(way.attempt(api, account=1, address=1))
    assert not is_limited(way.attempt(api, account=2, address=1))


@each_way
def test_an_address_has_so_many_tries_whomever_they_are_for(way: Way, api: ApiClient, set_tries: SetTries) -> None:
    way.attempt(api, account=1, address=1)
    set_tries(way.per_address - 1)

    last = way.attempt(api, account=2, address=1)
    refused = way.attempt(api, account=3, address=1)

    assert (is_limited(last), is_limited(refused)) == (False, True)


@each_way
def test_an_address_over_its_limit_uses_up_no_accounts_tries(
    way: Way, api: ApiClient, set_tries: SetTries, look_up: LookUp, later: Later
) -> None:
    way.attempt(api, account=1, address=2)
    set_tries(way.per_account - 1)
    later(minutes=1)  # before which no second code is sent to a phone
    way.attempt(api, account=2, address=1)
    look_up("update auth_attempts set attempts = %s where attempts = 1 and subject = %s returning 1", *TOO_OFTEN)
    before = look_up("select count(*) from auth_attempts")

    refused = [way.attempt(api, account=account, address=1) for account in (1, 1, 3)]

    assert [is_limited(answer) for answer in refused] == [True, True, True]
    assert look_up("select count(*) from auth_attempts") == before  # not even a row for an account
    assert not is_limited(way.attempt(api, account=1, address=3))


@each_way
def test_the_tries_of_one_address_are_not_those_of_another(way: Way, api: ApiClient, set_tries: SetTries) -> None:
    way.attempt(api, account=1, address=1)
    set_tries(way.per_address)

    assert is_limited(way.attempt(api, account=2, address=1))
    assert not is_limited(way.attempt(api, account=3, address=2))


@each_way
def test_whoever_tried_too_often_is_told_how_long_to_wait(
    way: Way, api: ApiClient, set_tries: SetTries, later: Later
) -> None:
    way.attempt(api, account=1, address=1)
    set_tries(1000)

    at_first = way.attempt(api, account=1, address=1)
    later(seconds=way.seconds - 1)
    at_last = way.attempt(api, account=1, address=1)

    assert (at_first.status, at_first.headers["Retry-After"]) == (429, str(way.seconds))
    assert (at_last.status, at_last.headers["Retry-After"]) == (429, "1")


@each_way
def test_when_the_time_is_over_counting_begins_anew(
    way: Way, api: ApiClient, set_tries: SetTries, later: Later, look_up: LookUp
) -> None:
    way.attempt(api, account=1, address=1)
    set_tries(1000)
    later(seconds=way.seconds)

    assert not is_limited(way.attempt(api, account=1, address=1))
    assert look_up("select max(attempts) from auth_attempts") == 1


@pytest.mark.committed
def test_a_try_counts_although_its_request_fails(api: ApiClient, look_up: LookUp) -> None:
    statuses = {way.action: [way.attempt(api, 1, 1).status for _ in range(2)] for way in WAYS}

    counted = look_up("select json_object_agg(action, attempts) from auth_attempts where attempts = 2")
    assert counted == {way.action: 2 for way in WAYS}
    assert statuses == {
        "SIGN_IN": [401, 401],
        "SIGN_UP": [422, 422],
        "SEND_LINK": [204, 204],
        "OPEN_LINK": [422, 422],
        "SEND_CODE": [200, 429],
        "ENTER_CODE": [422, 422],
    }


def test_what_was_tried_is_kept_as_a_digest(api: ApiClient, look_up: LookUp) -> None:
    for way in WAYS:
        way.attempt(api, account=1, address=1)

    assert look_up("select bool_and(length(subject) = 32) from auth_attempts") is True


# What counts together


@pytest.mark.parametrize(
    ("path", "body", "action"),
    [
        ("/auth/send-verification", {"email": "user1@people.example"}, "SEND_LINK"),
        ("/auth/reset-password", {"token": "no-such-token", "password": "a sentence nobody says"}, "OPEN_LINK"),
        ("/staff/accept-invitation", {"token": "no-such-token", "password": "a sentence nobody says"}, "OPEN_LINK"),
    ],
)
def test_the_other_ways_in_are_limited_too(
    api: ApiClient, set_tries: SetTries, path: str, body: dict[str, str], action: str
) -> None:
    api.post(path, body)
    set_tries(1000)
    [way] = [way for way in WAYS if way.action == action]
    from_there = {"environ_overrides": {"REMOTE_ADDR": "127.0.0.1"}}

    assert is_limited(api.post(path, body))
    assert is_limited(api.post(way.path, way.body("2"), **from_there))


def test_a_wrong_password_counts_wherever_it_is_entered(api: ApiClient, enrol: Enrol, set_tries: SetTries) -> None:
    user = enrol()
    me = api.by_token(user["token"])
    me.post("/auth/change-password", {"currentPassword": "not the sentence", "password": "another sentence"})
    set_tries(10)

    body = {"currentPassword": user["password"], "password": "another sentence"}
    assert is_limited(me.post("/auth/change-password", body))
    assert is_limited(api.post("/auth/login", {"email": user["email"], "password": user["password"]}))


@pytest.mark.parametrize("path", ["/auth/otp/send", "/auth/otp/verify"])
def test_codes_of_one_purpose_do_not_count_for_another(
    api: ApiClient, enrol: Enrol, set_tries: SetTries, path: str
) -> None:
    me = api.by_token(enrol(phone_number=OWN_PHONE)["token"])
    body = {"phoneNumber": OWN_PHONE} | ({"code": "000000"} if path.endswith("verify") else {})
    me.post(path, {**body, "purpose": "VERIFY"})
    set_tries(20)

    assert is_limited(me.post(path, {**body, "purpose": "VERIFY"}))
    assert not is_limited(me.post(path, {**body, "purpose": "LOGIN"}))


def test_links_of_one_kind_do_not_count_for_another(api: ApiClient, enrol: Enrol, conn: Connection) -> None:
    body = {"email": enrol()["email"]}
    api.post("/auth/send-verification", body)
    conn.execute("update auth_attempts set attempts = 5")

    assert is_limited(api.post("/auth/send-verification", body))
    assert not is_limited(api.post("/auth/request-password-reset", body))


@pytest.mark.parametrize("path", ["/auth/otp/send", "/auth/otp/verify"])
def test_whoever_names_the_phone_of_another_as_theirs_uses_up_nobodys_tries(
    api: ApiClient, enrol: Enrol, look_up: LookUp, path: str
) -> None:
    enrol(phone_number=OWN_PHONE)
    body = {"phoneNumber": OWN_PHONE, "purpose": "VERIFY"} | ({"code": "000000"} if path.endswith("verify") else {})

    refused = api.post(path, body)

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/phoneNumber"]
    assert look_up("select count(*) from auth_attempts") == 0


def test_one_way_does_not_count_for_another(api: ApiClient, set_tries: SetTries) -> None:
    sign_in, sign_up, send_link, *_ = WAYS
    sign_in.attempt(api, account=1, address=1)
    set_tries(1000)

    assert is_limited(sign_in.attempt(api, account=1, address=1))
    assert not is_limited(sign_up.attempt(api, account=1, address=1))
    assert not is_limited(send_link.attempt(api, account=1, address=1))


def test_an_account_is_one_whatever_the_case_of_its_e_mail(api: ApiClient, set_tries: SetTries) -> None:
    way = WAYS[1]
    way.attempt(api, account=1, address=1)
    set_tries(way.per_account)

    body = {"name": "Emma", "email": "USER1@People.example", **JUNK}
    assert is_limited(api.post(way.path, body))


def test_a_household_with_many_addresses_of_ipv6_is_one(api: ApiClient, set_tries: SetTries) -> None:
    way = WAYS[1]

    def attempt(account: int, address: str) -> Answer:
        return api.post(way.path, way.body(f"{account}"), environ_overrides={"REMOTE_ADDR": address})

    attempt(1, "2001:db8:1:2::7")
    set_tries(way.per_address)

    assert is_limited(attempt(2, "2001:db8:1:2:ffff::1"))
    assert not is_limited(attempt(3, "2001:db8:1:3::7"))


def test_nobody_passes_for_many_by_a_header(api: ApiClient, set_tries: SetTries) -> None:
    way = WAYS[1]
    way.attempt(api, account=1, address=1, headers={"X-Forwarded-For": "198.51.100.1"})
    set_tries(way.per_address)

    assert is_limited(way.attempt(api, account=2, address=1, headers={"X-Forwarded-For": "198.51.100.2"}))


# What is forgiven


def test_whoever_signs_in_is_forgiven_what_they_tried_in_vain(
    api: ApiClient, enrol: Enrol, set_tries: SetTries, look_up: LookUp
) -> None:
    user = enrol()
    way = replace(WAYS[0], body=lambda _: {"email": user["email"], "password": "not the sentence"})
    way.attempt(api, account=1, address=1)
    set_tries(9)

    signed_in = api.post("/auth/login", {"email": user["email"], "password": user["password"]})
    again = way.attempt(api, account=1, address=1)

    assert (signed_in.status, again.status) == (200, 401)
    # The account has that one try; the address is forgiven nothing.
    assert look_up("select array_agg(attempts order by attempts) from auth_attempts") == [1, 1, 10]


def test_whoever_changes_their_password_is_forgiven_as_well(api: ApiClient, enrol: Enrol, set_tries: SetTries) -> None:
    user = enrol()
    me = api.by_token(user["token"])
    me.post("/auth/change-password", {"currentPassword": "not the sentence", "password": "another sentence"})
    set_tries(9)
    me.post("/auth/change-password", {"currentPassword": user["password"], "password": "another sentence"})

    assert api.post("/auth/login", {"email": user["email"], "password": "another sentence"}).status == 200


def test_the_suspended_are_forgiven_nothing(api: ApiClient, enrol: Enrol, set_tries: SetTries) -> None:
    user = enrol(status="SUSPENDED")
    right = {"email": user["email"], "password": user["password"]}
    api.post("/auth/login", right)
    set_tries(9)

    assert [api.post("/auth/login", right).status for _ in range(2)] == [403, 429]
