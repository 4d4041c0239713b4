"""The marshmallow fields of JSON numbers that are kept as they are written, and are no money."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

_DIGITS = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")


class Quantity(fields.Field[Decimal]):
    """A JSON number above zero, up to 999999.999, with at most three decimals."""

    default_error_messages = {"null": "may not be null", "required": "is required"}

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"type": "number", "exclusiveMinimum": 0, "maximum": 999999.999, "example": 2}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if not _is_number(value) or not 0 < value <= 999999.999:
            raise ValidationError("is not a number above 0 and up to 999999.999")
        return _with_three_decimals(value)


class Percent(fields.Field[Decimal]):
    """A JSON number from 0 to 100, with at most three decimals: 8.875 is 8.875 %."""

    default_error_messages = {"null": "may not be null", "required": "is required"}

    def __init__(self, *, positive: bool = False, example: float | None = 8.875, **kwargs: Any) -> None:
        self.positive = positive
        least = {"exclusiveMinimum": 0} if positive else {"minimum": 0}
        metadata = {"type": "number", **least, "maximum": 100}
        if example is not None:
            metadata["example"] = example
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if not _is_number(value) or not 0 <= value <= 100:
            raise ValidationError("is not a number from 0 to 100")
        if self.positive and not value:
            raise ValidationError("must be more than zero")
        return _with_three_decimals(value)


class Degrees(fields.Field[float]):
    """A JSON number of degrees north or east, below zero south or west; kept to eight decimals."""

    default_error_messages = {"null": "may not be null", "required": "is required"}

    def __init__(self, most: int, *, example: float, **kwargs: Any) -> None:
        self.most = most
        metadata = {"type": "number", "minimum": -most, "maximum": most, "example": example}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if not _is_number(value) or not -self.most <= value <= self.most:
            raise ValidationError(f"is not a number from -{self.most} to {self.most}")
        return round(float(value), 8)


class Measure(fields.Field[float]):
    """A number within bounds in a query string: its digits, with a point where it has a fraction."""

    default_error_messages = {"null": "may not be null", "required": "is required"}

    def __init__(self, least: int, most: int, *, example: float, **kwargs: Any) -> None:
        self.least, self.most = least, most
        metadata = {"type": "number", "minimum": least, "maximum": most, "example": example}
        super().__init__(metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> float:
        if not _DIGITS.fullmatch(value) or not self.least <= float(value) <= self.most:
            raise ValidationError(f"is not a number from {self.least} to {self.most}")
        return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _with_three_decimals(value: float) -> Decimal:
    number = Decimal(repr(value))
    if number != round(number, 3):
        raise ValidationError("has more than three decimals")
    return number
