"""Credits: a balance for each user, the ledger it follows from, and how credits are bought."""

from photolens.credits import problems  # noqa: F401  (its constraints are part of the one map)

BLUEPRINTS = ()
