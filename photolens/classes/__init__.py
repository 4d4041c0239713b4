"""Classes: group sessions at a venue, paid by credits; and what a member needs for them."""

from photolens.api import Blueprint
from photolens.classes import problems  # noqa: F401  (its constraints are part of the one map)

BLUEPRINTS: tuple[Blueprint, ...] = ()
