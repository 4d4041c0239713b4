"""Staff members."""

from typing import Any

from photolens import paging
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import found
from photolens.studio import problems
from photolens.studio.actions import staff as actions
from photolens.studio.schemas import staff as schemas

blp = Blueprint("Staff", __name__, description="The people who work at the studio.")


@blp.get("/staff")
@blp.arguments(schemas.StaffMemberList, location="query")
@blp.pages(schemas.StaffMember)
def list_staff_members(arguments: dict[str, Any]) -> dict[str, Any]:
    """List staff members"""
    return paging.page(connection(), schemas.StaffMemberList, arguments)


@blp.post("/staff")
@blp.arguments(schemas.StaffMemberInput)
@blp.refuses(problems.EMAIL_TAKEN)
@blp.answers(201, schemas.StaffMember)
def create_staff_member(member: dict[str, Any]) -> Row:
    """Add a staff member"""
    return actions.create_staff_member(connection(), member)


@blp.get("/staff/<id:staff_id>")
@blp.answers(200, schemas.StaffMember)
def get_staff_member(staff_id: int) -> Row:
    """Read a staff member"""
    return found(sql.studio.get_staff_member(connection(), staff_id=staff_id), "staff member", staff_id)


@blp.patch("/staff/<id:staff_id>")
@blp.arguments(schemas.StaffMemberInput(partial=True))
@blp.refuses(problems.EMAIL_TAKEN)
@blp.answers(200, schemas.StaffMember)
def update_staff_member(changes: dict[str, Any], staff_id: int) -> Row:
    """Change a staff member"""
    return actions.update_staff_member(connection(), staff_id, changes)


@blp.delete("/staff/<id:staff_id>")
@blp.answers(204)
def remove_staff_member(staff_id: int) -> None:
    """Remove a staff member

    They leave every booking that is still to come. Whoever has worked here stays on record, as INACTIVE; somebody who
    never has is deleted.
    """
    actions.remove_staff_member(connection(), staff_id)
