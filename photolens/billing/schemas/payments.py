"""The JSON of payments."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Currency, Id, Input, Instant, Money, Output, Text
from photolens.paging import ListArguments, Order, sort_field


class PaymentInput(Input):
    """Money that came in."""

    amount = Money(positive=True, required=True)
    paid_at = Instant(metadata={"description": "Without one, now."})
    method = Text(60, nullable=True, load_default=None, example="Bank transfer")
    notes = Text(5000, nullable=True, load_default=None, example="First half.")
    payment_account_id = Id(nullable=True, load_default=None)
    milestone_id = Id(
        nullable=True,
        load_default=None,
        metadata={"description": "A milestone of this invoice, which the money is put on before the others."},
    )


class Allocation(Output):
    """What of a payment was put on a milestone, when it was booked."""

    milestone_id = Id()
    amount = Money()


class BookedPayment(Output):
    """Money that came in for an invoice."""

    id = Id()
    invoice_id = Id()
    milestone_id = Id(nullable=True)
    amount = Money()
    currency = Currency()
    paid_at = Instant()
    method = Text(60, nullable=True, example="Bank transfer")
    notes = Text(5000, nullable=True, example="First half.")
    payment_account_id = Id(nullable=True)
    payment_account_name = Text(100, nullable=True, example="Business checking")
    refunded_amount = Money(example="0.00")
    paid_by_contact_id = Id(nullable=True)
    paid_by_contact_name = Text(200, nullable=True, example="Noor Haddad")
    stripe_session_id = Text(255, nullable=True, example="cs_test_a1b2c3")
    stripe_payment_intent_id = Text(255, nullable=True, example="pi_3a1b2c3")
    recorded_by = Text(200, example="Dana Kowalski")
    created_at = Instant()


class Payment(BookedPayment):
    """Money that came in for an invoice, and how it was split over milestones."""

    allocations = fields.List(fields.Nested(Allocation))


class PaymentList(ListArguments):
    """Orders of an invoice's payments."""

    orders = {
        "-paidAt": Order(sql.billing.list_payments_by_paid_at_desc, "paidAt"),
        "paidAt": Order(sql.billing.list_payments_by_paid_at, "paidAt"),
    }
    count = sql.billing.count_payments
    sort = sort_field(orders)
