"""Notifications: what one is told, as it comes, and by what else."""

from typing import Any

from photolens import access, paging
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.event_streams import Event, Look
from photolens.openapi import example_of
from photolens.platform.actions import inbox
from photolens.platform.schemas import notifications as schemas
from photolens.platform.screens import notifications as screens
from photolens.problems import found

blp = Blueprint("Notifications", __name__, description="What users are told, and by what else than the application.")


@blp.get("/notifications")
@access.signed_in
@blp.arguments(schemas.NotificationList, location="query")
@blp.pages(schemas.Notification)
def list_notifications(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what one was told, newest first"""
    user_id = access.current_caller().user_id
    return paging.page(connection(), schemas.NotificationList, {**arguments, "user_id": user_id})


@blp.get("/notifications/unread-count")
@access.signed_in
@blp.answers(200, schemas.UnreadCount)
def count_unread_notifications() -> Row:
    """Read how much one has not read"""
    user_id = access.current_caller().user_id
    return {"unread": sql.platform.count_notifications(connection(), user_id=user_id, is_read=False, type=None)}


@blp.get("/notifications/<id:notification_id>")
@access.signed_in
@blp.answers(200, schemas.Notification)
def get_notification(notification_id: int) -> Row:
    """Read something that one was told"""
    user_id = access.current_caller().user_id
    row = sql.platform.get_notification(connection(), notification_id=notification_id, user_id=user_id)
    notification: Row = found(row, "notification", notification_id)
    return notification


@blp.post("/notifications/<id:notification_id>/read")
@access.signed_in
@blp.answers(200, schemas.Notification)
def mark_notification_read(notification_id: int) -> Row:
    """Say that one has read something

    Said again, it stays as it is.
    """
    return inbox.read_notification(connection(), access.current_caller().user_id, notification_id)


@blp.post("/notifications/read-all")
@access.signed_in
@blp.answers(200, schemas.ReadCount)
def mark_all_notifications_read() -> Row:
    """Say that one has read everything

    It answers how much of it one had not read.
    """
    return {"read": inbox.read_all_notifications(connection(), access.current_caller().user_id)}


@blp.get("/events")
@access.signed_in
@blp.events(Event("7", "notification", example_of(schemas.Notification())))
def follow_notifications() -> Look:
    """Follow what one is told

    A `notification` for each, as the list has it; its id is its `number`. Without `Last-Event-ID` it begins with what
    comes next, and is told by an id alone where that is; with it, after that number, without a gap. A stream ends after
    25 seconds: the reader comes again, and goes on where it was. Where too many are being followed, what is new is told
    at once. It is read with `fetch`: the `EventSource` of browsers cannot send a token.
    """
    return screens.told_to(access.current_caller().user_id)


@blp.get("/me/notification-preferences")
@access.signed_in
@blp.answers(200, schemas.Preferences)
def get_notification_preferences() -> Row:
    """Read by what else one is told things"""
    return screens.read_preferences(connection(), access.current_caller().user_id)


@blp.put("/me/notification-preferences")
@access.in_person
@blp.arguments(schemas.PreferencesInput)
@blp.answers(200, schemas.Preferences)
def replace_notification_preferences(wish: dict[str, Any]) -> Row:
    """Choose by what else one is told things

    A type that is left out follows the default. An e-mail or a text goes only to what is verified.
    """
    user_id = access.current_caller().user_id
    inbox.replace_preferences(connection(), user_id, wish["preferences"])
    return screens.read_preferences(connection(), user_id)
