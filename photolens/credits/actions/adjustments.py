"""What administrators correct of a user's credits."""

from decimal import Decimal
from uuid import UUID

from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql


def adjust_credits(conn: Connection, user_id: UUID, amount: Decimal, reason: str) -> Row:
    """Give a user credits that do not expire, or take some from what expires first; for a reason that is kept.

    Gives the row of the ledger. Locks: the balance. Problems: `not_found`, `insufficient_credits`.
    """
    with conn.transaction():
        if amount > 0:
            adjustment = ledger.deposit(conn, user_id, "ADJUSTMENT", amount, expires_at=None, reason=reason)
        else:
            adjustment = ledger.withdraw(conn, user_id, "ADJUSTMENT", -amount, reason=reason)
        row: Row = sql.credits.get_credit_transaction(conn, transaction_id=adjustment)
        return row
