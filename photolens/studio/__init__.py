"""The studio: clients, catalogue, people, shoots, editing and expenses."""

from photolens.studio import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.studio.routes import (
    bookings,
    calendars,
    catalogue,
    clients,
    contacts,
    dashboard,
    editing,
    editing_stages,
    expenses,
    files,
    photo_selections,
    reports,
    rooms,
    scheduling,
    staff,
    work_packages,
)

BLUEPRINTS = (
    dashboard.blp,
    clients.blp,
    contacts.blp,
    work_packages.blp,
    catalogue.blp,
    staff.blp,
    rooms.blp,
    bookings.blp,
    scheduling.blp,
    calendars.blp,
    photo_selections.blp,
    editing.blp,
    editing_stages.blp,
    expenses.blp,
    reports.blp,
    files.blp,
)
