"""What the contacts of a client read."""

from typing import Any

import pytest

from photolens.database import Connection
from photolens.named_queries import QueryAdapter
from tests.client import ApiClient
from tests.contacts import sign_in_contact
from tests.factories import Factory, instant
from tests.portal.conftest import Portal


def test_a_contact_reads_who_they_are_for_whom_and_whom_they_deal_with(api: ApiClient, portal: Portal) -> None:
    settings = api.get("/settings").body
    changed = {name: value for name, value in settings.items() if name != "updatedAt"} | {"companyName": "Lumen Hall"}
    assert api.put("/settings", changed).status == 200

    me = portal.api.get("/portal/me").body

    assert (me["name"], me["client"]["name"]) == ("Contact of day 0", "Client of day 0")
    assert (me["studio"]["companyName"], me["studio"]["currency"]) == ("Lumen Hall", settings["currency"])


def test_a_contact_changes_their_name_and_phone(api: ApiClient, portal: Portal) -> None:
    etag = portal.api.get("/portal/me").headers["ETag"]

    changed = portal.api.patch("/portal/me", {"name": "Noor", "phone": None}, headers={"If-Match": etag})
    stale = portal.api.patch("/portal/me", {"name": "Else"}, headers={"If-Match": etag})

    assert (changed.status, changed.body["name"], changed.body["phone"]) == (200, "Noor", None)
    assert (stale.status, portal.api.get("/portal/me").body) == (412, changed.body)
    told = api.get("/activities").body["data"][0]
    assert (told["kind"], told["actor"]) == ("CONTACT_CHANGED", "Contact of day 0")


def test_a_contact_changes_their_password(conn: Connection, api: ApiClient, make: Factory) -> None:
    contact = make.contact(email="noor@example.com")
    assert api.post(f"/contacts/{contact['id']}/invites").status == 200
    conn.execute("update contact_invites set token = sha256('link')")
    nobody = api.by_token(None)
    activated = nobody.post("/portal/activate", {"token": "link", "password": "a sentence nobody says"}).body
    noor = api.by_token(activated["token"])

    changed = noor.post(
        "/auth/change-password",
        {"currentPassword": "a sentence nobody says", "password": "another that nobody says"},
    )

    assert changed.status < 300, changed.body
    signed_in = nobody.post("/auth/login", {"email": "noor@example.com", "password": "another that nobody says"})
    assert api.by_token(signed_in.body["token"]).get("/portal/me").body["id"] == contact["id"]


# Invoices


def test_an_invoice_has_items_milestones_payments_and_refunds(portal: Portal) -> None:
    invoice = portal.api.get(f"/portal/invoices/{portal.own.ids['invoiceId']}").body

    assert [(item["name"], item["amount"]) for item in invoice["items"]] == [
        ("Item 1", "4000.00"),
        ("Item 2", "5000.00"),
    ]
    assert [(part["label"], part["expectedAmount"], part["status"]) for part in invoice["milestones"]] == [
        ("Deposit", "4000.00", "PENDING"),
        ("Rest", "5000.00", "PENDING"),
    ]
    assert [payment["amount"] for payment in invoice["payments"]] == ["1000.00"]
    assert [(refund["amount"], refund["status"]) for refund in invoice["refunds"]] == [("100.00", "SUCCEEDED")]
    assert (invoice["totalAmount"], invoice["balanceDue"], invoice["isPayable"]) == ("9000.00", "8100.00", True)


def test_a_refund_that_failed_is_not_shown(conn: Connection, portal: Portal) -> None:
    conn.execute("update refunds set status = 'FAILED'")

    assert portal.api.get(f"/portal/invoices/{portal.own.ids['invoiceId']}").body["refunds"] == []


def test_an_invoice_that_was_taken_out_of_the_books_is_shown_and_cannot_be_paid(portal: Portal) -> None:
    [voided] = portal.own.shown["invoices"] - {portal.own.ids["invoiceId"]}

    invoice = portal.api.get(f"/portal/invoices/{voided}").body

    assert (invoice["status"], invoice["isPayable"], invoice["balanceDue"]) == ("VOID", False, "0.00")


def test_invoices_are_found_by_status_and_by_whether_they_are_overdue(
    conn: Connection, api: ApiClient, make: Factory
) -> None:
    client_id = make.client()["id"]
    contact = api.by_token(sign_in_contact(conn, client_id))
    sent = make.sent_invoice(clientId=client_id, dueDate="2100-01-01")
    late = make.sent_invoice(clientId=client_id, issueDate="2020-01-01", dueDate="2020-01-02")
    soon = make.sent_invoice(clientId=client_id)

    def ids(**query: Any) -> list[int]:
        return [row["id"] for row in contact.get("/portal/invoices", query_string=query).body["data"]]

    assert ids(overdue="true") == [late["id"]]
    assert ids(overdue="false", sort="dueDate") == [soon["id"], sent["id"]]
    assert ids(status="SENT", sort="-dueDate") == [sent["id"], soon["id"]]
    assert ids(sort="issueDate")[0] == late["id"]
    assert contact.get("/portal/invoices?status=DRAFT").status == 422


def test_an_invoice_appears_with_its_number_and_not_before(conn: Connection, api: ApiClient, make: Factory) -> None:
    draft = make.invoice()
    contact = api.by_token(sign_in_contact(conn, draft["clientId"]))
    assert contact.get("/portal/invoices").body["data"] == []

    assert api.post(f"/invoices/{draft['id']}/send").status == 200

    [invoice] = contact.get("/portal/invoices").body["data"]
    assert (invoice["id"], invoice["status"]) == (draft["id"], "SENT")


