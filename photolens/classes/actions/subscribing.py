"""How somebody subscribes: what they want is kept, then asked of the provider, then settled as it answers.

Nothing is asked of the provider inside a transaction. Whoever opens or ends a page of one user does so one at a time,
under a lock that is no transaction's; what is left half done by a crash or a time-out, the next one takes up.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from photolens import stripe_gateway as gateway
from photolens import stripe_subscriptions
from photolens.classes import rules
from photolens.classes.actions.grants import change_notice
from photolens.classes.actions.settlement import now_to_the_second, settle_session, settle_subscription
from photolens.classes.problems import ALREADY_SUBSCRIBED
from photolens.config import current_settings
from photolens.currencies import to_minor_units
from photolens.database import Connection, Row, holding, sql
from photolens.idempotency import KEY_REUSED
from photolens.platform.actions.notifications import notify
from photolens.problems import Problem, found, invalid
from photolens.studios import address_of_studio


@dataclass(frozen=True)
class Wish:
    """Who wants to subscribe to what, and under which key."""

    user_id: UUID
    plan_id: int
    idempotency_key: str | None


def open_subscription(conn: Connection, wish: Wish) -> int:
    """A page of the provider on which to subscribe; gives the subscription's id. One for each user.

    One that is open for the same terms is given again; one for others is ended first, and if somebody has just paid on
    it, that holds. If the provider refuses, the subscription is EXPIRED; if nobody knows, it stays INCOMPLETE without a
    page, and the next wish takes it up: there is one session however often that goes wrong.

    Locks: the user's advisory lock; in transactions of their own, as `settle`. Problems: `invalid`,
    `already_subscribed`, `amount_not_payable`, `idempotency_key_reused`, and the gateway's.
    """
    with holding(sql.classes.lock_subscribing, user_id=wish.user_id):
        subscription, is_current = _keep(conn, wish)
        if not is_current:
            _end_page(conn, subscription, is_cancelled=False)
            subscription, is_current = _keep(conn, wish)
        if not is_current:
            raise _already_subscribed()
        if subscription["status"] == "INCOMPLETE" and subscription["stripeSessionId"] is None:
            _create(conn, subscription)
        subscription_id: int = subscription["id"]
        return subscription_id


def cancel_subscription(conn: Connection, user_id: UUID, subscription_id: int) -> None:
    """End a user's subscription with the period that it is in; one that nobody has paid, at once. Done again, nothing.

    The provider, where it is one of theirs, is told once all is committed, and what it answers is noted.

    Locks: the user's advisory lock; in transactions of their own, as `settle`. Problems: `not_found`, and the
    gateway's.
    """
    with holding(sql.classes.lock_subscribing, user_id=user_id):
        subscription = _own(conn, user_id, subscription_id)
        if subscription["status"] == "INCOMPLETE" and subscription["stripeSubscriptionId"] is None:
            _end_page(conn, subscription, is_cancelled=True)
            subscription = _own(conn, user_id, subscription_id)
        if subscription["status"] == "CANCELLED" or subscription["endsWithPeriod"]:
            return
        if subscription["stripeSubscriptionId"] is not None:
            told = stripe_subscriptions.end_with_period(subscription["stripeSubscriptionId"])
            settle_subscription(conn, told, now_to_the_second())
        elif subscription["status"] in rules.LIVE:
            _let_end(conn, user_id, subscription_id)


def _already_subscribed() -> Problem:
    return ALREADY_SUBSCRIBED("One subscription at a time: cancel the one there is.")


def _keep(conn: Connection, wish: Wish) -> tuple[Row, bool]:
    """The subscription of a wish, committed before anybody is asked, and whether it is what the plan offers now."""
    key = {"user_id": wish.user_id, "idempotency_key": wish.idempotency_key}
    with conn.transaction():
        sql.classes.mark_subscription_key_free(conn, **key)
        kept = sql.classes.get_subscription_of_key(conn, **key)
        if kept is not None:
            if kept["planId"] != wish.plan_id:
                raise KEY_REUSED("Send every new request under a key of its own.")
            return kept, True
        plan = sql.classes.get_plan(conn, plan_id=wish.plan_id, sees_all=False)
        if plan is None:
            raise invalid("/planId", "names no plan that is offered")
        gateway.require_api_key()
        to_minor_units(plan["price"], plan["currency"])  # refuses what cannot be paid
        present = sql.classes.get_live_subscription(conn, user_id=wish.user_id)
        if present is None:
            sql.classes.insert_stripe_subscription(conn, **key, plan_id=wish.plan_id)
            present = sql.classes.get_live_subscription(conn, user_id=wish.user_id)
        if present["status"] != "INCOMPLETE" or present["stripeSubscriptionId"] is not None:
            raise _already_subscribed()
        return present, rules.is_as_offered(present, plan) and not present["isOver"]


def _create(conn: Connection, subscription: Row) -> None:
    """Ask the provider for the page of a subscription that is kept, and note it. What is asked follows from the row."""
    gateway.require_api_key()  # without one, nothing is refused: it is taken up again
    page = f"{address_of_studio(current_settings().app_url)}/subscription"
    try:
        session = stripe_subscriptions.create_subscription_session(
            reference=str(subscription["reference"]),
            amount_minor=to_minor_units(subscription["price"], subscription["currency"]),
            currency=subscription["currency"],
            interval=subscription["interval"].lower(),
            name=subscription["planName"],
            customer_email=subscription["email"],
            success_url=f"{page}?session_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=page,
        )
    except Problem as problem:
        if problem.kind is not gateway.PAYMENTS_UNAVAILABLE:
            sql.classes.mark_subscription_refused(conn, subscription_id=subscription["id"])
        raise
    settle_session(conn, session)


def _end_page(conn: Connection, subscription: Row, *, is_cancelled: bool) -> None:
    """See to it that nobody pays on a page any more, or note that somebody has: it is EXPIRED, or CANCELLED.

    What the provider knows nothing of, nobody can pay: one that was never created, or is of another account.
    """
    if subscription["stripeSessionId"] is not None:
        try:
            session = gateway.expire_checkout_session(subscription["stripeSessionId"]).session
        except Problem as problem:
            if problem.kind is not gateway.PAYMENT_REFUSED:
                raise
        else:
            settle_session(conn, session, is_cancelled=is_cancelled)
            return
    status = "CANCELLED" if is_cancelled else "EXPIRED"
    sql.classes.mark_subscriptions_ended(conn, subscription_ids=[subscription["id"]], status=status)


def _own(conn: Connection, user_id: UUID, subscription_id: int) -> Row:
    row = sql.classes.get_subscription_to_end(conn, user_id=user_id, subscription_id=subscription_id)
    subscription: Row = found(row, "subscription", subscription_id)
    return subscription


def _let_end(conn: Connection, user_id: UUID, subscription_id: int) -> None:
    """Let what an administrator has granted end with its period. Locks: the user's subscriptions, inbox."""
    with conn.transaction():
        of_user: list[dict[str, Any]] = sql.classes.lock_subscriptions_of_user(conn, user_id=user_id)
        subscription = next(row for row in of_user if row["id"] == subscription_id)
        if subscription["status"] in rules.LIVE:
            sql.classes.mark_subscription_ending(conn, subscription_id=subscription_id)
            notify(conn, [change_notice("ENDING", subscription)])
