"""What a subscription brings: the credits of a period, once, however often and by whomever that is asked for."""

from dataclasses import dataclass
from decimal import Decimal

from photolens.classes import wording
from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql
from photolens.platform.actions.notifications import Notice
from photolens.stripe_subscriptions import Period


@dataclass(frozen=True)
class Paid:
    """What was paid for a period, and by which invoice of the provider's; where nothing is charged, there is none."""

    amount: Decimal | None = None
    currency: str | None = None
    stripe_invoice_id: str | None = None


def grant_period(conn: Connection, subscription: Row, period: Period, paid: Paid) -> list[Notice]:
    """Give what a subscription brings for a period, until that ends; nothing where it has. What is to be told of it.

    The subscription is locked. Locks: the balance.
    """
    grant_id = sql.classes.insert_subscription_grant(
        conn,
        subscription_id=subscription["id"],
        period_start=period.start,
        period_end=period.end,
        credits=subscription["credits_per_period"],
        amount=paid.amount,
        currency=paid.currency,
        stripe_invoice_id=paid.stripe_invoice_id,
    )
    if grant_id is None:
        return []
    sql.classes.refresh_subscription_period(conn, subscription_id=subscription["id"])
    ledger.deposit(
        conn,
        subscription["user_id"],
        "GRANT",
        Decimal(subscription["credits_per_period"]),
        expires_at=period.end,
        subscription_grant_id=grant_id,
    )
    return [
        Notice(
            subscription["user_id"],
            "CREDITS_GRANTED",
            *wording.grant_notice(subscription),
            "SUBSCRIPTION",
            subscription["id"],
        )
    ]


def change_notice(status: str, subscription: Row) -> Notice:
    """What its subscriber is told of what a locked subscription has come to."""
    title, body = wording.subscription_notice(status, subscription)
    return Notice(subscription["user_id"], "SUBSCRIPTION_CHANGED", title, body, "SUBSCRIPTION", subscription["id"])
