"""The JSON of the assistant."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Choice, Date, Id, Input, Instant, Money, Output, Text, TimeOfDay
from photolens.paging import ListArguments, Order, sort_field
from photolens.spaces.schemas.catalogue import SERVICES
from photolens.spaces.schemas.services import PRICE_UNITS

ROLES = ("USER", "ASSISTANT")


class ChatMessageInput(Input):
    """What somebody writes to the assistant."""

    content = Text(2000, required=True, example="A desk in Amman tomorrow from 10 to 12, under 20")


class Suggestion(Output):
    """An offering, and when it was free as the assistant replied."""

    id = Id()
    service_name = Choice(*SERVICES)
    label = Text(200, example="Desk by the window")
    branch_id = Id()
    branch_name = Text(200, example="Harbour House")
    city = Text(100, example="Amman")
    price_per_unit = Money(example="12.50")
    price_unit = Choice(*PRICE_UNITS)
    date = Date(example="2150-01-04")
    start_time = TimeOfDay(example="10:00")
    end_time = TimeOfDay(example="12:00")


class ChatMessage(Output):
    """What was said by a user, or by the assistant with what it suggests."""

    id = Id()
    role = Choice(*ROLES)
    content = Text(8000, example="A desk in Amman tomorrow from 10 to 12, under 20")
    suggestions = fields.List(fields.Nested(Suggestion))
    created_at = Instant()


class Exchange(Output):
    """A message, and the reply to it."""

    message = fields.Nested(ChatMessage)
    reply = fields.Nested(ChatMessage)


class ChatMessageList(ListArguments):
    """The order of the messages."""

    orders = {"-createdAt": Order(sql.spaces.list_messages_by_created_at_desc, "createdAt")}
    count = sql.spaces.count_messages
    sort = sort_field(orders)
