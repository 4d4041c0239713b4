"""The JSON of a client's work packages, as their contacts see them."""

from photolens.database import sql
from photolens.fields import Choice, Date, Id, Instant, Output, Text
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("OPEN", "CLOSED")


class PortalWorkPackage(Output):
    """What the client and the studio have agreed on; its bookings and invoices are lists with a filter for it."""

    id = Id()
    name = Text(200, example="Wedding in June")
    description = Text(5000, nullable=True, example="Engagement session, the day itself, and an album.")
    status = Choice(*STATUSES)
    starts_on = Date(nullable=True)
    ends_on = Date(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class PortalWorkPackageList(ListArguments):
    """Filter and orders of a client's work packages."""

    orders = {
        "-createdAt": Order(sql.portal.list_work_packages_by_created_at_desc, "createdAt"),
        "createdAt": Order(sql.portal.list_work_packages_by_created_at, "createdAt"),
    }
    count = sql.portal.count_work_packages
    sort = sort_field(orders)
    status = Choice(*STATUSES, load_default=None)
