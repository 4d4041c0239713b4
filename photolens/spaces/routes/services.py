"""What vendors offer at their branches."""

from typing import Any

from photolens import access, paging
from photolens.access import current_vendor_id
from photolens.api import PREFIX, Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import NAME_TAKEN, found
from photolens.spaces import problems
from photolens.spaces.actions import services as actions
from photolens.spaces.schemas import services as schemas

blp = Blueprint("Offerings", __name__, description="What vendors offer at their branches, and on which terms.")


@blp.get("/vendor/branches/<id:branch_id>/services")
@access.vendor
@blp.arguments(schemas.VendorServiceList, location="query")
@blp.pages(schemas.VendorService)
def list_offerings(arguments: dict[str, Any], branch_id: int) -> dict[str, Any]:
    """List what is offered at one's own branch"""
    conn = connection()
    is_own = sql.spaces.exists_branch_of_vendor(conn, branch_id=branch_id, vendor_id=current_vendor_id())
    found(is_own or None, "branch", branch_id)
    return paging.page(conn, schemas.VendorServiceList, {**arguments, "branch_id": branch_id})


@blp.post("/vendor/branches/<id:branch_id>/services")
@access.vendor
@blp.arguments(schemas.VendorServiceInput)
@blp.refuses(NAME_TAKEN)
@blp.answers(201, schemas.VendorService, location=PREFIX + "/vendor/services/{id}")
def add_offering(offering: dict[str, Any], branch_id: int) -> Row:
    """Offer something at one's own branch"""
    return actions.create_vendor_service(connection(), current_vendor_id(), branch_id, offering)


@blp.get("/vendor/services/<id:vendor_service_id>")
@access.vendor
@blp.answers(200, schemas.VendorService)
def get_offering(vendor_service_id: int) -> Row:
    """Read what one offers"""
    return _own(vendor_service_id)


@blp.patch("/vendor/services/<id:vendor_service_id>")
@access.vendor
@blp.arguments(schemas.VendorServiceTerms(partial=True))
@blp.refuses(NAME_TAKEN)
@blp.answers(200, schemas.VendorService)
def update_offering(changes: dict[str, Any], vendor_service_id: int) -> Row:
    """Change the terms of what one offers

    What is booked keeps the price it was sold at. Another capacity is asked for: a CAPACITY_CHANGE of the branch.
    """
    return actions.update_vendor_service(connection(), current_vendor_id(), vendor_service_id, changes)


@blp.delete("/vendor/services/<id:vendor_service_id>")
@access.vendor
@blp.refuses(problems.OFFERING_IN_USE)
@blp.answers(204)
def remove_offering(vendor_service_id: int) -> None:
    """Remove what one offers, and nobody has ever booked

    Its slots go with it. What was booked is deactivated instead: `isActive` false.
    """
    actions.delete_vendor_service(connection(), current_vendor_id(), vendor_service_id)


@blp.get("/vendor/services/<id:vendor_service_id>/features")
@access.vendor
@blp.answers(200, schemas.ServiceFeatures)
def get_features_of_offering(vendor_service_id: int) -> Row:
    """Read what one's offering has"""
    return {"features": _own(vendor_service_id)["features"]}


@blp.put("/vendor/services/<id:vendor_service_id>/features")
@access.vendor
@blp.arguments(schemas.ServiceFeaturesInput)
@blp.answers(200, schemas.ServiceFeatures)
def replace_features_of_offering(chosen: dict[str, Any], vendor_service_id: int) -> Row:
    """Say all that one's offering has"""
    return actions.replace_features(connection(), current_vendor_id(), vendor_service_id, chosen["feature_ids"])


def _own(vendor_service_id: int) -> Row:
    offering = sql.spaces.get_vendor_service(
        connection(), vendor_service_id=vendor_service_id, vendor_id=current_vendor_id()
    )
    return found(offering, "service", vendor_service_id)
