"""The JSON of who waits for a place in a class."""

from photolens.fields import Choice, Id, Instant, Output, WholeNumber

STATUSES = ("WAITING", "OFFERED", "PROMOTED", "LEFT", "LAPSED", "ENDED")


class WaitlistEntry(Output):
    """One's place on a waiting list: WAITING, or OFFERED a place that is there to be booked for a while."""

    session_id = Id(metadata={"description": "The class."})
    status = Choice(*STATUSES)
    position = WholeNumber(1, 2000, example=1, metadata={"description": "1 is the next one."})
    offer_expires_at = Instant(nullable=True)
    created_at = Instant()
