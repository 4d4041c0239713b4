"""The dashboard of photo jobs: a user's own, at a glance."""

from uuid import UUID

from photolens.database import Connection, Row, snapshot, sql
from photolens.photos.screens.jobs import read_balance

_TOTALS = ("jobs", "pending", "processing", "completed", "failed", "photos")


def dashboard(conn: Connection, user_id: UUID) -> Row:
    """The newest jobs, how many there are, what was spent, and what can be; in one snapshot."""
    with snapshot(conn):
        totals = sql.photos.get_photo_totals(conn, user_id=user_id)
        return {
            "newestJobs": sql.photos.list_newest_photo_jobs(conn, user_id=user_id),
            "totals": {name: totals[name] for name in _TOTALS},
            "spend": totals["spend"],
            "thisMonth": {
                "jobs": totals["monthJobs"],
                "photos": totals["monthPhotos"],
                "spend": totals["monthSpend"],
            },
            **read_balance(conn, user_id),
        }
