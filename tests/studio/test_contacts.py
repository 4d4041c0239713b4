"""The people at a client: who they are, who of them comes first, and how they are let in and shut out."""

from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.contacts import sign_in_contact
from tests.contracts.roles import join_team
from tests.factories import Factory

NOOR = {"name": "Noor Haddad", "title": "Office manager", "email": "Noor@acme.example", "phone": "+31 20 555 0142"}


@pytest.fixture
def client(make: Factory) -> dict[str, Any]:
    return make.client()


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.body.get("code")


def signed_in(conn: Connection, api: ApiClient, client: dict[str, Any]) -> tuple[str, ApiClient]:
    """The address of a contact who has an account, and that contact's own client."""
    token = sign_in_contact(conn, client["id"])
    [contact] = api.get(f"/clients/{client['id']}/contacts").body["data"]
    return f"/contacts/{contact['id']}", api.by_token(token)


def kinds_of(api: ApiClient) -> list[str]:
    return [deed["kind"] for deed in api.get("/activities", query_string={"subjectType": "CONTACT"}).body["data"]]


def test_a_contact_is_added_and_nobody_is_written_to(conn: Connection, api: ApiClient, client: dict[str, Any]) -> None:
    added = api.post(f"/clients/{client['id']}/contacts", NOOR)

    assert (added.status, added.headers["Location"]) == (201, f"/api/v1/contacts/{added.body['id']}")
    assert added.body == added.body | NOOR | {"clientId": client["id"], "clientName": client["name"], "isActive": True}
    assert [added.body[name] for name in ("isPrimary", "userId", "activatedAt", "inviteExpiresAt")] == [False] + [
        None
    ] * 3
    assert conn.execute("select from communication_logs").fetchall() == []
    assert kinds_of(api) == ["CONTACT_ADDED"]


