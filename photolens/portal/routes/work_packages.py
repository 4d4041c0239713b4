"""A client's work packages."""

from typing import Any

from photolens import access, paging
from photolens.api import Blueprint
from photolens.database import Row, sql
from photolens.portal.rows import as_contact
from photolens.portal.schemas import work_packages as schemas
from photolens.problems import found

blp = Blueprint("Portal: work packages", __name__, description="What a client and the studio have agreed on.")


@blp.get("/portal/work-packages")
@access.contact
@blp.arguments(schemas.PortalWorkPackageList, location="query")
@blp.pages(schemas.PortalWorkPackage)
def list_portal_work_packages(arguments: dict[str, Any]) -> dict[str, Any]:
    """List one's client's work packages"""
    with as_contact() as conn:
        return paging.page(conn, schemas.PortalWorkPackageList, arguments)


@blp.get("/portal/work-packages/<id:work_package_id>")
@access.contact
@blp.answers(200, schemas.PortalWorkPackage)
def get_portal_work_package(work_package_id: int) -> Row:
    """Read a work package of one's client's

    Its bookings and invoices are those of the lists with `workPackageId`.
    """
    with as_contact() as conn:
        work_package = sql.portal.get_work_package(conn, work_package_id=work_package_id)
        return found(work_package, "work package", work_package_id)
