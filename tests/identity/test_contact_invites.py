"""Contacts of clients: how they come to their accounts, and what becomes of an account that is there already."""

from collections.abc import Callable
from typing import Any

import pytest

from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.identity.conftest import Digest, Enrol, Later, LinkTo, LookUp, MessagesTo

NOOR = "Noor@Acme.example"
PASSWORD = "a sentence that Noor says"
PHONE = "+31612345678"


@pytest.fixture
def noor(make: Factory) -> dict[str, Any]:
    """A contact who has not been invited."""
    return make.contact(name="Noor Haddad", email=NOOR)


def invite(api: ApiClient, contact: dict[str, Any]) -> Answer:
    return api.post(f"/contacts/{contact['id']}/invites")


def activate(api: ApiClient, token: str, password: str = PASSWORD) -> Answer:
    return api.by_token(None).post("/portal/activate", {"token": token, "password": password})


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.body.get("code")


# The mail


def test_an_invite_goes_to_the_contacts_e_mail_in_the_name_of_the_studio(
    api: ApiClient, noor: dict[str, Any], messages_to: MessagesTo
) -> None:
    settings = {"currency": "USD", "timeZone": "UTC", "invoicePrefix": "INV-", "defaultDueDays": 14}
    api.put("/settings", settings | {"companyName": "Lumen Hall"})

    invited = invite(api.by_role("ADMIN"), noor)

    [mail] = messages_to(NOOR)
    assert (invited.status, invited.body["activatedAt"]) == (200, None)
    assert invited.body["inviteExpiresAt"] > invited.body["invitedAt"] is not None
    assert mail.startswith("Lumen Hall: ")
    assert "http://127.0.0.1:8000/portal/activate#token=" in mail
    assert not any(word in mail for word in ("Noor", "Haddad"))


def test_of_the_link_a_digest_is_kept_and_nobody_is_answered_it(
    api: ApiClient, noor: dict[str, Any], link_to: LinkTo, look_up: LookUp, digest: Digest
) -> None:
    invited = invite(api, noor)

    assert look_up("select token from contact_invites") == digest(link_to(NOOR))
    assert link_to(NOOR) not in str(invited.body)


# Activated


def test_whoever_activates_is_signed_in_as_the_clients_contact(
    api: ApiClient, noor: dict[str, Any], link_to: LinkTo
) -> None:
    invite(api, noor)

    activated = activate(api, link_to(NOOR))

    assert activated.status == 200
    user = activated.body["user"]
    assert (user["name"], user["email"], user["role"]) == ("Noor Haddad", NOOR, "CUSTOMER")
    assert (user["status"], user["isEmailVerified"]) == ("ACTIVE", True)
    assert api.by_token(activated.body["token"]).get("/portal/me").body["client"]["id"] == noor["clientId"]
    contact = api.get(f"/contacts/{noor['id']}").body
    assert (contact["userId"], contact["inviteExpiresAt"]) == (user["id"], None)
    assert contact["activatedAt"] is not None
    deed = api.get("/activities").body["data"][0]
    assert (deed["kind"], deed["subjectId"], deed["clientId"]) == ("CONTACT_ACTIVATED", noor["id"], noor["clientId"])


def test_the_password_that_was_chosen_signs_in(api: ApiClient, noor: dict[str, Any], link_to: LinkTo) -> None:
    invite(api, noor)
    activate(api, link_to(NOOR))

    login = api.by_token(None).post("/auth/login", {"email": NOOR, "password": PASSWORD})

    assert api.by_token(login.body["token"]).get("/portal/me").status == 200


def test_a_bad_password_leaves_the_invite_for_a_better_one(
    api: ApiClient, noor: dict[str, Any], link_to: LinkTo
) -> None:
    invite(api, noor)

    refused = activate(api, link_to(NOOR), NOOR.lower())

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/password"]
    assert activate(api, link_to(NOOR)).status == 200


@pytest.mark.parametrize(("days", "status"), [(6.99, 200), (7, 422)])
def test_an_invite_is_good_for_seven_days(
    api: ApiClient, noor: dict[str, Any], link_to: LinkTo, later: Later, days: float, status: int
) -> None:
    invite(api, noor)

    later(days=days)

    assert activate(api, link_to(NOOR)).status == status


def test_an_invite_serves_once_and_kills_the_older(api: ApiClient, noor: dict[str, Any], link_to: LinkTo) -> None:
    invite(api, noor)
    older = link_to(NOOR)
    invite(api, noor)

    assert outcome(activate(api, older)) == (422, "link_invalid")
    assert activate(api, link_to(NOOR)).status == 200
    assert outcome(activate(api, link_to(NOOR), "a sentence of somebody else")) == (422, "link_invalid")


