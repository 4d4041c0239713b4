"""What happens to a client who asks to be forgotten: the person goes, the books stay."""

from photolens.access import API, Caller, Role
from photolens.billing.actions import stripe_events
from photolens.database import Connection, Row, sql
from photolens.identity.problems import OWNERS_ONLY
from photolens.platform.actions import erase_traces, record_activity
from photolens.problems import found
from photolens.studio import rules
from photolens.studio.problems import CLIENT_ERASED


def erase_client(conn: Connection, client_id: int, caller: Caller) -> Row:
    """Overwrite what is known of a client wherever it is kept; bookings, invoices, payments and their amounts stay.

    In the end the client is locked against being referred to: who was in the middle of it has finished, and what they
    wrote is overwritten too.

    Locks: the provider's events about the client; client, bookings, editing jobs; then the client alone. Problems:
    `not_found`, `owners_only`, `client_erased`.
    """
    with conn.transaction():
        event_ids = stripe_events.lock_events_of_client(conn, client_id)
        client = found(sql.studio.lock_client(conn, client_id=client_id), "client", client_id)
        if caller.role != Role.OWNER:
            raise OWNERS_ONLY("An administrator erases nobody.")
        if client["erased_at"] is not None:
            raise CLIENT_ERASED("There is nothing left to erase.")
        sql.studio.lock_bookings_of_client(conn, client_id=client_id)
        sql.studio.lock_editing_jobs_of_client(conn, client_id=client_id)
        sql.studio.lock_client_alone(conn, client_id=client_id)
        _overwrite(conn, client_id)
        stripe_events.erase_names(conn, client_id, event_ids)
        _erase_traces(conn, client)
        record_activity(conn, "CLIENT_ERASED", "CLIENT", client_id, client_id=client_id)
        row: Row = sql.studio.get_client(conn, client_id=client_id, viewer_id=None)
        return row


def _overwrite(conn: Connection, client_id: int) -> None:
    sql.studio.delete_photo_selections_of_client(conn, client_id=client_id)
    sql.studio.mark_editing_revisions_erased(conn, client_id=client_id, note=rules.ERASED)
    sql.studio.mark_editing_statuses_erased(conn, client_id=client_id)
    sql.studio.mark_editing_jobs_erased(conn, client_id=client_id)
    sql.studio.mark_bookings_erased(conn, client_id=client_id, location=rules.ERASED)
    sql.studio.mark_client_erased(conn, client_id=client_id, **rules.erased_client(client_id))


def _erase_traces(conn: Connection, client: Row) -> None:
    """What the platform keeps. The bookings and jobs are locked, and there are no others."""
    booking_ids = [row["id"] for row in sql.studio.lock_bookings_of_client(conn, client_id=client["id"])]
    job_ids = [row["id"] for row in sql.studio.lock_editing_jobs_of_client(conn, client_id=client["id"])]
    erase_traces(
        conn,
        client["id"],
        recipients=[address for address in (client["email"], client["phone"]) if address is not None],
        members=[
            ("clientId", client["id"]),
            ("email", client["email"]),
            ("clientEmail", client["email"]),
            ("clientName", client["name"]),
        ],
        addresses=[
            f"{API}clients/{client['id']}",
            *(f"{API}bookings/{booking_id}" for booking_id in booking_ids),
            *(f"{API}editing-jobs/{job_id}" for job_id in job_ids),
            *(f"{API}portal/bookings/{booking_id}" for booking_id in booking_ids),
            *(f"{API}portal/editing-jobs/{job_id}" for job_id in job_ids),
        ],
    )
