"""How a booking becomes an invoice."""

from decimal import Decimal

from photolens.billing.actions import invoices
from photolens.database import Connection, Row, sql
from photolens.problems import found
from photolens.studio.problems import BOOKING_CANCELLED, BOOKING_INVOICED


def invoice_booking(conn: Connection, booking_id: int) -> Row:
    """Draft the invoice of a booking: its package, at its price. Once, unless that one is void.

    Locks: client, booking. Problems: `not_found`, `booking_cancelled`, `booking_invoiced`.
    """
    with conn.transaction():
        sql.studio.lock_client_of_booking(conn, booking_id=booking_id)
        booking = found(sql.studio.lock_booking(conn, booking_id=booking_id), "booking", booking_id)
        if booking["status"] == "CANCELLED":
            raise BOOKING_CANCELLED("What did not take place is not invoiced. Draft an invoice by hand, if it is.")
        invoice = sql.studio.get_invoice_of_booking(conn, booking_id=booking_id)
        if invoice is not None:
            raise BOOKING_INVOICED("Change that one, or void it first.", invoiceId=invoice["id"])
        package = sql.studio.get_session_package(conn, package_id=booking["session_type_id"])
        item = {"name": package["name"], "quantity": Decimal(1), "unit_price": booking["price"]}
        draft = {**invoices.NOTHING_SAID, "client_id": booking["client_id"], "booking_id": booking_id, "items": [item]}
        return invoices.create_invoice(conn, draft)
