"""The portal: what the contacts of a client see and may do. The database itself keeps one client from another."""

from photolens.portal import pages
from photolens.portal.routes import activation, bookings, checkouts, editing, invoices, me, work_packages

PAGES = pages.blp
BLUEPRINTS = (activation.blp, me.blp, invoices.blp, checkouts.blp, bookings.blp, editing.blp, work_packages.blp)
