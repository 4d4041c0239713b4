"""Invitations: how staff come to their accounts, and what becomes of an account that is there already."""

from collections.abc import Callable
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.identity.conftest import CodeTo, Enrol, Later, LinkTo, LookUp, MessagesTo

LENA = "Lena@Studio.example"
PASSWORD = "a sentence that Lena says"
PHONE = "+31612345678"


@pytest.fixture
def lena(make: Factory) -> dict[str, Any]:
    """A photographer without an account."""
    return make.staff(name="Lena Hoffmann", email=LENA)


@pytest.fixture
def member(lena: dict[str, Any], enrol: Enrol, conn: Connection) -> dict[str, Any]:
    """Lena, with an account; `account` is that."""
    account = enrol(email=LENA, role=lena["role"])
    conn.execute("update staff_members set user_id = %s where id = %s", [account["id"], lena["id"]])
    return {**lena, "account": account}


def invite(api: ApiClient, member: dict[str, Any]) -> Answer:
    return api.post(f"/staff/{member['id']}/invite")


def accept(api: ApiClient, token: str, password: str = PASSWORD) -> Answer:
    return api.by_token(None).post("/staff/accept-invitation", {"token": token, "password": password})


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.body.get("code")


# The mail


def test_an_invitation_goes_to_the_members_e_mail(
    api: ApiClient, lena: dict[str, Any], messages_to: MessagesTo
) -> None:
    invited = invite(api.by_role("ADMIN"), lena)

    [mail] = messages_to(LENA)
    assert (invited.status, invited.body["status"]) == (200, "INVITED")
    assert "http://localhost:3000/accept-invitation#token=" in mail


def test_nothing_that_a_user_wrote_stands_in_it(api: ApiClient, lena: dict[str, Any], messages_to: MessagesTo) -> None:
    invite(api, lena)

    [mail] = messages_to(LENA)
    assert all(word not in mail for word in ("Lena", "Hoffmann", "Owner", "Test"))


def test_an_invitation_is_told_in_the_feed(api: ApiClient, lena: dict[str, Any]) -> None:
    invite(api, lena)

    deed = api.get("/activities").body["data"][0]

    assert (deed["kind"], deed["subjectId"]) == ("STAFF_INVITED", lena["id"])


# Accepted


def test_whoever_accepts_is_signed_in_with_the_role_of_the_member(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo
) -> None:
    invite(api, lena)

    accepted = accept(api, link_to(LENA))

    assert accepted.status == 200
    assert sorted(accepted.body) == ["expiresAt", "token", "user"]
    user = accepted.body["user"]
    assert (user["name"], user["email"], user["role"]) == ("Lena Hoffmann", LENA, "PHOTOGRAPHER")
    assert (user["status"], user["isEmailVerified"]) == ("ACTIVE", True)
    me = api.by_token(accepted.body["token"]).get("/auth/me").body
    assert (me["user"], me["staffId"]) == (user, lena["id"])
    assert "VIEW_BOOKINGS_SELF" in me["permissions"]


def test_the_record_on_the_team_is_active_and_knows_its_account(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo
) -> None:
    invite(api, lena)

    user = accept(api, link_to(LENA)).body["user"]

    member = api.get(f"/staff/{lena['id']}").body
    assert (member["status"], member["userId"]) == ("ACTIVE", user["id"])


def test_the_password_that_was_chosen_signs_in(api: ApiClient, lena: dict[str, Any], link_to: LinkTo) -> None:
    invite(api, lena)
    accept(api, link_to(LENA))

    assert api.by_token(None).post("/auth/login", {"email": LENA, "password": PASSWORD}).status == 200


def test_the_account_has_a_profile_and_an_empty_balance(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo, look_up: LookUp
) -> None:
    invite(api, lena)

    accepted = accept(api, link_to(LENA)).body

    assert api.by_token(accepted["token"]).get("/me/profile").body["bio"] is None
    assert look_up("select credits from user_credits where user_id = %s", accepted["user"]["id"]) == 0


def test_a_bad_password_leaves_the_invitation_for_a_better_one(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo
) -> None:
    invite(api, lena)

    refused = accept(api, link_to(LENA), LENA.lower())

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/password"]
    assert accept(api, link_to(LENA)).status == 200


