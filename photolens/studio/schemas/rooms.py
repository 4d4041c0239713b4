"""The JSON of rooms."""

from photolens.database import sql
from photolens.fields import Flag, Id, Input, Instant, Output, Text
from photolens.paging import ListArguments, Order, search_field, sort_field


class RoomInput(Input):
    """A room, as it is added or changed."""

    name = Text(100, required=True, example="Daylight studio")
    notes = Text(5000, nullable=True, load_default=None, example="Blackout curtains in the left cupboard.")
    is_active = Flag(load_default=True)


class Room(Output):
    """A room of the studio's own, which holds one session at a time."""

    id = Id()
    name = Text(100, example="Daylight studio")
    notes = Text(5000, nullable=True, example="Blackout curtains in the left cupboard.")
    is_active = Flag()
    created_at = Instant()
    updated_at = Instant()


class RoomList(ListArguments):
    """Filters and orders of the rooms."""

    orders = {
        "name": Order(sql.studio.list_rooms_by_name, "name"),
        "-name": Order(sql.studio.list_rooms_by_name_desc, "name"),
    }
    count = sql.studio.count_rooms
    sort = sort_field(orders)
    q = search_field()
    is_active = Flag(load_default=None)
