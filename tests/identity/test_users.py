"""Users, as administrators see them: who is shown, and who may make what of whom."""

from collections.abc import Callable
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.identity.conftest import Enrol, LinkTo
from tests.waiting import held_up

REASON = "Has left the studio."


def change(api: ApiClient, user: dict[str, Any], **changes: Any) -> Answer:
    return api.patch(f"/users/{user['id']}", {"reason": REASON, **changes})


def outcome(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.body.get("code")


@pytest.fixture
def admin(api: ApiClient) -> ApiClient:
    return api.by_role("ADMIN")


@pytest.fixture
def on_the_team(conn: Connection, make: Factory, enrol: Enrol) -> Callable[[str], tuple[dict[str, Any], str]]:
    """A user of a role with their record on the team; gives the user, and the address of the record."""

    def on_the_team(role: str) -> tuple[dict[str, Any], str]:
        user, member = enrol(role=role), make.staff(role=role)
        conn.execute("update staff_members set user_id = %s where id = %s", [user["id"], member["id"]])
        return user, f"/staff/{member['id']}"

    return on_the_team


# Who is shown


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("role=VENDOR&q=people.example", ["Salma 100%"]),
        ("role=OWNER&q=people.example", []),
        ("role=OWNER", ["Owner Test"]),
        ("status=SUSPENDED", ["Noah Berg"]),
        ("status=PENDING", ["Salma 100%"]),
        ("status=PENDING&role=CUSTOMER", []),
        ("q=EMMA", ["emma Chen"]),
        ("q=berg@people", ["Noah Berg"]),
        ("q=%2B31612345678", ["emma Chen"]),
        ("q=%25", ["Salma 100%"]),
        ("q=a_test", []),
        ("q=people.example", ["emma Chen", "Noah Berg", "Salma 100%"]),
    ],
)
def test_users_can_be_had_by(api: ApiClient, enrol: Enrol, query: str, expected: list[str]) -> None:
    enrol(name="emma Chen", phone_number="+31612345678")
    enrol(name="Noah Berg", email="Noah.Berg@People.example", status="SUSPENDED")
    enrol(name="Salma 100%", role="VENDOR", status="PENDING")

    assert [user["name"] for user in api.get(f"/users?sort=name&{query}").body["data"]] == expected


@pytest.mark.parametrize("query", ["role=BOSS", "status=GONE", "email=emma@people.example", "sort=email"])
def test_a_filter_that_there_is_not_is_refused(api: ApiClient, query: str) -> None:
    assert api.get(f"/users?{query}").status == 422


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("name", ["ada", "Bo"]),
        ("-name", ["Bo", "ada"]),
        ("createdAt", ["Bo", "ada"]),
        ("-createdAt", ["ada", "Bo"]),
    ],
)
def test_users_are_sorted_by(api: ApiClient, enrol: Enrol, conn: Connection, sort: str, expected: list[str]) -> None:
    older, _ = enrol(name="Bo"), enrol(name="ada")
    conn.execute("update auth_users set created_at = created_at - interval '1 day' where id = %s", [older["id"]])

    listed = api.get(f"/users?sort={sort}&q=people.example").body["data"]

    assert [user["name"] for user in listed] == expected


def test_the_newest_users_come_first(api: ApiClient) -> None:
    assert api.get("/users").body["data"] == api.get("/users?sort=-createdAt").body["data"]


def test_a_user_can_be_read(api: ApiClient, enrol: Enrol) -> None:
    user = enrol(phone_number="+31612345678")

    read = api.get(f"/users/{user['id']}")

    assert read.status == 200
    assert (read.body["email"], read.body["phoneNumber"]) == (user["email"], "+31612345678")
    assert read.body["accessChanges"] == []


def test_a_user_who_is_not_there_is_not_found(api: ApiClient) -> None:
    nobody = {"id": "99999999-9999-4999-8999-999999999999"}

    assert outcome(api.get(f"/users/{nobody['id']}")) == (404, "not_found")
    assert outcome(change(api, nobody, status="SUSPENDED")) == (404, "not_found")


@pytest.mark.parametrize("role", ["PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER", "VENDOR", "CUSTOMER"])
def test_users_are_the_business_of_administrators(api: ApiClient, enrol: Enrol, role: str) -> None:
    somebody, user = api.by_role(role), enrol()

    answers = [somebody.get("/users"), somebody.get(f"/users/{user['id']}"), change(somebody, user, status="SUSPENDED")]

    assert [outcome(answer) for answer in answers] == [(403, "forbidden")] * 3


