"""Checkouts as they are shown: their amounts as money, and not as the provider counts."""

from typing import Any

from photolens import paging
from photolens.billing.schemas import checkouts as schemas
from photolens.currencies import from_minor_units
from photolens.database import Connection, Row


def list_checkouts(conn: Connection, arguments: dict[str, Any], invoice_id: int) -> dict[str, Any]:
    """A page of an invoice's checkouts."""
    page = paging.page(conn, schemas.CheckoutList, {**arguments, "invoice_id": invoice_id})
    page["data"] = [shown(row) for row in page["data"]]
    return page


def shown(row: Row) -> Row:
    """A checkout with its amount in place of the minor units that were asked for."""
    checkout = dict(row)
    minor = checkout.pop("expectedAmountMinor")
    return checkout | {"amount": from_minor_units(minor, checkout["currency"])}
