"""Who gives classes at gyms, as administrators have it. The feed tells it of the gym."""

from uuid import UUID

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found, invalid


def add_trainer(conn: Connection, gym_id: int, trainer_id: UUID) -> Row:
    """Let somebody give classes at a gym: a trainer, or somebody of the team, whose account is ACTIVE.

    Locks: the gym. Problems: `not_found`, `already_trainer`, `invalid`.
    """
    with conn.transaction():
        found(sql.classes.lock_gym(conn, gym_id=gym_id), "gym", gym_id)
        if not sql.classes.exists_trainer_user(conn, user_id=trainer_id):
            raise invalid("/trainerId", "is no trainer and nobody of the team who is let in")
        sql.classes.insert_trainer(conn, gym_id=gym_id, trainer_id=trainer_id)
        trainer = _trainer(conn, gym_id, trainer_id)
        record_activity(conn, "TRAINER_ADDED", "GYM", gym_id, details={"name": trainer["name"]})
        return trainer


def update_trainer(conn: Connection, gym_id: int, trainer_id: UUID, *, is_active: bool) -> Row:
    """Let somebody give new classes at a gym, or no more; those that are arranged stay theirs.

    Locks: them, at the gym. Problems: `not_found`.
    """
    with conn.transaction():
        present = _lock(conn, gym_id, trainer_id)
        require_match()
        if is_active != present["is_active"]:
            sql.classes.update_trainer(conn, gym_id=gym_id, trainer_id=trainer_id, is_active=is_active)
            name = _trainer(conn, gym_id, trainer_id)["name"]
            record_activity(conn, "TRAINER_CHANGED", "GYM", gym_id, details={"name": name})
        return _trainer(conn, gym_id, trainer_id)


def remove_trainer(conn: Connection, gym_id: int, trainer_id: UUID) -> None:
    """Take somebody from a gym who has no class and no induction there, nor had any.

    Locks: them, at the gym. Problems: `not_found`, `trainer_in_use`.
    """
    with conn.transaction():
        _lock(conn, gym_id, trainer_id)
        require_match()
        name = _trainer(conn, gym_id, trainer_id)["name"]
        sql.classes.delete_trainer(conn, gym_id=gym_id, trainer_id=trainer_id)
        record_activity(conn, "TRAINER_REMOVED", "GYM", gym_id, details={"name": name})


def _lock(conn: Connection, gym_id: int, trainer_id: UUID) -> Row:
    row: Row = found(sql.classes.lock_trainer(conn, gym_id=gym_id, trainer_id=trainer_id), "trainer", trainer_id)
    return row


def _trainer(conn: Connection, gym_id: int, trainer_id: UUID) -> Row:
    row: Row = sql.classes.get_trainer(conn, gym_id=gym_id, trainer_id=trainer_id, sees_all=True)
    return row
