"""What deeds tell in the feed: of each detail it is known whether it names somebody, who may have to be forgotten."""

import ast
from collections.abc import Iterator

from photolens.embedded import ROOT
from photolens.platform.actions.erasure import NAMELESS_DETAILS

# What is dropped from the deeds done for a client who is erased.
NAMING = {
    "clientName": "is the client's",
    "reason": "is in the words of whoever gave it; nothing that has one is done for a client",
    "name": "is the client's, or that of a picture of theirs; whose else it is, an id beside it tells",
}

RECORDING = {"record_activity", "record_activities"}


def _details_of(function: ast.FunctionDef) -> Iterator[str]:
    """The names of the details that a function records; of what is not written out, its code."""
    written: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                written.setdefault(name, []).append(value)
    for node in ast.walk(function):
        match node:
            case ast.Call(func=ast.Name(id="record_activity"), keywords=keywords):
                told = [keyword.value for keyword in keywords if keyword.arg == "details"]
            case ast.Call(func=ast.Name(id="record_activities"), args=[*_, deeds]):
                told = [_details_of_each(deed) for deed in _written_out(deeds, written)]
            case _:
                continue
        for details in told:
            for value in _written_out(details, written):
                yield from _names_in(value, written)


def _written_out(value: ast.expr, written: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """What a name stands for in a function, each time that it is given something; anything else, itself."""
    return written.get(value.id, [value]) if isinstance(value, ast.Name) else [value]


def _details_of_each(deeds: ast.expr) -> ast.expr:
    match deeds:
        case ast.ListComp(elt=ast.Tuple(elts=[_, _, details])):
            return details
    return deeds


def _names_in(details: ast.expr, written: dict[str, list[ast.expr]]) -> Iterator[str]:
    if not isinstance(details, ast.Dict):
        yield ast.unparse(details)
        return
    for key, value in zip(details.keys, details.values, strict=True):
        if isinstance(key, ast.Constant):
            yield str(key.value)
        elif ast.unparse(value) not in written:  # what is spread is looked at where it is written
            yield ast.unparse(details)


def _recorded() -> set[str]:
    rooms = ("actions/**/*.py", "actions.py")
    return {
        name
        for file in (file for room in rooms for file in (ROOT / "photolens").rglob(room))
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name not in RECORDING
        for name in _details_of(node)
    }


def test_every_detail_of_a_deed_is_kept_when_its_client_is_erased_or_names_somebody() -> None:
    assert _recorded() == {*NAMELESS_DETAILS, *NAMING}
    assert NAMING.keys() & {*NAMELESS_DETAILS} == set()
