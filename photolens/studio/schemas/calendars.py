"""The JSON of calendar links."""

from photolens.fields import Id, Instant, Output, QueryInput, Secret, WebAddress


class CalendarSecret(QueryInput):
    """What a calendar program shows of its right to read. A wrong one is answered as none is."""

    token = Secret(load_default=None)


class CalendarLink(Output):
    """By which a member's calendar is subscribed to, but for the secret."""

    staff_id = Id()
    created_at = Instant()


class NewCalendarLink(CalendarLink):
    """The same, with its secret address, this once."""

    url = WebAddress()
