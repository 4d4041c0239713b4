"""The JSON of webhooks: who is told of what happens, and what became of telling them."""

from typing import Any

from marshmallow import ValidationError, fields, validate

from photolens.database import sql
from photolens.fields import Choice, Flag, Id, Input, Instant, Output, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, sort_field
from photolens.platform.rules import EVENT_TYPES, EVERY_EVENT

STATUSES = ("PENDING", "DELIVERED", "FAILED")
URL = "https://hooks.example/photolens"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  (an example)


def _is_event_type(word: str) -> None:
    if word != EVERY_EVENT and word not in EVENT_TYPES:
        raise ValidationError("is no type of event: GET /webhook-event-types has them")


def _event_types(**kwargs: Any) -> "fields.List[str]":
    return fields.List(
        Text(80, validate=_is_event_type, example="client.created"),
        validate=validate.Length(min=1, max=len(EVENT_TYPES)),
        metadata={"example": ["client.created", "booking.updated"], "description": "`*` stands for all of them."},
        **kwargs,
    )


class WebhookEndpointList(ListArguments):
    """Filters and orders of the endpoints."""

    orders = {"-createdAt": Order(sql.platform.list_webhook_endpoints_by_created_at_desc, "createdAt")}
    count = sql.platform.count_webhook_endpoints
    sort = sort_field(orders)
    is_active = Flag(load_default=None)


class WebhookEndpointInput(Input):
    """Who is to be told of what."""

    url = Text(2000, required=True, example=URL, metadata={"description": "https, at port 443 of a public host."})
    description = Text(500, nullable=True, load_default=None, example="Our bookkeeping")
    event_types = _event_types(required=True)
    is_active = Flag(load_default=True)


class WebhookEndpoint(Output):
    """Somebody who is told of what happens."""

    id = Id()
    url = Text(2000, example=URL)
    description = Text(500, nullable=True, example="Our bookkeeping")
    event_types = _event_types()
    is_active = Flag(metadata={"description": "One that answers 410 is switched off."})
    former_secret_until = Instant(
        nullable=True, metadata={"description": "Until when the secret before the present one signs as well."}
    )
    created_at = Instant()
    updated_at = Instant()


class WebhookEndpointSecret(WebhookEndpoint):
    """An endpoint with its secret, which is shown this once."""

    secret = Text(100, example=SECRET)


class WebhookDeliveryList(ListArguments):
    """Filters and orders of what endpoints are told."""

    orders = {"-createdAt": Order(sql.platform.list_webhook_deliveries_by_created_at_desc, "createdAt")}
    count = sql.platform.count_webhook_deliveries
    sort = sort_field(orders)
    endpoint_id = Id(load_default=None)
    status = Choice(*STATUSES, load_default=None)
    event_type = Text(80, load_default=None, example="client.created")


class WebhookDelivery(Output):
    """Something that an endpoint is told, and what became of it."""

    id = Uuid(metadata={"description": "The `webhook-id`: the same however often it is sent."})
    endpoint_id = Id()
    change_id = WholeNumber(
        1, 2**63 - 1, nullable=True, example=4711, metadata={"description": "The row of the feed of changes."}
    )
    event_type = Text(80, example="client.created")
    object = Text(
        300, nullable=True, example="clients/12", metadata={"description": "Table and row, as the feed names them."}
    )
    status = Choice(*STATUSES)
    tries = WholeNumber(0, 2**31 - 1, example=1, metadata={"description": "Since it was noted, or sent again."})
    next_attempt_at = Instant(
        nullable=True, metadata={"description": "Null while something of the same object has to be taken first."}
    )
    last_status_code = WholeNumber(100, 999, nullable=True, example=204)
    last_error = Text(500, nullable=True, example="hooks.example answers 500.")
    delivered_at = Instant(nullable=True)
    created_at = Instant()


class WebhookAttempt(Output):
    """One try to tell an endpoint something."""

    id = Id()
    attempted_at = Instant()
    status_code = WholeNumber(100, 999, nullable=True, example=500)
    error = Text(500, nullable=True, example="hooks.example answers 500.")
    milliseconds = WholeNumber(0, 2**31 - 1, example=87)
    answer = Text(1024, nullable=True, example="Try again later.", metadata={"description": "How it begins."})


class WebhookDeliveryDetails(WebhookDelivery):
    """Something that an endpoint is told, with the last hundred tries, newest first."""

    attempts = fields.List(fields.Nested(WebhookAttempt))


class WebhookEventType(Output):
    """A type of event, and the table of the feed of changes whose rows it is about."""

    type = Text(80, example="client.created")
    table_name = Text(63, example="clients")


class WebhookEventTypes(Output):
    """All types of events."""

    data = fields.List(fields.Nested(WebhookEventType))
