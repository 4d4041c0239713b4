"""The catalogues of spaces."""

from typing import Any

from photolens import access
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found
from photolens.spaces import problems
from photolens.spaces.actions import catalogue as actions
from photolens.spaces.schemas import catalogue as schemas

blp = Blueprint("Catalogue of spaces", __name__, description="Kinds of spaces, and what can be found there.")


@blp.get("/admin/services/<id:service_id>")
@access.requires(Permission.VIEW_SETTINGS)
@blp.answers(200, schemas.Service)
def get_service(service_id: int) -> Row:
    """Read a kind of space"""
    return found(sql.spaces.get_service(connection(), service_id=service_id), "service", service_id)


@blp.patch("/admin/services/<id:service_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.ServiceInput(partial=True))
@blp.answers(200, schemas.Service)
def update_service(changes: dict[str, Any], service_id: int) -> Row:
    """Describe a kind of space"""
    return actions.update_service(connection(), service_id, changes)


@blp.post("/admin/facilities")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.FacilityInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.Facility)
def create_facility(facility: dict[str, Any]) -> Row:
    """Add a facility"""
    return actions.create_facility(connection(), facility)


@blp.get("/admin/facilities/<id:facility_id>")
@access.requires(Permission.VIEW_SETTINGS)
@blp.answers(200, schemas.Facility)
def get_facility(facility_id: int) -> Row:
    """Read a facility"""
    return found(sql.spaces.get_facility(connection(), facility_id=facility_id), "facility", facility_id)


@blp.patch("/admin/facilities/<id:facility_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.FacilityInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.Facility)
def update_facility(changes: dict[str, Any], facility_id: int) -> Row:
    """Give a facility another name"""
    return actions.update_facility(connection(), facility_id, changes)


@blp.delete("/admin/facilities/<id:facility_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.FACILITY_IN_USE)
@blp.answers(204)
def delete_facility(facility_id: int) -> None:
    """Remove a facility that no branch has"""
    actions.delete_facility(connection(), facility_id)


@blp.post("/admin/features")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.FeatureInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.Feature)
def create_feature(feature: dict[str, Any]) -> Row:
    """Add a feature"""
    return actions.create_feature(connection(), feature)


@blp.get("/admin/features/<id:feature_id>")
@access.requires(Permission.VIEW_SETTINGS)
@blp.answers(200, schemas.Feature)
def get_feature(feature_id: int) -> Row:
    """Read a feature"""
    return found(sql.spaces.get_feature(connection(), feature_id=feature_id), "feature", feature_id)


@blp.patch("/admin/features/<id:feature_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.arguments(schemas.FeatureInput(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.Feature)
def update_feature(changes: dict[str, Any], feature_id: int) -> Row:
    """Give a feature another name"""
    return actions.update_feature(connection(), feature_id, changes)


@blp.delete("/admin/features/<id:feature_id>")
@access.requires(Permission.MANAGE_SETTINGS)
@blp.refuses(problems.FEATURE_IN_USE)
@blp.answers(204)
def delete_feature(feature_id: int) -> None:
    """Remove a feature that no offering has"""
    actions.delete_feature(connection(), feature_id)
