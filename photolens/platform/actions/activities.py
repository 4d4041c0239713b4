"""The feed: who did what to what."""

from collections.abc import Iterable
from typing import Any

from psycopg.types.json import Jsonb

from photolens.access import current_actor
from photolens.database import Connection, sql


def record_activity(
    conn: Connection,
    kind: str,
    subject_type: str,
    subject_id: int,
    *,
    client_id: int | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Add a deed of the present caller, or of a task, to the feed, in the transaction of the deed."""
    actor_id, actor = current_actor()
    sql.platform.insert_activity(
        conn,
        kind=kind,
        subject_type=subject_type,
        subject_id=subject_id,
        client_id=client_id,
        actor_id=actor_id,
        actor=actor,
        details=details or {},
    )


def record_activities(
    conn: Connection, kind: str, subject_type: str, deeds: Iterable[tuple[int, int | None, dict[str, Any]]]
) -> None:
    """Add one deed to many subjects, each with its id, its client's and its details, to the feed at once."""
    actor_id, actor = current_actor()
    told = [
        {"subject_id": subject_id, "client_id": client_id, "details": details}
        for subject_id, client_id, details in deeds
    ]
    sql.platform.insert_activities(
        conn, kind=kind, subject_type=subject_type, actor_id=actor_id, actor=actor, deeds=Jsonb(told)
    )
