"""Work packages."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import found
from photolens.studio import problems
from photolens.studio.actions import work_packages as actions
from photolens.studio.schemas import work_packages as schemas

blp = Blueprint("Work packages", __name__, description="What a client and the studio have agreed on.")

# Whoever bills a client has to know for what.
_READERS = (Permission.VIEW_CLIENTS, Permission.VIEW_INVOICES)


@blp.get("/work-packages")
@access.requires(*_READERS)
@blp.arguments(schemas.WorkPackageList, location="query")
@blp.pages(schemas.WorkPackage)
def list_work_packages(arguments: dict[str, Any]) -> dict[str, Any]:
    """List work packages

    A photographer is shown those of the clients of their own bookings, without the money.
    """
    viewer_id = visibility.work_package_viewer(access.current_caller())
    return paging.page(connection(), schemas.WorkPackageList, {**arguments, "viewer_id": viewer_id})


@blp.post("/work-packages")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.arguments(schemas.WorkPackageInput)
@blp.refuses(problems.CLIENT_ERASED)
@blp.answers(201, schemas.WorkPackage)
def create_work_package(package: dict[str, Any]) -> Row:
    """Add a work package"""
    return actions.create_work_package(connection(), package)


@blp.get("/work-packages/<id:work_package_id>")
@access.requires(*_READERS)
@blp.answers(200, schemas.WorkPackage)
def get_work_package(work_package_id: int) -> Row:
    """Read a work package"""
    viewer_id = visibility.work_package_viewer(access.current_caller())
    package = sql.studio.get_work_package(connection(), work_package_id=work_package_id, viewer_id=viewer_id)
    return found(package, "work package", work_package_id)


@blp.patch("/work-packages/<id:work_package_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.arguments(schemas.WorkPackageChanges(partial=True))
@blp.refuses(problems.CLIENT_ERASED)
@blp.answers(200, schemas.WorkPackage)
def update_work_package(changes: dict[str, Any], work_package_id: int) -> Row:
    """Change a work package, or close it

    What belongs to a CLOSED one stays with it; no booking or invoice is added until it is OPEN again.
    """
    return actions.update_work_package(connection(), work_package_id, changes)


@blp.delete("/work-packages/<id:work_package_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(problems.WORK_PACKAGE_IN_USE)
@blp.answers(204)
def delete_work_package(work_package_id: int) -> None:
    """Delete a work package that no booking and no invoice belongs to

    One in use is closed instead: `status` CLOSED.
    """
    actions.delete_work_package(connection(), work_package_id)
