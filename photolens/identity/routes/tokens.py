"""Personal access tokens."""

from typing import Any

from photolens import access, paging
from photolens.access import current_caller
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.identity import problems
from photolens.identity.actions import tokens as actions
from photolens.identity.schemas import tokens as schemas
from photolens.problems import NAME_TAKEN, found

blp = Blueprint("Personal access tokens", __name__, description="Tokens for programs that act for you.")


@blp.get("/me/tokens")
@access.in_person
@blp.arguments(schemas.PersonalTokenList, location="query")
@blp.pages(schemas.PersonalToken)
def list_personal_tokens(arguments: dict[str, Any]) -> dict[str, Any]:
    """List your personal access tokens"""
    return paging.page(connection(), schemas.PersonalTokenList, {**arguments, "user_id": current_caller().user_id})


@blp.post("/me/tokens")
@access.in_person
@blp.confidential
@blp.arguments(schemas.PersonalTokenInput)
@blp.refuses(NAME_TAKEN, problems.TOO_MANY)
@blp.answers(201, schemas.NewPersonalToken)
def create_personal_token(wish: dict[str, Any]) -> Row:
    """Make a personal access token

    It is shown this once. It may do what it is given here, as long as you may. Sent again, the name is taken.
    """
    return actions.create_token(connection(), current_caller(), wish)


@blp.get("/me/tokens/<id:token_id>")
@access.in_person
@blp.answers(200, schemas.PersonalToken)
def get_personal_token(token_id: int) -> Row:
    """Read a personal access token of yours, but for the token itself"""
    user_id = current_caller().user_id
    return found(sql.identity.get_api_token(connection(), token_id=token_id, user_id=user_id), "token", token_id)


@blp.delete("/me/tokens/<id:token_id>")
@access.in_person
@blp.answers(204)
def revoke_personal_token(token_id: int) -> None:
    """Revoke a personal access token, at once"""
    actions.revoke_token(connection(), current_caller().user_id, token_id)
