"""What every domain stands on: settings, the feed of activities, and the answers kept for retried writes."""

from photolens.platform import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.platform.routes import audit, studio

BLUEPRINTS = (studio.blp, audit.blp)
