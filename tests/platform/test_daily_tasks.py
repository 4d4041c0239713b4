"""The daily tasks as they are run: from the command line, and beside a server, which they never hold up."""

import logging
import threading
import time

import pytest
from click.testing import CliRunner
from flask import Flask

from photolens import tasks
from photolens.billing.actions import overdue
from photolens.cli import photolens
from photolens.config import Settings
from photolens.database import Connection, open_pools
from tests.client import ApiClient
from tests.conftest import SEEDED_TEMPLATE, Databases, serving
from tests.factories import Factory

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

    first, second = (command(clone_url, "tasks", "daily", key=settings.secret_key) for _ in range(2))

    assert first == "Invoices that became overdue: 1. Reminders queued: 1.\n"
    assert second == "Invoices that became overdue: 0. Reminders queued: 0.\n"
    waiting = command(clone_url, "outbox", key=settings.secret_key)
    assert f"Subject: Invoice {invoice['invoiceNumber']} is overdue\n" in waiting
    assert waiting.endswith("\n1 waiting.\n")
    assert command(clone_url, "db", "audit", key=settings.secret_key) == "Every derived field is what its rows say.\n"


def test_a_server_does_them_when_it_starts(make: Factory, conn: Connection, clone_url: str) -> None:
    make.sent_invoice("100.00")
    fall_due(conn)

    with serving(DATABASE_URL=clone_url) as server:
        deadline = time.monotonic() + PATIENCE
        while conn.execute("select from invoices where status = 'OVERDUE'").fetchone() is None:
            assert time.monotonic() < deadline, "the server never came to it"

    assert server.process.returncode == 0


def test_a_fault_is_logged_and_they_are_tried_again(
    app: Flask, clone_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    came_again, runs = threading.Event(), []

    def run_daily(_conn: Connection, _stop: threading.Event) -> str:
        runs.append(1)
        if len(runs) == 1:
            raise RuntimeError("the first time")
        came_again.set()
        return ""

    monkeypatch.setattr(logging.getLogger("photolens.tasks"), "disabled", False)  # as import-linter leaves it
    monkeypatch.setattr(tasks, "run_daily", run_daily)
    monkeypatch.setattr(tasks, "INTERVAL", 0.001)
    with open_pools(settings, clone_url) as pools, caplog.at_level(logging.ERROR), tasks.every_hour(app, pools.app):
        assert came_again.wait(PATIENCE)

    assert _threads() == []
    assert "the first time" in caplog.text


def test_a_stop_waits_for_the_batch_that_is_running_and_for_no_other(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    batches: list[str] = []

    def batch(name: str) -> tasks.Batch:
        def run(_conn: Connection, last_id: int) -> list[int]:
            batches.append(name)
            stop.set()
            return [last_id + 1]  # there is always more

        return run

    monkeypatch.setattr(overdue, "mark_overdue", batch("mark"))
    monkeypatch.setattr(overdue, "queue_reminders", batch("remind"))
    for _ in range(2):  # the second finds that the first has let go of everything
        stop.clear()
        assert tasks.run_daily(conn, stop) == "Invoices that became overdue: 1. Reminders queued: 0."

    assert batches == ["mark", "mark"]


def test_in_the_demo_studio_there_is_nothing_left_for_them_to_do(databases: Databases, settings: Settings) -> None:
    with databases.clone(SEEDED_TEMPLATE) as url:
        said = command(url, "tasks", "daily", key=settings.secret_key)

    assert said == "Invoices that became overdue: 0. Reminders queued: 0.\n"


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "daily tasks"]
