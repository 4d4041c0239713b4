"""The JSON of users."""

from marshmallow import fields

from photolens.access import Role
from photolens.database import sql
from photolens.fields import Choice, Email, Flag, Id, Input, Instant, Output, Phone, Text, Uuid, WebAddress
from photolens.paging import ListArguments, Order, search_field, sort_field

STATUSES = ("ACTIVE", "PENDING", "SUSPENDED")


class UserAccessInput(Input):
    """What an administrator changes of a user, and why."""

    role = Choice(*Role, metadata={"example": "PHOTOGRAPHER"})
    status = Choice("ACTIVE", "SUSPENDED")
    reason = Text(500, required=True, example="Second photographer from May on.")


class UserAccessChange(Output):
    """What a user's role and status were changed to."""

    id = Id()
    role = Choice(*Role, metadata={"example": "PHOTOGRAPHER"})
    status = Choice(*STATUSES)
    reason = Text(500, example="Second photographer from May on.")
    changed_by = Uuid(nullable=True)
    changed_by_name = Text(200, nullable=True, example="Rosa Delgado")
    changed_at = Instant()


class User(Output):
    """Somebody with an account."""

    id = Uuid()
    name = Text(200, example="Emma Chen")
    email = Email()
    is_email_verified = Flag()
    image = WebAddress(nullable=True)
    phone_number = Phone(nullable=True)
    is_phone_verified = Flag(metadata={"example": False})
    role = Choice(*Role, metadata={"example": "CUSTOMER"})
    status = Choice(*STATUSES)
    last_login_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class UserWithHistory(User):
    """Somebody with an account, and what administrators have made of it."""

    access_changes = fields.List(fields.Nested(UserAccessChange))


class UserList(ListArguments):
    """Filters and orders of the users."""

    orders = {
        "-createdAt": Order(sql.identity.list_users_by_created_at_desc, "createdAt"),
        "createdAt": Order(sql.identity.list_users_by_created_at, "createdAt"),
        "name": Order(sql.identity.list_users_by_name, "name"),
        "-name": Order(sql.identity.list_users_by_name_desc, "name"),
    }
    count = sql.identity.count_users
    sort = sort_field(orders)
    q = search_field()
    role = Choice(*Role, load_default=None)
    status = Choice(*STATUSES, load_default=None)
