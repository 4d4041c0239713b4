"""Identity's decisions, from values alone."""

from functools import cache

# How the two kinds of tokens begin, by which they are told apart.
PERSONAL_TOKEN_PREFIX = "pl_"  # noqa: S105  (its beginning is no secret)
SESSION_TOKEN_PREFIX = "ps_"  # noqa: S105
MOST_TOKENS = MOST_ADDRESSES = 100
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
LONGEST_TOKEN_LIFE_DAYS = 366

# Seconds that a link is good for.
LINK_LIVES = {"VERIFY_EMAIL": 24 * 3600, "RESET_PASSWORD": 3600, "ACCEPT_INVITATION": 7 * 24 * 3600}


@cache
def _common_passwords() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # long to read, and no start waits for it

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST_PASSWORD)


def weakness(password: str, email: str) -> str | None:
    """What is wrong with a password that somebody chooses: `is one that many people have`; None if nothing is."""
    plain = password.casefold()
    if plain in (email.casefold(), email.casefold().partition("@")[0]):
        return "is the e-mail address"
    if plain in _common_passwords() or len(set(plain)) == 1:
        return "is one that many people have"
    return None


def why_not_given(present: str, status: str, role: str) -> str | None:
    """Why an account does not become that of somebody of a role who reads its e-mail: `is an owner's`; None if it does.

    An owner's is made nothing less. A client's contact is given a customer's that is not shut out: nobody at the studio
    is made a customer, and who was suspended comes back by the decision of whoever looks after users.
    """
    if present == "OWNER" and role != "OWNER":
        return "is an owner's"
    if role == "CUSTOMER" and present != "CUSTOMER":
        return "is not a customer's"
    return "is suspended" if (role, status) == ("CUSTOMER", "SUSPENDED") else None


def status_once_verified(role: str, status: str) -> str:
    """A customer who has proved an e-mail or phone is let in; everybody else waits for whom it is to decide."""
    return "ACTIVE" if (role, status) == ("CUSTOMER", "PENDING") else status
