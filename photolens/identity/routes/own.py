"""What users keep of themselves: account, profile, addresses."""

from typing import Any

from photolens import access, paging
from photolens.access import current_caller
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.identity import problems
from photolens.identity.actions import own as actions
from photolens.identity.schemas import own as schemas
from photolens.identity.schemas.users import User
from photolens.problems import found

blp = Blueprint("Me", __name__, description="The caller's own account, profile and addresses.")


@blp.get("/me")
@access.signed_in
@blp.answers(200, User)
def get_own_account() -> Row:
    """Read your account"""
    row: Row = sql.identity.get_user(connection(), user_id=current_caller().user_id)
    return row


@blp.patch("/me")
@access.in_person
@blp.arguments(schemas.OwnAccountInput(partial=True))
@blp.refuses(problems.PHONE_TAKEN, problems.NOT_VERIFIED)
@blp.answers(200, User)
def update_own_account(changes: dict[str, Any]) -> Row:
    """Change your account

    A phone number that changes has to be verified anew. Role and status are not yours to change.
    """
    return actions.update_own_account(connection(), current_caller(), changes)


@blp.get("/me/profile")
@access.signed_in
@blp.answers(200, schemas.Profile)
def get_profile() -> Row:
    """Read your profile"""
    row: Row = sql.identity.get_profile(connection(), user_id=current_caller().user_id)
    return row


@blp.patch("/me/profile")
@access.in_person
@blp.arguments(schemas.ProfileInput(partial=True))
@blp.answers(200, schemas.Profile)
def update_profile(changes: dict[str, Any]) -> Row:
    """Change your profile"""
    return actions.update_profile(connection(), current_caller().user_id, changes)


@blp.get("/me/addresses")
@access.signed_in
@blp.arguments(schemas.AddressList, location="query")
@blp.pages(schemas.Address)
def list_addresses(arguments: dict[str, Any]) -> dict[str, Any]:
    """List your addresses"""
    return paging.page(connection(), schemas.AddressList, {**arguments, "user_id": current_caller().user_id})


@blp.post("/me/addresses")
@access.in_person
@blp.arguments(schemas.AddressInput)
@blp.refuses(problems.TOO_MANY)
@blp.answers(201, schemas.Address)
def add_address(address: dict[str, Any]) -> Row:
    """Add an address"""
    return actions.add_address(connection(), current_caller().user_id, address)


@blp.get("/me/addresses/<id:address_id>")
@access.signed_in
@blp.answers(200, schemas.Address)
def get_address(address_id: int) -> Row:
    """Read an address of yours"""
    user_id = current_caller().user_id
    return found(sql.identity.get_address(connection(), address_id=address_id, user_id=user_id), "address", address_id)


@blp.patch("/me/addresses/<id:address_id>")
@access.in_person
@blp.arguments(schemas.AddressInput(partial=True))
@blp.answers(200, schemas.Address)
def update_address(changes: dict[str, Any], address_id: int) -> Row:
    """Change an address of yours"""
    return actions.update_address(connection(), current_caller().user_id, address_id, changes)


@blp.delete("/me/addresses/<id:address_id>")
@access.in_person
@blp.answers(204)
def remove_address(address_id: int) -> None:
    """Remove an address of yours"""
    actions.remove_address(connection(), current_caller().user_id, address_id)
