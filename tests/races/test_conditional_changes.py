"""If-Match where another deed is under way: what the locks refuse, a condition does not let through."""

import psycopg
import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory
from tests.waiting import held_up


@pytest.mark.committed
def test_an_expense_that_is_being_billed_cannot_be_changed_on_what_was_read_before(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    booking = make.booking()
    make.invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])
    expense = make.expense(bookingId=booking["id"])
    etag = api.get(f"/expenses/{expense['id']}").headers["ETag"]

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [booking["clientId"]])
        billed = waiting.send(api.post, f"/expenses/{expense['id']}/bill")
        changed = waiting.send(api.patch, f"/expenses/{expense['id']}", {"amount": "1.00"}, headers={"If-Match": etag})

    assert (billed.result().status, changed.result().status) == (200, 412)
    assert api.get(f"/expenses/{expense['id']}").body["amount"] == "40.00"


@pytest.mark.committed
def test_a_completion_is_not_undone_while_its_invoice_is_being_sent(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    booking = make.completed_booking()
    draft = make.invoice("100.00", clientId=booking["clientId"], bookingId=booking["id"])
    etag = api.get(f"/bookings/{booking['id']}").headers["ETag"]

    with held_up(conn) as waiting:
        conn.execute("select from clients where id = %s for update", [booking["clientId"]])
        sent = waiting.send(api.post, f"/invoices/{draft['id']}/send")
        undone = waiting.send(
            api.patch, f"/bookings/{booking['id']}", {"status": "SCHEDULED"}, headers={"If-Match": etag}
        )

    assert sent.result().status == 200
    assert undone.result().status in (409, 412)
    assert api.get(f"/bookings/{booking['id']}").body["status"] == "COMPLETED"


@pytest.mark.committed
def test_a_busy_neighbour_does_not_keep_a_conditional_change_from_happening(
    api: ApiClient, make: Factory, clone_url: str
) -> None:
    client = make.client()
    mine, busy = make.sent_invoice(clientId=client["id"]), make.sent_invoice(clientId=client["id"])

    answers = []
    for day in range(1, 11):
        etag = api.get(f"/invoices/{mine['id']}").headers["ETag"]
        make.payment(busy, "1.00")
        answers.append(
            api.patch(f"/invoices/{mine['id']}", {"dueDate": f"2199-01-{day:02}"}, headers={"If-Match": etag})
        )

    assert [answer.status for answer in answers] == [200] * 10
    with psycopg.connect(clone_url) as conn:
        assert conn.execute("select count(*) from payments").fetchone() == (10,)
