"""What becomes of the subscriptions of people who are to be forgotten."""

from uuid import UUID

from photolens.database import Connection, sql


def forget_subscribers(conn: Connection, user_ids: list[UUID]) -> None:
    """Take out of what these users have subscribed to what may name them; what it brought stays in the ledger.

    Locks: their subscriptions.
    """
    sql.classes.mark_subscriptions_erased(conn, user_ids=user_ids)
