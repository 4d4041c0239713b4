"""Files of rows: what is exported, and what is imported."""

from collections.abc import Iterator
from typing import Any

from photolens import access, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing.schemas.invoices import InvoiceSummary
from photolens.csv_bodies import CsvFile
from photolens.database import Row, connection, sql
from photolens.studio.actions import booking_imports, client_imports
from photolens.studio.schemas import clients as client_schemas
from photolens.studio.schemas import exports as schemas
from photolens.studio.schemas import imports as import_schemas
from photolens.studio.schemas.expenses import Expense

blp = Blueprint("Files", __name__, description="Rows out and in as CSV, which spreadsheets read and write.")


@blp.get("/exports/clients.csv")
@access.requires(Permission.VIEW_CLIENTS)
@blp.streams(client_schemas.Client, "clients.csv")
def export_clients() -> Iterator[Row]:
    """Export the clients

    All of them, archived ones too; to a photographer, those of their own bookings, without their money. The file can be
    sent to `POST /imports/clients`, which finds nothing to change in it.
    """
    viewer_id = visibility.client_viewer(access.current_caller())
    with sql.studio.stream_clients_cursor(connection(), viewer_id=viewer_id) as rows:
        yield from rows


@blp.get("/exports/bookings.csv")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF)
@access.requires(Permission.VIEW_CLIENTS)
@blp.streams(schemas.ExportedBooking, "bookings.csv")
def export_bookings() -> Iterator[Row]:
    """Export the bookings

    To a photographer, their own. The addresses of the team are for whoever may see the team.
    """
    caller = access.current_caller()
    viewer_id = visibility.booking_viewer(caller)
    shows_staff_emails = caller.may(Permission.VIEW_STAFF)
    with sql.studio.stream_bookings_cursor(
        connection(), viewer_id=viewer_id, shows_staff_emails=shows_staff_emails
    ) as rows:
        yield from rows


@blp.get("/exports/invoices.csv")
@access.requires(Permission.VIEW_INVOICES)
@blp.streams(InvoiceSummary, "invoices.csv")
def export_invoices() -> Iterator[Row]:
    """Export the invoices"""
    with sql.studio.stream_invoices_cursor(connection()) as rows:
        yield from rows


@blp.get("/exports/payments.csv")
@access.requires(Permission.VIEW_INVOICES)
@blp.streams(schemas.ExportedPayment, "payments.csv")
def export_payments() -> Iterator[Row]:
    """Export the payments

    As they came in; `refundedAmount` is what has gone back of each since, or is on its way. When it went, the file of
    refunds says.
    """
    with sql.studio.stream_payments_cursor(connection()) as rows:
        yield from rows


@blp.get("/exports/refunds.csv")
@access.requires(Permission.VIEW_INVOICES)
@blp.streams(schemas.ExportedRefund, "refunds.csv")
def export_refunds() -> Iterator[Row]:
    """Export the refunds

    Each with the day it went, also those that failed, which count for nothing. With the file of payments, what came in
    less what went back is the revenue that the reports show.
    """
    with sql.studio.stream_refunds_cursor(connection()) as rows:
        yield from rows


@blp.get("/exports/expenses.csv")
@access.requires(Permission.MANAGE_EXPENSES)
@blp.streams(Expense, "expenses.csv")
def export_expenses() -> Iterator[Row]:
    """Export the expenses"""
    with sql.studio.stream_expenses_cursor(connection()) as rows:
        yield from rows


@blp.post("/imports/clients")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.arguments(import_schemas.Import, location="query")
@blp.takes_csv(client_schemas.ClientLine, ignoring=client_schemas.Client)
@blp.answers(200, import_schemas.ImportResult)
def import_clients(file: CsvFile, arguments: dict[str, Any]) -> dict[str, Any]:
    """Import clients

    A line whose e-mail is a client's changes that client; one with a new e-mail adds a client. A column that the file
    does not have stays as it is; an empty cell clears it. All lines are taken or none: `errors` names those that are
    bad. UTF-8, with commas or semicolons, 50,000 lines and 20 MB at most. The columns that a file of
    `GET /exports/clients.csv` has beside these are left out of account.
    """
    return client_imports.import_clients(connection(), file, is_dry_run=arguments["dry_run"])


@blp.post("/imports/bookings")
@access.requires(Permission.MANAGE_BOOKINGS)
@blp.arguments(import_schemas.Import, location="query")
@blp.takes_csv(import_schemas.ImportedBooking, ignoring=schemas.ExportedBooking)
@blp.answers(200, import_schemas.ImportResult)
def import_bookings(file: CsvFile, arguments: dict[str, Any]) -> dict[str, Any]:
    """Import bookings

    Each line is booked for the client of its e-mail, by the names of package and room and the e-mails of people. The
    start is an instant, or a local time of the studio. End, price and status are the package's, and SCHEDULED, unless
    given. A line that says what a booking at that time is already changes nothing; one that says otherwise is refused,
    and so is one whose people or room are taken, here or by another line. All lines are taken or none: `errors` names
    those that are bad. The columns that a file of `GET /exports/bookings.csv` has beside these are left out of account.
    """
    return booking_imports.import_bookings(connection(), file, is_dry_run=arguments["dry_run"])
