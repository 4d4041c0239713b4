"""What happens to staff members: added, invited to an account, changed, removed."""

from typing import Any

from photolens.access import current_caller
from photolens.database import Connection, Row, sql
from photolens.identity import passwords
from photolens.identity.actions import accounts, sessions, users
from photolens.identity.actions.sessions import Device
from photolens.identity.problems import LINK_INVALID
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import EMAIL_TAKEN, found
from photolens.studio.problems import HAS_ACCOUNT, NO_EMAIL, STAFF_INACTIVE


def create_staff_member(conn: Connection, member: dict[str, Any]) -> Row:
    """Add a staff member. Problems: `email_taken`, `owners_only`."""
    users.refuse_for_owners(current_caller(), member["role"])
    with conn.transaction():
        staff_id = sql.studio.insert_staff_member(conn, **member)
        return _changed(conn, staff_id, "STAFF_ADDED")


def update_staff_member(conn: Connection, staff_id: int, changes: dict[str, Any]) -> Row:
    """Change a staff member. Role and status are those of their account too: an INACTIVE member cannot sign in.

    Locks: the member, then as change_user does. Problems: `not_found`, `email_taken` and those of change_user.
    """
    with conn.transaction():
        member = found(sql.studio.lock_staff_member(conn, staff_id=staff_id), "staff member", staff_id)
        require_match()
        changed = {**member, **changes}
        if changed == member:
            unchanged: Row = sql.studio.get_staff_member(conn, staff_id=staff_id)
            return unchanged
        users.refuse_for_owners(current_caller(), member["role"], changed["role"])
        # The role of a member with an account is the account's, and follows it by the foreign key.
        role = changed["role"] if member["user_id"] is None else member["role"]
        sql.studio.update_staff_member(conn, **{**changed, "role": role})
        _change_account(conn, member, changed)
        if changed["status"] == "INACTIVE":
            sql.studio.delete_calendar_link(conn, staff_id=staff_id)
        return _changed(conn, staff_id, "STAFF_CHANGED")


def invite_staff_member(conn: Connection, staff_id: int) -> Row:
    """Send a member the link by which they take up an account; it kills the one before.

    Locks: the member. Problems: `not_found`, `staff_inactive`, `has_account`, `no_email`, `email_taken`, `owners_only`.
    """
    with conn.transaction():
        member = found(sql.studio.lock_staff_member(conn, staff_id=staff_id), "staff member", staff_id)
        users.refuse_for_owners(current_caller(), member["role"])
        if member["status"] == "INACTIVE":
            raise STAFF_INACTIVE(f"{member['name']} no longer works here.")
        if member["user_id"] is not None:
            raise HAS_ACCOUNT(f"{member['name']} signs in already.")
        if member["email"] is None:
            raise NO_EMAIL(f"{member['name']} has no e-mail address to be invited by.")
        _refuse_contact(conn, member["email"])
        accounts.invite(conn, member["email"])
        sql.studio.update_staff_member(conn, **{**member, "status": "INVITED"})
        return _changed(conn, staff_id, "STAFF_INVITED")


def accept_invitation(conn: Connection, token: str, password: str, device: Device) -> Row:
    """Give an invited member the account they are asked to take up, and sign them in.

    Locks: member, link, user. Problems: `link_invalid`, `has_account`, `email_taken`, `invalid`, `rate_limited`.
    """
    accounts.count_link(conn, token, device.address)
    email = accounts.get_invited_email(conn, token)
    accounts.refuse_weak(password, email)
    hashed = passwords.hash_of(password)
    with conn.transaction():
        member = sql.studio.lock_invited_staff_member(conn, email=email)
        if member is None:
            raise LINK_INVALID("The invitation was taken back. Ask the studio.")
        user_id = accounts.take_up_account(
            conn, token, name=member["name"], email=member["email"], role=member["role"], hashed=hashed
        )
        _refuse_contact(conn, member["email"])
        sql.studio.mark_staff_member_joined(conn, staff_id=member["id"], user_id=user_id)
        return sessions.open_session(conn, user_id, device)


def open_owner_account(conn: Connection, name: str, email: str, password: str) -> None:
    """Open an owner's account, with a record on the team: the first of a studio, from the command line.

    Problems: `email_taken`, `invalid`.
    """
    with conn.transaction():
        user_id = accounts.create_owner(conn, name, email, password)
        staff_id = sql.studio.insert_staff_member(
            conn, name=name, role="OWNER", email=email, phone=None, avatar_url=None, status="ACTIVE"
        )
        sql.studio.mark_staff_member_joined(conn, staff_id=staff_id, user_id=user_id)


def remove_staff_member(conn: Connection, staff_id: int) -> None:
    """Take a member off what is still to come, and keep the past: whoever has worked here stays, as INACTIVE.

    Their account is suspended. Locks: the member, whom everybody who gives them work locks too; then as change_user
    does. Problems: `not_found`, and those of change_user.
    """
    with conn.transaction():
        member = found(sql.studio.lock_staff_member(conn, staff_id=staff_id), "staff member", staff_id)
        require_match()
        users.refuse_for_owners(current_caller(), member["role"])
        inactive = {**member, "status": "INACTIVE"}
        _change_account(conn, member, inactive)
        sql.studio.delete_calendar_link(conn, staff_id=staff_id)
        sql.studio.delete_upcoming_staff_assignments(conn, staff_id=staff_id)
        sql.studio.mark_editing_jobs_unassigned(conn, staff_id=staff_id)
        if sql.studio.exists_work_of_staff_member(conn, staff_id=staff_id):
            sql.studio.update_staff_member(conn, **inactive)
        else:
            sql.studio.delete_staff_member(conn, staff_id=staff_id)
        record_activity(conn, "STAFF_REMOVED", "STAFF", staff_id, details={"name": member["name"]})


def _refuse_contact(conn: Connection, email: str) -> None:
    if sql.studio.exists_contact_with_account(conn, email=email):
        raise EMAIL_TAKEN("This e-mail address belongs to a client's contact, who signs in by it.")


def _change_account(conn: Connection, member: Row, changed: Row) -> None:
    """Let the account follow the record: its role, and whether it is let in. An invitation to one is taken back."""
    if member["user_id"] is None:
        what_for = ("role", "email", "status")
        if member["email"] is not None and any(changed[name] != member[name] for name in what_for):
            accounts.take_back_invitation(conn, member["email"])
        return
    access = {} if changed["role"] == member["role"] else {"role": changed["role"]}
    if changed["status"] == "INACTIVE":
        access["status"] = "SUSPENDED"
    elif member["status"] == "INACTIVE":
        access["status"] = "ACTIVE"
    if access:
        users.change_user(conn, member["user_id"], access, "The record on the team was changed.")


def _changed(conn: Connection, staff_id: int, kind: str) -> Row:
    """Record a deed, and give the member as they now are."""
    row: Row = sql.studio.get_staff_member(conn, staff_id=staff_id)
    record_activity(conn, kind, "STAFF", staff_id, details={"name": row["name"]})
    return row
