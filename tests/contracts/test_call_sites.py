"""Where Python calls the named queries: each call fits its query, and each query has a caller."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from photolens.database import Connection
from photolens.embedded import ROOT
from tests.contracts.named_queries import QUERIES, NamedQuery

MODULES = sorted((ROOT / "photolens").rglob("*.py"))

OTHER_WAYS = {
    "photolens/named_queries.py",  # makes `sql`, and has parameters of that name
    "photolens/invariants.py",  # runs every list_broken_ query by its name
}


@dataclass(frozen=True)
class Use:
    """A `sql.domain.query` in a module; with its call, where it is called there and then."""

    file: Path
    line: int
    query_name: str
    call: ast.Call | None

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.query_name}"


def _uses_in(file: Path) -> Iterator[Use]:
    tree = ast.parse(file.read_text())
    calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Attribute(value=ast.Name(id="sql"), attr=domain), attr=name):
                # The rows of a stream are asked for one after the other, through the query's cursor.
                name = name.removesuffix("_cursor") if name.startswith("stream_") else name
                yield Use(file.relative_to(ROOT), node.lineno, f"{domain}.{name}", calls.get(id(node)))


@cache
def uses() -> list[Use]:
    """All of them."""
    return [use for file in MODULES for use in _uses_in(file)]


def test_every_query_that_is_called_exists() -> None:
    assert [str(use) for use in uses() if use.query_name not in QUERIES] == []


def test_a_call_passes_the_connection_and_exactly_the_parameters_of_its_query() -> None:
    misfits = [
        str(use)
        for use in uses()
        if use.call is not None and use.query_name in QUERIES and not _fits(use.call, QUERIES[use.query_name])
    ]

    assert misfits == []


def _fits(call: ast.Call, query: NamedQuery) -> bool:
    names = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    has_spread = any(keyword.arg is None for keyword in call.keywords)
    # A spread, `**changes`, stands for what is not named.
    keywords_fit = names < query.parameters if has_spread else names == query.parameters
    return keywords_fit and len(call.args) == 1 and not isinstance(call.args[0], ast.Starred)


def test_every_query_is_used() -> None:
    used = {use.query_name for use in uses()}

    assert [name for name, q in QUERIES.items() if name not in used and not q.name.startswith("list_broken_")] == []


def test_a_query_is_only_ever_reached_by_its_full_name() -> None:
    otherwise = []
    for file in MODULES:
        mentions = [n for n in ast.walk(ast.parse(file.read_text())) if isinstance(n, ast.Name) and n.id == "sql"]
        if len(mentions) != len([*_uses_in(file)]):
            otherwise.append(file.relative_to(ROOT).as_posix())

    assert set(otherwise) == OTHER_WAYS


def test_a_module_calls_only_the_queries_of_its_domain_and_a_root_module_the_platforms() -> None:
    strangers = []
    for use in uses():
        domain = use.file.parts[1] if len(use.file.parts) > 2 else "platform"
        if use.query_name.partition(".")[0] != domain:
            strangers.append(str(use))

    assert strangers == []


def test_a_query_for_what_is_broken_takes_nothing_and_gives_what_the_audit_prints(conn: Connection) -> None:
    printed = {"table_name", "id", "column_name", "stored", "expected"}
    unfit = [
        query.full_name
        for query in QUERIES.values()
        if query.name.startswith("list_broken_") and (query.parameters or {*query.columns(conn)} != printed)
    ]

    assert unfit == []
