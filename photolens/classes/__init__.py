"""Classes: group sessions at a venue, paid by credits; and what a member needs for them."""

from photolens.classes.actions import parqs as questionnaires
from photolens.classes.actions import reviews as opinions
from photolens.classes.actions import subscription_events
from photolens.classes.actions.erasure import forget_subscribers
from photolens.classes.routes import (
    attendance,
    bookings,
    equipment,
    gyms,
    inductions,
    parqs,
    plans,
    reviews,
    sessions,
    subscriptions,
    trainers,
    waitlist,
)
from photolens.identity.actions import erasure

BLUEPRINTS = (
    gyms.blp,
    equipment.blp,
    trainers.blp,
    sessions.blp,
    bookings.blp,
    waitlist.blp,
    attendance.blp,
    reviews.blp,
    parqs.blp,
    inductions.blp,
    plans.blp,
    subscriptions.blp,
)

erasure.ALSO_FORGET += [questionnaires.forget, opinions.forget, forget_subscribers]
subscription_events.listen()
