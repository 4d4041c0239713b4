"""The columns of the editing board."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import editing_stages as actions
from photolens.studio.schemas import editing_stages as schemas

blp = Blueprint(
    "Editing stages", __name__, description="The columns of the editing board, and the status that each stands for."
)


@blp.get("/editing-stages")
@access.requires(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF)
@blp.arguments(schemas.EditingStageList, location="query")
@blp.pages(schemas.EditingStage)
def list_editing_stages(arguments: dict[str, Any]) -> dict[str, Any]:
    """List the stages of the editing board, in their order"""
    return paging.page(connection(), schemas.EditingStageList, arguments)


@blp.post("/editing-stages")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.EditingStageInput)
@blp.refuses(NAME_TAKEN, problems.BOARD_FULL)
@blp.answers(201, schemas.EditingStage)
def create_editing_stage(stage: dict[str, Any]) -> Row:
    """Add a stage to the editing board

    At its position, where the others make room, or behind them.
    """
    return actions.create_editing_stage(connection(), stage)


@blp.get("/editing-stages/<id:stage_id>")
@access.requires(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF)
@blp.answers(200, schemas.EditingStage)
def get_editing_stage(stage_id: int) -> Row:
    """Read a stage of the editing board"""
    return found(sql.studio.get_editing_stage(connection(), stage_id=stage_id), "editing stage", stage_id)


@blp.patch("/editing-stages/<id:stage_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.EditingStageInput(partial=True))
@blp.refuses(NAME_TAKEN, problems.STAGE_IN_USE, problems.STAGE_NEEDED)
@blp.answers(200, schemas.EditingStage)
def update_editing_stage(changes: dict[str, Any], stage_id: int) -> Row:
    """Change a stage of the editing board, or move it

    The status of a stage stands while jobs are in it. PENDING, IN_PROGRESS, DELIVERED and REVISION always have a stage,
    and so has what the client has chosen: one that is PENDING and awaits no selection.
    """
    return actions.update_editing_stage(connection(), stage_id, changes)


@blp.delete("/editing-stages/<id:stage_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.STAGE_IN_USE, problems.STAGE_NEEDED)
@blp.answers(204)
def delete_editing_stage(stage_id: int) -> None:
    """Delete a stage that no job is in

    Archived jobs are in the stage that they were delivered in.
    """
    actions.delete_editing_stage(connection(), stage_id)
