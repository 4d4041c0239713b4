"""Clients."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import EMAIL_TAKEN, FORBIDDEN, found
from photolens.studio import problems
from photolens.studio.actions import clients as actions
from photolens.studio.schemas import clients as schemas

blp = Blueprint("Clients", __name__, description="The people the studio works for.")


@blp.get("/clients")
@access.requires(Permission.VIEW_CLIENTS)
@blp.arguments(schemas.ClientList, location="query")
@blp.pages(schemas.Client)
def list_clients(arguments: dict[str, Any]) -> dict[str, Any]:
    """List clients

    A photographer is shown the clients of their own bookings, without what they have paid in all.
    """
    viewer_id = visibility.client_viewer(access.current_caller())
    if viewer_id is not None and arguments["sort"].endswith("totalRevenue"):
        raise FORBIDDEN("What clients have paid in all is not shown to you, in numbers or in their order.")
    return paging.page(connection(), schemas.ClientList, {**arguments, "viewer_id": viewer_id})


@blp.post("/clients")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.arguments(schemas.ClientInput)
@blp.refuses(EMAIL_TAKEN)
@blp.answers(201, schemas.Client)
def create_client(client: dict[str, Any]) -> Row:
    """Add a client"""
    return actions.create_client(connection(), client)


@blp.get("/clients/<id:client_id>")
@access.requires(Permission.VIEW_CLIENTS)
@blp.answers(200, schemas.Client)
def get_client(client_id: int) -> Row:
    """Read a client"""
    viewer_id = visibility.client_viewer(access.current_caller())
    return found(sql.studio.get_client(connection(), client_id=client_id, viewer_id=viewer_id), "client", client_id)


@blp.patch("/clients/<id:client_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.arguments(schemas.ClientInput(partial=True))
@blp.refuses(EMAIL_TAKEN)
@blp.answers(200, schemas.Client)
def update_client(changes: dict[str, Any], client_id: int) -> Row:
    """Change a client"""
    return actions.update_client(connection(), client_id, changes)


@blp.delete("/clients/<id:client_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(problems.CLIENT_IN_USE)
@blp.answers(204)
def delete_client(client_id: int) -> None:
    """Delete a client

    Only one who was never booked or billed.
    """
    actions.delete_client(connection(), client_id)
