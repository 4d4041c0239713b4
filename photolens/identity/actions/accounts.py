"""What happens to accounts: they are opened, verified, given a new password, and taken up by invitation."""

from typing import Any
from uuid import UUID

from photolens.access import Caller, Role
from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.identity import passwords, rules
from photolens.identity.actions import codes, limits, sessions
from photolens.identity.actions.sessions import Device
from photolens.identity.problems import CODE_INVALID, LINK_INVALID
from photolens.platform.actions.messages import queue_message
from photolens.problems import EMAIL_TAKEN, invalid
from photolens.sealing import digest_of, new_token
from photolens.studios import address_of_studio


def sign_up(conn: Connection, account: dict[str, Any], device: Device) -> Row:
    """Open an account, with its password, profile and empty balance, and sign its user in.

    With a code that was sent to their phone, a customer is let in at once; else once their e-mail is verified.

    Locks: the code. Problems: `email_taken`, `phone_taken`, `code_invalid`, `invalid`, `rate_limited`.
    """
    limits.count_try(conn, limits.SIGN_UP, account["email"], device.address)
    refuse_weak(account["password"], account["email"])
    phone, code = account["phone_number"], account["phone_code"]
    if code is not None and phone is None:
        raise invalid("/phoneNumber", "is required with a code")
    hashed = passwords.hash_of(account["password"])
    session: Row | None = None
    with conn.transaction():
        if code is None or codes.spend_code(conn, phone, "SIGNUP", code):
            role, is_verified = account["role"], code is not None
            status = rules.status_once_verified(role, "PENDING") if is_verified else "PENDING"
            user_id = _open_account(
                conn,
                name=account["name"],
                email=account["email"],
                phone_number=phone,
                role=role,
                status=status,
                is_email_verified=False,
                is_phone_verified=is_verified,
            )
            sql.identity.upsert_credentials(conn, user_id=user_id, password=hashed)
            _send_link(conn, account["email"], "VERIFY_EMAIL")
            session = sessions.open_session(conn, user_id, device)
    if session is None:
        raise CODE_INVALID("Ask for another code.")
    return session


def create_owner(conn: Connection, name: str, email: str, password: str) -> UUID:
    """Open an owner's account: the studio's first, from the command line. Problems: `email_taken`, `invalid`."""
    refuse_weak(password, email)
    hashed = passwords.hash_of(password)
    with conn.transaction():
        user_id = _open_account(
            conn,
            name=name,
            email=email,
            phone_number=None,
            role=Role.OWNER,
            status="ACTIVE",
            is_email_verified=True,
            is_phone_verified=False,
        )
        sql.identity.upsert_credentials(conn, user_id=user_id, password=hashed)
        return user_id


def send_link(conn: Connection, email: str, purpose: str, address: str) -> None:
    """Send a one-time link to an e-mail, if somebody has an account with it. Nobody is told whether.

    Problems: `rate_limited`.
    """
    limits.count_try(conn, limits.SEND_LINK, f"{purpose} {email}", address)
    with conn.transaction():
        user = sql.identity.get_recipient(conn, email=email)
        if user is None:
            _send_link(conn, email, purpose, is_awaited=False)
        else:
            _send_link(conn, user["email"], purpose, to_portal=user["isContact"])


def invite(conn: Connection, email: str) -> None:
    """Send the link by which a staff member takes up an account. Whoever calls has locked the member."""
    with conn.transaction():
        _send_link(conn, email, "ACCEPT_INVITATION")


def verify_email(conn: Connection, token: str, address: str) -> None:
    """Note that an e-mail is its user's, which lets a customer in. Locks: link, user. Problems: `link_invalid`."""
    count_link(conn, token, address)
    with conn.transaction():
        user = _user_of_link(conn, token, "VERIFY_EMAIL")
        status = rules.status_once_verified(user["role"], user["status"])
        sql.identity.mark_email_verified(conn, user_id=user["id"], status=status)


def reset_password(conn: Connection, token: str, password: str, address: str) -> None:
    """Give an account to whoever reads its e-mail, by the link that was sent there, with the password of their choice.

    Locks: link, user. Problems: `link_invalid`, `invalid`, `rate_limited`.
    """
    count_link(conn, token, address)
    hashed = passwords.hash_of(password)
    with conn.transaction():
        user = _user_of_link(conn, token, "RESET_PASSWORD")
        refuse_weak(password, user["email"])
        _hand_over(conn, user, {"status": rules.status_once_verified(user["role"], user["status"])}, hashed)
        limits.forgive(conn, limits.SIGN_IN, user["email"])


def change_password(conn: Connection, caller: Caller, current: str, password: str, address: str) -> None:
    """Change a user's own password, and end every other session. A link to choose another is taken back with it.

    Locks: link, user, password. Problems: `invalid`, `rate_limited`.
    """
    account = sql.identity.get_own_credentials(conn, user_id=caller.user_id)
    email, kept = account["email"], account["password"]
    limits.count_try(conn, limits.SIGN_IN, email, address)
    is_right = passwords.is_right(current, kept)
    if is_right:
        refuse_weak(password, email)
        hashed = passwords.hash_of(password)
        with conn.transaction():
            sql.identity.delete_verification_token(conn, email=email, purpose="RESET_PASSWORD")
            sql.identity.lock_user(conn, user_id=caller.user_id)
            sessions.require_session(conn, caller)
            # Between the hashing, which no transaction waits for, and this lock, it may have been changed.
            is_right = sql.identity.lock_credentials(conn, user_id=caller.user_id)["password"] == kept
            if is_right:
                sql.identity.upsert_credentials(conn, user_id=caller.user_id, password=hashed)
                sql.identity.delete_sessions(conn, user_id=caller.user_id, kept_id=caller.session_id)
                limits.forgive(conn, limits.SIGN_IN, email)
    if not is_right:
        raise invalid("/currentPassword", "is not your password")


