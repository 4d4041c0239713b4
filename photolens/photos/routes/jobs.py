"""Photo jobs: who is signed in has photos edited, and sees what has become of their own."""

from contextlib import AbstractContextManager
from typing import Any

from photolens import access, idempotency, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.credits.problems import INSUFFICIENT_CREDITS
from photolens.database import Row, connection
from photolens.event_streams import Event, Look
from photolens.photos import problems
from photolens.photos.actions import jobs as actions
from photolens.photos.actions.samples import draw_samples
from photolens.photos.schemas import dashboard as dashboard_schemas
from photolens.photos.schemas import jobs as schemas
from photolens.photos.screens import dashboard as dashboard_screen
from photolens.photos.screens import jobs as screens
from photolens.problems import NOT_FOUND
from photolens.storage import STORAGE_UNAVAILABLE, StoredFile

blp = Blueprint("Photo jobs", __name__, description="Photos that are edited as a prompt says, and fetched as one ZIP.")

_ADDRESS = "/api/v1/photo-jobs"


def _asker() -> actions.Asker:
    caller = access.current_caller()
    return actions.Asker(caller.user_id, sees_demos=caller.may(Permission.MANAGE_STAFF))


@blp.get("/photo-jobs")
@access.signed_in
@blp.arguments(schemas.PhotoJobList, location="query")
@blp.pages(schemas.PhotoJob)
def list_photo_jobs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List one's photo jobs, newest first"""
    user_id = access.current_caller().user_id
    return paging.page(connection(), schemas.PhotoJobList, {**arguments, "user_id": user_id})


@blp.post("/photo-jobs")
@access.in_person
@blp.commits_first
@blp.takes_form(schemas.PhotoJobForm, schemas.PhotoJobInput, limit=schemas.FORM_LIMIT)
@blp.refuses(INSUFFICIENT_CREDITS, STORAGE_UNAVAILABLE, NOT_FOUND)
@blp.answers(202, schemas.OrderedPhotoJob, location=f"{_ADDRESS}/{{job[id]}}")
def order_photo_job(wish: dict[str, Any]) -> Row:
    """Have photos edited

    They are sent in a form, or fetched from https addresses. The first three of each user are free; each other costs
    the price that is in force, in credits, and `insufficient_credits` says in `shortfall` how many are missing. It is
    done by and by: see `status`, or follow `/photo-jobs/{photoJobId}/events`.
    """
    caller = access.current_caller()
    viewer_id = visibility.booking_viewer(caller)
    wished = actions.Wish(user_id=caller.user_id, viewer_id=viewer_id, idempotency_key=idempotency.sent_key(), **wish)
    job_id = actions.order_job(connection(), wished)
    return screens.read_ordered(connection(), job_id, _asker())


@blp.get("/photo-jobs/dashboard")
@access.signed_in
@blp.answers(200, dashboard_schemas.PhotoDashboard)
def get_photo_dashboard() -> Row:
    """Read one's photo jobs at a glance"""
    return dashboard_screen.dashboard(connection(), access.current_caller().user_id)


@blp.get("/photo-jobs/<id:photo_job_id>")
@access.signed_in
@blp.answers(200, schemas.PhotoJobWithPhotos)
def get_photo_job(photo_job_id: int) -> Row:
    """Read a photo job, how far it has come, and what was done to each photo"""
    return screens.read_job(connection(), photo_job_id, _asker())


@blp.patch("/photo-jobs/<id:photo_job_id>")
@access.in_person
@blp.arguments(schemas.PhotoJobChanges(partial=True))
@blp.answers(200, schemas.PhotoJobWithPhotos)
def update_photo_job(changes: dict[str, Any], photo_job_id: int) -> Row:
    """Put a photo job into another group"""
    actions.change_group(connection(), photo_job_id, _asker(), changes)
    return screens.read_job(connection(), photo_job_id, _asker())


@blp.delete("/photo-jobs/<id:photo_job_id>")
@access.in_person
@blp.refuses(problems.PHOTO_JOB_UNFINISHED)
@blp.answers(204)
def delete_photo_job(photo_job_id: int) -> None:
    """Delete a photo job that is finished, with its files

    What it has cost stays spent.
    """
    actions.hide_job(connection(), photo_job_id, _asker())


@blp.post("/photo-jobs/<id:photo_job_id>/cancel")
@access.in_person
@blp.refuses(problems.PHOTO_JOB_STARTED)
@blp.answers(200, schemas.PhotoJobWithPhotos)
def cancel_photo_job(photo_job_id: int) -> Row:
    """Cancel a photo job that is still waiting

    What it took, in credits and free photos, goes back.
    """
    actions.cancel_job(connection(), photo_job_id, _asker())
    return screens.read_job(connection(), photo_job_id, _asker())


@blp.get("/photo-jobs/<id:photo_job_id>/download")
@access.signed_in
@blp.refuses(problems.NO_RESULT, STORAGE_UNAVAILABLE)
@blp.sends_file("application/zip")
def download_photo_job(photo_job_id: int) -> tuple[AbstractContextManager[StoredFile], str]:
    """Fetch the edited photos as a ZIP"""
    return screens.open_result(connection(), photo_job_id, _asker())


@blp.get("/photo-jobs/<id:photo_job_id>/events")
@access.signed_in
@blp.events(Event("PROCESSING-2", "progress", {"status": "PROCESSING", "done": 2, "total": 4}))
def follow_photo_job(photo_job_id: int) -> Look:
    """Follow a photo job as it is done

    A `progress` at once, and one whenever it has moved; `done` is the last event. A stream ends after 25 seconds: the
    reader comes again, and goes on where it was. Where too many are being followed, what is new is told at once.
    """
    return screens.progress_of(photo_job_id, _asker())


@blp.get("/admin/demo-jobs")
@access.requires(Permission.MANAGE_STAFF)
@blp.arguments(schemas.PhotoJobList, location="query")
@blp.pages(schemas.PhotoJob)
def list_demo_jobs(arguments: dict[str, Any]) -> dict[str, Any]:
    """List the demos, newest first"""
    return paging.page(connection(), schemas.PhotoJobList, {**arguments, "user_id": None})


@blp.post("/admin/demo-jobs")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.commits_first
@blp.takes_form(schemas.DemoJobForm, schemas.DemoJobInput, limit=schemas.FORM_LIMIT)
@blp.refuses(STORAGE_UNAVAILABLE, NOT_FOUND)
@blp.answers(202, schemas.PhotoJobWithPhotos, location=f"{_ADDRESS}/{{id}}")
def order_demo_job(wish: dict[str, Any]) -> Row:
    """Have photos edited for nobody, and for nothing

    A job like any other, but for its price. Without photos, three are drawn for it.
    """
    caller = access.current_caller()
    viewer_id = visibility.booking_viewer(caller)
    if "photos" not in wish and "photo_urls" not in wish:
        wish = wish | {"photos": draw_samples()}
    key = idempotency.sent_key()
    wished = actions.Wish(user_id=None, viewer_id=viewer_id, idempotency_key=key and f"{caller.user_id} {key}", **wish)
    job_id = actions.order_job(connection(), wished)
    return screens.read_job(connection(), job_id, _asker())
