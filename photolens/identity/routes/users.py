"""Users, as administrators see them."""

from typing import Any
from uuid import UUID

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.identity import problems
from photolens.identity.actions import users as actions
from photolens.identity.schemas import users as schemas
from photolens.problems import found, invalid

blp = Blueprint("Users", __name__, description="Everybody with an account, and what they may do.")


@blp.get("/users")
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.UserList, location="query")
@blp.pages(schemas.User)
def list_users(arguments: dict[str, Any]) -> dict[str, Any]:
    """List users"""
    return paging.page(connection(), schemas.UserList, arguments)


@blp.get("/users/<uuid:user_id>")
@access.requires(Permission.MANAGE_STAFF)
@blp.answers(200, schemas.UserWithHistory)
def get_user(user_id: UUID) -> Row:
    """Read a user, and what administrators have made of their role and status"""
    return found(sql.identity.get_user_history(connection(), user_id=user_id), "user", user_id)


@blp.patch("/users/<uuid:user_id>")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.UserAccessInput)
@blp.refuses(
    problems.NOT_ONESELF,
    problems.OWNERS_ONLY,
    problems.LAST_OWNER,
    problems.NOT_VERIFIED,
    problems.IS_STAFF,
)
@blp.answers(200, schemas.UserWithHistory)
def change_user(changes: dict[str, Any], user_id: UUID) -> Row:
    """Change a user's role or status

    Approve a vendor, suspend somebody (who is signed out at once), let them in again. Only owners make or change
    owners, nobody changes themselves, and the last active owner stays. The role of a staff member changes with it.
    """
    reason = changes.pop("reason")
    if not changes:
        raise invalid("", "holds neither a role nor a status")
    return actions.change_user(connection(), user_id, changes, reason)
