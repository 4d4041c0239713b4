"""What happens to the people at clients: added, invited to the portal, activated, changed, shut out, removed.

All of it happens under the lock of the client: so that one of them is the primary contact, and whoever erases the
client finds all of them as they are.
"""

from typing import Any

from photolens.access import Role
from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.identity import passwords
from photolens.identity.actions import accounts, sessions
from photolens.identity.actions.sessions import Device
from photolens.identity.problems import LINK_INVALID
from photolens.platform.actions.activities import record_activity
from photolens.platform.actions.messages import queue_message
from photolens.preconditions import require_match
from photolens.problems import EMAIL_TAKEN, found
from photolens.sealing import digest_of, new_token
from photolens.studio.actions import clients
from photolens.studio.problems import CONTACT_INACTIVE, HAS_ACCOUNT
from photolens.studios import address_of_studio


def create_contact(conn: Connection, client_id: int, contact: dict[str, Any]) -> Row:
    """Add a contact of a client. Locks: the client. Problems: `not_found`, `client_erased`, `email_taken`."""
    with conn.transaction():
        client = found(sql.studio.lock_client(conn, client_id=client_id), "client", client_id)
        clients.refuse_if_erased(client)
        if contact["is_primary"]:
            sql.studio.mark_primary_contact_replaced(conn, client_id=client_id)
        contact_id = sql.studio.insert_contact(conn, client_id=client_id, **contact)
        return _changed(conn, contact_id, "CONTACT_ADDED")


def update_contact(conn: Connection, contact_id: int, changes: dict[str, Any]) -> Row:
    """Change a contact. What they sign in by stays; another e-mail takes back the invite to the one before.

    Locks: client, contact. Problems: `not_found`, `client_erased`, `email_taken`, `has_account`.
    """
    with conn.transaction():
        contact = _lock(conn, contact_id)
        changed = {**contact, **changes}
        if changed["email"] != contact["email"]:
            if contact["user_id"] is not None:
                raise HAS_ACCOUNT(f"{contact['name']} signs in by this e-mail address.")
            sql.studio.delete_contact_invite(conn, contact_id=contact_id)
        return _write(conn, contact, changed, "CONTACT_CHANGED")


def update_own_contact(conn: Connection, contact_id: int, changes: dict[str, Any]) -> None:
    """Change what contacts say of themselves, name and phone. Locks: client, contact.

    Problems: `not_found`, `client_erased`.
    """
    with conn.transaction():
        contact = _lock(conn, contact_id)
        _write(conn, contact, {**contact, **changes}, "CONTACT_CHANGED")


def delete_contact(conn: Connection, contact_id: int) -> None:
    """Remove a contact who never signed in. Locks: client, contact. Problems: `not_found`, `has_account`."""
    with conn.transaction():
        sql.studio.lock_client_of_contact(conn, contact_id=contact_id)
        contact = found(sql.studio.lock_contact(conn, contact_id=contact_id), "contact", contact_id)
        require_match()
        if contact["user_id"] is not None:
            raise HAS_ACCOUNT(f"{contact['name']} has signed in. Deactivate them instead.")
        sql.studio.delete_contact(conn, contact_id=contact_id)
        record_activity(
            conn,
            "CONTACT_DELETED",
            "CONTACT",
            contact_id,
            client_id=contact["client_id"],
            details={"name": contact["name"]},
        )


def set_contact_active(conn: Connection, contact_id: int, *, is_active: bool) -> Row:
    """Let a contact into the portal, or shut them out: from their next request on, and no invite waits any more.

    Locks: client, contact. Problems: `not_found`, `client_erased`.
    """
    with conn.transaction():
        contact = _lock(conn, contact_id)
        if not is_active:
            sql.studio.delete_contact_invite(conn, contact_id=contact_id)
        kind = "CONTACT_REACTIVATED" if is_active else "CONTACT_DEACTIVATED"
        return _write(conn, contact, {**contact, "is_active": is_active}, kind)


