"""The JSON of a client's editing jobs, as their contacts see them."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Choice, Id, Instant, Output, Text, WebAddress
from photolens.paging import ListArguments, Order, sort_field

STATES = ("IN_REVIEW", "REVISION_REQUESTED", "DELIVERED")


class PortalRevision(Output):
    """A wish for changes that the client has had."""

    id = Id()
    editing_job_id = Id()
    note = Text(5000, example="Warmer tones, please.")
    requested_at = Instant()


class PortalEditingJobSummary(Output):
    """The editing of one session of the client's, once it is theirs to judge."""

    id = Id()
    booking_id = Id()
    session_type_name = Text(200, example="Full Day Wedding")
    session_date = Instant()
    state = Choice(*STATES)
    drive_folder_url = WebAddress(nullable=True)
    delivered_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class PortalEditingJob(PortalEditingJobSummary):
    """The editing of one session, with what the client has wished to be different."""

    revisions = fields.List(
        fields.Nested(PortalRevision), metadata={"description": "The newest 100 of the client's own, oldest first."}
    )


class PortalEditingJobList(ListArguments):
    """Filter and orders of a client's editing jobs."""

    orders = {
        "-createdAt": Order(sql.portal.list_editing_jobs_by_created_at_desc, "createdAt"),
        "createdAt": Order(sql.portal.list_editing_jobs_by_created_at, "createdAt"),
    }
    count = sql.portal.count_editing_jobs
    sort = sort_field(orders)
    state = Choice(*STATES, load_default=None)