def test_an_invitation_is_accepted_once(api: ApiClient, lena: dict[str, Any], link_to: LinkTo) -> None:
    invite(api, lena)
    accept(api, link_to(LENA))

    assert outcome(accept(api, link_to(LENA), "a sentence of somebody else")) == (422, "link_invalid")


@pytest.mark.parametrize(("days", "status"), [(6.99, 200), (7, 422)])
def test_an_invitation_is_good_for_seven_days(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo, later: Later, days: float, status: int
) -> None:
    invite(api, lena)

    later(days=days)

    assert accept(api, link_to(LENA)).status == status


def test_another_invitation_kills_the_older(api: ApiClient, lena: dict[str, Any], link_to: LinkTo) -> None:
    invite(api, lena)
    older = link_to(LENA)
    invite(api, lena)

    assert outcome(accept(api, older)) == (422, "link_invalid")
    assert accept(api, link_to(LENA)).status == 200


def test_the_role_is_the_one_the_member_was_invited_to(api: ApiClient, lena: dict[str, Any], link_to: LinkTo) -> None:
    invite(api, lena)
    older = link_to(LENA)
    api.patch(f"/staff/{lena['id']}", {"role": "EDITOR"})
    invite(api, lena)

    assert outcome(accept(api, older)) == (422, "link_invalid")
    assert accept(api, link_to(LENA)).body["user"]["role"] == "EDITOR"


@pytest.mark.parametrize("had_account", [False, True])
def test_an_invitation_that_was_accepted_is_told_with_the_account(
    api: ApiClient, lena: dict[str, Any], enrol: Enrol, link_to: LinkTo, had_account: bool
) -> None:
    if had_account:
        enrol(email=LENA)
    invite(api, lena)

    user = accept(api, link_to(LENA)).body["user"]

    [entry] = api.get(f"/users/{user['id']}").body["accessChanges"]
    assert (entry["role"], entry["status"]) == ("PHOTOGRAPHER", "ACTIVE")
    assert entry["reason"] == "Took up the invitation to the team."
    assert (entry["changedBy"], entry["changedByName"]) == (None, None)


@pytest.mark.parametrize("change", [{"name": "Lena Berg"}, {"phone": "+1 555 0134"}, {"avatarUrl": None}])
def test_an_invitation_outlives_what_it_does_not_depend_on(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo, change: dict[str, Any]
) -> None:
    invite(api, lena)
    member = api.patch(f"/staff/{lena['id']}", change).body

    accepted = accept(api, link_to(LENA))

    assert (accepted.status, accepted.body["user"]["name"]) == (200, member["name"])


# Who cannot be invited


def test_nobody_who_left_is_invited(api: ApiClient, make: Factory, messages_to: MessagesTo) -> None:
    gone = make.staff(email=LENA, status="INACTIVE")

    assert outcome(invite(api, gone)) == (409, "staff_inactive")
    assert messages_to(LENA) == []


def test_nobody_is_invited_without_an_e_mail(api: ApiClient, make: Factory) -> None:
    assert outcome(invite(api, make.staff())) == (409, "no_email")


def test_nobody_who_has_an_account_is_invited(api: ApiClient, member: dict[str, Any]) -> None:
    assert outcome(invite(api, member)) == (409, "has_account")


def test_nobody_is_invited_who_is_not_there(api: ApiClient) -> None:
    assert outcome(invite(api, {"id": 999})) == (404, "not_found")


def test_an_owner_is_invited_by_an_owner(
    api: ApiClient, make: Factory, link_to: LinkTo, messages_to: MessagesTo
) -> None:
    partner = make.staff(email=LENA, role="OWNER")

    refused = invite(api.by_role("ADMIN"), partner)
    sent_by_admin = messages_to(LENA)
    invite(api, partner)

    assert (outcome(refused), sent_by_admin) == ((403, "owners_only"), [])
    assert accept(api, link_to(LENA)).body["user"]["role"] == "OWNER"


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER", "VENDOR", "CUSTOMER"])
def test_inviting_is_the_business_of_administrators(api: ApiClient, lena: dict[str, Any], role: str) -> None:
    assert outcome(invite(api.by_role(role), lena)) == (403, "forbidden")


# An invitation that is taken back


