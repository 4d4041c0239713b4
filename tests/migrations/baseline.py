"""Writes the first migration: schema.sql with all its files in one, in plain SQL that needs no psql.

    python -m tests.migrations.baseline         # until the first release; from then on the first migration is as it is

It also writes schema/migrations.sql, which has its SHA-256 (tests/migrations/contained.py).
"""

import re

from photolens.embedded import ROOT
from photolens.schema_versions import MIGRATIONS
from tests.migrations.contained import CONTAINED, contained

BASELINE = MIGRATIONS / "0001_baseline.sql"

# What psql puts in the place of its variables, in SQL.
_VARIABLES = {
    "schema": "current_schema()",
    "DBNAME": "current_database()",
}
_VARIABLE = re.compile(r':"(\w+)"')
_STATEMENT = re.compile(r"^(?!--|\s).*?;$", re.MULTILINE | re.DOTALL)

_HEAD = """\
-- The whole database, as schema.sql builds it, in one file without psql's commands.
--
-- Whoever applies it is a superuser, or may create roles: it makes the roles, and goes on as photolens_owner.

"""


def baseline() -> str:
    """The text of the first migration."""
    text = (ROOT / "schema.sql").read_text(encoding="utf-8")
    body = text.partition("\nbegin;\n")[2].partition("\ncommit;\n")[0]
    body = re.sub(r"^\\ir (.+)$", lambda match: _included(match[1]), body, flags=re.MULTILINE)
    body = _STATEMENT.sub(_without_variables, body)
    assert "\\" not in re.sub(r"'[^']*'", "", re.sub(r"--.*", "", body)), "a command of psql's is left"
    assert not _VARIABLE.search(body), "a variable of psql's is left"
    return _HEAD + body.strip() + "\n"


def _included(name: str) -> str:
    file = ROOT / name
    return "" if file == CONTAINED else f"-- {name}\n\n{file.read_text(encoding='utf-8').strip()}\n"


def _without_variables(match: re.Match[str]) -> str:
    """A statement that names a variable, made where it runs."""
    statement = match[0].removesuffix(";")
    names = _VARIABLE.findall(statement)
    if not names:
        return match[0]
    quoted = _VARIABLE.sub("%I", statement.replace("%", "%%")).replace("'", "''")
    values = ", ".join(_VARIABLES[name] for name in names)
    return f"do $$\nbegin\n    execute format('{quoted}', {values});\nend;\n$$;"


if __name__ == "__main__":
    BASELINE.write_text(baseline(), encoding="utf-8")
    CONTAINED.write_text(contained(), encoding="utf-8")
