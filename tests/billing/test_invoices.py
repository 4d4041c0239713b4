"""The life of an invoice: drafted, issued under its number, paid, overdue, voided; and the lists it stands in."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from photolens.database import Connection, sql
from tests.client import ApiClient
from tests.factories import Factory

LONG_AGO = {"issueDate": "2020-01-01", "dueDate": "2020-01-15"}
STATUSES = ("DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "OVERDUE and paid on", "VOID")

OF_THE_WHOLE = {
    *("items", "milestones", "payments"),
    *("stripeCheckoutSessionId", "stripeCustomerId", "stripePaymentIntentId"),
}

InvoiceIn = Callable[..., dict[str, Any]]


@pytest.fixture
def invoice_in(api: ApiClient, make: Factory) -> InvoiceIn:
    """Makes an invoice of 100.00 that has come to a status; OVERDUE also with some of it paid."""

    def invoice_in(status: str, **fields: Any) -> dict[str, Any]:
        if status.startswith("OVERDUE"):
            fields |= LONG_AGO
        invoice = make.invoice("100.00", **fields)
        path = f"/invoices/{invoice['id']}"
        if status not in ("DRAFT", "VOID"):
            assert api.post(f"{path}/send").status == 200
        paid = {"PARTIALLY_PAID": "40.00", "PAID": "100.00", "OVERDUE and paid on": "40.00"}.get(status)
        if paid is not None:
            make.payment(invoice, paid)
        if status == "VOID":
            assert api.post(f"{path}/void").status == 200
        now: dict[str, Any] = api.get(path).body
        assert now["status"] == status.split()[0]
        return now

    return invoice_in


def today(conn: Connection) -> date:
    """The studio's date, in the transaction that the test shares with the application."""
    row = conn.execute("select studio_today() as today").fetchone()
    assert row is not None
    day: date = row["today"]
    return day


def set_settings(api: ApiClient, **changes: Any) -> None:
    settings = {k: v for k, v in api.get("/settings").body.items() if k != "updatedAt"}
    assert api.put("/settings", settings | changes).status == 200


def numbers(api: ApiClient, query: str) -> list[int]:
    """The ids of a list."""
    answer = api.get(f"/invoices?{query}")
    assert answer.status == 200, answer.body
    return [row["id"] for row in answer.body["data"]]


# Drafts


def test_a_draft_has_no_number_and_owes_what_its_items_come_to(api: ApiClient, make: Factory) -> None:
    client = make.client(avatarUrl="https://images.example/c.jpg")

    draft = make.invoice("100.00", "25.50", clientId=client["id"])

    assert (draft["status"], draft["invoiceNumber"]) == ("DRAFT", None)
    assert (draft["totalAmount"], draft["balanceDue"]) == ("125.50", "125.50")
    assert [item["position"] for item in draft["items"]] == [1, 2]
    assert draft["payments"] == []
    assert (draft["clientName"], draft["clientEmail"]) == (client["name"], client["email"])
    assert draft["clientAvatarUrl"] == "https://images.example/c.jpg"
    assert api.get(f"/invoices/{draft['id']}").body == draft


def test_a_draft_may_be_empty(make: Factory) -> None:
    draft = make.invoice(items=[])

    assert (draft["items"], draft["totalAmount"], draft["balanceDue"]) == ([], "0.00", "0.00")


