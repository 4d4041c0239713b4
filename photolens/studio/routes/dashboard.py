"""The dashboard."""

from typing import Any

from photolens import access
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection
from photolens.studio.schemas import dashboard as schemas
from photolens.studio.screens.dashboard import dashboard

blp = Blueprint("Dashboard", __name__, description="The studio at a glance.")


@blp.get("/dashboard")
@access.requires(Permission.VIEW_DASHBOARD)
@blp.arguments(schemas.DashboardPeriod, location="query")
@blp.answers(200, schemas.Dashboard)
def get_dashboard(period: dict[str, Any]) -> Row:
    """Read the dashboard

    A photographer and an editor are shown figures of their own bookings and jobs, finance those of money.
    """
    return dashboard(connection(), access.current_caller(), **period)
