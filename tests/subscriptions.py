"""Subscriptions that somebody has, for tests that are not about how."""

from typing import Any

from photolens.database import Connection


def monthly_plan(conn: Connection) -> int:
    """A plan of ten credits a month, made once; gives its id."""
    conn.execute(
        "insert into subscription_plans (name, price, currency, credits_per_period)"
        " values ('Ten a month', 79, 'USD', 10) on conflict do nothing"
    )
    return _id(conn, "select id from subscription_plans where name = 'Ten a month'")


def subscribe(conn: Connection, user_id: Any) -> int:
    """A user has a subscription to it that an administrator has granted; gives its id."""
    return _id(
        conn,
        "insert into subscriptions ("
        " user_id, plan_id, source, status, price, currency, interval, credits_per_period, anchored_at"
        ") values (%s, %s, 'ADMIN', 'ACTIVE', 0, 'USD', 'MONTH', 10, now()) returning id",
        user_id,
        monthly_plan(conn),
    )


def _id(conn: Connection, statement: str, *parameters: Any) -> int:
    row = conn.execute(statement.encode(), parameters).fetchone()
    assert row is not None
    row_id: int = row["id"]
    return row_id
