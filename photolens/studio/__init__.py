"""The studio: clients, catalogue, people, shoots, editing and expenses."""

from photolens.studio import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.studio.routes import bookings, catalogue, clients, dashboard, editing, expenses, reports, staff

BLUEPRINTS = (
    dashboard.blp,
    clients.blp,
    catalogue.blp,
    staff.blp,
    bookings.blp,
    editing.blp,
    expenses.blp,
    reports.blp,
)
