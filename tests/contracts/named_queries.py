"""The named queries of `queries/`, as the contracts look at them: name, operator, parameters, comment, statement."""

import re
from dataclasses import dataclass
from pathlib import Path

from aiosql.types import SQLOperationType
from psycopg.pq import ExecStatus

from photolens.database import Connection, sql

_OPERATORS = {
    SQLOperationType.SELECT: "",
    SQLOperationType.SELECT_ONE: "^",
    SQLOperationType.SELECT_VALUE: "$",
    SQLOperationType.INSERT_UPDATE_DELETE: "!",
    SQLOperationType.INSERT_UPDATE_DELETE_MANY: "*!",
    SQLOperationType.INSERT_RETURNING: "<!",
    SQLOperationType.SCRIPT: "#",
}

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class NamedQuery:
    """One named query; `statement` is what psycopg gets."""

    domain: str
    name: str
    operator: str
    parameters: frozenset[str]
    comment: str
    statement: str
    file: Path

    @property
    def full_name(self) -> str:
        return f"{self.domain}.{self.name}"

    @property
    def verb(self) -> str:
        return self.name.partition("_")[0]

    @property
    def code(self) -> str:
        """The statement on one line, its comments left out and its literals emptied."""
        return " ".join(_LITERAL.sub("''", _COMMENT.sub("", self.statement)).split()).removesuffix(";")

    def columns(self, conn: Connection) -> list[str]:
        """Prepare the statement, as the server takes it, and give the names of the columns it answers with."""
        numbers: dict[str, int] = {}
        numbered = _PLACEHOLDER.sub(lambda match: f"${numbers.setdefault(match[1], len(numbers) + 1)}", self.statement)
        prepared = conn.pgconn.prepare(b"contract", numbered.replace("%%", "%").encode())
        assert prepared.status == ExecStatus.COMMAND_OK, prepared.error_message.decode()
        result = conn.pgconn.describe_prepared(b"contract")
        conn.execute("deallocate contract")
        return [(result.fname(index) or b"").decode() for index in range(result.nfields)]


def _load(full_name: str) -> NamedQuery:
    domain, _, name = full_name.partition(".")
    query = getattr(getattr(sql, domain), name)
    return NamedQuery(
        domain=domain,
        name=name,
        operator=_OPERATORS[query.operation],
        parameters=frozenset(query.parameters or ()),
        comment=query.__doc__,
        statement=query.sql,
        file=Path(query.__code__.co_filename),
    )


# Beside each query that gives rows, aiosql makes a `…_cursor` of its own; nobody uses those.
QUERIES = {name: _load(name) for name in sql.available_queries if not name.endswith("_cursor")}


def split(text: str) -> list[str]:
    """Split at the commas that stand in no parentheses: `lower(name) desc, id desc`."""
    parts, depth = [""], 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
