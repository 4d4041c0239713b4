"""What happens to plans: what they ask and give holds for whoever subscribes from then on."""

from typing import Any

from photolens.database import Connection, Row, sql
from photolens.platform.actions.activities import record_activity
from photolens.preconditions import require_match
from photolens.problems import found


def create_plan(conn: Connection, plan: dict[str, Any]) -> Row:
    """Offer a plan, in the currency that the studio has now. Problems: `name_taken`."""
    with conn.transaction():
        row: Row = sql.classes.insert_plan(conn, **plan)
        record_activity(conn, "PLAN_CREATED", "SUBSCRIPTION_PLAN", row["id"], details={"name": row["name"]})
        return row


def update_plan(conn: Connection, plan_id: int, changes: dict[str, Any]) -> Row:
    """Change a plan. Locks: the plan. Problems: `not_found`, `name_taken`."""
    with conn.transaction():
        plan = found(sql.classes.lock_plan(conn, plan_id=plan_id), "plan", plan_id)
        require_match()
        changed = {**plan, **changes}
        if changed != plan:
            columns = ("id", "name", "description", "price", "interval", "credits_per_period", "is_active")
            sql.classes.update_plan(conn, **{column: changed[column] for column in columns})
            record_activity(conn, "PLAN_CHANGED", "SUBSCRIPTION_PLAN", plan_id, details={"name": changed["name"]})
        row: Row = sql.classes.get_plan(conn, plan_id=plan_id, sees_all=True)
        return row


def delete_plan(conn: Connection, plan_id: int) -> None:
    """Remove a plan that nobody has subscribed to. Locks: the plan. Problems: `not_found`, `plan_in_use`."""
    with conn.transaction():
        plan = found(sql.classes.lock_plan(conn, plan_id=plan_id), "plan", plan_id)
        require_match()
        sql.classes.delete_plan(conn, plan_id=plan_id)
        record_activity(conn, "PLAN_DELETED", "SUBSCRIPTION_PLAN", plan_id, details={"name": plan["name"]})
