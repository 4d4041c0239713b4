"""The daily tasks as they are run: from the command line, and by a worker."""

import time

import pytest
from click.testing import CliRunner

from photolens.cli import photolens
from photolens.config import Settings
from photolens.database import Connection
from tests.client import ApiClient
from tests.conftest import SEEDED_TEMPLATE, Databases
from tests.factories import Factory
from tests.processes import Command

pytestmark = pytest.mark.committed

PATIENCE = 10.0
SETTINGS = {"currency": "USD", "timeZone": "UTC", "invoicePrefix": "INV-", "defaultDueDays": 14}


def command(url: str, *words: str, key: str | None) -> str:
    """What a command of `photolens` prints."""
    run = CliRunner(env={"DATABASE_URL": url, "SECRET_KEY": key}).invoke(photolens, words, catch_exceptions=False)
    assert run.exit_code == 0, run.output
    return run.stdout


def fall_due(conn: Connection) -> None:
    conn.execute("update invoices set issue_date = issue_date - 60, due_date = studio_today() - 1")


def test_the_command_does_them_now_and_says_in_a_line_what_it_did(
    api: ApiClient, make: Factory, conn: Connection, clone_url: str, settings: Settings
) -> None:
    api.put("/settings", SETTINGS | {"remindersEnabled": True})
    invoice = make.sent_invoice("100.00")
    fall_due(conn)

    first, second = (command(clone_url, "tasks", "daily", key=settings.secret_key[0]) for _ in range(2))

    assert first == "Invoices that became overdue: 1. Reminders queued: 1.\n"
    assert second == "Invoices that became overdue: 0. Reminders queued: 0.\n"
    waiting = command(clone_url, "outbox", key=settings.secret_key[0])
    assert f"Subject: Invoice {invoice['invoiceNumber']} is overdue\n" in waiting
    assert waiting.endswith("\n1 waiting.\n")
    assert (
        command(clone_url, "db", "audit", key=settings.secret_key[0]) == "Every derived field is what its rows say.\n"
    )


def test_a_worker_does_them_when_it_starts(make: Factory, conn: Connection, clone_url: str) -> None:
    make.sent_invoice("100.00")
    fall_due(conn)

    with Command("worker", DATABASE_URL=clone_url) as worker:
        deadline = time.monotonic() + PATIENCE
        while conn.execute("select from invoices where status = 'OVERDUE'").fetchone() is None:
            assert time.monotonic() < deadline, "the worker never came to it"

    assert worker.returncode == 0


def test_in_the_demo_studio_there_is_nothing_left_for_them_to_do(databases: Databases, settings: Settings) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url:
        said = command(url, "tasks", "daily", key=settings.secret_key[0])

    assert said == "Invoices that became overdue: 0. Reminders queued: 0.\n"
