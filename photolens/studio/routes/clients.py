"""Clients."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.identity.problems import OWNERS_ONLY
from photolens.problems import EMAIL_TAKEN, FORBIDDEN, found
from photolens.studio import problems
from photolens.studio.actions import clients as actions
from photolens.studio.actions import erasure
from photolens.studio.schemas import client_documents
from photolens.studio.schemas import clients as schemas
from photolens.studio.screens import clients as screens

blp = Blueprint("Clients", __name__, description="The people the studio works for.")


@blp.get("/clients")
@access.requires(Permission.VIEW_CLIENTS)
@blp.arguments(schemas.ClientList, location="query")
@blp.pages(schemas.Client)
def list_clients(arguments: dict[str, Any]) -> dict[str, Any]:
    """List clients

    Those who are archived are left out, of searches and totals too; `archived=true` lists them, and nobody else. A
    photographer is shown the clients of their own bookings, without their money: what they have paid in all, what they
    owe, and the status that comes of it.
    """
    viewer_id = visibility.client_viewer(access.current_caller())
    if viewer_id is not None and arguments["sort"].endswith("totalRevenue"):
        raise FORBIDDEN("What clients have paid in all is not shown to you, in numbers or in their order.")
    if viewer_id is not None and arguments["financial_status"] is not None:
        raise FORBIDDEN("What comes of clients' money is not shown to you, nor who they are of whom it is so.")
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
@blp.arguments(schemas.ClientChanges(partial=True))
@blp.refuses(EMAIL_TAKEN, problems.CLIENT_ERASED)
@blp.answers(200, schemas.Client)
def update_client(changes: dict[str, Any], client_id: int) -> Row:
    """Change a client, or archive them

    `archived` hides a client from lists, and from nothing else. Who was erased stays so.
    """
    return actions.update_client(connection(), client_id, changes)


@blp.delete("/clients/<id:client_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(problems.CLIENT_IN_USE)
@blp.answers(204)
def delete_client(client_id: int) -> None:
    """Delete a client

    Only one who has no booking, no invoice and no work package; the contacts go too.
    """
    actions.delete_client(connection(), client_id)


@blp.get("/clients/<id:client_id>/profile")
@access.requires(Permission.VIEW_CLIENTS)
@blp.answers(200, client_documents.ClientProfile)
def get_client_profile(client_id: int) -> dict[str, Any]:
    """Read a client's profile

    The client, and of each kind the newest hundred rows, as their lists show them to the caller; null where the list is
    not for the caller. All of it is of one moment.
    """
    return screens.read_profile(connection(), client_id, access.current_caller())


@blp.get("/clients/<id:client_id>/export")
@access.requires(Permission.MANAGE_CLIENTS)
@access.requires(Permission.VIEW_INVOICES)
@access.requires(Permission.MANAGE_EXPENSES)
@access.requires(Permission.VIEW_BOOKINGS_ALL)
@access.requires(Permission.VIEW_EDITING_ALL)
@blp.answers(200, client_documents.ClientDocument)
def export_client(client_id: int) -> dict[str, Any]:
    """Read everything that is held about a client

    As one document, to hand over to them. Of messages, everything but the words, which are sealed. Through a token that
    is not given the sight of some kind of deeds, it is without those.
    """
    return screens.read_document(connection(), client_id, access.current_caller())


@blp.post("/clients/<id:client_id>/erase")
@access.in_person
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(OWNERS_ONLY, problems.CLIENT_ERASED)
@blp.answers(200, schemas.Client)
def erase_client(client_id: int) -> Row:
    """Erase a client's personal data

    Only an owner does this, and nobody undoes it. Name, e-mail, phone, notes and picture are overwritten; so are the
    places and notes of bookings and what was noted in editing, what work packages say, the names of chosen photos, and
    names in the feed; messages to them are removed. Their contacts are overwritten and shut out, and with them accounts
    that were opened for the portal alone; other accounts of theirs are signed out. The money stays: invoices with their
    items, payments and expenses, and what was written on those.
    """
    return erasure.erase_client(connection(), client_id, access.current_caller())
