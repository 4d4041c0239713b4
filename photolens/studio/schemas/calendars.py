"""The JSON of calendar links."""

from marshmallow import fields

from photolens.fields import Id, Instant, Output, QueryInput, WebAddress


class CalendarSecret(QueryInput):
    """What a calendar program shows of its right to read. Whatever it is, a wrong one is answered as none is."""

    token = fields.String(load_default=None, allow_none=False, metadata={"description": "The secret of the link."})


class CalendarLink(Output):
    """By which a member's calendar is subscribed to, but for the secret."""

    staff_id = Id()
    created_at = Instant()


class NewCalendarLink(CalendarLink):
    """The same, with its secret address, this once."""

    url = WebAddress()
