"""What the public is shown of spaces, and finds."""

from collections.abc import Callable
from typing import Any

from photolens import access, cache, paging
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import found
from photolens.spaces.schemas import catalogue
from photolens.spaces.schemas import search as schemas
from photolens.spaces.screens import calendars

PUBLIC_PAGES = "spaces"  # what they are kept as

blp = Blueprint("Spaces", __name__, description="What is let, where, when and for how much: for everybody.")


@blp.get("/services")
@access.public
@blp.answers(200, schemas.Services)
def list_services() -> Row:
    """List the kinds of spaces"""
    return _kept("services", {}, lambda: {"data": sql.spaces.list_services(connection())})


@blp.get("/facilities")
@access.public
@blp.arguments(schemas.FacilityList, location="query")
@blp.pages(catalogue.Facility)
def list_facilities(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what can be found at branches"""
    return _kept("facilities", arguments, lambda: paging.page(connection(), schemas.FacilityList, arguments))


@blp.get("/features")
@access.public
@blp.arguments(schemas.FeatureList, location="query")
@blp.pages(catalogue.Feature)
def list_features(arguments: dict[str, Any]) -> dict[str, Any]:
    """List what offerings can have"""
    return _kept("features", arguments, lambda: paging.page(connection(), schemas.FeatureList, arguments))


@blp.get("/branches")
@access.public
@blp.arguments(schemas.PublicBranchList, location="query")
@blp.pages(schemas.PublicBranch)
def search_branches(arguments: dict[str, Any]) -> dict[str, Any]:
    """Search branches

    All conditions hold for one of its offerings. With `date`, its units are free that whole day; with times, all the
    time from one to the other. Sorted by price, a branch stands where its cheapest offering of those does.
    """
    return _kept("branches", arguments, lambda: paging.page(connection(), schemas.PublicBranchList, arguments))


@blp.get("/branches/<id:branch_id>")
@access.public
@blp.answers(200, schemas.PublicBranch)
def get_branch(branch_id: int) -> Row:
    """Read a branch, and what is offered there"""
    return found(sql.spaces.get_public_branch(connection(), branch_id=branch_id), "branch", branch_id)


@blp.get("/vendor-services")
@access.public
@blp.arguments(schemas.PublicOfferingList, location="query")
@blp.pages(schemas.PublicOffering)
def search_offerings(arguments: dict[str, Any]) -> dict[str, Any]:
    """Search offerings

    With `date`, units are free that whole day; with times, all the time from one to the other.
    """
    return _kept("offerings", arguments, lambda: paging.page(connection(), schemas.PublicOfferingList, arguments))


@blp.get("/vendor-services/<id:vendor_service_id>")
@access.public
@blp.answers(200, schemas.PublicOffering)
def get_public_offering(vendor_service_id: int) -> Row:
    """Read an offering"""
    offering = sql.spaces.get_public_offering(connection(), vendor_service_id=vendor_service_id)
    return found(offering, "service", vendor_service_id)


@blp.get("/vendor-services/<id:vendor_service_id>/availability")
@access.public
@blp.arguments(schemas.PublicSlotList, location="query")
@blp.pages(schemas.PublicSlot)
def list_public_slots(arguments: dict[str, Any], vendor_service_id: int) -> dict[str, Any]:
    """List when an offering is to be had

    Without a slot it is not. Dates and times are by the clock at the branch.
    """
    return calendars.list_slots(connection(), vendor_service_id, arguments)


def _kept(pages: str, arguments: dict[str, Any], read: Callable[[], Row]) -> Row:
    """One of these pages: as it was read within the last minute, where it has not changed since."""
    return cache.remember(PUBLIC_PAGES, {"pages": pages, **arguments}, read)
