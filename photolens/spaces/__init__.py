"""Spaces: what vendors let by the hour, day, week or month, and who has booked it."""

from photolens.spaces import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.spaces.routes import bookings, payments

BLUEPRINTS = (bookings.blp, payments.blp)
