"""The feed: who did what to what, and when, written with the deed itself."""

from collections.abc import Callable
from typing import Any

import pytest

from photolens.database import Connection
from tests.client import ApiClient
from tests.factories import Factory

Row = dict[str, Any]


def feed(api: ApiClient, **query: Any) -> list[Row]:
    rows: list[Row] = api.get("/activities", query_string=query).body["data"]
    return rows


def kinds(api: ApiClient, **query: Any) -> list[str]:
    return [deed["kind"] for deed in feed(api, **query)]


def test_a_deed_says_who_did_what_to_what_and_when(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Emma Chen")

    [deed] = feed(api)

    assert (deed["kind"], deed["actor"]) == ("CLIENT_CREATED", "Owner Test")
    assert deed["actorId"] == api.get("/me").body["id"]
    assert (deed["subjectType"], deed["subjectId"], deed["clientId"]) == ("CLIENT", client["id"], client["id"])
    assert deed["details"] == {"name": "Emma Chen"}
    assert deed["createdAt"] == client["createdAt"]


def change_client(api: ApiClient, make: Factory) -> None:
    api.patch(f"/clients/{make.client()['id']}", {"name": "Changed"})


def delete_client(api: ApiClient, make: Factory) -> None:
    api.delete(f"/clients/{make.client()['id']}")


def add_staff(_api: ApiClient, make: Factory) -> None:
    make.staff()


def remove_staff(api: ApiClient, make: Factory) -> None:
    api.delete(f"/staff/{make.staff()['id']}")


def book(_api: ApiClient, make: Factory) -> None:
    make.booking()


def change_booking(api: ApiClient, make: Factory) -> None:
    api.patch(f"/bookings/{make.booking()['id']}", {"location": "Harbour"})


def confirm_booking(api: ApiClient, make: Factory) -> None:
    api.patch(f"/bookings/{make.booking(status='PENDING')['id']}", {"status": "SCHEDULED"})


def cancel_booking(api: ApiClient, make: Factory) -> None:
    api.patch(f"/bookings/{make.booking()['id']}", {"status": "CANCELLED"})


def complete_booking(_api: ApiClient, make: Factory) -> None:
    make.completed_booking()


def delete_booking(api: ApiClient, make: Factory) -> None:
    api.delete(f"/bookings/{make.booking()['id']}")


def assign(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    api.post(f"/bookings/{make.booking()['id']}/assignments", {"staffId": person["id"]})


def unassign(api: ApiClient, make: Factory) -> None:
    person = make.staff()
    api.delete(f"/bookings/{make.booking(person)['id']}/assignments/{person['id']}")


def move_job(api: ApiClient, make: Factory) -> None:
    api.patch(f"/editing-jobs/{make.completed_booking()['editingJobId']}", {"status": "IN_PROGRESS"})


def plan_job(api: ApiClient, make: Factory) -> None:
    api.patch(f"/editing-jobs/{make.completed_booking()['editingJobId']}", {"dueDate": "2027-03-15"})


def request_revision(api: ApiClient, make: Factory) -> None:
    job = f"/editing-jobs/{make.completed_booking()['editingJobId']}"
    api.patch(job, {"status": "DELIVERED"})
    api.post(f"{job}/revisions", {"note": "Warmer tones."})


def finalize_selection(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()
    make.photo(booking)
    api.post(f"/bookings/{booking['id']}/photo-selections/finalize")


def select_photo(_api: ApiClient, make: Factory) -> None:
    make.photo(make.booking())


def edit_photo(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    api.patch(f"/bookings/{booking['id']}/photo-selections/{make.photo(booking)['id']}", {"isEdited": True})


def remove_photo(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    api.delete(f"/bookings/{booking['id']}/photo-selections/{make.photo(booking)['id']}")


def add_stage(_api: ApiClient, make: Factory) -> None:
    make.stage()


def change_stage(api: ApiClient, make: Factory) -> None:
    api.patch(f"/editing-stages/{make.stage()['id']}", {"position": 1})


def delete_stage(api: ApiClient, make: Factory) -> None:
    api.delete(f"/editing-stages/{make.stage()['id']}")


def invite(api: ApiClient, make: Factory) -> None:
    api.post(f"/staff/{make.staff(email='lena@studio.example')['id']}/invite")


def spend(_api: ApiClient, make: Factory) -> None:
    make.expense()


def bill_expense(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    api.post(f"/expenses/{make.expense(bookingId=booking['id'])['id']}/bill")


def draft_invoice(_api: ApiClient, make: Factory) -> None:
    make.invoice()


def change_invoice(api: ApiClient, make: Factory) -> None:
    api.patch(f"/invoices/{make.invoice()['id']}", {"dueDate": None})


def send_invoice(_api: ApiClient, make: Factory) -> None:
    make.sent_invoice()


def void_invoice(api: ApiClient, make: Factory) -> None:
    api.post(f"/invoices/{make.sent_invoice()['id']}/void")


def delete_invoice(api: ApiClient, make: Factory) -> None:
    api.delete(f"/invoices/{make.invoice()['id']}")


def pay(_api: ApiClient, make: Factory) -> None:
    make.payment(make.sent_invoice("100.00"), "40.00")


DEEDS = {
    change_client: ("CLIENT_CHANGED", "CLIENT", True),
    delete_client: ("CLIENT_DELETED", "CLIENT", False),
    add_staff: ("STAFF_ADDED", "STAFF", False),
    remove_staff: ("STAFF_REMOVED", "STAFF", False),
    invite: ("STAFF_INVITED", "STAFF", False),
    book: ("BOOKING_CREATED", "BOOKING", True),
    change_booking: ("BOOKING_CHANGED", "BOOKING", True),
    confirm_booking: ("BOOKING_SCHEDULED", "BOOKING", True),
    cancel_booking: ("BOOKING_CANCELLED", "BOOKING", True),
    complete_booking: ("BOOKING_COMPLETED", "BOOKING", True),
    delete_booking: ("BOOKING_DELETED", "BOOKING", True),
    assign: ("STAFF_ASSIGNED", "BOOKING", True),
    unassign: ("STAFF_UNASSIGNED", "BOOKING", True),
    move_job: ("EDITING_JOB_MOVED", "EDITING_JOB", True),
    plan_job: ("EDITING_JOB_PLANNED", "EDITING_JOB", True),
    request_revision: ("REVISION_REQUESTED", "EDITING_JOB", True),
    finalize_selection: ("SELECTION_FINALIZED", "EDITING_JOB", True),
    select_photo: ("PHOTO_SELECTED", "BOOKING", True),
    edit_photo: ("PHOTO_CHANGED", "BOOKING", True),
    remove_photo: ("PHOTO_REMOVED", "BOOKING", True),
    add_stage: ("EDITING_STAGE_CREATED", "EDITING_STAGE", False),
    change_stage: ("EDITING_STAGE_CHANGED", "EDITING_STAGE", False),
    delete_stage: ("EDITING_STAGE_DELETED", "EDITING_STAGE", False),
    spend: ("EXPENSE_RECORDED", "EXPENSE", False),
    bill_expense: ("EXPENSE_BILLED", "EXPENSE", True),
    draft_invoice: ("INVOICE_CREATED", "INVOICE", True),
    change_invoice: ("INVOICE_CHANGED", "INVOICE", True),
    send_invoice: ("INVOICE_SENT", "INVOICE", True),
    void_invoice: ("INVOICE_VOIDED", "INVOICE", True),
    delete_invoice: ("INVOICE_DELETED", "INVOICE", True),
    pay: ("PAYMENT_RECORDED", "INVOICE", True),
}


@pytest.mark.parametrize(("deed", "told"), [pytest.param(deed, told, id=told[0]) for deed, told in DEEDS.items()])
def test_the_feed_tells_of(
    api: ApiClient, make: Factory, deed: Callable[[ApiClient, Factory], None], told: tuple[str, str, bool]
) -> None:
    deed(api, make)

    newest = feed(api)[0]

    kind, subject, is_of_a_client = told
    assert (newest["kind"], newest["subjectType"]) == (kind, subject)
    assert (newest["clientId"] is not None) == is_of_a_client


def test_a_payment_is_told_with_its_amount_and_its_invoice(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "40")

    newest = feed(api)[0]

    assert newest["subjectId"] == invoice["id"]
    assert newest["details"] == {"invoiceNumber": invoice["invoiceNumber"], "amount": "40.00"}


def test_a_deed_that_is_refused_is_not_told(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice("100.00")
    booking = make.booking(status="PENDING")
    before = feed(api)

    api.post(f"/invoices/{invoice['id']}/payments", {"amount": "100.01"})
    api.patch(f"/bookings/{booking['id']}", {"status": "COMPLETED"})
    api.delete(f"/clients/{booking['clientId']}")

    assert feed(api) == before


def test_the_newest_deed_comes_first(api: ApiClient, make: Factory, conn: Connection) -> None:
    first, second = make.client(), make.client()
    conn.execute(
        "update activities set created_at = created_at + interval '1 hour' where subject_id = %s", [first["id"]]
    )

    assert [deed["subjectId"] for deed in feed(api)] == [first["id"], second["id"]]


def test_of_deeds_of_one_moment_the_last_comes_first(api: ApiClient, make: Factory) -> None:
    first, second = make.client(), make.client()

    assert [deed["subjectId"] for deed in feed(api)] == [second["id"], first["id"]]


def test_the_feed_can_be_had_by_client(api: ApiClient, make: Factory) -> None:
    client = make.client()
    make.sent_invoice(clientId=client["id"])
    make.client()

    assert kinds(api, clientId=client["id"]) == ["INVOICE_SENT", "INVOICE_CREATED", "CLIENT_CREATED"]


def test_the_feed_can_be_had_by_subject(api: ApiClient, make: Factory) -> None:
    booking = make.completed_booking()
    make.booking()

    assert kinds(api, subjectType="BOOKING", subjectId=booking["id"]) == ["BOOKING_COMPLETED", "BOOKING_CREATED"]
    assert kinds(api, subjectType="GARDEN") == []


def test_the_deeds_of_a_deleted_client_stay_but_name_nobody_who_is_gone(api: ApiClient, make: Factory) -> None:
    client = make.client()
    api.delete(f"/clients/{client['id']}")

    deeds = feed(api, subjectType="CLIENT", subjectId=client["id"])

    assert [(deed["kind"], deed["clientId"]) for deed in deeds] == [("CLIENT_DELETED", None), ("CLIENT_CREATED", None)]


def test_a_deed_keeps_the_name_that_its_doer_had(api: ApiClient, make: Factory) -> None:
    make.client()
    api.patch("/me", {"name": "Rosa Delgado"})
    make.client()

    [later, earlier] = feed(api)

    assert (earlier["actor"], later["actor"]) == ("Owner Test", "Rosa Delgado")
    assert earlier["actorId"] == later["actorId"]


def test_a_deed_stays_when_the_account_of_its_doer_is_gone(api: ApiClient, conn: Connection) -> None:
    api.by_role("ADMIN").post("/session-categories", {"name": "Weddings"})
    conn.execute("delete from auth_users where role = 'ADMIN'")

    [deed] = feed(api)

    assert (deed["actor"], deed["actorId"]) == ("Admin Test", None)


@pytest.mark.committed
@pytest.mark.own_database
def test_a_deed_and_its_line_in_the_feed_are_seen_together(api: ApiClient, make: Factory, conn: Connection) -> None:
    client = make.client()
    conn.execute("alter table activities add constraint no_room check (kind <> 'CLIENT_CHANGED')")

    failed = api.patch(f"/clients/{client['id']}", {"name": "Changed"})

    assert failed.status == 500
    assert api.get(f"/clients/{client['id']}").body == client
