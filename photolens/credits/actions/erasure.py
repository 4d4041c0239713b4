"""What becomes of the credits of people who are to be forgotten."""

from uuid import UUID

from photolens.database import Connection, sql


def forget_buyers(conn: Connection, user_ids: list[UUID], name: str) -> None:
    """Take out of what these users have bought and spent what may name them; ledger and balance stay.

    Reasons that were given become the name that is given. Locks: their purchases.
    """
    with conn.transaction():
        sql.credits.mark_purchases_erased(conn, user_ids=user_ids)
        sql.credits.mark_reasons_erased(conn, user_ids=user_ids, reason=name)
