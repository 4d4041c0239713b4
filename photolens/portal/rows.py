"""The rows that a contact is shown: read as the portal's role, for the session of whoever is asking."""

from collections.abc import Iterator
from contextlib import contextmanager

from photolens.access import current_caller
from photolens.database import Connection, portal_connection


@contextmanager
def as_contact() -> Iterator[Connection]:
    """A connection as the portal's role, in one snapshot, that sees what belongs to the present caller's client.

    The database works out whose that is by the digest of the caller's session: no id of a client is passed along.
    """
    with portal_connection(current_caller().session_digest.hex()) as conn:
        yield conn