def test_an_invoice_is_issued_today_and_due_as_the_settings_say(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    set_settings(api, currency="EUR", defaultDueDays=30)

    draft = make.invoice()

    assert draft["currency"] == "EUR"
    assert draft["issueDate"] == today(conn).isoformat()
    assert draft["dueDate"] == (today(conn) + timedelta(days=30)).isoformat()


def test_the_default_due_date_counts_from_the_issue_date(make: Factory) -> None:
    assert make.invoice(issueDate="2027-02-20")["dueDate"] == "2027-03-06"


def test_an_invoice_keeps_the_currency_it_was_made_out_in(api: ApiClient, make: Factory) -> None:
    draft = make.invoice()

    set_settings(api, currency="EUR")

    assert api.get(f"/invoices/{draft['id']}").body["currency"] == "USD"


def test_an_invoice_may_be_due_on_the_day_it_is_issued(make: Factory) -> None:
    assert make.invoice(issueDate="2027-03-01", dueDate="2027-03-01")["dueDate"] == "2027-03-01"


def test_a_due_date_before_the_issue_date_is_refused(api: ApiClient, make: Factory) -> None:
    draft = make.invoice(issueDate="2027-03-01", dueDate="2027-03-15")

    refused = [
        api.post("/invoices", {"clientId": draft["clientId"], "issueDate": "2027-03-02", "dueDate": "2027-03-01"}),
        api.patch(f"/invoices/{draft['id']}", {"dueDate": "2027-02-28"}),
        api.patch(f"/invoices/{draft['id']}", {"issueDate": "2027-03-16"}),
    ]

    assert [(answer.status, answer.body["errors"][0]["pointer"]) for answer in refused] == [(422, "/dueDate")] * 3
    assert api.get(f"/invoices/{draft['id']}").body == draft


def test_an_invoice_of_a_client_who_is_not_there_is_refused(api: ApiClient) -> None:
    refused = api.post("/invoices", {"clientId": 999})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/clientId"]


def test_an_invoice_never_changes_its_client(api: ApiClient, make: Factory) -> None:
    draft = make.invoice()

    refused = api.patch(f"/invoices/{draft['id']}", {"clientId": make.client()["id"]})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == ["/clientId"]


def test_a_booking_is_billed_to_its_own_client(api: ApiClient, make: Factory) -> None:
    foreign = make.booking()
    client = make.client()
    draft = make.invoice(clientId=client["id"])

    refused = [
        api.post("/invoices", {"clientId": client["id"], "bookingId": foreign["id"]}),
        api.post("/invoices", {"clientId": client["id"], "bookingId": 999_999}),
        api.patch(f"/invoices/{draft['id']}", {"bookingId": foreign["id"]}),
    ]

    assert [(answer.status, answer.body["errors"][0]["pointer"]) for answer in refused] == [(422, "/bookingId")] * 3
    assert api.get(f"/invoices/{draft['id']}").body["bookingId"] is None


def test_a_booking_shows_its_newest_invoice_that_still_counts(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    fields = {"clientId": booking["clientId"], "bookingId": booking["id"]}
    kept, taken_back = make.sent_invoice(**fields), make.sent_invoice(**fields)
    newest = api.get(f"/bookings/{booking['id']}").body

    api.post(f"/invoices/{taken_back['id']}/void")
    after = api.get(f"/bookings/{booking['id']}").body

    assert (newest["invoiceId"], newest["invoiceNumber"]) == (taken_back["id"], taken_back["invoiceNumber"])
    assert (after["invoiceId"], after["invoiceNumber"]) == (kept["id"], kept["invoiceNumber"])


def test_an_invoice_can_be_tied_to_a_booking_later_and_let_go_again(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    draft = make.invoice(clientId=booking["clientId"])

    tied = api.patch(f"/invoices/{draft['id']}", {"bookingId": booking["id"]}).body
    let_go = api.patch(f"/invoices/{draft['id']}", {"bookingId": None}).body

    assert (tied["bookingId"], let_go["bookingId"]) == (booking["id"], None)
    assert (tied["dueDate"], let_go["dueDate"]) == (draft["dueDate"], draft["dueDate"])


def test_a_deleted_draft_is_gone_with_its_items(api: ApiClient, make: Factory) -> None:
    draft = make.invoice("10.00")

    deleted = api.delete(f"/invoices/{draft['id']}")

    assert deleted.status == 204
    assert api.get(f"/invoices/{draft['id']}").status == 404
    assert api.get(f"/invoices/{draft['id']}/items/{draft['items'][0]['id']}").status == 404
    assert api.delete(f"/invoices/{draft['id']}").status == 404


@pytest.mark.parametrize("letting_go", ["delete", "void"])
def test_a_draft_taken_out_of_the_books_lets_its_expenses_go(api: ApiClient, make: Factory, letting_go: str) -> None:
    booking = make.booking()
    invoice = make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    expense = make.expense(bookingId=booking["id"])
    api.post(f"/expenses/{expense['id']}/bill")

    if letting_go == "delete":
        api.delete(f"/invoices/{invoice['id']}")
    else:
        api.post(f"/invoices/{invoice['id']}/void")

    assert api.get(f"/expenses/{expense['id']}").body["billedInvoiceId"] is None
    next_invoice = make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    assert api.post(f"/expenses/{expense['id']}/bill").body["billedInvoiceId"] == next_invoice["id"]


# Numbers


def test_numbers_follow_the_order_of_sending(api: ApiClient, make: Factory) -> None:
    drafts = [make.invoice() for _ in range(3)]

    sent = [api.post(f"/invoices/{draft['id']}/send").body["invoiceNumber"] for draft in reversed(drafts)]

    assert sent == ["INV-00001", "INV-00002", "INV-00003"]


def test_a_number_carries_the_prefix_of_the_day_it_is_given(api: ApiClient, make: Factory) -> None:
    before = make.sent_invoice()
    draft = make.invoice()

    set_settings(api, invoicePrefix="LH/2027-")
    after = api.post(f"/invoices/{draft['id']}/send").body

    assert after["invoiceNumber"] == "LH/2027-00002"
    assert api.get(f"/invoices/{before['id']}").body["invoiceNumber"] == "INV-00001"


def test_a_number_may_outgrow_its_five_digits(make: Factory, conn: Connection) -> None:
    conn.execute("update invoice_counter set last_sequence = 99999")

    assert make.sent_invoice()["invoiceNumber"] == "INV-100000"


def test_a_refused_sending_uses_up_no_number(api: ApiClient, make: Factory, conn: Connection) -> None:
    empty = make.invoice(items=[])
    sent = make.sent_invoice()

    refused = [api.post(f"/invoices/{empty['id']}/send"), api.post(f"/invoices/{sent['id']}/send")]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [
        (409, "invoice_empty"),
        (409, "illegal_transition"),
    ]
    assert make.sent_invoice()["invoiceNumber"] == "INV-00002"


def test_a_number_that_is_rolled_back_is_given_again(make: Factory, conn: Connection) -> None:
    draft = make.invoice()
    with conn.transaction(force_rollback=True):
        number = sql.billing.lock_invoice_counter(conn)["last_sequence"] + 1
        sql.billing.update_invoice_counter(conn, last_sequence=number)
        sql.billing.mark_invoice_sent(conn, invoice_id=draft["id"], invoice_sequence=number)

    assert make.sent_invoice()["invoiceNumber"] == "INV-00001"


def test_a_void_invoice_keeps_its_number(api: ApiClient, make: Factory) -> None:
    sent = make.sent_invoice()

    void = api.post(f"/invoices/{sent['id']}/void").body

    assert (void["status"], void["invoiceNumber"]) == ("VOID", "INV-00001")
    assert (void["totalAmount"], void["balanceDue"]) == ("100.00", "0.00")
    assert make.sent_invoice()["invoiceNumber"] == "INV-00002"


def test_a_draft_that_is_voided_never_gets_a_number(api: ApiClient, make: Factory) -> None:
    void = api.post(f"/invoices/{make.invoice()['id']}/void").body

    assert (void["status"], void["invoiceNumber"]) == ("VOID", None)
    assert make.sent_invoice()["invoiceNumber"] == "INV-00001"


# Statuses


def test_an_invoice_goes_from_draft_to_paid(api: ApiClient, make: Factory) -> None:
    invoice = make.invoice("90.00")
    path = f"/invoices/{invoice['id']}"
    seen = [invoice["status"]]

    seen.append(api.post(f"{path}/send").body["status"])
    make.payment(invoice, "45.00")
    seen.append(api.get(path).body["status"])
    make.payment(invoice, "45.00")
    seen.append(api.get(path).body["status"])

    assert seen == ["DRAFT", "SENT", "PARTIALLY_PAID", "PAID"]


def test_an_invoice_sent_after_its_due_date_is_overdue(invoice_in: InvoiceIn) -> None:
    overdue = invoice_in("OVERDUE")

    assert (overdue["status"], overdue["isOverdue"]) == ("OVERDUE", True)


def test_an_overdue_invoice_stays_overdue_until_it_is_paid_in_full(
    api: ApiClient, make: Factory, invoice_in: InvoiceIn
) -> None:
    invoice = invoice_in("OVERDUE")

    make.payment(invoice, "60.00")
    part = api.get(f"/invoices/{invoice['id']}").body
    make.payment(invoice, "40.00")
    whole = api.get(f"/invoices/{invoice['id']}").body

    assert (part["status"], part["balanceDue"], part["isOverdue"]) == ("OVERDUE", "40.00", True)
    assert (whole["status"], whole["balanceDue"], whole["isOverdue"]) == ("PAID", "0.00", False)


def test_on_its_due_date_an_invoice_is_not_overdue_yet(api: ApiClient, make: Factory, conn: Connection) -> None:
    day = today(conn)
    early = (day - timedelta(days=10)).isoformat()

    due_today = make.sent_invoice(issueDate=early, dueDate=day.isoformat())
    due_yesterday = make.sent_invoice(issueDate=early, dueDate=(day - timedelta(days=1)).isoformat())

    assert (due_today["status"], due_today["isOverdue"]) == ("SENT", False)
    assert (due_yesterday["status"], due_yesterday["isOverdue"]) == ("OVERDUE", True)


def test_the_calendar_makes_an_invoice_overdue_before_anybody_touches_it(
    api: ApiClient, make: Factory, conn: Connection
) -> None:
    invoice = make.sent_invoice(issueDate="2020-01-01", dueDate="2100-01-01")
    conn.execute("update invoices set due_date = '2020-01-15' where id = %s", [invoice["id"]])

    assert api.get(f"/invoices/{invoice['id']}").body["isOverdue"] is True
    assert numbers(api, "overdue=true") == [invoice["id"]]


@pytest.mark.parametrize("status", ["DRAFT", "PAID", "VOID"])
def test_only_an_issued_invoice_with_a_balance_can_be_overdue(invoice_in: InvoiceIn, status: str) -> None:
    assert invoice_in(status, **LONG_AGO)["isOverdue"] is False


@pytest.mark.parametrize(
    ("status", "due_later"),
    [
        ("DRAFT", "DRAFT"),
        ("SENT", "SENT"),
        ("PARTIALLY_PAID", "PARTIALLY_PAID"),
        ("OVERDUE and paid on", "PARTIALLY_PAID"),
    ],
)
def test_a_due_date_that_moves_takes_the_status_along(
    api: ApiClient, invoice_in: InvoiceIn, status: str, due_later: str
) -> None:
    invoice = invoice_in(status, issueDate="2020-01-01", dueDate="2100-01-01")
    path = f"/invoices/{invoice['id']}"

    later = api.patch(path, {"dueDate": "2100-01-01"}).body["status"]
    past = api.patch(path, {"dueDate": "2020-01-02"}).body["status"]
    cleared = api.patch(path, {"dueDate": None}).body

    assert later == due_later
    assert past == ("DRAFT" if status == "DRAFT" else "OVERDUE")
    assert (cleared["status"], cleared["dueDate"]) == (due_later, None)


def test_an_invoice_that_comes_to_nothing_is_paid_when_it_is_sent(make: Factory) -> None:
    assert make.sent_invoice("0.00")["status"] == "PAID"


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "DRAFT"])
def test_only_a_draft_can_be_sent(api: ApiClient, invoice_in: InvoiceIn, status: str) -> None:
    invoice = invoice_in(status)

    refused = api.post(f"/invoices/{invoice['id']}/send")

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


@pytest.mark.parametrize("status", ["DRAFT", "SENT", "OVERDUE"])
def test_an_invoice_without_money_can_be_voided(api: ApiClient, invoice_in: InvoiceIn, status: str) -> None:
    invoice = invoice_in(status)

    void = api.post(f"/invoices/{invoice['id']}/void")

    assert (void.status, void.body["status"], void.body["balanceDue"]) == (200, "VOID", "0.00")
    assert void.body["invoiceNumber"] == invoice["invoiceNumber"]


@pytest.mark.parametrize("status", ["PARTIALLY_PAID", "PAID", "OVERDUE and paid on", "VOID"])
def test_an_invoice_with_money_on_it_or_void_already_cannot_be_voided(
    api: ApiClient, invoice_in: InvoiceIn, status: str
) -> None:
    invoice = invoice_in(status)

    refused = api.post(f"/invoices/{invoice['id']}/void")

    assert (refused.status, refused.body["code"]) == (409, "illegal_transition")
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


@pytest.mark.parametrize("status", [status for status in STATUSES if status != "DRAFT"])
def test_an_issued_invoice_is_never_deleted(api: ApiClient, invoice_in: InvoiceIn, status: str) -> None:
    invoice = invoice_in(status)

    refused = api.delete(f"/invoices/{invoice['id']}")

    assert (refused.status, refused.body["code"]) == (409, "invoice_issued")
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


@pytest.mark.parametrize("status", ["PAID", "VOID"])
def test_a_settled_invoice_is_frozen(api: ApiClient, invoice_in: InvoiceIn, status: str) -> None:
    invoice = invoice_in(status)

    refused = api.patch(f"/invoices/{invoice['id']}", {"dueDate": "2100-01-01"})

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


@pytest.mark.parametrize("status", ["SENT", "PARTIALLY_PAID", "OVERDUE"])
def test_once_it_is_issued_its_booking_and_issue_date_stand(
    api: ApiClient, make: Factory, invoice_in: InvoiceIn, status: str
) -> None:
    client = make.client()
    invoice = invoice_in(status, clientId=client["id"])
    booking = make.booking(clientId=client["id"])

    refused = [
        api.patch(f"/invoices/{invoice['id']}", {"bookingId": booking["id"]}),
        api.patch(f"/invoices/{invoice['id']}", {"issueDate": "2019-12-31"}),
    ]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "invoice_frozen")] * 2
    assert api.get(f"/invoices/{invoice['id']}").body == invoice


