"""The JSON of the dashboard of photo jobs."""

from marshmallow import fields

from photolens.credits.rules import FREE_PHOTOS
from photolens.fields import Money, MoneySum, Output, WholeNumber
from photolens.photos.schemas.jobs import PhotoJob

_MOST = 2**63 - 1


class PhotoTotals(Output):
    """How many photo jobs there are, in which status, and of how many photos."""

    jobs = WholeNumber(0, _MOST, example=3)
    pending = WholeNumber(0, _MOST)
    processing = WholeNumber(0, _MOST)
    completed = WholeNumber(0, _MOST, example=2)
    failed = WholeNumber(0, _MOST, example=1)
    photos = WholeNumber(0, _MOST, example=12)


class MonthOfPhotos(Output):
    """What was asked for since the month began where the studio is."""

    jobs = WholeNumber(0, _MOST, example=1)
    photos = WholeNumber(0, _MOST, example=4)
    spend = MoneySum(example="1.00")


class PhotoDashboard(Output):
    """A user's photo jobs at a glance."""

    newest_jobs = fields.List(fields.Nested(PhotoJob))
    totals = fields.Nested(PhotoTotals)
    spend = MoneySum(
        example="9.00", metadata={"description": "In credits, also for jobs that are hidden; not for what failed."}
    )
    this_month = fields.Nested(MonthOfPhotos)
    credits = Money(example="4.00")
    free_photos_left = WholeNumber(0, FREE_PHOTOS)
