"""The catalogue of a database, read as text, and how two of them differ."""

from pathlib import Path

import psycopg

_QUERY = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")

Catalogue = dict[str, str]


def catalogue(url: str) -> Catalogue:
    """Everything in a database's schema: `column clients.name` → `text not null …`."""
    with psycopg.connect(url) as conn:
        rows = conn.execute(_QUERY.encode()).fetchall()
    found = {f"{kind} {name}": definition for kind, name, definition in rows}
    assert len(found) == len(rows), "two things are named alike"
    return found


def differences(left: Catalogue, right: Catalogue) -> list[str]:
    """A line for each thing that is not the same in both, for people to read."""
    return [
        f"{name}:\n    - {left.get(name, 'nothing')}\n    + {right.get(name, 'nothing')}"
        for name in sorted(left.keys() | right.keys())
        if left.get(name) != right.get(name)
    ]
