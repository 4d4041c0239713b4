"""What is sold, and what a user has."""

from typing import Any
from uuid import UUID

from photolens.config import current_settings
from photolens.credits import rules
from photolens.database import Connection, Row, sql
from photolens.problems import found


def list_products(conn: Connection) -> dict[str, Any]:
    """What is sold, in the order of the configuration, for prices in the studio's currency."""
    currency = sql.credits.get_currency(conn)["currency"]
    return {
        "data": [
            {"credits": product.credits, "price": f"{product.price:.2f}", "currency": currency}
            for product in current_settings().credit_products
        ]
    }


def get_credits(conn: Connection, user_id: UUID) -> Row:
    """What a user can spend, what of it expires next, and the free photos. Problems: `not_found`."""
    row: Row = found(sql.credits.get_credits(conn, user_id=user_id, limit=rules.SOONEST), "user", user_id)
    return row | {"freeLeft": rules.free_photos_left(row["freeUsed"])}
