"""The demo's bookings of spaces."""

from photolens.invariants import broken_invariants
from tests.conftest import SeededStudio


def test_of_each_status_there_is_a_booking_and_all_that_is_derived_is_true(seeded_studio: SeededStudio) -> None:
    bookings = seeded_studio.api.get("/space-bookings").body["data"]

    assert {booking["status"] for booking in bookings} == {"PENDING", "CONFIRMED", "COMPLETED", "CANCELLED", "NO_SHOW"}
    assert {booking["paymentStatus"] for booking in bookings} == {"PENDING", "FAILED", "PAID"}
    assert len([booking for booking in bookings if booking["needsRefund"]]) == 1
    assert len(bookings) == 9
    assert broken_invariants(seeded_studio.conn) == []
