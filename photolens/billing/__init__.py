"""Billing: invoices, their items, and the money that comes in."""

from photolens.billing import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.billing.routes import checkouts, files, invoices, milestones, payments, refunds, stripe_events

BLUEPRINTS = (files.blp, invoices.blp, milestones.blp, payments.blp, refunds.blp, checkouts.blp, stripe_events.blp)
