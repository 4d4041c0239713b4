"""docs/operations.md itself: all that it says to do is run by CI, or says why not, and names what is there."""

import dataclasses
import re
import shlex
import subprocess

import click
import pytest

from photolens.cli import photolens
from photolens.config import Settings
from photolens.embedded import ROOT
from tests.procedures.document import DOCUMENT, Block, command_blocks

TEXT = DOCUMENT.read_text()
BLOCKS = command_blocks(TEXT)
RUN = [block for block in BLOCKS if block.procedure is not None]
OF_LIBPQ = {"PGPASSWORD"}


def written_settings(file: str) -> dict[str, str]:
    """The settings that the installation writes into a file, each with a word for what is made up there."""
    [lines] = re.findall(rf"^cat >{file} <<END\n(.*?)^END$", TEXT, re.MULTILINE | re.DOTALL)
    made_up = re.sub(r"\$\([^)]*\)|\$\w+", "a" * 48, lines)
    return {name: shlex.split(value)[0] for name, _, value in (line.partition("=") for line in made_up.splitlines())}


def test_every_block_of_commands_is_run_or_says_why_not() -> None:
    assert [block.line for block in BLOCKS if (block.procedure is None) == (not block.reason)] == []


def test_a_block_that_says_neither_is_found() -> None:
    document = (
        '```sh\nls\n```\n\n```json\n{}\n```\n\n```sh run=a busy\nls\n```\n\n```console not-run="b c"\n$ ls\n```\n'
    )

    assert command_blocks(document) == [
        Block(1, "ls\n", None, False, None),
        Block(9, "ls\n", "a", True, None),
        Block(13, "$ ls\n", None, False, "b c"),
    ]


def test_a_procedure_stands_in_one_place() -> None:
    procedures = [block.procedure for block in RUN]
    begins = [name for name, before in zip(procedures, [None, *procedures], strict=False) if name != before]

    daily, once = ["install", "backup", "restore", "base-backup", "recover"], ["replica", "studio", "pgbouncer"]
    assert begins == [*daily, "upgrade", "rollback", "rotate", *once]


@pytest.mark.parametrize("block", RUN, ids=lambda block: f"{block.procedure}-{block.line}")
def test_a_block_that_is_run_is_bash(block: Block) -> None:
    said = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True)

    assert (said.returncode, said.stderr) == (0, "")


def test_the_settings_that_are_written_are_read() -> None:
    known = {field.name.upper() for field in dataclasses.fields(Settings)} | OF_LIBPQ
    written = {*written_settings("/etc/photolens.env"), *written_settings("/etc/photolens-owner.env")}
    changed = set(re.findall(r"photolens-set ([A-Z_]+)", "".join(block.text for block in RUN)))

    assert written | changed <= known | {"NAME"}


def test_production_starts_with_the_settings_that_are_written() -> None:
    settings = Settings.from_environment(written_settings("/etc/photolens.env"))

    assert settings.is_production
    assert settings.portal_database_url is not None


def test_the_commands_of_photolens_are_there() -> None:
    called = [
        line.strip().partition("photolens ")[2]
        for block in RUN
        for line in block.text.splitlines()
        if re.match(r"(\w+=\S+ )?photolens ", line.strip())
    ]

    assert len(called) > 10
    assert [line for line in called if not is_command(shlex.split(line, comments=True))] == []


def is_command(words: list[str]) -> bool:
    command: click.Command | None = photolens
    for word in words[2:] if words[0] == "--studio" else words:
        if not isinstance(command, click.Group):
            break
        command = command.commands.get(word)
    return command is not None and not isinstance(command, click.Group)


@pytest.mark.parametrize("file", ["README.md", "docs/operations.md", "docs/decisions/secrets.md"])
def test_a_link_into_the_document_leads_somewhere(file: str) -> None:
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    before = r"\(" if file == "docs/operations.md" else r"operations\.md"

    linked = set(re.findall(rf"{before}#([\w-]+)\)", (ROOT / file).read_text()))

    assert linked
    assert linked <= anchors
