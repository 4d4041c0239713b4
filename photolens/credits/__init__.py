"""Credits: a balance for each user, the ledger it follows from, and how credits are bought."""

from photolens.credits import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.credits.routes import blp

BLUEPRINTS = (blp,)
