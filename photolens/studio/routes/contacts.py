"""The people at clients."""

from typing import Any

from photolens import access, paging, visibility
from photolens.access import Permission
from photolens.api import Blueprint
from photolens.database import Row, connection, sql
from photolens.problems import EMAIL_TAKEN, found
from photolens.studio import problems
from photolens.studio.actions import contacts as actions
from photolens.studio.schemas import contacts as schemas

blp = Blueprint("Contacts", __name__, description="The people at a client, who may be invited to the portal.")


@blp.get("/clients/<id:client_id>/contacts")
@access.requires(Permission.VIEW_CLIENTS)
@blp.arguments(schemas.ContactList, location="query")
@blp.pages(schemas.Contact)
def list_contacts(arguments: dict[str, Any], client_id: int) -> dict[str, Any]:
    """List the contacts of a client"""
    conn = connection()
    viewer_id = visibility.client_viewer(access.current_caller())
    found(sql.studio.get_client(conn, client_id=client_id, viewer_id=viewer_id), "client", client_id)
    return paging.page(conn, schemas.ContactList, {**arguments, "client_id": client_id, "viewer_id": viewer_id})


@blp.post("/clients/<id:client_id>/contacts")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.arguments(schemas.ContactInput)
@blp.refuses(EMAIL_TAKEN, problems.CLIENT_ERASED)
@blp.answers(201, schemas.Contact, location="/api/v1/contacts/{id}")
def create_contact(contact: dict[str, Any], client_id: int) -> Row:
    """Add a contact of a client

    Nobody is written to: see the invites.
    """
    return actions.create_contact(connection(), client_id, contact)


@blp.get("/contacts/<id:contact_id>")
@access.requires(Permission.VIEW_CLIENTS)
@blp.answers(200, schemas.Contact)
def get_contact(contact_id: int) -> Row:
    """Read a contact"""
    viewer_id = visibility.client_viewer(access.current_caller())
    return found(
        sql.studio.get_contact(connection(), contact_id=contact_id, viewer_id=viewer_id), "contact", contact_id
    )


@blp.patch("/contacts/<id:contact_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.arguments(schemas.ContactInput(partial=True))
@blp.refuses(EMAIL_TAKEN, problems.HAS_ACCOUNT, problems.CLIENT_ERASED)
@blp.answers(200, schemas.Contact)
def update_contact(changes: dict[str, Any], contact_id: int) -> Row:
    """Change a contact

    Another e-mail takes back the invite that waits. Of somebody who signs in by it, it stays (`has_account`).
    """
    return actions.update_contact(connection(), contact_id, changes)


@blp.delete("/contacts/<id:contact_id>")
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(problems.HAS_ACCOUNT)
@blp.answers(204)
def delete_contact(contact_id: int) -> None:
    """Delete a contact who never signed in

    Anybody else is deactivated instead.
    """
    actions.delete_contact(connection(), contact_id)


@blp.post("/contacts/<id:contact_id>/invites")
@access.in_person
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(EMAIL_TAKEN, problems.HAS_ACCOUNT, problems.CONTACT_INACTIVE, problems.CLIENT_ERASED)
@blp.answers(200, schemas.Contact)
def invite_contact(contact_id: int) -> Row:
    """Invite a contact to the portal

    By a link to their e-mail, good for seven days; a new one kills the older. They choose their password. Whoever
    has the e-mail of somebody on the team, or of an account that is no customer's, is not invited (`email_taken`).
    """
    return actions.invite_contact(connection(), contact_id)


@blp.post("/contacts/<id:contact_id>/deactivate")
@access.in_person
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(problems.CLIENT_ERASED)
@blp.answers(200, schemas.Contact)
def deactivate_contact(contact_id: int) -> Row:
    """Shut a contact out of the portal

    From the next request on; an invite that waits is taken back.
    """
    return actions.set_contact_active(connection(), contact_id, is_active=False)


@blp.post("/contacts/<id:contact_id>/reactivate")
@access.in_person
@access.requires(Permission.MANAGE_CLIENTS)
@blp.refuses(problems.CLIENT_ERASED)
@blp.answers(200, schemas.Contact)
def reactivate_contact(contact_id: int) -> Row:
    """Let a contact into the portal again"""
    return actions.set_contact_active(connection(), contact_id, is_active=True)
