"""One-time codes: how they are made and kept, what they are bound to, and how soon they are worth nothing."""

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from photolens.config import ConfigurationError, Settings
from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.identity.conftest import AppWith, CodeTo, Enrol, Later, LookUp, MessagesTo

PHONE = "+31612345678"
ANOTHER_PHONE = "+31687654321"


def send(api: ApiClient, purpose: str = "LOGIN", phone: str = PHONE, **options: Any) -> Answer:
    return api.post("/auth/otp/send", {"phoneNumber": phone, "purpose": purpose}, **options)


def enter(api: ApiClient, code: str, purpose: str = "LOGIN", phone: str = PHONE) -> Answer:
    return api.post("/auth/otp/verify", {"phoneNumber": phone, "code": code, "purpose": purpose})


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def seconds_from_now(instant: str) -> float:
    return (datetime.fromisoformat(instant) - datetime.now(UTC)).total_seconds()


@pytest.fixture
def nobody(api: ApiClient) -> ApiClient:
    """The application, called without a token."""
    return api.by_token(None)


@pytest.fixture
def emma(enrol: Enrol) -> dict[str, Any]:
    """A user whose verified phone is PHONE."""
    return enrol(phone_number=PHONE)


@pytest.fixture
def newcomer(enrol: Enrol) -> dict[str, Any]:
    """A customer who has given PHONE, and has yet to prove it."""
    return enrol(phone_number=PHONE, is_phone_verified=False, status="PENDING", is_email_verified=False)


# How a code is made and kept


def test_a_code_is_six_digits_in_a_text(nobody: ApiClient, emma: dict[str, Any], messages_to: MessagesTo) -> None:
    sent = send(nobody)

    [text] = messages_to(PHONE)
    assert sent.status == 200
    assert len(re.findall(r"\b[0-9]{6}\b", text)) == 1


def test_the_answer_says_how_long_a_code_is_good_and_when_another_may_be_had(
    nobody: ApiClient, emma: dict[str, Any]
) -> None:
    sent = send(nobody).body

    assert (sent["phoneNumber"], sent["purpose"]) == (PHONE, "LOGIN")
    assert 0 <= 300 - seconds_from_now(sent["expiresAt"]) < 60
    assert datetime.fromisoformat(sent["expiresAt"]) - datetime.fromisoformat(sent["resendAt"]) == timedelta(minutes=4)


def test_a_code_is_not_in_the_answer(nobody: ApiClient, emma: dict[str, Any]) -> None:
    assert send(nobody).body["code"] is None


def test_leading_zeros_are_kept(nobody: ApiClient, enrol: Enrol, code_to: CodeTo) -> None:
    # One code in ten begins with a zero: so many are sent, each to another phone from another address, until one does.
    for n in range(200):
        phone = f"+3161234{n:04}"
        enrol(phone_number=phone)
        send(nobody, phone=phone, environ_overrides={"REMOTE_ADDR": f"192.0.2.{n}"})
        if code_to(phone).startswith("0"):
            break

    assert code_to(phone).startswith("0")
    assert enter(nobody, code_to(phone), phone=phone).status == 200


def test_a_code_is_kept_in_a_form_that_cannot_be_computed_from_it(
    nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo, look_up: LookUp
) -> None:
    send(nobody)

    kept = bytes(look_up("select otp_code from otp_sessions where phone_number = %s", PHONE))

    code = code_to(PHONE)
    guesses = [code, PHONE + code, code + PHONE, f"LOGIN{PHONE}{code}", f"{PHONE}LOGIN{code}"]
    assert kept not in [hashlib.sha256(guess.encode()).digest() for guess in guesses]


def test_a_code_is_worth_nothing_under_another_key(
    nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo, app_with: AppWith
) -> None:
    send(nobody)
    elsewhere = ApiClient(app_with(SECRET_KEY="a key that is not the one of this studio"), token=None)

    assert enter(elsewhere, code_to(PHONE)).status == 422
    assert enter(nobody, code_to(PHONE)).status == 200


def test_a_code_holds_while_the_key_is_replaced(
    nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo, app_with: AppWith, settings: Settings
) -> None:
    send(nobody)
    replaced = f"a key that takes the place of the first,{settings.secret_key[0]}"
    elsewhere = ApiClient(app_with(SECRET_KEY=replaced), token=None)

    assert enter(elsewhere, code_to(PHONE)).status == 200


