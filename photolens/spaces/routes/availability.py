"""When what vendors offer is to be had."""

from typing import Any

from photolens import access, paging
from photolens.access import current_vendor_id
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import found
from photolens.spaces import problems
from photolens.spaces.actions import availability as actions
from photolens.spaces.schemas import availability as schemas

blp = Blueprint("Availability", __name__, description="The slots in which so many of an offering are to be had.")


@blp.get("/vendor/services/<id:vendor_service_id>/availability")
@access.vendor
@blp.arguments(schemas.SlotList, location="query")
@blp.pages(schemas.Slot)
def list_slots(arguments: dict[str, Any], vendor_service_id: int) -> dict[str, Any]:
    """List the slots of what one offers"""
    conn = connection()
    is_own = sql.spaces.exists_vendor_service_of_vendor(
        conn, vendor_service_id=vendor_service_id, vendor_id=current_vendor_id()
    )
    found(is_own or None, "service", vendor_service_id)
    return paging.page(conn, schemas.SlotList, {**arguments, "vendor_service_id": vendor_service_id})


@blp.post("/vendor/services/<id:vendor_service_id>/availability")
@access.vendor
@blp.arguments(schemas.PublicationInput)
@blp.answers(200, schemas.Publication)
def publish_slots(publication: dict[str, Any], vendor_service_id: int) -> Row:
    """Publish slots of what one offers

    One after the other, on each of these days, by the clock at the branch. What overlaps a slot that is there is left
    out, and so is what begins or ends in an hour that the clock skips; where an hour comes twice, the slots of it are
    in the second.
    """
    return actions.publish(connection(), current_vendor_id(), vendor_service_id, publication)


@blp.get("/vendor/availability/<id:slot_id>")
@access.vendor
@blp.answers(200, schemas.Slot)
def get_slot(slot_id: int) -> Row:
    """Read a slot of what one offers"""
    return found(sql.spaces.get_slot(connection(), slot_id=slot_id, vendor_id=current_vendor_id()), "slot", slot_id)


@blp.patch("/vendor/availability/<id:slot_id>")
@access.vendor
@blp.arguments(schemas.SlotInput(partial=True))
@blp.refuses(problems.UNITS_HELD)
@blp.answers(200, schemas.Slot)
def update_slot(changes: dict[str, Any], slot_id: int) -> Row:
    """Change a slot of what one offers

    How many units there are of it; those that bookings hold stay held, and the rest is free. What is blocked cannot be
    booked any more; what is booked stays.
    """
    return actions.update_slot(connection(), current_vendor_id(), slot_id, changes)


@blp.delete("/vendor/availability/<id:slot_id>")
@access.vendor
@blp.refuses(problems.SLOT_IN_USE)
@blp.answers(204)
def remove_slot(slot_id: int) -> None:
    """Remove a slot that no booking has ever held

    Another one is blocked instead: `isBlocked` true.
    """
    actions.delete_slot(connection(), current_vendor_id(), slot_id)
