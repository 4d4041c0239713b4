"""The columns of the files that are exported: the rows of the lists, flat."""

from photolens.billing.schemas.payments import BookedPayment
from photolens.billing.schemas.refunds import Refund
from photolens.fields import Choice, Email, Id, Instant, Money, Output, Text, WebAddress, WholeNumber
from photolens.studio.schemas.bookings import STATUSES


class ExportedBooking(Output):
    """A booking, with what it refers to by name and address: that of a client, a package, a room, people."""

    id = Id()
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    client_email = Email()
    client_avatar_url = WebAddress(nullable=True)
    session_type_id = Id()
    session_type_name = Text(200, example="Full Day Wedding")
    category_id = Id()
    category_name = Text(100, example="Weddings")
    session_date = Instant()
    ends_at = Instant(example="2026-11-20T19:30:00Z")
    room_id = Id(nullable=True)
    room_name = Text(100, nullable=True, example="Daylight studio")
    series_id = Id(nullable=True)
    work_package_id = Id(nullable=True)
    work_package_name = Text(200, nullable=True, example="Spring campaign")
    location = Text(300, example="Riverside Gardens")
    price = Money()
    status = Choice(*STATUSES)
    notes = Text(5000, nullable=True, example="Bring the second light kit.")
    staff_names = Text(nullable=True, example="Lena Hoffmann; Maya Osei")
    staff_emails = Text(nullable=True, example="lena@studio.example; maya@studio.example")
    photo_selection_count = WholeNumber(0, 2**31 - 1, example=40)
    editing_job_id = Id(nullable=True)
    invoice_id = Id(nullable=True)
    invoice_number = Text(60, nullable=True, example="INV-00042")
    created_at = Instant()
    updated_at = Instant()


class ExportedPayment(BookedPayment):
    """A payment, with the invoice it was for and whose that is."""

    invoice_number = Text(60, nullable=True, example="INV-00042")
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    client_email = Email()


class ExportedRefund(Refund):
    """A refund, with the payment that it is of, the invoice that was for and whose that is."""

    paid_at = Instant()
    method = Text(60, nullable=True, example="Bank transfer")
    payment_account_name = Text(100, nullable=True, example="Business checking")
    invoice_number = Text(60, nullable=True, example="INV-00042")
    client_id = Id()
    client_name = Text(200, example="Emma Chen")
    client_email = Email()
