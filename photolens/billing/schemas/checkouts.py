"""The JSON of checkouts: how invoices are being paid online."""

from photolens.database import sql
from photolens.fields import Choice, Id, Instant, Money, Output, Text, Uuid
from photolens.paging import ListArguments, Order, sort_field

CHECKOUT_STATUSES = ("OPEN", "CREATING", "EXPIRED", "PROCESSING", "FAILED", "PAID")


class Checkout(Output):
    """A page of the provider on which an invoice, or a milestone of it, is or was to be paid."""

    id = Uuid()
    invoice_id = Id()
    milestone_id = Id(nullable=True)
    contact_id = Id()
    contact_name = Text(200, example="Noor Haddad", metadata={"description": "Who opened it."})
    amount = Money(metadata={"description": "What was asked for."})
    currency = Text(3, example="USD")
    status = Choice(*CHECKOUT_STATUSES)
    stripe_session_id = Text(255, nullable=True, example="cs_live_a1b2c3")
    stripe_payment_intent_id = Text(255, nullable=True, example="pi_3Pq9")
    stripe_customer_id = Text(255, nullable=True, example="cus_Q7x2")
    expires_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class CheckoutList(ListArguments):
    """Orders of an invoice's checkouts."""

    orders = {"-createdAt": Order(sql.billing.list_checkouts_by_created_at_desc, "createdAt")}
    count = sql.billing.count_checkouts
    sort = sort_field(orders)
