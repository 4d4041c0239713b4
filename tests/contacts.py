"""People at clients, signed in to the portal, as tests need them who are not about how one becomes that."""

from photolens.database import Connection


def sign_in_contact(conn: Connection, client_id: int, name: str = "Noor Haddad") -> str:
    """Make an active contact of a client, with an account and a session; gives the session's token."""
    token = f"contact-{client_id}-{name}".lower().replace(" ", "-")
    conn.execute(
        """
        with account as (
            insert into auth_users (name, email, email_verified, status)
            values (%(name)s, %(token)s || '@contacts.example', now(), 'ACTIVE')
            returning id, name, email
        ), profile as (
            insert into user_profiles (user_id) select id from account
        ), session as (
            insert into auth_sessions (user_id, session_token) select id, sha256(%(token)s::bytea) from account
        )
        insert into client_contacts (client_id, user_id, name, email, activated_at)
        select %(client_id)s, id, name, email, now() from account
        """,
        {"client_id": client_id, "name": name, "token": token},
    )
    return token
