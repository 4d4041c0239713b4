"""What happens to the columns of the editing board: added, changed, moved, taken away."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found
from photolens.studio import rules
from photolens.studio.problems import BOARD_FULL, STAGE_NEEDED

MOST_STAGES = 50


def create_editing_stage(conn: Connection, stage: dict[str, Any]) -> Row:
    """Add a stage, at its position or behind the others. Locks: the board, all stages by id.

    Problems: `name_taken`, `board_full`, `invalid`.
    """
    with conn.transaction():
        stages = _lock(conn)
        if len(stages) >= MOST_STAGES:
            raise BOARD_FULL(f"A board has at most {MOST_STAGES} stages.")
        end = len(stages) + 1
        stage_id = sql.studio.insert_editing_stage(conn, **{**stage, "position": end})
        if stage["position"] is not None:
            _place(conn, stages, stage_id, stage["position"])
        return _changed(conn, stage_id, "EDITING_STAGE_CREATED")


def update_editing_stage(conn: Connection, stage_id: int, changes: dict[str, Any]) -> Row:
    """Change a stage, or move it; the others close up. What jobs in it are said to be stands while there are any.

    Locks: the board, all stages by id. Problems: `not_found`, `name_taken`, `stage_in_use`, `stage_needed`, `invalid`.
    """
    with conn.transaction():
        stages = _lock(conn)
        stage = found(next((stage for stage in stages if stage["id"] == stage_id), None), "editing stage", stage_id)
        require_match()
        changed = {**stage, **changes}
        if changed == stage:
            unchanged: Row = sql.studio.get_editing_stage(conn, stage_id=stage_id)
            return unchanged
        _refuse_to_lack([changed if other is stage else other for other in stages])
        sql.studio.update_editing_stage(conn, **changed)
        if changed["position"] != stage["position"]:
            _place(conn, stages, stage_id, changed["position"])
        return _changed(conn, stage_id, "EDITING_STAGE_CHANGED")


def delete_editing_stage(conn: Connection, stage_id: int) -> None:
    """Take a stage without jobs off the board; the others close up. Locks: the board, all stages by id.

    Problems: `not_found`, `stage_in_use`, `stage_needed`.
    """
    with conn.transaction():
        stages = _lock(conn)
        stage = found(next((stage for stage in stages if stage["id"] == stage_id), None), "editing stage", stage_id)
        require_match()
        others = [other for other in stages if other is not stage]
        _refuse_to_lack(others)
        sql.studio.delete_editing_stage(conn, stage_id=stage_id)
        sql.studio.update_editing_stage_positions(conn, stage_ids=_in_order(others))
        record_activity(conn, "EDITING_STAGE_DELETED", "EDITING_STAGE", stage_id, details={"name": stage["name"]})


def _lock(conn: Connection) -> list[Row]:
    """Every stage, as it now is; nobody adds one meanwhile, or takes one away."""
    sql.studio.lock_editing_board(conn)
    stages: list[Row] = sql.studio.lock_editing_stages(conn)
    return stages


def _refuse_to_lack(stages: list[Row]) -> None:
    lack = rules.lacking_stage(stages)
    if lack is not None:
        raise STAGE_NEEDED(f"The board always has {lack}.")


def _place(conn: Connection, stages: list[Row], stage_id: int, position: int) -> None:
    stage_ids = rules.placed(_in_order(stages), stage_id, position)
    sql.studio.update_editing_stage_positions(conn, stage_ids=stage_ids)


def _in_order(stages: list[Row]) -> list[int]:
    return [stage["id"] for stage in sorted(stages, key=lambda stage: stage["position"])]


def _changed(conn: Connection, stage_id: int, kind: str) -> Row:
    """Record a deed, and give the stage as it now is."""
    row: Row = sql.studio.get_editing_stage(conn, stage_id=stage_id)
    record_activity(conn, kind, "EDITING_STAGE", stage_id, details={"name": row["name"]})
    return row
