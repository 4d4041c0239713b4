"""What the provider's word on a subscription comes to: one function, whoever brings it, how often, in whatever order.

What is kept is what does not depend on the order: the newest period that was paid, the newest whose payment failed,
that its page is over, that it has ended. What it is follows from these (`rules.subscription_status`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from photolens.classes import rules
from photolens.classes.actions.grants import Paid, change_notice, grant_period
from photolens.currencies import from_minor_units, money_mismatch, to_minor_units
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.notifications import Notice, notify
from photolens.stripe_gateway import CheckoutSession
from photolens.stripe_subscriptions import Subscription, SubscriptionInvoice

PERIODICAL = ("subscription_create", "subscription_cycle")


@dataclass(frozen=True)
class News:
    """What is told of one subscription: by which names it is found, and whatever is known of it now."""

    reference: UUID | None
    stripe_subscription_id: str | None = None
    session: CheckoutSession | None = None
    paid: SubscriptionInvoice | None = None
    unpaid_from: datetime | None = None
    is_over: bool = False
    is_cancelled: bool = False
    ends_with_period: bool = False
    told_at: datetime | None = None


def settle_session(conn: Connection, session: CheckoutSession, *, is_cancelled: bool = False) -> bool:
    """Note what has become of a page to subscribe on; cancelled, it is not to come to anything. As `settle`."""
    is_closed = session.status == "expired"
    news = News(
        session.reference,
        session.subscription_id,
        session,
        is_over=is_closed,
        is_cancelled=is_closed and is_cancelled,
    )
    return settle(conn, news)


def settle_paid(conn: Connection, invoice: SubscriptionInvoice) -> bool:
    """Grant what an invoice has paid for; one that is for no period of its own grants nothing. As `settle`."""
    is_periodical = invoice.billing_reason in PERIODICAL
    if is_periodical and invoice.subscription_id is not None and invoice.period is None:
        raise LookupError("An invoice of a subscription for a period has no line of one.")
    return settle(conn, News(invoice.reference, invoice.subscription_id, paid=invoice if is_periodical else None))


def settle_unpaid(conn: Connection, invoice: SubscriptionInvoice) -> bool:
    """Note that the payment for a period has failed. As `settle`."""
    is_periodical = invoice.billing_reason in PERIODICAL and invoice.period is not None
    unpaid_from = invoice.period.start if invoice.period is not None and is_periodical else None
    return settle(conn, News(invoice.reference, invoice.subscription_id, unpaid_from=unpaid_from))


def settle_subscription(conn: Connection, subscription: Subscription, told_at: datetime) -> bool:
    """Note what a subscription was at the provider's when that told so, to the second. As `settle`."""
    news = News(
        subscription.reference,
        subscription.id,
        unpaid_from=subscription.period_start if subscription.status in ("past_due", "unpaid") else None,
        is_over=subscription.status == "incomplete_expired",
        is_cancelled=subscription.status == "canceled",
        ends_with_period=subscription.cancel_at_period_end,
        told_at=told_at,
    )
    return settle(conn, news)


def settle(conn: Connection, news: News) -> bool:
    """Note what is told of a subscription, and grant what is paid for; False where it is none of ours.

    Money that is not what was agreed grants nothing. Of two that would be live, the one that is stays so, but where
    nobody has paid for it; the other one is granted what it has paid for. Either is flagged for a person to look at.

    Locks: the user's subscriptions by id, balance, inbox.
    """
    with conn.transaction():
        ours = sql.classes.get_subscription_of_stripe(
            conn,
            stripe_session_id=None if news.session is None else news.session.id,
            stripe_subscription_id=news.stripe_subscription_id,
            reference=news.reference,
        )
        if ours is None:
            return False
        of_user = sql.classes.lock_subscriptions_of_user(conn, user_id=ours["userId"])
        subscription = next(row for row in of_user if row["id"] == ours["id"])
        mismatch = None if news.paid is None else _mismatch(subscription, news.paid)
        notices: list[Notice] = []
        if news.paid is not None and mismatch is None:
            notices = _grant(conn, subscription, news.paid)
        changed = _changed(subscription, news, is_granted=news.paid is not None and mismatch is None)
        reasons = [] if mismatch is None else [mismatch]
        if not _has_room(conn, of_user, subscription, changed["status"]):
            changed["status"] = subscription["status"]
            reasons.append("SECOND_SUBSCRIPTION")
        changed["needs_review"] = subscription["needs_review"] or bool(reasons)
        _keep(conn, subscription, changed, news)
        if reasons and not subscription["needs_review"]:
            _flag(conn, subscription, reasons, news.paid)
        notify(conn, [*notices, *_told_of(subscription, changed)])
        return True


