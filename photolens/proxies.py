"""The address a request comes from: the peer's, or what the proxies in TRUSTED_PROXIES say of it, and nobody else."""

import ipaddress
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import Flask, request

from photolens.config import Network, Settings

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

LONGEST = 100  # characters of an address, with its zone and port

_WITH_PORT = re.compile(r"(?:\[(?P<v6>[^\]]+)\]|(?P<v4>[0-9.]+))(?::[0-9]{1,5})?")


class ClientAddress:
    """WSGI middleware: REMOTE_ADDR as a plain address, through `X-Forwarded-For` as far as its writers are trusted.

    From the right, since each proxy adds the address that it was asked from at that end.
    """

    def __init__(self, application: Application, trusted: tuple[Network, ...]) -> None:
        self._application = application
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Set REMOTE_ADDR, empty where there is none, and the scheme that a trusted proxy was asked by."""
        address = environ["REMOTE_ADDR"] = plain_address(environ.get("REMOTE_ADDR", ""))
        if self._is_trusted(address):
            for hop in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
                address = plain_address(hop)
                if not address:
                    break
                environ["REMOTE_ADDR"] = address
                if not self._is_trusted(address):
                    break
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._application(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        return bool(address) and any(ipaddress.ip_address(address) in network for network in self._trusted)


@lru_cache(1024)
def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a text names; kept, since the same few are asked about in each request."""
    if match := _WITH_PORT.fullmatch(text):
        text = match["v6"] or match["v4"]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _address_if_short(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The same of whatever somebody has sent; what is too long to be an address is not kept."""
    text = text.strip()
    return _address(text) if len(text) <= LONGEST else None


def plain_address(text: str) -> str:
    """An address without port, zone, or the dress of IPv6 that one of IPv4 may wear; empty for what is none.

    `[fe80::1%eth0]:443` → `fe80::1`, `::ffff:192.0.2.7` → `192.0.2.7`.
    """
    address = _address_if_short(text)
    return "" if address is None else str(address)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine alone: `localhost`, `127.0.0.1`, `::1`, with or without a port."""
    name = host.lower()
    if name.partition(":")[0] == "localhost":
        return True
    address = _address_if_short(name)
    return address is not None and address.is_loopback


def is_from_this_machine(settings: Settings) -> bool:
    """Whether the present request comes from this machine, and was sent to it under a name of its own.

    A page elsewhere may send requests under its own name to an address that it made mean this machine (DNS rebinding);
    and a proxy that is not in TRUSTED_PROXIES may stand before anybody.
    """
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return (
        is_loopback(request.remote_addr or "")
        and is_loopback(request.host)
        and not (is_forwarded and not settings.trusted_proxies)
    )


def init_app(app: Flask, settings: Settings) -> None:
    """Believe the proxies of TRUSTED_PROXIES; without any, only the connection itself."""
    app.wsgi_app = ClientAddress(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
