"""The platform's decisions, from values alone."""

from photolens.access import PERMISSIONS, Caller, Permission

# What a caller must be permitted, one of each, to be shown the deeds done to a kind of subject. One that is not here is
# shown to nobody.
SUBJECTS: dict[str, frozenset[Permission]] = {
    "BOOKING": frozenset({Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF}),
    "CLIENT": frozenset({Permission.VIEW_CLIENTS}),
    "EDITING_JOB": frozenset({Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF}),
    "EXPENSE": frozenset({Permission.MANAGE_EXPENSES}),
    "INVOICE": frozenset({Permission.VIEW_INVOICES}),
    "PAYMENT_ACCOUNT": frozenset({Permission.MANAGE_EXPENSES, Permission.VIEW_SETTINGS}),
    "SESSION_CATEGORY": frozenset({Permission.VIEW_SETTINGS}),
    "SESSION_PACKAGE": frozenset({Permission.VIEW_SETTINGS}),
    "SETTINGS": frozenset({Permission.VIEW_SETTINGS}),
    "STAFF": frozenset({Permission.VIEW_STAFF}),
}


def visible_subjects(caller: Caller) -> list[str]:
    """The kinds of subjects whose deeds a caller is shown: finance those of money, an editor those of jobs."""
    return [subject for subject, any_of in SUBJECTS.items() if caller.may(*any_of)]


def activity_viewer(caller: Caller) -> int | None:
    """Whose bookings, clients and jobs: None for everybody's, else this staff member's own.

    A token that was given only the sight of its holder's own rows shows no others here either.
    """
    narrowed = any(
        caller.may(own) and not caller.may(everybodys)
        for own, everybodys in (
            (Permission.VIEW_BOOKINGS_SELF, Permission.VIEW_BOOKINGS_ALL),
            (Permission.VIEW_EDITING_SELF, Permission.VIEW_EDITING_ALL),
        )
    )
    sees_all = Permission.VIEW_BOOKINGS_ALL in PERMISSIONS[caller.role] and not narrowed
    return None if sees_all else caller.own_rows
