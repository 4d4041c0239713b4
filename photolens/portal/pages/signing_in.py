"""In and out: sign-in, sign-out, and the password that a link lets one choose."""

from typing import Any
from urllib.parse import urlsplit

from flask import g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from photolens.access import Caller
from photolens.database import Row, connection
from photolens.identity import find_caller
from photolens.identity.actions import accounts, sessions
from photolens.identity.routes.sessions import this_device
from photolens.identity.schemas import accounts as schemas
from photolens.portal.pages.house import COOKIE, blp, form_as, is_contact, open_to_all
from photolens.problems import NOT_A_CONTACT, Problem
from photolens.studio.actions import contacts


@blp.get("/sign-in")
@open_to_all
def sign_in() -> Any:
    """The form to sign in by."""
    return _sign_in_form(_inside(request.args.get("next", "")))


@blp.post("/sign-in", endpoint="sign_in_now")
@open_to_all
def sign_in_now() -> Any:
    """Sign in, and go on to where one was going."""
    onward = _inside(request.form.get("next", ""))
    email = request.form.get("email", "")
    try:
        sent = form_as(schemas.LoginInput(unknown="exclude"))
        session = sessions.sign_in(connection(), sent["email"], sent["password"], this_device())
        _refuse_strangers(session)
        return _come_in(session, onward)
    except Problem as problem:
        page = _sign_in_form(onward, email, f"{problem.kind.title}. {problem.detail}")
        return page, problem.kind.status, dict(problem.headers)


def _refuse_strangers(session: Row) -> None:
    """End a session that was just opened, if its user has nothing to look for here. Problems: `not_a_contact`."""
    conn = connection()
    caller = find_caller(conn, session["token"])
    if caller is not None and not is_contact(caller):
        if caller.session_id is not None:
            sessions.end_session(conn, caller.user_id, caller.session_id)
        raise NOT_A_CONTACT("These pages are for the people at the studio's clients.")


def _sign_in_form(onward: str, email: str = "", refusal: str = "") -> str:
    return render_template("portal/sign_in.html", next=onward, email=email, refusal=refusal)


@blp.post("/sign-out")
@open_to_all
def sign_out() -> Any:
    """End the session, and forget it here."""
    caller: Caller | None = g.caller
    if caller is not None and caller.session_id is not None:
        sessions.end_session(connection(), caller.user_id, caller.session_id)
    response = redirect(url_for("portal_pages.sign_in"), 303)
    response.delete_cookie(COOKIE, path="/portal")
    return response


@blp.route("/forgotten-password", methods=["GET", "POST"])
@open_to_all
def forgotten_password() -> Any:
    """Send the link to choose a new password; whether there is such an account, nobody is told."""
    refusal, status = "", 200
    if request.method == "POST":
        try:
            email = form_as(schemas.EmailInput())["email"]
            accounts.send_link(connection(), email, "RESET_PASSWORD", request.remote_addr or "")
        except Problem as problem:
            refusal, status = problem.detail, problem.kind.status
    sent = request.method == "POST" and not refusal
    return render_template("portal/forgotten_password.html", sent=sent, refusal=refusal), status


@blp.route("/activate", methods=["GET", "POST"])
@open_to_all
def activate() -> Any:
    """Take up the account that one was invited to."""

    def take_up(sent: Row) -> Response:
        session = contacts.activate_contact(connection(), sent["token"], sent["password"], this_device())
        return _come_in(session, url_for("portal_pages.overview"))

    return _choose_password("Welcome", take_up)


@blp.route("/reset-password", methods=["GET", "POST"])
@open_to_all
def reset_password() -> Any:
    """Choose a new password, and sign in with it."""

    def choose(sent: Row) -> Response:
        accounts.reset_password(connection(), sent["token"], sent["password"], request.remote_addr or "")
        return redirect(url_for("portal_pages.sign_in"), 303)

    return _choose_password("Choose a new password", choose)


def _choose_password(heading: str, choose: Any) -> Any:
    refusal, status = "", 200
    if request.method == "POST":
        try:
            return choose(form_as(schemas.PasswordResetInput()))
        except Problem as problem:
            refusal, status = problem.detail, problem.kind.status
    token = request.form.get("token", "")
    return render_template("portal/choose_password.html", heading=heading, refusal=refusal, token=token), status


def _come_in(session: Row, onward: str) -> Response:
    """Keep the session in a cookie of these pages alone. Lax, so that it is there on the way back from paying."""
    response = redirect(onward, 303)
    response.set_cookie(
        COOKIE,
        session["token"],
        expires=session["expiresAt"],
        path="/portal",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def _inside(address: str) -> str:
    """The address if it is one of these pages, else the overview: nobody is sent elsewhere by a link to sign in."""
    parts = urlsplit(address)
    is_inside = not parts.scheme and not parts.netloc and parts.path.startswith("/portal/") and "\\" not in address
    return address if is_inside else url_for("portal_pages.overview")
