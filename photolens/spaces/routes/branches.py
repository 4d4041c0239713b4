"""Branches: what vendors say of theirs, and what administrators make of them."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission, current_vendor_id
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, NAME_TAKEN, found
from photolens.spaces import problems
from photolens.spaces.actions import branches as actions
from photolens.spaces.schemas import branches as schemas

blp = Blueprint("Branches", __name__, description="Where vendors let spaces.")


@blp.get("/vendor/branches")
@access.vendor
@blp.arguments(schemas.BranchList, location="query")
@blp.pages(schemas.Branch)
def list_own_branches(arguments: dict[str, Any]) -> dict[str, Any]:
    """List one's own branches"""
    return paging.page(connection(), schemas.BranchList, {**arguments, "vendor_id": current_vendor_id()})


@blp.post("/vendor/branches")
@access.vendor
@blp.arguments(schemas.BranchInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.Branch)
def add_branch(branch: dict[str, Any]) -> Row:
    """Add a branch

    It is PENDING until an administrator lets it in.
    """
    return actions.create_branch(connection(), current_vendor_id(), branch)


@blp.get("/vendor/branches/<id:branch_id>")
@access.vendor
@blp.answers(200, schemas.Branch)
def get_own_branch(branch_id: int) -> Row:
    """Read one's own branch"""
    return _own(branch_id)


@blp.patch("/vendor/branches/<id:branch_id>")
@access.vendor
@blp.arguments(schemas.BranchInput(partial=True))
@blp.refuses(NAME_TAKEN, problems.TIME_ZONE_IN_USE)
@blp.answers(200, schemas.Branch)
def update_own_branch(changes: dict[str, Any], branch_id: int) -> Row:
    """Change one's own branch

    Its status is the administrators'. Its time zone stays once times of it are published.
    """
    return actions.update_branch(connection(), current_vendor_id(), branch_id, changes)


@blp.get("/vendor/branches/<id:branch_id>/facilities")
@access.vendor
@blp.answers(200, schemas.BranchFacilities)
def get_facilities_of_branch(branch_id: int) -> Row:
    """Read what can be found at one's own branch"""
    return {"facilities": _own(branch_id)["facilities"]}


@blp.put("/vendor/branches/<id:branch_id>/facilities")
@access.vendor
@blp.arguments(schemas.BranchFacilitiesInput)
@blp.answers(200, schemas.BranchFacilities)
def replace_facilities_of_branch(chosen: dict[str, Any], branch_id: int) -> Row:
    """Say all that can be found at one's own branch"""
    return actions.replace_facilities(connection(), current_vendor_id(), branch_id, chosen["facility_ids"])


@blp.get("/admin/branches")
@access.requires(Permission.VIEW_SETTINGS)
@blp.arguments(schemas.BranchList, location="query")
@blp.pages(schemas.Branch)
def list_all_branches(arguments: dict[str, Any]) -> dict[str, Any]:
    """List everybody's branches"""
    return paging.page(connection(), schemas.BranchList, {**arguments, "vendor_id": None})


@blp.get("/admin/branches/<id:branch_id>")
@access.requires(Permission.VIEW_SETTINGS)
@blp.answers(200, schemas.Branch)
def get_any_branch(branch_id: int) -> Row:
    """Read anybody's branch"""
    return found(sql.spaces.get_branch(connection(), branch_id=branch_id, vendor_id=None), "branch", branch_id)


@blp.patch("/admin/branches/<id:branch_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.BranchStatusInput)
@blp.refuses(ILLEGAL_TRANSITION)
@blp.answers(200, schemas.Branch)
def decide_branch(decision: dict[str, Any], branch_id: int) -> Row:
    """Let a branch in, or hide it

    One that is hidden takes no new bookings, and gives up what is held there without being paid; what is confirmed
    stays.
    """
    return actions.decide_branch(connection(), branch_id, decision["status"], decision["reason"])


def _own(branch_id: int) -> Row:
    branch = sql.spaces.get_branch(connection(), branch_id=branch_id, vendor_id=current_vendor_id())
    return found(branch, "branch", branch_id)
