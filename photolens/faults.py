"""What marshmallow finds wrong, as our problems say it: a pointer and a sentence for each fault."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_FAULTS = 100  # that one answer lists


def pointers(messages: Any, pointer: str = "") -> Iterator[tuple[str, str]]:
    """marshmallow's tree of messages, flat: (JSON pointer, sentence)."""
    if not isinstance(messages, Mapping):
        yield from ((pointer, _sentence(message)) for message in messages)
        return
    for key, inner in messages.items():
        step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
        yield from pointers(inner, pointer + step)


def _sentence(message: str) -> str:
    plain = {
        "Unknown field.": "is not known here",
        "Invalid input type.": "is not an object",
        "Missing data for required field.": "is required",
        "Field may not be null.": "may not be null",
        "Not a valid list.": "is not a list",
    }
    return plain.get(message, message)
