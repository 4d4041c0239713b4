"""Classes: group sessions at a venue, paid by credits; and what a member needs for them."""

from photolens.classes import problems  # noqa: F401  (its constraints are part of the one map)
from photolens.classes.actions import subscription_events
from photolens.classes.actions.erasure import forget_subscribers
from photolens.classes.routes import plans, subscriptions
from photolens.identity.actions import erasure

BLUEPRINTS = (plans.blp, subscriptions.blp)

erasure.ALSO_FORGET.append(forget_subscribers)
subscription_events.listen()
