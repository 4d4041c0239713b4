"""Spaces: what vendors let by the hour, day, week or month, and who has booked it."""

from photolens.spaces.routes import approvals, availability, bookings, branches, catalogue, payments, services, stats

BLUEPRINTS = (
    branches.blp,
    services.blp,
    availability.blp,
    approvals.blp,
    catalogue.blp,
    stats.blp,
    bookings.blp,
    payments.blp,
)
