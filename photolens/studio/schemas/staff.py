"""The JSON of staff members."""

from photolens.database import sql
from photolens.fields import Choice, Email, Id, Input, Instant, Output, Text, Uuid, WebAddress
from photolens.paging import ListArguments, Order, search_field, sort_field

ROLES = ("PHOTOGRAPHER", "EDITOR", "OWNER", "ADMIN", "FINANCE")
STATUSES = ("ACTIVE", "INVITED", "INACTIVE")


class StaffMemberInput(Input):
    """A staff member, as they are added or changed."""

    name = Text(200, required=True, example="Lena Hoffmann")
    role = Choice(*ROLES, required=True)
    email = Email(nullable=True, load_default=None)
    phone = Text(40, nullable=True, load_default=None, example="+1 555 0190")
    avatar_url = WebAddress(nullable=True, load_default=None)
    status = Choice(
        "ACTIVE", "INACTIVE", load_default="ACTIVE", metadata={"description": "INVITED comes of an invitation."}
    )


class StaffMember(Output):
    """Somebody who works at the studio."""

    id = Id()
    user_id = Uuid(nullable=True)
    name = Text(200, example="Lena Hoffmann")
    role = Choice(*ROLES)
    email = Email(nullable=True)
    phone = Text(40, nullable=True, example="+1 555 0190")
    avatar_url = WebAddress(nullable=True)
    status = Choice(*STATUSES)
    last_login_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class StaffMemberList(ListArguments):
    """Filters and orders of the staff."""

    orders = {
        "name": Order(sql.studio.list_staff_members_by_name, "name"),
        "-name": Order(sql.studio.list_staff_members_by_name_desc, "name"),
    }
    count = sql.studio.count_staff_members
    sort = sort_field(orders)
    q = search_field()
    role = Choice(*ROLES, load_default=None)
    status = Choice(*STATUSES, load_default=None)
