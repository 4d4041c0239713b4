"""What happens to a client who asks to be forgotten: the person goes, the books stay."""

from photolens.access import API, Caller, Role
from photolens.billing.actions import stripe_events
from photolens.credits.actions.erasure import forget_buyers
from photolens.database import Connection, Row, sql
from photolens.identity.actions.erasure import leave_accounts
from photolens.identity.problems import OWNERS_ONLY
from photolens.job_queue import queue_job
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.erasure import Traces, begin_forgetting, erase_traces
from photolens.problems import found
from photolens.studio import rules
from photolens.studio.problems import CLIENT_ERASED


def erase_client(conn: Connection, client_id: int, caller: Caller) -> Row:
    """Overwrite what is known of a client wherever it is kept; bookings, invoices, payments and their amounts stay.

    Their contacts are shut out and named nobody; an account that one of them had only for the portal is forgotten too,
    any other is signed out. In the end the client is locked against being referred to: who was in the middle of it has
    finished, and what they wrote is overwritten too. Their photo jobs, with the files, go once this is committed.

    Locks: the provider's events about the client; client, bookings, contacts, links, users by id, editing jobs; then
    the client alone, and what its contacts have bought. Problems: `not_found`, `owners_only`, `client_erased`.
    """
    with conn.transaction():
        begin_forgetting(conn)
        event_ids = stripe_events.lock_events_of_client(conn, client_id)
        client = found(sql.studio.lock_client(conn, client_id=client_id), "client", client_id)
        if caller.role != Role.OWNER:
            raise OWNERS_ONLY("An administrator erases nobody.")
        if client["erased_at"] is not None:
            raise CLIENT_ERASED("There is nothing left to erase.")
        sql.studio.lock_bookings_of_client(conn, client_id=client_id)
        contacts = sql.studio.lock_contacts_of_client(conn, client_id=client_id)
        names = sql.studio.get_names_of_contacts(conn, client_id=client_id)["names"]
        _leave_accounts(conn, contacts)
        sql.studio.lock_editing_jobs_of_client(conn, client_id=client_id)
        sql.studio.lock_client_alone(conn, client_id=client_id)
        _overwrite(conn, client_id, names)
        stripe_events.erase_names(conn, client_id, event_ids)
        _erase_contacts(conn, client_id, contacts)
        forget_buyers(conn, [c["user_id"] for c in contacts if c["has_portal_account"]], rules.ERASED)
        stripe_events.erase_names(conn, client_id, event_ids)
        _erase_traces(conn, client, contacts)
        forgotten_ids = [str(contact["user_id"]) for contact in contacts if contact["has_portal_account"]]
        queue_job(conn, "erase_photo_jobs", client_id=client_id, user_ids=forgotten_ids, name=rules.ERASED)
        record_activity(conn, "CLIENT_ERASED", "CLIENT", client_id, client_id=client_id)
        row: Row = sql.studio.get_client(conn, client_id=client_id, viewer_id=None)
        return row


def _leave_accounts(conn: Connection, contacts: list[Row]) -> None:
    of_portal = [contact["user_id"] for contact in contacts if contact["has_portal_account"]]
    others = [contact["user_id"] for contact in contacts if contact["user_id"] and not contact["has_portal_account"]]
    leave_accounts(conn, kept_ids=others, forgotten_ids=of_portal, name=rules.ERASED)


def _overwrite(conn: Connection, client_id: int, contact_names: list[str]) -> None:
    by_whom = {"contact_names": contact_names, "name": rules.ERASED}
    sql.studio.delete_photo_selections_of_client(conn, client_id=client_id)
    sql.studio.mark_editing_revisions_erased(conn, client_id=client_id, **by_whom)
    sql.studio.mark_editing_statuses_erased(conn, client_id=client_id, **by_whom)
    sql.studio.mark_editing_jobs_erased(conn, client_id=client_id)
    sql.studio.mark_work_packages_erased(conn, client_id=client_id, name=rules.ERASED)
    sql.studio.mark_bookings_erased(conn, client_id=client_id, location=rules.ERASED)
    sql.studio.mark_client_erased(conn, client_id=client_id, **rules.erased_client(client_id))


def _erase_contacts(conn: Connection, client_id: int, contacts: list[Row]) -> None:
    sql.studio.delete_contact_invites_of_client(conn, client_id=client_id)
    for contact in contacts:
        sql.studio.mark_contact_erased(conn, contact_id=contact["id"], **rules.erased_contact(contact["id"]))


def _erase_traces(conn: Connection, client: Row, contacts: list[Row]) -> None:
    """What the platform keeps. The bookings and jobs are locked, and there are no others."""
    booking_ids = [row["id"] for row in sql.studio.lock_bookings_of_client(conn, client_id=client["id"])]
    job_ids = [row["id"] for row in sql.studio.lock_editing_jobs_of_client(conn, client_id=client["id"])]
    people = [client, *contacts]
    traces = Traces(
        recipients=[to for person in people for to in (person["email"], person["phone"]) if to is not None],
        actor_ids=[contact["user_id"] for contact in contacts if contact["user_id"] is not None],
        members=[
            ("clientId", client["id"]),
            *(("email", person["email"]) for person in people),
            ("clientEmail", client["email"]),
            ("clientName", client["name"]),
        ],
        addresses=[
            f"{API}clients/{client['id']}",
            *(f"{API}contacts/{contact['id']}" for contact in contacts),
            *(f"{API}admin/users/{contact['user_id']}" for contact in contacts if contact["has_portal_account"]),
            *(f"{API}bookings/{booking_id}" for booking_id in booking_ids),
            *(f"{API}editing-jobs/{job_id}" for job_id in job_ids),
            *(f"{API}portal/bookings/{booking_id}" for booking_id in booking_ids),
            *(f"{API}portal/editing-jobs/{job_id}" for job_id in job_ids),
        ],
    )
    erase_traces(conn, client["id"], traces, rules.ERASED)