# What may be made of them


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("PENDING", "ACTIVE"), ("PENDING", "SUSPENDED"), ("ACTIVE", "SUSPENDED"), ("SUSPENDED", "ACTIVE")],
)
def test_a_user_may_go_from(admin: ApiClient, enrol: Enrol, was: str, becomes: str) -> None:
    changed = change(admin, enrol(status=was), status=becomes)

    assert (changed.status, changed.body["status"]) == (200, becomes)


def test_a_user_never_goes_back_to_pending(admin: ApiClient, enrol: Enrol) -> None:
    refused = change(admin, enrol(), status="PENDING")

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/status"]


@pytest.mark.parametrize("role", ["ADMIN", "PHOTOGRAPHER", "EDITOR", "FINANCE", "TRAINER", "VENDOR"])
def test_an_administrator_gives_a_user_any_role_but_the_owners(admin: ApiClient, enrol: Enrol, role: str) -> None:
    changed = change(admin, enrol(), role=role)

    assert (changed.status, changed.body["role"]) == (200, role)


def test_a_role_counts_from_the_next_request_on(api: ApiClient, enrol: Enrol) -> None:
    user = enrol()
    me = api.by_token(user["token"])
    before = me.get("/clients").status
    change(api, user, role="ADMIN")
    promoted = me.get("/clients").status

    change(api, user, role="CUSTOMER")

    assert (before, promoted, me.get("/clients").status) == (403, 200, 403)


def test_a_vendor_is_approved_only_when_somebody_can_be_reached(admin: ApiClient, enrol: Enrol) -> None:
    vendor = enrol(role="VENDOR", status="PENDING", is_email_verified=False)

    refused = change(admin, vendor, status="ACTIVE")

    assert outcome(refused) == (409, "not_verified")
    assert admin.get(f"/users/{vendor['id']}").body["status"] == "PENDING"


@pytest.mark.parametrize("proof", [{"is_email_verified": True}, {"phone_number": "+31612345678"}])
def test_a_vendor_is_approved_with_an_e_mail_or_a_phone_that_is_verified(
    admin: ApiClient, enrol: Enrol, proof: dict[str, Any]
) -> None:
    vendor = enrol(**{"role": "VENDOR", "status": "PENDING", "is_email_verified": False, **proof})

    assert change(admin, vendor, status="ACTIVE").body["status"] == "ACTIVE"


# The reason


def test_a_change_is_kept_with_its_reason_and_who_made_it(api: ApiClient, admin: ApiClient, enrol: Enrol) -> None:
    user = enrol()
    change(admin, user, status="SUSPENDED")
    change(api, user, role="VENDOR", status="ACTIVE", reason="Is back, with a studio of her own.")

    history = api.get(f"/users/{user['id']}").body["accessChanges"]

    assert [(entry["role"], entry["status"], entry["reason"], entry["changedByName"]) for entry in history] == [
        ("CUSTOMER", "SUSPENDED", REASON, "Admin Test"),
        ("VENDOR", "ACTIVE", "Is back, with a studio of her own.", "Owner Test"),
    ]


@pytest.mark.parametrize("reason", [None, "", "   ", "x" * 501])
def test_a_reason_is_needed(admin: ApiClient, enrol: Enrol, reason: str | None) -> None:
    refused = change(admin, enrol(), status="SUSPENDED", reason=reason)

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/reason"]


def test_a_change_without_a_word_of_reason_is_refused(admin: ApiClient, enrol: Enrol) -> None:
    refused = admin.patch(f"/users/{enrol()['id']}", {"status": "SUSPENDED"})

    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/reason"]


def test_a_reason_alone_changes_nothing(admin: ApiClient, enrol: Enrol) -> None:
    assert outcome(change(admin, enrol())) == (422, "invalid")


def test_what_changes_nothing_is_not_kept(admin: ApiClient, enrol: Enrol) -> None:
    unchanged = change(admin, enrol(), role="CUSTOMER", status="ACTIVE")

    assert (unchanged.status, unchanged.body["accessChanges"]) == (200, [])