def invite_contact(conn: Connection, contact_id: int) -> Row:
    """Send a contact the link by which they activate an account; it kills the one before.

    Locks: client, contact, the account with their e-mail. Problems: `not_found`, `client_erased`, `contact_inactive`,
    `has_account`, `email_taken`.
    """
    with conn.transaction():
        contact = _lock(conn, contact_id)
        if not contact["is_active"]:
            raise CONTACT_INACTIVE(f"Reactivate {contact['name']} first.")
        if contact["user_id"] is not None:
            raise HAS_ACCOUNT(f"{contact['name']} signs in already.")
        _refuse_staff(conn, contact["email"])
        accounts.refuse_other_account(conn, contact["email"], Role.CUSTOMER)
        token = new_token()
        invite = sql.studio.upsert_contact_invite(conn, contact_id=contact_id, token=digest_of(token))
        queue_message(
            conn,
            "EMAIL",
            contact["email"],
            "invite_contact",
            client_id=contact["client_id"],
            expires_at=invite["expiresAt"],
            studio=sql.studio.get_company_name(conn)["companyName"] or "The studio",
            token=token,
            portal_url=address_of_studio(current_settings().portal_url),
        )
        return _changed(conn, contact_id, "CONTACT_INVITED")


def activate_contact(conn: Connection, token: str, password: str, device: Device) -> Row:
    """Give an invited contact an account with the password of their choice, and sign them in.

    One that was there already with their e-mail changes hands. Of many who come with one link, one is let in.

    Locks: client, contact, invite, user. Problems: `link_invalid`, `email_taken`, `invalid`, `rate_limited`.
    """
    accounts.count_link(conn, token, device.address)
    invited = _invited(sql.studio.get_contact_invite(conn, token=digest_of(token)))
    accounts.refuse_weak(password, invited["email"])
    hashed = passwords.hash_of(password)
    with conn.transaction():
        sql.studio.lock_client_of_contact(conn, contact_id=invited["id"])
        contact = _invited(sql.studio.lock_contact(conn, contact_id=invited["id"]))
        _invited(sql.studio.lock_contact_invite(conn, token=digest_of(token)))
        sql.studio.delete_contact_invite(conn, contact_id=contact["id"])
        _refuse_staff(conn, contact["email"])
        user_id = accounts.give_account(
            conn,
            name=contact["name"],
            email=contact["email"],
            role=Role.CUSTOMER,
            hashed=hashed,
            reason="Took up the invitation to the portal.",
        )
        sql.studio.mark_contact_activated(conn, contact_id=contact["id"], user_id=user_id)
        details = {"name": contact["name"]}
        record_activity(
            conn, "CONTACT_ACTIVATED", "CONTACT", contact["id"], client_id=contact["client_id"], details=details
        )
        return sessions.open_session(conn, user_id, device)


def _invited(row: Row | None) -> Row:
    if row is None:
        raise LINK_INVALID("Ask the studio for another one.")
    return row


def _refuse_staff(conn: Connection, email: str) -> None:
    if sql.studio.exists_staff_member_with_email(conn, email=email):
        raise EMAIL_TAKEN("This e-mail address belongs to somebody on the studio's team.")


def _lock(conn: Connection, contact_id: int) -> Row:
    """A contact who may be changed, locked after their client."""
    client = sql.studio.lock_client_of_contact(conn, contact_id=contact_id)
    contact: Row = found(sql.studio.lock_contact(conn, contact_id=contact_id), "contact", contact_id)
    require_match()
    clients.refuse_if_erased(client)
    return contact


def _write(conn: Connection, contact: Row, changed: Row, kind: str) -> Row:
    """Write a contact as they are to be, and give them as they now are; what changes nothing is no deed."""
    if changed == contact:
        unchanged: Row = sql.studio.get_contact(conn, contact_id=contact["id"], viewer_id=None)
        return unchanged
    if changed["is_primary"] and not contact["is_primary"]:
        sql.studio.mark_primary_contact_replaced(conn, client_id=contact["client_id"])
    columns = ("id", "name", "title", "email", "phone", "is_primary", "is_active")
    sql.studio.update_contact(conn, **{column: changed[column] for column in columns})
    return _changed(conn, contact["id"], kind)


def _changed(conn: Connection, contact_id: int, kind: str) -> Row:
    """Record a deed, and give the contact as they now are."""
    row: Row = sql.studio.get_contact(conn, contact_id=contact_id, viewer_id=None)
    record_activity(conn, kind, "CONTACT", contact_id, client_id=row["clientId"], details={"name": row["name"]})
    return row
