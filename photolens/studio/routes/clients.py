"""Clients."""

from typing import Any

from photolens import paging
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import found
from photolens.studio import problems
from photolens.studio.actions import clients as actions
from photolens.studio.schemas import clients as schemas

blp = Blueprint("Clients", __name__, description="The people the studio works for.")


@blp.get("/clients")
@blp.arguments(schemas.ClientList, location="query")
@blp.pages(schemas.Client)
def list_clients(arguments: dict[str, Any]) -> dict[str, Any]:
    """List clients"""
    return paging.page(connection(), schemas.ClientList, arguments)


@blp.post("/clients")
@blp.arguments(schemas.ClientInput)
@blp.refuses(problems.EMAIL_TAKEN)
@blp.answers(201, schemas.Client)
def create_client(client: dict[str, Any]) -> Row:
    """Add a client"""
    return actions.create_client(connection(), client)


@blp.get("/clients/<id:client_id>")
@blp.answers(200, schemas.Client)
def get_client(client_id: int) -> Row:
    """Read a client"""
    return found(sql.studio.get_client(connection(), client_id=client_id), "client", client_id)


@blp.patch("/clients/<id:client_id>")
@blp.arguments(schemas.ClientInput(partial=True))
@blp.refuses(problems.EMAIL_TAKEN)
@blp.answers(200, schemas.Client)
def update_client(changes: dict[str, Any], client_id: int) -> Row:
    """Change a client"""
    return actions.update_client(connection(), client_id, changes)


@blp.delete("/clients/<id:client_id>")
@blp.refuses(problems.CLIENT_IN_USE)
@blp.answers(204)
def delete_client(client_id: int) -> None:
    """Delete a client

    Only one who was never booked or billed.
    """
    actions.delete_client(connection(), client_id)
