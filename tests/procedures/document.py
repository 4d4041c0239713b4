"""The command blocks of docs/operations.md, and what the document says of each: that CI runs it, or why not."""

import re
import shlex
from dataclasses import dataclass

from photolens.embedded import ROOT

DOCUMENT = ROOT / "docs" / "operations.md"
SHELLS = ("sh", "bash", "console", "shell")

_FENCED = re.compile(r"^```(?P<info>.*)\n(?P<text>(?:(?!```).*\n)*)```$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of commands. `procedure` is what it belongs to, if CI runs it; otherwise `reason` says why not.

    A busy one is run while people use the API, of whose requests none is lost.
    """

    line: int
    text: str
    procedure: str | None
    is_busy: bool
    reason: str | None


def command_blocks(document: str) -> list[Block]:
    """The blocks of commands of a document, in their order.

    ````sh run=upgrade busy` is run, ````console not-run="why"` is not.
    """
    blocks = []
    for match in _FENCED.finditer(document):
        language, *words = shlex.split(match["info"]) or [""]
        if language not in SHELLS:
            continue
        marks = {name: value for name, _, value in (word.partition("=") for word in words)}
        line = document.count("\n", 0, match.start()) + 1
        blocks.append(Block(line, match["text"], marks.get("run"), "busy" in marks, marks.get("not-run")))
    return blocks
