"""Who gives classes at gyms."""

from typing import Any
from uuid import UUID

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.classes import problems
from photolens.classes.actions import trainers as actions
from photolens.classes.schemas import trainers as schemas
from photolens.database import Row, connection, sql
from photolens.problems import found

blp = Blueprint("Trainers", __name__, description="Who gives classes at gyms: for everybody to see.")


@blp.get("/gyms/<id:gym_id>/trainers")
@access.public
@blp.arguments(schemas.TrainerList, location="query")
@blp.pages(schemas.Trainer)
def list_trainers(arguments: dict[str, Any], gym_id: int) -> dict[str, Any]:
    """List who gives classes at a gym

    Those who do so no more, administrators are shown.
    """
    sees_all = visibility.sees_all_gyms(access.known_caller())
    found(sql.classes.exists_gym(connection(), gym_id=gym_id, sees_all=sees_all) or None, "gym", gym_id)
    return paging.page(connection(), schemas.TrainerList, {**arguments, "gym_id": gym_id, "sees_all": sees_all})


@blp.post("/gyms/<id:gym_id>/trainers")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.TrainerInput)
@blp.refuses(problems.ALREADY_TRAINER)
@blp.answers(201, schemas.Trainer)
def add_trainer(trainer: dict[str, Any], gym_id: int) -> Row:
    """Let somebody give classes at a gym

    A user who is a TRAINER, or on the team, and ACTIVE.
    """
    return actions.add_trainer(connection(), gym_id, trainer["trainer_id"])


@blp.get("/gyms/<id:gym_id>/trainers/<uuid:trainer_id>")
@access.public
@blp.answers(200, schemas.Trainer)
def get_trainer(gym_id: int, trainer_id: UUID) -> Row:
    """Read who gives classes at a gym"""
    sees_all = visibility.sees_all_gyms(access.known_caller())
    trainer = sql.classes.get_trainer(connection(), gym_id=gym_id, trainer_id=trainer_id, sees_all=sees_all)
    return found(trainer, "trainer", trainer_id)


@blp.patch("/gyms/<id:gym_id>/trainers/<uuid:trainer_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.TrainerChange)
@blp.answers(200, schemas.Trainer)
def update_trainer(change: dict[str, Any], gym_id: int, trainer_id: UUID) -> Row:
    """Let somebody give new classes at a gym, or no more

    What is arranged stays theirs.
    """
    return actions.update_trainer(connection(), gym_id, trainer_id, is_active=change["is_active"])


@blp.delete("/gyms/<id:gym_id>/trainers/<uuid:trainer_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.TRAINER_IN_USE)
@blp.answers(204)
def remove_trainer(gym_id: int, trainer_id: UUID) -> None:
    """Take somebody from a gym who never gave a class there

    Nor an induction: for others there is `isActive`.
    """
    actions.remove_trainer(connection(), gym_id, trainer_id)
