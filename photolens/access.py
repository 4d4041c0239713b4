"""Who is calling, and from where a caller may come.

Accounts arrive with the identity domain. Until then everyone who reaches the server may do everything, so only this
machine reaches it: the server binds to a loopback address, and a request from elsewhere, or one that a browser was
tricked into sending under another host name, is refused here whatever server runs the application.
"""

import ipaddress
import re
from dataclasses import dataclass

from flask import Flask, request

from photolens.config import Settings
from photolens.problems import ProblemKind

LOCAL_ONLY = ProblemKind(403, "local_only", "This server answers only its own machine")


@dataclass(frozen=True)
class Caller:
    """Whoever sent the present request; the name stands in activities, logs and payments."""

    name: str


def current_caller() -> Caller:
    """The caller of the present request."""
    return Caller("local")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine alone: `localhost`, `127.0.0.1`, `::1`."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _without_port(host: str) -> str:
    """`[::1]:8000` → `[::1]`."""
    return re.sub(r":[0-9]*$", "", host)


def init_app(app: Flask, settings: Settings) -> None:
    """Refuse every request that does not come from this machine and for this machine, or that a foreign page sends."""

    @app.before_request
    def refuse_strangers() -> None:
        if not is_loopback(request.remote_addr or "") or not is_loopback(_without_port(request.host)):
            raise LOCAL_ONLY("There are no accounts yet, so nobody else may come in.")
        origin = request.headers.get("Origin")
        if origin is not None and origin not in (*settings.cors_origins, request.host_url.rstrip("/")):
            raise LOCAL_ONLY("A page of another origin sent this; CORS_ORIGINS names those that may.")