def test_opening_a_link_again_and_again_is_limited(api: ApiClient) -> None:
    answers = [activate(api, "never sent") for _ in range(21)]

    assert {outcome(answer) for answer in answers[:20]} == {(422, "link_invalid")}
    assert outcome(answers[20]) == (429, "rate_limited")


# Who is not invited, and whose invite is taken back


def test_whoever_signs_in_already_or_was_shut_out_is_not_invited(
    api: ApiClient, make: Factory, noor: dict[str, Any], link_to: LinkTo, messages_to: MessagesTo
) -> None:
    invite(api, noor)
    activate(api, link_to(NOOR))
    shut_out = make.contact()
    api.post(f"/contacts/{shut_out['id']}/deactivate")

    assert outcome(invite(api, noor)) == (409, "has_account")
    assert outcome(invite(api, shut_out)) == (409, "contact_inactive")
    assert (len(messages_to(NOOR)), messages_to(shut_out["email"])) == (1, [])


@pytest.mark.parametrize(
    ("deed", "body"),
    [
        ("PATCH", {"email": "noor@elsewhere.example"}),
        ("POST /deactivate", None),
        ("DELETE", None),
    ],
)
def test_an_invite_is_taken_back_by(
    api: ApiClient, noor: dict[str, Any], link_to: LinkTo, look_up: LookUp, deed: str, body: Any
) -> None:
    invite(api, noor)
    method, _, below = deed.partition(" ")
    assert api.request(method, f"/contacts/{noor['id']}{below}", body).status < 300

    assert outcome(activate(api, link_to(NOOR))) == (422, "link_invalid")
    assert look_up("select count(*) from contact_invites") == 0
    assert look_up("select count(*) from auth_users where lower(email) = lower(%s)", NOOR) == 0


def test_an_invite_outlives_what_it_does_not_depend_on(api: ApiClient, noor: dict[str, Any], link_to: LinkTo) -> None:
    invite(api, noor)
    api.patch(f"/contacts/{noor['id']}", {"name": "Noor Berg", "isPrimary": True})

    assert activate(api, link_to(NOOR)).body["user"]["name"] == "Noor Berg"


@pytest.mark.parametrize("role", ["OWNER", "EDITOR", "TRAINER", "VENDOR"])
def test_an_account_that_is_no_customers_is_made_none_when_it_comes_before_the_invite_or_after_it(
    api: ApiClient, make: Factory, noor: dict[str, Any], enrol: Enrol, link_to: LinkTo, role: str
) -> None:
    other = make.contact(email="other@acme.example")
    enrol(email=other["email"], role=role)
    invite(api, noor)
    account = enrol(email=NOOR, role=role)

    assert outcome(invite(api, other)) == (409, "email_taken")
    assert outcome(activate(api, link_to(NOOR))) == (409, "email_taken")
    assert api.by_token(account["token"]).get("/auth/me").body["user"]["role"] == role


def test_an_account_that_is_suspended_is_not_let_in_by_an_invite(
    api: ApiClient, noor: dict[str, Any], enrol: Enrol, link_to: LinkTo
) -> None:
    invite(api, noor)
    enrol(email=NOOR, status="SUSPENDED")

    assert outcome(activate(api, link_to(NOOR))) == (409, "email_taken")
    assert outcome(invite(api, noor)) == (409, "email_taken")


def test_nobody_on_the_team_is_made_a_contact_and_no_contact_one_of_the_team(
    api: ApiClient, make: Factory, noor: dict[str, Any], link_to: LinkTo
) -> None:
    invite(api, noor)
    member = make.staff(email=NOOR.upper())
    refused = [invite(api, noor), activate(api, link_to(NOOR))]
    api.patch(f"/staff/{member['id']}", {"email": "lena@studio.example"})
    assert activate(api, link_to(NOOR)).status == 200

    api.patch(f"/staff/{member['id']}", {"email": NOOR})

    refused.append(api.post(f"/staff/{member['id']}/invite"))
    assert [outcome(answer) for answer in refused] == [(409, "email_taken")] * 3


def test_a_member_does_not_take_over_the_account_of_somebody_who_has_become_a_contact_meanwhile(
    conn: Connection, api: ApiClient, make: Factory, noor: dict[str, Any], enrol: Enrol, link_to: LinkTo
) -> None:
    """Of both at once, neither has seen the other when they were invited."""
    api.post(f"/staff/{make.staff(email=NOOR)['id']}/invite")
    account = enrol(email=NOOR)
    conn.execute(
        "update client_contacts set user_id = %s, activated_at = now() where id = %s", [account["id"], noor["id"]]
    )

    body = {"token": link_to(NOOR), "password": PASSWORD}
    refused = api.by_token(None).post("/staff/accept-invitation", body)

    assert outcome(refused) == (409, "email_taken")
    assert api.by_token(account["token"]).get("/portal/me").status == 200


