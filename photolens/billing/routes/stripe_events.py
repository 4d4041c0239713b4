"""What the payment provider tells: its webhook, and what an administrator sees of it."""

from typing import Any

from flask import request

from photolens import access, paging
from photolens import stripe_gateway as gateway
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing.actions import stripe_events as actions
from photolens.billing.schemas import stripe_events as schemas
from photolens.database import Row, connection, sql
from photolens.problems import BAD_REQUEST, BODY_TOO_LARGE, INTERNAL_ERROR, found

blp = Blueprint("Stripe", __name__, description="What the payment provider tells.")


@blp.post("/webhooks/stripe")
@access.public
@blp.refuses(BAD_REQUEST, BODY_TOO_LARGE, gateway.SIGNATURE_INVALID, gateway.PAYMENTS_NOT_CONFIGURED)
@blp.answers(200, schemas.StripeEventReceipt)
def receive_stripe_event() -> dict[str, Any]:
    """Receive an event of Stripe's

    The body is the event, as Stripe sends it, and `Stripe-Signature` its signature. An event that cannot be handled is
    answered 500, kept, and handled when Stripe sends it again; one that has been handled is answered 200, and no more.
    """
    payload = request.get_data()
    event = actions.receive_event(connection(), payload, request.headers.get("Stripe-Signature"))
    if event["outcome"] == "FAILED":
        raise INTERNAL_ERROR("The event is kept, to be handled when it is sent again or replayed.")
    return {"id": event["id"], "outcome": event["outcome"]}


@blp.get("/admin/stripe-events")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.StripeEventList, location="query")
@blp.pages(schemas.StripeEventSummary)
def list_stripe_events(arguments: dict[str, Any]) -> dict[str, Any]:
    """List Stripe's events, newest first"""
    return paging.page(connection(), schemas.StripeEventList, arguments)


@blp.get("/admin/stripe-events/<word:event_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(200, schemas.StripeEvent)
def get_stripe_event(event_id: str) -> Row:
    """Read an event of Stripe's, with all it says"""
    return found(sql.billing.get_stripe_event(connection(), event_id=event_id), "event", event_id)


@blp.post("/admin/stripe-events/<word:event_id>/replay")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.answers(200, schemas.StripeEvent)
def replay_stripe_event(event_id: str) -> Row:
    """Handle an event of Stripe's that has failed, or was never handled

    The outcome says what came of it. One that has been handled stays as it is.
    """
    return actions.handle_event(connection(), event_id)