@pytest.mark.parametrize(
    "change",
    [{"email": "lena@elsewhere.example"}, {"email": None}, {"role": "EDITOR"}, {"status": "INACTIVE"}],
    ids=["another e-mail", "no e-mail", "another role", "gone"],
)
def test_an_invitation_is_taken_back_by(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo, look_up: LookUp, change: dict[str, Any]
) -> None:
    invite(api, lena)
    api.patch(f"/staff/{lena['id']}", change)

    refused = accept(api, link_to(LENA))

    assert outcome(refused) == (422, "link_invalid")
    assert look_up("select count(*) from auth_verification_token where purpose = 'ACCEPT_INVITATION'") == 0
    assert look_up("select count(*) from auth_users where lower(email) = lower(%s)", LENA) == 0


def test_an_invitation_is_taken_back_by_removing_the_member(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo
) -> None:
    invite(api, lena)
    api.delete(f"/staff/{lena['id']}")

    assert outcome(accept(api, link_to(LENA))) == (422, "link_invalid")


@pytest.mark.parametrize(
    ("there", "back"),
    [
        ({"status": "INACTIVE"}, {"status": "ACTIVE"}),
        ({"role": "EDITOR"}, {"role": "PHOTOGRAPHER"}),
        ({"email": "lena@elsewhere.example"}, {"email": LENA}),
    ],
    ids=["gone", "role", "e-mail"],
)
def test_an_invitation_that_was_taken_back_does_not_come_back(
    api: ApiClient, lena: dict[str, Any], link_to: LinkTo, there: dict[str, Any], back: dict[str, Any]
) -> None:
    invite(api, lena)
    older = link_to(LENA)
    api.patch(f"/staff/{lena['id']}", there)
    api.patch(f"/staff/{lena['id']}", back)

    assert outcome(accept(api, older)) == (422, "link_invalid")
    invite(api, lena)
    assert outcome(accept(api, older)) == (422, "link_invalid")
    assert accept(api, link_to(LENA)).status == 200


def test_an_invitation_does_not_pass_to_whoever_is_hired_with_the_same_e_mail(
    api: ApiClient, lena: dict[str, Any], make: Factory, link_to: LinkTo
) -> None:
    invite(api, lena)
    api.delete(f"/staff/{lena['id']}")
    make.staff(name="Lena Hoffmann", email=LENA, role="ADMIN")

    assert outcome(accept(api, link_to(LENA))) == (422, "link_invalid")


# An account that is there already


@pytest.fixture
def taken_over(api: ApiClient, lena: dict[str, Any], enrol: Enrol, link_to: LinkTo) -> Callable[..., dict[str, Any]]:
    """Somebody opens an account with Lena's e-mail, and then Lena accepts; gives what that somebody holds."""

    def taken_over(**fields: Any) -> dict[str, Any]:
        stranger = enrol(email=LENA.upper(), **fields)
        made = api.by_token(stranger["token"]).post("/me/tokens", {"name": "Back door", "permissions": []})
        invite(api, lena)
        accepted = accept(api, link_to(LENA))
        assert accepted.status == 200
        return {**stranger, "personal_token": made.body["token"], "accepted": accepted.body}

    return taken_over


def test_an_account_with_that_e_mail_becomes_the_members(
    api: ApiClient, lena: dict[str, Any], taken_over: Callable[..., dict[str, Any]]
) -> None:
    held = taken_over(status="PENDING", is_email_verified=False)

    user = held["accepted"]["user"]
    assert user["id"] == held["id"]
    assert (user["role"], user["status"], user["isEmailVerified"]) == ("PHOTOGRAPHER", "ACTIVE", True)
    assert api.get(f"/staff/{lena['id']}").body["userId"] == held["id"]


def test_the_password_of_whoever_opened_it_is_dead(api: ApiClient, taken_over: Callable[..., dict[str, Any]]) -> None:
    held = taken_over(status="PENDING", is_email_verified=False)

    signed_in = api.by_token(None).post("/auth/login", {"email": LENA, "password": held["password"]})

    assert outcome(signed_in) == (401, "invalid_credentials")


@pytest.mark.parametrize("is_email_verified", [True, False])
def test_the_sessions_and_tokens_of_whoever_opened_it_are_dead(
    api: ApiClient, taken_over: Callable[..., dict[str, Any]], is_email_verified: bool
) -> None:
    held = taken_over(status="PENDING", is_email_verified=is_email_verified)

    assert api.by_token(held["token"]).get("/auth/me").status == 401
    assert api.by_token(held["personal_token"]).get("/auth/me").status == 401
    assert api.by_token(held["accepted"]["token"]).get("/auth/me").status == 200


