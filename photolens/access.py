"""Who is calling, and from where a caller may come.

Accounts arrive with the identity domain. Until then everyone who reaches the server may do everything, so only this
machine reaches it: the server binds to a loopback address, and a request from elsewhere, or one that a browser was
tricked into sending under another host name, is refused here whatever server runs the application.
"""

import ipaddress
from dataclasses import dataclass

from flask import Flask, request

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
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def init_app(app: Flask) -> None:
    """Refuse every request that does not come from this machine and for this machine."""

    @app.before_request
    def refuse_strangers() -> None:
        host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
        if not is_loopback(request.remote_addr or "") or not is_loopback(host):
            raise LOCAL_ONLY("There are no accounts yet, so nobody else may come in.")
