"""Credits: what is sold, bought and left, for whoever has them; and for administrators, to correct them."""

from typing import Any
from uuid import UUID

from photolens import access, idempotency, paging
from photolens import stripe_gateway as gateway
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.credits import schemas, screens
from photolens.credits.actions import adjustments, grants, purchases
from photolens.credits.problems import INSUFFICIENT_CREDITS
from photolens.currencies import AMOUNT_NOT_PAYABLE
from photolens.database import Row, connection, sql
from photolens.problems import NOT_FOUND, found

blp = Blueprint("Credits", __name__, description="What photos are paid with: how it is bought, and what is left.")


@blp.get("/billing/products")
@access.signed_in
@blp.answers(200, schemas.CreditProducts)
def list_credit_products() -> dict[str, Any]:
    """List what is sold"""
    return screens.list_products(connection())


@blp.post("/billing/create-checkout")
@access.signed_in
@blp.commits_first
@blp.arguments(schemas.PurchaseInput)
@blp.refuses(
    AMOUNT_NOT_PAYABLE,
    gateway.PAYMENTS_NOT_CONFIGURED,
    gateway.PAYMENTS_UNAVAILABLE,
    gateway.PAYMENT_REFUSED,
)
@blp.answers(201, schemas.Purchase, location="/api/v1/billing/purchases/{id}")
def create_purchase(wish: dict[str, Any]) -> Row:
    """Open a page on which to pay for credits

    Whoever has paid comes back to `/credits?session_id=…` of the front end, which sends that to `/billing/confirm`.
    """
    conn, user_id = connection(), access.current_caller().user_id
    purchase_id = purchases.open_purchase(conn, purchases.Wish(user_id, **wish, idempotency_key=idempotency.sent_key()))
    row: Row = sql.credits.get_purchase(conn, user_id=user_id, purchase_id=purchase_id)
    return row


@blp.post("/billing/confirm")
@access.signed_in
@blp.commits_first
@blp.arguments(schemas.Confirmation)
@blp.refuses(NOT_FOUND, gateway.PAYMENTS_NOT_CONFIGURED, gateway.PAYMENTS_UNAVAILABLE, gateway.PAYMENT_REFUSED)
@blp.answers(200, schemas.ConfirmedPurchase)
def confirm_purchase(confirmation: dict[str, str]) -> Row:
    """Have the payment provider asked what has become of a purchase

    Whoever comes back from paying need not wait for a webhook. Sent again, it credits nothing more.
    """
    conn, user_id = connection(), access.current_caller().user_id
    purchase = purchases.confirm_purchase(conn, user_id, confirmation["session_id"])
    return {"purchase": purchase, "credits": sql.credits.get_balance(conn, user_id=user_id)["credits"]}


@blp.get("/billing/me")
@access.signed_in
@blp.answers(200, schemas.Credits)
def get_own_credits() -> Row:
    """Read what you can spend, and what of it expires next"""
    return screens.get_credits(connection(), access.current_caller().user_id)


@blp.get("/billing/purchases")
@access.signed_in
@blp.arguments(schemas.PurchaseList, location="query")
@blp.pages(schemas.Purchase)
def list_own_purchases(arguments: dict[str, Any]) -> dict[str, Any]:
    """List your purchases, newest first"""
    user_id = access.current_caller().user_id
    return paging.page(connection(), schemas.PurchaseList, {**arguments, "user_id": user_id})


@blp.get("/billing/purchases/<id:purchase_id>")
@access.signed_in
@blp.answers(200, schemas.Purchase)
def get_own_purchase(purchase_id: int) -> Row:
    """Read one of your purchases"""
    user_id = access.current_caller().user_id
    row = sql.credits.get_purchase(connection(), user_id=user_id, purchase_id=purchase_id)
    return found(row, "purchase", purchase_id)


@blp.get("/billing/transactions")
@access.signed_in
@blp.arguments(schemas.CreditTransactionList, location="query")
@blp.pages(schemas.CreditTransaction)
def list_own_credit_transactions(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what has come to you and gone of credits, newest first"""
    user_id = access.current_caller().user_id
    return paging.page(connection(), schemas.CreditTransactionList, {**arguments, "user_id": user_id})


@blp.get("/admin/users/<uuid:user_id>/credits")
@access.requires(Permission.MANAGE_STAFF)
@blp.answers(200, schemas.Credits)
def get_credits_of_user(user_id: UUID) -> Row:
    """Read what a user can spend, and what of it expires next"""
    return screens.get_credits(connection(), user_id)


@blp.post("/admin/users/<uuid:user_id>/credits")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.CreditAdjustment)
@blp.refuses(INSUFFICIENT_CREDITS)
@blp.answers(201, schemas.RecordedCreditTransaction, location="/api/v1/admin/users/{userId}/credits")
def adjust_credits(adjustment: dict[str, Any], user_id: UUID) -> Row:
    """Give a user credits, or take some

    What is given does not expire; what is taken is of what expires first. The reason is the user's to read.
    """
    return adjustments.adjust_credits(connection(), user_id, **adjustment)


@blp.post("/credits/grants")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.CreditGrantInput)
@blp.answers(201, schemas.RecordedCreditTransaction, location="/api/v1/admin/users/{userId}/credits")
def grant_credits(grant: dict[str, Any]) -> Row:
    """Give a user credits

    They are told, and the reason is theirs to read in their ledger.
    """
    return grants.grant_credits(connection(), **grant)