@pytest.mark.parametrize("forged", ["purpose = 'LOGIN'", "phone_number = '+31687654321'"])
def test_whoever_writes_to_the_database_moves_no_code_to_another_purpose_or_phone(
    api: ApiClient, emma: dict[str, Any], enrol: Enrol, code_to: CodeTo, conn: Connection, forged: str
) -> None:
    enrol(phone_number=ANOTHER_PHONE)
    sent_for = "VERIFY" if "purpose" in forged else "LOGIN"
    send(api.by_token(emma["token"]), sent_for)
    conn.execute(f"update otp_sessions set {forged}".encode())

    entered = enter(api, code_to(PHONE), phone=PHONE if "purpose" in forged else ANOTHER_PHONE)

    assert (entered.status, entered.body["code"]) == (422, "code_invalid")


# What a code is bound to


def test_a_code_is_for_the_phone_it_was_sent_to(nobody: ApiClient, enrol: Enrol, code_to: CodeTo) -> None:
    enrol(phone_number=PHONE)
    enrol(phone_number=ANOTHER_PHONE)
    send(nobody)
    send(nobody, phone=ANOTHER_PHONE)

    refused = enter(nobody, code_to(PHONE), phone=ANOTHER_PHONE)

    assert (refused.status, refused.body["code"]) == (422, "code_invalid")


@pytest.mark.parametrize(("sent_for", "used_for"), [("LOGIN", "VERIFY"), ("VERIFY", "LOGIN")])
def test_a_code_is_for_the_purpose_it_was_sent_for(
    api: ApiClient, emma: dict[str, Any], code_to: CodeTo, sent_for: str, used_for: str
) -> None:
    me = api.by_token(emma["token"])
    send(me, used_for)
    send(me, sent_for)

    refused = enter(me, code_to(PHONE), used_for)

    assert (refused.status, refused.body["code"]) == (422, "code_invalid")


def test_a_code_for_a_sign_up_is_entered_there_and_nowhere_else(nobody: ApiClient, code_to: CodeTo) -> None:
    send(nobody, "SIGNUP")

    entered = enter(nobody, code_to(PHONE), "SIGNUP")

    assert [fault["pointer"] for fault in entered.body["errors"]] == ["/purpose"]
    assert enter(nobody, code_to(PHONE)).body["code"] == "code_invalid"


# When another may be had


@pytest.mark.parametrize(("seconds", "left"), [(0, "60"), (1, "59"), (59, "1")])
def test_another_code_is_not_sent_within_a_minute(
    nobody: ApiClient, emma: dict[str, Any], later: Later, messages_to: MessagesTo, seconds: int, left: str
) -> None:
    send(nobody)
    later(seconds=seconds)

    refused = send(nobody)

    assert (refused.status, refused.body["code"]) == (429, "rate_limited")
    assert refused.headers["Retry-After"] == left
    assert len(messages_to(PHONE)) == 1


def test_a_code_lives_on_when_another_was_refused(nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo) -> None:
    send(nobody)
    send(nobody)

    assert enter(nobody, code_to(PHONE)).status == 200


def test_another_code_kills_the_older(
    nobody: ApiClient, emma: dict[str, Any], later: Later, code_to: CodeTo, messages_to: MessagesTo
) -> None:
    send(nobody)
    older = code_to(PHONE)
    later(seconds=60)

    sent = send(nobody)

    newer = code_to(PHONE)
    assert (sent.status, len(messages_to(PHONE))) == (200, 2)
    assert enter(nobody, older).status == 422
    assert enter(nobody, newer).status == 200


def test_codes_of_two_purposes_do_not_keep_each_other_waiting(api: ApiClient, emma: dict[str, Any]) -> None:
    me = api.by_token(emma["token"])

    assert (send(me, "LOGIN").status, send(me, "VERIFY").status) == (200, 200)


# When a code is worth nothing


@pytest.mark.parametrize(("seconds", "status"), [(299, 200), (300, 422)])
def test_a_code_is_good_for_five_minutes(
    nobody: ApiClient, emma: dict[str, Any], later: Later, code_to: CodeTo, seconds: int, status: int
) -> None:
    send(nobody)

    later(seconds=seconds)

    assert enter(nobody, code_to(PHONE)).status == status


def test_a_code_serves_once(nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo) -> None:
    send(nobody)

    first, again = enter(nobody, code_to(PHONE)), enter(nobody, code_to(PHONE))

    assert (first.status, again.status) == (200, 422)


@pytest.mark.parametrize(("wrong_tries", "status"), [(4, 200), (5, 422)])
def test_five_wrong_tries_burn_a_code(
    nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo, wrong_tries: int, status: int
) -> None:
    send(nobody)
    for _ in range(wrong_tries):
        assert enter(nobody, other_than(code_to(PHONE))).body["code"] == "code_invalid"

    assert enter(nobody, code_to(PHONE)).status == status


def test_the_next_code_has_five_tries_of_its_own(
    nobody: ApiClient, emma: dict[str, Any], later: Later, code_to: CodeTo
) -> None:
    send(nobody)
    for _ in range(5):
        enter(nobody, other_than(code_to(PHONE)))
    later(seconds=60)
    send(nobody)
    for _ in range(4):
        enter(nobody, other_than(code_to(PHONE)))

    assert enter(nobody, code_to(PHONE)).status == 200


