"""The JSON of credits."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Money, Output, Text, Uuid, WebAddress, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("PENDING", "COMPLETED", "FAILED")
KINDS = ("PURCHASE", "DEBIT", "REFUND", "GRANT", "EXPIRY", "ADJUSTMENT")

_TAKEN = re.compile(r"\s*-[0-9]")


class SignedAmount(Money):
    """An amount as text, of credits that are given, or with a `-` taken; never nothing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(positive=True, signed=True, example="2.50", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        is_taken = isinstance(value, str) and _TAKEN.match(value) is not None
        try:
            amount = super()._deserialize(value.replace("-", "", 1) if is_taken else value, attr, data, **kwargs)
        except ValidationError:
            raise ValidationError(
                'is not an amount other than zero with at most two decimals, such as "-2.50"'
            ) from None
        return -amount if is_taken else amount


class CreditProduct(Output):
    """So many credits, sold together."""

    credits = WholeNumber(1, 99999, example=20)
    price = Money(example="18.00")
    currency = Text(3, example="USD")


class CreditProducts(Output):
    """What is sold."""

    data = fields.List(fields.Nested(CreditProduct))


class PurchaseInput(Input):
    """What is to be bought: a product, named by its credits, so many times."""

    credits = WholeNumber(1, 99999, example=20, required=True)
    quantity = WholeNumber(1, 500, load_default=1)


class Purchase(Output):
    """Credits that are being bought, at `url` as long as they can be. COMPLETED, they are there, once."""

    id = Id()
    user_id = Uuid()
    product_credits = WholeNumber(1, 99999, example=20)
    quantity = WholeNumber(1, 500)
    amount = Money(example="18.00", metadata={"description": "What is asked for."})
    currency = Text(3, example="USD")
    credits_purchased = Money(example="20.00")
    status = Choice(*STATUSES)
    needs_review = Flag(
        metadata={
            "description": "Money came that is not what was asked for: nothing was credited, a person is to look."
        }
    )
    stripe_session_id = Text(255, nullable=True, example="cs_live_a1b2c3")
    url = WebAddress(nullable=True)
    expires_at = Instant(nullable=True)
    completed_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class PurchaseList(ListArguments):
    """Filters and orders of a user's purchases."""

    orders = {"-createdAt": Order(sql.credits.list_purchases_by_created_at_desc, "createdAt")}
    count = sql.credits.count_purchases
    sort = sort_field(orders)
    status = Choice(*STATUSES, load_default=None)


class Confirmation(Input):
    """The session with which the payment provider has sent somebody back."""

    session_id = Text(255, required=True, example="cs_live_a1b2c3")


class ConfirmedPurchase(Output):
    """A purchase, and what its buyer can spend now."""

    purchase = fields.Nested(Purchase)
    credits = Money(example="20.00")


class ExpiringCredits(Output):
    """Credits that expire together."""

    credits = Money(example="12.00")
    expires_at = Instant()


class Credits(Output):
    """What a user can spend now: credits, and of photos the free ones."""

    user_id = Uuid()
    credits = Money(example="20.00")
    free_used = WholeNumber(0, 2**31 - 1, example=1)
    free_left = WholeNumber(0, 2**31 - 1, example=2)
    expiring = fields.List(
        fields.Nested(ExpiringCredits), metadata={"description": "What expires next, soonest first."}
    )


class CreditTransaction(Output):
    """A row of the ledger: what came or went, why, and what there was after it."""

    id = Id()
    kind = Choice(*KINDS)
    delta = Money(signed=True, example="20.00")
    balance_after = Money(example="20.00")
    purchase_id = Id(nullable=True)
    photo_job_id = Id(nullable=True)
    session_booking_id = Id(nullable=True)
    subscription_grant_id = Id(nullable=True)
    reason = Text(500, nullable=True, example="One shoot was out of focus.")
    created_at = Instant()


class RecordedCreditTransaction(CreditTransaction):
    """A row of somebody's ledger, and who recorded it."""

    user_id = Uuid()
    recorded_by = Text(200, nullable=True, example="Theo Marchetti")


class CreditTransactionList(ListArguments):
    """Filters and orders of a user's ledger."""

    orders = {"-createdAt": Order(sql.credits.list_credit_transactions_by_created_at_desc, "createdAt")}
    count = sql.credits.count_credit_transactions
    sort = sort_field(orders)
    kind = Choice(*KINDS, load_default=None)


class CreditAdjustment(Input):
    """Credits that are given to a user or taken from them, and why."""

    amount = SignedAmount(required=True)
    reason = Text(500, required=True, example="One shoot was out of focus.")


class CreditGrantInput(Input):
    """Credits that are given to a user, until when they last, and why."""

    user_id = Uuid(required=True)
    credits = Money(positive=True, required=True, example="10.00")
    expires_at = Instant(
        nullable=True,
        load_default=None,
        example="2100-01-01T00:00:00Z",
        metadata={"description": "Without it, they do not expire."},
    )
    reason = Text(500, required=True, example="For a class that was cancelled.")
