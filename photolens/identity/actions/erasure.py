"""What becomes of the accounts of people who are to be forgotten."""

from collections.abc import Callable
from uuid import UUID

from photolens.database import Connection, sql
from photolens.platform.actions.erasure import forget_users

# How the domains above forget what they keep of people: each is given the ids of users, who are locked.
ALSO_FORGET: list[Callable[[Connection, list[UUID]], None]] = []


def leave_accounts(conn: Connection, kept_ids: list[UUID], forgotten_ids: list[UUID], name: str) -> None:
    """End every session and token of these accounts; of those that are to be forgotten, overwrite whose they were.

    These are suspended, and called by the name that is given: what has been done by them stays done by somebody.

    Locks: links, users by id, what they have asked for help with.
    """
    user_ids = [*kept_ids, *forgotten_ids]
    with conn.transaction():
        sql.identity.delete_verification_tokens_of_users(conn, user_ids=user_ids)
        sql.identity.lock_users(conn, user_ids=user_ids)
        for user_id in user_ids:
            sql.identity.delete_sessions(conn, user_id=user_id, kept_id=None)
            sql.identity.delete_api_tokens(conn, user_id=user_id)
        sql.identity.delete_otp_sessions_of_users(conn, user_ids=forgotten_ids)
        sql.identity.delete_credentials(conn, user_ids=forgotten_ids)
        sql.identity.delete_addresses_of_users(conn, user_ids=forgotten_ids)
        forget_users(conn, forgotten_ids, name)
        for forget in ALSO_FORGET:
            forget(conn, forgotten_ids)
        sql.identity.mark_profiles_erased(conn, user_ids=forgotten_ids)
        sql.identity.mark_users_erased(conn, user_ids=forgotten_ids, name=name)
