"""Signing in and out, and the sessions between."""

from typing import Any

from flask import request

from photolens import access, paging
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.identity import problems
from photolens.identity.actions import sessions as actions
from photolens.identity.actions.sessions import Device
from photolens.identity.schemas import accounts
from photolens.identity.schemas import sessions as schemas
from photolens.problems import found

blp = Blueprint("Sessions", __name__, description="Signing in and out, and who is signed in from where.")

LONGEST_USER_AGENT = 500


def this_device() -> Device:
    """From where the present request comes."""
    user_agent = request.headers.get("User-Agent", "")[:LONGEST_USER_AGENT].strip()
    return Device(request.remote_addr or "", user_agent or None)


def _shown(session: Row) -> Row:
    return {**session, "isCurrent": session["id"] == access.current_caller().session_id}


@blp.post("/auth/login")
@access.public
@blp.arguments(accounts.LoginInput)
@blp.refuses(problems.INVALID_CREDENTIALS, problems.ACCOUNT_SUSPENDED)
@blp.answers(200, accounts.SignedIn)
def login(credentials: dict[str, str]) -> Row:
    """Sign in

    Send the token as `Authorization: Bearer <token>`; it is good for 30 days. Whoever is still PENDING may sign in, and
    do nothing but become ACTIVE.
    """
    return actions.sign_in(connection(), credentials["email"], credentials["password"], this_device())


@blp.post("/auth/logout")
@access.in_person
@blp.answers(204)
def logout() -> None:
    """Sign out: end the session of this request"""
    caller = access.current_caller()
    assert caller.session_id is not None
    actions.end_session(connection(), caller.user_id, caller.session_id)


@blp.get("/auth/me")
@access.signed_in
@blp.answers(200, accounts.Me)
def get_me() -> Row:
    """Read who you are, and what you may do"""
    caller = access.current_caller()
    return {
        "user": sql.identity.get_user(connection(), user_id=caller.user_id),
        "permissions": sorted(caller.permissions),
        "staffId": caller.staff_id,
    }


@blp.get("/auth/sessions")
@access.in_person
@blp.arguments(schemas.SessionList, location="query")
@blp.pages(schemas.Session)
def list_sessions(arguments: dict[str, Any]) -> dict[str, Any]:
    """List where you are signed in"""
    user_id = access.current_caller().user_id
    page = paging.page(connection(), schemas.SessionList, {**arguments, "user_id": user_id})
    return {**page, "data": [_shown(session) for session in page["data"]]}


@blp.get("/auth/sessions/<id:session_id>")
@access.in_person
@blp.answers(200, schemas.Session)
def get_session(session_id: int) -> Row:
    """Read a session of yours"""
    user_id = access.current_caller().user_id
    session = sql.identity.get_session(connection(), session_id=session_id, user_id=user_id)
    return _shown(found(session, "session", session_id))


@blp.delete("/auth/sessions/<id:session_id>")
@access.in_person
@blp.answers(204)
def end_session(session_id: int) -> None:
    """End a session of yours, at once"""
    actions.end_session(connection(), access.current_caller().user_id, session_id)
