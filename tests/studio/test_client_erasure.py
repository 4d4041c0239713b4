"""Erasing a client: the person goes, wherever something is kept of them; the books stay."""

from typing import Any

import pytest
from flask import Flask

from photolens.database import Connection
from photolens.invariants import broken_invariants
from photolens.tasks import run_daily
from tests.client import ApiClient
from tests.factories import Factory
from tests.studio.client_files import known_client

WORD = "Zyxomma"
SETTINGS = {"currency": "USD", "timeZone": "UTC", "invoicePrefix": "INV-", "defaultDueDays": 14}


def places_of(conn: Connection, word: str) -> set[str]:
    """The columns in which a word is to be found, of any table and whatever kind of text they hold."""
    columns = conn.execute(
        """
        select
            attrelid::regclass::text as table_name,
            quote_ident(attname) as column_name,
            atttypid = 'bytea'::regtype as is_bytes
        from pg_attribute
        inner join pg_class on attrelid = pg_class.oid
        where relnamespace = current_schema()::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped
        """
    ).fetchall()
    found = set()
    for column in columns:
        name = column["column_name"]
        text = f"encode({name}, 'escape')" if column["is_bytes"] else f"{name}::text"
        row = conn.execute(
            f"select exists (select from {column['table_name']} where {text} ilike %s) as is_there".encode(),
            [f"%{word}%"],
        ).fetchone()
        assert row is not None
        if row["is_there"]:
            found.add(f"{column['table_name']}.{name}")
    return found


def books_of(conn: Connection) -> list[dict[str, Any]]:
    """All money, and the dates of it."""
    return conn.execute(
        """
        select to_jsonb(payments) as row from payments
        union all select to_jsonb(refunds) from refunds
        union all select to_jsonb(payment_allocations) from payment_allocations
        union all select to_jsonb(invoice_items) from invoice_items
        union all select to_jsonb(invoices) from invoices
        union all select to_jsonb(expenses) from expenses
        union all select jsonb_build_array(id, session_date, ends_at, price, status, created_at) from bookings
        union all select jsonb_build_array(id, total_revenue, total_sessions, created_at) from clients
        union all select jsonb_build_array(id, status, changed_at) from editing_status_logs
        union all select jsonb_build_array(id, changed_by) from editing_status_logs where changed_by = 'Owner Test'
        order by 1
        """
    ).fetchall()


@pytest.fixture
def client(conn: Connection, api: ApiClient, make: Factory) -> dict[str, Any]:
    return known_client(conn, api, make, WORD)


def test_a_word_that_stood_in_every_personal_text_stands_nowhere_any_more(
    conn: Connection, api: ApiClient, client: dict[str, Any]
) -> None:
    key = {"Idempotency-Key": "kept"}
    booking = {"clientId": client["id"], "sessionTypeId": 1, "sessionDate": "2027-04-01T10:00:00Z", "location": WORD}
    booking["sessionTypeId"] = api.get("/session-packages").body["data"][0]["id"]
    assert api.post("/bookings", booking, headers=key).status == 201
    assert places_of(conn, WORD) == {
        "activities.actor",
        "activities.details",
        "archived_communication_logs_2020_02.recipient",
        "archived_stripe_events_2020_02.payload",
        "auth_users.email",
        "auth_users.name",
        "bookings.location",
        "bookings.notes",
        "checkout_sessions.idempotency_key",
        "client_contacts.email",
        "client_contacts.name",
        "client_contacts.phone",
        "client_contacts.title",
        "clients.avatar_url",
        "clients.email",
        "clients.name",
        "clients.notes",
        "clients.phone",
        "communication_logs.recipient",
        "communication_logs.subject",
        "editing_jobs.drive_folder_url",
        "editing_jobs.notes",
        "editing_jobs.photographer_notes",
        "editing_revisions.note",
        "editing_revisions.requested_by",
        "editing_status_logs.changed_by",
        "editing_status_logs.notes",
        "idempotency_keys.body",
        "photo_selections.name",
        "stripe_events.payload",
        "work_packages.description",
        "work_packages.name",
    }

    erased = api.post(f"/clients/{client['id']}/erase")

    assert erased.status == 200
    assert places_of(conn, WORD) == set()


def test_of_the_person_their_number_stays(api: ApiClient, client: dict[str, Any]) -> None:
    erased = api.post(f"/clients/{client['id']}/erase").body

    assert erased == client | {
        "name": f"Erased client {client['id']}",
        "email": f"erased-{client['id']}@erased.invalid",
        "phone": None,
        "notes": None,
        "avatarUrl": None,
        "archivedAt": erased["erasedAt"],
        "erasedAt": erased["updatedAt"],
        "updatedAt": erased["updatedAt"],
    }
    assert api.get(f"/clients/{client['id']}").body == erased
    assert api.get("/clients").body["data"] == []


