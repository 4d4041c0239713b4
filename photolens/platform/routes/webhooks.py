"""Webhooks out: who is told of what happens, and what became of telling them."""

from typing import Any
from uuid import UUID

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.platform import rules
from photolens.platform.actions import webhooks as actions
from photolens.platform.schemas import webhooks as schemas
from photolens.problems import ILLEGAL_TRANSITION, found

blp = Blueprint(
    "Webhooks out",
    __name__,
    description="Who is told of what happens, by a POST that is signed as Standard Webhooks has it.",
)


@blp.get("/webhook-event-types")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(200, schemas.WebhookEventTypes)
def list_webhook_event_types() -> Row:
    """List the types of events

    Each is of rows of one table of the feed of changes. Of secrets, sessions, health and notes among the team nobody is
    told.
    """
    return {
        "data": [
            {"type": f"{name}.{deed}", "tableName": table} for table, name in rules.TOLD.items() for deed in rules.DEEDS
        ]
    }


@blp.get("/webhook-endpoints")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.WebhookEndpointList, location="query")
@blp.pages(schemas.WebhookEndpoint)
def list_webhook_endpoints(arguments: dict[str, Any]) -> dict[str, Any]:
    """List endpoints, newest first"""
    return paging.page(connection(), schemas.WebhookEndpointList, arguments)


@blp.post("/webhook-endpoints")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.confidential
@blp.arguments(schemas.WebhookEndpointInput)
@blp.answers(201, schemas.WebhookEndpointSecret)
def create_webhook_endpoint(endpoint: dict[str, Any]) -> Row:
    """Add an endpoint

    It is told of what is committed from now on: by a POST of `{"type", "timestamp", "data"}`, where `data` are the row
    as `GET /changes` has it. What it does not answer with a 2xx within 15 seconds is sent again for three days. Of one
    row it is told in order; what comes twice has the same `webhook-id`. Its secret is shown this once.
    """
    return actions.create_endpoint(connection(), endpoint)


@blp.get("/webhook-endpoints/<id:endpoint_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(200, schemas.WebhookEndpoint)
def get_webhook_endpoint(endpoint_id: int) -> Row:
    """Read an endpoint"""
    row = sql.platform.get_webhook_endpoint(connection(), endpoint_id=endpoint_id)
    endpoint: Row = found(row, "webhook endpoint", endpoint_id)
    return endpoint


@blp.patch("/webhook-endpoints/<id:endpoint_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.WebhookEndpointInput(partial=True))
@blp.answers(200, schemas.WebhookEndpoint)
def update_webhook_endpoint(changes: dict[str, Any], endpoint_id: int) -> Row:
    """Change an endpoint

    One that is switched off is told nothing; switched on, it goes on where it was, but for what is older than three
    days.
    """
    return actions.update_endpoint(connection(), endpoint_id, changes)


@blp.delete("/webhook-endpoints/<id:endpoint_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(204)
def delete_webhook_endpoint(endpoint_id: int) -> None:
    """Remove an endpoint, with all that it was told or is to be"""
    actions.delete_endpoint(connection(), endpoint_id)


@blp.post("/webhook-endpoints/<id:endpoint_id>/rotate-secret")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.confidential
@blp.answers(200, schemas.WebhookEndpointSecret)
def rotate_webhook_secret(endpoint_id: int) -> Row:
    """Give an endpoint another secret

    It is shown this once. For 24 hours the one before it signs as well.
    """
    return actions.rotate_secret(connection(), endpoint_id)


@blp.post("/webhook-endpoints/<id:endpoint_id>/test")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(ILLEGAL_TRANSITION)
@blp.answers(201, schemas.WebhookDeliveryDetails, location="/api/v1/webhook-deliveries/{id}")
def test_webhook_endpoint(endpoint_id: int) -> Row:
    """Send an endpoint a `ping`

    An answer to it brings what waits for an endpoint that was away.
    """
    return actions.ping(connection(), endpoint_id)


@blp.get("/webhook-deliveries")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.WebhookDeliveryList, location="query")
@blp.pages(schemas.WebhookDelivery)
def list_webhook_deliveries(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what endpoints were told, newest first

    Kept for 30 days.
    """
    return paging.page(connection(), schemas.WebhookDeliveryList, arguments)


@blp.get("/webhook-deliveries/<uuid:delivery_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(200, schemas.WebhookDeliveryDetails)
def get_webhook_delivery(delivery_id: UUID) -> Row:
    """Read what became of telling an endpoint something"""
    row = sql.platform.get_webhook_delivery(connection(), delivery_id=delivery_id)
    delivery: Row = found(row, "delivery", delivery_id)
    return delivery


@blp.post("/webhook-deliveries/<uuid:delivery_id>/redeliver")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(ILLEGAL_TRANSITION)
@blp.answers(200, schemas.WebhookDeliveryDetails)
def redeliver_webhook(delivery_id: UUID) -> Row:
    """Send something again

    Under the same `webhook-id`, with what the trail has of it now.
    """
    return actions.redeliver(connection(), delivery_id)
