"""The JSON of settings and activities."""

from marshmallow import fields, validate

from photolens.database import sql
from photolens.fields import Id, Input, Instant, Output, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, sort_field


class SettingsInput(Input):
    """The whole of the settings; a PUT replaces them."""

    currency = Text(
        3,
        required=True,
        example="USD",
        validate=validate.Regexp("^[A-Z]{3}$", error="is not a currency code such as USD"),
        metadata={"description": "ISO 4217; what new invoices are made out in."},
    )
    time_zone = Text(
        60,
        required=True,
        example="America/New_York",
        metadata={"description": "IANA name; the studio's days and months are those of this zone."},
    )
    invoice_prefix = Text(20, required=True, example="INV-")
    default_due_days = WholeNumber(0, 365, required=True, example=14)


class Settings(Output):
    """What the whole studio agrees on."""

    currency = Text(3, example="USD")
    time_zone = Text(60, example="America/New_York")
    invoice_prefix = Text(20, example="INV-")
    default_due_days = WholeNumber(0, 365, example=14)
    updated_at = Instant()


class ActivityList(ListArguments):
    """Filters and orders of the feed."""

    orders = {"-createdAt": Order(sql.platform.list_activities, "createdAt")}
    count = sql.platform.count_activities
    sort = sort_field(orders)
    client_id = Id(load_default=None)
    subject_type = Text(40, load_default=None, example="BOOKING")
    subject_id = Id(load_default=None)


class Activity(Output):
    """A deed: who did what to what, and when."""

    id = Id()
    kind = Text(60, example="PAYMENT_RECORDED")
    subject_type = Text(40, example="INVOICE")
    subject_id = Id()
    client_id = Id(nullable=True)
    actor_id = Uuid(nullable=True)
    actor = Text(200, example="Rosa Delgado", metadata={"description": "Their name, as it was then."})
    details = fields.Dict(
        metadata={"example": {"amount": "250.00"}, "description": "What the deed was about, by its kind."}
    )
    created_at = Instant()
