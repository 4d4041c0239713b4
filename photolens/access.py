"""Who is calling, and what they may do: the caller, what each role is permitted, and what an operation demands.

A route declares its demand beside its address, or the application does not start: `@public`, `@signed_in`,
`@in_person` (not through a personal access token), `@contact` (of a client: the portal), `@vendor` (who lets spaces) or
`@requires(permission, …)`. Which rows a caller then sees is decided in SQL, by the functions of
`schema/visibility.sql`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import Flask, g, has_request_context, request

from photolens.config import LONGEST_TOKEN, current_settings
from photolens.connections import SYSTEM
from photolens.database import Connection, connection
from photolens.problems import FORBIDDEN, NOT_A_CONTACT, NOT_A_VENDOR, SESSION_REQUIRED, UNAUTHENTICATED
from photolens.proxies import is_from_this_machine

API = "/api/v1/"


class Permission(StrEnum):
    """What a caller may be permitted; the words of the seed, and of the database's enum type."""

    VIEW_DASHBOARD = "VIEW_DASHBOARD"
    VIEW_BOOKINGS_ALL = "VIEW_BOOKINGS_ALL"
    VIEW_BOOKINGS_SELF = "VIEW_BOOKINGS_SELF"
    MANAGE_BOOKINGS = "MANAGE_BOOKINGS"
    VIEW_CLIENTS = "VIEW_CLIENTS"
    MANAGE_CLIENTS = "MANAGE_CLIENTS"
    VIEW_INVOICES = "VIEW_INVOICES"
    MANAGE_INVOICES = "MANAGE_INVOICES"
    VIEW_EDITING_ALL = "VIEW_EDITING_ALL"
    VIEW_EDITING_SELF = "VIEW_EDITING_SELF"
    MANAGE_EDITING = "MANAGE_EDITING"
    VIEW_REPORTS = "VIEW_REPORTS"
    VIEW_STAFF = "VIEW_STAFF"
    MANAGE_STAFF = "MANAGE_STAFF"
    VIEW_SETTINGS = "VIEW_SETTINGS"
    MANAGE_SETTINGS = "MANAGE_SETTINGS"
    MANAGE_EXPENSES = "MANAGE_EXPENSES"


class Role(StrEnum):
    """What somebody is to the studio."""

    OWNER = "OWNER"
    ADMIN = "ADMIN"
    PHOTOGRAPHER = "PHOTOGRAPHER"
    EDITOR = "EDITOR"
    FINANCE = "FINANCE"
    TRAINER = "TRAINER"
    VENDOR = "VENDOR"
    CUSTOMER = "CUSTOMER"


# What an owner has before an administrator is no permission: only owners make and change owners (identity).
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.ADMIN: frozenset(Permission),
    Role.PHOTOGRAPHER: frozenset(
        {
            Permission.VIEW_DASHBOARD,
            Permission.VIEW_BOOKINGS_SELF,
            Permission.VIEW_CLIENTS,
            Permission.VIEW_EDITING_ALL,
        }
    ),
    Role.EDITOR: frozenset({Permission.VIEW_DASHBOARD, Permission.VIEW_EDITING_SELF, Permission.MANAGE_EDITING}),
    Role.FINANCE: frozenset(
        {
            Permission.VIEW_DASHBOARD,
            Permission.VIEW_INVOICES,
            Permission.MANAGE_INVOICES,
            Permission.MANAGE_EXPENSES,
            Permission.VIEW_REPORTS,
        }
    ),
    Role.TRAINER: frozenset(),
    Role.VENDOR: frozenset(),
    Role.CUSTOMER: frozenset(),
}


def roles_with(*any_of: Permission) -> list[Role]:
    """The roles that have one of these permissions."""
    return [role for role, permissions in PERMISSIONS.items() if not permissions.isdisjoint(any_of)]


@dataclass(frozen=True)
class Caller:
    """Whoever sent the present request. The name stands in activities, logs and payments.

    `permissions` are those in force: the role's, of a token those it was given of them, and of an account that is not
    ACTIVE none. `staff_id` is the caller's record on the team, `contact_id` theirs at a client, `vendor_id` as whom
    they let spaces, and `session_id` the sign-in, whose token's digest is `session_digest`; through a personal access
    token there is none.
    """

    user_id: UUID
    name: str
    role: Role
    permissions: frozenset[Permission]
    is_active: bool
    staff_id: int | None
    contact_id: int | None
    vendor_id: UUID | None
    session_id: int | None
    session_digest: bytes

    def may(self, *any_of: Permission) -> bool:
        """Whether one of these permissions is in force."""
        return not self.permissions.isdisjoint(any_of)

    @property
    def own_rows(self) -> int:
        """As whom the caller is shown rows of their own: their staff record, or 0, which owns nothing."""
        return self.staff_id or 0


