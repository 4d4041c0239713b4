"""Who holds a token: one indexed query, whichever kind of token it is."""

from photolens.access import PERMISSIONS, Caller, Permission, Role, is_demo_welcome
from photolens.database import Connection, Row, sql
from photolens.identity.rules import PERSONAL_TOKEN_PREFIX
from photolens.sealing import digest_of


def find_caller(conn: Connection, token: str) -> Caller | None:
    """The user behind a session token or a personal access token, with the permissions in force; None for no user."""
    digest = digest_of(token)
    if token.startswith(PERSONAL_TOKEN_PREFIX):
        row = sql.identity.get_api_token_caller(conn, token=digest, is_demo_welcome=is_demo_welcome())
        return None if row is None else _caller(row, None, digest, frozenset(map(Permission, row["permissions"])))
    row = sql.identity.get_session_caller(conn, session_token=digest, is_demo_welcome=is_demo_welcome())
    return None if row is None else _caller(row, row["sessionId"], digest, frozenset(Permission))


def _caller(row: Row, session_id: int | None, digest: bytes, given: frozenset[Permission]) -> Caller:
    role = Role(row["role"])
    permissions = PERMISSIONS[role] & given if row["isActive"] else frozenset[Permission]()
    contact_id = row["contactId"] if row["isActive"] else None
    vendor_id = row["userId"] if row["isActive"] and role == Role.VENDOR else None
    return Caller(
        user_id=row["userId"],
        name=row["name"],
        role=role,
        permissions=permissions,
        is_active=row["isActive"],
        staff_id=row["staffId"],
        contact_id=contact_id,
        vendor_id=vendor_id,
        session_id=session_id,
        session_digest=digest,
    )
