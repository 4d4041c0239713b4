"""What administrators make of users: their role and their status."""

from typing import Any
from uuid import UUID

from photolens.access import Caller, Role, current_caller
from photolens.database import Connection, Row, sql
from photolens.identity.problems import IS_STAFF, LAST_OWNER, NOT_ONESELF, OWNERS_ONLY
from photolens.preconditions import require_match
from photolens.problems import found


def change_user(conn: Connection, user_id: UUID, changes: dict[str, Any], reason: str) -> Row:
    """Change a user's role or status, for a reason that is kept. Who is suspended loses sessions, tokens and links.

    There is always an active owner: all owners are locked, so that of two who go at once the second is the last.

    Locks: links, then the user and all owners, by id; before both the staff record. Problems: `not_found`,
    `not_oneself`, `owners_only`, `last_owner`, `not_verified`, `is_staff`.
    """
    caller = current_caller()
    with conn.transaction():
        member = sql.identity.lock_staff_member_of_user(conn, user_id=user_id)
        if changes.get("status") == "SUSPENDED":
            sql.identity.delete_verification_tokens_of_users(conn, user_ids=[user_id])
        users = {user["id"]: user for user in sql.identity.lock_user_and_owners(conn, user_id=user_id)}
        user = found(users.get(user_id), "user", user_id)
        require_match()
        changed = {**user, **changes}
        if changed != user:
            if user_id == caller.user_id:
                raise NOT_ONESELF("Ask somebody else to.")
            refuse_for_owners(caller, user["role"], changed["role"])
            if changed["status"] == "ACTIVE" and member is not None and member["status"] == "INACTIVE":
                raise IS_STAFF("They no longer work here. Make them ACTIVE on the team.")
            others = [owner for owner in users.values() if owner["id"] != user_id and _is_active_owner(owner)]
            if _is_active_owner(user) and not _is_active_owner(changed) and not others:
                raise LAST_OWNER("Make somebody else an owner first.")
            access = {"user_id": user_id, "role": changed["role"], "status": changed["status"]}
            sql.identity.update_user_access(conn, **access)
            sql.identity.insert_user_access_change(conn, **access, reason=reason, changed_by=caller.user_id)
            if changed["status"] == "SUSPENDED":
                sql.identity.delete_sessions(conn, user_id=user_id, kept_id=None)
                sql.identity.delete_api_tokens(conn, user_id=user_id)
        row: Row = sql.identity.get_user_history(conn, user_id=user_id)
        return row


def refuse_for_owners(caller: Caller, *roles: str) -> None:
    """Raise `owners_only` unless none of the roles is an owner's, or the caller is one."""
    if Role.OWNER in roles and caller.role != Role.OWNER:
        raise OWNERS_ONLY("An administrator neither makes nor changes owners.")


def _is_active_owner(user: Row) -> bool:
    return (user["role"], user["status"]) == (Role.OWNER, "ACTIVE")
