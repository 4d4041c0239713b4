"""Editing jobs."""

from typing import Any

from photolens import paging
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import ILLEGAL_TRANSITION, found
from photolens.studio.actions import editing as actions
from photolens.studio.schemas import editing as schemas

blp = Blueprint("Editing", __name__, description="What becomes of the pictures once a booking is completed.")


@blp.get("/editing-jobs")
@blp.arguments(schemas.EditingJobList, location="query")
@blp.pages(schemas.EditingJobSummary)
def list_editing_jobs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List editing jobs

    A job is opened by the completion of its booking, and never twice.
    """
    return paging.page(connection(), schemas.EditingJobList, arguments)


@blp.get("/editing-jobs/<id:editing_job_id>")
@blp.answers(200, schemas.EditingJob)
def get_editing_job(editing_job_id: int) -> Row:
    """Read an editing job, with every status it has had"""
    return found(sql.studio.get_editing_job(connection(), editing_job_id=editing_job_id), "editing job", editing_job_id)


@blp.patch("/editing-jobs/<id:editing_job_id>")
@blp.arguments(schemas.EditingJobChanges)
@blp.refuses(ILLEGAL_TRANSITION)
@blp.answers(200, schemas.EditingJob)
def update_editing_job(changes: dict[str, Any], editing_job_id: int) -> Row:
    """Plan an editing job, or move it

    Freely among PENDING, IN_PROGRESS, DELIVERED and REVISION; from DELIVERED to ARCHIVED, and never back.
    """
    return actions.update_editing_job(connection(), editing_job_id, changes)