@pytest.mark.parametrize("field", ["name", "email", "isEmailVerified", "phoneNumber", "password"])
def test_nothing_else_of_a_user_is_an_administrators_to_change(admin: ApiClient, enrol: Enrol, field: str) -> None:
    refused = change(admin, enrol(), **{field: "Somebody"})

    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


# Suspension


def test_whoever_is_suspended_is_nobody_from_the_next_request_on(api: ApiClient, enrol: Enrol) -> None:
    user = enrol(role="ADMIN")
    session = api.by_token(user["token"])
    body = {"name": "Sync", "permissions": ["VIEW_CLIENTS"]}
    program = api.by_token(session.post("/me/tokens", body).body["token"])
    before = session.get("/auth/me").status, program.get("/auth/me").status

    change(api, user, status="SUSPENDED")

    assert before == (200, 200)
    assert (session.get("/auth/me").status, program.get("/auth/me").status) == (401, 401)


def test_whoever_comes_back_has_to_sign_in_anew(api: ApiClient, enrol: Enrol) -> None:
    user = enrol()
    change(api, user, status="SUSPENDED")
    change(api, user, status="ACTIVE")

    signed_in = api.post("/auth/login", {"email": user["email"], "password": user["password"]})

    assert api.by_token(user["token"]).get("/auth/me").status == 401
    assert signed_in.status == 200


def test_whoever_comes_back_does_so_without_the_tokens_and_links_of_before(
    api: ApiClient, enrol: Enrol, link_to: LinkTo
) -> None:
    user = enrol(role="ADMIN")
    session = api.by_token(user["token"])
    program = api.by_token(session.post("/me/tokens", {"name": "Sync", "permissions": []}).body["token"])
    asked = {"email": user["email"]}
    api.post("/auth/request-password-reset", asked)
    reset = {"token": link_to(user["email"]), "password": "a sentence of the one who left"}
    api.post("/auth/send-verification", asked)
    verification = {"token": link_to(user["email"])}

    change(api, user, status="SUSPENDED")
    change(api, user, status="ACTIVE")

    assert (session.get("/auth/me").status, program.get("/auth/me").status) == (401, 401)
    assert outcome(api.post("/auth/reset-password", reset)) == (422, "link_invalid")
    assert outcome(api.post("/auth/verify-email", verification)) == (422, "link_invalid")


# Owners


def test_an_administrator_makes_nobody_an_owner(admin: ApiClient, enrol: Enrol) -> None:
    user = enrol()

    assert outcome(change(admin, user, role="OWNER")) == (403, "owners_only")
    assert admin.get(f"/users/{user['id']}").body["role"] == "CUSTOMER"


@pytest.mark.parametrize("changes", [{"status": "SUSPENDED"}, {"role": "ADMIN"}, {"role": "CUSTOMER"}])
def test_an_administrator_changes_no_owner(admin: ApiClient, enrol: Enrol, changes: dict[str, str]) -> None:
    owner = enrol(role="OWNER")

    assert outcome(change(admin, owner, **changes)) == (403, "owners_only")


def test_an_owner_makes_owners_and_unmakes_them(api: ApiClient, enrol: Enrol) -> None:
    user = enrol()

    made, unmade = change(api, user, role="OWNER"), change(api, user, role="CUSTOMER")

    assert (made.body["role"], unmade.body["role"]) == ("OWNER", "CUSTOMER")


def test_an_owner_suspends_another(api: ApiClient, enrol: Enrol) -> None:
    assert change(api, enrol(role="OWNER"), status="SUSPENDED").body["status"] == "SUSPENDED"


@pytest.mark.parametrize("role", ["OWNER", "ADMIN"])
@pytest.mark.parametrize("changes", [{"status": "SUSPENDED"}, {"role": "CUSTOMER"}, {"role": "OWNER"}])
def test_nobody_changes_themselves(api: ApiClient, enrol: Enrol, role: str, changes: dict[str, str]) -> None:
    enrol(role="OWNER")  # so that it is not for want of another
    user = enrol(role=role)
    me = api.by_token(user["token"])
    is_a_change = changes != {"role": role}

    answer = change(me, user, **changes)

    assert outcome(answer) == ((403, "not_oneself") if is_a_change else (200, None))
    assert me.get("/me").body["role"] == role


