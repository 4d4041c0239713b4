"""Exports: the rows of the lists as CSV files, for whoever may see the lists."""

import csv
import io
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import Answer, ApiClient
from tests.contracts.roles import ROLES, join_team
from tests.factories import Factory, instant

NASTY = ["=1+1", "+31 20 555", "-2", "@home", "'=quoted", "''", 'She said "no"; twice,\nand left', "Zoë 🙂", "'-'"]


def lines_of(answer: Answer) -> list[dict[str, str]]:
    assert answer.status == 200, answer.body
    return list(csv.DictReader(io.StringIO(answer.body, newline="")))


def as_cell(value: Any) -> str:
    """A value of JSON as its cell has it, where it is no text that would run."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


@pytest.fixture
def busy(api: ApiClient, make: Factory) -> None:
    """Two clients with a booking, an invoice, a payment and an expense each."""
    for day in range(2):
        booking = make.booking(make.staff(), sessionDate=instant(day), notes=NASTY[day])
        invoice = make.sent_invoice(clientId=booking["clientId"], bookingId=booking["id"])
        make.payment(invoice, "40.00", notes="First half.")
        make.expense(bookingId=booking["id"])


@pytest.mark.parametrize(
    ("file", "address", "beside"),
    [
        ("clients", "/clients", set()),
        ("bookings", "/bookings", {"clientEmail", "staffNames", "staffEmails"}),
        ("invoices", "/invoices", set()),
        ("expenses", "/expenses", set()),
    ],
)
@pytest.mark.usefixtures("busy")
def test_a_file_has_the_columns_and_rows_of_its_list_oldest_first(
    api: ApiClient, file: str, address: str, beside: set[str]
) -> None:
    rows = sorted(api.get(address).body["data"], key=lambda row: row["id"])

    answer = api.get(f"/exports/{file}.csv")

    lines = lines_of(answer)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{file}.csv"'
    assert "ETag" not in answer.headers
    assert lines[0].keys() - beside == rows[0].keys() - {"assignedStaff"}
    shown = [
        {key: line[key].removeprefix("'") for key in line if key in row} for line, row in zip(lines, rows, strict=True)
    ]
    assert shown == [
        {key: as_cell(row[key]) for key in line if key in row} for line, row in zip(lines, rows, strict=True)
    ]


@pytest.mark.usefixtures("busy")
def test_payments_are_exported_with_the_invoice_they_were_for(api: ApiClient) -> None:
    invoices = {str(invoice["id"]): invoice for invoice in api.get("/invoices").body["data"]}

    lines = lines_of(api.get("/exports/payments.csv"))

    assert len(lines) == 2
    for line in lines:
        invoice = invoices[line["invoiceId"]]
        assert (line["amount"], line["notes"], line["recordedBy"]) == ("40.00", "First half.", "Owner Test")
        for key in ("invoiceNumber", "clientName", "clientEmail", "currency"):
            assert line[key] == invoice[key]


def test_a_booking_names_its_client_room_and_people_as_they_can_be_found_again(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    people = [
        make.staff(name="Lena", email="lena@studio.example"),
        make.staff(name="Maya", email="maya@studio.example"),
    ]
    booking = make.booking(*people, clientId=make.client(email="emma@example.com")["id"])
    conn.execute("insert into rooms (name) values ('Daylight')")
    conn.execute("update bookings set room_id = (select id from rooms)")

    [line] = lines_of(api.get("/exports/bookings.csv"))

    assert (line["clientEmail"], line["roomName"]) == ("emma@example.com", "Daylight")
    assert (line["sessionTypeName"], line["categoryName"]) == (booking["sessionTypeName"], booking["categoryName"])
    assert (line["staffNames"], line["staffEmails"]) == ("Lena; Maya", "lena@studio.example; maya@studio.example")


def test_no_text_is_run_by_a_spreadsheet(api: ApiClient, make: Factory) -> None:
    for text in NASTY:
        make.client(name=text, notes=text)

    lines = lines_of(api.get("/exports/clients.csv"))

    assert [line["name"] for line in lines if line["name"][0] in "=+-@"] == []
    assert [line["notes"] for line in lines] == [
        "'=1+1", "'+31 20 555", "'-2", "'@home", "''=quoted", "''", *NASTY[6:8], "''-'",
    ]  # fmt: skip


def test_archived_clients_are_exported_too(api: ApiClient, make: Factory) -> None:
    archived = api.patch(f"/clients/{make.client()['id']}", {"archived": True}).body

    [line] = lines_of(api.get("/exports/clients.csv"))

    assert line["archivedAt"] == archived["archivedAt"]


def test_a_studio_without_rows_exports_a_header(api: ApiClient) -> None:
    for file in ("clients", "bookings", "invoices", "payments", "expenses"):
        assert len(api.get(f"/exports/{file}.csv").body.splitlines()) == 1


def test_a_photographer_exports_their_own_bookings_and_clients_without_money_or_colleagues_addresses(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    person, colleague = make.staff(email="lena@studio.example"), make.staff(email="maya@studio.example")
    join_team(conn, "PHOTOGRAPHER", person["id"])
    own = make.booking(person, colleague)
    make.booking(sessionDate=instant(1))
    photographer = api.by_role("PHOTOGRAPHER")

    [booking] = lines_of(photographer.get("/exports/bookings.csv"))
    [client] = lines_of(photographer.get("/exports/clients.csv"))

    assert (booking["id"], booking["staffEmails"]) == (str(own["id"]), "")
    assert (client["id"], client["totalRevenue"], client["financialStatus"]) == (str(own["clientId"]), "", "")


@pytest.mark.parametrize("role", ROLES)
def test_a_file_is_for_whoever_its_list_is_for(api: ApiClient, role: str) -> None:
    addresses = {"clients": "/clients", "bookings": "/bookings", "invoices": "/invoices", "expenses": "/expenses"}

    for file, address in addresses.items():
        assert api.by_role(role).get(f"/exports/{file}.csv").status == api.by_role(role).get(address).status


def test_what_fails_before_the_first_row_is_a_problem(api: ApiClient, conn: Connection) -> None:
    conn.execute("drop function clients_seen_by cascade")
    failed = api.get("/exports/clients.csv")

    assert (failed.status, failed.body["code"]) == (500, "internal_error")