@pytest.mark.committed
def test_a_wrong_try_counts_although_its_request_fails(
    nobody: ApiClient, newcomer: dict[str, Any], code_to: CodeTo, look_up: LookUp, api: ApiClient
) -> None:
    me = api.by_token(newcomer["token"])
    attempts = "select attempts from otp_sessions where phone_number = %s and purpose = %s::text::otp_purpose"
    send(nobody, "LOGIN")
    send(me, "VERIFY")

    enter(nobody, "000000", "LOGIN")  # nobody's verified phone: a code that was never sent
    enter(me, other_than(code_to(PHONE)), "VERIFY")

    assert look_up(attempts, PHONE, "LOGIN") == 1
    assert look_up(attempts, PHONE, "VERIFY") == 1


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "12 345", "１２３４５６", "-12345", 123456, None])
def test_a_code_is_six_digits_and_nothing_else(nobody: ApiClient, code: Any) -> None:
    refused = enter(nobody, code)

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/code"]


@pytest.mark.parametrize("phone", ["0612345678", "+0612345678", "+31 6 12345678", "+316", "+" + "1" * 16, "", None])
def test_a_phone_number_is_written_as_e164_has_it(nobody: ApiClient, phone: Any) -> None:
    refused = send(nobody, phone=phone)

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/phoneNumber"]


def test_a_purpose_is_one_of_three(nobody: ApiClient) -> None:
    refused = send(nobody, "RESET")

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/purpose"]


# LOGIN


def test_a_code_signs_in_whoever_has_the_phone(api: ApiClient, emma: dict[str, Any], code_to: CodeTo) -> None:
    nobody = api.by_token(None)
    send(nobody)

    signed_in = enter(nobody, code_to(PHONE))

    assert signed_in.status == 200
    assert sorted(signed_in.body) == ["expiresAt", "token", "user"]
    assert signed_in.body["user"]["id"] == emma["id"]
    assert api.by_token(signed_in.body["token"]).get("/auth/me").body["user"]["id"] == emma["id"]


def test_an_unknown_phone_is_answered_alike_and_sent_nothing(
    nobody: ApiClient, emma: dict[str, Any], messages_to: MessagesTo
) -> None:
    known, unknown = send(nobody), send(nobody, phone=ANOTHER_PHONE)

    assert unknown.status == known.status == 200
    assert unknown.body == known.body | {"phoneNumber": ANOTHER_PHONE}
    assert (len(messages_to(PHONE)), messages_to(ANOTHER_PHONE)) == (1, [])


def test_a_phone_that_is_not_verified_signs_nobody_in(
    nobody: ApiClient, newcomer: dict[str, Any], messages_to: MessagesTo
) -> None:
    sent = send(nobody)

    assert sent.status == 200
    assert messages_to(PHONE) == []


def test_an_unknown_phone_has_to_wait_for_the_next_code_as_well(nobody: ApiClient) -> None:
    send(nobody)

    refused = send(nobody)

    assert (refused.status, refused.headers["Retry-After"]) == (429, "60")


def test_a_code_for_an_unknown_phone_is_refused_as_a_wrong_one_is(
    nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo
) -> None:
    send(nobody)
    send(nobody, phone=ANOTHER_PHONE)
    wrong = other_than(code_to(PHONE))

    for _ in range(6):
        known, unknown = enter(nobody, wrong), enter(nobody, wrong, phone=ANOTHER_PHONE)

        assert (unknown.status, unknown.body) == (known.status, known.body)


def test_the_suspended_are_not_signed_in_by_a_code(
    nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo, conn: Connection
) -> None:
    send(nobody)
    conn.execute("update auth_users set status = 'SUSPENDED' where id = %s", [emma["id"]])

    refused = enter(nobody, code_to(PHONE))

    assert (refused.status, refused.body["code"]) == (422, "code_invalid")


def test_the_suspended_are_sent_no_code_and_are_not_told(
    nobody: ApiClient, enrol: Enrol, messages_to: MessagesTo
) -> None:
    enrol(phone_number=PHONE, status="SUSPENDED")

    sent, unknown = send(nobody), send(nobody, phone=ANOTHER_PHONE)

    assert sent.status == 200
    assert sent.body == unknown.body | {"phoneNumber": PHONE}
    assert messages_to(PHONE) == []


def test_a_code_is_for_whoever_has_the_phone_now(
    nobody: ApiClient, emma: dict[str, Any], code_to: CodeTo, conn: Connection
) -> None:
    send(nobody)
    conn.execute("update auth_users set phone_number = null, phone_verified = null where id = %s", [emma["id"]])

    assert enter(nobody, code_to(PHONE)).status == 422


