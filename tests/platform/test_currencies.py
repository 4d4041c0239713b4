"""Amounts as Stripe counts them, there and back."""

from decimal import Decimal

import pytest

from photolens.currencies import from_minor_units, to_minor_units
from photolens.problems import Problem

PAYABLE = [
    ("12.50", "USD", 1250),
    ("0.01", "EUR", 1),
    ("9999999999.99", "EUR", 999999999999),
    ("10.45", "HUF", 1045),  # whole forints are for payouts only
    ("10.00", "TWD", 1000),  # likewise
    ("5000.00", "JPY", 5000),
    ("5000.00", "KRW", 5000),
    ("7.00", "MGA", 7),
    ("5.00", "ISK", 500),
    ("5.00", "UGX", 500),
]


@pytest.mark.parametrize(("amount", "currency", "minor"), PAYABLE)
def test_an_amount_is_counted_in_the_smallest_unit_of_its_currency(amount: str, currency: str, minor: int) -> None:
    assert to_minor_units(Decimal(amount), currency) == minor
    assert to_minor_units(Decimal(amount), currency.lower()) == minor


@pytest.mark.parametrize(("amount", "currency", "minor"), PAYABLE)
def test_a_number_of_units_is_the_amount_with_two_decimals(amount: str, currency: str, minor: int) -> None:
    assert str(from_minor_units(minor, currency)) == amount
    assert str(from_minor_units(minor, currency.lower())) == amount


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("5000.50", "JPY"), ("0.01", "KRW"), ("5.50", "ISK"), ("5.01", "UGX"), ("12.505", "USD"), ("12.50", "VND")],
)
def test_a_fraction_that_a_currency_does_not_have_cannot_be_paid(amount: str, currency: str) -> None:
    with pytest.raises(Problem, match=f"^{amount} {currency} cannot be paid") as refused:
        to_minor_units(Decimal(amount), currency)

    assert refused.value.kind.code == "amount_not_payable"


@pytest.mark.parametrize("currency", ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", "kwd"])
def test_a_currency_of_three_decimals_cannot_be_paid_online(currency: str) -> None:
    for convert in (lambda: to_minor_units(Decimal("5.00"), currency), lambda: from_minor_units(5000, currency)):
        with pytest.raises(Problem, match="three decimals") as refused:
            convert()

        assert refused.value.kind.code == "amount_not_payable"
