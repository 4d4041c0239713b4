"""Editing jobs."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, found
from photolens.studio import problems
from photolens.studio.actions import editing as actions
from photolens.studio.schemas import editing as schemas

blp = Blueprint("Editing", __name__, description="What becomes of the pictures once a booking is completed.")


@blp.get("/editing-jobs")
@access.requires(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF)
@blp.arguments(schemas.EditingJobList, location="query")
@blp.pages(schemas.EditingJobSummary)
def list_editing_jobs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List editing jobs

    A job is opened by the completion of its booking, and never twice. An editor is shown the jobs given to them, a
    photographer those of their own bookings.
    """
    viewer_id, viewing_editor_id = visibility.editing_viewers(access.current_caller())
    return paging.page(
        connection(),
        schemas.EditingJobList,
        {**arguments, "viewer_id": viewer_id, "viewing_editor_id": viewing_editor_id},
    )


@blp.get("/editing-jobs/<id:editing_job_id>")
@access.requires(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF)
@blp.answers(200, schemas.EditingJob)
def get_editing_job(editing_job_id: int) -> Row:
    """Read an editing job, with every status it has had"""
    viewer_id, viewing_editor_id = visibility.editing_viewers(access.current_caller())
    job = sql.studio.get_editing_job(
        connection(), editing_job_id=editing_job_id, viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
    )
    return found(job, "editing job", editing_job_id)


@blp.patch("/editing-jobs/<id:editing_job_id>")
@access.requires(Permission.MANAGE_EDITING)
@blp.arguments(schemas.EditingJobChanges)
@blp.refuses(ILLEGAL_TRANSITION, problems.STAFF_INACTIVE)
@blp.answers(200, schemas.EditingJob)
def update_editing_job(changes: dict[str, Any], editing_job_id: int) -> Row:
    """Plan an editing job, give it to an editor, or move it

    Freely among PENDING, IN_PROGRESS, DELIVERED and REVISION; from DELIVERED to ARCHIVED, and never back.
    """
    return actions.update_editing_job(connection(), editing_job_id, changes)
