"""What becomes of a client's photos, and what they say to it."""

from typing import Any

from photolens import access, paging
from photolens.api import PREFIX, Blueprint
from photolens.database import Row, connection, sql
from photolens.portal.rows import as_contact
from photolens.portal.schemas import editing as schemas
from photolens.problems import found
from photolens.studio import problems
from photolens.studio.actions import editing as actions
from photolens.studio.schemas.editing import RevisionInput

blp = Blueprint("Portal: editing", __name__, description="What becomes of a client's photos, and what they say to it.")


@blp.get("/portal/editing-jobs")
@access.contact
@blp.arguments(schemas.PortalEditingJobList, location="query")
@blp.pages(schemas.PortalEditingJobSummary)
def list_portal_editing_jobs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List one's client's editing jobs

    Those that are in review, those that were sent back, and those that were delivered. While the studio is at work on
    one, it is not among them.
    """
    with as_contact() as conn:
        return paging.page(conn, schemas.PortalEditingJobList, arguments)


@blp.get("/portal/editing-jobs/<id:editing_job_id>")
@access.contact
@blp.answers(200, schemas.PortalEditingJob)
def get_portal_editing_job(editing_job_id: int) -> Row:
    """Read an editing job of one's client's, with what they have wished to be different"""
    with as_contact() as conn:
        return found(sql.portal.get_editing_job(conn, editing_job_id=editing_job_id), "editing job", editing_job_id)


@blp.post("/portal/editing-jobs/<id:editing_job_id>/approve")
@access.contact
@blp.refuses(problems.NOT_IN_REVIEW)
@blp.answers(204)
def approve_photos(editing_job_id: int) -> None:
    """Approve the photos that are in review

    They are delivered with that.
    """
    _require_job(editing_job_id)
    actions.approve_editing_job(connection(), editing_job_id)


@blp.post("/portal/editing-jobs/<id:editing_job_id>/revisions")
@access.contact
@blp.arguments(RevisionInput)
@blp.refuses(problems.NOT_IN_REVIEW, problems.CLIENT_ERASED)
@blp.answers(201, schemas.PortalRevision, location=f"{PREFIX}/portal/editing-jobs/{{editingJobId}}")
def ask_for_revision(revision: dict[str, Any], editing_job_id: int) -> Row:
    """Ask for changes to the photos that are in review

    They go back to work with the note, and come back for review.
    """
    _require_job(editing_job_id)
    row = actions.request_revision_for_client(connection(), editing_job_id, **revision)
    return {name: row[name] for name in ("id", "editingJobId", "note", "requestedAt")}


def _require_job(editing_job_id: int) -> None:
    """See that the job is the caller's client's, by what the portal's role is shown."""
    with as_contact() as conn:
        found(sql.portal.get_editing_job(conn, editing_job_id=editing_job_id), "editing job", editing_job_id)
