"""E-mail verification: the link that is sent, and whom it lets in."""

from collections.abc import Callable
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.identity.conftest import Enrol, Later, LinkTo, LookUp


@pytest.fixture
def newcomer(enrol: Enrol) -> Callable[[str], dict[str, Any]]:
    """Somebody of a role who has just signed up."""
    return lambda role: enrol(role=role, status="PENDING", is_email_verified=False)


def ask_for_link(api: ApiClient, user: dict[str, Any]) -> Answer:
    return api.by_token(None).post("/auth/send-verification", {"email": user["email"]})


def verify(api: ApiClient, token: str) -> Answer:
    return api.by_token(None).post("/auth/verify-email", {"token": token})


def as_they_are(api: ApiClient, user: dict[str, Any]) -> tuple[bool, str]:
    """Whether the e-mail is verified, and the status."""
    row = api.get(f"/users/{user['id']}").body
    return row["isEmailVerified"], row["status"]


def test_a_verified_customer_is_let_in(
    api: ApiClient, newcomer: Callable[[str], dict[str, Any]], link_to: LinkTo
) -> None:
    user = newcomer("CUSTOMER")
    ask_for_link(api, user)

    verified = verify(api, link_to(user["email"]))

    assert verified.status == 204
    assert as_they_are(api, user) == (True, "ACTIVE")


def test_a_verified_vendor_waits_until_an_administrator_approves(
    api: ApiClient, newcomer: Callable[[str], dict[str, Any]], link_to: LinkTo
) -> None:
    user = newcomer("VENDOR")
    ask_for_link(api, user)
    verify(api, link_to(user["email"]))
    before = as_they_are(api, user)

    approved = api.by_role("ADMIN").patch(f"/users/{user['id']}", {"status": "ACTIVE", "reason": "Seen the studio."})

    assert before == (True, "PENDING")
    assert approved.status == 200
    assert as_they_are(api, user) == (True, "ACTIVE")


@pytest.mark.parametrize("role", ["OWNER", "ADMIN", "PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER"])
def test_a_verified_e_mail_lets_nobody_else_in(
    api: ApiClient, newcomer: Callable[[str], dict[str, Any]], link_to: LinkTo, role: str
) -> None:
    user = newcomer(role)
    ask_for_link(api, user)

    verify(api, link_to(user["email"]))

    assert as_they_are(api, user) == (True, "PENDING")


def test_whoever_is_in_stays_in(api: ApiClient, enrol: Enrol, link_to: LinkTo) -> None:
    user = enrol(role="VENDOR")
    ask_for_link(api, user)

    verify(api, link_to(user["email"]))

    assert as_they_are(api, user) == (True, "ACTIVE")


def test_nobody_comes_back_from_a_suspension_by_a_link(
    api: ApiClient, newcomer: Callable[[str], dict[str, Any]], link_to: LinkTo, conn: Connection
) -> None:
    user = newcomer("CUSTOMER")
    ask_for_link(api, user)
    conn.execute("update auth_users set status = 'SUSPENDED' where id = %s", [user["id"]])

    refused = verify(api, link_to(user["email"]))

    assert (refused.status, refused.body["code"]) == (422, "link_invalid")
    assert as_they_are(api, user) == (False, "SUSPENDED")


def test_a_link_serves_once(api: ApiClient, newcomer: Callable[[str], dict[str, Any]], link_to: LinkTo) -> None:
    user = newcomer("CUSTOMER")
    ask_for_link(api, user)

    first, again = verify(api, link_to(user["email"])), verify(api, link_to(user["email"]))

    assert (first.status, again.status) == (204, 422)


@pytest.mark.parametrize(("hours", "status"), [(23.9, 204), (24, 422)])
def test_a_link_serves_for_a_day(
    api: ApiClient,
    newcomer: Callable[[str], dict[str, Any]],
    link_to: LinkTo,
    later: Later,
    hours: float,
    status: int,
) -> None:
    user = newcomer("CUSTOMER")
    ask_for_link(api, user)

    later(hours=hours)

    assert verify(api, link_to(user["email"])).status == status


def test_a_newer_link_kills_the_older(
    api: ApiClient, newcomer: Callable[[str], dict[str, Any]], link_to: LinkTo
) -> None:
    user = newcomer("CUSTOMER")
    ask_for_link(api, user)
    older = link_to(user["email"])
    ask_for_link(api, user)

    assert verify(api, older).status == 422
    assert verify(api, link_to(user["email"])).status == 204


def test_the_answer_for_an_unknown_e_mail_is_the_same_and_nothing_is_sent(
    api: ApiClient, newcomer: Callable[[str], dict[str, Any]], look_up: LookUp
) -> None:
    user = newcomer("CUSTOMER")

    known = ask_for_link(api, user)
    unknown = ask_for_link(api, {"email": "nobody@people.example"})

    assert (unknown.status, unknown.body) == (known.status, known.body) == (204, None)
    assert sorted(unknown.headers.keys()) == sorted(known.headers.keys())
    assert look_up("select count(*) from communication_logs") == 1
    assert look_up("select array_agg(identifier) from auth_verification_token") == [user["email"]]


def test_an_e_mail_that_is_no_e_mail_is_refused(api: ApiClient) -> None:
    refused = ask_for_link(api, {"email": "nobody"})

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/email"]


def test_a_link_is_used_by_post_and_not_by_whoever_looks_at_it(
    api: ApiClient, newcomer: Callable[[str], dict[str, Any]], link_to: LinkTo
) -> None:
    user = newcomer("CUSTOMER")
    ask_for_link(api, user)

    looked_at = api.by_token(None).get(f"/auth/verify-email?token={link_to(user['email'])}")

    assert looked_at.status == 405
    assert as_they_are(api, user) == (False, "PENDING")
    assert verify(api, link_to(user["email"])).status == 204
