"""The JSON of branches."""

from marshmallow import fields, validate

from photolens.database import sql
from photolens.decimals import Degrees
from photolens.fields import Choice, Id, Input, Instant, Output, Text, Uuid
from photolens.paging import ListArguments, Order, search_field, sort_field
from photolens.spaces.schemas.catalogue import Facility

STATUSES = ("PENDING", "ACTIVE", "SUSPENDED")


class BranchInput(Input):
    """What a vendor says of a branch. Latitude and longitude go together."""

    name = Text(200, required=True, example="Harbour House")
    description = Text(5000, nullable=True, load_default=None, example="Three floors by the water.")
    city = Text(100, required=True, example="Amman")
    address = Text(300, required=True, example="14 Rainbow Street")
    latitude = Degrees(90, allow_none=True, load_default=None, example=31.9514)
    longitude = Degrees(180, allow_none=True, load_default=None, example=35.9239)
    time_zone = Text(60, required=True, example="Asia/Amman", metadata={"description": "An IANA name."})


class Branch(Output):
    """A place where a vendor lets spaces. The public sees it while it is ACTIVE."""

    id = Id()
    vendor_id = Uuid()
    vendor_name = Text(200, example="Salma Nasser")
    name = Text(200, example="Harbour House")
    description = Text(5000, nullable=True, example="Three floors by the water.")
    city = Text(100, example="Amman")
    address = Text(300, example="14 Rainbow Street")
    latitude = Degrees(90, allow_none=True, example=31.9514)
    longitude = Degrees(180, allow_none=True, example=35.9239)
    time_zone = Text(60, example="Asia/Amman")
    status = Choice(*STATUSES)
    facilities = fields.List(fields.Nested(Facility))
    created_at = Instant()
    updated_at = Instant()


class BranchList(ListArguments):
    """Filters and orders of the branches."""

    orders = {
        "name": Order(sql.spaces.list_branches_by_name, "name"),
        "createdAt": Order(sql.spaces.list_branches_by_created_at, "createdAt"),
    }
    count = sql.spaces.count_branches
    sort = sort_field(orders)
    q = search_field()
    status = Choice(*STATUSES, load_default=None)


class BranchStatusInput(Input):
    """What an administrator makes of a branch, and why."""

    status = Choice("ACTIVE", "SUSPENDED", required=True)
    reason = Text(500, required=True, example="The papers are in order.")


class BranchFacilitiesInput(Input):
    """All that can be found at a branch, by the ids of the catalogue."""

    facility_ids = fields.List(Id(), required=True, validate=validate.Length(max=200), metadata={"example": [1]})


class BranchFacilities(Output):
    """All that can be found at a branch."""

    facilities = fields.List(fields.Nested(Facility))
