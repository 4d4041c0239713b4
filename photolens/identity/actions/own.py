"""What users change of their own: name, phone, profile, addresses."""

from typing import Any
from uuid import UUID

from photolens.access import Caller
from photolens.database import Connection, Row, sql
from photolens.identity.actions.sessions import require_session
from photolens.identity.problems import TOO_MANY
from photolens.identity.rules import MOST_ADDRESSES
from photolens.preconditions import require_match
from photolens.problems import found


def update_own_account(conn: Connection, caller: Caller, changes: dict[str, Any]) -> Row:
    """Change what a user says of themselves; a phone number that changes has to be verified anew.

    Locks: the user and whoever only claims the number, by id.

    Problems: `phone_taken`, `not_verified` for an account that is only known by that phone.
    """
    with conn.transaction():
        phone = changes.get("phone_number")
        locked = sql.identity.lock_user_and_claimant(conn, user_id=caller.user_id, phone_number=phone)
        user = next(row for row in locked if row["id"] == caller.user_id)
        require_session(conn, caller)
        require_match()
        changed = {**user, **changes}
        if changed["phone_number"] != user["phone_number"]:
            changed["phone_verified"] = None
            sql.identity.mark_phone_released(conn, phone_number=phone)
        if changed != user:
            sql.identity.update_user(conn, **changed)
        row: Row = sql.identity.get_user(conn, user_id=caller.user_id)
        return row


def update_profile(conn: Connection, user_id: UUID, changes: dict[str, Any]) -> Row:
    """Change a user's profile. Locks: the profile."""
    with conn.transaction():
        profile = sql.identity.lock_profile(conn, user_id=user_id)
        require_match()
        changed = {**profile, **changes}
        if changed != profile:
            sql.identity.update_profile(conn, **changed)
        row: Row = sql.identity.get_profile(conn, user_id=user_id)
        return row


def add_address(conn: Connection, user_id: UUID, address: dict[str, Any]) -> Row:
    """Add an address to a user's profile. Locks: the profile. Problems: `too_many`."""
    with conn.transaction():
        sql.identity.lock_profile(conn, user_id=user_id)
        if sql.identity.count_addresses(conn, user_id=user_id) >= MOST_ADDRESSES:
            raise TOO_MANY(f"You may keep {MOST_ADDRESSES} addresses.")
        address_id = sql.identity.insert_address(conn, user_id=user_id, **address)
        row: Row = sql.identity.get_address(conn, address_id=address_id, user_id=user_id)
        return row


def update_address(conn: Connection, user_id: UUID, address_id: int, changes: dict[str, Any]) -> Row:
    """Change one of a user's addresses. Locks: the address. Problems: `not_found`."""
    with conn.transaction():
        address = sql.identity.lock_address(conn, address_id=address_id, user_id=user_id)
        address = found(address, "address", address_id)
        require_match()
        changed = {**address, **changes}
        if changed != address:
            sql.identity.update_address(conn, **changed)
        row: Row = sql.identity.get_address(conn, address_id=address_id, user_id=user_id)
        return row


def remove_address(conn: Connection, user_id: UUID, address_id: int) -> None:
    """Remove one of a user's addresses. Locks: the address. Problems: `not_found`."""
    with conn.transaction():
        found(sql.identity.lock_address(conn, address_id=address_id, user_id=user_id), "address", address_id)
        require_match()
        sql.identity.delete_address(conn, address_id=address_id, user_id=user_id)
