"""What every response carries: its request id, safety rules for browsers, and CORS for the origins that may read it."""

import re
import uuid

from flask import Flask, Response, g, request
from flask_cors import CORS

from photolens.config import Settings

_SANE_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers of every response, errors included."""
    if settings.cors_origins:
        CORS(
            app,
            origins=list(settings.cors_origins),
            expose_headers=["ETag", "Link", "Location", "Retry-After", "X-Request-Id", "Idempotent-Replayed"],
            max_age=600,
        )

    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if _SANE_ID.fullmatch(given) else uuid.uuid4().hex

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        response.headers["X-Content-Type-Options"] = "nosniff"
        if request.path.startswith("/api/v1/"):
            response.headers["Cache-Control"] = "no-store"
        return response
