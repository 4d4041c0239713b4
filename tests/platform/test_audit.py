"""The audit: every derived field is recomputed from the rows, and each one that differs is named."""

from typing import Any

import pytest
from click.testing import CliRunner, Result

from photolens.cli import photolens
from photolens.database import Connection
from photolens.invariants import broken_invariants
from tests.client import ApiClient
from tests.factories import Factory


def broken_by(conn: Connection, statement: str, *parameters: Any) -> list[str]:
    """What the audit finds while this statement has its way; afterwards everything is as it was."""
    with conn.transaction(force_rollback=True):
        assert conn.execute(statement.encode(), parameters).rowcount == 1
        return sorted(broken_invariants(conn))


def differing(invoice: dict[str, Any], stored: tuple[str, str, str], expected: tuple[str, str, str]) -> str:
    """The audit's line about an invoice without discount and tax that is not paid: total, balance and status."""

    def sums(total: str, balance: str, status: str) -> str:
        return f"{total}, 0.00, {total}, {balance}, 0.00, {status}"

    columns = "subtotal, tax_amount, total_amount, balance_due, overpaid_amount, status, paid_at, paid_by_contact_id"
    return f"invoices {invoice['id']}: {columns} is {sums(*stored)}, its rows say {sums(*expected)}"


def test_a_busy_studio_has_nothing_broken(api: ApiClient, make: Factory, conn: Connection) -> None:
    booking = make.completed_booking()
    api.patch(f"/editing-jobs/{booking['editingJobId']}", {"status": "DELIVERED"})
    for paid in ("30.00", "100.00"):
        make.payment(make.sent_invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"]), paid)
    api.post(f"/invoices/{make.sent_invoice()['id']}/void")
    make.invoice()

    assert broken_invariants(conn) == []


def test_a_clients_revenue_that_was_not_paid_is_named(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "40.00")

    broken = broken_by(conn, "update clients set total_revenue = 41")

    assert broken == [f"clients {invoice['clientId']}: total_revenue is 41.00, its rows say 40.00"]


def test_sessions_that_were_not_completed_are_named(make: Factory, conn: Connection) -> None:
    booking = make.completed_booking()

    broken = broken_by(conn, "update clients set total_sessions = 5")

    assert broken == [f"clients {booking['clientId']}: total_sessions is 5, its rows say 1"]


def test_a_total_that_is_not_that_of_the_items_is_named(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("60.00", "40.00")

    broken = broken_by(conn, "update invoices set subtotal = 99, total_amount = 99, balance_due = 99")

    assert broken == [differing(invoice, ("99.00", "99.00", "SENT"), ("100.00", "100.00", "SENT"))]


def test_an_item_that_was_changed_behind_the_invoices_back_is_named(make: Factory, conn: Connection) -> None:
    invoice = make.invoice("60.00")

    broken = broken_by(conn, "update invoice_items set quantity = 1.5")

    assert broken == [differing(invoice, ("60.00", "60.00", "DRAFT"), ("90.00", "90.00", "DRAFT"))]


def test_a_balance_that_is_not_what_is_left_to_pay_is_named(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "40.00")

    broken = broken_by(conn, "update invoices set balance_due = 59.99")

    assert broken == [differing(invoice, ("100.00", "59.99", "PARTIALLY_PAID"), ("100.00", "60.00", "PARTIALLY_PAID"))]


def test_a_payment_that_went_round_the_application_is_named_where_it_counts(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")

    broken = broken_by(
        conn,
        "insert into payments (invoice_id, amount, currency, recorded_by) values (%s, 40, 'USD', 'nobody')",
        invoice["id"],
    )

    assert broken == [
        f"clients {invoice['clientId']}: total_revenue is 0.00, its rows say 40.00",
        differing(invoice, ("100.00", "100.00", "SENT"), ("100.00", "60.00", "PARTIALLY_PAID")),
    ]


@pytest.mark.parametrize(("paid", "balance", "status"), [(None, "100.00", "SENT"), ("40", "60.00", "PARTIALLY_PAID")])
def test_an_invoice_that_is_called_overdue_and_never_falls_due_is_named(
    make: Factory, conn: Connection, paid: str | None, balance: str, status: str
) -> None:
    invoice = make.sent_invoice("100.00")
    if paid is not None:
        make.payment(invoice, paid)

    broken = broken_by(conn, "update invoices set status = 'OVERDUE', due_date = null")

    assert broken == [differing(invoice, ("100.00", balance, "OVERDUE"), ("100.00", balance, status))]


def test_an_invoice_that_is_called_overdue_before_it_is_due_anywhere_on_earth_is_named(
    make: Factory, conn: Connection
) -> None:
    invoice = make.sent_invoice("100.00")
    overdue = "update invoices set status = 'OVERDUE', due_date = studio_today() + "

    assert broken_by(conn, overdue + "1") == []
    assert broken_by(conn, overdue + "2") == [
        differing(invoice, ("100.00", "100.00", "OVERDUE"), ("100.00", "100.00", "SENT"))
    ]


def test_an_invoice_that_owes_nothing_and_is_not_called_paid_is_named(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("0.00")

    broken = broken_by(conn, "update invoices set status = 'SENT'")

    assert broken == [differing(invoice, ("0.00", "0.00", "SENT"), ("0.00", "0.00", "PAID"))]


def test_an_invoice_that_fell_due_and_is_not_yet_called_overdue_is_no_error(make: Factory, conn: Connection) -> None:
    make.sent_invoice("100.00")

    broken = broken_by(conn, "update invoices set issue_date = issue_date - 60, due_date = issue_date - 30")

    assert broken == []


def test_a_number_that_was_never_given_is_named(make: Factory, conn: Connection) -> None:
    make.sent_invoice()

    broken = broken_by(conn, "update invoice_counter set last_sequence = 5")

    assert broken == ["invoice_counter 1: last_sequence is 5, its rows say 1 to 1 in 1 invoices"]


def test_a_gap_between_the_numbers_is_named(make: Factory, conn: Connection) -> None:
    _first, second, _third = (make.sent_invoice() for _ in range(3))

    broken = broken_by(conn, "delete from invoices where id = %s", second["id"])

    assert broken == ["invoice_counter 1: last_sequence is 3, its rows say 1 to 3 in 2 invoices"]


def test_a_job_that_is_not_where_its_log_says_is_named(api: ApiClient, make: Factory, conn: Connection) -> None:
    job_id = make.completed_booking()["editingJobId"]
    stage_id = api.get(f"/editing-jobs/{job_id}").body["stageId"] + 1

    broken = broken_by(conn, "update editing_jobs set stage_id = %s", stage_id)

    assert broken == [
        f"editing_jobs {job_id}: stage_id, status, delivered_at is {stage_id}, PENDING,"
        f" its rows say {stage_id - 1}, PENDING"
    ]


def test_a_delivery_at_another_time_than_the_logs_is_named(api: ApiClient, make: Factory, conn: Connection) -> None:
    job_id = make.completed_booking()["editingJobId"]
    stage_id = api.patch(f"/editing-jobs/{job_id}", {"status": "DELIVERED"}).body["stageId"]

    broken = broken_by(conn, "update editing_jobs set delivered_at = '2020-02-02 10:00:00+00'")

    assert len(broken) == 1
    assert broken[0].startswith(
        f"editing_jobs {job_id}: stage_id, status, delivered_at is {stage_id}, DELIVERED, 2020-02-02 10:00:00+00,"
        f" its rows say {stage_id}, DELIVERED, "
    )


def test_a_job_without_a_log_is_named(api: ApiClient, make: Factory, conn: Connection) -> None:
    job_id = make.completed_booking()["editingJobId"]
    stage_id = api.get(f"/editing-jobs/{job_id}").body["stageId"]

    broken = broken_by(conn, "delete from editing_status_logs")

    assert broken == [f"editing_jobs {job_id}: stage_id, status, delivered_at is {stage_id}, PENDING, its rows say "]


def test_a_revision_that_nobody_asked_for_is_named(make: Factory, conn: Connection) -> None:
    job_id = make.completed_booking()["editingJobId"]

    broken = broken_by(conn, "update editing_jobs set revision_count = 2")

    assert broken == [f"editing_jobs {job_id}: revision_count is 2, its rows say 0"]


def test_a_completed_booking_without_an_editing_job_is_named(make: Factory, conn: Connection) -> None:
    booking = make.completed_booking()

    broken = broken_by(conn, "delete from editing_jobs")

    assert broken == [f"bookings {booking['id']}: editing job is absent, its rows say present"]


def test_an_editing_job_of_a_booking_that_is_not_completed_is_named(make: Factory, conn: Connection) -> None:
    booking = make.completed_booking()

    broken = broken_by(conn, "update bookings set status = 'SCHEDULED'")

    assert broken == [
        f"bookings {booking['id']}: editing job is present, its rows say absent",
        f"clients {booking['clientId']}: total_sessions is 1, its rows say 0",
    ]


def audit(url: str) -> Result:
    """`photolens db audit` on this database."""
    return CliRunner().invoke(photolens, ["db", "audit"], env={"DATABASE_URL": url})


@pytest.mark.committed
def test_the_command_leaves_with_0_when_everything_holds(make: Factory, clone_url: str) -> None:
    make.payment(make.sent_invoice("100.00"), "40.00")

    result = audit(clone_url)

    assert (result.exit_code, result.output) == (0, "Every derived field is what its rows say.\n")


@pytest.mark.committed
def test_the_command_leaves_with_1_and_names_every_row_that_differs(
    make: Factory, conn: Connection, clone_url: str
) -> None:
    ids = [make.client()["id"] for _ in range(2)]
    conn.execute("update clients set total_revenue = 9, total_sessions = 9")

    result = audit(clone_url)
    conn.execute("update clients set total_revenue = 0, total_sessions = 0")

    assert result.exit_code == 1
    assert sorted(result.output.splitlines()) == sorted(
        [
            *(f"clients {client_id}: total_revenue is 9.00, its rows say 0.00" for client_id in ids),
            *(f"clients {client_id}: total_sessions is 9, its rows say 0" for client_id in ids),
            "4 differences.",
        ]
    )
