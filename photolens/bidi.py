"""Which way text runs: the Unicode Bidirectional Algorithm (UAX #9) for text without explicit embeddings and isolates.

`levels` gives each character its level, even from left to right and odd from right to left; `in_view` puts runs in the
order in which they are seen.
"""

from collections.abc import Sequence
from typing import TypeVar
from unicodedata import bidirectional, normalize

_Run = TypeVar("_Run")

_OPENING = "()[]{}⟨⟩⟦⟧⟪⟫⦅⦆⸨⸩〈〉《》「」『』【】〔〕〖〗〘〙〚〛（）［］｛｝｟｠｢｣"
_CLOSING_OF = dict(zip(_OPENING[::2], _OPENING[1::2], strict=True))

_NEUTRAL = {"B", "S", "WS", "ON"}
_AS_STRONG = {"L": "L", "R": "R", "EN": "R", "AN": "R"}


def base_level(text: str) -> int:
    """1 where the first letter of the text is one that is written from right to left, else 0 (P2, P3)."""
    first = next((kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return 0 if first == "L" else 1


def levels(text: str, base: int) -> list[int]:
    """The level of each character of a paragraph of this base level."""
    embedding = "R" if base else "L"
    kinds = _weak([bidirectional(character) or "L" for character in text], embedding)
    _brackets(text, kinds, embedding)
    _neutrals(kinds, embedding)
    if base:
        return [1 if kind == "R" else 2 for kind in kinds]
    return [{"L": 0, "R": 1}.get(kind, 2) for kind in kinds]


def in_view(runs: Sequence[_Run], run_levels: Sequence[int]) -> list[_Run]:
    """The runs of a line from left to right (L2); what is inside of a run is not turned."""
    seen = list(runs)
    of_seen = list(run_levels)
    for level in range(max(of_seen, default=0), 0, -1):
        start = 0
        while start < len(seen):
            end = start
            while end < len(seen) and of_seen[end] >= level:
                end += 1
            seen[start:end] = reversed(seen[start:end])
            of_seen[start:end] = reversed(of_seen[start:end])
            start = max(end, start + 1)
    return seen


def _weak(kinds: list[str], embedding: str) -> list[str]:
    """Marks as what they stand on, numbers by the letters before them (W1 to W7)."""
    strong = before = embedding
    for index, kind in enumerate(kinds):
        # The joiners go where the letter before them goes, as a mark does.
        now = before if kind in ("NSM", "BN") else kind
        if now in ("L", "R", "AL"):
            strong = now
        elif now == "EN" and strong == "AL":
            now = "AN"
        before = kinds[index] = now
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    _separators(kinds)
    strong = embedding
    for index, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[index] = "L"
    return kinds


def _separators(kinds: list[str]) -> None:
    """What parts the digits of one number, or stands beside one, is of it (W4 to W6)."""
    for index in range(1, len(kinds) - 1):
        before, kind, after = kinds[index - 1 : index + 2]
        if before == after and ((kind == "ES" and before == "EN") or (kind == "CS" and before in ("EN", "AN"))):
            kinds[index] = before
    for order in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):
        for index in order:
            if kinds[index] == "ET" and kinds[index - order.step] == "EN":
                kinds[index] = "EN"
    for index, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[index] = "ON"


def _brackets(text: str, kinds: list[str], embedding: str) -> None:
    """A pair of brackets goes the way of what is inside, or of what comes before (N0)."""
    for opening, closing in _pairs(text, kinds):
        inside = {_AS_STRONG.get(kind) for kind in kinds[opening + 1 : closing]} - {None}
        if embedding in inside:
            direction = embedding
        elif inside:
            before = (_AS_STRONG[kind] for kind in reversed(kinds[:opening]) if kind in _AS_STRONG)
            direction = next(before, embedding)
        else:
            continue
        for index in (opening, closing):
            kinds[index] = direction
            for mark in range(index + 1, len(text)):
                if bidirectional(text[mark]) != "NSM":
                    break
                kinds[mark] = direction


def _pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs = []
    for index, character in enumerate(normalize("NFKC", character) for character in text):
        if kinds[index] != "ON":
            continue
        if character in _CLOSING_OF:
            waiting.append((_CLOSING_OF[character], index))
        for depth in range(len(waiting) - 1, -1, -1):
            if waiting[depth][0] == character:
                pairs.append((waiting[depth][1], index))
                del waiting[depth:]
                break
    return sorted(pairs)


def _neutrals(kinds: list[str], embedding: str) -> None:
    """What has no direction goes that of both its neighbours, else the paragraph's (N1, N2)."""
    start = 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > start:
            before = _AS_STRONG[kinds[start - 1]] if start else embedding
            after = _AS_STRONG[kinds[end]] if end < len(kinds) else embedding
            kinds[start:end] = [before if before == after else embedding] * (end - start)
        start = max(end, start + 1)
