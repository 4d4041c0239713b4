"""Passwords that are changed, and passwords that are forgotten: who is signed out, and what a link is good for."""

from collections.abc import Callable
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.identity.conftest import CodeTo, Digest, Enrol, Later, LinkTo, LookUp, MessagesTo

PHONE = "+31612345678"
NEW = "another sentence that nobody says"


def sign_in(api: ApiClient, user: dict[str, Any], password: str) -> Answer:
    return api.by_token(None).post("/auth/login", {"email": user["email"], "password": password})


def change(api: ApiClient, user: dict[str, Any], current: str, password: str = NEW) -> Answer:
    body = {"currentPassword": current, "password": password}
    return api.by_token(user["token"]).post("/auth/change-password", body)


def ask_for_link(api: ApiClient, email: str) -> Answer:
    return api.by_token(None).post("/auth/request-password-reset", {"email": email})


def reset(api: ApiClient, token: str, password: str = NEW) -> Answer:
    return api.by_token(None).post("/auth/reset-password", {"token": token, "password": password})


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.body and answer.body["code"]


@pytest.fixture
def elsewhere(conn: Connection) -> Callable[[dict[str, Any]], str]:
    """A second session of a user; gives its token."""

    def elsewhere(user: dict[str, Any]) -> str:
        token = f"{user['token']}-elsewhere"
        added = "insert into auth_sessions (user_id, session_token) values (%s, sha256(%s::text::bytea))"
        conn.execute(added, [user["id"], token])
        return token

    return elsewhere


# Changed


def test_a_password_that_is_changed_is_the_one_that_counts(api: ApiClient, enrol: Enrol) -> None:
    user = enrol()

    changed = change(api, user, user["password"])

    assert changed.status == 204
    assert sign_in(api, user, NEW).status == 200
    assert sign_in(api, user, user["password"]).status == 401


def test_a_change_ends_every_other_session_and_leaves_this_one(
    api: ApiClient, enrol: Enrol, elsewhere: Callable[[dict[str, Any]], str]
) -> None:
    user, somebody_else = enrol(), enrol()
    token = elsewhere(user)

    change(api, user, user["password"])

    assert api.by_token(token).get("/auth/me").status == 401
    assert api.by_token(user["token"]).get("/auth/me").status == 200
    assert api.by_token(somebody_else["token"]).get("/auth/me").status == 200


def test_whoever_does_not_know_the_password_does_not_change_it(
    api: ApiClient, enrol: Enrol, elsewhere: Callable[[dict[str, Any]], str], look_up: LookUp
) -> None:
    user = enrol()
    token = elsewhere(user)
    kept = "select password from auth_accounts where user_id = %s"
    before = look_up(kept, user["id"])

    refused = change(api, user, "not the sentence")

    assert outcome(refused) == (422, "invalid")
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/currentPassword"]
    assert api.by_token(token).get("/auth/me").status == 200
    assert look_up(kept, user["id"]) == before


def test_whoever_has_no_password_changes_none(api: ApiClient, enrol: Enrol) -> None:
    refused = change(api, enrol(hashed=None), NEW)

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/currentPassword"]


def test_a_changed_password_has_to_be_a_good_one_too(api: ApiClient, enrol: Enrol) -> None:
    user = enrol(email="emma.chen@people.example")

    refused = change(api, user, user["password"], "emma.chen")

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/password"]


