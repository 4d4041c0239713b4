"""What every page of the portal has: who is asking, from where, how it looks, and what a refusal looks like."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg
from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from marshmallow import Schema, ValidationError
from psycopg_pool import PoolTimeout
from werkzeug.exceptions import HTTPException

from photolens import problems
from photolens.access import Caller, current_contact_id
from photolens.database import Connection, connection, sql
from photolens.identity import find_caller
from photolens.portal import rows, wording
from photolens.problems import Problem

log = logging.getLogger(__name__)

COOKIE = "photolens_portal"
NAMELESS = "Client portal"  # a studio that has not said yet what it is called

blp = Blueprint("portal_pages", __name__, url_prefix="/portal", template_folder="templates", static_folder="static")
blp.add_app_template_filter(wording.money)
blp.add_app_template_filter(wording.number)
blp.add_app_template_filter(wording.day)
blp.add_app_template_filter(wording.words)
blp.add_app_template_filter(wording.mood)

View = Callable[..., Any]
_OPEN = {"portal_pages.static"}


def open_to_all(view: View) -> View:
    """Show this page to whoever is not signed in, too."""
    _OPEN.add(f"portal_pages.{view.__name__}")
    return view


@blp.before_request
def let_in() -> Any:
    """Find out who is asking; whoever is no contact is asked to sign in. A form of another site is refused."""
    if request.method == "POST" and not _is_from_here():
        raise problems.FORBIDDEN("This form was sent from another site.")
    token = request.cookies.get(COOKIE, "")
    g.caller = find_caller(connection(), token) if token.isascii() and 0 < len(token) <= 200 else None
    if request.endpoint not in _OPEN and not is_contact(g.caller):
        where = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("portal_pages.sign_in", next=where), 303)
    return None


def is_contact(caller: Caller | None) -> bool:
    """Whether these pages are for whoever is asking."""
    return caller is not None and caller.session_id is not None and caller.contact_id is not None


def _is_from_here() -> bool:
    """Whether a form was sent by a page of this server: browsers say so with every POST, older ones by its origin."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


@contextmanager
def reading() -> Iterator[Connection]:
    """What the contact may be shown, in one snapshot; and with it who they are, for the page around it."""
    with rows.as_contact() as conn:
        g.contact = sql.portal.get_contact(conn, contact_id=current_contact_id())
        yield conn


@blp.app_template_filter()
def moment(instant: datetime | str) -> str:
    """An instant by the clock on the studio's wall."""
    return wording.moment(instant, g.contact["studio"]["timeZone"])


@blp.context_processor
def surroundings() -> dict[str, Any]:
    """What the layout needs: the contact, if the page has read who it is, and the studio's name."""
    contact = g.get("contact")
    if contact is None:
        name = sql.portal.get_studio(connection())["companyName"]
        return {"contact": None, "studio_name": name or NAMELESS, "section": None}
    section = (request.endpoint or "").partition(".")[2]
    return {
        "contact": contact,
        "studio_name": contact["studio"]["companyName"] or NAMELESS,
        "section": {"invoice": "invoices", "shoot": "shoots"}.get(section, section),
    }


def form_as(schema: Schema) -> dict[str, Any]:
    """The form that was sent, as this schema has it; a field that was left empty is absent. Problems: `invalid`."""
    sent = {name: value for name, value in request.form.items() if value.strip()}
    try:
        loaded: dict[str, Any] = schema.load(sent)
    except ValidationError as error:
        [(field, faults), *_] = error.messages_dict.items()
        raise problems.INVALID(f"The {wording.words(field).lower()} {faults[0]}.") from None
    return loaded


def message(status: int, heading: str, detail: str) -> Response:
    """A page that says why it was not done."""
    if is_contact(g.get("caller")) and "contact" not in g:
        try:
            with reading():
                pass
        except (psycopg.Error, PoolTimeout):
            return Response(f"{heading}. {detail}", status, mimetype="text/plain")
    back = url_for("portal_pages.overview")
    referrer = urlsplit(request.referrer or "")
    if referrer.netloc == request.host and referrer.path.startswith("/portal/") and referrer.path != request.path:
        back = referrer.path
    page = render_template("portal/message.html", heading=heading, detail=detail, back=back)
    return make_response(page, status)


@blp.errorhandler(Problem)
def show_problem(problem: Problem) -> Response:
    """A refusal in words, with its headers."""
    response = message(problem.kind.status, problem.kind.title, problem.detail)
    response.headers.update(problem.headers)
    return response


@blp.errorhandler(psycopg.Error)
def show_database_error(error: psycopg.Error) -> Response:
    """What a broken rule of the database means."""
    problem = problems.from_database(error)
    return show_fault(error) if problem is None else show_problem(problem)


@blp.errorhandler(Exception)
def show_fault(error: Exception) -> Response:
    """A fault of ours, which is logged; or a database that lends no connection."""
    if isinstance(error, PoolTimeout):
        return show_problem(problems.unavailable())
    log.error("Request %s failed: %s %s", g.get("request_id"), request.method, request.path, exc_info=error)
    return show_problem(problems.INTERNAL_ERROR("It has been noted. Please try again later."))


@blp.errorhandler(HTTPException)
def show_http_exception(error: HTTPException) -> Any:
    """A request that cannot be read."""
    if error.code is None or error.code < 400:
        return error
    return message(error.code, error.name, error.description or error.name)
