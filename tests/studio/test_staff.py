"""Staff: who works at the studio, and what becomes of their work when they leave."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory

LENA = {
    "name": "Lena Hoffmann",
    "role": "EDITOR",
    "email": "lena@studio.example",
    "phone": "+1 555 0190",
    "avatarUrl": "https://images.example/lena.jpg",
}


def days_from_now(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_account(make: Factory, conn: Connection, role: str, **fields: Any) -> dict[str, Any]:
    """The record on the team of whoever is signed in as somebody of this role."""
    member = make.staff(role=role, **fields)
    conn.execute(
        "update staff_members set user_id = (select id from auth_users where role = %s) where id = %s",
        [role, member["id"]],
    )
    return member


def names(api: ApiClient, query: str = "") -> list[str]:
    return [member["name"] for member in api.get(f"/staff{query}").body["data"]]


def assigned(api: ApiClient, booking: dict[str, Any]) -> list[str]:
    return [person["name"] for person in api.get(f"/bookings/{booking['id']}").body["assignedStaff"]]


def test_a_member_is_added_with_their_role(api: ApiClient) -> None:
    created = api.post("/staff", LENA)

    assert created.status == 201
    assert created.headers["Location"] == f"/api/v1/staff/{created.body['id']}"
    assert created.body | LENA == created.body
    assert api.get(f"/staff/{created.body['id']}").body == created.body


def test_a_member_is_active_unless_said_otherwise(api: ApiClient) -> None:
    created = api.post("/staff", {"name": "Lena Hoffmann", "role": "PHOTOGRAPHER"})

    assert (created.status, created.body["status"]) == (201, "ACTIVE")
    assert (created.body["email"], created.body["phone"], created.body["avatarUrl"]) == (None, None, None)


@pytest.mark.parametrize(("field", "word"), [("role", "INTERN"), ("role", "editor"), ("status", "GONE")])
def test_roles_and_statuses_are_words_of_a_list(api: ApiClient, field: str, word: str) -> None:
    refused = api.post("/staff", LENA | {field: word})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_nobody_is_made_invited_but_by_an_invitation(api: ApiClient, make: Factory) -> None:
    member = make.staff(**LENA)

    refused = [
        api.post("/staff", {"name": "Lena Two", "role": "EDITOR", "status": "INVITED"}),
        api.patch(f"/staff/{member['id']}", {"status": "INVITED"}),
    ]

    assert [(answer.status, [fault["pointer"] for fault in answer.body["errors"]]) for answer in refused] == [
        (422, ["/status"])
    ] * 2
    assert api.get("/staff").body["data"] == [member]


def test_a_member_who_was_invited_is_so_until_they_accept(api: ApiClient, make: Factory) -> None:
    member = make.staff(**LENA)

    invited = api.post(f"/staff/{member['id']}/invite")

    assert (invited.status, invited.body["status"], invited.body["userId"]) == (200, "INVITED", None)
    assert api.get(f"/staff/{member['id']}").body == invited.body


def test_a_patch_changes_only_what_it_names(api: ApiClient, make: Factory) -> None:
    member = make.staff(**LENA)

    changed = api.patch(f"/staff/{member['id']}", {"role": "ADMIN"})

    assert changed.status == 200
    assert changed.body == member | {"role": "ADMIN", "updatedAt": changed.body["updatedAt"]}


@pytest.mark.parametrize("field", ["email", "phone", "avatarUrl"])
def test_null_clears_what_may_be_absent(api: ApiClient, make: Factory, field: str) -> None:
    member = make.staff(**LENA)

    changed = api.patch(f"/staff/{member['id']}", {field: None})

    assert changed.status == 200
    assert changed.body == member | {field: None, "updatedAt": changed.body["updatedAt"]}


@pytest.mark.parametrize("field", ["name", "role", "status"])
def test_null_does_not_clear_what_must_be_there(api: ApiClient, make: Factory, field: str) -> None:
    member = make.staff()

    refused = api.patch(f"/staff/{member['id']}", {field: None})

    assert refused.status == 422
    assert [fault["pointer"] for fault in refused.body["errors"]] == [f"/{field}"]


def test_two_members_cannot_have_one_address_whatever_its_case(api: ApiClient, make: Factory) -> None:
    make.staff(email="lena@studio.example")

    refused = api.post("/staff", {"name": "Lena Two", "role": "EDITOR", "email": "LENA@studio.example"})

    assert (refused.status, refused.body["code"]) == (409, "email_taken")


def test_a_member_cannot_change_to_the_address_of_another(api: ApiClient, make: Factory) -> None:
    make.staff(email="lena@studio.example")
    other = make.staff()

    refused = api.patch(f"/staff/{other['id']}", {"email": "Lena@Studio.example"})

    assert (refused.status, refused.body["code"]) == (409, "email_taken")
    assert api.get(f"/staff/{other['id']}").body == other


def test_any_number_of_members_may_have_no_address(make: Factory) -> None:
    assert make.staff()["email"] is None
    assert make.staff()["email"] is None


def test_somebody_who_never_worked_here_is_deleted(api: ApiClient, make: Factory) -> None:
    member = make.staff()

    removed = api.delete(f"/staff/{member['id']}")

    assert removed.status == 204
    assert api.get(f"/staff/{member['id']}").status == 404


def test_a_removed_member_leaves_every_booking_still_to_come(api: ApiClient, make: Factory) -> None:
    lena, kit = make.staff(name="Lena"), make.staff(name="Kit")
    confirmed = make.booking(lena, kit, sessionDate=days_from_now(2))
    asked_for = make.booking(lena, sessionDate=days_from_now(3), status="PENDING")

    removed = api.delete(f"/staff/{lena['id']}")

    assert removed.status == 204
    assert assigned(api, confirmed) == ["Kit"]
    assert assigned(api, asked_for) == []


def test_a_removed_member_keeps_the_past_and_stays_on_record_as_inactive(api: ApiClient, make: Factory) -> None:
    lena = make.staff(name="Lena")
    past = make.booking(lena, sessionDate=days_from_now(-2))
    future = make.booking(lena, sessionDate=days_from_now(2))

    removed = api.delete(f"/staff/{lena['id']}")

    assert removed.status == 204
    assert assigned(api, past) == ["Lena"]
    assert assigned(api, future) == []
    assert api.get(f"/staff/{lena['id']}").body["status"] == "INACTIVE"


def test_somebody_who_had_only_bookings_to_come_is_deleted(api: ApiClient, make: Factory) -> None:
    lena = make.staff()
    make.booking(lena, sessionDate=days_from_now(2))

    api.delete(f"/staff/{lena['id']}")

    assert api.get(f"/staff/{lena['id']}").status == 404


def test_a_member_who_is_removed_again_stays_as_they_are(api: ApiClient, make: Factory) -> None:
    lena = make.staff()
    past = make.booking(lena, sessionDate=days_from_now(-2))
    api.delete(f"/staff/{lena['id']}")

    again = api.delete(f"/staff/{lena['id']}")

    assert again.status == 204
    assert api.get(f"/staff/{lena['id']}").body["status"] == "INACTIVE"
    assert assigned(api, past) == [lena["name"]]


def test_nobody_who_left_can_be_booked(api: ApiClient, make: Factory) -> None:
    lena = make.staff(status="INACTIVE")
    booking = make.booking()

    assigned_later = api.post(f"/bookings/{booking['id']}/assignments", {"staffId": lena["id"]})
    booked_with = api.post(
        "/bookings",
        {
            "clientId": booking["clientId"],
            "sessionTypeId": booking["sessionTypeId"],
            "sessionDate": days_from_now(2),
            "location": "Studio A",
            "assignedStaff": [{"staffId": lena["id"]}],
        },
    )

    assert (assigned_later.status, assigned_later.body["code"]) == (409, "staff_inactive")
    assert (booked_with.status, booked_with.body["code"]) == (409, "staff_inactive")
    assert [row["id"] for row in api.get("/bookings").body["data"]] == [booking["id"]]


def test_a_member_who_comes_back_can_be_booked_again(api: ApiClient, make: Factory) -> None:
    lena = make.staff(status="INACTIVE")
    api.patch(f"/staff/{lena['id']}", {"status": "ACTIVE"})

    booking = make.booking(lena)

    assert assigned(api, booking) == [lena["name"]]


def test_somebody_who_is_only_invited_can_be_booked(api: ApiClient, make: Factory) -> None:
    lena = make.staff(**LENA)
    api.post(f"/staff/{lena['id']}/invite")

    assert assigned(api, make.booking(lena)) == ["Lena Hoffmann"]


# Members and their accounts


def test_a_member_without_an_account_has_never_signed_in(make: Factory) -> None:
    member = make.staff()

    assert (member["userId"], member["lastLoginAt"]) == (None, None)


def test_a_member_shows_the_account_they_sign_in_with(api: ApiClient, make: Factory, conn: Connection) -> None:
    member = with_account(make, conn, "EDITOR")
    conn.execute("update auth_users set last_login_at = '2026-11-20T09:30:00Z' where role = 'EDITOR'")

    shown = api.get(f"/staff/{member['id']}").body

    assert (shown["userId"], shown["lastLoginAt"]) == (
        api.by_role("EDITOR").get("/me").body["id"],
        "2026-11-20T09:30:00Z",
    )
    assert api.by_role("EDITOR").get("/auth/me").body["staffId"] == member["id"]


def test_the_account_gets_the_role_of_the_member(api: ApiClient, make: Factory, conn: Connection) -> None:
    member = with_account(make, conn, "EDITOR")

    api.patch(f"/staff/{member['id']}", {"role": "FINANCE"})

    me = api.by_role("EDITOR").get("/auth/me").body
    assert (me["user"]["role"], "MANAGE_INVOICES" in me["permissions"]) == ("FINANCE", True)


def test_the_member_gets_the_role_of_the_account(api: ApiClient, make: Factory, conn: Connection) -> None:
    member = with_account(make, conn, "EDITOR")
    user_id = api.by_role("EDITOR").get("/me").body["id"]

    api.patch(f"/users/{user_id}", {"role": "FINANCE", "reason": "Counts better than she crops."})

    assert api.get(f"/staff/{member['id']}").body["role"] == "FINANCE"


def test_a_member_who_is_inactive_is_signed_out_and_stays_out(api: ApiClient, make: Factory, conn: Connection) -> None:
    member = with_account(make, conn, "EDITOR")
    user_id = api.by_role("EDITOR").get("/me").body["id"]

    changed = api.patch(f"/staff/{member['id']}", {"status": "INACTIVE"})

    assert (changed.status, changed.body["status"]) == (200, "INACTIVE")
    assert api.by_role("EDITOR").get("/me").status == 401
    assert api.get(f"/users/{user_id}").body["status"] == "SUSPENDED"


def test_the_account_of_a_member_who_comes_back_is_let_in_again(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    member = with_account(make, conn, "EDITOR")
    user_id = api.by_role("EDITOR").get("/me").body["id"]
    for status in ("INACTIVE", "ACTIVE"):
        api.patch(f"/staff/{member['id']}", {"status": status})

    user = api.get(f"/users/{user_id}").body

    assert user["status"] == "ACTIVE"
    assert [change["status"] for change in user["accessChanges"]] == ["SUSPENDED", "ACTIVE"]
    assert {change["changedByName"] for change in user["accessChanges"]} == {"Owner Test"}


@pytest.mark.parametrize("has_worked", [True, False])
def test_the_account_of_a_removed_member_is_suspended(
    api: ApiClient, make: Factory, conn: Connection, has_worked: bool
) -> None:
    member = with_account(make, conn, "PHOTOGRAPHER")
    user_id = api.by_role("PHOTOGRAPHER").get("/me").body["id"]
    if has_worked:
        make.booking(member, sessionDate=days_from_now(-2))

    removed = api.delete(f"/staff/{member['id']}")

    assert (removed.status, api.get(f"/staff/{member['id']}").status) == (204, 200 if has_worked else 404)
    assert api.by_role("PHOTOGRAPHER").get("/me").status == 401
    assert api.get(f"/users/{user_id}").body["status"] == "SUSPENDED"


def test_what_else_changes_of_a_member_is_nothing_to_their_account(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    member = with_account(make, conn, "EDITOR")

    changed = api.patch(f"/staff/{member['id']}", {"name": "Yuki Sato", "email": "yuki@studio.example"})

    me = api.by_role("EDITOR").get("/me").body
    assert changed.status == 200
    assert (me["name"], me["email"]) == ("Editor Test", "editor@callers.example")


@pytest.mark.parametrize("changes", [{"role": "ADMIN"}, {"status": "INACTIVE"}, None])
def test_nobody_changes_their_own_role_or_puts_themselves_out(
    api: ApiClient, make: Factory, conn: Connection, changes: dict[str, str] | None
) -> None:
    member = with_account(make, conn, "OWNER")
    path = f"/staff/{member['id']}"

    refused = api.delete(path) if changes is None else api.patch(path, changes)

    assert (refused.status, refused.body["code"]) == (403, "not_oneself")
    assert api.get(path).body["status"] == "ACTIVE"


def test_an_owner_may_change_their_own_name_on_the_team(api: ApiClient, make: Factory, conn: Connection) -> None:
    member = with_account(make, conn, "OWNER")

    assert api.patch(f"/staff/{member['id']}", {"name": "Rosa Delgado"}).status == 200


def test_an_administrator_adds_changes_and_removes_no_owner(api: ApiClient, make: Factory) -> None:
    owner, editor = make.staff(role="OWNER"), make.staff(role="EDITOR")
    admin = api.by_role("ADMIN")

    refusals = [
        admin.post("/staff", {"name": "Rosa", "role": "OWNER"}),
        admin.patch(f"/staff/{editor['id']}", {"role": "OWNER"}),
        admin.patch(f"/staff/{owner['id']}", {"role": "EDITOR"}),
        admin.delete(f"/staff/{owner['id']}"),
    ]

    assert [(refused.status, refused.body["code"]) for refused in refusals] == [(403, "owners_only")] * 4
    assert [api.get(f"/staff/{member['id']}").body for member in (owner, editor)] == [owner, editor]


def test_a_member_whose_account_may_not_be_changed_is_not_changed_by_halves(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    member = with_account(make, conn, "OWNER")

    refused = api.patch(f"/staff/{member['id']}", {"name": "Yuki Sato", "status": "INACTIVE"})

    assert (refused.status, refused.body["code"]) == (403, "not_oneself")
    assert api.get(f"/staff/{member['id']}").body == member | {"userId": api.get("/me").body["id"]}


def test_the_account_of_a_member_who_is_inactive_is_not_let_in_on_its_own(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    member = with_account(make, conn, "EDITOR")
    user_id = api.by_role("EDITOR").get("/me").body["id"]
    api.patch(f"/staff/{member['id']}", {"status": "INACTIVE"})

    refused = api.patch(f"/users/{user_id}", {"status": "ACTIVE", "reason": "Was so good."})

    assert (refused.status, refused.body["code"]) == (409, "is_staff")
    assert api.get(f"/users/{user_id}").body["status"] == "SUSPENDED"


def test_a_member_who_is_inactive_keeps_nothing_that_let_them_in(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    member = with_account(make, conn, "EDITOR")
    token = api.by_role("EDITOR").post("/me/tokens", {"name": "Sync", "permissions": []}).body["token"]

    for status in ("INACTIVE", "ACTIVE"):
        api.patch(f"/staff/{member['id']}", {"status": status})

    assert api.by_role("EDITOR").get("/me").status == 401
    assert api.by_token(token).get("/me").status == 401


@pytest.mark.parametrize(("sort", "expected"), [("name", ["ada", "Bo"]), ("-name", ["Bo", "ada"])])
def test_staff_is_sorted_by(api: ApiClient, make: Factory, sort: str, expected: list[str]) -> None:
    make.staff(name="Bo")
    make.staff(name="ada")

    assert names(api, f"?sort={sort}") == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("role=EDITOR", ["Lena Hoffmann"]),
        ("role=OWNER", []),
        ("status=INVITED", ["Lena Hoffmann"]),
        ("status=ACTIVE", ["Kit_100%"]),
        ("q=HOFF", ["Lena Hoffmann"]),
        ("q=lena@studio", ["Lena Hoffmann"]),
        ("q=%25", ["Kit_100%"]),
        ("q=_", ["Kit_100%"]),
        ("q=kit&role=EDITOR", []),
    ],
)
def test_staff_can_be_had_by(api: ApiClient, make: Factory, query: str, expected: list[str]) -> None:
    lena = make.staff(**LENA)
    make.staff(name="Kit_100%", role="PHOTOGRAPHER")
    api.post(f"/staff/{lena['id']}/invite")

    assert names(api, f"?{query}") == expected
