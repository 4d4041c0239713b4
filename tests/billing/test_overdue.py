"""What becomes of invoices from one day to the next: past due they are called OVERDUE, and clients are reminded."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.rows import dict_row

from photolens.billing.actions import overdue
from photolens.database import Connection
from photolens.platform.actions.messages import queue_message
from photolens.tasks import run_daily
from tests.client import ApiClient
from tests.factories import Factory

NOTHING = "Invoices that became overdue: 0. Reminders queued: 0."
SETTINGS = {"currency": "USD", "timeZone": "UTC", "invoicePrefix": "INV-", "defaultDueDays": 14}
REMINDING = SETTINGS | {"remindersEnabled": True}
LUMEN = {"companyName": "Lumen\nHall", "invoiceFooter": "Account 4471 at Hudson Community Bank."}

Daily = Callable[[], str]


@pytest.fixture
def daily(app: Flask, conn: Connection) -> Daily:
    """The daily tasks, as no request does them."""

    def run() -> str:
        with app.app_context():
            return run_daily(conn)

    return run


def pass_days(conn: Connection, days: int, *invoices: dict[str, Any]) -> None:
    """Let invoices have been issued and due that many days earlier; of all that fall due, one day is the first."""
    conn.execute(
        "update invoices set issue_date = issue_date - %(days)s - 14, due_date = studio_today() - %(days)s"
        " where id = any(%(ids)s)",
        {"days": days, "ids": [invoice["id"] for invoice in invoices]},
    )


def messages(conn: Connection, app: Flask) -> list[tuple[str, str, str]]:
    """What waits in the outbox: to whom, the subject, the words."""
    rows = conn.execute("select recipient, subject, body from communication_logs order by id").fetchall()
    return [(row["recipient"], row["subject"], app.extensions["seal"].unseal(row["body"])) for row in rows]


def deeds(api: ApiClient, kind: str) -> list[dict[str, Any]]:
    rows = api.get("/activities", query_string={"limit": 200}).body["data"]
    return [row for row in rows if row["kind"] == kind]


# Falling due


def test_what_was_issued_and_is_past_due_becomes_overdue(
    api: ApiClient, make: Factory, conn: Connection, daily: Daily
) -> None:
    sent, part, paid, void, today, never = (make.sent_invoice("100.00") for _ in range(6))
    draft = make.invoice()
    make.payment(part, "40.00")
    make.payment(paid, "100.00")
    api.post(f"/invoices/{void['id']}/void")
    pass_days(conn, 1, sent, part, paid, void, draft)
    pass_days(conn, 0, today)
    api.patch(f"/invoices/{never['id']}", {"dueDate": None})

    assert daily() == "Invoices that became overdue: 2. Reminders queued: 0."

    statuses = [api.get(f"/invoices/{i['id']}").body["status"] for i in (sent, part, paid, void, draft, today, never)]
    assert statuses == ["OVERDUE", "OVERDUE", "PAID", "VOID", "DRAFT", "SENT", "SENT"]
    second, first = deeds(api, "INVOICE_OVERDUE")
    assert (first["actor"], first["actorId"], first["subjectId"]) == ("Photolens", None, sent["id"])
    assert second["details"] == {"invoiceNumber": part["invoiceNumber"], "balanceDue": "60.00"}
    assert second["clientId"] == part["clientId"]


def test_it_is_past_due_when_the_studios_day_is_over(
    api: ApiClient, make: Factory, conn: Connection, daily: Daily
) -> None:
    api.put("/settings", SETTINGS | {"timeZone": "Pacific/Kiritimati"})  # a day ahead of the other, at any hour
    invoice = make.sent_invoice()
    pass_days(conn, 1, invoice)
    api.put("/settings", SETTINGS | {"timeZone": "Pacific/Pago_Pago"})
    behind = daily()
    api.put("/settings", SETTINGS | {"timeZone": "Pacific/Kiritimati"})

    assert behind == NOTHING
    assert daily().startswith("Invoices that became overdue: 1.")


def test_done_again_it_changes_nothing(api: ApiClient, make: Factory, conn: Connection, daily: Daily) -> None:
    api.put("/settings", REMINDING)
    invoice = make.sent_invoice()
    pass_days(conn, 3, invoice)
    assert daily() == "Invoices that became overdue: 1. Reminders queued: 1."
    before = api.get(f"/invoices/{invoice['id']}"), len(api.get("/activities").body["data"])

    assert daily() == NOTHING

    after = api.get(f"/invoices/{invoice['id']}"), len(api.get("/activities").body["data"])
    assert (after[0].body, after[1]) == (before[0].body, before[1])


def test_there_may_be_more_than_a_batch(
    api: ApiClient, make: Factory, conn: Connection, daily: Daily, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "BATCH", 2)
    api.put("/settings", REMINDING)
    client = make.client()
    pass_days(conn, 1, *(make.sent_invoice(clientId=client["id"]) for _ in range(5)))

    assert daily() == "Invoices that became overdue: 5. Reminders queued: 5."
    assert daily() == NOTHING


def test_what_ends_it_halfway_leaves_nothing_half_done(
    api: ApiClient, make: Factory, conn: Connection, app: Flask, daily: Daily, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.put("/settings", REMINDING)
    invoices = [make.sent_invoice() for _ in range(5)]
    pass_days(conn, 1, *invoices)
    calls: list[str] = []

    def dying(conn: Connection, channel: str, recipient: str, template: str, **values: Any) -> None:
        queue_message(conn, channel, recipient, template, **values)
        calls.append(recipient)
        if len(calls) == 4:
            raise SystemExit

    monkeypatch.setattr(overdue, "BATCH", 2)
    with monkeypatch.context() as patched:
        patched.setattr(overdue, "queue_message", dying)
        with pytest.raises(SystemExit):
            daily()

    reminded = [api.get(f"/invoices/{i['id']}").body["lastReminderAt"] is not None for i in invoices]
    assert reminded == [True, True, False, False, False]
    assert (len(messages(conn, app)), len(deeds(api, "INVOICE_REMINDER_QUEUED"))) == (2, 2)
    assert daily() == "Invoices that became overdue: 0. Reminders queued: 3."
    assert len(messages(conn, app)) == 5


# Reminders


def test_a_client_is_reminded_in_the_studios_words(
    api: ApiClient, make: Factory, conn: Connection, app: Flask, daily: Daily
) -> None:
    api.put("/settings", REMINDING | LUMEN | {"currency": "EUR"})
    client = make.client(name="Zoë\nde Wit", email="zoe@dewit.example")
    invoice = make.sent_invoice("1250.00", clientId=client["id"])
    make.payment(invoice, "250.50")
    conn.execute("update invoices set issue_date = '2026-02-01', due_date = '2026-03-05'")

    daily()

    [(recipient, subject, body)] = messages(conn, app)
    assert recipient == "zoe@dewit.example"
    assert subject == f"Invoice {invoice['invoiceNumber']} of Lumen Hall is overdue"
    assert body == (
        f"Dear Zoë de Wit,\n\nour invoice {invoice['invoiceNumber']} was due on 5 March 2026. Still to be paid: "
        "999.50 EUR.\n\nIf your payment is on its way, do nothing: we thank you for it.\n\n"
        "Lumen\nHall\n\nAccount 4471 at Hudson Community Bank."
    )
    [deed] = deeds(api, "INVOICE_REMINDER_QUEUED")
    assert (deed["actor"], deed["subjectId"], deed["clientId"]) == ("Photolens", invoice["id"], client["id"])
    assert deed["details"] == {"invoiceNumber": invoice["invoiceNumber"], "balanceDue": "999.50"}
    assert api.get("/invoices").body["data"][0]["lastReminderAt"] == deed["createdAt"]


def test_a_studio_without_a_name_or_footer_reminds_as_well(
    api: ApiClient, make: Factory, conn: Connection, app: Flask, daily: Daily
) -> None:
    api.put("/settings", REMINDING)
    invoice = make.sent_invoice()
    pass_days(conn, 1, invoice)

    daily()

    [(_, subject, body)] = messages(conn, app)
    assert subject == f"Invoice {invoice['invoiceNumber']} is overdue"
    assert body.endswith("do nothing: we thank you for it.")


def test_nobody_is_reminded_unless_the_settings_say_so(
    api: ApiClient, make: Factory, conn: Connection, app: Flask, daily: Daily
) -> None:
    pass_days(conn, 30, make.sent_invoice())

    assert daily() == "Invoices that became overdue: 1. Reminders queued: 0."
    assert messages(conn, app) == []
    api.put("/settings", REMINDING)
    assert daily() == "Invoices that became overdue: 0. Reminders queued: 1."


@pytest.mark.parametrize(("since", "reminders"), [("7 days", 2), ("6 days 23:59:59", 1)])
def test_nobody_is_reminded_of_an_invoice_more_often_than_the_settings_say(
    api: ApiClient, make: Factory, conn: Connection, app: Flask, daily: Daily, since: str, reminders: int
) -> None:
    api.put("/settings", REMINDING)
    pass_days(conn, 20, make.sent_invoice())
    daily()
    conn.execute("update invoices set last_reminder_at = now() - %s::interval", [since])

    daily()

    assert len(messages(conn, app)) == reminders


def test_whoever_has_paid_or_was_erased_is_not_reminded_and_whoever_is_archived_is(
    api: ApiClient, make: Factory, conn: Connection, app: Flask, daily: Daily
) -> None:
    api.put("/settings", REMINDING)
    paid, erased, archived, granted = (make.sent_invoice("100.00") for _ in range(4))
    pass_days(conn, 10, paid, erased, archived, granted)
    make.payment(paid, "100.00")
    api.patch(f"/invoices/{granted['id']}", {"dueDate": "2100-01-01"})
    conn.execute("update clients set archived_at = now() where id = %s", [archived["clientId"]])
    conn.execute("update clients set archived_at = now(), erased_at = now() where id = %s", [erased["clientId"]])

    assert daily() == "Invoices that became overdue: 2. Reminders queued: 1."
    assert [recipient for recipient, *_ in messages(conn, app)] == [archived["clientEmail"]]


# Several at once


def connect(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True, row_factory=dict_row)


@pytest.mark.committed
def test_what_is_busy_is_passed_over_and_caught_the_next_time(
    api: ApiClient, make: Factory, conn: Connection, clone_url: str, daily: Daily
) -> None:
    api.put("/settings", REMINDING)
    invoices = [make.sent_invoice() for _ in range(3)]
    pass_days(conn, 1, *invoices)
    with connect(clone_url) as other, other.transaction():
        other.execute("select from clients where id = %s for no key update", [invoices[0]["clientId"]])
        other.execute("select from invoices where id = %s for no key update", [invoices[1]["id"]])
        first = daily()

    assert first == "Invoices that became overdue: 1. Reminders queued: 1."
    assert daily() == "Invoices that became overdue: 2. Reminders queued: 2."


@pytest.mark.committed
def test_done_by_many_at_once_each_invoice_is_marked_and_reminded_of_once(
    api: ApiClient, make: Factory, conn: Connection, app: Flask, clone_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overdue, "BATCH", 3)
    api.put("/settings", REMINDING)
    invoices = [make.sent_invoice() for _ in range(12)]
    pass_days(conn, 1, *invoices)
    start = threading.Barrier(6)

    def run(_number: int) -> None:
        with app.app_context(), connect(clone_url) as own:
            for batch in (overdue.mark_overdue, overdue.queue_reminders) * 3:
                start.wait(10)
                last_id = 0
                while ids := batch(own, last_id):
                    last_id = ids[-1]

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(run, range(6)))

    assert sorted(deed["subjectId"] for deed in deeds(api, "INVOICE_OVERDUE")) == [i["id"] for i in invoices]
    assert sorted(deed["subjectId"] for deed in deeds(api, "INVOICE_REMINDER_QUEUED")) == [i["id"] for i in invoices]
    assert len(messages(conn, app)) == 12
