"""The JSON of payments."""

from photolens.database import sql
from photolens.fields import Id, Input, Instant, Money, Output, Text
from photolens.paging import ListArguments, Order, sort_field


class PaymentInput(Input):
    """Money that came in."""

    amount = Money(positive=True, required=True)
    paid_at = Instant(metadata={"description": "Without one, now."})
    method = Text(60, nullable=True, load_default=None, example="Bank transfer")
    notes = Text(5000, nullable=True, load_default=None, example="First half.")
    payment_account_id = Id(nullable=True, load_default=None)


class Payment(Output):
    """Money that came in for an invoice."""

    id = Id()
    invoice_id = Id()
    amount = Money()
    paid_at = Instant()
    method = Text(60, nullable=True, example="Bank transfer")
    notes = Text(5000, nullable=True, example="First half.")
    payment_account_id = Id(nullable=True)
    payment_account_name = Text(100, nullable=True, example="Business checking")
    refunded_amount = Money(example="0.00")
    recorded_by = Text(200, example="Dana Kowalski")
    created_at = Instant()


class PaymentList(ListArguments):
    """Orders of an invoice's payments."""

    orders = {
        "-paidAt": Order(sql.billing.list_payments_by_paid_at_desc, "paidAt"),
        "paidAt": Order(sql.billing.list_payments_by_paid_at, "paidAt"),
    }
    count = sql.billing.count_payments
    sort = sort_field(orders)
