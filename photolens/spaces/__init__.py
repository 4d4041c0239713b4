"""Spaces: what vendors let by the hour, day, week or month, and who has booked it."""

from flask import Flask, Response, request

from photolens import cache, dry_run
from photolens.identity.actions import erasure
from photolens.spaces.actions import assistant as chat
from photolens.spaces.routes import (
    approvals,
    assistant,
    availability,
    bookings,
    branches,
    catalogue,
    payments,
    search,
    services,
    stats,
)

PUBLIC_PAGES = search.PUBLIC_PAGES

BLUEPRINTS = (
    search.blp,
    assistant.blp,
    branches.blp,
    services.blp,
    availability.blp,
    approvals.blp,
    catalogue.blp,
    stats.blp,
    bookings.blp,
    payments.blp,
)

erasure.ALSO_FORGET.append(chat.forget)

# Whose requests change what the public is shown: those of spaces, and those that suspend a vendor or change their name.
_CHANGING = {*(blueprint.name for blueprint in BLUEPRINTS if blueprint is not assistant.blp), "Users", "Me"}


def keep_public_pages_fresh(app: Flask) -> None:
    """After each request that may have changed what the public finds, once it is committed, forget what was found."""

    @app.after_request
    def forget(response: Response) -> Response:
        # What fails may have committed before.
        may_change = request.method not in ("GET", "HEAD", "OPTIONS") and not 400 <= response.status_code < 500
        if (
            may_change
            and not dry_run.is_under_way()
            and request.blueprint in _CHANGING
            and not request.path.endswith("/quote")
        ):
            cache.forget(PUBLIC_PAGES)
        return response
