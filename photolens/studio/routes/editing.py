"""Editing jobs, the revisions that were asked for, and the board."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, found
from photolens.studio import problems
from photolens.studio.actions import editing as actions
from photolens.studio.schemas import editing as schemas

blp = Blueprint("Editing", __name__, description="What becomes of the photos once a booking is completed.")


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
    """Read an editing job, with every stage it has come to

    And with the revisions that were asked for, and the photos that its client has chosen.
    """
    viewer_id, viewing_editor_id = visibility.editing_viewers(access.current_caller())
    job = sql.studio.get_editing_job(
        connection(), editing_job_id=editing_job_id, viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
    )
    return found(job, "editing job", editing_job_id)


@blp.patch("/editing-jobs/<id:editing_job_id>")
@access.requires(Permission.MANAGE_EDITING)
@blp.arguments(schemas.EditingJobChanges)
@blp.refuses(ILLEGAL_TRANSITION, problems.STAFF_INACTIVE, problems.CLIENT_ERASED)
@blp.answers(200, schemas.EditingJob)
def update_editing_job(changes: dict[str, Any], editing_job_id: int) -> Row:
    """Plan an editing job, give it to an editor, or move it

    Freely among the stages of the board; from DELIVERED to ARCHIVED, and never back. A stage says the status; a status
    alone, the first stage that stands for it.
    """
    return actions.update_editing_job(connection(), editing_job_id, changes)


@blp.get("/editing-jobs/<id:editing_job_id>/revisions")
@access.requires(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF)
@blp.arguments(schemas.EditingRevisionList, location="query")
@blp.pages(schemas.EditingRevision)
def list_revisions(arguments: dict[str, Any], editing_job_id: int) -> dict[str, Any]:
    """List the revisions of an editing job"""
    conn = connection()
    viewer_id, viewing_editor_id = visibility.editing_viewers(access.current_caller())
    is_there = sql.studio.exists_editing_job(
        conn, editing_job_id=editing_job_id, viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
    )
    found(is_there or None, "editing job", editing_job_id)
    return paging.page(
        conn,
        schemas.EditingRevisionList,
        {
            **arguments,
            "editing_job_id": editing_job_id,
            "viewer_id": viewer_id,
            "viewing_editor_id": viewing_editor_id,
        },
    )


@blp.post("/editing-jobs/<id:editing_job_id>/revisions")
@access.requires(Permission.MANAGE_EDITING)
@blp.arguments(schemas.RevisionInput)
@blp.refuses(ILLEGAL_TRANSITION, problems.CLIENT_ERASED)
@blp.answers(201, schemas.EditingRevision)
def request_revision(revision: dict[str, Any], editing_job_id: int) -> Row:
    """Send an editing job back to work

    To the first stage that stands for REVISION; while it is in one, it stays there and gets one revision more.
    """
    return actions.request_revision(connection(), editing_job_id, revision["note"])


@blp.get("/editing-jobs/<id:editing_job_id>/revisions/<id:revision_id>")
@access.requires(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF)
@blp.answers(200, schemas.EditingRevision)
def get_revision(editing_job_id: int, revision_id: int) -> Row:
    """Read a revision of an editing job"""
    viewer_id, viewing_editor_id = visibility.editing_viewers(access.current_caller())
    revision = sql.studio.get_editing_revision(
        connection(),
        editing_job_id=editing_job_id,
        revision_id=revision_id,
        viewer_id=viewer_id,
        viewing_editor_id=viewing_editor_id,
    )
    return found(revision, "revision", revision_id)


@blp.get("/editing-board")
@access.requires(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF)
@blp.arguments(schemas.EditingBoardArguments, location="query")
@blp.answers(200, schemas.EditingBoard)
def get_editing_board(arguments: dict[str, Any]) -> dict[str, Any]:
    """Show the editing board

    Its stages in their order, each with the number of its jobs and the first of them, of those that the caller sees.
    What is archived is not on the board.
    """
    viewer_id, viewing_editor_id = visibility.editing_viewers(access.current_caller())
    filters = {**arguments, "q": paging.like_pattern(arguments["q"])}
    stages = sql.studio.list_editing_board(
        connection(), **filters, viewer_id=viewer_id, viewing_editor_id=viewing_editor_id
    )
    return {"stages": stages}
