"""The JSON and the forms of photo jobs."""

from collections.abc import Mapping
from typing import Any, BinaryIO, cast

from marshmallow import INCLUDE, ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from photolens import pictures, public_addresses
from photolens.credits.rules import FREE_PHOTOS
from photolens.database import sql
from photolens.fields import Choice, Id, Input, Instant, Money, Output, QueryInput, Text, Uuid, WholeNumber
from photolens.paging import ListArguments, Order, sort_field
from photolens.photos.rules import LARGEST_PHOTO, LONGEST_NAME, MOST_PHOTOS

STATUSES = ("PENDING", "PROCESSING", "COMPLETED", "FAILED")
FORM_LIMIT = MOST_PHOTOS * LARGEST_PHOTO + 1024 * 1024

_HOW_MANY = validate.Length(1, MOST_PHOTOS, error=f"does not hold from 1 to {MOST_PHOTOS} photos")


class Photo(fields.Field[FileStorage]):
    """A file of a form that is a photo, found out by decoding it."""

    def __init__(self) -> None:
        super().__init__(metadata={"type": "string", "format": "binary", "example": "(the bytes of a photo)"})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ValidationError("is not a file")
        if value.stream.seek(0, 2) > LARGEST_PHOTO:
            raise ValidationError(f"is larger than {LARGEST_PHOTO // 1024**2} MB")
        try:
            pictures.examine(cast(BinaryIO, value.stream))
        except pictures.NotAPicture as error:
            raise ValidationError(error.reason) from None
        return value


class PhotoAddress(Text):
    """An https address in public, from where a photo is fetched."""

    def __init__(self) -> None:
        super().__init__(2000, example="https://images.example/emma.jpg", metadata={"format": "uri"})

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            public_addresses.require_public_form(text)
        except public_addresses.NotPublic as error:
            raise ValidationError(str(error)) from None
        return text


class Wishes(Input):
    """What is to be done with photos."""

    prompt = Text(500, required=True, example="Brighten them, and make them black and white.")
    group_name = Text(140, nullable=True, load_default=None, example="Garden wedding")
    booking_id = Id(
        nullable=True,
        load_default=None,
        metadata={"description": "Of the studio's team: the booking that the photos are of."},
    )


class PhotoJobForm(Wishes, QueryInput):
    """A photo job, with the photos themselves."""

    photos = fields.List(
        Photo(),
        required=True,
        validate=_HOW_MANY,
        metadata={"description": f"JPEG, PNG or WebP, of at most {LARGEST_PHOTO // 1024**2} MB each."},
    )


class PhotoJobInput(Wishes):
    """A photo job, with addresses of the photos, which are fetched when it is done."""

    photo_urls = fields.List(PhotoAddress(), required=True, validate=_HOW_MANY)


class DemoJobForm(Wishes, QueryInput):
    """A demo, with photos to show it on; without any, three are drawn for it."""

    photos = fields.List(Photo(), validate=_HOW_MANY)


class DemoJobInput(Wishes):
    """A demo, with addresses of photos to show it on; without any, three are drawn for it."""

    photo_urls = fields.List(PhotoAddress(), validate=_HOW_MANY)


class PhotoJobChanges(Input):
    """What can be changed of a photo job."""

    group_name = Text(140, nullable=True, example="Garden wedding")


class PhotoJob(Output):
    """Photos that are edited as a prompt says, and fetched as one ZIP."""

    id = Id()
    user_id = Uuid(nullable=True)
    booking_id = Id(nullable=True)
    prompt = Text(500, example="Brighten them, and make them black and white.")
    group_name = Text(140, nullable=True, example="Garden wedding")
    status = Choice(*STATUSES)
    done = WholeNumber(0, MOST_PHOTOS, metadata={"description": "How many photos are done."})
    total = WholeNumber(1, MOST_PHOTOS, metadata={"description": "Of how many."}, example=4)
    free_photos = WholeNumber(0, FREE_PHOTOS, metadata={"description": "How many of them were free."}, example=3)
    unit_price = Money(example="1.00", metadata={"description": "In credits, of each other photo."})
    cost = Money(example="1.00", metadata={"description": "In credits. It goes back when the job fails."})
    failure = Text(1000, nullable=True, example="Cancelled.")
    result_bytes = WholeNumber(0, 2**63 - 1, nullable=True, example=8_123_456)
    download_url = Text(200, nullable=True, example="/api/v1/photo-jobs/1/download")
    started_at = Instant(nullable=True)
    finished_at = Instant(nullable=True)
    created_at = Instant()
    updated_at = Instant()


class Edit(Output):
    """Something that was done to a photo, and, by names that depend on what it is, how much of it."""

    class Meta:
        unknown = INCLUDE

    edit = fields.String(metadata={"example": "BRIGHTNESS"})
    percent = fields.Integer(metadata={"example": 20})
    optional = frozenset({"percent"})


class JobPhoto(Output):
    """A photo of a job, and what was done to it."""

    position = WholeNumber(1, MOST_PHOTOS)
    name = Text(LONGEST_NAME, example="IMG_0042.jpg")
    source_url = Text(2000, nullable=True, example="https://images.example/emma.jpg")
    edits = fields.List(
        fields.Nested(Edit),
        allow_none=True,
        metadata={"description": "In their order; null until it is done."},
    )
    done_at = Instant(nullable=True)


class PhotoJobWithPhotos(PhotoJob):
    """A photo job, with its photos."""

    photos = fields.List(fields.Nested(JobPhoto))


class PhotoPayment(Output):
    """What a photo job was paid with."""

    free_photos = WholeNumber(0, FREE_PHOTOS, example=3)
    credits = Money(example="1.00")


class PhotoBalance(Output):
    """What a user can still spend."""

    credits = Money(example="4.00")
    free_photos_left = WholeNumber(0, FREE_PHOTOS)


class OrderedPhotoJob(Output):
    """A photo job that has been taken on."""

    job = fields.Nested(PhotoJobWithPhotos)
    applied = fields.Nested(PhotoPayment)
    balance = fields.Nested(PhotoBalance)


class PhotoJobList(ListArguments):
    """Filters and orders of photo jobs."""

    orders = {"-createdAt": Order(sql.photos.list_photo_jobs_by_created_at_desc, "createdAt")}
    count = sql.photos.count_photo_jobs
    sort = sort_field(orders)
    status = Choice(*STATUSES, load_default=None)
    group_name = Text(140, load_default=None, example="Garden wedding")
    booking_id = Id(load_default=None)
