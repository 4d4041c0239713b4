"""A client's profile, and everything that is held about them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from photolens import paging, visibility
from photolens.access import Caller, Permission
from photolens.billing.schemas.invoices import InvoiceList
from photolens.billing.screens.checkouts import shown
from photolens.database import Connection, Row, snapshot, sql
from photolens.paging import ListArguments
from photolens.platform.schemas.studio import ActivityList
from photolens.problems import found
from photolens.studio.schemas.bookings import BookingList
from photolens.studio.schemas.editing import EditingJobList
from photolens.studio.schemas.expenses import ExpenseList

_NEWEST = "100"


def read_profile(conn: Connection, client_id: int, caller: Caller) -> dict[str, Any]:
    """A client and the newest of what hangs on them, as its lists show it to the caller; null where no list is theirs.

    Problems: `not_found`.
    """
    viewer_id = visibility.client_viewer(caller)
    bookings_viewer_id = visibility.booking_viewer(caller)
    jobs_viewer_id, viewing_editor_id = visibility.editing_viewers(caller)
    profile: dict[str, Any] = dict.fromkeys(("bookings", "invoices", "editingJobs", "expenses", "activities"))
    with snapshot(conn):
        client = sql.studio.get_client(conn, client_id=client_id, viewer_id=viewer_id)
        profile = {"client": found(client, "client", client_id), **profile}
        if caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF):
            profile["bookings"] = _newest(conn, BookingList, "-sessionDate", client_id, viewer_id=bookings_viewer_id)
        if caller.may(Permission.VIEW_INVOICES):
            profile["invoices"] = _newest(conn, InvoiceList, "-issueDate", client_id)
        if caller.may(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF):
            viewers = {"viewer_id": jobs_viewer_id, "viewing_editor_id": viewing_editor_id}
            profile["editingJobs"] = _newest(conn, EditingJobList, "-createdAt", client_id, **viewers)
        if caller.may(Permission.MANAGE_EXPENSES):
            profile["expenses"] = _newest(conn, ExpenseList, "-incurredAt", client_id)
        if caller.may(Permission.VIEW_DASHBOARD):
            viewers = {"viewer_id": viewer_id, "viewing_editor_id": viewing_editor_id}
            subjects = visibility.subjects_shown(caller)
            profile["activities"] = _newest(
                conn, ActivityList, "-createdAt", client_id, subject_types=subjects, **viewers
            )
    return profile


def _newest(conn: Connection, listing: type[ListArguments], sort: str, client_id: int, **viewers: Any) -> list[Row]:
    arguments = listing().load({"sort": sort, "limit": _NEWEST, "clientId": str(client_id)})
    rows: list[Row] = paging.page(conn, listing, {**arguments, **viewers})["data"]
    return rows


def read_document(conn: Connection, client_id: int, caller: Caller) -> dict[str, Any]:
    """Everything that is held about a client; of deeds, those that the caller is shown. Problems: `not_found`."""
    of_client, viewer_id = {"client_id": client_id}, visibility.client_viewer(caller)
    with snapshot(conn):
        client = found(sql.studio.get_client(conn, **of_client, viewer_id=viewer_id), "client", client_id)
        bookings = sql.studio.list_bookings_of_client(conn, **of_client)
        selections = sql.studio.list_photo_selections_of_client(conn, **of_client)
        photo_jobs = sql.studio.list_photo_jobs_of_client(conn, **of_client)
        jobs = sql.studio.list_editing_jobs_of_client(conn, **of_client)
        statuses = sql.studio.list_editing_statuses_of_client(conn, **of_client)
        revisions = sql.studio.list_editing_revisions_of_client(conn, **of_client)
        invoices = sql.studio.list_invoices_of_client(conn, **of_client)
        items = sql.studio.list_invoice_items_of_client(conn, **of_client)
        milestones = sql.studio.list_milestones_of_client(conn, **of_client)
        payments = sql.studio.list_payments_of_client(conn, **of_client)
        refunds = sql.studio.list_refunds_of_client(conn, **of_client)
        allocations = sql.studio.list_payment_allocations_of_client(conn, **of_client)
        return {
            "client": client,
            "contacts": sql.studio.list_contacts_of_client(conn, **of_client),
            "workPackages": sql.studio.list_work_packages_of_client(conn, **of_client),
            "bookings": _with(bookings, "bookingId", photoSelections=selections, photoJobs=photo_jobs),
            "series": sql.studio.list_booking_series_of_client(conn, **of_client),
            "editingJobs": _with(jobs, "editingJobId", statusHistory=statuses, revisions=revisions),
            "invoices": _with(
                invoices,
                "invoiceId",
                items=items,
                milestones=milestones,
                payments=payments,
                refunds=refunds,
                allocations=allocations,
                checkoutSessions=map(shown, sql.studio.list_checkouts_of_client(conn, **of_client)),
            ),
            "expenses": sql.studio.list_expenses_of_client(conn, **of_client),
            "activities": sql.studio.list_activities_of_client(
                conn, **of_client, subject_types=visibility.subjects_shown(caller)
            ),
            "messages": sql.studio.list_messages_of_client(conn, **of_client),
        }


def _with(rows: list[Row], key: str, **parts: Iterable[Row]) -> list[Row]:
    """The rows, each with its parts: those that name its id under this key."""
    for name, several in parts.items():
        of_row: dict[int, list[Row]] = defaultdict(list)
        for part in several:
            of_row[part[key]].append(part)
        for row in rows:
            row[name] = of_row[row["id"]]
    return rows
