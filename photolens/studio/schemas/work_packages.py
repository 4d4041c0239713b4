"""The JSON of work packages."""

from photolens.database import sql
from photolens.fields import Choice, Date, Id, Input, Instant, MoneySum, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, search_field, sort_field

STATUSES = ("OPEN", "CLOSED")


class WorkPackageChanges(Input):
    """What may be changed of a work package; its client stays."""

    name = Text(200, required=True, example="Spring campaign")
    description = Text(5000, nullable=True, load_default=None, example="Four shoots, one look.")
    status = Choice(
        *STATUSES, load_default="OPEN", metadata={"description": "To a CLOSED one no booking or invoice is added."}
    )
    starts_on = Date(nullable=True, load_default=None, example="2026-03-01")
    ends_on = Date(nullable=True, load_default=None, example="2026-05-31")


class WorkPackageInput(WorkPackageChanges):
    """A work package, as it is added."""

    client_id = Id(required=True)


class WorkPackage(Output):
    """What a client and the studio have agreed on: bookings and invoices belong to it."""

    id = Id()
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    name = Text(200, example="Spring campaign")
    description = Text(5000, nullable=True, example="Four shoots, one look.")
    status = Choice(*STATUSES)
    starts_on = Date(nullable=True, example="2026-03-01")
    ends_on = Date(nullable=True, example="2026-05-31")
    booking_count = WholeNumber(
        0, 2**31 - 1, example=4, metadata={"description": "For a photographer, those they are on."}
    )
    invoiced_amount = MoneySum(
        nullable=True, metadata={"description": "What was issued and not voided; null for a photographer."}
    )
    paid_amount = MoneySum(nullable=True, metadata={"description": "What was paid of it; null for a photographer."})
    created_at = Instant()
    updated_at = Instant()


class WorkPackageList(ListArguments):
    """Filters and orders of the work packages."""

    orders = {
        "-createdAt": Order(sql.studio.list_work_packages_by_created_at_desc, "createdAt"),
        "createdAt": Order(sql.studio.list_work_packages_by_created_at, "createdAt"),
    }
    count = sql.studio.count_work_packages
    sort = sort_field(orders)
    q = search_field()
    client_id = Id(load_default=None)
    status = Choice(*STATUSES, load_default=None)
