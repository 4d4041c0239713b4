"""Shoots: when they are, the photos that are chosen of them, and what is thought of those that were edited."""

from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from photolens.database import connection, sql
from photolens.portal.pages.house import blp, form_as, reading
from photolens.problems import found


@blp.get("/shoots")
def shoots() -> Any:
    """The client's shoots, newest first."""
    raise NotImplementedError


@blp.get("/shoots/<id:booking_id>")
def shoot(booking_id: int) -> Any:
    """One shoot, with its chosen photos and its editing."""
    raise NotImplementedError
