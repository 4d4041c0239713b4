"""The JSON of bookings of spaces."""

from photolens.database import sql
from photolens.fields import (
    Choice,
    Currency,
    Date,
    Flag,
    Id,
    Input,
    Instant,
    Money,
    Number,
    Output,
    Text,
    TimeOfDay,
    Uuid,
    WholeNumber,
)
from photolens.paging import ListArguments, Order, sort_field
from photolens.spaces.schemas.catalogue import SERVICES
from photolens.spaces.schemas.services import MOST_UNITS, PRICE_UNITS

STATUSES = ("PENDING", "CONFIRMED", "COMPLETED", "CANCELLED", "NO_SHOW")
PAYMENT_STATUSES = ("PENDING", "FAILED", "PAID")
PAYMENT_METHODS = ("CASH", "CARD", "APPLE_PAY")
LONGEST_DURATION = 366


class SpaceBookingInput(Input):
    """What is wished for: by the hour from a time to a time of one date; otherwise so many days, weeks or months."""

    vendor_service_id = Id(required=True)
    booking_date = Date(required=True, example="2040-03-05", metadata={"description": "By the calendar at the branch."})
    start_time = TimeOfDay(
        nullable=True,
        load_default=None,
        example="10:00",
        metadata={"description": "By the clock at the branch; only where the price is by the hour."},
    )
    end_time = TimeOfDay(nullable=True, load_default=None, example="12:30", metadata={"description": "Up to `24:00`."})
    duration = WholeNumber(
        1,
        LONGEST_DURATION,
        nullable=True,
        load_default=None,
        metadata={"example": None, "description": "Of days, weeks or months, where the price is by one of these."},
    )
    quantity = WholeNumber(1, MOST_UNITS, load_default=1, example=3, metadata={"description": "How many units."})
    payment_method = Choice(*PAYMENT_METHODS, required=True)


class SpaceQuote(Output):
    """What a booking would be and cost. With `isBookable` false, `reason` says why it cannot be had just now."""

    is_bookable = Flag()
    reason = Text(500, nullable=True, example="Of 3, 2 are free all that time.")
    vendor_service_id = Id()
    booking_date = Date(example="2040-03-05")
    last_date = Date(example="2040-03-05")
    quantity = WholeNumber(1, MOST_UNITS, example=3)
    duration = Number(example=2.5, metadata={"description": "Of one unit, in `priceUnit`."})
    price_unit = Choice(*PRICE_UNITS)
    unit_price = Money(example="10.55")
    total_price = Money(example="79.13")
    currency = Currency()


class SpaceBooking(Output):
    """A booking of units of what a branch offers. Dates and times are by the clock there."""

    id = Id()
    booking_number = Text(20, example="SP-7K2MX9QH4TBA")
    customer_id = Uuid()
    customer_name = Text(200, example="Emma Chen")
    vendor_id = Uuid()
    branch_id = Id()
    branch_name = Text(200, example="Canal House")
    time_zone = Text(100, example="Europe/Amsterdam")
    vendor_service_id = Id()
    label = Text(200, example="Meeting room for eight")
    service_name = Choice(*SERVICES)
    booking_date = Date(example="2040-03-05")
    last_date = Date(example="2040-03-05")
    start_time = TimeOfDay(example="10:00")
    end_time = TimeOfDay(example="12:30")
    starts_at = Instant(example="2040-03-05T09:00:00Z")
    ends_at = Instant(example="2040-03-05T11:30:00Z")
    quantity = WholeNumber(1, 2**31 - 1, example=3)
    unit_price = Money(example="10.55", metadata={"description": "As it was when it was booked."})
    price_unit = Choice(*PRICE_UNITS)
    duration = Number(example=2.5, metadata={"description": "Of one unit, in `priceUnit`."})
    total_price = Money(example="79.13")
    currency = Currency()
    free_cancel_hours = WholeNumber(
        0,
        8760,
        example=24,
        metadata={"description": "Until so long before its start the customer cancels for nothing."},
    )
    late_refund_percent = WholeNumber(0, 100, metadata={"description": "What of the price goes back after that."})
    cancellation_policy = Text(5000, nullable=True, example="Free until the day before.")
    status = Choice(*STATUSES)
    payment_status = Choice(*PAYMENT_STATUSES)
    payment_method = Choice(*PAYMENT_METHODS)
    hold_expires_at = Instant(
        nullable=True, metadata={"description": "Until when it waits for its money, or the vendor's word, and is kept."}
    )
    refund_amount = Money(example="0.00", metadata={"description": "What of its money is to go back, or has gone."})
    needs_refund = Flag(metadata={"description": "Whether some of that has still to be given back."})
    cancelled_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class SpaceBookingList(ListArguments):
    """Filters and orders of bookings."""

    orders = {
        "startsAt": Order(sql.spaces.list_space_bookings_by_starts_at, "startsAt"),
        "-startsAt": Order(sql.spaces.list_space_bookings_by_starts_at_desc, "startsAt"),
    }
    count = sql.spaces.count_space_bookings
    sort = sort_field(orders)
    starts_from = Instant(data_key="from", load_default=None, metadata={"description": "Starting then or later."})
    starts_to = Instant(data_key="to", load_default=None, metadata={"description": "Starting before then."})
    status = Choice(*STATUSES, load_default=None)
    branch_id = Id(load_default=None)
    vendor_service_id = Id(load_default=None)
    needs_refund = Flag(load_default=None)
