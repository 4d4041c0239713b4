"""The portal: what the contacts of a client see and may do. The database itself keeps one client from another."""

from photolens.portal.routes import activation, me

BLUEPRINTS = (activation.blp, me.blp)
