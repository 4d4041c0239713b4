"""What a user is told, as it comes; and by what they want to be told it."""

import re
from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.event_streams import Event, Look, News
from photolens.fields import MAX_ID
from photolens.platform import rules
from photolens.problems import invalid

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


def told_to(user_id: UUID) -> Look:
    """What a user is told from now on, or after the number that a reader has had last.

    One that is beyond the newest is taken for the newest: whoever sends it has it of somebody else, or of another
    database. The look raises `invalid` for what is no number.
    """

    def look(conn: Connection, last_id: str | None) -> News:
        after = None if last_id is None else _number(last_id)
        inbox = sql.platform.get_notification_inbox(conn, user_id=user_id)
        newest = 0 if inbox is None else inbox["lastNumber"]
        start = newest if after is None else min(after, newest)
        told = sql.platform.list_notifications_after(conn, user_id=user_id, number=start)
        return News([Event(str(row["number"]), "notification", row) for row in told], begins_after=str(start))

    return look


def _number(last_id: str) -> int:
    if not _NUMBER.fullmatch(last_id) or int(last_id) > MAX_ID:
        raise invalid("/Last-Event-ID", "is not the id of an event of this stream", "header")
    return int(last_id)


def read_preferences(conn: Connection, user_id: UUID) -> Row:
    """By what a user is told things of each type: as they have chosen, or as it is by default."""
    chosen = {row["type"]: row for row in sql.platform.list_notification_preferences(conn, user_id=user_id)}
    return {"data": [_preference(type_, chosen.get(type_)) for type_ in rules.BY_EMAIL]}


def _preference(type_: str, chosen: Row | None) -> Row:
    by_email, by_text = rules.channels(type_, *((chosen["email"], chosen["sms"]) if chosen else (None, None)))
    return {"type": type_, "email": by_email, "sms": by_text, "isDefault": chosen is None}
