"""What tests of billing need of other parts, made by SQL: a checkout that is open, a work package."""

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


def make_work_package(conn: Connection, client_id: int) -> int:
    """A work package of a client; gives its id."""
    row = conn.execute(
        "insert into work_packages (client_id, name) values (%(client_id)s, 'The wedding') returning id",
        {"client_id": client_id},
    ).fetchone()
    assert row is not None
    package_id: int = row["id"]
    return package_id