@dataclass(frozen=True)
class Demand:
    """What an operation demands: a caller, one in person, a contact, a vendor, and of each group of permissions one."""

    caller: bool = True
    in_person: bool = False
    contact: bool = False
    vendor: bool = False
    permissions: tuple[frozenset[Permission], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what contradicts itself: whoever need not be known cannot be asked for anything."""
        if not self.caller and (self.in_person or self.permissions):
            raise TypeError("An operation is @public, or it demands something of its caller; not both.")


View = Callable[..., Any]
FindCaller = Callable[[Connection, str], Caller | None]


def describe(view: View, **facts: Any) -> View:
    """Add to what the decorators below this one have noted of a view, for the API document and the wiring."""
    view._apidoc = getattr(view, "_apidoc", {}) | facts  # type: ignore[attr-defined]
    return view


def _declare(view: View, **demands: Any) -> View:
    """Add to what is demanded by the decorators below this one."""
    demand = getattr(view, "_apidoc", {}).get("demand", Demand())
    return describe(view, demand=replace(demand, **demands))


def public(view: View) -> View:
    """Anybody may call this operation; it needs no token."""
    return _declare(view, caller=False)


def signed_in(view: View) -> View:
    """Any user may call this operation, whatever their role."""
    return _declare(view)


def in_person(view: View) -> View:
    """Only somebody who has signed in may call this operation, and no program that holds a token of theirs."""
    return _declare(view, in_person=True)


def contact(view: View) -> View:
    """Only a contact of a client may call this operation, signed in: it is the portal's."""
    return _declare(view, in_person=True, contact=True)


def vendor(view: View) -> View:
    """Only a vendor who has been let in may call this operation, signed in: it is about what they let."""
    return _declare(view, in_person=True, vendor=True)


def requires(*any_of: Permission) -> Callable[[View], View]:
    """One of these permissions is needed; said twice over an operation, one of each."""

    def decorator(view: View) -> View:
        earlier = getattr(view, "_apidoc", {}).get("demand", Demand())
        return _declare(view, permissions=(*earlier.permissions, frozenset(any_of)))

    return decorator


def current_caller() -> Caller:
    """The caller of the present request, or the 401 that says how to become one."""
    caller: Caller | None = g.get("caller")
    if caller is not None:
        return caller
    if "Authorization" not in request.headers:
        raise UNAUTHENTICATED("Sign in, and send the token.")
    challenge = 'Bearer error="invalid_token"'
    raise UNAUTHENTICATED("The token is not valid, or no longer.", headers={"WWW-Authenticate": challenge})


def known_caller() -> Caller | None:
    """The caller of the present request, which may be a `@public` one; None where nobody said who they are."""
    caller: Caller | None = g.get("caller")
    return caller


def active_caller() -> Caller:
    """The caller of the present request. Raises `forbidden` for one whose account is not ACTIVE."""
    caller = current_caller()
    if not caller.is_active:
        raise FORBIDDEN("Verify your e-mail or phone first.")
    return caller


def current_contact_id() -> int:
    """As whom of a client's people the caller of a `@contact` operation asks."""
    contact_id = current_caller().contact_id
    if contact_id is None:
        raise NOT_A_CONTACT("This is for the people at the studio's clients.")
    return contact_id


def current_vendor_id() -> UUID:
    """As which vendor the caller of a `@vendor` operation asks."""
    vendor_id = current_caller().vendor_id
    if vendor_id is None:
        raise NOT_A_VENDOR("This is for vendors whom an administrator has let in.")
    return vendor_id


def current_actor() -> tuple[UUID | None, str]:
    """Who does what is being done: the caller's id and name; where there is no caller, nobody's and the system's."""
    caller: Caller | None = g.get("caller") if has_request_context() else None
    return (None, SYSTEM) if caller is None else (caller.user_id, caller.name)


def is_demo_welcome() -> bool:
    """Whether the demo's users, whose password everybody knows, may come in: outside production, from this machine."""
    settings = current_settings()
    return not settings.is_production and is_from_this_machine(settings)


def admit(demand: Demand) -> None:
    """Let the present caller through to an operation, or raise 401 or 403."""
    if not demand.caller:
        return
    caller = current_caller()
    if demand.in_person and caller.session_id is None:
        raise SESSION_REQUIRED("A personal access token does not serve for this. Sign in.")
    if demand.contact:
        current_contact_id()
    if demand.vendor:
        current_vendor_id()
    for any_of in demand.permissions:
        if not caller.may(*any_of):
            raise FORBIDDEN(f"This needs the permission {' or '.join(sorted(any_of))}.")


def bearer_token() -> str | None:
    """The token of the present request's `Authorization: Bearer <token>`, if it has one."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token.isascii() and 0 < len(token) <= LONGEST_TOKEN else None


def init_app(app: Flask, find_caller: FindCaller) -> None:
    """Find out who sends each request of the API: one query, and none without a token."""

    @app.before_request
    def identify() -> None:
        token = bearer_token() if request.path.startswith(API) and request.endpoint is not None else None
        g.caller = None if token is None else find_caller(connection(), token)
