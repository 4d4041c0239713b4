"""The address a request comes from: the peer's, or what the proxies in TRUSTED_PROXIES say of it, and nobody else."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from photolens.config import Network, Settings

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class TrustedProxies:
    """WSGI middleware: follows `X-Forwarded-For` from the right, as far as those who wrote it are trusted."""

    def __init__(self, application: Application, trusted: tuple[Network, ...]) -> None:
        self._application = application
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Set REMOTE_ADDR, and the scheme that the outermost trusted proxy was asked by."""
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
            for hop in reversed(hops):
                if not _is_address(hop):
                    break
                environ["REMOTE_ADDR"] = hop
                if not self._is_trusted(hop):
                    break
            scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip().lower()
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self._application(environ, start_response)

    def _is_trusted(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self._trusted)


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine alone: `localhost`, `127.0.0.1`, `::1`."""
    return host.lower() == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def init_app(app: Flask, settings: Settings) -> None:
    """Believe the proxies of TRUSTED_PROXIES; without any, only the connection itself."""
    if settings.trusted_proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.trusted_proxies)  # type: ignore[method-assign]
