"""The marshmallow fields and schema bases that JSON is made of here; each knows its rule, its words and its example.

Source: the HTTP conventions (money as text, RFC 3339 instants, trimmed text, unknown fields refused).
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from photolens.naming import camel_case

MAX_ID = 2**63 - 1

_MONEY = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2})?")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_LOCAL_TIME = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$")
_TIME_OF_DAY = re.compile(r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL_WORD = r"[^\s@.\x00-\x20\"(),:;<>\[\]\\]+"
_EMAIL = re.compile(rf"{_EMAIL_WORD}(\.{_EMAIL_WORD})*@{_EMAIL_WORD}(\.{_EMAIL_WORD})+")
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_PHONE = re.compile(r"^\+[1-9][0-9]{6,14}$")
_URL = re.compile(r"https?://[^\s/?#@:]+(:[0-9]{1,5})?([/?#]\S*)?", re.IGNORECASE)


class Input(Schema):
    """What a request may send: camelCase keys of snake_case columns; an unknown key is refused."""

    class Meta:
        unknown = RAISE

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        if field_obj.data_key is None:
            field_obj.data_key = camel_case(field_name)

    def __deepcopy__(self, _memo: Any) -> Self:
        # flask-smorest copies what a view has been described with, for each of its decorators; a schema stays as it is.
        return self


class QueryInput(Input):
    """What a query string may send: the same fields, read from text."""


class Output(Input):
    """What an answer holds, for the API document and its checks: every key is always there, but the `optional` ones."""

    optional: ClassVar[frozenset[str]] = frozenset()

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        super().on_bind_field(field_name, field_obj)
        field_obj.required = field_name not in self.optional


class Whole(fields.Nested):
    """An object inside another, which a PATCH sends whole: what it leaves out of it is missing."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, partial: Any = None, **kwargs: Any
    ) -> Any:
        return super()._deserialize(value, attr, data, partial=False, **kwargs)


