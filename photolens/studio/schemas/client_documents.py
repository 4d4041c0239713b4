"""The JSON of everything that is held about a client: the rows of the lists, whole, with what hangs on each."""

from marshmallow import fields

from photolens.billing.schemas.checkouts import Checkout
from photolens.billing.schemas.invoices import InvoiceItem, InvoiceSummary
from photolens.billing.schemas.milestones import Milestone
from photolens.billing.schemas.payments import Payment
from photolens.billing.schemas.refunds import Refund
from photolens.fields import Choice, Id, Instant, Money, Output, Text
from photolens.platform.schemas.studio import Activity, Message
from photolens.studio.schemas.bookings import Booking
from photolens.studio.schemas.clients import Client
from photolens.studio.schemas.contacts import Contact
from photolens.studio.schemas.editing import EditingJobSummary, EditingRevision, EditingStatus
from photolens.studio.schemas.expenses import Expense
from photolens.studio.schemas.photo_selections import PhotoSelection
from photolens.studio.schemas.scheduling import BookingSeriesRule
from photolens.studio.schemas.work_packages import WorkPackage

PHOTO_JOB_STATUSES = ("PENDING", "PROCESSING", "COMPLETED", "FAILED")


class HeldPhotoJob(Output):
    """Photos of a booking that somebody of the studio has had edited."""

    id = Id()
    booking_id = Id()
    prompt = Text(500, example="Brighten them, and make them black and white.")
    group_name = Text(140, nullable=True, example="Garden wedding")
    status = Choice(*PHOTO_JOB_STATUSES)
    photo_names = fields.List(fields.String(metadata={"example": "IMG_0042.jpg"}))
    created_at = Instant()
    updated_at = Instant()


class HeldBooking(Booking):
    """A booking, with the photos that were chosen of it, and those that were edited."""

    photo_selections = fields.List(fields.Nested(PhotoSelection))
    photo_jobs = fields.List(fields.Nested(HeldPhotoJob))


class HeldEditingStatus(EditingStatus):
    """A status that a job has had."""

    editing_job_id = Id()


class HeldEditingJob(EditingJobSummary):
    """An editing job, with all that has become of it."""

    status_history = fields.List(fields.Nested(HeldEditingStatus))
    revisions = fields.List(fields.Nested(EditingRevision))


class HeldAllocation(Output):
    """What of a payment was put on a milestone; or, below zero, what a refund took from it again."""

    id = Id()
    invoice_id = Id()
    payment_id = Id()
    milestone_id = Id()
    refund_id = Id(nullable=True)
    amount = Money(signed=True, example="3200.00")


class HeldInvoice(InvoiceSummary):
    """An invoice, with all of its items and milestones, the money that moved, and how it was to be paid online."""

    items = fields.List(fields.Nested(InvoiceItem))
    milestones = fields.List(fields.Nested(Milestone))
    payments = fields.List(fields.Nested(Payment))
    refunds = fields.List(fields.Nested(Refund))
    allocations = fields.List(fields.Nested(HeldAllocation))
    checkout_sessions = fields.List(fields.Nested(Checkout))


class ClientDocument(Output):
    """Everything that is held about a client."""

    client = fields.Nested(Client)
    contacts = fields.List(fields.Nested(Contact))
    work_packages = fields.List(fields.Nested(WorkPackage))
    bookings = fields.List(fields.Nested(HeldBooking))
    series = fields.List(fields.Nested(BookingSeriesRule))
    editing_jobs = fields.List(fields.Nested(HeldEditingJob))
    invoices = fields.List(fields.Nested(HeldInvoice))
    expenses = fields.List(fields.Nested(Expense))
    activities = fields.List(fields.Nested(Activity))
    messages = fields.List(fields.Nested(Message))


class ClientProfile(Output):
    """A client, and of each kind the newest hundred rows; null where the list of them is not for the caller."""

    client = fields.Nested(Client)
    bookings = fields.List(fields.Nested(Booking), allow_none=True)
    invoices = fields.List(fields.Nested(InvoiceSummary), allow_none=True)
    editing_jobs = fields.List(fields.Nested(EditingJobSummary), allow_none=True)
    expenses = fields.List(fields.Nested(Expense), allow_none=True)
    activities = fields.List(fields.Nested(Activity), allow_none=True)
