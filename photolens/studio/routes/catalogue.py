"""The catalogue: session categories and their packages."""

from typing import Any

from photolens import access, paging
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import catalogue as actions
from photolens.studio.schemas import catalogue as schemas

blp = Blueprint("Catalogue", __name__, description="What can be booked: session categories and their packages.")


@blp.get("/session-categories")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF, Permission.VIEW_INVOICES)
@blp.arguments(schemas.SessionCategoryList, location="query")
@blp.pages(schemas.SessionCategory)
def list_session_categories(arguments: dict[str, Any]) -> dict[str, Any]:
    """List session categories"""
    return paging.page(connection(), schemas.SessionCategoryList, arguments)


@blp.post("/session-categories")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.SessionCategoryInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.SessionCategory)
def create_session_category(category: dict[str, Any]) -> Row:
    """Add a session category"""
    return actions.create_session_category(connection(), category)


@blp.get("/session-categories/<id:category_id>")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF, Permission.VIEW_INVOICES)
@blp.answers(200, schemas.SessionCategory)
def get_session_category(category_id: int) -> Row:
    """Read a session category"""
    return found(
        sql.studio.get_session_category(connection(), category_id=category_id), "session category", category_id
    )


@blp.patch("/session-categories/<id:category_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.SessionCategoryInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.SessionCategory)
def update_session_category(changes: dict[str, Any], category_id: int) -> Row:
    """Rename a session category"""
    return actions.update_session_category(connection(), category_id, changes)


@blp.delete("/session-categories/<id:category_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.CATEGORY_IN_USE)
@blp.answers(204)
def delete_session_category(category_id: int) -> None:
    """Delete a session category without packages"""
    actions.delete_session_category(connection(), category_id)


@blp.get("/session-packages")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF, Permission.VIEW_INVOICES)
@blp.arguments(schemas.SessionPackageList, location="query")
@blp.pages(schemas.SessionPackage)
def list_session_packages(arguments: dict[str, Any]) -> dict[str, Any]:
    """List session packages"""
    return paging.page(connection(), schemas.SessionPackageList, arguments)


@blp.post("/session-packages")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.SessionPackageInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.SessionPackage)
def create_session_package(package: dict[str, Any]) -> Row:
    """Add a session package"""
    return actions.create_session_package(connection(), package)


@blp.get("/session-packages/<id:package_id>")
@access.requires(Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF, Permission.VIEW_INVOICES)
@blp.answers(200, schemas.SessionPackage)
def get_session_package(package_id: int) -> Row:
    """Read a session package"""
    return found(sql.studio.get_session_package(connection(), package_id=package_id), "session package", package_id)


@blp.patch("/session-packages/<id:package_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.SessionPackageInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.SessionPackage)
def update_session_package(changes: dict[str, Any], package_id: int) -> Row:
    """Change a session package

    Bookings keep the price and length they were made with.
    """
    return actions.update_session_package(connection(), package_id, changes)


@blp.delete("/session-packages/<id:package_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.PACKAGE_IN_USE)
@blp.answers(204)
def delete_session_package(package_id: int) -> None:
    """Delete a session package that was never booked

    One in use is deactivated instead: `isActive` false.
    """
    actions.delete_session_package(connection(), package_id)
