"""Milestones: the parts an invoice is to be paid in, and how money is put on them."""

from typing import Any

import psycopg
import pytest

from photolens.database import Connection, sql
from photolens.invariants import broken_invariants
from tests.billing.checkouts import begin_checkout
from tests.client import Answer, ApiClient
from tests.factories import Factory


def parts(*amounts: str) -> dict[str, Any]:
    """The body of a PUT: a milestone of each amount."""
    return {"milestones": [{"label": f"Part {n}", "expectedAmount": a} for n, a in enumerate(amounts, 1)]}


def shares(*percents: float) -> dict[str, Any]:
    return {"milestones": [{"label": f"Part {n}", "percent": p} for n, p in enumerate(percents, 1)]}


class Plans:
    """Invoices that are to be paid in parts."""

    def __init__(self, api: ApiClient, make: Factory) -> None:
        self._api = api
        self._make = make

    def put(self, invoice: dict[str, Any], plan: dict[str, Any]) -> Answer:
        return self._api.put(f"/invoices/{invoice['id']}/milestones", plan)

    def sent(self, *amounts: str) -> dict[str, Any]:
        """A sent invoice of 100.00 in these parts, whole."""
        invoice = self._make.sent_invoice("100.00")
        assert self.put(invoice, parts(*amounts)).status == 200
        return self.read(invoice)

    def read(self, invoice: dict[str, Any]) -> dict[str, Any]:
        whole: dict[str, Any] = self._api.get(f"/invoices/{invoice['id']}").body
        return whole

    def paid(self, invoice: dict[str, Any]) -> list[tuple[str, str]]:
        """What has been paid of each part, and how it is called."""
        return [(m["paidAmount"], m["status"]) for m in self.read(invoice)["milestones"]]


@pytest.fixture
def plans(api: ApiClient, make: Factory) -> Plans:
    return Plans(api, make)


def test_milestones_are_kept_in_order_and_shown_with_their_invoice(api: ApiClient, make: Factory, plans: Plans) -> None:
    invoice = make.invoice("100.00")
    first = {"label": "Deposit", "description": "Holds the date.", "expectedDate": "2027-03-01"}
    plan = [first | {"expectedAmount": "30.00"}, {"label": "Rest", "expectedAmount": "70.00"}]

    put = plans.put(invoice, {"milestones": plan})

    made = put.body["data"]
    assert [m["position"] for m in made] == [1, 2]
    assert made[0].items() >= (plan[0] | {"paidAmount": "0.00", "status": "PENDING"}).items()
    assert (made[1]["description"], made[1]["expectedDate"]) == (None, None)
    listed = api.get(f"/invoices/{invoice['id']}/milestones")
    assert (listed.body, listed.headers["ETag"]) == (put.body, put.headers["ETag"])
    assert plans.read(invoice)["milestones"] == made
    assert api.get(f"/invoices/{invoice['id']}/milestones/{made[0]['id']}").body == made[0]


@pytest.mark.parametrize(
    ("total", "percents", "amounts"),
    [
        ("100.00", (33.333, 33.333, 33.334), ["33.33", "33.34", "33.33"]),
        ("0.05", (50, 50), ["0.03", "0.02"]),
        ("1999.99", (12.5, 37.5, 50), ["250.00", "750.00", "999.99"]),
    ],
)
def test_percents_always_come_to_the_total(
    make: Factory, plans: Plans, total: str, percents: tuple[float, ...], amounts: list[str]
) -> None:
    put = plans.put(make.invoice(total), shares(*percents))

    assert [m["expectedAmount"] for m in put.body["data"]] == amounts


def test_an_amount_and_percents_of_the_total_may_stand_beside_each_other(make: Factory, plans: Plans) -> None:
    plan = {"milestones": [{"label": "Deposit", "expectedAmount": "25.00"}, {"label": "Rest", "percent": 75}]}

    assert [m["expectedAmount"] for m in plans.put(make.invoice("100.00"), plan).body["data"]] == ["25.00", "75.00"]


@pytest.mark.parametrize(
    ("plan", "difference", "words"),
    [
        (parts("30.00", "60.00"), "-10.00", "They come to 90.00, which is 10.00 less than the total of 100.00."),
        (parts("100.01"), "0.01", "They come to 100.01, which is 0.01 more than the total of 100.00."),
        (shares(50, 49.99), "-0.01", "They come to 99.99, which is 0.01 less than the total of 100.00."),
    ],
)
def test_milestones_that_do_not_come_to_the_total_are_refused(
    make: Factory, plans: Plans, plan: dict[str, Any], difference: str, words: str
) -> None:
    invoice = make.invoice("100.00")

    refused = plans.put(invoice, plan)

    assert (refused.status, refused.body["code"]) == (409, "milestones_do_not_add_up")
    assert (refused.body["difference"], refused.body["detail"]) == (difference, words)
    assert plans.read(invoice) == invoice


