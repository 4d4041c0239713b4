"""The JSON of the photos that clients choose."""

from photolens.database import sql
from photolens.fields import Flag, Id, Input, Instant, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field


class PhotoSelectionInput(Input):
    """A photo, as it is chosen or changed."""

    name = Text(200, required=True, example="IMG_0042.jpg")
    is_edited = Flag(load_default=False)


class PhotoSelection(Output):
    """A photo that the client has chosen to be edited."""

    id = Id()
    booking_id = Id()
    name = Text(200, example="IMG_0042.jpg")
    is_edited = Flag()
    position = WholeNumber(1, 2**31 - 1, example=1)
    created_at = Instant()
    updated_at = Instant()


class PhotoSelectionList(ListArguments):
    """The order of a booking's photos."""

    orders = {"position": Order(sql.studio.list_photo_selections_by_position, "position")}
    count = sql.studio.count_photo_selections
    sort = sort_field(orders)
