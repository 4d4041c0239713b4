"""The parts that invoices are paid in."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.billing import problems
from photolens.billing.actions import milestones as actions
from photolens.billing.schemas import milestones as schemas
from photolens.database import Row, connection, sql
from photolens.problems import found

blp = Blueprint("Milestones", __name__, description="The parts that an invoice is to be paid in.")


@blp.get("/invoices/<id:invoice_id>/milestones")
@access.requires(Permission.VIEW_INVOICES)
@blp.arguments(schemas.MilestoneList, location="query")
@blp.pages(schemas.Milestone)
def list_milestones(arguments: dict[str, Any], invoice_id: int) -> dict[str, Any]:
    """List an invoice's milestones"""
    conn = connection()
    found(sql.billing.exists_invoice(conn, invoice_id=invoice_id) or None, "invoice", invoice_id)
    return paging.page(conn, schemas.MilestoneList, {**arguments, "invoice_id": invoice_id})


@blp.put("/invoices/<id:invoice_id>/milestones")
@access.requires(Permission.MANAGE_INVOICES)
@blp.arguments(schemas.MilestonesInput)
@blp.refuses(problems.INVOICE_FROZEN, problems.MILESTONES_DO_NOT_ADD_UP)
@blp.pages(schemas.Milestone)
def replace_milestones(plan: dict[str, Any], invoice_id: int) -> dict[str, Any]:
    """Replace an invoice's milestones

    By these, which come to its total; or by none. Until money has moved, and while nobody is paying.
    """
    milestones = actions.replace_milestones(connection(), invoice_id, plan["milestones"])
    return {"data": milestones, "nextCursor": None}


@blp.get("/invoices/<id:invoice_id>/milestones/<id:milestone_id>")
@access.requires(Permission.VIEW_INVOICES)
@blp.answers(200, schemas.Milestone)
def get_milestone(invoice_id: int, milestone_id: int) -> Row:
    """Read a milestone"""
    milestone = sql.billing.get_milestone(connection(), invoice_id=invoice_id, milestone_id=milestone_id)
    return found(milestone, "milestone", milestone_id)


@blp.patch("/invoices/<id:invoice_id>/milestones/<id:milestone_id>")
@access.requires(Permission.MANAGE_INVOICES)
@blp.arguments(schemas.MilestoneChanges(partial=True))
@blp.refuses(problems.INVOICE_FROZEN)
@blp.answers(200, schemas.Milestone)
def update_milestone(changes: dict[str, Any], invoice_id: int, milestone_id: int) -> Row:
    """Change what a milestone is called, or when it is due

    Amounts are changed all together, by replacing the milestones.
    """
    return actions.update_milestone(connection(), invoice_id, milestone_id, changes)
