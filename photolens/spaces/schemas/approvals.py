"""The JSON of what vendors ask administrators for."""

from typing import Any

from marshmallow import ValidationError, validates_schema

from photolens.database import sql
from photolens.fields import Choice, Id, Input, Instant, Output, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, sort_field
from photolens.spaces.schemas.services import MOST_UNITS

KINDS = ("CAPACITY_CHANGE", "PAUSE_BRANCH", "ACTIVATE_BRANCH")
STATUSES = ("PENDING", "APPROVED", "REJECTED")
OF_CAPACITY = {"description": "Of a CAPACITY_CHANGE, and of nothing else."}


class ApprovalRequestInput(Input):
    """What a vendor asks for."""

    kind = Choice(*KINDS, required=True)
    vendor_service_id = Id(nullable=True, load_default=None, metadata=OF_CAPACITY)
    requested_capacity = WholeNumber(1, MOST_UNITS, nullable=True, load_default=None, example=20, metadata=OF_CAPACITY)
    reason = Text(2000, nullable=True, load_default=None, example="We have taken the next floor.")

    @validates_schema
    def _of_its_kind(self, request: dict[str, Any], **_kwargs: Any) -> None:
        is_of_capacity = request["kind"] == "CAPACITY_CHANGE"
        word = "is needed for a CAPACITY_CHANGE" if is_of_capacity else "goes with a CAPACITY_CHANGE only"
        faults = {
            key: [word]
            for key, name in (("vendorServiceId", "vendor_service_id"), ("requestedCapacity", "requested_capacity"))
            if (request[name] is None) == is_of_capacity
        }
        if faults:
            raise ValidationError(faults)


class ApprovalRequest(Output):
    """What a vendor has asked for, and what was decided."""

    id = Id()
    kind = Choice(*KINDS)
    branch_id = Id()
    branch_name = Text(200, example="Harbour House")
    vendor_id = Uuid()
    vendor_name = Text(200, example="Salma Nasser")
    vendor_service_id = Id(nullable=True)
    vendor_service_label = Text(200, nullable=True, example="Desk by the window")
    max_capacity = WholeNumber(
        1, MOST_UNITS, nullable=True, example=12, metadata={"description": "What it is at present."}
    )
    requested_capacity = WholeNumber(1, MOST_UNITS, nullable=True, example=20)
    reason = Text(2000, nullable=True, example="We have taken the next floor.")
    status = Choice(*STATUSES)
    review_note = Text(2000, nullable=True, example="Congratulations.")
    decided_at = Instant(nullable=True)
    created_at = Instant()


class ApprovalRequestList(ListArguments):
    """Filters and orders of the requests."""

    orders = {
        "-createdAt": Order(sql.spaces.list_approval_requests_by_created_at_desc, "createdAt"),
        "createdAt": Order(sql.spaces.list_approval_requests_by_created_at, "createdAt"),
    }
    count = sql.spaces.count_approval_requests
    sort = sort_field(orders)
    status = Choice(*STATUSES, load_default=None)
    kind = Choice(*KINDS, load_default=None)


class ReviewInput(Input):
    """What an administrator says to the vendor about a decision."""

    note = Text(2000, nullable=True, load_default=None, example="Congratulations.")
