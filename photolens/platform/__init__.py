"""What every domain stands on: settings, the feed of activities, what users are told, support, and kept answers."""

from photolens.platform import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.platform.routes import audit, notifications, studio, support

BLUEPRINTS = (studio.blp, notifications.blp, support.blp, audit.blp)
