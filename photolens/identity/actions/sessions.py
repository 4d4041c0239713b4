"""How users come in and leave: sign-in by password or one-time code, sign-out."""

from dataclasses import dataclass
from uuid import UUID

from photolens.access import Caller, is_demo_welcome
from photolens.database import Connection, Row, sql
from photolens.identity import passwords
from photolens.identity.actions import limits
from photolens.identity.problems import ACCOUNT_SUSPENDED, INVALID_CREDENTIALS
from photolens.identity.rules import SESSION_TOKEN_PREFIX
from photolens.preconditions import require_match
from photolens.problems import UNAUTHENTICATED, found
from photolens.sealing import digest_of, new_token


@dataclass(frozen=True)
class Device:
    """From where somebody signs in, as they are shown it themselves; an address may be empty: of a Unix socket."""

    address: str
    user_agent: str | None


def sign_in(conn: Connection, email: str, password: str, device: Device) -> Row:
    """Sign a user in by password. An unknown e-mail is answered as a wrong password is, and no sooner.

    Locks: user, password. Problems: `invalid_credentials`, `account_suspended`, `rate_limited`.
    """
    limits.count_try(conn, limits.SIGN_IN, email, device.address)
    account = sql.identity.get_credentials(conn, email=email, is_demo_welcome=is_demo_welcome())
    kept = None if account is None else account["password"]
    if not passwords.is_right(password, kept):
        raise INVALID_CREDENTIALS("Check both, or ask for a new password.")
    with conn.transaction():
        user = sql.identity.lock_user(conn, user_id=account["id"])
        # Between the hashing, which no transaction waits for, and this lock, the password may have been changed.
        if sql.identity.lock_credentials(conn, user_id=user["id"])["password"] != kept:
            raise INVALID_CREDENTIALS("Check both, or ask for a new password.")
        if user["status"] == "SUSPENDED":
            raise ACCOUNT_SUSPENDED("Ask the studio.")
        limits.forgive(conn, limits.SIGN_IN, email)
        session = open_session(conn, user["id"], device)
    if passwords.is_outdated(kept):
        hashed = passwords.hash_of(password)
        with conn.transaction():
            sql.identity.lock_user(conn, user_id=user["id"])
            if sql.identity.lock_credentials(conn, user_id=user["id"])["password"] == kept:
                sql.identity.upsert_credentials(conn, user_id=user["id"], password=hashed)
    return session


def open_session(conn: Connection, user_id: UUID, device: Device) -> Row:
    """A new session of a user who has proved to be who they are: its token, shown this once. The user is locked."""
    token = SESSION_TOKEN_PREFIX + new_token()
    session = sql.identity.insert_session(
        conn,
        user_id=user_id,
        session_token=digest_of(token),
        ip_address=device.address or None,
        user_agent=device.user_agent,
    )
    sql.identity.mark_user_signed_in(conn, user_id=user_id)
    user = sql.identity.get_user(conn, user_id=user_id)
    return {"token": token, "expiresAt": session["expiresAt"], "user": user}


def require_session(conn: Connection, caller: Caller) -> None:
    """Raise 401 unless the caller's session is still there, now that the user is locked.

    Whoever resets the password or suspends the user ends the sessions under that lock: what the ended ones had begun
    to change by then, they change no more.
    """
    is_there = caller.session_id is None or sql.identity.get_session(
        conn, session_id=caller.session_id, user_id=caller.user_id
    )
    if not is_there:
        raise UNAUTHENTICATED("The session has ended.")


def hold_session(conn: Connection, caller: Caller) -> None:
    """Raise 401 unless the caller's session is still there; until the transaction ends it stays. Locks: user."""
    sql.identity.lock_user(conn, user_id=caller.user_id)
    require_session(conn, caller)


def end_session(conn: Connection, user_id: UUID, session_id: int) -> None:
    """End one of a user's sessions, at once. Problems: `not_found`."""
    with conn.transaction():
        found(sql.identity.get_session(conn, session_id=session_id, user_id=user_id), "session", session_id)
        require_match()
        sql.identity.delete_session(conn, session_id=session_id, user_id=user_id)
