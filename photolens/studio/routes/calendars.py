"""Calendars to subscribe to: the secret links to them, and what is behind such a link."""

from flask import url_for

from photolens import access
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.calendars import MIMETYPE
from photolens.database import Row, connection, sql
from photolens.problems import NOT_FOUND, found
from photolens.studio import problems
from photolens.studio.actions import calendars as actions
from photolens.studio.schemas import calendars as schemas
from photolens.studio.screens import calendars as screens

blp = Blueprint("Calendars", __name__, description="Sessions in everybody's own calendar program, by a secret link.")

EXAMPLE = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Photolens//Photolens//EN\r\nEND:VCALENDAR\r\n"


@blp.post("/staff/<id:staff_id>/calendar-link")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.confidential
@blp.refuses(problems.STAFF_INACTIVE, problems.NO_CALENDAR)
@blp.answers(201, schemas.NewCalendarLink, location="/api/v1/staff/{staffId}/calendar-link")
def create_calendar_link(staff_id: int) -> Row:
    """Make the link to a member's calendar

    Its address is a secret, shown this once; the link before it leads nowhere any more.
    """
    return _with_address(actions.create_calendar_link(connection(), staff_id, access.current_caller()))


@blp.get("/staff/<id:staff_id>/calendar-link")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.answers(200, schemas.CalendarLink)
def get_calendar_link(staff_id: int) -> Row:
    """Read whether a member's calendar has a link, and since when"""
    link = sql.studio.get_calendar_link(connection(), staff_id=staff_id)
    return found(link, "calendar link of staff member", staff_id)


@blp.delete("/staff/<id:staff_id>/calendar-link")
@access.in_person
@access.requires(Permission.MANAGE_STAFF)
@blp.answers(204)
def revoke_calendar_link(staff_id: int) -> None:
    """Revoke the link to a member's calendar, at once"""
    actions.revoke_calendar_link(connection(), staff_id)


@blp.post("/me/calendar-link")
@access.in_person
@blp.confidential
@blp.refuses(NOT_FOUND, problems.STAFF_INACTIVE, problems.NO_CALENDAR)
@blp.answers(201, schemas.NewCalendarLink, location="/api/v1/me/calendar-link")
def create_own_calendar_link() -> Row:
    """Make the link to your own calendar

    If you have a record on the team. Its address is a secret, shown this once; the link before it leads nowhere any
    more.
    """
    return _with_address(actions.create_calendar_link(connection(), _own_record(), access.current_caller()))


@blp.get("/me/calendar-link")
@access.in_person
@blp.refuses(NOT_FOUND)
@blp.answers(200, schemas.CalendarLink)
def get_own_calendar_link() -> Row:
    """Read whether your calendar has a link, and since when"""
    staff_id = _own_record()
    link = sql.studio.get_calendar_link(connection(), staff_id=staff_id)
    return found(link, "calendar link of staff member", staff_id)


@blp.delete("/me/calendar-link")
@access.in_person
@blp.refuses(NOT_FOUND)
@blp.answers(204)
def revoke_own_calendar_link() -> None:
    """Revoke the link to your own calendar, at once"""
    actions.revoke_calendar_link(connection(), _own_record())


@blp.get("/staff/<id:staff_id>/calendar.ics")
@access.public
@blp.arguments(schemas.CalendarSecret, location="query")
@blp.sends(MIMETYPE, EXAMPLE)
def get_calendar(arguments: dict[str, str | None], staff_id: int) -> bytes:
    """Read a member's calendar, by its secret link

    For calendar programs, as iCalendar: the sessions they are on, from ninety days ago on, but for cancelled ones.
    PENDING ones are tentative. Without the secret, with a wrong or revoked one, there is no such calendar.
    """
    return screens.calendar_of(connection(), staff_id, arguments["token"])


def _own_record() -> int:
    staff_id = access.current_caller().staff_id
    if staff_id is None:
        raise NOT_FOUND("You have no record on the team.")
    return staff_id


def _with_address(link: Row) -> Row:
    token = link.pop("token")
    return link | {"url": url_for(".get_calendar", staff_id=link["staffId"], token=token, _external=True)}
