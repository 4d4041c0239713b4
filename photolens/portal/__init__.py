"""The portal: what the contacts of a client see and may do. The database itself keeps one client from another."""

from photolens.portal import pages
from photolens.portal.routes import bookings, checkouts, editing, invoices, me, work_packages

PAGES = pages.blp
BLUEPRINTS = (me.blp, invoices.blp, checkouts.blp, bookings.blp, editing.blp, work_packages.blp)
