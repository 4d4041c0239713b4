"""What each role is permitted, written out from the specification, and the test user of each role on the team."""

from photolens.database import Connection

EVERYTHING = {
    "VIEW_DASHBOARD",
    "VIEW_BOOKINGS_ALL",
    "VIEW_BOOKINGS_SELF",
    "MANAGE_BOOKINGS",
    "VIEW_CLIENTS",
    "MANAGE_CLIENTS",
    "VIEW_INVOICES",
    "MANAGE_INVOICES",
    "VIEW_EDITING_ALL",
    "VIEW_EDITING_SELF",
    "MANAGE_EDITING",
    "VIEW_REPORTS",
    "VIEW_STAFF",
    "MANAGE_STAFF",
    "VIEW_SETTINGS",
    "MANAGE_SETTINGS",
    "MANAGE_EXPENSES",
}

ROLES: dict[str, set[str]] = {
    "OWNER": EVERYTHING,
    "ADMIN": EVERYTHING,
    "PHOTOGRAPHER": {"VIEW_DASHBOARD", "VIEW_BOOKINGS_SELF", "VIEW_CLIENTS", "VIEW_EDITING_ALL"},
    "EDITOR": {"VIEW_DASHBOARD", "VIEW_EDITING_SELF", "MANAGE_EDITING"},
    "FINANCE": {"VIEW_DASHBOARD", "VIEW_INVOICES", "MANAGE_INVOICES", "MANAGE_EXPENSES", "VIEW_REPORTS"},
    "TRAINER": set(),
    "VENDOR": set(),
    "CUSTOMER": set(),
}


def join_team(conn: Connection, role: str, staff_id: int) -> None:
    """Make this staff member's record that of the user of a role."""
    conn.execute(
        "update staff_members set user_id = (select id from auth_users where email = %s) where id = %s",
        [f"{role.lower()}@callers.example", staff_id],
    )
