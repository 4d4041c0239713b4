"""Numbers of invoices, given by many at once of whom a third thinks better of it: none is missing, none comes twice."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.rows import dict_row

from photolens.connections import APP_ROLE
from photolens.database import Connection, sql

pytestmark = pytest.mark.committed

THREADS = 16
INVOICES = 10_000
AT_ONCE = 25  # in one transaction

_DRAFTS = """
    with client as (
        insert into clients (name, email) values ('Emma Chen', 'emma@example.com') returning id
    ), drafts as (
        insert into invoices (client_id, currency, due_date, subtotal, total_amount, balance_due)
        select client.id, 'USD', studio_today() + 14, 100, 100, 100
        from client
        cross join generate_series(1, %(invoices)s)
        returning id
    )
    insert into invoice_items (invoice_id, position, name, unit_price)
    select id, 1, 'Portrait', 100 from drafts
    returning invoice_id
"""


def _issue(conn: Connection, invoice_ids: Iterable[int]) -> None:
    """What sending does to the counter and to the invoices, in one transaction."""
    sequence = sql.billing.lock_invoice_counter(conn)["last_sequence"]
    with conn.pipeline():
        for invoice_id in invoice_ids:
            sequence += 1
            sql.billing.mark_invoice_sent(conn, invoice_id=invoice_id, invoice_sequence=sequence)
        sql.billing.update_invoice_counter(conn, last_sequence=sequence)


def test_of_10_000_invoices_issued_by_16_at_once_with_every_third_try_rolled_back_numbers_have_no_gap_and_no_repeat(
    clone_url: str, conn: Connection
) -> None:
    drafts = [row["invoice_id"] for row in conn.execute(_DRAFTS, {"invoices": INVOICES}).fetchall()]
    batches = [*enumerate(drafts[first : first + AT_ONCE] for first in range(0, INVOICES, AT_ONCE))]

    def issue_some(own_batches: list[tuple[int, list[int]]]) -> int:
        rolled_back = 0
        with psycopg.connect(clone_url, autocommit=True, row_factory=dict_row) as own:
            own.execute(f"set role {APP_ROLE}".encode())
            for number, batch in own_batches:
                if number % 2 == 0:  # a try that comes to nothing, for every two that do
                    with own.transaction(force_rollback=True):
                        _issue(own, batch)
                    rolled_back += len(batch)
                with own.transaction():
                    _issue(own, batch)
        return rolled_back

    with ThreadPoolExecutor(THREADS) as threads:
        rolled_back = sum(threads.map(issue_some, (batches[n::THREADS] for n in range(THREADS))))

    numbers = [
        row["invoice_number"]
        for row in conn.execute("select invoice_number from invoices order by invoice_sequence").fetchall()
    ]
    assert numbers == [f"INV-{sequence:05}" for sequence in range(1, INVOICES + 1)]
    assert 2 * rolled_back == INVOICES