def test_an_invoice_that_bills_an_expense_keeps_its_booking(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    draft = make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    api.post(f"/expenses/{make.expense(bookingId=booking['id'])['id']}/bill")

    refused = api.patch(f"/invoices/{draft['id']}", {"bookingId": None})

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")
    assert api.get(f"/invoices/{draft['id']}").body["bookingId"] == booking["id"]


@pytest.mark.parametrize("status", STATUSES)
def test_sending_what_is_there_already_changes_nothing(api: ApiClient, invoice_in: InvoiceIn, status: str) -> None:
    invoice = invoice_in(status)
    deeds = api.get("/activities").body

    answer = api.patch(f"/invoices/{invoice['id']}", {"dueDate": invoice["dueDate"], "bookingId": None})

    assert (answer.status, answer.body) == (200, invoice)
    assert api.get("/activities").body == deeds


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_never_written_by_the_caller(api: ApiClient, invoice_in: InvoiceIn, status: str) -> None:
    invoice = invoice_in(status)

    for name in ("status", "totalAmount", "balanceDue", "invoiceNumber", "currency"):
        refused = api.patch(f"/invoices/{invoice['id']}", {name: invoice[name]})
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, f"/{name}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/invoices/999"),
        ("PATCH", "/invoices/999"),
        ("DELETE", "/invoices/999"),
        ("POST", "/invoices/999/send"),
        ("POST", "/invoices/999/void"),
        ("GET", "/invoices/999/payments"),
    ],
)
def test_an_invoice_that_is_not_there_is_404(api: ApiClient, method: str, path: str) -> None:
    answer = api.request(method, path, {"dueDate": "2100-01-01"} if method == "PATCH" else None)

    assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_what_happens_to_an_invoice_is_in_the_feed(api: ApiClient, make: Factory) -> None:
    client = make.client()
    sent = make.sent_invoice("60.00", clientId=client["id"])
    api.patch(f"/invoices/{sent['id']}", {"dueDate": "2100-01-01"})
    api.post(f"/invoices/{sent['id']}/void")
    draft = make.invoice(clientId=client["id"])
    api.delete(f"/invoices/{draft['id']}")

    deeds = api.get(f"/activities?clientId={client['id']}&subjectType=INVOICE").body["data"]

    assert [(deed["kind"], deed["subjectId"]) for deed in deeds] == [
        ("INVOICE_DELETED", draft["id"]),
        ("INVOICE_CREATED", draft["id"]),
        ("INVOICE_VOIDED", sent["id"]),
        ("INVOICE_CHANGED", sent["id"]),
        ("INVOICE_SENT", sent["id"]),
        ("INVOICE_CREATED", sent["id"]),
    ]
    assert deeds[4]["details"] == {"invoiceNumber": "INV-00001", "totalAmount": "60.00"}


