"""The settings as they are in force, for people to read: where each comes from, and no secret in any."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import Field, fields
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from photolens.config import CreditProduct, Settings

HIDDEN = "***"
_OWN_PREFIX = "PHOTOLENS_"
_ALIKE = 0.87  # from which likeness on a name is taken for one of ours, mistyped

# What may be read of an address's query; anything else may be a password.
_PLAIN_PARAMETERS = {
    "host",
    "port",
    "dbname",
    "user",
    "sslmode",
    "sslrootcert",
    "options",
    "application_name",
    "region",
}

_KNOWN = {field.name.upper() for field in fields(Settings)}


def effective_settings(
    settings: Settings, environment: Mapping[str, str], dotenv: Mapping[str, str]
) -> Iterator[tuple[str, str, str]]:
    """Each setting: its variable's name, its value as the variable has it, and what said so."""
    given = {**dotenv, **environment}
    for field in fields(Settings):
        name = field.name.upper()
        source = "default"
        if given.get(name, "").strip():
            source = "environment" if name in environment else ".env"
        yield name, _shown(field, getattr(settings, field.name)), source


def unknown_names(environment: Mapping[str, str], dotenv: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each name that nobody reads: all such of `.env`, and of the environment those like ours."""
    for name in sorted(dotenv.keys() - _KNOWN):
        yield _about(f"{name} in .env", name)
    for name in sorted(environment.keys() - _KNOWN):
        if name.startswith(_OWN_PREFIX) or _likest(name):
            yield _about(f"{name} in the environment", name)


def _about(what: str, name: str) -> str:
    likest = _likest(name)
    return f"{what} is no setting{f'; {likest} is' if likest else ''}."


def _likest(name: str) -> str:
    return next(iter(difflib.get_close_matches(name.upper(), sorted(_KNOWN), n=1, cutoff=_ALIKE)), "")


def _shown(field: Field[Any], value: Any) -> str:
    if value is None or value == ():
        return ""
    if field.name.endswith("_url"):
        return _without_password(value)
    return _text(value) if field.repr else HIDDEN


def _text(value: Any) -> str:
    match value:
        case tuple():
            return ", ".join(map(_text, value))
        case bool():
            return str(int(value))
        case CreditProduct(price=price, credits=number):
            return f"{price}={number}"
    return str(value)


def _without_password(url: str) -> str:
    """An address with what shows where it is, and without what lets anybody in.

    `redis://:secret@cache/0` → `redis://:***@cache/0`; a name alone stays only where it is no key.
    """
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    if colon or not parts.scheme.startswith("postgres"):
        user = f"{name}:{HIDDEN}" if colon else HIDDEN
    query = "&".join(
        f"{key}={value if key in _PLAIN_PARAMETERS else HIDDEN}"
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return f"{parts.scheme}://{user if at else ''}{at}{host}{parts.path}{'?' if query else ''}{query}"
