"""The JSON of notifications, and of how one wants to be told."""

from typing import Any

from marshmallow import ValidationError, fields, validates

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Output, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, sort_field
from photolens.platform.rules import BY_EMAIL

TYPES = tuple(BY_EMAIL)
MANY = 2**53 - 1


class NotificationList(ListArguments):
    """Filters and orders of what one was told."""

    orders = {"-number": Order(sql.platform.list_notifications_by_number_desc, "number")}
    count = sql.platform.count_notifications
    sort = sort_field(orders)
    is_read = Flag(load_default=None)
    type = Choice(*TYPES, load_default=None)


class Notification(Output):
    """Something that a user is told, and what it is about."""

    id = Id()
    user_id = Uuid()
    number = WholeNumber(
        1, MANY, example=7, metadata={"description": "One more than the one before, of each user: the id of its event."}
    )
    type = Choice(*TYPES)
    title = Text(200, example="About SUP-000012")
    body = Text(2000, example="There is an answer for you.")
    subject_type = Text(40, nullable=True, example="SUPPORT_PROBLEM")
    subject_id = Id(nullable=True)
    read_at = Instant(nullable=True)
    created_at = Instant()


class UnreadCount(Output):
    """How much one has not read."""

    unread = WholeNumber(0, MANY, example=3)


class ReadCount(Output):
    """How much one has read at once."""

    read = WholeNumber(0, MANY, example=3)


class PreferenceInput(Input):
    """By what else one wants to be told things of a type."""

    type = Choice(*TYPES, required=True)
    email = Flag(required=True)
    sms = Flag(required=True)


class PreferencesInput(Input):
    """What one chooses; of a type that is left out, nothing: it follows the default."""

    preferences = fields.List(fields.Nested(PreferenceInput), required=True)

    @validates("preferences")
    def _each_type_once(self, preferences: list[dict[str, Any]], data_key: str) -> None:
        seen: set[str] = set()
        for index, preference in enumerate(preferences):
            type_ = preference.get("type")  # absent where it was no word of the list
            if type_ in seen:
                raise ValidationError({index: {"type": ["is here already"]}})
            if type_ is not None:
                seen.add(type_)


class Preference(Output):
    """By what else one is told things of a type; the application shows them all."""

    type = Choice(*TYPES)
    email = Flag(metadata={"description": "To the address of the account, once it is verified."})
    sms = Flag(metadata={"description": "To the phone of the account, once it is verified."})
    is_default = Flag(metadata={"description": "Whether nothing was chosen of this type."})


class Preferences(Output):
    """By what else one is told things, type by type."""

    data = fields.List(fields.Nested(Preference))
