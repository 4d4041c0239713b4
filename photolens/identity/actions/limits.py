"""How often somebody may try to get in: per account and per address, counted in PostgreSQL.

Counted before anything is looked at, in a statement that commits by itself: a try counts whatever becomes of it.
"""

import hashlib
from dataclasses import dataclass

from photolens import dry_run
from photolens.database import Connection, sql
from photolens.rate_limits import household_of, limited


@dataclass(frozen=True)
class Limit:
    """The most tries of one account, and of one address, within so many seconds."""

    action: str
    per_account: int
    per_address: int
    seconds: int


SIGN_IN = Limit("SIGN_IN", 10, 120, 900)
SIGN_UP = Limit("SIGN_UP", 30, 60, 3600)
SEND_LINK = Limit("SEND_LINK", 5, 30, 3600)
OPEN_LINK = Limit("OPEN_LINK", 20, 60, 3600)
SEND_CODE = Limit("SEND_CODE", 6, 30, 3600)
ENTER_CODE = Limit("ENTER_CODE", 20, 60, 3600)


def count_try(conn: Connection, limit: Limit, account: str, address: str) -> None:
    """Count a try, or raise `rate_limited`. An address that has tried too often uses up no account's tries."""
    assert not dry_run.is_under_way(), "a route that counts tries says so: see Blueprint.counts_tries"
    retry_after = sql.identity.upsert_attempts(
        conn,
        action=limit.action,
        address=_subject("address", household_of(address)),
        account=_subject("account", account),
        per_address=limit.per_address,
        per_account=limit.per_account,
        seconds=limit.seconds,
    )["retryAfter"]
    if retry_after:
        raise limited(retry_after, "Too many tries. Wait, and try again.")


def forgive(conn: Connection, limit: Limit, account: str) -> None:
    """Forget an account's tries: it has proved itself."""
    sql.identity.delete_attempts(conn, action=limit.action, subject=_subject("account", account))


def _subject(kind: str, name: str) -> bytes:
    # A digest: people type passwords where an e-mail belongs.
    return hashlib.sha256(f"{kind} {name.lower()}".encode()).digest()
