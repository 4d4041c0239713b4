"""Whose rows a caller is shown: what the functions of `schema/visibility.sql` are asked with.

A viewer of None is shown everybody's rows. A personal access token that was given only the sight of its holder's own
rows shows no others, whatever the holder may; managing implies seeing.
"""

from uuid import UUID

from photolens.access import PERMISSIONS, Caller, Permission

# Of two who look, whose bookings they are and whose jobs; and those who are shown everybody's.
Viewers = tuple[int | None, int | None]
EVERYBODYS: Viewers = (None, None)
NOBODY = UUID(int=0)  # whom nothing belongs to

# To be shown bookings at all, everybody's or one's own.
ANY_BOOKINGS = frozenset({Permission.VIEW_BOOKINGS_ALL, Permission.VIEW_BOOKINGS_SELF})

# What a caller must be permitted, one of each, to be shown the deeds done to a kind of subject. One that is not here is
# shown to nobody.
SUBJECTS: dict[str, frozenset[Permission]] = {
    "BOOKING": ANY_BOOKINGS,
    "BOOKING_IMPORT": frozenset({Permission.MANAGE_BOOKINGS}),
    "BOOKING_SERIES": frozenset({Permission.VIEW_BOOKINGS_ALL}),
    "BRANCH": frozenset({Permission.VIEW_SETTINGS}),
    "CLASS_SESSION": frozenset({Permission.VIEW_BOOKINGS_ALL}),
    "CLIENT": frozenset({Permission.VIEW_CLIENTS}),
    "CLIENT_IMPORT": frozenset({Permission.MANAGE_CLIENTS}),
    "CONTACT": frozenset({Permission.VIEW_CLIENTS}),
    "EDITING_JOB": frozenset({Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF}),
    "EDITING_STAGE": frozenset({Permission.VIEW_SETTINGS}),
    "EXPENSE": frozenset({Permission.MANAGE_EXPENSES}),
    "FACILITY": frozenset({Permission.VIEW_SETTINGS}),
    "FEATURE": frozenset({Permission.VIEW_SETTINGS}),
    "GYM": frozenset({Permission.VIEW_SETTINGS}),
    "INDUCTION": frozenset({Permission.VIEW_BOOKINGS_ALL}),
    "INVOICE": frozenset({Permission.VIEW_INVOICES}),
    "PARQ": frozenset({Permission.MANAGE_SETTINGS}),
    "PAYMENT_ACCOUNT": frozenset({Permission.MANAGE_EXPENSES, Permission.VIEW_SETTINGS}),
    "PURCHASE": frozenset({Permission.VIEW_INVOICES}),
    "ROOM": frozenset({Permission.VIEW_SETTINGS}),
    "SERVICE": frozenset({Permission.VIEW_SETTINGS}),
    "SESSION_CATEGORY": frozenset({Permission.VIEW_SETTINGS}),
    "SESSION_PACKAGE": frozenset({Permission.VIEW_SETTINGS}),
    "SETTINGS": frozenset({Permission.VIEW_SETTINGS}),
    "SPACE_BOOKING": frozenset({Permission.VIEW_BOOKINGS_ALL}),
    "STAFF": frozenset({Permission.VIEW_STAFF}),
    "SUBSCRIPTION": frozenset({Permission.VIEW_INVOICES}),
    "SUBSCRIPTION_PLAN": frozenset({Permission.VIEW_SETTINGS}),
    "SUPPORT_PROBLEM": frozenset({Permission.MANAGE_CLIENTS}),
    "VENDOR_SERVICE": frozenset({Permission.VIEW_SETTINGS}),
    "WORK_PACKAGE": frozenset({Permission.VIEW_CLIENTS}),
}


def booking_viewer(caller: Caller) -> int | None:
    """Whose bookings: a photographer's are those they are on."""
    sees_all = caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.MANAGE_BOOKINGS)
    return None if sees_all else caller.own_rows


def client_viewer(caller: Caller) -> int | None:
    """Whose clients: a photographer's are those of their own bookings. A token that may only see clients sees all."""
    sees_all = Permission.VIEW_BOOKINGS_ALL in PERMISSIONS[caller.role]
    narrowed = caller.may(Permission.VIEW_BOOKINGS_SELF) and not caller.may(Permission.VIEW_BOOKINGS_ALL)
    return None if sees_all and not narrowed else caller.own_rows


def work_package_viewer(caller: Caller) -> int | None:
    """Whose work packages: who is shown invoices is shown what they belong to; a photographer's are their clients'."""
    return None if caller.may(Permission.VIEW_INVOICES) else client_viewer(caller)


def editing_viewers(caller: Caller) -> Viewers:
    """Whose editing jobs: those of the first one's bookings, and those given to the second.

    A photographer sees all jobs of the bookings they see, an editor those that are theirs to do.
    """
    sees_all = Permission.VIEW_EDITING_ALL in PERMISSIONS[caller.role]
    if sees_all and caller.may(Permission.VIEW_EDITING_ALL, Permission.MANAGE_EDITING):
        return client_viewer(caller), None
    return None, caller.own_rows


def selection_viewers(caller: Caller) -> Viewers:
    """Whose chosen photos: those of the first one's bookings, and of the jobs given to the second.

    Whoever sees the booking sees them; and whoever sees its editing job.
    """
    if caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.MANAGE_BOOKINGS):
        return EVERYBODYS
    if caller.may(Permission.VIEW_EDITING_ALL, Permission.VIEW_EDITING_SELF, Permission.MANAGE_EDITING):
        return editing_viewers(caller)
    return caller.own_rows, None


def space_viewer(caller: Caller) -> UUID | None:
    """Whose bookings of spaces: those that one has made or lets; whoever looks after all bookings sees these too."""
    sees_all = caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.MANAGE_BOOKINGS)
    return None if sees_all else caller.user_id


def class_viewer(caller: Caller) -> UUID | None:
    """Whose places in classes: those that one has booked, or in classes one gives; and all for who looks after all."""
    sees_all = caller.may(Permission.VIEW_BOOKINGS_ALL, Permission.MANAGE_BOOKINGS)
    return None if sees_all else caller.user_id


def class_session_viewer(caller: Caller | None) -> UUID | None:
    """Whose classes: the public's and those that one gives; and all for whoever looks after all. None is the public."""
    return NOBODY if caller is None else class_viewer(caller)


def sees_all_gyms(caller: Caller | None) -> bool:
    """Whether whoever asks, who may be nobody known, is shown what the public is not of gyms."""
    return caller is not None and caller.may(Permission.VIEW_SETTINGS, Permission.MANAGE_SETTINGS)


def subscription_viewer(caller: Caller) -> UUID | None:
    """Whose subscriptions: one's own; who is shown invoices is shown what is paid for these."""
    return None if caller.may(Permission.VIEW_INVOICES) else caller.user_id


def support_viewer(caller: Caller) -> UUID | None:
    """Whose problems: those that one has reported; and all, with the notes of the team, for who looks after them."""
    return None if caller.may(Permission.MANAGE_CLIENTS) else caller.user_id


def subjects_shown(caller: Caller) -> list[str]:
    """The kinds of subjects whose deeds a caller is shown: finance those of money, an editor those of jobs."""
    return [subject for subject, any_of in SUBJECTS.items() if caller.may(*any_of)]
