"""How credits move: each function adds one row to the ledger, moves lots, and leaves the balance that follows.

Every movement begins with the lock on the user's balance, so that a user's credits move one movement at a time. What
has expired is written off before anything else is done with a balance.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from photolens.access import current_actor
from photolens.credits.problems import INSUFFICIENT_CREDITS
from photolens.database import Connection, Row, sql
from photolens.problems import Problem, found

BATCH = 100

# What a movement may be for.
NOTHING = {"purchase_id": None, "photo_job_id": None, "session_booking_id": None, "subscription_grant_id": None}


def lock_balance(conn: Connection, user_id: UUID) -> Row:
    """A user's balance, locked, with nothing in it that has expired. In a transaction of the caller's.

    Locks: the balance. Problems: `not_found`.
    """
    found(sql.credits.lock_user_credits(conn, user_id=user_id), "user", user_id)
    expired = sql.credits.sum_expired_credits(conn, user_id=user_id)
    if expired > 0:
        transaction_id = _add(conn, user_id, "EXPIRY", -expired)
        sql.credits.insert_lot_expiries(conn, user_id=user_id, transaction_id=transaction_id)
        _refresh(conn, user_id, transaction_id)
    balance: Row = sql.credits.lock_user_credits(conn, user_id=user_id)
    return balance


def lock_balances(conn: Connection, user_ids: Iterable[UUID]) -> dict[UUID, Row]:
    """The balances of several users, by their ids, as `lock_balance` gives each.

    Locks: the balances, in the order of their users: whoever moves the credits of more than one begins with this.
    Problems: `not_found`.
    """
    people = sorted(set(user_ids))
    balances = {row["user_id"]: row for row in sql.credits.lock_balances_of_users(conn, user_ids=people)}
    for user_id in people:
        found(balances.get(user_id), "user", user_id)
    # Looked for once they are locked: what was spent meanwhile does not expire.
    for user in sql.credits.list_expired_users(conn, user_ids=people):
        balances[user["id"]] = lock_balance(conn, user["id"])
    return balances


def deposit(
    conn: Connection,
    user_id: UUID,
    kind: str,
    amount: Decimal,
    *,
    expires_at: datetime | None,
    purchase_id: int | None = None,
    subscription_grant_id: int | None = None,
    reason: str | None = None,
) -> int:
    """Give a user credits, as a lot of their own: bought (PURCHASE), granted (GRANT) or corrected (ADJUSTMENT).

    Gives the id of the transaction. Locks: the balance. Problems: `not_found`.
    """
    with conn.transaction():
        lock_balance(conn, user_id)
        what_for = {"purchase_id": purchase_id, "subscription_grant_id": subscription_grant_id}
        transaction_id = _add(conn, user_id, kind, amount, reason=reason, **what_for)
        sql.credits.insert_credit_lot(
            conn, user_id=user_id, transaction_id=transaction_id, amount=amount, expires_at=expires_at
        )
        _refresh(conn, user_id, transaction_id)
        return transaction_id


def withdraw(
    conn: Connection,
    user_id: UUID,
    kind: str,
    amount: Decimal,
    *,
    photo_job_id: int | None = None,
    session_booking_id: int | None = None,
    reason: str | None = None,
) -> int:
    """Take credits of a user, from what expires first: spent (DEBIT) or corrected (ADJUSTMENT).

    Gives the id of the transaction. Locks: the balance. Problems: `not_found`, `insufficient_credits` with the
    `shortfall`.
    """
    with conn.transaction():
        require_credits(lock_balance(conn, user_id), amount)
        what_for = {"photo_job_id": photo_job_id, "session_booking_id": session_booking_id}
        transaction_id = _add(conn, user_id, kind, -amount, reason=reason, **what_for)
        sql.credits.insert_lot_debits(conn, user_id=user_id, transaction_id=transaction_id, amount=amount)
        _refresh(conn, user_id, transaction_id)
        return transaction_id


def why_not_paid(balance: Row, amount: Decimal) -> Problem | None:
    """`insufficient_credits`, with the `shortfall`, unless a locked balance has as much."""
    shortfall = amount - balance["credits"]
    if shortfall <= 0:
        return None
    return INSUFFICIENT_CREDITS(
        f"It takes {amount:.2f} credits, which is {shortfall:.2f} more than there are.",
        shortfall=f"{shortfall:.2f}",
    )


def require_credits(balance: Row, amount: Decimal) -> None:
    """Raise what `why_not_paid` finds."""
    refusal = why_not_paid(balance, amount)
    if refusal is not None:
        raise refusal


def refund_photo_job(conn: Connection, photo_job_id: int) -> None:
    """Give back what a job was paid with, to the lots it came from; once. What has expired by now expires with them.

    The job is locked. Locks: the balance.
    """
    with conn.transaction():
        debit = sql.credits.get_debit_of_photo_job(conn, photo_job_id=photo_job_id)
        if debit is None or debit["isRefunded"]:
            return
        lock_balance(conn, debit["userId"])
        transaction_id = _add(conn, debit["userId"], "REFUND", -debit["delta"], photo_job_id=photo_job_id)
        sql.credits.insert_lot_refunds(conn, transaction_id=transaction_id, debit_id=debit["id"])
        _refresh(conn, debit["userId"], transaction_id)
        lock_balance(conn, debit["userId"])  # what came back to lots that have expired meanwhile goes at once


def refund_session_bookings(conn: Connection, payers: Mapping[int, UUID]) -> None:
    """Give back what places in a class were paid with, as `refund_photo_job` does, all at once; nothing where they cost
    nothing. `payers` is who has paid, by the booking: each of them once.

    Their session is locked. Locks: the balances, as `lock_balances`.
    """
    with conn.transaction():
        lock_balances(conn, payers.values())
        refunds = sql.credits.insert_session_refunds(conn, session_booking_ids=list(payers))
        sql.credits.insert_session_lot_refunds(conn, transaction_ids=refunds["transactionIds"])
        sql.credits.refresh_credit_lots(conn, transaction_ids=refunds["transactionIds"])
        sql.credits.refresh_user_credits(conn, user_ids=refunds["userIds"])
        lock_balances(conn, refunds["userIds"])  # as above


def write_off_expired(conn: Connection) -> None:
    """Write off all credits that have expired, user by user, each in a transaction of their own. Locks: the balance."""
    last: UUID | None = None
    while users := sql.credits.list_users_with_expired_credits(conn, after_id=last, limit=BATCH):
        for user in users:
            with conn.transaction():
                lock_balance(conn, user["id"])
        last = users[-1]["id"]


def _add(
    conn: Connection, user_id: UUID, kind: str, delta: Decimal, *, reason: str | None = None, **what_for: Any
) -> int:
    _, actor = current_actor()
    row = sql.credits.insert_credit_transaction(
        conn,
        **{**NOTHING, **what_for},
        user_id=user_id,
        kind=kind,
        delta=delta,
        reason=reason,
        recorded_by=None if reason is None else actor,
    )
    transaction_id: int = row["id"]
    return transaction_id


def _refresh(conn: Connection, user_id: UUID, transaction_id: int) -> None:
    sql.credits.refresh_credit_lots(conn, transaction_ids=[transaction_id])
    sql.credits.refresh_user_credits(conn, user_ids=[user_id])