# Bookings, editing, packages


def test_a_booking_shows_the_photos_that_were_chosen_and_which_are_edited(api: ApiClient, portal: Portal) -> None:
    booking, photo = portal.own.ids["bookingId"], portal.own.ids["selectionId"]
    assert api.patch(f"/bookings/{booking}/photo-selections/{photo}", {"isEdited": True}).status == 200

    shown = portal.api.get(f"/portal/bookings/{booking}").body

    assert [(p["id"], p["isEdited"]) for p in shown["photoSelections"]] == [(photo, True)]
    assert portal.api.get(f"/portal/bookings/{booking}/photo-selections").body["data"] == shown["photoSelections"]


def test_a_booking_says_whether_photos_may_be_chosen(portal: Portal) -> None:
    rows = portal.api.get("/portal/bookings?sort=sessionDate").body["data"]

    assert [(row["status"], row["selectionState"]) for row in rows] == [
        ("SCHEDULED", "OPEN"),
        ("COMPLETED", "AWAITED"),
        ("COMPLETED", "FINAL"),
        ("COMPLETED", "FINAL"),
        ("COMPLETED", "FINAL"),
    ]


def test_the_editing_that_a_client_sees_is_in_review_sent_back_or_delivered(api: ApiClient, portal: Portal) -> None:
    job = portal.own.ids["editingJobId"]

    def states() -> list[str]:
        return sorted(row["state"] for row in portal.api.get("/portal/editing-jobs").body["data"])

    assert states() == ["DELIVERED", "IN_REVIEW"]
    assert api.post(f"/editing-jobs/{job}/revisions", {"note": "Straighten the horizon."}).status == 201
    assert states() == ["DELIVERED", "REVISION_REQUESTED"]
    assert api.patch(f"/editing-jobs/{job}", {"status": "IN_PROGRESS"}).status == 200
    assert states() == ["DELIVERED"]
    assert portal.api.get(f"/portal/editing-jobs/{job}").status == 404


def test_of_the_revisions_of_a_job_a_client_reads_those_they_have_asked_for(portal: Portal) -> None:
    job = portal.api.get(f"/portal/editing-jobs/{portal.own.ids['editingJobId']}").body

    assert [revision["note"] for revision in job["revisions"]] == ["Warmer tones, please."]


def test_bookings_and_invoices_are_found_by_their_work_package(conn: Connection, api: ApiClient, make: Factory) -> None:
    package = make.work_package()
    contact = api.by_token(sign_in_contact(conn, package["clientId"]))
    booking = make.booking(clientId=package["clientId"], workPackageId=package["id"])
    make.booking(clientId=package["clientId"], sessionDate=instant(2))

    found = contact.get("/portal/bookings", query_string={"workPackageId": package["id"]}).body["data"]

    assert [row["id"] for row in found] == [booking["id"]]
    assert contact.get(f"/portal/work-packages/{package['id']}").body["name"] == package["name"]


# The first page


def test_the_first_page_says_what_is_owed_what_comes_next_and_what_waits(portal: Portal) -> None:
    page = portal.api.get("/portal/dashboard").body

    assert [(balance["count"], balance["balanceDue"], balance["overdueCount"]) for balance in page["openBalances"]] == [
        (1, "8100.00", 0)
    ]
    assert [row["id"] for row in page["nextInvoices"]] == [portal.own.ids["invoiceId"]]
    assert page["overdueInvoices"] == []
    assert [row["id"] for row in page["upcomingBookings"]] == [portal.own.ids["bookingId"]]
    assert [row["selectionState"] for row in page["awaitedSelections"]] == ["AWAITED"]
    assert [row["id"] for row in page["jobsInReview"]] == [portal.own.ids["editingJobId"]]


def test_what_is_owed_is_summed_for_each_currency(conn: Connection, api: ApiClient, make: Factory) -> None:
    client_id = make.client()["id"]
    contact = api.by_token(sign_in_contact(conn, client_id))
    for currency, due in (("EUR", "2020-01-02"), ("EUR", "2100-01-01"), ("JPY", "2100-01-01")):
        invoice = make.sent_invoice(clientId=client_id, issueDate="2020-01-01", dueDate=due)
        conn.execute("update invoices set currency = %s where id = %s", [currency, invoice["id"]])

    balances = contact.get("/portal/dashboard").body["openBalances"]

    assert balances == [
        {"currency": "EUR", "count": 2, "balanceDue": "200.00", "overdueCount": 1, "overdueAmount": "100.00"},
        {"currency": "JPY", "count": 1, "balanceDue": "100.00", "overdueCount": 0, "overdueAmount": "0.00"},
    ]


@pytest.mark.parametrize(
    ("path", "most"), [("/portal/dashboard", 6), ("/portal/invoices?include=total", 2), ("/portal/me", 1)]
)
def test_the_portal_asks_as_many_queries_however_much_there_is(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    asked: list[str] = []
    run = QueryAdapter._run

    def counted(self: QueryAdapter, conn: Connection, query_name: str, sql: str, parameters: Any) -> Any:
        asked.append(query_name)
        return run(self, conn, query_name, sql, parameters)

    monkeypatch.setattr(QueryAdapter, "_run", counted)

    assert portal.api.get(path).status == 200

    assert asked[:2] == ["identity.get_session_caller", "platform.configure_portal_session"]
    assert len(asked) <= 2 + most
    assert all(name.startswith("portal.") for name in asked[2:])
