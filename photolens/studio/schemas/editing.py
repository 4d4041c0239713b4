"""The JSON of editing jobs."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Choice, Date, Id, Input, Instant, Output, Text, WebAddress, WholeNumber
from photolens.paging import ListArguments, Order, search_field, sort_field

PRIORITIES = ("NORMAL", "HIGH", "URGENT")
STATUSES = ("PENDING", "IN_PROGRESS", "DELIVERED", "REVISION", "ARCHIVED")


class EditingJobChanges(Input):
    """What may be changed of an editing job."""

    status = Choice(*STATUSES, metadata={"example": "IN_PROGRESS"})
    status_note = Text(
        5000, example="Client chose 40 photos.", metadata={"description": "Kept in the log, with the new status."}
    )
    editor_id = Id(nullable=True, metadata={"description": "Only for whoever gives jobs out."})
    due_date = Date(nullable=True)
    notes = Text(5000, nullable=True, example="Warm tones.")


class EditingStatus(Output):
    """A status that a job has had."""

    id = Id()
    stage_id = Id(nullable=True, metadata={"description": "null once the stage is no longer on the board."})
    stage_name = Text(100, nullable=True, example="In Progress")
    status = Choice(*STATUSES)
    changed_at = Instant()
    changed_by = Text(200, example="Yuki Sato")
    notes = Text(5000, nullable=True, example="Client chose 40 photos.")


class EditingJobSummary(Output):
    """The editing of one completed booking."""

    id = Id()
    booking_id = Id()
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    session_type_name = Text(200, example="Full Day Wedding")
    session_date = Instant()
    editor_id = Id(nullable=True)
    editor_name = Text(200, nullable=True, example="Yuki Sato")
    stage_id = Id()
    stage_name = Text(100, example="In Progress")
    status = Choice(*STATUSES)
    priority = Choice(*PRIORITIES)
    due_date = Date(nullable=True)
    notes = Text(5000, nullable=True, example="Warm tones.")
    drive_folder_url = WebAddress(nullable=True)
    photographer_notes = Text(5000, nullable=True, example="The best light is in the second folder.")
    uploaded_at = Instant(nullable=True)
    revision_count = WholeNumber(0, 2**31 - 1, example=1)
    delivered_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class EditingJob(EditingJobSummary):
    """The editing of one completed booking, with every status it has had."""

    status_history = fields.List(fields.Nested(EditingStatus))


class EditingJobList(ListArguments):
    """Filters and orders of the editing jobs."""

    orders = {
        "dueDate": Order(sql.studio.list_editing_jobs_by_due_date, "dueDate"),
        "-dueDate": Order(sql.studio.list_editing_jobs_by_due_date_desc, "dueDate"),
        "createdAt": Order(sql.studio.list_editing_jobs_by_created_at, "createdAt"),
        "-createdAt": Order(sql.studio.list_editing_jobs_by_created_at_desc, "createdAt"),
    }
    count = sql.studio.count_editing_jobs
    sort = sort_field(orders)
    q = search_field()
    status = Choice(*STATUSES, load_default=None)
    booking_id = Id(load_default=None)
    editor_id = Id(load_default=None)
