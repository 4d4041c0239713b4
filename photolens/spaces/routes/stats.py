"""What spaces came to."""

from typing import Any

from photolens import access
from photolens.access import Permission, current_vendor_id
from photolens.api import Blueprint
from photolens.database import Row, connection
from photolens.spaces.schemas import stats as schemas
from photolens.spaces.screens.stats import stats

blp = Blueprint("Statistics of spaces", __name__, description="What spaces came to.")


@blp.get("/vendor/stats")
@access.vendor
@blp.arguments(schemas.StatsPeriod, location="query")
@blp.answers(200, schemas.SpaceStats)
def get_vendor_stats(period: dict[str, Any]) -> Row:
    """Read what one's own spaces came to

    By default, of thirty days until today.
    """
    return stats(connection(), current_vendor_id(), **period)


@blp.get("/admin/spaces/stats")
@access.requires(Permission.VIEW_SETTINGS)
@blp.arguments(schemas.StatsPeriod, location="query")
@blp.answers(200, schemas.SpaceStats)
def get_space_stats(period: dict[str, Any]) -> Row:
    """Read what everybody's spaces came to

    By default, of thirty days until today.
    """
    return stats(connection(), None, **period)