# An account that is there already


@pytest.fixture
def taken_over(api: ApiClient, noor: dict[str, Any], enrol: Enrol, link_to: LinkTo) -> Callable[..., dict[str, Any]]:
    """Somebody opens an account with Noor's e-mail, and then Noor activates it; gives what that somebody holds."""

    def taken_over(**fields: Any) -> dict[str, Any]:
        stranger = enrol(email=NOOR.upper(), **fields)
        made = api.by_token(stranger["token"]).post("/me/tokens", {"name": "Back door", "permissions": []})
        invite(api, noor)
        activated = activate(api, link_to(NOOR))
        assert activated.status == 200
        return {**stranger, "personal_token": made.body["token"], "activated": activated.body}

    return taken_over


def test_whoever_had_registered_that_e_mail_loses_everything_by_which_they_came_in(
    api: ApiClient, taken_over: Callable[..., dict[str, Any]]
) -> None:
    held = taken_over(status="PENDING", is_email_verified=False, phone_number=PHONE)

    user = held["activated"]["user"]
    assert (user["id"], user["name"], user["status"]) == (held["id"], "Noor Haddad", "ACTIVE")
    assert (user["isEmailVerified"], user["isPhoneVerified"]) == (True, False)
    for token in (held["token"], held["personal_token"]):
        assert api.by_token(token).get("/auth/me").status == 401
    login = api.by_token(None).post("/auth/login", {"email": NOOR, "password": held["password"]})
    assert outcome(login) == (401, "invalid_credentials")
    assert [entry["reason"] for entry in api.get(f"/users/{held['id']}").body["accessChanges"]] == [
        "Took up the invitation to the portal."
    ]


# The end of it


def test_an_account_that_was_opened_for_the_portal_is_forgotten_with_the_client(
    conn: Connection, api: ApiClient, noor: dict[str, Any], link_to: LinkTo, look_up: LookUp
) -> None:
    invite(api, noor)
    activated = activate(api, link_to(NOOR)).body
    own = api.by_token(activated["token"])
    own.patch("/me/profile", {"bio": "Noor runs the office.", "phone": "+31 20 555 0142"})
    own.post("/me/addresses", {"line1": "1 Noor Street", "city": "Utrecht", "country": "NL"})

    assert api.post(f"/clients/{noor['clientId']}/erase").status == 200

    user = api.get(f"/users/{activated['user']['id']}").body
    assert (user["name"], user["status"], user["phoneNumber"]) == ("Erased", "SUSPENDED", None)
    assert user["email"] == f"erased-{user['id']}@erased.invalid"
    assert own.get("/auth/me").status == 401
    login = api.by_token(None).post("/auth/login", {"email": NOOR, "password": PASSWORD})
    assert outcome(login) == (401, "invalid_credentials")
    for table in ("auth_accounts", "addresses", "contact_invites", "communication_logs"):
        assert look_up(f"select count(*) from {table}") == 0, table
    contact = api.get(f"/contacts/{noor['id']}").body
    assert (contact["name"], contact["userId"], contact["isActive"]) == (f"Erased contact {noor['id']}", None, False)
    assert broken_invariants(conn) == []


def test_an_account_that_was_there_before_is_its_holders_and_no_contacts_any_more(
    conn: Connection,
    api: ApiClient,
    make: Factory,
    noor: dict[str, Any],
    link_to: LinkTo,
    taken_over: Callable[..., dict[str, Any]],
) -> None:
    held = taken_over()
    conn.execute("update auth_users set created_at = created_at - interval '1 day' where id = %s", [held["id"]])

    api.post(f"/clients/{noor['clientId']}/erase")

    user = api.get(f"/users/{held['id']}").body
    assert (user["email"], user["status"]) == (NOOR.upper(), "ACTIVE")
    assert api.by_token(held["activated"]["token"]).get("/auth/me").status == 401
    login = api.by_token(None).post("/auth/login", {"email": NOOR, "password": PASSWORD}).body
    assert outcome(api.by_token(login["token"]).get("/portal/me")) == (403, "not_a_contact")
    again = make.contact(email=NOOR)
    invite(api, again)
    assert activate(api, link_to(NOOR)).body["user"]["id"] == held["id"]
