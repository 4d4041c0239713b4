"""Classes: group sessions at a venue, paid by credits; and what a member needs for them."""

from photolens.classes.actions import parqs as questionnaires
from photolens.classes.routes import attendance, bookings, inductions, parqs, sessions, waitlist
from photolens.identity.actions import erasure

BLUEPRINTS = (
    sessions.blp,
    bookings.blp,
    waitlist.blp,
    attendance.blp,
    parqs.blp,
    inductions.blp,
)

erasure.ALSO_FORGET.append(questionnaires.forget)
