"""Prices and what goes back, from values alone: rounded half up, once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from photolens.spaces import rules

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("price", "minutes", "quantity", "total"),
    [
        ("10.55", 150, 3, "79.13"),  # 79.125
        ("10.01", 90, 1, "15.02"),  # 15.015
        ("3.33", 70, 1, "3.89"),  # 3.885
        ("10.00", 100, 3, "50.00"),  # and not three times 16.67
        ("0.01", 60, 1, "0.01"),
        ("9999999999.99", 60, 1, "9999999999.99"),
    ],
)
def test_a_price_is_exact_until_it_is_rounded(price: str, minutes: int, quantity: int, total: str) -> None:
    period = rules.Period(date(2027, 3, 1), date(2027, 3, 1), Fraction(minutes, 60))

    assert rules.total_price(Decimal(price), period, quantity) == Decimal(total)


@pytest.mark.parametrize(
    ("party", "hours_ahead", "percent", "back"),
    [
        ("CUSTOMER", 24, 0, "79.13"),
        ("CUSTOMER", 23, 0, "0.00"),
        ("CUSTOMER", 23, 50, "39.57"),  # 39.565
        ("CUSTOMER", 23, 100, "79.13"),
        ("VENDOR", 0, 0, "79.13"),
        ("ADMIN", -5, 0, "79.13"),
    ],
)
def test_what_goes_back_is_a_part_of_the_price(party: rules.Party, hours_ahead: int, percent: int, back: str) -> None:
    booking = {
        "total_price": Decimal("79.13"),
        "free_cancel_hours": 24,
        "late_refund_percent": percent,
        "starts_at": NOON + timedelta(hours=hours_ahead),
    }

    assert rules.refund_of_cancellation(booking, NOON, party) == Decimal(back)
