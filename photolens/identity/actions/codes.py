"""One-time codes by text message: made, sent, and spent once."""

import secrets
from typing import Any

from photolens.access import Caller, is_demo_welcome
from photolens.config import current_settings
from photolens.database import Connection, Row, sql
from photolens.identity import rules
from photolens.identity.actions import limits, sessions
from photolens.identity.actions.sessions import Device
from photolens.identity.problems import CODE_INVALID
from photolens.platform.actions.messages import queue_message
from photolens.problems import invalid
from photolens.proxies import is_from_this_machine
from photolens.rate_limits import limited
from photolens.sealing import current_seal


def send_code(conn: Connection, phone_number: str, purpose: str, caller: Caller | None, address: str) -> Row:
    """Send a one-time code to a phone, if it serves a purpose there. Nobody is told whether; the older one is dead.

    Problems: `rate_limited`, `invalid` for the verification of a phone that is not the caller's.
    """
    if purpose == "VERIFY":
        _refuse_foreign_phone(conn, caller, phone_number)
    limits.count_try(conn, limits.SEND_CODE, f"{purpose} {phone_number}", address)
    code = f"{secrets.randbelow(10**6):06}"
    with conn.transaction():
        is_awaited = _is_awaited(conn, phone_number, purpose)
        sent = sql.identity.upsert_otp_session(
            conn,
            phone_number=phone_number,
            otp_code=current_seal().mac(*_parts(phone_number, purpose, code)),
            purpose=purpose,
        )
        if sent is None:
            seconds = sql.identity.get_otp_wait(conn, phone_number=phone_number, purpose=purpose)["seconds"]
            raise limited(seconds, "A code has just been sent. Wait a minute, and ask for another.")
        # Where no code is awaited the message is taken back again: the answer takes as long.
        with conn.transaction(force_rollback=not is_awaited):
            queue_message(conn, "SMS", phone_number, "one_time_code", expires_at=sent["expiresAt"], code=code)
    settings = current_settings()
    is_echoed = settings.otp_echo and is_awaited and is_from_this_machine(settings)
    return {
        "phoneNumber": phone_number,
        "purpose": purpose,
        "expiresAt": sent["expiresAt"],
        "resendAt": sent["resendAt"],
        "code": code if is_echoed else None,
    }


def sign_in_with_code(conn: Connection, phone_number: str, code: str, device: Device) -> Row:
    """Sign in the user whose verified phone it is. Locks: code, user. Problems: `code_invalid`, `rate_limited`."""
    limits.count_try(conn, limits.ENTER_CODE, f"LOGIN {phone_number}", device.address)
    session: Row | None = None
    with conn.transaction():
        if spend_code(conn, phone_number, "LOGIN", code):
            user = sql.identity.lock_user_by_phone(conn, phone_number=phone_number, is_demo_welcome=is_demo_welcome())
            if user is not None and user["status"] != "SUSPENDED":
                session = sessions.open_session(conn, user["id"], device)
    if session is None:
        raise CODE_INVALID("Ask for another code.")
    return session


def verify_phone(conn: Connection, caller: Caller, phone_number: str, code: str, address: str) -> Row:
    """Note that a phone is the caller's, which lets a customer in. Locks: code, user.

    Problems: `code_invalid`, `invalid` for a phone that is not in the caller's account, `rate_limited`.
    """
    _refuse_foreign_phone(conn, caller, phone_number)
    limits.count_try(conn, limits.ENTER_CODE, f"VERIFY {phone_number}", address)
    is_right = False
    with conn.transaction():
        if spend_code(conn, phone_number, "VERIFY", code):
            user = sql.identity.lock_user(conn, user_id=caller.user_id)
            sessions.require_session(conn, caller)
            is_right = user["phone_number"] == phone_number
            if is_right:
                status = rules.status_once_verified(user["role"], user["status"])
                sql.identity.mark_phone_verified(conn, user_id=user["id"], status=status)
    if not is_right:
        raise CODE_INVALID("Ask for another code.")
    row: Row = sql.identity.get_user(conn, user_id=caller.user_id)
    return row


def spend_code(conn: Connection, phone_number: str, purpose: str, code: str) -> bool:
    """Whether a code is right; then it is spent. If not the try is counted, so let the transaction commit.

    Locks: the code, first of all.
    """
    with conn.transaction():
        waiting = sql.identity.lock_otp_session(conn, phone_number=phone_number, purpose=purpose)
        if waiting is None:
            return False
        is_right = current_seal().is_mac(waiting["otp_code"], *_parts(phone_number, purpose, code))
        mark: Any = sql.identity.mark_otp_session_used if is_right else sql.identity.mark_otp_session_tried
        mark(conn, otp_session_id=waiting["id"])
        return is_right


def _is_awaited(conn: Connection, phone_number: str, purpose: str) -> bool:
    """Whether a code serves its purpose: to sign in who may, to sign up with a phone that nobody has proved theirs."""
    if purpose == "VERIFY":
        return True
    holder = sql.identity.get_phone_holder(conn, phone_number=phone_number)
    if purpose == "SIGNUP":
        return holder is None
    return holder is not None and holder["status"] != "SUSPENDED" and (is_demo_welcome() or not holder["isDemo"])


def _refuse_foreign_phone(conn: Connection, caller: Caller | None, phone_number: str) -> None:
    user = None if caller is None else sql.identity.get_user(conn, user_id=caller.user_id)
    if user is None or user["phoneNumber"] != phone_number:
        raise invalid("/phoneNumber", "is not the phone number of your account")


def _parts(phone_number: str, purpose: str, code: str) -> tuple[str, ...]:
    return "one-time code", purpose, phone_number, code
