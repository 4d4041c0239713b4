"""Subscriptions: to have one and to end it, for members; to see and to grant them, for the studio."""

from typing import Any
from uuid import UUID

from photolens import access, idempotency, paging, visibility
from photolens import stripe_gateway as gateway
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.classes.actions import renewals, subscribing
from photolens.classes.problems import ALREADY_SUBSCRIBED
from photolens.classes.schemas import subscriptions as schemas
from photolens.currencies import AMOUNT_NOT_PAYABLE
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, NOT_FOUND, found

blp = Blueprint("Subscriptions", __name__, description="Credits for classes, each period, as a plan has them.")


def _own(subscription_id: int | None) -> Row | None:
    user_id = access.current_caller().user_id
    row: Row | None = sql.classes.get_own_subscription(connection(), user_id=user_id, subscription_id=subscription_id)
    return row


@blp.post("/subscriptions")
@access.in_person
@blp.commits_first
@blp.arguments(schemas.SubscriptionInput)
@blp.refuses(
    FORBIDDEN,
    ALREADY_SUBSCRIBED,
    AMOUNT_NOT_PAYABLE,
    gateway.PAYMENTS_NOT_CONFIGURED,
    gateway.PAYMENTS_UNAVAILABLE,
    gateway.PAYMENT_REFUSED,
)
@blp.answers(201, schemas.OwnSubscription)
def subscribe(wish: dict[str, Any]) -> Row:
    """Subscribe to a plan, on a page of the payment provider

    The page is at `url`; whoever comes back from it comes to `/subscription` of the front end. As long as nobody has
    paid, the same plan gives the same page again, and another plan another page instead of it.
    """
    user_id = access.active_caller().user_id
    wished = subscribing.Wish(user_id, wish["plan_id"], idempotency.sent_key())
    subscription_id = subscribing.open_subscription(connection(), wished)
    return found(_own(subscription_id), "subscription", subscription_id)


@blp.get("/subscriptions/me")
@access.signed_in
@blp.refuses(NOT_FOUND)
@blp.answers(200, schemas.OwnSubscription)
def get_own_subscription() -> Row:
    """Read your subscription: the one you have, or had last"""
    return found(_own(None), "subscription", "of yours")


@blp.get("/subscriptions/<id:subscription_id>")
@access.signed_in
@blp.answers(200, schemas.Subscription)
def get_subscription(subscription_id: int) -> Row:
    """Read a subscription"""
    viewer_id = visibility.subscription_viewer(access.current_caller())
    row = sql.classes.get_subscription(connection(), viewing_user_id=viewer_id, subscription_id=subscription_id)
    return found(row, "subscription", subscription_id)


@blp.get("/subscriptions/<id:subscription_id>/grants")
@access.signed_in
@blp.arguments(schemas.SubscriptionGrantList, location="query")
@blp.pages(schemas.SubscriptionGrant)
def list_subscription_grants(arguments: dict[str, Any], subscription_id: int) -> dict[str, Any]:
    """List what a subscription has brought and what was paid for it, newest period first"""
    viewer_id = visibility.subscription_viewer(access.current_caller())
    row = sql.classes.get_subscription(connection(), viewing_user_id=viewer_id, subscription_id=subscription_id)
    found(row, "subscription", subscription_id)
    return paging.page(connection(), schemas.SubscriptionGrantList, {**arguments, "subscription_id": subscription_id})


@blp.post("/subscriptions/<id:subscription_id>/cancel")
@access.in_person
@blp.commits_first
@blp.refuses(gateway.PAYMENTS_NOT_CONFIGURED, gateway.PAYMENTS_UNAVAILABLE, gateway.PAYMENT_REFUSED)
@blp.answers(200, schemas.OwnSubscription)
def cancel_subscription(subscription_id: int) -> Row:
    """Cancel your subscription

    It ends with the period that is paid; one that nobody has paid, at once. Sent again, it changes nothing.
    """
    subscribing.cancel_subscription(connection(), access.current_caller().user_id, subscription_id)
    return found(_own(subscription_id), "subscription", subscription_id)


@blp.get("/subscriptions")
@access.requires(Permission.VIEW_INVOICES)
@blp.arguments(schemas.SubscriptionList, location="query")
@blp.pages(schemas.Subscription)
def list_subscriptions(arguments: dict[str, Any]) -> dict[str, Any]:
    """List everybody's subscriptions, newest first"""
    return paging.page(connection(), schemas.SubscriptionList, arguments)


@blp.post("/admin/users/<uuid:user_id>/subscription")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.SubscriptionInput)
@blp.refuses(ALREADY_SUBSCRIBED)
@blp.answers(201, schemas.Subscription, location="/api/v1/subscriptions/{id}")
def grant_subscription(wish: dict[str, Any], user_id: UUID) -> Row:
    """Give a user a subscription that costs them nothing

    It begins now, with the credits of its first period, and is renewed until its holder cancels it.
    """
    return renewals.grant_subscription(connection(), user_id, wish["plan_id"])