def test_a_clients_contacts_are_listed_by_name_and_nobody_elses(
    api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    for name in ("Noor", "Bram"):
        make.contact(clientId=client["id"], name=name)
    make.contact(name="Of another")

    def names(**query: Any) -> list[str]:
        page = api.get(f"/clients/{client['id']}/contacts", query_string={"include": "total", **query})
        assert page.body["total"] == len(page.body["data"])
        return [row["name"] for row in page.body["data"]]

    assert (names(), names(sort="-name"), names(q="oor")) == (["Bram", "Noor"], ["Noor", "Bram"], ["Noor"])
    assert (names(isActive="true"), names(isActive="false")) == (["Bram", "Noor"], [])


def test_an_e_mail_is_one_contacts_whatever_its_case_and_whosever_they_are(api: ApiClient, make: Factory) -> None:
    make.contact(email="noor@acme.example")
    other = make.contact()

    added = api.post(f"/clients/{other['clientId']}/contacts", NOOR)
    changed = api.patch(f"/contacts/{other['id']}", {"email": NOOR["email"]})

    assert (outcome(added), outcome(changed)) == ((409, "email_taken"), (409, "email_taken"))


def test_whoever_becomes_the_primary_contact_takes_it_from_who_was(
    api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    first, second = (make.contact(clientId=client["id"], isPrimary=True) for _ in range(2))
    elsewhere = make.contact(isPrimary=True)

    def primary() -> list[int]:
        rows = api.get(f"/clients/{client['id']}/contacts").body["data"]
        return [row["id"] for row in rows if row["isPrimary"]]

    assert primary() == [second["id"]]
    assert api.patch(f"/contacts/{first['id']}", {"isPrimary": True}).body["isPrimary"] is True
    assert primary() == [first["id"]]
    assert api.get(f"/contacts/{elsewhere['id']}").body["isPrimary"] is True


def test_what_changes_nothing_is_no_deed(api: ApiClient, make: Factory) -> None:
    contact = make.contact()

    unchanged = api.patch(f"/contacts/{contact['id']}", {"name": contact["name"]})

    assert unchanged.body == contact
    assert kinds_of(api) == ["CONTACT_ADDED"]


def test_the_e_mail_of_whoever_signs_in_by_it_stays(conn: Connection, api: ApiClient, client: dict[str, Any]) -> None:
    address, _ = signed_in(conn, api, client)

    assert outcome(api.patch(address, {"email": "noor@elsewhere.example"})) == (409, "has_account")
    assert api.patch(address, {"name": "Noor Berg", "email": api.get(address).body["email"]}).status == 200


def test_a_contact_who_never_signed_in_is_deleted_and_anybody_else_is_not(
    conn: Connection, api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    invited = make.contact()
    api.post(f"/contacts/{invited['id']}/invites")
    address, _ = signed_in(conn, api, client)

    assert api.delete(f"/contacts/{invited['id']}").status == 204
    assert api.get(f"/contacts/{invited['id']}").status == 404
    assert outcome(api.delete(address)) == (409, "has_account")
    assert conn.execute("select from contact_invites").fetchall() == []


def test_a_contact_who_is_deactivated_is_shut_out_from_the_next_request_on_until_they_are_reactivated(
    conn: Connection, api: ApiClient, client: dict[str, Any]
) -> None:
    address, contact = signed_in(conn, api, client)
    assert contact.get("/portal/me").status == 200

    shut_out = api.post(f"{address}/deactivate")
    refused = contact.get("/portal/me")
    let_in = api.post(f"{address}/reactivate")

    assert (shut_out.body["isActive"], let_in.body["isActive"]) == (False, True)
    assert outcome(refused) == (403, "not_a_contact")
    assert contact.get("/portal/me").status == 200
    assert kinds_of(api) == ["CONTACT_REACTIVATED", "CONTACT_DEACTIVATED"]


def test_a_contact_whose_account_is_suspended_is_nobody(
    conn: Connection, api: ApiClient, client: dict[str, Any]
) -> None:
    address, contact = signed_in(conn, api, client)

    body = {"status": "SUSPENDED", "reason": "Has left them."}
    assert api.patch(f"/users/{api.get(address).body['userId']}", body).status == 200

    assert contact.get("/portal/me").status == 401


def test_the_contacts_of_an_archived_client_still_come_in(
    conn: Connection, api: ApiClient, client: dict[str, Any]
) -> None:
    _, contact = signed_in(conn, api, client)

    api.patch(f"/clients/{client['id']}", {"archived": True})

    assert contact.get("/portal/me").status == 200


def test_nobody_is_added_to_or_changed_at_a_client_who_was_erased(
    api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    contact = f"/contacts/{make.contact(clientId=client['id'])['id']}"
    api.post(f"/clients/{client['id']}/erase")

    refused = [
        api.post(f"/clients/{client['id']}/contacts", NOOR),
        api.patch(contact, {"name": "Noor"}),
        *(api.post(f"{contact}/{deed}") for deed in ("invites", "deactivate", "reactivate")),
    ]

    assert [outcome(answer) for answer in refused] == [(409, "client_erased")] * 5


def test_an_address_kept_for_erased_clients_is_no_contacts(api: ApiClient, client: dict[str, Any]) -> None:
    refused = api.post(f"/clients/{client['id']}/contacts", NOOR | {"email": "erased-contact-7@erased.invalid"})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/email")


def test_a_client_who_is_deleted_takes_their_contacts_along(
    api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    contact = make.contact(clientId=client["id"])
    api.post(f"/contacts/{contact['id']}/invites")

    assert api.delete(f"/clients/{client['id']}").status == 204
    assert api.get(f"/contacts/{contact['id']}").status == 404


def test_a_photographer_sees_the_contacts_of_their_own_clients_and_changes_none(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    member = make.staff()
    join_team(conn, "PHOTOGRAPHER", member["id"])
    own, foreign = make.contact(clientId=make.booking(member)["clientId"]), make.contact()
    photographer = api.by_role("PHOTOGRAPHER")

    assert photographer.get(f"/contacts/{own['id']}").body == own
    assert photographer.get(f"/clients/{own['clientId']}/contacts").body["data"] == [own]
    assert photographer.get(f"/contacts/{foreign['id']}").status == 404
    assert photographer.get(f"/clients/{foreign['clientId']}/contacts").status == 404
    assert photographer.patch(f"/contacts/{own['id']}", {"name": "Noor"}).status == 403
