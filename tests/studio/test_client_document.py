"""Everything that is held about a client, as one document."""

import json
from datetime import date, datetime, time
from typing import Any

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.factories import Factory
from tests.studio.client_files import known_client, rows_of_client

PARTS = {
    "client",
    "contacts",
    "workPackages",
    "bookings",
    "series",
    "editingJobs",
    "invoices",
    "expenses",
    "activities",
    "messages",
}

# What a row repeats of another, or nobody is told in this form.
BESIDE = {
    "staff_assignments": {"id", "created_at", "occupied"},
    "bookings": {"occupied"},
    "editing_jobs": {"stage_status"},
    "invoices": {"invoice_sequence"},
    "communication_logs": {"body", "expires_at", "reference"},
    "archived_communication_logs": {"body", "expires_at", "reference"},
    "contact_invites": {"token"},
    # What whoever has ordered it is told of.
    "photo_jobs": {"user_id", "photo_count", "free_photos", "unit_price", "cost", "tries", "storage_folder"},
    "photo_job_photos": {"id", "job_id", "position", "source_url"},
    "checkout_sessions": {"expected_amount_minor", "idempotency_key"},
}


def held(row: dict[str, Any], table: str) -> list[str]:
    """The values of a row, as JSON has them."""
    shown = {name: value for name, value in row.items() if name not in BESIDE.get(table, ())}
    return [_as_json(value) for value in shown.values() if value is not None]


def _as_json(value: Any) -> str:
    if isinstance(value, datetime):
        return json.dumps(value.isoformat().replace("+00:00", "Z"))
    if isinstance(value, time):
        return json.dumps(value.strftime("%H:%M"))
    if isinstance(value, str) and value.startswith("{"):  # a list of words of an enumeration
        return json.dumps(value.strip("{}"))
    if isinstance(value, date) or not isinstance(value, (str, bool, int, list, dict)):
        return json.dumps(str(value)).replace(".000", "")
    return json.dumps(value, sort_keys=True)


def test_the_document_holds_every_row_that_is_the_clients_and_every_value_of_it(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    client = known_client(conn, api, make, "Zyxomma")
    known_client(conn, api, make, "Stranger")

    document = api.get(f"/clients/{client['id']}/export")

    assert document.status == 200
    assert (set(document.body), document.body["client"]) == (PARTS, client)
    text = json.dumps(document.body, sort_keys=True).replace('"quantity": 1.0', '"quantity": "1"')
    text = text.replace('"taxRate": 0.0', '"taxRate": "0"')
    rows = rows_of_client(conn, client["id"])
    assert [table for table, found in rows.items() if not found] == []
    assert {"bookings", "booking_series", "photo_selections", "editing_status_logs", "payments"} <= rows.keys()
    missing = [
        f"{table}: {value}"
        for table, found in rows.items()
        for row in found
        for value in held(row, table)
        if value not in text
    ]
    assert missing == []
    assert "Stranger" not in text


def test_the_parts_of_a_row_are_with_it(conn: Connection, api: ApiClient, make: Factory) -> None:
    client = known_client(conn, api, make, "Zyxomma")

    document = api.get(f"/clients/{client['id']}/export").body

    [booking], [job], [invoice] = document["bookings"], document["editingJobs"], document["invoices"]
    assert [person["role"] for person in booking["assignedStaff"]] == ["Lead"]
    assert [photo["name"] for photo in booking["photoSelections"]] == ["Zyxomma_0042.jpg"]
    assert [entry["status"] for entry in job["statusHistory"]] == ["PENDING", "IN_PROGRESS", "DELIVERED", "REVISION"]
    assert [revision["note"] for revision in job["revisions"]] == ["Zyxomma wants it warmer."]
    assert [item["name"] for item in invoice["items"]] == ["Ledger: session"]
    assert [payment["amount"] for payment in invoice["payments"]] == ["10.00"]


def test_messages_to_the_client_and_to_their_address_and_number_are_told_of_and_their_words_are_not(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    """They may hold a link for somebody with an account, which is nobody's else."""
    client = known_client(conn, api, make, "Zyxomma")

    messages = api.get(f"/clients/{client['id']}/export").body["messages"]

    assert [(message["channel"], message["subject"]) for message in messages] == [
        ("EMAIL", "Dear Zyxomma"),
        ("SMS", None),
        ("EMAIL", "Before"),
        ("EMAIL", "Long ago"),
    ]
    assert not any("body" in message for message in messages)


def test_of_what_its_caller_is_not_shown_it_holds_nothing(conn: Connection, api: ApiClient, make: Factory) -> None:
    client = known_client(conn, api, make, "Zyxomma")
    address = f"/clients/{client['id']}/export"
    demanded = {"MANAGE_CLIENTS", "VIEW_INVOICES", "MANAGE_EXPENSES", "VIEW_BOOKINGS_ALL", "VIEW_EDITING_ALL"}

    def read(name: str, permissions: set[str]) -> Answer:
        token = api.post("/me/tokens", {"name": name, "permissions": sorted(permissions)}).body["token"]
        return api.by_token(token).get(address)

    assert {read(f"Without {permission}", demanded - {permission}).status for permission in demanded} == {403}
    subjects = [
        {deed["subjectType"] for deed in read(name, permissions).body["activities"]}
        for name, permissions in (("Hardly", demanded), ("Better", demanded | {"VIEW_CLIENTS"}))
    ]
    assert subjects == [
        {"BOOKING", "EDITING_JOB", "EXPENSE", "INVOICE"},
        {"BOOKING", "EDITING_JOB", "EXPENSE", "INVOICE", "CLIENT", "CONTACT", "WORK_PACKAGE"},
    ]


def test_a_client_of_whom_little_is_known_has_a_short_document(api: ApiClient, make: Factory) -> None:
    client = make.client()

    document = api.get(f"/clients/{client['id']}/export").body

    assert {part for part in PARTS if document[part]} == {"client", "activities"}
    assert api.get("/clients/987654321/export").status == 404