def test_the_phone_of_whoever_opened_it_signs_nobody_in(
    api: ApiClient, taken_over: Callable[..., dict[str, Any]], messages_to: MessagesTo
) -> None:
    held = taken_over(phone_number=PHONE)

    api.by_token(None).post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})

    user = held["accepted"]["user"]
    assert (user["phoneNumber"], user["isPhoneVerified"]) == (PHONE, False)
    assert messages_to(PHONE) == []


def test_a_code_that_was_sent_to_that_phone_before_is_worth_nothing(
    api: ApiClient,
    lena: dict[str, Any],
    enrol: Enrol,
    link_to: LinkTo,
    code_to: CodeTo,
) -> None:
    enrol(email=LENA, is_email_verified=False, phone_number=PHONE)
    nobody = api.by_token(None)
    nobody.post("/auth/otp/send", {"phoneNumber": PHONE, "purpose": "LOGIN"})
    invite(api, lena)
    accept(api, link_to(LENA))

    entered = nobody.post("/auth/otp/verify", {"phoneNumber": PHONE, "code": code_to(PHONE), "purpose": "LOGIN"})

    assert outcome(entered) == (422, "code_invalid")


def test_whoever_was_suspended_is_let_in_again_by_an_invitation(
    api: ApiClient, lena: dict[str, Any], enrol: Enrol, link_to: LinkTo
) -> None:
    enrol(email=LENA, status="SUSPENDED")
    invite(api, lena)

    assert accept(api, link_to(LENA)).body["user"]["status"] == "ACTIVE"


def test_an_owner_is_made_nothing_less_by_an_invitation(
    api: ApiClient, lena: dict[str, Any], enrol: Enrol, link_to: LinkTo
) -> None:
    owner = enrol(email=LENA, role="OWNER")
    invite(api.by_role("ADMIN"), lena)

    refused = accept(api, link_to(LENA))

    assert outcome(refused) == (409, "email_taken")
    assert api.by_token(owner["token"]).get("/me").body["role"] == "OWNER"
    assert api.get(f"/staff/{lena['id']}").body["userId"] is None


def test_an_account_is_one_members(api: ApiClient, member: dict[str, Any], make: Factory, link_to: LinkTo) -> None:
    api.patch(f"/staff/{member['id']}", {"email": "lena@elsewhere.example"})
    double = make.staff(name="Lena Two", email=LENA)
    invite(api, double)

    refused = accept(api, link_to(LENA))

    assert outcome(refused) == (409, "has_account")
    assert api.by_token(member["account"]["token"]).get("/auth/me").body["staffId"] == member["id"]


# The end of it


def test_whoever_is_removed_takes_no_program_and_no_link_with_them(
    api: ApiClient, member: dict[str, Any], link_to: LinkTo
) -> None:
    session = api.by_token(member["account"]["token"])
    program = api.by_token(session.post("/me/tokens", {"name": "Sync", "permissions": []}).body["token"])
    api.post("/auth/request-password-reset", {"email": LENA})
    api.patch(f"/staff/{member['id']}", {"status": "INACTIVE"})

    api.patch(f"/staff/{member['id']}", {"status": "ACTIVE"})

    body = {"token": link_to(LENA), "password": PASSWORD}
    assert outcome(api.by_token(None).post("/auth/reset-password", body)) == (422, "link_invalid")
    assert (session.get("/auth/me").status, program.get("/auth/me").status) == (401, 401)


def test_whoever_is_removed_from_the_team_is_signed_out_and_suspended(api: ApiClient, member: dict[str, Any]) -> None:
    account = member["account"]

    removed = api.delete(f"/staff/{member['id']}")

    signed_in = api.by_token(None).post("/auth/login", {"email": LENA, "password": account["password"]})
    assert removed.status == 204
    assert api.by_token(account["token"]).get("/auth/me").status == 401
    assert outcome(signed_in) == (403, "account_suspended")


def test_whoever_comes_back_to_the_team_is_let_in_again(api: ApiClient, member: dict[str, Any]) -> None:
    api.patch(f"/staff/{member['id']}", {"status": "INACTIVE"})
    gone = api.get(f"/users/{member['account']['id']}").body["status"]

    api.patch(f"/staff/{member['id']}", {"status": "ACTIVE"})

    assert (gone, api.get(f"/users/{member['account']['id']}").body["status"]) == ("SUSPENDED", "ACTIVE")
