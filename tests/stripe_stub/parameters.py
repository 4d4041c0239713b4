"""What Stripe is asked with: nested parameters in form encoding, and its refusals of those that do not do.

Source: https://docs.stripe.com/api/errors, /error-codes, /currencies (minimum and maximum charge amounts).
"""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

_CODES = """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp
    cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk
    jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn
    nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std
    szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
"""
CURRENCIES = frozenset(_CODES.split())
SMALLEST = {
    **dict.fromkeys(["usd", "aud", "brl", "cad", "chf", "eur", "inr", "jpy", "nzd", "sgd"], 50),
    **{"gbp": 30, "bgn": 100, "aed": 200, "myr": 200, "pln": 200, "ron": 200, "dkk": 250, "nok": 300, "sek": 300},
    **{"hkd": 400, "mxn": 1000, "thb": 1000, "czk": 1500, "huf": 17500},
}
LARGEST = 99_999_999

Parameters = dict[str, Any]


class Refused(Exception):  # noqa: N818  (so is Stripe's own word for it)
    """An error as Stripe answers it. What fails validation is not kept under its idempotency key."""

    def __init__(
        self,
        message: str,
        code: str | None = None,
        param: str | None = None,
        *,
        status: int = 400,
        error_type: str = "invalid_request_error",
        is_kept: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_kept = is_kept
        details = {"code": code, "doc_url": code and f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"}
        error = {**details, "message": message, "param": param, "type": error_type}
        self.body = {"error": {name: value for name, value in error.items() if value is not None}}


def decode(form: str) -> Parameters:
    """`a[b][0]=x&c=y` as `{"a": {"b": ["x"]}, "c": "y"}`."""
    root: Parameters = {}
    for path, value in parse_qsl(form, keep_blank_values=True):
        first, rest = re.match(r"([^\[]*)(.*)", path, re.DOTALL).groups()  # type: ignore[union-attr]
        *way, last = [first, *re.findall(r"\[([^\]]*)\]", rest)]
        node = root
        for step in way:
            node = node.setdefault(step, {})
        node[last] = value
    return {name: _lists(name, value) for name, value in root.items()}


def _lists(name: str, value: Any) -> Any:
    if not isinstance(value, dict) or name == "metadata":
        return value
    children = {key: _lists(key, child) for key, child in value.items()}
    if all(key.isdigit() for key in children):
        return [children[key] for key in sorted(children, key=int)]
    return children


def allow(parameters: Parameters, *names: str) -> None:
    """Refuse what is not one of these: the stub knows no others, though Stripe may."""
    for name in parameters:
        if name not in names:
            raise Refused(f"Received unknown parameter: {name}", "parameter_unknown", name)


def required(parameters: Parameters, name: str, path: str = "{}") -> Any:
    """A parameter that must be there, and not empty; `path` says where, with `{}` for its name."""
    param = path.format(name)
    if name not in parameters:
        raise Refused(f"Missing required param: {param}.", "parameter_missing", param)
    if parameters[name] in ("", [], {}):
        raise Refused(f"You passed an empty string for '{param}'.", "parameter_invalid_empty", param)
    return parameters[name]


def whole_number(text: Any, param: str) -> int:
    """A whole number from 0 on."""
    if not (isinstance(text, str) and text.isascii() and text.isdigit()):
        raise Refused(f"Invalid integer: {text}", "parameter_invalid_integer", param)
    return int(text)


def url(text: Any, param: str) -> str:
    """An address on the web."""
    if not isinstance(text, str) or urlsplit(text).scheme not in ("http", "https") or not urlsplit(text).netloc:
        raise Refused("Not a valid URL", "url_invalid", param)
    return text


def email(text: str | None) -> str | None:
    """An e-mail address, or none."""
    if text is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", text):
        raise Refused(f"Invalid email address: {text}", "email_invalid", "customer_email")
    return text


def metadata(values: Any, param: str = "metadata") -> dict[str, str]:
    """At most 50 pairs, of keys up to 40 and values up to 500 letters."""
    pairs: dict[str, str] = values or {}
    if len(pairs) > 50 or any(len(key) > 40 or len(value) > 500 for key, value in pairs.items()):
        raise Refused("Metadata can have up to 50 keys, of 40 letters, and values of 500.", None, param)
    return pairs


def price(line_items: list[Parameters]) -> tuple[str, int]:
    """The currency and the total of what is bought, if Stripe takes such an amount."""
    currencies, total = set(), 0
    for number, item in enumerate(line_items):
        path = f"line_items[{number}][price_data][{{}}]"
        data = required(item, "price_data", f"line_items[{number}][{{}}]")
        currency = required(data, "currency", path)
        if currency not in CURRENCIES:
            raise Refused(f"Invalid currency: {currency}.", None, path.format("currency"))
        required(required(data, "product_data", path), "name", path.format("product_data") + "[{}]")
        amount = whole_number(required(data, "unit_amount", path), path.format("unit_amount"))
        total += amount * whole_number(required(item, "quantity", f"line_items[{number}][{{}}]"), "quantity")
        currencies.add(currency)
    if len(currencies) > 1:
        raise Refused("All line items of a session have one currency.", None, "line_items")
    currency = currencies.pop()
    if currency in ("isk", "ugx") and total % 100:
        raise Refused("Invalid amount: it must be divisible by 100.", "invalid_charge_amount_no_decimal_compatible")
    if total < SMALLEST.get(currency, 1):
        raise Refused("The Checkout Session's total amount due is below the smallest.", "amount_too_small")
    if total > LARGEST:
        raise Refused("The Checkout Session's total amount due is above the largest.", "amount_too_large")
    return currency, total


def interval(line_items: list[Parameters]) -> str:
    """How often what is bought is paid for: the one line of a subscription says so."""
    [item] = line_items
    recurring = required(item["price_data"], "recurring", "line_items[0][price_data][{}]")
    allow(recurring, "interval")
    every: str = required(recurring, "interval", "line_items[0][price_data][recurring][{}]")
    if every not in ("day", "week", "month", "year"):
        raise Refused(f"Invalid interval: must be one of day, week, month, or year, not {every}", None, "interval")
    return every
