"""A client's profile: the whole screen in one answer, as far as the caller is shown it."""

from typing import Any

import psycopg
import pytest

from photolens.database import Connection, snapshot
from tests.client import ApiClient
from tests.contracts.roles import ROLES, join_team
from tests.factories import Factory, instant

LISTS = {
    "bookings": "/bookings",
    "invoices": "/invoices",
    "editingJobs": "/editing-jobs",
    "expenses": "/expenses",
    "activities": "/activities",
}


@pytest.fixture
def client(api: ApiClient, make: Factory) -> dict[str, Any]:
    """A client with two of everything; beside another."""
    client = make.client()
    for day, client_id in enumerate((client["id"], client["id"], make.client()["id"])):
        booking = make.completed_booking(clientId=client_id, sessionDate=instant(day))
        make.payment(make.sent_invoice(clientId=client_id, bookingId=booking["id"]), "10.00")
        make.expense(bookingId=booking["id"])
    shown: dict[str, Any] = api.get(f"/clients/{client['id']}").body
    return shown


def test_a_profile_has_the_client_and_the_rows_of_their_own_lists_newest_first(
    api: ApiClient, client: dict[str, Any]
) -> None:
    profile = api.get(f"/clients/{client['id']}/profile")

    assert profile.status == 200
    assert profile.body["client"] == client
    for part, address in LISTS.items():
        sort = "-createdAt" if part == "editingJobs" else None
        listed = api.get(address, query_string={"sort": sort} if sort else None).body["data"]
        if part == "bookings":
            listed = api.get(address, query_string={"sort": "-sessionDate"}).body["data"]
        assert profile.body[part] == [row for row in listed if row["clientId"] == client["id"]], part
        assert len(profile.body[part]) >= 2, part


def test_a_profile_ends_with_the_hundredth_row(api: ApiClient, client: dict[str, Any], conn: Connection) -> None:
    conn.execute(
        """
        insert into activities (kind, subject_type, subject_id, client_id, actor)
        select 'CLIENT_CHANGED', 'CLIENT', %(id)s, %(id)s, 'Somebody' from generate_series(1, 120)
        """,
        client,
    )

    assert len(api.get(f"/clients/{client['id']}/profile").body["activities"]) == 100


@pytest.mark.parametrize("part", LISTS)
def test_a_part_whose_list_is_not_for_the_caller_is_null(api: ApiClient, client: dict[str, Any], part: str) -> None:
    needed = {
        "bookings": {"VIEW_BOOKINGS_ALL", "VIEW_BOOKINGS_SELF"},
        "invoices": {"VIEW_INVOICES"},
        "editingJobs": {"VIEW_EDITING_ALL", "VIEW_EDITING_SELF"},
        "expenses": {"MANAGE_EXPENSES"},
        "activities": {"VIEW_DASHBOARD"},
    }[part]
    token = {"name": "Screen", "permissions": sorted(ROLES["OWNER"] - needed)}
    member = api.by_token(api.post("/me/tokens", token).body["token"])

    profile = member.get(f"/clients/{client['id']}/profile").body

    assert [name for name in LISTS if profile[name] is None] == [part]


def test_a_photographer_is_shown_their_own_part_of_a_client(
    api: ApiClient, client: dict[str, Any], conn: Connection
) -> None:
    booking = api.get("/bookings", query_string={"clientId": client["id"]}).body["data"][0]
    person = api.post("/staff", {"name": "Lena", "role": "PHOTOGRAPHER"}).body
    join_team(conn, "PHOTOGRAPHER", person["id"])
    assert api.post(f"/bookings/{booking['id']}/assignments", {"staffId": person["id"]}).status == 201

    profile = api.by_role("PHOTOGRAPHER").get(f"/clients/{client['id']}/profile").body

    assert (profile["invoices"], profile["expenses"], profile["client"]["totalRevenue"]) == (None, None, None)
    assert [row["id"] for row in profile["bookings"]] == [booking["id"]]
    assert [row["bookingId"] for row in profile["editingJobs"]] == [booking["id"]]
    assert {row["subjectType"] for row in profile["activities"]} == {"CLIENT", "BOOKING"}


def test_expenses_are_filtered_by_the_client_of_their_booking(api: ApiClient, client: dict[str, Any]) -> None:
    page = api.get("/expenses", query_string={"clientId": client["id"], "include": "total"}).body

    assert (page["total"], {expense["clientId"] for expense in page["data"]}) == (2, {client["id"]})


@pytest.mark.committed
def test_what_a_screen_gathers_is_all_of_one_moment_and_changes_nothing(conn: Connection, clone_url: str) -> None:
    with psycopg.connect(clone_url, autocommit=True) as other, snapshot(conn):
        before = conn.execute("select count(*) from clients").fetchone()
        other.execute("insert into clients (name, email) values ('Emma', 'emma@example.com')")
        assert conn.execute("select count(*) from clients").fetchone() == before
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), conn.transaction():
            conn.execute("delete from clients")

    conn.execute("update clients set name = 'Emma Chen'")
    assert conn.execute("select name from clients").fetchone() == {"name": "Emma Chen"}