def test_a_reminder_that_went_to_an_earlier_address_goes_too(
    app: Flask, conn: Connection, api: ApiClient, make: Factory
) -> None:
    client = make.client(email=f"{WORD}@before.example")
    invoice = make.sent_invoice(clientId=client["id"])
    conn.execute("update invoices set issue_date = '2026-01-01', due_date = '2026-01-15' where id = %(id)s", invoice)
    api.put("/settings", SETTINGS | {"remindersEnabled": True})
    with app.app_context():
        run_daily(conn)
    api.patch(f"/clients/{client['id']}", {"email": "now@example.com"})
    heir = make.client(email=client["email"])

    told = [api.get(f"/clients/{to['id']}/export").body["messages"] for to in (client, heir)]
    api.patch(f"/clients/{heir['id']}", {"email": "heir@example.com"})
    api.post(f"/clients/{client['id']}/erase")

    assert [[message["recipient"] for message in messages] for messages in told] == [[client["email"]], []]
    assert conn.execute("select from communication_logs").fetchall() == []


def test_the_books_and_what_is_written_on_them_stay(conn: Connection, api: ApiClient, client: dict[str, Any]) -> None:
    texts = {"payments.notes", "payments.method", "invoice_items.name", "expenses.description", "expenses.notes"}
    texts |= {"refunds.reason", "invoice_milestones.label", "invoice_milestones.description"}
    books = books_of(conn)
    assert places_of(conn, "Ledger") == texts

    assert api.post(f"/clients/{client['id']}/erase").status == 200

    assert books_of(conn) == books
    assert places_of(conn, "Ledger") == texts
    assert broken_invariants(conn) == []


def test_the_feed_tells_what_was_done_and_names_nobody(api: ApiClient, client: dict[str, Any]) -> None:
    def told() -> dict[str, dict[str, Any]]:
        feed = api.get("/activities", query_string={"clientId": client["id"]}).body["data"]
        return {deed["kind"]: deed["details"] for deed in feed}

    before = told()

    api.post(f"/clients/{client['id']}/erase")

    after = told()
    assert after.keys() == before.keys() | {"CLIENT_ERASED"}
    assert after["PAYMENT_RECORDED"] == before["PAYMENT_RECORDED"]
    assert after["BOOKING_COMPLETED"] == {"sessionTypeName": before["BOOKING_COMPLETED"]["sessionTypeName"]}


def test_of_others_nothing_is_erased(conn: Connection, api: ApiClient, make: Factory, client: dict[str, Any]) -> None:
    other = known_client(conn, api, make, "Stranger")
    key = {"Idempotency-Key": "another"}
    api.post("/clients", {"name": "Somebody Else", "email": "else@example.com"}, headers=key)
    places = places_of(conn, "Stranger")

    api.post(f"/clients/{client['id']}/erase")

    assert api.get(f"/clients/{other['id']}").body == other
    assert places_of(conn, "Stranger") == places
    assert places_of(conn, "Somebody Else") == {"activities.details", "clients.name", "idempotency_keys.body"}


def test_whoever_is_erased_is_so_once_and_is_not_changed_any_more(api: ApiClient, client: dict[str, Any]) -> None:
    address = f"/clients/{client['id']}"
    erased = api.post(f"{address}/erase").body

    refused = [
        api.post(f"{address}/erase"),
        api.patch(address, {"archived": False}),
        api.patch(address, {"name": "Emma Chen"}),
        api.post("/bookings", {"clientId": client["id"]} | _session(api)),
    ]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "client_erased")] * 4
    assert api.get(address).body == erased


def test_of_a_booking_whose_client_is_erased_the_place_and_the_notes_are_not_written_again(
    conn: Connection, api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    address = f"/bookings/{make.booking(clientId=client['id'])['id']}"
    api.post(f"/clients/{client['id']}/erase")
    erased = api.get(address).body

    refused = [api.patch(address, {text: f"At the home of {WORD}"}) for text in ("location", "notes")]
    moved = api.patch(address, {"sessionDate": "2027-06-01T10:00:00Z", "location": erased["location"], "notes": None})
    cancelled = api.patch(address, {"status": "CANCELLED"})

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "client_erased")] * 2
    assert (moved.status, cancelled.status) == (200, 200)
    assert (cancelled.body["location"], cancelled.body["notes"]) == (erased["location"], None)
    assert places_of(conn, WORD) == set()


def _session(api: ApiClient) -> dict[str, Any]:
    package = api.get("/session-packages").body["data"][0]
    return {"sessionTypeId": package["id"], "sessionDate": "2027-05-01T10:00:00Z", "location": "Studio A"}


def test_only_an_owner_erases_and_whoever_is_not_there_is_nobody_to_anybody(
    api: ApiClient, client: dict[str, Any]
) -> None:
    admin = api.by_role("ADMIN")

    refused = admin.post(f"/clients/{client['id']}/erase")

    assert (refused.status, refused.body["code"]) == (403, "owners_only")
    assert [by.post("/clients/987654321/erase").status for by in (api, admin)] == [404, 404]
    assert api.get(f"/clients/{client['id']}").body == client


def test_the_address_of_whoever_was_erased_is_free_and_that_of_the_erased_is_nobodys(
    api: ApiClient, make: Factory, client: dict[str, Any]
) -> None:
    api.post(f"/clients/{client['id']}/erase")

    back = make.client(email=client["email"])
    refused = [
        api.post("/clients", {"name": "Somebody", "email": "Erased-7@Erased.invalid"}),
        api.patch(f"/clients/{back['id']}", {"email": "erased-7@erased.invalid"}),
    ]

    assert back["id"] != client["id"]
    assert [(answer.status, answer.body["errors"][0]["pointer"]) for answer in refused] == [(422, "/email")] * 2
