"""Credits that administrators give."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from photolens.credits.actions import ledger
from photolens.database import Connection, Row, sql
from photolens.platform.actions.notifications import Notice, notify
from photolens.problems import invalid


def grant_credits(conn: Connection, user_id: UUID, credits: Decimal, expires_at: datetime | None, reason: str) -> Row:
    """Give a user credits that last until then, or for ever; for a reason that is kept.

    Gives the row of the ledger. Locks: the balance, inbox. Problems: `invalid`.
    """
    if expires_at is not None and expires_at <= datetime.now(UTC):
        raise invalid("/expiresAt", "is not after now")
    with conn.transaction():
        if sql.credits.get_balance(conn, user_id=user_id) is None:
            raise invalid("/userId", "names no user")
        granted = ledger.deposit(conn, user_id, "GRANT", credits, expires_at=expires_at, reason=reason)
        words = "1 credit" if credits == 1 else f"{credits.normalize():f} credits"
        notify(conn, [Notice(user_id, "CREDITS_GRANTED", f"{words} for you", f"The studio has given you {words}.")])
        row: Row = sql.credits.get_credit_transaction(conn, transaction_id=granted)
        return row
