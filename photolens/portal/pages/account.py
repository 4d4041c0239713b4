"""The overview, and what contacts change of themselves."""

from typing import Any

from flask import redirect, render_template, request, url_for

from photolens.access import current_caller, current_contact_id
from photolens.database import connection
from photolens.identity.actions import accounts
from photolens.identity.schemas.accounts import PasswordChangeInput
from photolens.portal.pages.house import blp, form_as, reading
from photolens.portal.schemas.me import PortalContactInput
from photolens.portal.screens.dashboard import dashboard
from photolens.problems import Problem
from photolens.studio.actions import contacts

_DONE = {"saved": "Saved.", "password": "Your password was changed, and every other session of yours has ended."}


@blp.get("/")
def overview() -> Any:
    """What is to be paid, chosen, approved, and coming up."""
    with reading() as conn:
        shown = dashboard(conn)
    return render_template("portal/overview.html", dashboard=shown)


@blp.get("/account")
def account() -> Any:
    """Name, phone and password."""
    return _account(notice=_DONE.get(request.args.get("done", ""), ""))


def _account(notice: str = "", refusal: str = "") -> str:
    with reading():
        return render_template("portal/account.html", notice=notice, refusal=refusal)


@blp.post("/account")
def change_account() -> Any:
    """Save name and phone."""
    try:
        changes = {"phone": None, **form_as(PortalContactInput(partial=True))}
        contacts.update_own_contact(connection(), current_contact_id(), changes)
    except Problem as problem:
        return _account(refusal=problem.detail), problem.kind.status
    return redirect(url_for("portal_pages.account", done="saved"), 303)


@blp.post("/account/password")
def change_password() -> Any:
    """Change the password, and end every other session."""
    try:
        sent = form_as(PasswordChangeInput(unknown="exclude"))
        present, chosen = sent["current_password"], sent["password"]
        accounts.change_password(connection(), current_caller(), present, chosen, request.remote_addr or "")
    except Problem as problem:
        return _account(refusal=problem.detail), problem.kind.status
    return redirect(url_for("portal_pages.account", done="password"), 303)
