"""What every response carries: its request id, safety rules for browsers, and CORS for the origins that may read it."""

import re
import uuid

from flask import Flask, Response, g, request
from flask_cors import CORS

from photolens.config import Settings

# A browser shows, frames and runs nothing of an answer; the page of the API document runs its own scripts only.
_POLICY = "default-src 'none'; frame-ancestors 'none'"
_DOCS_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
# The portal's pages run their own scripts only, and send forms here; from here a payment goes on to its provider, whose
# pages may have any address; a stand-in for it has one without TLS.
_PORTAL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self' https: {provider}"
)

_EXPOSED = [
    "Content-Disposition",
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "Preference-Applied",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-Id",
]

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def _policy_of(path: str, settings: Settings) -> str:
    if path.startswith("/portal/"):
        return _PORTAL_POLICY.format(provider=settings.stripe_api_base)
    return _DOCS_POLICY if path.startswith("/api/docs") else _POLICY


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers of every response, errors included."""
    if settings.cors_origins:
        CORS(
            app,
            origins=list(settings.cors_origins),
            expose_headers=_EXPOSED,
            max_age=600,
            intercept_exceptions=False,  # errors are answered through after_request as well: once is enough
        )

    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers["X-Content-Type-Options"] = "nosniff"
        # The portal's pages tell each other where one came from, so that a form of another site is known for one.
        response.headers["Referrer-Policy"] = "same-origin" if request.path.startswith("/portal/") else "no-referrer"
        response.headers["Content-Security-Policy"] = _policy_of(request.path, settings)
        if request.is_secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.path.startswith(("/api/v1/", "/portal/")) and not request.path.startswith("/portal/static/"):
            response.headers["Cache-Control"] = "no-store"
        return response