def count_link(conn: Connection, token: str, address: str) -> None:
    """Count the opening of a link. Problems: `rate_limited`."""
    limits.count_try(conn, limits.OPEN_LINK, token, address)


def get_invited_email(conn: Connection, token: str) -> str:
    """The e-mail that an invitation was sent to. Problems: `link_invalid`."""
    link = sql.identity.get_verification_token(conn, token=digest_of(token), purpose="ACCEPT_INVITATION")
    if link is None:
        raise LINK_INVALID("Ask for another one.")
    email: str = link["identifier"]
    return email


def take_back_invitation(conn: Connection, email: str) -> None:
    """Let an invitation be of no use any more: what it was for is no longer so. Whoever calls has locked the member."""
    with conn.transaction():
        sql.identity.delete_verification_token(conn, email=email, purpose="ACCEPT_INVITATION")


def take_up_account(conn: Connection, token: str, *, name: str, email: str, role: str, hashed: str) -> UUID:
    """The account of somebody who has accepted the invitation to the team, with the password of their choice.

    Locks: link, user. Problems: `link_invalid`, and those of give_account.
    """
    with conn.transaction():
        _use_link(conn, token, "ACCEPT_INVITATION")
        reason = "Took up the invitation to the team."
        return give_account(conn, name=name, email=email, role=role, hashed=hashed, reason=reason)


def give_account(conn: Connection, *, name: str, email: str, role: str, hashed: str, reason: str) -> UUID:
    """The account of somebody who has proved that they read an e-mail, with the password of their choice.

    One that was there already changes hands; but an owner's stays an owner's, and a customer's is all that is made a
    customer's. Locks: user. Problems: `email_taken`.
    """
    with conn.transaction():
        user = refuse_other_account(conn, email, role)
        if user is None:
            user_id = _open_account(
                conn,
                name=name,
                email=email,
                phone_number=None,
                role=role,
                status="ACTIVE",
                is_email_verified=True,
                is_phone_verified=False,
            )
            sql.identity.upsert_credentials(conn, user_id=user_id, password=hashed)
        else:
            user_id = user["id"]
            _hand_over(conn, user, {"name": name, "role": role, "status": "ACTIVE"}, hashed)
        sql.identity.insert_user_access_change(
            conn, user_id=user_id, role=role, status="ACTIVE", reason=reason, changed_by=None
        )
        return user_id


def refuse_other_account(conn: Connection, email: str, role: str) -> Row | None:
    """The account with an e-mail, if there is one, which may become that of somebody of this role. Locks: user.

    Problems: `email_taken`.
    """
    user: Row | None = sql.identity.lock_user_by_email(conn, email=email)
    reason = None if user is None else rules.why_not_given(user["role"], user["status"], role)
    if reason is not None:
        raise EMAIL_TAKEN(f"The account with this e-mail address {reason}.")
    return user


def _hand_over(conn: Connection, user: Row, changes: dict[str, str], hashed: str) -> None:
    """Give an account to whoever reads its e-mail: with their password, everything else ends by which one comes in.

    Somebody else may have opened it, and wait for its owner to come: with a session, a token, or a phone of theirs.
    """
    changed = {**user, **changes}
    sql.identity.mark_user_handed_over(
        conn, user_id=user["id"], name=changed["name"], role=changed["role"], status=changed["status"]
    )
    sql.identity.upsert_credentials(conn, user_id=user["id"], password=hashed)
    sql.identity.delete_sessions(conn, user_id=user["id"], kept_id=None)
    sql.identity.delete_api_tokens(conn, user_id=user["id"])


def _open_account(conn: Connection, **user: Any) -> UUID:
    sql.identity.mark_phone_released(conn, phone_number=user["phone_number"])
    user_id: UUID = sql.identity.insert_user(conn, **user)
    sql.identity.insert_profile(conn, user_id=user_id)
    return user_id


def _send_link(conn: Connection, email: str, purpose: str, *, is_awaited: bool = True, to_portal: bool = False) -> None:
    token = new_token()
    settings = current_settings()
    # Done for an unknown e-mail as well, and taken back: it takes as long, and nothing is kept of what was typed.
    with conn.transaction(force_rollback=not is_awaited):
        link = sql.identity.upsert_verification_token(
            conn, email=email, token=digest_of(token), purpose=purpose, seconds=rules.LINK_LIVES[purpose]
        )
        app_url = address_of_studio(f"{settings.portal_url}/portal" if to_portal else settings.app_url)
        queue_message(conn, "EMAIL", email, purpose.lower(), expires_at=link["expiresAt"], token=token, app_url=app_url)


def _use_link(conn: Connection, token: str, purpose: str) -> str:
    link = sql.identity.lock_verification_token(conn, token=digest_of(token), purpose=purpose)
    if link is None:
        raise LINK_INVALID("Ask for another one.")
    identifier: str = link["identifier"]
    sql.identity.delete_verification_token(conn, email=identifier, purpose=purpose)
    return identifier


def _user_of_link(conn: Connection, token: str, purpose: str) -> Row:
    user: Row | None = sql.identity.lock_user_by_email(conn, email=_use_link(conn, token, purpose))
    if user is None or user["status"] == "SUSPENDED":
        raise LINK_INVALID("Ask for another one.")
    return user


def refuse_weak(password: str, email: str) -> None:
    """Raise `invalid` for a password that is easily guessed."""
    weakness = rules.weakness(password, email)
    if weakness is not None:
        raise invalid("/password", weakness)
