"""Identity: who everybody is, how they prove it, and what they may do."""

from photolens.identity import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.identity.callers import find_caller
from photolens.identity.routes import accounts, codes, own, sessions, tokens, users

BLUEPRINTS = (accounts.blp, sessions.blp, codes.blp, own.blp, tokens.blp, users.blp)

__all__ = ["BLUEPRINTS", "find_caller"]
