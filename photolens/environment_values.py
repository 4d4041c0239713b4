"""Values of environment variables, of kinds that several of them are: read, or refused in a sentence that names it."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ConfigurationError(Exception):
    """A setting that cannot be used; the message names the variable and says what it may be."""


def choice(given: Mapping[str, str], name: str, *words: str) -> str:
    """One of these words; the first is the default."""
    word = given.get(name, words[0])
    if word not in words:
        raise ConfigurationError(f"{name} is {word!r}; it takes {' or '.join(words)}.")
    return word


def whole_number(given: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    """A whole number between these."""
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
        raise ConfigurationError(f"{name} is {text!r}; it takes a whole number from {least} to {most}.")
    return int(text)


def switch(given: Mapping[str, str], name: str, is_production: bool, does: str) -> bool:
    """Whether something is on that may never be in production, since it does this."""
    is_on = choice(given, name, "0", "1") == "1"
    if is_on and is_production:
        raise ConfigurationError(f"{name} {does}: never in production.")
    return is_on


def database_url(given: Mapping[str, str], name: str) -> str | None:
    """The address of a PostgreSQL."""
    url = given.get(name)
    if url is None:
        return None
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError(f"{name} does not start with postgresql://")
    try:
        conninfo_to_dict(url)
    except ProgrammingError:
        raise ConfigurationError(f"{name} cannot be read as the address of a PostgreSQL.") from None
    return url


def folder(given: Mapping[str, str], name: str, default: str) -> Path:
    """A folder, there or not."""
    try:
        return Path(given.get(name, default)).expanduser().resolve()
    except (OSError, RuntimeError) as error:
        raise ConfigurationError(f"{name} is {given.get(name, default)!r}, which is no folder: {error}") from None


def networks(given: Mapping[str, str], name: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas."""
    networks = []
    for text in given.get(name, "").split(","):
        if text.strip():
            try:
                networks.append(ipaddress.ip_network(text.strip()))
            except ValueError:
                raise ConfigurationError(
                    f"{name} holds {text.strip()!r}; it takes addresses and networks such as 10.0.0.0/8."
                ) from None
    return tuple(networks)


def web_address(given: Mapping[str, str], name: str, default: str) -> str:
    """An address for a browser, without a slash at its end."""
    url = given.get(name, default).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"{name} is {url!r}; it takes an address such as https://studio.example")
    return url


def is_one_word(text: str) -> bool:
    """Whether it is something that goes into a header, or an address, as it is."""
    return text.isascii() and text.isprintable() and " " not in text


def address_of(given: Mapping[str, str], name: str, is_production: bool, *schemes: str) -> str | None:
    """The address of a service, under one of these schemes, which may hold a name and a password.

    The last scheme sends everything for all to read, but for SMTP, which goes over to TLS where it can.
    """
    url = given.get(name)
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in schemes or not is_one_word(url):
        raise ConfigurationError(f"{name} takes an address that begins with {' or '.join(f'{s}://' for s in schemes)}")
    if is_production and parts.scheme in ("http", "s3+http") and not is_this_machine(host):
        raise ConfigurationError(f"{name} is not encrypted: in production it would be sent for all to read.")
    return url


def key_of(given: Mapping[str, str], name: str) -> str | None:
    """What is sent in a header to show who asks."""
    key = given.get(name)
    if key is not None and not is_one_word(key):
        raise ConfigurationError(f"{name} holds blanks or letters that no key has.")
    return key


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