@pytest.mark.parametrize(
    ("milestone", "field"),
    [
        ({"label": "Neither"}, "expectedAmount"),
        ({"label": "Both", "expectedAmount": "1.00", "percent": 1}, "expectedAmount"),
        ({"label": "Nothing", "expectedAmount": "0.00"}, "expectedAmount"),
        ({"label": "Nothing", "percent": 0}, "percent"),
        ({"label": "Too fine", "percent": 0.0001}, "percent"),
        ({"label": " ", "percent": 100}, "label"),
    ],
)
def test_a_milestone_is_an_amount_or_a_percent(
    make: Factory, plans: Plans, milestone: dict[str, Any], field: str
) -> None:
    refused = plans.put(make.invoice(), {"milestones": [milestone]})

    assert refused.status == 422
    assert [error["pointer"] for error in refused.body["errors"]] == [f"/milestones/0/{field}"]


def test_a_cent_is_not_split(make: Factory, plans: Plans) -> None:
    refused = plans.put(make.invoice("0.01"), shares(50, 50))

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/milestones")


def test_milestones_are_replaced_all_together_and_removed_by_none(plans: Plans, api: ApiClient) -> None:
    invoice = plans.sent("50.00", "30.00", "20.00")

    replaced = plans.put(invoice, parts("60.00", "40.00")).body["data"]
    removed = plans.put(invoice, parts()).body["data"]

    assert [(m["label"], m["expectedAmount"]) for m in replaced] == [("Part 1", "60.00"), ("Part 2", "40.00")]
    assert removed == []
    assert plans.read(invoice)["milestones"] == []


def test_a_milestone_that_somebody_had_begun_to_pay_is_not_removed(plans: Plans, conn: Connection) -> None:
    invoice = plans.sent("50.00", "50.00")
    begin_checkout(conn, invoice, invoice["milestones"][1]["id"])
    conn.execute("update checkout_sessions set status = 'EXPIRED'")

    refused = plans.put(invoice, parts("100.00"))
    replaced = plans.put(invoice, parts("10.00", "90.00"))

    assert (refused.status, refused.body["code"]) == (409, "invoice_frozen")
    assert replaced.status == 200


def test_the_total_of_an_invoice_with_milestones_stands(api: ApiClient, make: Factory, plans: Plans) -> None:
    booking = make.booking()
    invoice = make.invoice("60.00", "40.00", clientId=booking["clientId"], bookingId=booking["id"])
    expense = make.expense(bookingId=booking["id"])
    plans.put(invoice, shares(100))
    before = plans.read(invoice)
    path = f"/invoices/{invoice['id']}"
    item = f"{path}/items/{invoice['items'][0]['id']}"

    refused = [
        api.patch(path, {"discountAmount": "1.00"}),
        api.patch(path, {"taxRate": 7}),
        api.post(f"{path}/items", {"name": "Print", "unitPrice": "1.00"}),
        api.patch(item, {"quantity": 2}),
        api.delete(item),
        api.post(f"/expenses/{expense['id']}/bill"),
    ]

    assert [(answer.status, answer.body["code"]) for answer in refused] == [(409, "milestones_fixed")] * 6
    assert plans.read(invoice) == before
    assert api.patch(item, {"name": "Another name"}).status == 200


def test_words_and_date_of_a_milestone_change_until_its_invoice_is_settled(
    api: ApiClient, make: Factory, plans: Plans
) -> None:
    invoice = plans.sent("30.00", "70.00")
    path = f"/invoices/{invoice['id']}/milestones/{invoice['milestones'][0]['id']}"
    words = {"label": "Deposit", "description": "By bank.", "expectedDate": "2027-01-31"}
    make.payment(invoice, "30.00")

    changed = api.patch(path, words)
    amount = api.patch(path, {"expectedAmount": "1.00"})
    make.payment(invoice, "70.00")
    settled = api.patch(path, {"label": "Too late"})

    assert changed.body.items() >= (words | {"expectedAmount": "30.00", "status": "PAID"}).items()
    assert (amount.status, amount.body["errors"][0]["pointer"]) == (422, "/expectedAmount")
    assert (settled.status, settled.body["code"]) == (409, "invoice_frozen")


def test_a_milestone_of_another_invoice_is_not_there(api: ApiClient, make: Factory, plans: Plans) -> None:
    milestone = plans.sent("100.00")["milestones"][0]
    path = f"/invoices/{make.invoice()['id']}/milestones/{milestone['id']}"

    assert [api.get(path).status, api.patch(path, {"label": "Mine"}).status] == [404, 404]


