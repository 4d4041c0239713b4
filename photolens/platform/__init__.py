"""What every domain stands on: settings, the feed of activities, what users are told, support, kept answers, and
what others are told."""

from photolens.platform import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.platform.routes import audit, notifications, studio, support, webhooks

BLUEPRINTS = (studio.blp, notifications.blp, support.blp, audit.blp, webhooks.blp)