# SIGNUP


def test_a_code_for_a_sign_up_goes_to_a_phone_that_nobody_has(nobody: ApiClient, messages_to: MessagesTo) -> None:
    sent = send(nobody, "SIGNUP")

    assert sent.status == 200
    assert len(messages_to(PHONE)) == 1


def test_a_phone_that_somebody_has_proved_is_answered_alike_and_sent_nothing(
    nobody: ApiClient, emma: dict[str, Any], messages_to: MessagesTo
) -> None:
    taken, free = send(nobody, "SIGNUP"), send(nobody, "SIGNUP", phone=ANOTHER_PHONE)

    assert taken.body == free.body | {"phoneNumber": PHONE}
    assert (messages_to(PHONE), len(messages_to(ANOTHER_PHONE))) == ([], 1)


def test_a_phone_that_somebody_only_claims_may_still_be_signed_up_with(
    nobody: ApiClient, newcomer: dict[str, Any], messages_to: MessagesTo
) -> None:
    send(nobody, "SIGNUP")

    assert len(messages_to(PHONE)) == 1


# VERIFY


def test_a_code_verifies_the_callers_phone_and_lets_a_customer_in(
    api: ApiClient, newcomer: dict[str, Any], code_to: CodeTo
) -> None:
    me = api.by_token(newcomer["token"])
    send(me, "VERIFY")

    verified = enter(me, code_to(PHONE), "VERIFY")

    assert verified.status == 200
    assert (verified.body["token"], verified.body["expiresAt"]) == (None, None)
    assert (verified.body["user"]["isPhoneVerified"], verified.body["user"]["status"]) == (True, "ACTIVE")


def test_a_vendor_whose_phone_is_verified_waits_for_approval(api: ApiClient, enrol: Enrol, code_to: CodeTo) -> None:
    vendor = enrol(
        role="VENDOR", status="PENDING", is_email_verified=False, phone_number=PHONE, is_phone_verified=False
    )
    me = api.by_token(vendor["token"])
    send(me, "VERIFY")

    verified = enter(me, code_to(PHONE), "VERIFY").body["user"]

    assert (verified["isPhoneVerified"], verified["status"]) == (True, "PENDING")


def test_a_code_for_a_verification_is_sent_to_somebody_who_is_signed_in(nobody: ApiClient) -> None:
    refused = send(nobody, "VERIFY")

    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")


def test_a_phone_is_verified_by_somebody_who_is_signed_in(nobody: ApiClient) -> None:
    refused = enter(nobody, "123456", "VERIFY")

    assert (refused.status, refused.body["code"]) == (401, "unauthenticated")


def test_nobody_has_a_code_sent_to_the_phone_of_another(
    api: ApiClient, emma: dict[str, Any], messages_to: MessagesTo
) -> None:
    refused = send(api, "VERIFY")

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/phoneNumber"]
    assert messages_to(PHONE) == []


def test_nobody_verifies_the_phone_of_another(api: ApiClient, newcomer: dict[str, Any], code_to: CodeTo) -> None:
    send(api.by_token(newcomer["token"]), "VERIFY")

    refused = enter(api, code_to(PHONE), "VERIFY")

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/phoneNumber"]
    assert enter(api.by_token(newcomer["token"]), code_to(PHONE), "VERIFY").status == 200


def test_a_code_is_for_the_phone_that_the_caller_has_now(api: ApiClient, emma: dict[str, Any], code_to: CodeTo) -> None:
    me = api.by_token(emma["token"])
    send(me, "VERIFY")
    me.patch("/me", {"phoneNumber": ANOTHER_PHONE})

    refused = enter(me, code_to(PHONE), "VERIFY")

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/phoneNumber"]
    assert me.get("/me").body["isPhoneVerified"] is False


# OTP_ECHO


def test_a_code_is_echoed_where_that_is_set(app_with: AppWith, emma: dict[str, Any], code_to: CodeTo) -> None:
    echoing = ApiClient(app_with(OTP_ECHO="1"), token=None)

    assert send(echoing).body["code"] == code_to(PHONE)


def test_there_is_nothing_to_echo_for_an_unknown_phone(app_with: AppWith) -> None:
    echoing = ApiClient(app_with(OTP_ECHO="1"), token=None)

    assert send(echoing).body["code"] is None


def test_codes_are_never_echoed_in_production() -> None:
    environment = {"PHOTOLENS_ENV": "production", "DATABASE_URL": "postgresql:///studio", "SECRET_KEY": "x" * 32}

    with pytest.raises(ConfigurationError, match="OTP_ECHO"):
        Settings.from_environment(environment | {"OTP_ECHO": "1"})
