"""What users make of what they are told: read it, and choose by what else they are told it."""

from typing import Any
from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.preconditions import require_match
from photolens.problems import found


def read_notification(conn: Connection, user_id: UUID, notification_id: int) -> Row:
    """Note that a user has read something; when they first did stays. Locks: it. Problems: `not_found`."""
    with conn.transaction():
        notification = sql.platform.lock_notification(conn, notification_id=notification_id, user_id=user_id)
        found(notification, "notification", notification_id)
        sql.platform.mark_notifications_read(conn, notification_ids=[notification_id])
        row: Row = sql.platform.get_notification(conn, notification_id=notification_id, user_id=user_id)
        return row


def read_all_notifications(conn: Connection, user_id: UUID) -> int:
    """Note that a user has read all that they were told; gives how much of it they had not. Locks: that, by id."""
    read = 0
    with conn.transaction():
        while unread := [row["id"] for row in sql.platform.lock_unread_notifications(conn, user_id=user_id)]:
            sql.platform.mark_notifications_read(conn, notification_ids=unread)
            read += len(unread)
    return read


def replace_preferences(conn: Connection, user_id: UUID, preferences: list[dict[str, Any]]) -> None:
    """Keep what a user chooses, type by type; of the types that are left out they choose nothing. Locks: the user."""
    with conn.transaction():
        sql.platform.lock_choosing_user(conn, user_id=user_id)
        require_match()
        sql.platform.delete_notification_preferences(conn, user_id=user_id)
        sql.platform.insert_notification_preferences(
            conn,
            user_id=user_id,
            types=[preference["type"] for preference in preferences],
            emails=[preference["email"] for preference in preferences],
            texts=[preference["sms"] for preference in preferences],
        )
