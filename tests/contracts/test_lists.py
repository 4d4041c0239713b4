"""The lists: the arguments of each fit its queries, and its pages follow one another in the order it names."""

import ast
import importlib
import re
from collections.abc import Iterator

from photolens.database import Connection
from photolens.embedded import ROOT
from photolens.named_queries import Query
from photolens.naming import camel_case
from photolens.paging import ListArguments, Order
from tests.contracts.named_queries import QUERIES, NamedQuery, split

OF_PAGES = {"limit", "cursor", "include", "sort"}
# What people call some orders of the public's lists.
STANDS_FOR = {"newest": "-createdAt", "distance": "distanceKm"}
OF_BRANCHES = {"price": "fromPrice", "-price": "-fromPrice"}
OF_OFFERINGS = {"price": "pricePerUnit", "-price": "-pricePerUnit", "name": "label"}
NAMED_ORDERS = {"PublicBranchList": STANDS_FOR | OF_BRANCHES, "PublicOfferingList": STANDS_FOR | OF_OFFERINGS}
# The days of a report, which its screen makes instants of.
OF_PERIODS = {"date_from", "date_to"}


def _paged_lists() -> Iterator[tuple[type[ListArguments], set[str]]]:
    """Each list that a route or a screen pages through, with the filters that it adds: ids of a path, who views it."""
    rooms = ("routes*/**/*.py", "routes.py", "screens*/**/*.py", "screens.py")
    for file in (file for room in rooms for file in sorted((ROOT / "photolens").rglob(room))):
        module = importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="page"), args=[_, ast.Attribute(attr=name), arguments]):
                    keys = arguments.keys if isinstance(arguments, ast.Dict) else []
                    yield getattr(module.schemas, name), {str(k.value) for k in keys if isinstance(k, ast.Constant)}


LISTS = dict(_paged_lists())


def _orders_of(listing: type[ListArguments]) -> Iterator[tuple[str, Order]]:
    """The orders of a list, each with the key that it is sorted by, `-` first where it descends."""
    for sort, order in listing.orders.items():
        yield NAMED_ORDERS.get(listing.__name__, {}).get(sort, sort), order


def _named(query: Query) -> NamedQuery:
    return QUERIES[query.__name__]


def test_every_list_is_paged_by_a_route_or_a_screen() -> None:
    assert set(LISTS) == set(ListArguments.__subclasses__())


def test_the_queries_of_a_list_take_a_place_and_exactly_the_lists_filters() -> None:
    misfits = []
    for listing, added in LISTS.items():
        filters = set(listing().load_fields) - OF_PAGES - OF_PERIODS | added
        for order in listing.orders.values():
            query = _named(order.query)
            place = {"after_key", "after_id", "limit"} | ({"since"} if order.nearby is not None else set())
            if query.operator != "" or query.parameters != filters | place:
                misfits.append(query.full_name)
        count = _named(listing.count)
        if count.operator != "$" or count.parameters != filters:
            misfits.append(count.full_name)

    assert misfits == []


def test_a_list_is_sorted_as_its_name_says_and_goes_on_after_the_last_row_of_the_page_before() -> None:
    disorderly = []
    for listing in LISTS:
        for sort, order in _orders_of(listing):
            query = _named(order.query)
            columns = [column.removesuffix(" desc") for column in _order(query)]
            descends = {column.endswith(" desc") for column in _order(query)}
            direction = "<" if sort.startswith("-") else ">"
            sorted_by = camel_case(re.sub(r"\w+\(|''|\W", "", columns[0]))
            if (
                descends != {sort.startswith("-")}
                or (sorted_by, columns[1]) != (sort.removeprefix("-"), "id")
                or _place(query) != (columns, direction)
            ):
                disorderly.append(query.full_name)

    assert disorderly == []


def test_the_rows_of_a_list_hold_the_key_that_the_next_page_starts_from(conn: Connection) -> None:
    keyless = []
    for listing in LISTS:
        for sort, order in _orders_of(listing):
            columns = {camel_case(column) for column in _named(order.query).columns(conn)}
            if order.key != sort.removeprefix("-") or not {order.key, "id"} <= columns:
                keyless.append(_named(order.query).full_name)

    assert keyless == []


def test_a_list_shows_the_same_rows_in_every_order() -> None:
    unequal = [
        listing.__name__
        for listing in LISTS
        if len({_rows(_named(order.query)) for order in listing.orders.values()}) > 1
    ]

    assert unequal == []


def _order(query: NamedQuery) -> list[str]:
    """What a list is ordered by: `lower(name) desc`, `id desc`."""
    return split(query.code.rpartition(" order by ")[2].partition(" limit ")[0])


def _place(query: NamedQuery) -> tuple[list[str], str] | None:
    """By which comparison a page of the list follows the one before: `lower(name)`, `id`; `<`."""
    match = re.search(r" where \((?P<columns>.+?)\) (?P<operator>[<>]) ?\( ?coalesce\(", query.code)
    return (split(match["columns"]), match["operator"]) if match else None


def _rows(query: NamedQuery) -> str:
    """From what, under which conditions beside its place, a list takes its rows, or its page is cut out."""
    source = query.code.rpartition(" order by ")[0].partition(" from ")[2]
    source = re.sub(r" order by [^;]+? limit %\(limit\)s \) as page", " ) as page", source)
    return re.sub(r"where .*?%\(after_id\)s::(bigint, \d+|uuid, '')\) ?\)( and)?", "where", source, count=1)