@pytest.mark.committed
@pytest.mark.parametrize("changes", [{"status": "SUSPENDED"}, {"role": "ADMIN"}])
def test_of_two_owners_who_turn_on_each_other_the_last_stays(
    api: ApiClient, enrol: Enrol, conn: Connection, changes: dict[str, str]
) -> None:
    first, second = {"id": api.get("/me").body["id"]}, enrol(role="OWNER")

    with held_up(conn) as waiting:
        conn.execute("select from auth_users where role = 'OWNER' for update")
        won = waiting.send(change, api, second, **changes)
        lost = waiting.send(change, api.by_token(second["token"]), first, **changes)

    assert sorted([outcome(won.result()), outcome(lost.result())], key=str) == [(200, None), (409, "last_owner")]


# Staff


def test_the_record_on_the_team_follows_the_role_of_its_user(
    admin: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("PHOTOGRAPHER")

    change(admin, user, role="EDITOR")

    assert admin.get(record).body["role"] == "EDITOR"


def test_the_role_of_a_user_follows_the_record_on_the_team(
    admin: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("PHOTOGRAPHER")

    changed = admin.patch(record, {"role": "FINANCE"})

    shown = admin.get(f"/users/{user['id']}").body
    assert (changed.status, shown["role"]) == (200, "FINANCE")
    assert [(entry["role"], entry["changedByName"]) for entry in shown["accessChanges"]] == [("FINANCE", "Admin Test")]


@pytest.mark.parametrize("role", ["CUSTOMER", "VENDOR", "TRAINER"])
def test_whoever_is_on_the_team_is_no_customer(
    admin: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]], role: str
) -> None:
    user, record = on_the_team("PHOTOGRAPHER")

    refused = change(admin, user, role=role)

    assert outcome(refused) == (409, "is_staff")
    assert admin.get(record).body["role"] == "PHOTOGRAPHER"
    assert admin.get(f"/users/{user['id']}").body["accessChanges"] == []


def test_an_administrator_makes_no_owner_by_way_of_the_team(
    admin: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("PHOTOGRAPHER")

    refused = admin.patch(record, {"role": "OWNER"})

    assert outcome(refused) == (403, "owners_only")
    assert admin.get(f"/users/{user['id']}").body["role"] == "PHOTOGRAPHER"


def test_nobody_changes_themselves_by_way_of_the_team(
    api: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("ADMIN")

    refused = api.by_token(user["token"]).patch(record, {"role": "EDITOR"})

    assert outcome(refused) == (403, "not_oneself")


def test_whoever_is_on_the_team_goes_by_the_name_of_their_record_whatever_they_call_themselves(
    api: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("ADMIN")
    me = api.by_token(user["token"])
    name = api.get(record).body["name"]

    renamed = me.patch("/me", {"name": "Somebody Else"})
    Factory(me).client()

    assert (renamed.status, renamed.body["name"]) == (200, "Somebody Else")
    deed = api.get("/activities").body["data"][0]
    assert (deed["actorId"], deed["actor"]) == (user["id"], name)


def test_a_program_goes_by_the_name_of_the_record_as_well(
    api: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("ADMIN")
    me = api.by_token(user["token"])
    body = {"name": "Sync", "permissions": ["MANAGE_CLIENTS"]}
    program = api.by_token(me.post("/me/tokens", body).body["token"])
    me.patch("/me", {"name": "Somebody Else"})

    Factory(program).client()

    assert api.get("/activities").body["data"][0]["actor"] == api.get(record).body["name"]


def test_a_change_of_a_user_is_kept_under_the_name_of_the_record(
    api: ApiClient, enrol: Enrol, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("ADMIN")
    me = api.by_token(user["token"])
    me.patch("/me", {"name": "Somebody Else"})

    changed = change(me, enrol(), status="SUSPENDED").body

    assert [entry["changedByName"] for entry in changed["accessChanges"]] == [api.get(record).body["name"]]


def test_whoever_has_left_the_team_is_let_in_again_there_and_not_here(
    admin: ApiClient, on_the_team: Callable[[str], tuple[dict[str, Any], str]]
) -> None:
    user, record = on_the_team("PHOTOGRAPHER")
    admin.patch(record, {"status": "INACTIVE"})

    refused = change(admin, user, status="ACTIVE")

    assert outcome(refused) == (409, "is_staff")
    assert admin.get(f"/users/{user['id']}").body["status"] == "SUSPENDED"
