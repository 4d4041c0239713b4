"""The JSON of editing jobs, and of the board they are on."""

from marshmallow import fields

from photolens.database import sql
from photolens.fields import Choice, Date, Flag, Id, Input, Instant, Output, QueryInput, Text, WebAddress, WholeNumber
from photolens.paging import ListArguments, Order, search_field, sort_field
from photolens.studio.schemas.editing_stages import EditingStageSummary
from photolens.studio.schemas.photo_selections import PhotoSelection

PRIORITIES = ("NORMAL", "HIGH", "URGENT")
STATUSES = ("PENDING", "IN_PROGRESS", "DELIVERED", "REVISION", "ARCHIVED")


class EditingJobChanges(Input):
    """What may be changed of an editing job."""

    stage_id = Id(metadata={"description": "The status follows from it."})
    status = Choice(
        *STATUSES,
        metadata={"example": "IN_PROGRESS", "description": "Alone, it names the first stage that stands for it."},
    )
    status_note = Text(
        5000, example="Client chose 40 photos.", metadata={"description": "Kept in the log, with the new stage."}
    )
    editor_id = Id(nullable=True, metadata={"description": "Only for whoever gives jobs out."})
    priority = Choice(*PRIORITIES, metadata={"example": "HIGH"})
    due_date = Date(nullable=True)
    notes = Text(5000, nullable=True, example="Warm tones.")
    drive_folder_url = WebAddress(nullable=True)
    photographer_notes = Text(5000, nullable=True, example="The best light is in the second folder.")
    uploaded_at = Instant(
        nullable=True,
        metadata={"description": "Without one, the photos are uploaded when their folder is first named."},
    )


class RevisionInput(Input):
    """What is to be done over."""

    note = Text(5000, required=True, example="Warmer tones, please.")


class EditingRevision(Output):
    """A wish for changes, on which a job went back to work."""

    id = Id()
    editing_job_id = Id()
    note = Text(5000, example="Warmer tones, please.")
    requested_by = Text(200, example="Rosa Delgado")
    is_from_client = Flag(metadata={"description": "Whether a contact of the client has asked, who sees the note."})
    requested_at = Instant()


class EditingRevisionList(ListArguments):
    """The order of a job's revisions."""

    orders = {"-requestedAt": Order(sql.studio.list_editing_revisions_by_requested_at_desc, "requestedAt")}
    count = sql.studio.count_editing_revisions
    sort = sort_field(orders)


class EditingStatus(Output):
    """A stage that a job has come to, with the status it had there."""

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
    """The editing of one completed booking, with every stage it has come to and the photos that were chosen."""

    status_history = fields.List(fields.Nested(EditingStatus))
    revisions = fields.List(fields.Nested(EditingRevision), metadata={"description": "The newest 100, oldest first."})
    photo_selections = fields.List(fields.Nested(PhotoSelection))


class EditingJobList(ListArguments):
    """Filters and orders of the editing jobs."""

    orders = {
        "dueDate": Order(sql.studio.list_editing_jobs_by_due_date, "dueDate"),
        "-dueDate": Order(sql.studio.list_editing_jobs_by_due_date_desc, "dueDate"),
        "createdAt": Order(sql.studio.list_editing_jobs_by_created_at, "createdAt"),
        "-createdAt": Order(sql.studio.list_editing_jobs_by_created_at_desc, "createdAt"),
        "priority": Order(sql.studio.list_editing_jobs_by_priority, "priority"),
        "-priority": Order(sql.studio.list_editing_jobs_by_priority_desc, "priority"),
    }
    count = sql.studio.count_editing_jobs
    sort = sort_field(orders)
    q = search_field()
    status = Choice(*STATUSES, load_default=None)
    stage_id = Id(load_default=None)
    priority = Choice(*PRIORITIES, load_default=None)
    booking_id = Id(load_default=None)
    client_id = Id(load_default=None, metadata={"description": "Of the bookings of one client."})
    editor_id = Id(load_default=None)


class EditingBoardArguments(QueryInput):
    """Which jobs of the board are shown, and how many of each stage."""

    limit = WholeNumber(1, 200, example=50, load_default=50, metadata={"description": "Jobs shown of a stage."})
    q = search_field()
    editor_id = Id(load_default=None)
    priority = Choice(*PRIORITIES, load_default=None)


class EditingBoardStage(EditingStageSummary):
    """A column of the board, with its first jobs."""

    job_count = WholeNumber(0, 2**31 - 1, example=7, metadata={"description": "All of its jobs, shown or not."})
    jobs = fields.List(
        fields.Nested(EditingJobSummary),
        metadata={"description": "Of what was delivered the newest first, of the rest the most urgent."},
    )


class EditingBoard(Output):
    """The columns of the board in their order. What is archived is not on it."""

    stages = fields.List(fields.Nested(EditingBoardStage))
