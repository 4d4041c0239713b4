"""Inductions: of those who ask for them, of those who give them, and of whoever looks after bookings."""

from typing import Any

from photolens import access, paging, visibility
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import inductions as actions
from photolens.classes.schemas import inductions as schemas
from photolens.database import Row, connection, sql
from photolens.problems import FORBIDDEN, ILLEGAL_TRANSITION, found

blp = Blueprint("Inductions", __name__, description="How members are shown around a gym before they use it.")


@blp.get("/inductions")
@access.signed_in
@blp.arguments(schemas.InductionList, location="query")
@blp.pages(schemas.Induction)
def list_inductions(arguments: dict[str, Any]) -> dict[str, Any]:
    """List inductions

    Your own; those that you give, and those that wait for a trainer at your gyms; for whoever looks after all bookings,
    all of them.
    """
    viewer_id = visibility.class_viewer(access.current_caller())
    return paging.page(connection(), schemas.InductionList, {**arguments, "viewer_id": viewer_id})


@blp.post("/inductions")
@access.in_person
@blp.arguments(schemas.InductionInput)
@blp.refuses(FORBIDDEN, problems.INDUCTION_OPEN, problems.ALREADY_INDUCTED)
@blp.answers(201, schemas.Induction)
def ask_for_induction(wish: dict[str, Any]) -> Row:
    """Ask for an induction at a gym

    One at a time at each gym, and none once you have had it. It is PENDING until a trainer takes it; what nobody has
    taken by its start gives way to what you ask for next.
    """
    return actions.ask(connection(), access.active_caller().user_id, wish)


@blp.get("/inductions/<id:induction_id>")
@access.signed_in
@blp.answers(200, schemas.Induction)
def get_induction(induction_id: int) -> Row:
    """Read an induction"""
    viewer_id = visibility.class_viewer(access.current_caller())
    induction = sql.classes.get_induction(connection(), induction_id=induction_id, viewer_id=viewer_id)
    return found(induction, "induction", induction_id)


@blp.patch("/inductions/<id:induction_id>")
@access.signed_in
@blp.arguments(schemas.InductionChanges(partial=True))
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TRAINER_OVERLAP)
@blp.answers(200, schemas.Induction)
def update_induction(changes: dict[str, Any], induction_id: int) -> Row:
    """Put an induction at another time, or give it to another trainer

    By its trainer, or whoever looks after bookings, while it is PENDING or CONFIRMED. The member is told.
    """
    return actions.change(connection(), induction_id, changes)


@blp.post("/inductions/<id:induction_id>/confirm")
@access.signed_in
@blp.arguments(schemas.InductionConfirmation)
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.ALREADY_BEGUN, problems.TRAINER_OVERLAP)
@blp.answers(200, schemas.Induction)
def confirm_induction(confirmation: dict[str, Any], induction_id: int) -> Row:
    """Confirm an induction

    A trainer of the gym takes it, or whoever looks after bookings gives it to one. Nobody is in two places at once: 409
    `trainer_overlap`.
    """
    return actions.confirm(connection(), induction_id, confirmation["trainer_id"])


@blp.post("/inductions/<id:induction_id>/cancel")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.ALREADY_BEGUN)
@blp.answers(200, schemas.Induction)
def cancel_induction(induction_id: int) -> Row:
    """Cancel an induction, until it starts

    By its member or trainer, or whoever looks after bookings. To cancel what is cancelled changes nothing.
    """
    return actions.cancel(connection(), induction_id)


@blp.post("/inductions/<id:induction_id>/complete")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY)
@blp.answers(200, schemas.Induction)
def complete_induction(induction_id: int) -> Row:
    """Say that a member has had their induction, from its start on"""
    return actions.settle(connection(), induction_id, "COMPLETED")


@blp.post("/inductions/<id:induction_id>/no-show")
@access.signed_in
@blp.refuses(FORBIDDEN, ILLEGAL_TRANSITION, problems.TOO_EARLY)
@blp.answers(200, schemas.Induction)
def mark_induction_no_show(induction_id: int) -> Row:
    """Say that a member has not come to their induction, from its start on"""
    return actions.settle(connection(), induction_id, "NO_SHOW")
