"""The JSON of sessions."""

from photolens.database import sql
from photolens.fields import Flag, Id, Instant, Output, Text
from photolens.paging import ListArguments, Order, sort_field


class Session(Output):
    """A sign-in that is not over."""

    id = Id()
    ip_address = Text(45, nullable=True, example="192.0.2.7")
    user_agent = Text(500, nullable=True, example="Mozilla/5.0")
    is_current = Flag(metadata={"description": "Whether it is the one of this request."})
    last_seen_at = Instant()
    expires_at = Instant()
    created_at = Instant()


class SessionList(ListArguments):
    """The order of the sessions."""

    orders = {"-createdAt": Order(sql.identity.list_sessions, "createdAt")}
    count = sql.identity.count_sessions
    sort = sort_field(orders)
