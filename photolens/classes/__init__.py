"""Classes: group sessions at a venue, paid by credits; and what a member needs for them."""

from photolens.classes.actions import parqs as questionnaires
from photolens.classes.actions import reviews as opinions
from photolens.classes.routes import equipment, gyms, inductions, parqs, reviews, trainers
from photolens.identity.actions import erasure

BLUEPRINTS = (
    gyms.blp,
    equipment.blp,
    trainers.blp,
    reviews.blp,
    parqs.blp,
    inductions.blp,
)

erasure.ALSO_FORGET.append(questionnaires.forget)
erasure.ALSO_FORGET.append(opinions.forget)
