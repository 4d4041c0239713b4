"""Staff members."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.identity import problems as identity_problems
from photolens.identity.routes.sessions import this_device
from photolens.identity.schemas import accounts
from photolens.problems import EMAIL_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import staff as actions
from photolens.studio.schemas import staff as schemas

# What may stand against a change of a member's role or status, which their account follows.
ACCOUNT_PROBLEMS = (
    identity_problems.OWNERS_ONLY,
    identity_problems.NOT_ONESELF,
    identity_problems.LAST_OWNER,
)

blp = Blueprint("Staff", __name__, description="The people who work at the studio.")


@blp.get("/staff")
@access.requires(Permission.VIEW_STAFF)
@blp.arguments(schemas.StaffMemberList, location="query")
@blp.pages(schemas.StaffMember)
def list_staff_members(arguments: dict[str, Any]) -> dict[str, Any]:
    """List staff members"""
    return paging.page(connection(), schemas.StaffMemberList, arguments)


@blp.post("/staff")
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.StaffMemberInput)
@blp.refuses(EMAIL_TAKEN, identity_problems.OWNERS_ONLY)
@blp.answers(201, schemas.StaffMember)
def create_staff_member(member: dict[str, Any]) -> Row:
    """Add a staff member"""
    return actions.create_staff_member(connection(), member)


@blp.get("/staff/<id:staff_id>")
@access.requires(Permission.VIEW_STAFF)
@blp.answers(200, schemas.StaffMember)
def get_staff_member(staff_id: int) -> Row:
    """Read a staff member"""
    return found(sql.studio.get_staff_member(connection(), staff_id=staff_id), "staff member", staff_id)


@blp.patch("/staff/<id:staff_id>")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.StaffMemberInput(partial=True))
@blp.refuses(EMAIL_TAKEN, *ACCOUNT_PROBLEMS)
@blp.answers(200, schemas.StaffMember)
def update_staff_member(changes: dict[str, Any], staff_id: int) -> Row:
    """Change a staff member

    Their account follows: its role is the member's, and an INACTIVE member can no longer sign in.
    """
    return actions.update_staff_member(connection(), staff_id, changes)


@blp.post("/staff/<id:staff_id>/invite")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.refuses(
    problems.STAFF_INACTIVE, problems.HAS_ACCOUNT, problems.NO_EMAIL, EMAIL_TAKEN, identity_problems.OWNERS_ONLY
)
@blp.answers(200, schemas.StaffMember)
def invite_staff_member(staff_id: int) -> Row:
    """Invite a staff member to take up an account

    By a link to their e-mail, good for seven days; a new one kills the older. They choose their password.
    """
    return actions.invite_staff_member(connection(), staff_id)


@blp.post("/staff/accept-invitation")
@access.public
@blp.arguments(accounts.PasswordResetInput)
@blp.refuses(identity_problems.LINK_INVALID, problems.HAS_ACCOUNT, EMAIL_TAKEN)
@blp.answers(200, accounts.SignedIn)
def accept_invitation(body: dict[str, str]) -> Row:
    """Take up the account you were invited to, and sign in

    An account that has this e-mail already becomes the staff member's: its password, sessions and tokens end.
    """
    return actions.accept_invitation(connection(), body["token"], body["password"], this_device())


@blp.delete("/staff/<id:staff_id>")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.refuses(*ACCOUNT_PROBLEMS)
@blp.answers(204)
def remove_staff_member(staff_id: int) -> None:
    """Remove a staff member

    They leave every booking that is still to come and every editing job that is not delivered, and their account is
    suspended. Whoever has worked here stays on record, as INACTIVE; somebody who
    never has is deleted.
    """
    actions.remove_staff_member(connection(), staff_id)
