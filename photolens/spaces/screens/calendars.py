"""When an offering is to be had, for everybody."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from photolens import paging
from photolens.database import Connection, sql
from photolens.problems import found, invalid
from photolens.spaces.schemas import search as schemas

LONGEST = timedelta(days=62)  # from the first day to the last


def list_slots(conn: Connection, vendor_service_id: int, arguments: dict[str, Any]) -> dict[str, Any]:
    """A page of the slots of an offering that the public sees, from today on where no day is named.

    Problems: `not_found`, `invalid`.
    """
    offering = sql.spaces.get_public_offering(conn, vendor_service_id=vendor_service_id)
    zone = ZoneInfo(found(offering, "service", vendor_service_id)["timeZone"])
    first, last = arguments["first_date"], arguments["last_date"]
    if first is None:
        first = datetime.now(UTC).astimezone(zone).date() if last is None else last - LONGEST
    if last is None:
        last = first + LONGEST
    if last < first:
        raise invalid("/to", "is before from", "query")
    if last - first > LONGEST:
        raise invalid("/to", "is more than 62 days after from", "query")
    days = {"first_date": first, "last_date": last}
    return paging.page(conn, schemas.PublicSlotList, {**arguments, **days, "vendor_service_id": vendor_service_id})
