"""Subscriptions that an administrator grants: nothing is charged for them, and the clock renews them."""

from uuid import UUID

from photolens.classes.actions.grants import Paid, change_notice, grant_period
from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.notifications import Notice, notify
from photolens.problems import found, invalid
from photolens.stripe_subscriptions import Period

BATCH = 50


def grant_subscription(conn: Connection, user_id: UUID, plan_id: int) -> Row:
    """Give a user a subscription from now on, and what it brings for its first period.

    Locks: balance, inbox. Problems: `invalid`, `not_found`, `already_subscribed`.
    """
    with conn.transaction():
        plan = sql.classes.get_plan(conn, plan_id=plan_id, sees_all=True)
        if plan is None:
            raise invalid("/planId", "names no plan")
        made = sql.classes.insert_granted_subscription(conn, user_id=user_id, plan_id=plan_id)
        subscription_id: int = found(made, "user", user_id)["id"]
        of_user = sql.classes.lock_subscriptions_of_user(conn, user_id=user_id)
        subscription = next(row for row in of_user if row["id"] == subscription_id)
        notices = grant_period(conn, subscription, Period(made["periodStart"], made["periodEnd"]), Paid())
        record_activity(conn, "SUBSCRIPTION_GRANTED", "SUBSCRIPTION", subscription_id, details={"name": plan["name"]})
        notify(conn, [change_notice("ACTIVE", subscription), *notices])
        row: Row = sql.classes.get_subscription(conn, viewing_user_id=None, subscription_id=subscription_id)
        return row


def renew_due(conn: Connection, after_id: int) -> list[int]:
    """Renew a batch of those whose period is over, or end them where that was wished; gives their ids.

    What is granted is the period that it is now: what nobody was there to renew has passed.

    Locks: the subscriptions by id, without waiting, then the balances and the inboxes of their users.
    """
    with conn.transaction():
        due: list[Row] = sql.classes.lock_due_subscriptions(conn, after_id=after_id, limit=BATCH)
        ending = [subscription for subscription in due if subscription["ends_with_period"]]
        renewed = [subscription for subscription in due if not subscription["ends_with_period"]]
        ledger.lock_balances(conn, (subscription["user_id"] for subscription in renewed))
        notices: list[Notice] = []
        for subscription in renewed:
            period = Period(subscription["period_start"], subscription["period_end"])
            notices += grant_period(conn, subscription, period, Paid())
        ids = [subscription["id"] for subscription in ending]
        sql.classes.mark_subscriptions_ended(conn, subscription_ids=ids, status="CANCELLED")
        notify(conn, notices + [change_notice("CANCELLED", subscription) for subscription in ending])
        return [subscription["id"] for subscription in due]