class Text(fields.String):
    """Trimmed text of 1 to `longest` characters; `null` only where `nullable`."""

    default_error_messages = {"invalid": "is not text", "null": "may not be null", "required": "is required"}

    def __init__(
        self, longest: int = 200, *, nullable: bool = False, example: str = "Golden hour", **kwargs: Any
    ) -> None:
        self.longest = longest
        metadata = {"minLength": 1, "maxLength": longest, "example": example} | kwargs.pop("metadata", {})
        super().__init__(allow_none=nullable, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = value.strip()
        if not any(map(_is_visible, text)):
            raise ValidationError("may not be empty")
        if len(text) > self.longest:
            raise ValidationError(f"is longer than {self.longest} characters")
        if "\x00" in text:
            raise ValidationError("may not hold a NUL character")
        if any(map(_is_control, text)):
            raise ValidationError("may not hold control characters")
        return text


def _is_control(character: str) -> bool:
    """Whether a character is there to be obeyed, not read: also those that turn the direction of what follows."""
    return (unicodedata.category(character) == "Cc" and character not in "\t\n\r") or character in _TURNING


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZ"


class Email(Text):
    """An e-mail address, kept as written; addresses are compared without regard to case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(254, example="emma.chen@example.com", metadata={"format": "email"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _EMAIL.fullmatch(text) or _passes_for_another(text):
            raise ValidationError("is not an e-mail address")
        return text


def _passes_for_another(text: str) -> bool:
    """Whether an address would be taken for another: the Kelvin sign is `k` in lower case, `ｏ` a wide `o`."""
    return unicodedata.normalize("NFKC", text) != text or any(
        unicodedata.category(character) == "Cf"
        or (not character.isascii() and any(map(str.isascii, character.lower())))
        for character in text
    )


class Phone(Text):
    """A phone number in the form of E.164: `+31612345678`."""

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"pattern": _PHONE.pattern}
        super().__init__(16, example="+31612345678", metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _PHONE.fullmatch(text):
            raise ValidationError("is not a phone number such as +31612345678")
        return text


class Secret(Text):
    """A token. It is never repeated in an answer, as no value is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(200, metadata={"format": "password"}, **kwargs)


class Password(fields.String):
    """A password: not trimmed; of what looks the same, one spelling (Unicode NFKC, as NIST SP 800-63B has it)."""

    default_error_messages = {"invalid": "is not text", "null": "may not be null", "required": "is required"}
    longest = 1000

    def __init__(self, **kwargs: Any) -> None:
        metadata = {"format": "password", "example": "a sentence nobody says"} | kwargs.pop("metadata", {})
        super().__init__(metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if not 0 < len(value) <= self.longest:
            raise ValidationError(f"is not from 1 to {self.longest} characters long")
        return unicodedata.normalize("NFKC", value)


class WebAddress(Text):
    """An http or https address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(2000, example="https://images.example/emma.jpg", metadata={"format": "uri"}, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _URL.fullmatch(text):
            raise ValidationError("is not an http or https address")
        return text


class Currency(Text):
    """A currency's code, of ISO 4217: three capital letters."""

    def __init__(self, **kwargs: Any) -> None:
        check = validate.Regexp("^[A-Z]{3}$", error="is not a currency code such as USD")
        super().__init__(3, example="USD", validate=check, **kwargs)


class Choice(fields.String):
    """One word of an enumeration, as the database's enum type lists it."""

    default_error_messages = {"invalid": "is not text", "null": "may not be null", "required": "is required"}

    def __init__(self, *words: str, nullable: bool = False, **kwargs: Any) -> None:
        check = validate.OneOf(words, error="is none of " + ", ".join(words))
        metadata = {"example": words[0]} | kwargs.pop("metadata", {})
        super().__init__(validate=check, allow_none=nullable, metadata=metadata, **kwargs)


class Money(fields.Field[Decimal]):
    """An amount as text with at most two decimals: `"1250.00"`; up to 9999999999.99, never a float.

    Never negative, but where an answer is `signed`.
    """

    default_error_messages = {"null": "may not be null", "required": "is required"}
    digits = "{1,10}"

    def __init__(
        self,
        *,
        positive: bool = False,
        nullable: bool = False,
        signed: bool = False,
        example: str = "1250.00",
        **kwargs: Any,
    ) -> None:
        self.positive = positive
        pattern = ("^-?" if signed else "^") + rf"[0-9]{self.digits}(\.[0-9]{{1,2}})?$"
        metadata = {"type": "string", "pattern": pattern, "example": example}
        super().__init__(allow_none=nullable, metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Decimal:
        if not isinstance(value, str) or not _MONEY.fullmatch(value.strip()):
            raise ValidationError('is not an amount as text with at most two decimals, such as "1250.00"')
        amount = Decimal(value.strip())
        if self.positive and not amount:
            raise ValidationError("must be more than zero")
        return amount


class MoneySum(Money):
    """A sum of amounts, in answers: as many digits as it takes."""

    digits = "{1,16}"


class Number(fields.Float):
    """A JSON number with a fraction that is no money, in answers: percents, days."""

    def __init__(self, *, nullable: bool = False, example: float = 62.5, **kwargs: Any) -> None:
        super().__init__(allow_none=nullable, metadata={"example": example} | kwargs.pop("metadata", {}), **kwargs)


class WholeNumber(fields.Integer):
    """A JSON integer within bounds. In a query string, its digits."""

    default_error_messages = {"invalid": "is not a whole number", "null": "may not be null", "required": "is required"}

    def __init__(
        self, least: int, most: int, *, nullable: bool = False, example: int | None = None, **kwargs: Any
    ) -> None:
        self.least, self.most = least, most
        metadata = {"minimum": least, "maximum": most, "example": least if example is None else example}
        super().__init__(allow_none=nullable, metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(self.root, QueryInput) and isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        if not self.least <= value <= self.most:
            raise ValidationError(f"is not from {self.least} to {self.most}")
        return value


class Id(WholeNumber):
    """The number of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(1, MAX_ID, example=1, **kwargs)


class Uuid(fields.String):
    """The id of a user."""

    def __init__(self, *, nullable: bool = False, **kwargs: Any) -> None:
        metadata = {"format": "uuid", "example": "550e8400-e29b-41d4-a716-446655440000"}
        super().__init__(allow_none=nullable, metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        if not isinstance(value, str) or not _UUID.fullmatch(value):
            raise ValidationError("is not the id of a user")
        return value


class Flag(fields.Boolean):
    """`true` or `false`."""

    default_error_messages = {
        "invalid": "is neither true nor false",
        "null": "may not be null",
        "required": "is required",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_none=False, metadata={"example": True} | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> bool:
        if isinstance(self.root, QueryInput):
            value = {"true": True, "false": False}.get(value)
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Instant(fields.Field[datetime]):
    """An RFC 3339 instant with its offset, from 1900 to 2200; answered in UTC with `Z`."""

    default_error_messages = {"null": "may not be null", "required": "is required"}

    def __init__(self, *, nullable: bool = False, example: str = "2026-11-20T09:30:00Z", **kwargs: Any) -> None:
        metadata = {"type": "string", "format": "date-time", "example": example}
        super().__init__(allow_none=nullable, metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if isinstance(self.root, QueryInput) and isinstance(value, str):
            value = value.replace(" ", "+")  # the "+" of an offset, which a query string reads as a space
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise ValidationError('is not an instant with its offset, such as "2026-11-20T09:30:00Z"')
        try:
            instant = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValidationError("is not a moment of the calendar") from None
        if not 1900 <= instant.year <= 2200:
            raise ValidationError("is not between the years 1900 and 2200")
        return instant


class LocalTime(fields.Field[datetime]):
    """A time on the studio's wall clock, `YYYY-MM-DDTHH:MM`, without an offset; `clock` says which instant it is."""

    default_error_messages = {"null": "may not be null", "required": "is required"}

    def __init__(self, *, nullable: bool = False, **kwargs: Any) -> None:
        metadata = {"type": "string", "pattern": _LOCAL_TIME.pattern}
        super().__init__(allow_none=nullable, metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or not _LOCAL_TIME.fullmatch(value):
            raise ValidationError('is not a local time without an offset, such as "2026-12-04T10:00"')
        try:
            local = datetime.fromisoformat(value)
        except ValueError:
            raise ValidationError("is not a moment of the calendar") from None
        if not 1900 <= local.year <= 2200:
            raise ValidationError("is not between the years 1900 and 2200")
        return local


class TimeOfDay(Text):
    """A time of day, `HH:MM`, up to `24:00`."""

    def __init__(self, *, example: str = "09:00", **kwargs: Any) -> None:
        metadata = {"pattern": _TIME_OF_DAY.pattern} | kwargs.pop("metadata", {})
        super().__init__(5, example=example, metadata=metadata, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _TIME_OF_DAY.fullmatch(text):
            raise ValidationError("is not a time of day such as 09:00")
        return text


class Date(fields.Field[date]):
    """A calendar date of the studio, `YYYY-MM-DD`, from 1900 to 2200."""

    default_error_messages = {"null": "may not be null", "required": "is required"}

    def __init__(self, *, nullable: bool = False, example: str = "2026-12-04", **kwargs: Any) -> None:
        metadata = {"type": "string", "format": "date", "example": example}
        super().__init__(allow_none=nullable, metadata=metadata | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> date:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise ValidationError("is not a date written YYYY-MM-DD")
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValidationError("is not a day of the calendar") from None
        if not 1900 <= day.year <= 2200:
            raise ValidationError("is not between the years 1900 and 2200")
        return day


class Month(fields.String):
    """A month of the studio's calendar, `YYYY-MM`, in answers."""

    def __init__(self) -> None:
        super().__init__(metadata={"pattern": "^[0-9]{4}-[0-9]{2}$", "example": "2026-03"})
