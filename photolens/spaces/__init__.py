"""Spaces: what vendors let by the hour, day, week or month, and who has booked it."""

from photolens.spaces.routes import approvals, availability, branches, catalogue, search, services, stats

BLUEPRINTS = (
    search.blp,
    branches.blp,
    services.blp,
    availability.blp,
    approvals.blp,
    catalogue.blp,
    stats.blp,
)
