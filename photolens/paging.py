"""Keyset pages: rows added or removed while a reader pages never make it skip or repeat one."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

import orjson
import psycopg

from photolens.database import Connection, Row
from photolens.fields import MAX_ID, Choice, QueryInput, Text, WholeNumber
from photolens.named_queries import Query
from photolens.problems import Problem, invalid

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}")  # an id that a payment provider has given


@dataclass(frozen=True)
class Order:
    """One order of a list: its query, and the row's key it is sorted by. A second order is a second query.

    The query takes `after_key` and `after_id` (both null on the first page), `limit` and the list's filters. An absent
    value of a nullable key sorts as `infinity`.

    Of a list that goes on in the archive, newest first, the query takes `since` as well. A page is looked for in the
    time `nearby` before it, and only where that does not fill it in all of the archive: of that each month costs some
    of the time in which PostgreSQL makes its plan.
    """

    query: Query
    key: str
    nearby: timedelta | None = None


ARCHIVED = timedelta(days=92)  # the `nearby` of such lists


class ListArguments(QueryInput):
    """What every list takes. A list adds its `orders`, its `count` query, its `sort`, and its filters."""

    orders: ClassVar[Mapping[str, Order]]
    count: ClassVar[Query]

    limit = WholeNumber(1, 200, example=50, load_default=50, metadata={"description": "Rows on a page."})
    cursor = Text(
        2000, example="eyJhZnRlciI6MX0", load_default=None, metadata={"description": "`nextCursor` of the page before."}
    )
    include = Choice("total", load_default=None, metadata={"description": "Add the number of all rows as `total`."})


def sort_field(orders: Mapping[str, Order]) -> Choice:
    """The `sort` argument of a list with these orders; the first is the default."""
    default = next(iter(orders))
    return Choice(*orders, load_default=default, metadata={"description": "The order; `-` first is descending."})


def search_field() -> Text:
    """The `q` argument of a list that can be searched."""
    return Text(200, load_default=None, example="chen", metadata={"description": "Search, without regard to case."})


def page(conn: Connection, listing: type[ListArguments], arguments: dict[str, Any]) -> dict[str, Any]:
    """One page of a list: `data`, `nextCursor`, and `total` where it is asked for.

    What is left of the arguments after the page's own are the filters, which the list's queries all take.
    """
    filters = dict(arguments)
    sort, limit = filters.pop("sort"), filters.pop("limit")
    cursor, include = filters.pop("cursor"), filters.pop("include")
    if "q" in filters:
        filters["q"] = like_pattern(filters["q"])
    order = listing.orders[sort]
    after_key, after_id = (None, None) if cursor is None else _decode(cursor, f"{listing.__name__} {sort}")
    try:
        rows = _rows(conn, order, after_key, after_id=after_id, limit=limit + 1, **filters)
    except (psycopg.DataError, psycopg.errors.CannotCoerce):
        if cursor is None:
            raise
        raise _bad_cursor() from None  # its key or id is not of the column's type
    data = rows[:limit]
    answer = {
        "data": data,
        "nextCursor": _encode(f"{listing.__name__} {sort}", order.key, data[-1]) if len(rows) > limit else None,
    }
    if include == "total":
        answer["total"] = listing.count(conn, **filters)
    return answer


def _rows(conn: Connection, order: Order, after_key: str | None, *, limit: int, **others: Any) -> list[Row]:
    rows: list[Row]
    if order.nearby is None:
        rows = order.query(conn, after_key=after_key, limit=limit, **others)
        return rows
    since = _before(after_key, order.nearby)
    rows = order.query(conn, after_key=after_key, limit=limit, since=since, **others)
    if since is not None and len(rows) < limit:
        rows = order.query(conn, after_key=after_key, limit=limit, since=None, **others)
    return rows


def _before(after_key: str | None, nearby: timedelta) -> datetime | None:
    try:
        return (datetime.now(UTC) if after_key is None else datetime.fromisoformat(after_key)) - nearby
    except (ValueError, OverflowError):  # it was forged, or it is "infinity"
        return None


def like_pattern(text: str | None) -> str | None:
    """The pattern that finds a text anywhere, every sign of it taken literally; None where nothing is searched."""
    if text is None:
        return None
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _encode(listing: str, key: str, row: Mapping[str, Any]) -> str:
    value = row[key]
    parts = [listing, "infinity" if value is None else str(value), row["id"]]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _decode(cursor: str, listing: str) -> tuple[str, int | str | UUID]:
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise _bad_cursor() from None
    match parts:
        case [str(of), str(key), int(row_id)] if (
            of == listing and type(row_id) is int and 0 <= row_id <= MAX_ID and "\x00" not in key
        ):
            return key, row_id
        case [str(of), str(key), str(row_id)] if of == listing and "\x00" not in key:
            if _UUID.fullmatch(row_id):
                return key, UUID(row_id)
            if _WORD.fullmatch(row_id):
                return key, row_id
    raise _bad_cursor()


def _bad_cursor() -> Problem:
    return invalid("/cursor", "is not a cursor of this list in this order", "query")
