"""The studio: clients, catalogue, people, shoots, editing and expenses."""

from photolens.studio import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.studio.routes import bookings, calendars, catalogue, clients, editing, expenses, staff

BLUEPRINTS = (clients.blp, catalogue.blp, staff.blp, bookings.blp, calendars.blp, editing.blp, expenses.blp)