def test_a_void_invoice_keeps_its_milestones(api: ApiClient, plans: Plans) -> None:
    invoice = plans.sent("40.00", "60.00")

    voided = api.post(f"/invoices/{invoice['id']}/void").body

    assert [m["expectedAmount"] for m in voided["milestones"]] == ["40.00", "60.00"]


@pytest.mark.parametrize(
    "statement",
    [
        "update invoice_milestones set expected_amount = 59 where position = 1",
        "delete from invoice_milestones where position = 2",
        "insert into invoice_milestones (invoice_id, position, label, expected_amount) "
        "select id, 3, 'More', 1 from invoices",
        "update invoices set subtotal = 101, total_amount = 101, balance_due = 101",
    ],
)
def test_the_database_has_the_last_word_on_what_milestones_come_to(
    plans: Plans, conn: Connection, statement: str
) -> None:
    plans.sent("60.00", "40.00")
    conn.execute("set constraints all immediate")

    with pytest.raises(psycopg.errors.CheckViolation) as refused, conn.transaction():
        conn.execute(statement.encode())

    assert refused.value.diag.constraint_name == "invoice_milestones_add_up"


# Money


def test_money_goes_to_the_milestone_it_names_first_then_to_the_others_in_order(make: Factory, plans: Plans) -> None:
    invoice = plans.sent("30.00", "40.00", "30.00")
    first, second, third = (m["id"] for m in invoice["milestones"])

    payment = make.payment(invoice, "60.00", milestoneId=second)

    assert payment["milestoneId"] == second
    assert payment["allocations"] == [
        {"milestoneId": second, "amount": "40.00"},
        {"milestoneId": first, "amount": "20.00"},
    ]
    assert plans.paid(invoice) == [("20.00", "PARTIAL"), ("40.00", "PAID"), ("0.00", "PENDING")]
    rest = make.payment(invoice, "40.00")
    assert rest["allocations"] == [{"milestoneId": first, "amount": "10.00"}, {"milestoneId": third, "amount": "30.00"}]
    assert plans.read(invoice)["status"] == "PAID"
    assert plans.read(invoice)["payments"] == [rest, payment]


def test_money_for_an_invoice_without_milestones_is_split_over_none(make: Factory) -> None:
    payment = make.payment(make.sent_invoice("100.00"), "60.00")

    assert (payment["allocations"], payment["milestoneId"]) == ([], None)
    assert (payment["currency"], payment["refundedAmount"], payment["paidByContactId"]) == ("USD", "0.00", None)
    assert (payment["stripeSessionId"], payment["stripePaymentIntentId"]) == (None, None)


def test_a_payment_names_a_milestone_of_its_own_invoice(api: ApiClient, make: Factory, plans: Plans) -> None:
    milestone = plans.sent("100.00")["milestones"][0]["id"]
    other = make.sent_invoice("100.00")

    refused = api.post(f"/invoices/{other['id']}/payments", {"amount": "1.00", "milestoneId": milestone})

    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/milestoneId")


def test_what_is_above_all_milestones_is_put_on_none(make: Factory, plans: Plans, conn: Connection) -> None:
    from photolens.billing.actions.invoices import lock_invoice
    from photolens.billing.actions.payments import book_payment

    invoice = plans.sent("60.00", "40.00")
    conn.execute("update invoices set needs_review = true where id = %(id)s", invoice)
    taken = dict.fromkeys(
        ("milestone_id", "paid_at", "method", "notes", "payment_account_id", "paid_by_contact_id")
    ) | {"stripe_session_id": "cs_1", "stripe_payment_intent_id": "pi_1", "amount": 120, "recorded_by": "Stripe"}

    book_payment(conn, lock_invoice(conn, invoice["id"]), taken)

    whole = plans.read(invoice)
    assert [a["amount"] for a in whole["payments"][0]["allocations"]] == ["60.00", "40.00"]
    assert (whole["overpaidAmount"], whole["balanceDue"], whole["status"]) == ("20.00", "0.00", "PAID")
    assert (whole["stripeCheckoutSessionId"], whole["stripePaymentIntentId"]) == ("cs_1", "pi_1")
    assert broken_invariants(conn) == []


def test_what_a_refund_took_from_a_milestone_is_expected_again(make: Factory, plans: Plans, conn: Connection) -> None:
    invoice = plans.sent("60.00", "40.00")
    make.refund(make.payment(invoice, "80.00"), "30.00")

    refunded = plans.paid(invoice)
    conn.execute("update refunds set status = 'FAILED'")
    sql.billing.refresh_invoice_milestones(conn, invoice_id=invoice["id"])

    assert refunded == [("50.00", "PARTIAL"), ("0.00", "PENDING")]
    assert plans.paid(invoice) == [("60.00", "PAID"), ("20.00", "PARTIAL")]
    assert plans.read(invoice)["payments"][0]["refundedAmount"] == "0.00"
