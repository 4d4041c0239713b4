"""A checkout that is open, made by SQL, for tests that are not about how one is opened."""

from typing import Any

from photolens.database import Connection
from tests.contacts import sign_in_contact


def begin_checkout(conn: Connection, invoice: dict[str, Any], milestone_id: int | None = None) -> None:
    """Somebody at the client has begun to pay an invoice."""
    sign_in_contact(conn, invoice["clientId"])
    conn.execute(
        """
        insert into checkout_sessions (invoice_id, milestone_id, contact_id, expected_amount_minor, currency)
        select %(invoice_id)s, %(milestone_id)s, max(id), 100, %(currency)s
        from client_contacts
        """,
        {"invoice_id": invoice["id"], "milestone_id": milestone_id, "currency": invoice["currency"]},
    )
