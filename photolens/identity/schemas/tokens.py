"""The JSON of personal access tokens."""

from marshmallow import fields, validate

from photolens.access import Permission
from photolens.database import sql
from photolens.fields import Choice, Id, Input, Instant, Output, Text
from photolens.paging import ListArguments, Order, sort_field


class PersonalTokenInput(Input):
    """A personal access token, as it is made."""

    name = Text(100, required=True, example="Calendar sync")
    permissions = fields.List(
        Choice(*Permission),
        required=True,
        validate=validate.Length(max=len(Permission)),
        metadata={"description": "What it may do: permissions that you have."},
    )
    expires_at = Instant(
        nullable=True,
        load_default=None,
        metadata={"example": None, "description": "Without one in 90 days; at most in 366."},
    )


class PersonalToken(Output):
    """A personal access token, as far as it is ever shown again."""

    id = Id()
    name = Text(100, example="Calendar sync")
    permissions = fields.List(Choice(*Permission))
    expires_at = Instant()
    last_used_at = Instant(nullable=True)
    created_at = Instant()


class NewPersonalToken(PersonalToken):
    """A personal access token that has just been made: the only time that the token itself is shown."""

    token = Text(200, example="pl_3q2-7_hX0tB5w8k1ZrVn4yCjDmQfLsPaUeGiTbNxOoY")


class PersonalTokenList(ListArguments):
    """The order of the personal access tokens."""

    orders = {"-createdAt": Order(sql.identity.list_api_tokens, "createdAt")}
    count = sql.identity.count_api_tokens
    sort = sort_field(orders)