def _mismatch(subscription: Row, invoice: SubscriptionInvoice) -> str | None:
    expected = to_minor_units(subscription["price"], subscription["currency"])
    return money_mismatch((expected, subscription["currency"]), (invoice.amount_paid, invoice.currency))


def _grant(conn: Connection, subscription: Row, invoice: SubscriptionInvoice) -> list[Notice]:
    assert invoice.period is not None
    amount = from_minor_units(invoice.amount_paid, invoice.currency)
    return grant_period(conn, subscription, invoice.period, Paid(amount, invoice.currency, invoice.id))


def _changed(subscription: Row, news: News, *, is_granted: bool) -> dict[str, Any]:
    """What a subscription is, and what is known of it, with the news."""
    start = news.paid.period.start if is_granted and news.paid and news.paid.period else None
    paid_from = _of(max, subscription["current_period_start"], start)
    unpaid_from = _of(max, subscription["unpaid_from"], news.unpaid_from)
    known, told = subscription["told_at"], news.told_at
    ends_with_period = subscription["ends_with_period"]
    if told is not None and (known is None or told > known):
        ends_with_period = news.ends_with_period
    elif told is not None and told == known:
        ends_with_period = ends_with_period or news.ends_with_period
    return {
        "status": rules.subscription_status(
            subscription["status"],
            paid_from=paid_from,
            unpaid_from=unpaid_from,
            is_over=news.is_over,
            is_cancelled=news.is_cancelled,
        ),
        "anchored_at": _of(min, subscription["anchored_at"], start),
        "unpaid_from": unpaid_from,
        "ends_with_period": ends_with_period,
        "told_at": _of(max, known, told),
    }


def _of(choose: Any, *instants: datetime | None) -> datetime | None:
    chosen: datetime | None = choose((instant for instant in instants if instant is not None), default=None)
    return chosen


def _has_room(conn: Connection, of_user: Sequence[Row], subscription: Row, status: str) -> bool:
    """Whether a subscription can have this status: what else is live of its user makes room where nobody has paid."""
    if status not in rules.LIVE:
        return True
    rival = next((row for row in of_user if row["id"] != subscription["id"] and row["status"] in rules.LIVE), None)
    if rival is None:
        return True
    if rival["status"] != "INCOMPLETE" or rival["stripe_subscription_id"] is not None:
        return False
    sql.classes.mark_subscriptions_ended(conn, subscription_ids=[rival["id"]], status="EXPIRED")
    return True


def _keep(conn: Connection, subscription: Row, changed: dict[str, Any], news: News) -> None:
    session = news.session
    sql.classes.update_subscription(
        conn,
        subscription_id=subscription["id"],
        stripe_session_id=None if session is None else session.id,
        stripe_subscription_id=news.stripe_subscription_id,
        url=None if session is None else session.url,
        expires_at=None if session is None else session.expires_at,
        **changed,
    )


def _flag(conn: Connection, subscription: Row, reasons: list[str], invoice: SubscriptionInvoice | None) -> None:
    """Ask a person to look at a subscription, and say why."""
    details = {
        "reasons": reasons,
        "amountMinor": None if invoice is None else invoice.amount_paid,
        "currency": None if invoice is None else invoice.currency,
    }
    record_activity(conn, "SUBSCRIPTION_NEEDS_REVIEW", "SUBSCRIPTION", subscription["id"], details=details)


def _told_of(subscription: Row, changed: dict[str, Any]) -> list[Notice]:
    """What the subscriber is told: of a page that nobody has paid on, nothing."""
    status = changed["status"]
    notices = []
    if status != subscription["status"] and status in ("ACTIVE", "PAST_DUE", "CANCELLED"):
        notices.append(change_notice(status, subscription))
    is_new = changed["ends_with_period"] and not subscription["ends_with_period"]
    if is_new and status in rules.LIVE:
        notices.append(change_notice("ENDING", subscription))
    return notices


def now_to_the_second() -> datetime:
    """When an answer of the provider's was made, as its events tell the time."""
    return datetime.now(UTC).replace(microsecond=0)
