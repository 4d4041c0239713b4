"""Who writes what: a domain's SQL writes its own tables, and a derived column has one writer."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from photolens.database import Connection
from photolens.embedded import ROOT
from tests.contracts.named_queries import QUERIES, NamedQuery, split

ALSO_WRITTEN_BY = {
    # Of a new slot nothing is held, of one with another total as much as before: a check wants both at once.
    "availability.available_units": {"spaces.insert_slots", "spaces.update_slot", "spaces.update_capacity_of_slots"},
    # A job is in a stage from the first, before there is a log to derive it from.
    "editing_jobs.stage_id": {"studio.insert_editing_jobs"},
    # A void invoice owes nothing, and a check wants both to be so at once.
    "invoices.balance_due": {"billing.mark_invoice_void", "billing.update_invoice_terms"},
    # What a person decides; what the rows decide, refresh_invoice does.
    "invoices.status": {"billing.mark_invoice_sent", "billing.mark_invoice_void", "billing.update_invoice_terms"},
    # What follows from a discount and a tax, which checks want to be so at once.
    "invoices.tax_amount": {"billing.update_invoice_terms"},
    "invoices.total_amount": {"billing.update_invoice_terms"},
}


@dataclass(frozen=True)
class Write:
    """A table that a query writes, and the columns it names: of a delete none."""

    query_name: str
    table: str
    columns: frozenset[str]


def _writes_of(query: NamedQuery) -> Iterator[Write]:
    for match in re.finditer(r"\binsert into (\w+) \(([^)]*)\)", query.code):
        conflict = re.search(r" do update set (.*)", query.code[match.end() :])
        columns = [*split(match[2]), *(_set_columns(conflict[1]) if conflict else [])]
        yield Write(query.full_name, match[1], frozenset(columns))
    for match in re.finditer(r"\bupdate (\w+) set (.*)", query.code):
        yield Write(query.full_name, match[1], frozenset(_set_columns(match[2])))
    for match in re.finditer(r"\bdelete from (\w+)", query.code):
        yield Write(query.full_name, match[1], frozenset())


def _set_columns(text: str) -> list[str]:
    """The columns that the assignments at the head of this text set, up to the clause that follows them."""
    clauses = [match.start() for match in re.finditer(r" (from|where|returning) ", text)]
    ends = [end for end in clauses if text[:end].count("(") <= text[:end].count(")")]
    return [assignment.partition(" = ")[0] for assignment in split(text[: min(ends, default=None)])]


WRITES = [write for query in QUERIES.values() for write in _writes_of(query)]


def _owners() -> dict[str, str]:
    """The domain whose schema creates each table; the queue, the trail, notices and support are the platform's."""
    of_the_platform = {"audit", "procrastinate", "notifications", "studios", "support", "webhooks"}
    return {
        table: "platform" if file.stem in of_the_platform else file.stem
        for file in (ROOT / "schema").glob("*.sql")
        for table in re.findall(r"^create table (\w+)", file.read_text(), re.MULTILINE | re.IGNORECASE)
    }


def _derived(conn: Connection) -> dict[str, str]:
    """The one query that recomputes each derived column, as the column's comment names it."""
    rows = conn.execute(
        """
        select attrelid::regclass || '.' || attname as name, substring(comment from '^derived: (.*)$') as query_name
        from pg_attribute
        cross join col_description(attrelid, attnum) as comment
        where comment like 'derived%'
            and attrelid in (select oid from pg_class where relnamespace = current_schema()::regnamespace)
        """
    )
    return {row["name"]: row["query_name"] for row in rows}


def test_every_statement_that_writes_is_read_rightly_here() -> None:
    writing = re.compile(r"\b(insert into|delete from|truncate|merge into)\b|(?<!do )(?<!for )(?<!key )\bupdate\b")

    assert Counter(write.query_name for write in WRITES) == Counter(
        {name: len(writing.findall(query.code)) for name, query in QUERIES.items() if writing.search(query.code)}
    )
    assert {column for write in WRITES for column in write.columns if not re.fullmatch(r"\w+", column)} == set()


def test_a_domain_writes_only_its_own_tables_and_what_it_alone_derives(conn: Connection) -> None:
    owners, derived = _owners(), _derived(conn)
    strays = []
    for write in WRITES:
        derived_by = {derived.get(f"{write.table}.{column}") for column in write.columns - {"updated_at"}}
        if owners[write.table] != write.query_name.partition(".")[0] and derived_by != {write.query_name}:
            strays.append(f"{write.query_name} {write.table}")

    assert strays == []


def test_a_derived_column_is_written_by_the_query_its_comment_names_and_by_no_other(conn: Connection) -> None:
    written_by: dict[str, set[str]] = {}
    for write in WRITES:
        for column in write.columns:
            written_by.setdefault(f"{write.table}.{column}", set()).add(write.query_name)

    named = {column: {name} | ALSO_WRITTEN_BY.get(column, set()) for column, name in _derived(conn).items()}
    assert named.keys() >= ALSO_WRITTEN_BY.keys()
    assert named == {column: written_by.get(column) for column in named}


def test_a_column_that_is_refreshed_says_by_which_query_it_is_derived(conn: Connection) -> None:
    derived = _derived(conn)
    silent = [
        f"{write.table}.{column}"
        for write in WRITES
        for column in write.columns - {"updated_at"}
        if QUERIES[write.query_name].verb == "refresh" and derived.get(f"{write.table}.{column}") != write.query_name
    ]

    assert silent == []
