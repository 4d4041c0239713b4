"""Classes: group sessions at a venue, paid by credits; and what a member needs for them."""

from photolens.classes.routes import attendance, bookings, sessions, waitlist

BLUEPRINTS = (
    sessions.blp,
    bookings.blp,
    waitlist.blp,
    attendance.blp,
)
