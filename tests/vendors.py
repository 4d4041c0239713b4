"""Vendors of spaces, signed in, beside the one who is in every test database."""

from photolens.database import Connection


def sign_in_vendor(conn: Connection, name: str = "Nadia Karam", status: str = "ACTIVE") -> str:
    """Make a vendor with a session; gives the session's token."""
    token = f"vendor-{name}-{status}".lower().replace(" ", "-")
    conn.execute(
        """
        with account as (
            insert into auth_users (name, email, email_verified, role, status)
            values (%(name)s, %(token)s || '@vendors.example', now(), 'VENDOR', %(status)s)
            returning id
        ), profile as (
            insert into user_profiles (user_id) select id from account
        )
        insert into auth_sessions (user_id, session_token) select id, sha256(%(token)s::bytea) from account
        """,
        {"name": name, "token": token, "status": status},
    )
    return token
