"""The JSON of everything that is held about a client: the rows of the lists, whole, with what hangs on each."""

from marshmallow import fields

from photolens.billing.schemas import InvoiceItem, InvoiceSummary, Payment
from photolens.fields import Choice, Date, Flag, Id, Instant, Output, Text, TimeOfDay, WholeNumber
from photolens.platform.schemas import Activity
from photolens.studio.schemas.bookings import Booking
from photolens.studio.schemas.clients import Client
from photolens.studio.schemas.editing import EditingJobSummary, EditingStatus
from photolens.studio.schemas.expenses import Expense

FREQUENCIES = ("WEEKLY", "DAILY", "MONTHLY")
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
CHANNELS = ("EMAIL", "SMS")
MESSAGE_STATUSES = ("PENDING", "SENT", "FAILED")


class HeldPhotoSelection(Output):
    """A photo that the client has chosen."""

    id = Id()
    booking_id = Id()
    name = Text(200, example="IMG_0042")
    is_edited = Flag()
    position = WholeNumber(0, 2**31 - 1, example=1)
    created_at = Instant()
    updated_at = Instant()


class HeldBooking(Booking):
    """A booking, with the photos that were chosen of it."""

    photo_selections = fields.List(fields.Nested(HeldPhotoSelection))


class HeldSeries(Output):
    """The rule by which bookings recur."""

    id = Id()
    client_id = Id()
    frequency = Choice(*FREQUENCIES)
    every = WholeNumber(1, 2**31 - 1, example=2)
    weekdays = fields.List(Choice(*WEEKDAYS))
    starts_on = Date()
    starts_at = TimeOfDay()
    occurrences = WholeNumber(1, 2**31 - 1, nullable=True, example=10)
    until = Date(nullable=True)
    created_at = Instant()


class HeldEditingStatus(EditingStatus):
    """A status that a job has had."""

    editing_job_id = Id()


class HeldRevision(Output):
    """What was to be different of a job that came back."""

    id = Id()
    editing_job_id = Id()
    note = Text(5000, example="Warmer, please.")
    requested_by = Text(200, example="Rosa Delgado")
    requested_at = Instant()


class HeldEditingJob(EditingJobSummary):
    """An editing job, with all that has become of it."""

    status_history = fields.List(fields.Nested(HeldEditingStatus))
    revisions = fields.List(fields.Nested(HeldRevision))


class HeldInvoice(InvoiceSummary):
    """An invoice, with all of its items and payments."""

    items = fields.List(fields.Nested(InvoiceItem))
    payments = fields.List(fields.Nested(Payment))


class HeldMessage(Output):
    """A message to the client, but for its words."""

    id = Id()
    channel = Choice(*CHANNELS)
    recipient = Text(254, example="emma.chen@example.com")
    template = Text(60, example="payment_reminder")
    subject = Text(200, nullable=True, example="Invoice INV-00042")
    status = Choice(*MESSAGE_STATUSES)
    attempts = WholeNumber(0, 2**31 - 1, example=0)
    error = Text(1000, nullable=True, example="No such mailbox.")
    created_at = Instant()
    updated_at = Instant()


class ClientDocument(Output):
    """Everything that is held about a client."""

    client = fields.Nested(Client)
    bookings = fields.List(fields.Nested(HeldBooking))
    series = fields.List(fields.Nested(HeldSeries))
    editing_jobs = fields.List(fields.Nested(HeldEditingJob))
    invoices = fields.List(fields.Nested(HeldInvoice))
    expenses = fields.List(fields.Nested(Expense))
    activities = fields.List(fields.Nested(Activity))
    messages = fields.List(fields.Nested(HeldMessage))


class ClientProfile(Output):
    """A client, and of each kind the newest hundred rows; null where the list of them is not for the caller."""

    client = fields.Nested(Client)
    bookings = fields.List(fields.Nested(Booking), allow_none=True)
    invoices = fields.List(fields.Nested(InvoiceSummary), allow_none=True)
    editing_jobs = fields.List(fields.Nested(EditingJobSummary), allow_none=True)
    expenses = fields.List(fields.Nested(Expense), allow_none=True)
    activities = fields.List(fields.Nested(Activity), allow_none=True)
