"""Passwords: Argon2id with the library's defaults. Comparing with no hash takes as long as comparing with one."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
# Each hash takes 64 MiB while it is computed: many sign-ins at once wait for one another here, not for memory.
_AT_ONCE = threading.BoundedSemaphore(4)


@cache
def _nobodys() -> str:
    """The hash of nobody's password: what a try for an unknown account is compared with."""
    return _HASHER.hash("")


def hash_of(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash was kept; without a hash no, and no sooner."""
    nobodys = _nobodys()  # also where it is not needed: the first try of all, known or unknown, makes it
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or nobodys, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether the library has come to hash more thoroughly since."""
    return _HASHER.check_needs_rehash(kept)
