"""Sign-up: what an account begins with, which passwords it may have, and how a phone lets a customer in at once."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.identity.conftest import CodeTo, Enrol, LinkTo, LookUp, MessagesTo

PHONE = "+31612345678"
EMMA = {"name": "Emma Chen", "email": "Emma.Chen@people.example", "password": "a sentence nobody says"}


@pytest.fixture
def sign_up(api: ApiClient) -> Callable[..., Answer]:
    """Sign Emma Chen up, as somebody without a token would."""

    def sign_up(**fields: Any) -> Answer:
        return api.by_token(None).post("/auth/signup", {**EMMA, **fields})

    return sign_up


@pytest.fixture
def code(api: ApiClient, code_to: CodeTo) -> str:
    """The code that was sent to PHONE for a sign-up."""
    api.by_token(None).post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "SIGNUP"})
    return code_to(PHONE)


def faulty_fields(answer: Answer) -> list[str]:
    return [fault["pointer"] for fault in answer.body["errors"]]


# What an account begins with


def test_a_sign_up_answers_a_token_its_end_and_the_user(sign_up: Callable[..., Answer]) -> None:
    signed_up = sign_up()

    assert signed_up.status == 201
    assert signed_up.headers["Location"] == "/api/v1/auth/me"
    assert sorted(signed_up.body) == ["expiresAt", "token", "user"]
    assert datetime.fromisoformat(signed_up.body["expiresAt"]) > datetime.now(UTC) + timedelta(days=29)
    user = signed_up.body["user"]
    assert (user["name"], user["email"]) == ("Emma Chen", "Emma.Chen@people.example")
    assert (user["role"], user["status"]) == ("CUSTOMER", "PENDING")
    assert (user["isEmailVerified"], user["isPhoneVerified"], user["phoneNumber"]) == (False, False, None)


def test_whoever_has_signed_up_is_signed_in_and_permitted_nothing(
    api: ApiClient, sign_up: Callable[..., Answer]
) -> None:
    signed_up = sign_up().body

    me = api.by_token(signed_up["token"]).get("/auth/me")

    assert me.status == 200
    assert me.body == {"user": signed_up["user"], "permissions": [], "staffId": None}


def test_an_account_begins_with_a_password_a_profile_and_an_empty_balance(
    sign_up: Callable[..., Answer], conn: Connection
) -> None:
    user_id = sign_up().body["user"]["id"]

    rows = conn.execute(
        """
        select provider, type, provider_account_id, auth_accounts.password like '$argon2id$%%' as is_hashed,
            bio, credits::text, free_used
        from auth_accounts
        inner join user_profiles using (user_id)
        inner join user_credits using (user_id)
        where user_id = %s
        """,
        [user_id],
    ).fetchall()

    assert rows == [
        {
            "provider": "credentials",
            "type": "credentials",
            "provider_account_id": user_id,
            "is_hashed": True,
            "bio": None,
            "credits": "0.00",
            "free_used": 0,
        }
    ]


def test_a_vendor_signs_up_as_well_and_waits(sign_up: Callable[..., Answer]) -> None:
    user = sign_up(role="VENDOR").body["user"]

    assert (user["role"], user["status"]) == ("VENDOR", "PENDING")


@pytest.mark.parametrize("role", ["OWNER", "ADMIN", "PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER", "customer", None])
def test_nobody_signs_up_as_anything_else(sign_up: Callable[..., Answer], look_up: LookUp, role: str | None) -> None:
    before = look_up("select count(*) from auth_users")

    refused = sign_up(role=role)

    assert (refused.status, faulty_fields(refused)) == (422, ["/role"])
    assert look_up("select count(*) from auth_users") == before


@pytest.mark.parametrize("field", ["status", "isEmailVerified", "emailVerified", "isPhoneVerified", "isDemo", "id"])
def test_nothing_else_can_be_claimed_about_a_new_account(sign_up: Callable[..., Answer], field: str) -> None:
    refused = sign_up(**{field: "ACTIVE"})

    assert (refused.status, faulty_fields(refused)) == (422, [f"/{field}"])


@pytest.mark.parametrize("field", ["name", "email", "password"])
def test_an_account_needs(api: ApiClient, field: str) -> None:
    body = {name: value for name, value in EMMA.items() if name != field}

    refused = api.by_token(None).post("/auth/signup", body)

    assert (refused.status, faulty_fields(refused)) == (422, [f"/{field}"])


def test_two_accounts_cannot_have_one_e_mail_whatever_its_case(
    sign_up: Callable[..., Answer], enrol: Enrol, look_up: LookUp
) -> None:
    enrol(email="emma.chen@PEOPLE.example")
    before = look_up("select count(*) from auth_users")

    refused = sign_up()

    assert (refused.status, refused.body["code"]) == (409, "email_taken")
    assert look_up("select count(*) from auth_users") == before


def test_two_accounts_cannot_have_one_phone_that_is_proved(sign_up: Callable[..., Answer], enrol: Enrol) -> None:
    enrol(phone_number=PHONE)

    refused = sign_up(phoneNumber=PHONE)

    assert (refused.status, refused.body["code"]) == (409, "phone_taken")


def test_a_phone_that_is_only_claimed_goes_to_the_next_who_claims_it(
    api: ApiClient, sign_up: Callable[..., Answer], enrol: Enrol
) -> None:
    claimant = enrol(phone_number=PHONE, is_phone_verified=False)

    user = sign_up(phoneNumber=PHONE).body["user"]

    assert (user["phoneNumber"], user["isPhoneVerified"]) == (PHONE, False)
    assert api.by_token(claimant["token"]).get("/me").body["phoneNumber"] is None


def test_a_refused_sign_up_leaves_nothing_behind(
    sign_up: Callable[..., Answer], enrol: Enrol, messages_to: MessagesTo, look_up: LookUp
) -> None:
    enrol(phone_number=PHONE)

    sign_up(phoneNumber=PHONE)

    assert look_up("select count(*) from auth_users where lower(email) = lower(%s)", EMMA["email"]) == 0
    assert messages_to(EMMA["email"]) == []


# Passwords


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("Xq7!mPz", id="seven characters"),
        pytest.param("Xq7!mPz " * 16 + "x", id="129 characters"),
        pytest.param("Xq7!mPe\u0301", id="eight code points that are seven characters"),
        pytest.param("", id="none at all"),
        pytest.param("12345678", id="digits in a row"),
        pytest.param("password1", id="one that many people have"),
        pytest.param("PassWord1", id="the same in another case"),
        pytest.param("ｐａｓｓｗｏｒｄ１", id="the same in wide letters"),
        pytest.param("        ", id="blanks"),
        pytest.param("aaaaaaaaaaaa", id="one letter over and over"),
        pytest.param("emma.chen@people.example", id="the e-mail"),
        pytest.param("EMMA.CHEN@people.example", id="the e-mail in another case"),
        pytest.param("emma.chen", id="its local part"),
        pytest.param(12345678901, id="a number"),
        pytest.param(None, id="null"),
    ],
)
def test_a_password_that_is_too_short_too_long_or_easily_guessed_is_refused(
    sign_up: Callable[..., Answer], look_up: LookUp, password: Any
) -> None:
    before = look_up("select count(*) from auth_users")

    refused = sign_up(password=password)

    assert (refused.status, faulty_fields(refused)) == (422, ["/password"])
    assert look_up("select count(*) from auth_users") == before


@pytest.mark.parametrize("password", ["Xq7!mPz#", "Xq7!mPz " * 16], ids=["eight", "128"])
def test_a_password_may_have_from_eight_to_128_characters(sign_up: Callable[..., Answer], password: str) -> None:
    assert sign_up(password=password).status == 201


def test_the_blanks_around_a_password_are_part_of_it(api: ApiClient, sign_up: Callable[..., Answer]) -> None:
    sign_up(password="  a sentence nobody says ")

    as_it_is = api.post("/auth/login", {"email": EMMA["email"], "password": "  a sentence nobody says "})
    trimmed = api.post("/auth/login", {"email": EMMA["email"], "password": "a sentence nobody says"})

    assert (as_it_is.status, trimmed.status) == (200, 401)


def test_two_spellings_of_what_looks_the_same_are_one_password(api: ApiClient, sign_up: Callable[..., Answer]) -> None:
    composed = unicodedata.normalize("NFC", "fiancé at the café")
    sign_up(password=composed)

    decomposed = unicodedata.normalize("NFD", composed).replace("fi", "ﬁ")
    signed_in = api.post("/auth/login", {"email": EMMA["email"], "password": decomposed})

    assert decomposed != composed
    assert signed_in.status == 200


# A code sent to the phone


def test_a_customer_whose_phone_is_proved_is_let_in_at_once(sign_up: Callable[..., Answer], code: str) -> None:
    user = sign_up(phoneNumber=PHONE, phoneCode=code).body["user"]

    assert (user["status"], user["phoneNumber"]) == ("ACTIVE", PHONE)
    assert (user["isPhoneVerified"], user["isEmailVerified"]) == (True, False)


def test_a_vendor_whose_phone_is_proved_still_waits_for_approval(sign_up: Callable[..., Answer], code: str) -> None:
    user = sign_up(role="VENDOR", phoneNumber=PHONE, phoneCode=code).body["user"]

    assert (user["status"], user["isPhoneVerified"]) == ("PENDING", True)


def test_a_phone_without_its_code_is_kept_unproved(sign_up: Callable[..., Answer]) -> None:
    user = sign_up(phoneNumber=PHONE).body["user"]

    assert (user["status"], user["phoneNumber"], user["isPhoneVerified"]) == ("PENDING", PHONE, False)


def test_a_code_without_its_phone_is_refused(sign_up: Callable[..., Answer], code: str) -> None:
    refused = sign_up(phoneCode=code)

    assert (refused.status, faulty_fields(refused)) == (422, ["/phoneNumber"])


@pytest.mark.committed
def test_a_wrong_code_counts_as_a_try_and_creates_nothing(
    sign_up: Callable[..., Answer], code: str, messages_to: MessagesTo, look_up: LookUp
) -> None:
    wrong = "000000" if code != "000000" else "000001"

    refused = sign_up(phoneNumber=PHONE, phoneCode=wrong)

    assert (refused.status, refused.body["code"]) == (422, "code_invalid")
    assert look_up("select attempts from otp_sessions where phone_number = %s", PHONE) == 1
    assert look_up("select count(*) from auth_users where lower(email) = lower(%s)", EMMA["email"]) == 0
    assert messages_to(EMMA["email"]) == []


def test_the_right_code_is_not_spent_on_an_e_mail_that_is_taken(
    sign_up: Callable[..., Answer], enrol: Enrol, code: str
) -> None:
    enrol(email=EMMA["email"])

    refused = sign_up(phoneNumber=PHONE, phoneCode=code)
    accepted = sign_up(email="emma@elsewhere.example", phoneNumber=PHONE, phoneCode=code)

    assert (refused.status, refused.body["code"]) == (409, "email_taken")
    assert (accepted.status, accepted.body["user"]["status"]) == (201, "ACTIVE")


def test_a_code_opens_one_account(sign_up: Callable[..., Answer], enrol: Enrol, code: str, conn: Connection) -> None:
    sign_up(phoneNumber=PHONE, phoneCode=code)
    conn.execute("update auth_users set phone_number = '+31600000000' where phone_number = %s", [PHONE])

    refused = sign_up(email="emma@elsewhere.example", phoneNumber=PHONE, phoneCode=code)

    assert (refused.status, refused.body["code"]) == (422, "code_invalid")


# The mail that goes out


def test_a_verification_mail_waits_in_the_outbox(
    api: ApiClient, sign_up: Callable[..., Answer], look_up: LookUp, link_to: LinkTo
) -> None:
    signed_up = sign_up().body

    status = look_up("select status::text from communication_logs where recipient = %s", EMMA["email"])
    verified = api.by_token(None).post("/auth/verify-email", {"token": link_to(EMMA["email"])})

    assert (status, verified.status) == ("PENDING", 204)
    assert api.by_token(signed_up["token"]).get("/me").body["isEmailVerified"] is True


def test_nothing_that_a_user_wrote_stands_in_any_mail(
    api: ApiClient, sign_up: Callable[..., Answer], messages_to: MessagesTo
) -> None:
    sign_up(name="Win at https://evil.example", phoneNumber=PHONE)
    api.post("/auth/request-password-reset", {"email": EMMA["email"]})
    api.post("/auth/send-verification", {"email": EMMA["email"]})

    mails = messages_to(EMMA["email"])

    assert len(mails) == 3
    for mail in mails:
        assert all(word not in mail.lower() for word in ("evil", "win", "emma", "chen", PHONE))


def test_an_idempotency_key_keeps_nothing_of_a_sign_up(api: ApiClient, look_up: LookUp) -> None:
    keyed = {"headers": {"Idempotency-Key": "sign-up-1"}}

    first = api.post("/auth/signup", EMMA, **keyed)
    again = api.post("/auth/signup", EMMA, **keyed)

    assert (first.status, again.status) == (201, 409)
    assert look_up("select count(*) from idempotency_keys") == 0