def test_a_change_takes_back_the_link_to_choose_another(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol()
    ask_for_link(api, user["email"])

    change(api, user, user["password"])

    assert outcome(reset(api, link_to(user["email"]))) == (422, "link_invalid")


def test_an_idempotency_key_keeps_nothing_of_a_change(api: ApiClient, enrol: Enrol, look_up: LookUp) -> None:
    user = enrol()
    body = {"currentPassword": user["password"], "password": NEW}

    changed = api.by_token(user["token"]).post("/auth/change-password", body, headers={"Idempotency-Key": "change-1"})

    assert changed.status == 204
    # Not even a digest: passwords are guessed at, and it would be a quick one.
    assert look_up("select count(*) from idempotency_keys") == 0


def test_nobody_changes_a_password_without_a_session(api: ApiClient, enrol: Enrol) -> None:
    user = enrol()
    body = {"currentPassword": user["password"], "password": NEW}

    assert api.by_token(None).post("/auth/change-password", body).status == 401


# Forgotten: the link is asked for


def test_a_link_to_the_application_goes_to_the_e_mail(api: ApiClient, enrol: Enrol, messages_to: MessagesTo) -> None:
    user = enrol()

    asked = ask_for_link(api, user["email"])

    [mail] = messages_to(user["email"])
    assert asked.status == 204
    # Behind the "#": a browser sends that to no server, and so no log has it.
    assert "http://localhost:3000/reset-password#token=" in mail


def test_the_answer_for_an_unknown_e_mail_is_the_same_and_nothing_is_sent(
    api: ApiClient, enrol: Enrol, messages_to: MessagesTo, look_up: LookUp
) -> None:
    user = enrol()

    known, unknown = ask_for_link(api, user["email"]), ask_for_link(api, "nobody@people.example")

    assert (unknown.status, unknown.body) == (known.status, known.body) == (204, None)
    assert sorted(unknown.headers.keys()) == sorted(known.headers.keys())
    assert look_up("select count(*) from communication_logs") == len(messages_to(user["email"])) == 1
    assert look_up("select array_agg(identifier) from auth_verification_token") == [user["email"]]


def test_the_suspended_are_sent_nothing(api: ApiClient, enrol: Enrol, messages_to: MessagesTo) -> None:
    user = enrol(status="SUSPENDED")

    asked = ask_for_link(api, user["email"])

    assert asked.status == 204
    assert messages_to(user["email"]) == []


def test_a_link_goes_to_the_address_of_the_account_however_whoever_asked_wrote_it(
    api: ApiClient, enrol: Enrol, look_up: LookUp
) -> None:
    enrol(email="mike@people.example")

    ask_for_link(api, "MIKE@People.example")

    assert look_up("select recipient from communication_logs") == "mike@people.example"


def test_an_address_that_only_passes_for_that_of_the_account_is_refused(
    api: ApiClient, enrol: Enrol, look_up: LookUp
) -> None:
    enrol(email="mike@people.example")

    # The sign for kelvin: in lower case it is a plain k, but as an address it is somebody else's.
    refused = ask_for_link(api, "mi\u212ae@people.example")

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/email"]
    assert look_up("select count(*) from communication_logs") == 0


def test_a_link_is_kept_as_its_digest_alone(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, look_up: LookUp, digest: Digest
) -> None:
    user = enrol()

    ask_for_link(api, user["email"])

    kept = look_up("select token from auth_verification_token where identifier = %s", user["email"])
    assert bytes(kept) == digest(link_to(user["email"]))


# Forgotten: the link is used


def test_the_password_chosen_by_link_is_the_one_that_counts(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol()
    ask_for_link(api, user["email"])

    chosen = reset(api, link_to(user["email"]))

    assert chosen.status == 204
    assert sign_in(api, user, NEW).status == 200
    assert sign_in(api, user, user["password"]).status == 401


def test_somebody_without_a_password_chooses_their_first_by_link(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol(hashed=None)
    ask_for_link(api, user["email"])

    reset(api, link_to(user["email"]))

    assert sign_in(api, user, NEW).status == 200


def test_a_reset_ends_every_session(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, elsewhere: Callable[[dict[str, Any]], str]
) -> None:
    user, somebody_else = enrol(), enrol()
    token = elsewhere(user)
    ask_for_link(api, user["email"])

    # Sent along with a session of the account: that one ends as well.
    api.by_token(user["token"]).post("/auth/reset-password", {"token": link_to(user["email"]), "password": NEW})

    assert api.by_token(user["token"]).get("/auth/me").status == 401
    assert api.by_token(token).get("/auth/me").status == 401
    assert api.by_token(somebody_else["token"]).get("/auth/me").status == 200


def test_a_link_serves_once(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol()
    ask_for_link(api, user["email"])
    reset(api, link_to(user["email"]))

    again = reset(api, link_to(user["email"]), "a third sentence that nobody says")

    assert outcome(again) == (422, "link_invalid")


@pytest.mark.parametrize(("minutes", "status"), [(59, 204), (60, 422)])
def test_a_link_serves_for_an_hour(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, later: Later, minutes: int, status: int
) -> None:
    user = enrol()
    ask_for_link(api, user["email"])

    later(minutes=minutes)

    assert reset(api, link_to(user["email"])).status == status


def test_a_newer_link_kills_the_older(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol()
    ask_for_link(api, user["email"])
    older = link_to(user["email"])
    ask_for_link(api, user["email"].upper())

    assert outcome(reset(api, older)) == (422, "link_invalid")
    assert reset(api, link_to(user["email"])).status == 204


def test_a_link_of_another_kind_leaves_it_alive(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol()
    ask_for_link(api, user["email"])
    token = link_to(user["email"])
    api.post("/auth/send-verification", {"email": user["email"]})

    assert reset(api, token).status == 204


def test_a_link_of_one_account_leaves_those_of_others_alive(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    one, other = enrol(), enrol()
    ask_for_link(api, one["email"])
    ask_for_link(api, other["email"])

    assert reset(api, link_to(one["email"])).status == 204
    assert reset(api, link_to(other["email"])).status == 204


USES = {
    "RESET_PASSWORD": ("/auth/reset-password", {"password": NEW}),
    "VERIFY_EMAIL": ("/auth/verify-email", {}),
    "ACCEPT_INVITATION": ("/staff/accept-invitation", {"password": NEW}),
}


@pytest.mark.parametrize(("purpose", "use"), [(purpose, use) for purpose in USES for use in USES if purpose != use])
def test_a_link_serves_no_purpose_but_its_own(
    api: ApiClient, make: Factory, enrol: Enrol, link_to: LinkTo, purpose: str, use: str
) -> None:
    user = enrol()
    invited = make.staff(email=user["email"])
    ask = {
        "RESET_PASSWORD": lambda: ask_for_link(api, user["email"]),
        "VERIFY_EMAIL": lambda: api.post("/auth/send-verification", {"email": user["email"]}),
        "ACCEPT_INVITATION": lambda: api.post(f"/staff/{invited['id']}/invite"),
    }
    ask[purpose]()
    path, body = USES[use]

    refused = api.by_token(None).post(path, {"token": link_to(user["email"]), **body})

    assert outcome(refused) == (422, "link_invalid")


@pytest.mark.parametrize("token", ["", "   ", "x" * 201, None, 7])
def test_what_cannot_be_a_link_is_refused(api: ApiClient, token: Any) -> None:
    refused = reset(api, token)

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/token"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_link_is_used_by_post_and_not_by_whoever_looks_at_it(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, look_up: LookUp, digest: Digest, method: str
) -> None:
    user = enrol()
    ask_for_link(api, user["email"])
    token = link_to(user["email"])

    looked_at = api.by_token(None).request(method, f"/auth/reset-password?token={token}")

    assert looked_at.status == 405
    assert look_up("select count(*) from auth_verification_token where token = %s", digest(token)) == 1


def test_a_bad_password_leaves_the_link_for_a_better_one(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol()
    ask_for_link(api, user["email"])

    refused = reset(api, link_to(user["email"]), user["email"])

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/password"]
    assert reset(api, link_to(user["email"])).status == 204


def test_a_reset_forgives_what_was_tried_in_vain(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, conn: Connection
) -> None:
    user = enrol()
    sign_in(api, user, "not the sentence")
    conn.execute("update auth_attempts set attempts = 10 where action = 'SIGN_IN'")
    locked_out = sign_in(api, user, user["password"])
    ask_for_link(api, user["email"])

    reset(api, link_to(user["email"]))

    assert locked_out.status == 429
    assert sign_in(api, user, NEW).status == 200


def test_a_link_proves_the_e_mail_as_well(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol(status="PENDING", is_email_verified=False)
    ask_for_link(api, user["email"])

    reset(api, link_to(user["email"]))

    proved = api.get(f"/users/{user['id']}").body
    assert (proved["isEmailVerified"], proved["status"]) == (True, "ACTIVE")


@pytest.mark.parametrize("is_email_verified", [False, True])
def test_whoever_opened_the_account_with_an_e_mail_of_somebody_else_does_not_come_back_to_it(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, messages_to: MessagesTo, is_email_verified: bool
) -> None:
    opened = enrol(is_email_verified=is_email_verified, phone_number=PHONE)
    stranger = api.by_token(opened["token"])
    token = stranger.post("/me/tokens", {"name": "Back door", "permissions": []}).body["token"]
    ask_for_link(api, opened["email"])

    reset(api, link_to(opened["email"]))

    api.by_token(None).post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})
    assert messages_to(PHONE) == []
    assert sign_in(api, opened, opened["password"]).status == 401
    assert stranger.get("/auth/me").status == 401
    assert api.by_token(token).get("/auth/me").status == 401


def test_a_code_that_was_sent_before_a_reset_signs_nobody_in_after_it(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, code_to: CodeTo
) -> None:
    user = enrol(phone_number=PHONE)
    nobody = api.by_token(None)
    nobody.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})
    ask_for_link(api, user["email"])
    reset(api, link_to(user["email"]))

    entered = nobody.post("/auth/otp/verify", {"phoneNumber": PHONE, "code": code_to(PHONE), "purpose": "LOGIN"})

    assert outcome(entered) == (422, "code_invalid")


@pytest.mark.parametrize("is_email_verified", [False, True])
def test_a_phone_outlives_a_reset_and_has_to_be_verified_anew(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, is_email_verified: bool
) -> None:
    user = enrol(is_email_verified=is_email_verified, phone_number=PHONE)
    ask_for_link(api, user["email"])

    reset(api, link_to(user["email"]))

    after = api.get(f"/users/{user['id']}").body
    assert (after["phoneNumber"], after["isPhoneVerified"], after["isEmailVerified"]) == (PHONE, False, True)
    assert after["status"] == "ACTIVE"


def test_a_link_is_dead_once_its_user_is_suspended(
    api: ApiClient, enrol: Enrol, link_to: LinkTo, conn: Connection
) -> None:
    user = enrol()
    ask_for_link(api, user["email"])
    conn.execute("update auth_users set status = 'SUSPENDED' where id = %s", [user["id"]])

    assert outcome(reset(api, link_to(user["email"]))) == (422, "link_invalid")