# Lists


def test_invoices_are_listed_newest_first(api: ApiClient, make: Factory) -> None:
    days = ("2027-03-02", "2027-03-01", "2027-03-03", "2027-03-02")
    ids = [make.invoice(issueDate=day)["id"] for day in days]

    assert numbers(api, "") == [ids[2], ids[3], ids[0], ids[1]]
    assert numbers(api, "sort=issueDate") == [ids[1], ids[0], ids[3], ids[2]]


def test_an_invoice_without_a_due_date_sorts_as_due_last(api: ApiClient, make: Factory) -> None:
    early, late, never = (make.invoice(issueDate="2027-03-01", dueDate=f"2027-03-{day}") for day in (10, 20, 15))
    api.patch(f"/invoices/{never['id']}", {"dueDate": None})

    assert numbers(api, "sort=dueDate") == [early["id"], late["id"], never["id"]]
    assert numbers(api, "sort=-dueDate") == [never["id"], late["id"], early["id"]]


@pytest.mark.parametrize("sort", ["issueDate", "-issueDate", "dueDate", "-dueDate"])
def test_pages_of_invoices_neither_skip_nor_repeat(api: ApiClient, make: Factory, sort: str) -> None:
    client = make.client()
    for n in range(9):
        invoice = make.invoice(clientId=client["id"], issueDate=f"2027-03-0{1 + n // 2}")
        if n % 3 == 0:
            api.patch(f"/invoices/{invoice['id']}", {"dueDate": None})
    whole = numbers(api, f"sort={sort}")

    seen: list[int] = []
    cursor = ""
    while cursor is not None:
        page = api.get(f"/invoices?sort={sort}&limit=2{cursor and f'&cursor={cursor}'}").body
        seen += [row["id"] for row in page["data"]]
        cursor = page["nextCursor"]

    assert len(set(seen)) == 9
    assert seen == whole


