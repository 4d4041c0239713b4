"""Amounts as people read them, and as Stripe counts them: in a currency's smallest unit, not everywhere a hundredth.

Source: https://docs.stripe.com/currencies (zero-decimal and three-decimal currencies, special cases).
"""

from decimal import Decimal

from photolens.problems import ProblemKind

AMOUNT_NOT_PAYABLE = ProblemKind(409, "amount_not_payable", "This amount cannot be paid online")

# The amount is the number of units: 5000 JPY are 5000. (The ariary's fifths count as nothing.)
ZERO_DECIMAL = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"}
)
# There are no fractions of them, but for old programs' sake Stripe takes them in hundredths: 5 ISK are 500.
WHOLE_IN_HUNDREDTHS = frozenset({"ISK", "UGX"})
# Money here has two decimals and cannot hold theirs. ISO 4217's, so also those that Stripe does not take (IQD, LYD).
THREE_DECIMAL = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})

CENT = Decimal("0.01")


def written(amount: Decimal, currency: str) -> str:
    """An amount as people read it: `1,250.00`; of a currency without fractions, and where there is none, `5,000`."""
    is_whole = currency in ZERO_DECIMAL | WHOLE_IN_HUNDREDTHS and amount == amount.to_integral_value()
    return f"{amount:,.0f}" if is_whole else f"{amount:,.2f}"


def to_minor_units(amount: Decimal, currency: str) -> int:
    """An amount of a currency (ISO 4217) as Stripe takes it: 12.50 USD → 1250, 5000.00 JPY → 5000, 5.00 ISK → 500.

    Raises AMOUNT_NOT_PAYABLE for a currency of three decimals, and for a fraction that the currency does not have.
    """
    code = currency.upper()
    minor = amount * _units(code)
    if minor != int(minor) or (code in WHOLE_IN_HUNDREDTHS and amount != int(amount)):
        raise AMOUNT_NOT_PAYABLE(f"{amount} {code} cannot be paid: there is no such fraction of {code}.")
    return int(minor)


def from_minor_units(minor: int, currency: str) -> Decimal:
    """The amount, with two decimals, that Stripe means: 1250 usd → 12.50, 5000 jpy → 5000.00, 500 isk → 5.00.

    Raises AMOUNT_NOT_PAYABLE for a currency of three decimals.
    """
    return (Decimal(minor) / _units(currency.upper())).quantize(CENT)


def money_mismatch(expected: tuple[int, str], came: tuple[int | None, str | None]) -> str | None:
    """Of minor units and currencies, what is wrong with those that came: CURRENCY, AMOUNT; None where nothing is."""
    (expected_amount, expected_currency), (amount, currency) = expected, came
    if currency != expected_currency:
        return "CURRENCY"
    return None if amount == expected_amount else "AMOUNT"


def _units(code: str) -> int:
    if code in THREE_DECIMAL:
        raise AMOUNT_NOT_PAYABLE(f"{code} has three decimals, and cannot be paid online.")
    return 1 if code in ZERO_DECIMAL else 100
