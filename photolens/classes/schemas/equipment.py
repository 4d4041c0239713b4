"""The JSON of what is at gyms."""

from photolens.database import sql
from photolens.fields import Choice, Id, Input, Instant, Output, Text, WholeNumber
from photolens.paging import ListArguments, Order, sort_field

STATUSES = ("AVAILABLE", "MAINTENANCE", "OUT_OF_ORDER", "RETIRED")
MOST = 10_000


class EquipmentInput(Input):
    """Something at a gym, as it is added or changed."""

    name = Text(200, required=True, example="Rowing machine")
    category = Text(100, required=True, example="Cardio")
    quantity = WholeNumber(0, MOST, load_default=1, example=4)
    status = Choice(*STATUSES, load_default="AVAILABLE")


class Equipment(Output):
    """Something at a gym. The public is not shown what is RETIRED."""

    id = Id()
    gym_id = Id()
    name = Text(200, example="Rowing machine")
    category = Text(100, example="Cardio")
    quantity = WholeNumber(0, MOST, example=4)
    status = Choice(*STATUSES)
    created_at = Instant()
    updated_at = Instant()


class EquipmentList(ListArguments):
    """Filters and the order of what is at a gym."""

    orders = {"name": Order(sql.classes.list_equipment_by_name, "name")}
    count = sql.classes.count_equipment
    sort = sort_field(orders)
    category = Text(100, load_default=None, example="Cardio", metadata={"description": "The whole name, in any case."})
    status = Choice(*STATUSES, load_default=None)
