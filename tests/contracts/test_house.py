"""The house: modules know their place and stay small, SQL stays in its files, what is generated is current."""

import ast
import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from importlinter.cli import lint_imports

from photolens.config import Settings
from photolens.embedded import ROOT
from tests.client import api_document

MODULES = sorted((ROOT / "photolens").rglob("*.py"))
PYTHON = sorted({*MODULES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py"), ROOT / "wsgi.py"})

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40

NAMELESS = {"common", "helper", "helpers", "misc", "util", "utils"}

WITH_SQL = {
    # Through psql, it makes the database in which named queries run.
    "photolens/embedded.py",
}


def _name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_imports_keep_the_direction_of_the_domains_and_of_their_rooms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("importlinter.cli._configure_logging", lambda _verbose: None)  # it would silence our loggers

    status = lint_imports(config_filename="pyproject.toml", no_cache=True, no_logo=True)

    assert status == 0, capsys.readouterr().out


def test_modules_are_short() -> None:
    assert [_name(file) for file in MODULES if len(file.read_text().splitlines()) > LONGEST_MODULE] == []


def test_functions_are_short() -> None:
    long = [
        f"{_name(file)} {node.name}"
        for file in MODULES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]

    assert long == []


def test_a_module_is_named_for_what_it_is() -> None:
    assert [_name(file) for file in PYTHON if NAMELESS & {*file.relative_to(ROOT).with_suffix("").parts}] == []


def test_sql_stays_out_of_python() -> None:
    statement = re.compile(
        r"\s*(select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s|(create|alter|drop)\s+\w+\s)",
        re.IGNORECASE,
    )
    executing = {"execute", "executemany", "copy", "stream"}
    found = []
    for file in MODULES:
        tree = ast.parse(file.read_text())
        is_spoken = any(statement.match(text) for text in _texts(tree))
        is_run = any(isinstance(n, ast.Call) and _called(n) in executing and _text(n) for n in ast.walk(tree))
        if is_spoken or is_run:
            found.append(_name(file))

    assert set(found) == WITH_SQL


def _texts(tree: ast.Module) -> Iterator[str]:
    """Every text in a module that is no docstring."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _text(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant | ast.JoinedStr)


def test_the_example_of_the_environment_lists_what_config_reads_each_with_a_word_and_its_default() -> None:
    entries = re.findall(r"^(?:# .*\n)+# ([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    lines = re.findall(r"^(?:# )?[A-Z_]+=.*$", (ROOT / ".env.example").read_text(), re.MULTILINE)
    settings = Settings.from_environment(dict(entries))

    assert sorted(name for name, _ in entries) == sorted(_variables())
    assert len(lines) == len(entries)
    assert settings == Settings.from_environment({})
    assert all(value for name, value in entries if getattr(settings, name.lower()))


def test_a_setting_is_named_as_its_variable() -> None:
    assert {field.name.upper() for field in dataclasses.fields(Settings)} == _variables()


def _variables() -> set[str]:
    """The names that config looks up in the environment: `given.get("HOST")`, `_whole_number(given, "PORT", …)`."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / "photolens" / "config.py").read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="given"), attr="get"), args=[ast.Constant(value=str(name)), *_]
            ):
                names.add(name)
            case ast.Call(args=[ast.Name(id="given"), ast.Constant(value=str(name)), *_]):
                names.add(name)
            case ast.Subscript(value=ast.Name(id="given"), slice=ast.Constant(value=str(name))):
                names.add(name)
    return names


def test_the_api_document_that_is_committed_is_current(app: Flask) -> None:
    current = app.test_client().get("/api/openapi.json").json

    assert api_document() == current, "make docs writes it anew"
