"""What vendors ask administrators for."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission, current_vendor_id
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, found
from photolens.spaces import problems
from photolens.spaces.actions import approvals as actions
from photolens.spaces.schemas import approvals as schemas

blp = Blueprint("Approvals", __name__, description="What vendors ask administrators for, decided once.")


@blp.get("/vendor/branches/<id:branch_id>/approval-requests")
@access.vendor
@blp.arguments(schemas.ApprovalRequestList, location="query")
@blp.pages(schemas.ApprovalRequest)
def list_own_requests(arguments: dict[str, Any], branch_id: int) -> dict[str, Any]:
    """List what was asked for one's own branch"""
    conn, vendor_id = connection(), current_vendor_id()
    is_own = sql.spaces.exists_branch_of_vendor(conn, branch_id=branch_id, vendor_id=vendor_id)
    found(is_own or None, "branch", branch_id)
    return paging.page(conn, schemas.ApprovalRequestList, {**arguments, "branch_id": branch_id, "vendor_id": vendor_id})


@blp.post("/vendor/branches/<id:branch_id>/approval-requests")
@access.vendor
@blp.arguments(schemas.ApprovalRequestInput)
@blp.refuses(problems.REQUEST_PENDING, ILLEGAL_TRANSITION)
@blp.answers(201, schemas.ApprovalRequest)
def request_approval(request: dict[str, Any], branch_id: int) -> Row:
    """Ask for another capacity, for a pause, or to be let in"""
    return actions.request_approval(connection(), current_vendor_id(), branch_id, request)


@blp.get("/vendor/branches/<id:branch_id>/approval-requests/<id:request_id>")
@access.vendor
@blp.answers(200, schemas.ApprovalRequest)
def get_own_request(branch_id: int, request_id: int) -> Row:
    """Read what was asked for one's own branch"""
    request = sql.spaces.get_approval_request(
        connection(), request_id=request_id, branch_id=branch_id, vendor_id=current_vendor_id()
    )
    return found(request, "request", request_id)


@blp.get("/admin/approval-requests")
@access.requires(Permission.VIEW_SETTINGS)
@blp.arguments(schemas.ApprovalRequestList, location="query")
@blp.pages(schemas.ApprovalRequest)
def list_approval_requests(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what vendors have asked for"""
    return paging.page(connection(), schemas.ApprovalRequestList, {**arguments, "branch_id": None, "vendor_id": None})


@blp.get("/admin/approval-requests/<id:request_id>")
@access.requires(Permission.VIEW_SETTINGS)
@blp.answers(200, schemas.ApprovalRequest)
def get_approval_request(request_id: int) -> Row:
    """Read what a vendor has asked for"""
    request = sql.spaces.get_approval_request(connection(), request_id=request_id, branch_id=None, vendor_id=None)
    return found(request, "request", request_id)


@blp.post("/admin/approval-requests/<id:request_id>/approve")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.ReviewInput)
@blp.refuses(problems.ALREADY_DECIDED, problems.UNITS_HELD, ILLEGAL_TRANSITION)
@blp.answers(200, schemas.ApprovalRequest)
def approve_request(review: dict[str, Any], request_id: int) -> Row:
    """Grant what a vendor has asked for

    It is done at once. More capacity raises the slots to come that stood at the old one, less lowers those that have
    more; while one of them holds more, it is refused. A pause hides the branch, and gives up what is held there without
    being paid.
    """
    return actions.approve(connection(), request_id, review["note"])


@blp.post("/admin/approval-requests/<id:request_id>/reject")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.ReviewInput)
@blp.refuses(problems.ALREADY_DECIDED)
@blp.answers(200, schemas.ApprovalRequest)
def reject_request(review: dict[str, Any], request_id: int) -> Row:
    """Turn down what a vendor has asked for"""
    return actions.reject(connection(), request_id, review["note"])
