"""Personal access tokens: made, shown once, revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from photolens.access import Caller
from photolens.database import Connection, Row, sql
from photolens.identity.actions.sessions import require_session
from photolens.identity.problems import TOO_MANY
from photolens.identity.rules import LONGEST_TOKEN_LIFE_DAYS, MOST_TOKENS, PERSONAL_TOKEN_PREFIX
from photolens.preconditions import require_match
from photolens.problems import found, invalid
from photolens.sealing import digest_of, new_token


def create_token(conn: Connection, caller: Caller, wish: dict[str, Any]) -> Row:
    """A token that may do a part of what its holder may, now and as long as the holder may.

    Locks: user. Problems: `name_taken`, `too_many`, `invalid` for a permission that the caller does not have, or an end
    that is past or far off.
    """
    for index, permission in enumerate(wish["permissions"]):
        if permission not in caller.permissions:
            raise invalid(f"/permissions/{index}", "is not a permission of yours")
    now = datetime.now(UTC)
    if wish["expires_at"] is not None and not now < wish["expires_at"] <= now + timedelta(LONGEST_TOKEN_LIFE_DAYS):
        raise invalid("/expiresAt", f"is not within the next {LONGEST_TOKEN_LIFE_DAYS} days")
    token = PERSONAL_TOKEN_PREFIX + new_token()
    with conn.transaction():
        sql.identity.lock_user(conn, user_id=caller.user_id)
        require_session(conn, caller)
        if sql.identity.count_api_tokens(conn, user_id=caller.user_id) >= MOST_TOKENS:
            raise TOO_MANY(f"You may have {MOST_TOKENS} tokens. Revoke one.")
        token_id = sql.identity.insert_api_token(conn, user_id=caller.user_id, token=digest_of(token), **wish)
        row = sql.identity.get_api_token(conn, token_id=token_id, user_id=caller.user_id)
        return {**row, "token": token}


def revoke_token(conn: Connection, user_id: UUID, token_id: int) -> None:
    """Revoke a token, at once. Problems: `not_found`."""
    with conn.transaction():
        found(sql.identity.get_api_token(conn, token_id=token_id, user_id=user_id), "token", token_id)
        require_match()
        sql.identity.delete_api_token(conn, token_id=token_id, user_id=user_id)