@pytest.mark.parametrize("status", ["DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "VOID"])
def test_invoices_are_found_by_status(api: ApiClient, invoice_in: InvoiceIn, status: str) -> None:
    made = {each: invoice_in(each)["id"] for each in ("DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "OVERDUE", "VOID")}

    assert numbers(api, f"status={status}") == [made[status]]


def test_overdue_finds_what_is_past_due_and_its_opposite_the_rest(api: ApiClient, invoice_in: InvoiceIn) -> None:
    made = {status: invoice_in(status)["id"] for status in STATUSES}
    overdue = {made["OVERDUE"], made["OVERDUE and paid on"]}

    assert set(numbers(api, "overdue=true")) == overdue
    assert set(numbers(api, "overdue=false")) == set(made.values()) - overdue


def test_invoices_are_found_by_client_and_by_booking(api: ApiClient, make: Factory) -> None:
    booking = make.booking()
    tied = make.invoice(clientId=booking["clientId"], bookingId=booking["id"])
    loose = make.invoice(clientId=booking["clientId"])
    make.invoice()

    assert set(numbers(api, f"clientId={booking['clientId']}")) == {tied["id"], loose["id"]}
    assert numbers(api, f"bookingId={booking['id']}") == [tied["id"]]
    assert numbers(api, "clientId=999999") == []


def test_from_and_to_are_days_of_issue_and_both_are_included(api: ApiClient, make: Factory) -> None:
    ids = {day: make.invoice(issueDate=f"2027-03-0{day}")["id"] for day in (1, 2, 3, 4)}

    assert numbers(api, "from=2027-03-02&to=2027-03-03&sort=issueDate") == [ids[2], ids[3]]
    assert numbers(api, "from=2027-03-04") == [ids[4]]
    assert numbers(api, "to=2027-03-01") == [ids[1]]
    assert numbers(api, "from=2027-03-03&to=2027-03-02") == []


def test_the_search_looks_at_number_and_client_name(api: ApiClient, make: Factory) -> None:
    emma = make.client(name="Emma Chen")
    draft = make.invoice(clientId=emma["id"])
    sent = make.sent_invoice(clientId=make.client(name="Noah 100% Berg")["id"])

    assert numbers(api, "q=emma") == [draft["id"]]
    assert numbers(api, "q=inv-00001") == [sent["id"]]
    assert numbers(api, "q=100%25") == [sent["id"]]
    assert numbers(api, "q=emma_chen") == []
    assert numbers(api, "q=nobody") == []


def test_filters_work_together_and_the_total_counts_what_they_leave(api: ApiClient, make: Factory) -> None:
    client = make.client(name="Emma Chen")
    wanted = [make.sent_invoice(clientId=client["id"])["id"] for _ in range(3)]
    make.invoice(clientId=client["id"])
    make.sent_invoice()

    page = api.get(f"/invoices?clientId={client['id']}&status=SENT&q=chen&overdue=false&limit=2&include=total").body

    assert [row["id"] for row in page["data"]] == wanted[:0:-1]
    assert page["total"] == 3


def test_a_row_of_the_list_is_the_invoice_without_items_and_payments(api: ApiClient, make: Factory) -> None:
    invoice = make.sent_invoice()
    whole = api.get(f"/invoices/{invoice['id']}").body

    [row] = api.get("/invoices").body["data"]

    assert row == {name: value for name, value in whole.items() if name not in OF_THE_WHOLE}


# The database has the last word


def test_the_database_refuses_a_balance_below_zero(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")

    with pytest.raises(psycopg.errors.CheckViolation) as refused, conn.transaction():
        conn.execute("update invoices set balance_due = -0.01 where id = %s", [invoice["id"]])

    assert refused.value.diag.constraint_name == "invoices_balance_not_negative"


def test_the_database_refuses_an_overpayment_that_nobody_checked(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "60.00")
    conn.execute(
        "insert into payments (invoice_id, currency, amount, recorded_by) values (%s, 'USD', 40.01, 'a bug')",
        [invoice["id"]],
    )

    with pytest.raises(psycopg.errors.CheckViolation) as refused, conn.transaction():
        sql.billing.refresh_invoice(conn, invoice_id=invoice["id"])

    assert refused.value.diag.constraint_name == "invoices_overpaid_is_reviewed"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("status = 'PAID'", "invoices_status_fits_balance"),
        ("balance_due = 10", "invoices_status_fits_balance"),
        ("balance_due = 100.01", "invoices_balance_within_total"),
        ("total_amount = -1", "invoices_balance_within_total"),
        ("invoice_number = null, invoice_sequence = null", "invoices_numbered_once_issued"),
        ("status = 'DRAFT'", "invoices_numbered_once_issued"),
        ("invoice_sequence = 1, invoice_number = 'INV-00009'", "invoices_invoice_sequence_key"),
        ("invoice_sequence = 9, invoice_number = 'INV-00001'", "invoices_invoice_number_key"),
        ("due_date = issue_date - 1", "invoices_due_after_issue"),
        ("currency = 'usd'", "invoices_currency_code"),
    ],
)
def test_the_database_refuses_an_invoice_that_cannot_be(
    make: Factory, conn: Connection, change: str, constraint: str
) -> None:
    make.sent_invoice("100.00")
    invoice = make.sent_invoice("100.00")

    with pytest.raises(psycopg.errors.IntegrityError) as refused, conn.transaction():
        conn.execute(f"update invoices set {change} where id = {invoice['id']}".encode())

    assert refused.value.diag.constraint_name == constraint


def test_the_database_keeps_an_invoice_that_was_paid_on(make: Factory, conn: Connection) -> None:
    invoice = make.sent_invoice("100.00")
    make.payment(invoice, "60.00")

    with pytest.raises(psycopg.errors.ForeignKeyViolation) as refused, conn.transaction():
        conn.execute("delete from invoices where id = %s", [invoice["id"]])

    assert refused.value.diag.constraint_name == "payments_invoice_fkey"
