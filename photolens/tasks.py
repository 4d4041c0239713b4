"""All that is done without anybody waiting for it: jobs that are queued, and what is done by the clock.

A task is given a connection, and what the job was queued with. It may be done again, and then changes nothing more.
"""

from collections.abc import Callable
from typing import Any

from photolens import cache
from photolens.billing.actions import overdue
from photolens.classes.actions import renewals
from photolens.classes.actions import upkeep as classes
from photolens.credits.actions import ledger
from photolens.database import Connection, sql
from photolens.photos.actions import upkeep, work
from photolens.photos.actions.erasure import erase_photo_jobs
from photolens.platform.actions import webhook_sending as webhooks
from photolens.platform.actions.deliveries import deliver_notifications
from photolens.platform.actions.messages import send_message
from photolens.spaces import PUBLIC_PAGES
from photolens.spaces.actions import changes as space_bookings

KEPT_MONTHS = 13  # before the present one, until rows are moved into the archive: a year can be compared with the last
ARCHIVED_AT_ONCE = 2_000  # rows in a transaction

Task = Callable[..., Any]
Batch = Callable[[Connection, int], list[int]]


def run_daily(conn: Connection) -> str:
    """Call invoices overdue that are past due, and remind clients. Says what was done.

    Batches are transactions of their own: whatever ends it halfway leaves nothing half done, and two share the work.
    """
    marked = _in_batches(conn, overdue.mark_overdue)
    reminded = _in_batches(conn, overdue.queue_reminders)
    return f"Invoices that became overdue: {marked}. Reminders queued: {reminded}."


def _in_batches(conn: Connection, batch: Batch) -> int:
    done, last_id = 0, 0
    while ids := batch(conn, last_id):
        done, last_id = done + len(ids), ids[-1]
    return done


def cancel_expired_holds(conn: Connection) -> None:
    """Give back the units of bookings of spaces that have waited too long for their money, or for the vendor's word."""
    if _in_batches(conn, space_bookings.cancel_expired):
        cache.forget(PUBLIC_PAGES)


def complete_ended_bookings(conn: Connection) -> None:
    """Complete the bookings of spaces that ended a day ago."""
    _in_batches(conn, space_bookings.complete_ended)


def complete_ended_classes(conn: Connection) -> None:
    """Complete the classes that have ended."""
    _in_batches(conn, classes.complete_ended)


def settle_waiting_lists(conn: Connection) -> None:
    """Give places in classes that were offered and not taken to the next; and what is free, to who can have it now."""
    _in_batches(conn, classes.settle)


def remind_of_classes(conn: Connection) -> None:
    """Remind members of their classes, a day before and an hour before."""
    for remind in (classes.remind_by_a_day, classes.remind_by_an_hour):
        while remind(conn):
            pass


def renew_subscriptions(conn: Connection) -> None:
    """Renew the subscriptions that administrators have granted, or end them where that was wished."""
    _in_batches(conn, renewals.renew_due)


def archive_old_rows(conn: Connection, months: int = KEPT_MONTHS) -> dict[str, int]:
    """Move what is older than so many whole months into the archive; gives how many rows of which table that was.

    Each batch is a transaction of its own. Where another process is at it, the rest is left to that.
    """
    moved = dict.fromkeys(ARCHIVING, 0)
    for table, archive in ARCHIVING.items():
        while batch := archive(conn, kept_months=months, at_most=ARCHIVED_AT_ONCE):
            moved[table] += batch
    return moved


# What is moved into the archive, of which table.
ARCHIVING: dict[str, Task] = {
    "audit_logs": sql.platform.archive_audit_logs,
    "communication_logs": sql.platform.archive_messages,
    "stripe_events": sql.platform.archive_stripe_events,
}

# By the name that jobs are queued under.
TASKS: dict[str, Task] = {
    "process_photo_job": work.process_photo_job,
    "discard_photo_files": upkeep.discard_photo_files,
    "erase_photo_jobs": erase_photo_jobs,
    "send_message": send_message,
    "deliver_notifications": deliver_notifications,
    webhooks.TELLING: webhooks.fan_out_webhooks,
    webhooks.SENDING: webhooks.send_webhooks,
}

# By name: when, as cron writes it (UTC), and what.
BY_THE_CLOCK: dict[str, tuple[str, Task]] = {
    "daily tasks": ("0 * * * *", run_daily),  # hourly, for a day begins where the studio is
    "old rows": ("50 3 * * *", archive_old_rows),
    "overdue photo jobs": ("* * * * *", upkeep.end_overdue_jobs),
    "stray photo files": ("30 * * * *", upkeep.sweep_photo_files),
    "expire credits": ("5 * * * *", ledger.write_off_expired),
    "expired holds": ("* * * * *", cancel_expired_holds),
    "due subscriptions": ("*/5 * * * *", renew_subscriptions),
    "ended space bookings": ("30 * * * *", complete_ended_bookings),
    "ended classes": ("* * * * *", complete_ended_classes),
    "waiting lists of classes": ("* * * * *", settle_waiting_lists),
    "reminders of classes": ("* * * * *", remind_of_classes),
    "due webhooks": ("* * * * *", webhooks.send_due_webhooks),
    "hopeless webhooks": ("45 * * * *", webhooks.give_up_webhooks),
}
