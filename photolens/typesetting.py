"""Text into lines of glyphs, in whatever scripts it is written: the right fonts, shapes, directions and breaks.

Lengths are in em: those of text of size 1. What no font has becomes the sign of its font for what is missing; controls
are left out. The fonts are read when they are first wanted, and only ever read: any number of threads may set text.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from unicodedata import category, combining, east_asian_width, name, normalize

import uharfbuzz

from photolens import bidi

REGULAR = "FiraGO-Regular"
BOLD = "FiraGO-Bold"

_FONTS = Path(__file__).parent / "fonts"
# For what the others have not; it comes in one weight.
_FALLBACK = "WenQuanYiMicroHei"

# Figures of one width stand in columns; what a font has for it is left to it otherwise.
_FEATURES = {"tnum": True}

_JOINERS = "\u200c\u200d\u200e\u200f"
_NOT_FIRST = "、。，．・：；？！ー々〻」』）】〕〉》〗〙〟ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ％"
_NOT_LAST = "「『（【〔〈《〖〘〝"


@dataclass(frozen=True, eq=False)
class Face:
    """A font: its name, its units in an em, the characters it has, its glyph of a space, and HarfBuzz's view of it."""

    name: str
    units: int
    characters: frozenset[int]
    blank: int
    font: uharfbuzz.Font


@dataclass(frozen=True)
class Glyph:
    """A shape of a face, where it stands (in units of the face), and its text; the first of several has that of all."""

    face: Face
    id: int
    text: str
    advance: int
    x_offset: int
    y_offset: int


@dataclass(frozen=True)
class Line:
    """Glyphs from left to right, and how wide they are together, in em."""

    glyphs: tuple[Glyph, ...]
    width: float


@cache
def face(face_name: str) -> Face:
    """The font of this name, which is a file of `fonts/`."""
    shapes = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(_FONTS / f"{face_name}.ttf")))
    font = uharfbuzz.Font(shapes)
    return Face(face_name, shapes.upem, frozenset(shapes.unicodes), font.get_nominal_glyph(ord(" ")), font)


def line(text: str, weight: str = REGULAR) -> Line:
    """The text in one line, however long it is; what breaks lines is a space in it."""
    paragraph = _Paragraph(" ".join(text.split()), weight)
    return paragraph.line(0, len(paragraph.text))


def lines(text: str, width: float, weight: str = REGULAR) -> list[Line]:
    """The text in lines no wider than this many em: broken where it says so, and between words, else within one.

    An empty paragraph is an empty line, but not at the end of the text.
    """
    set_lines: list[Line] = []
    for paragraph in text.strip().splitlines():
        set_lines += _Paragraph(" ".join(paragraph.split()), weight).lines(width)
    return set_lines


class _Paragraph:
    """A text without line breaks, and for each of its characters: the face, the level (UAX #9) and the script."""

    def __init__(self, text: str, weight: str) -> None:
        self.text = "".join(_drawable(normalize("NFC", text), weight))
        self.faces = _faces(self.text, weight)
        self.levels = bidi.levels(self.text, bidi.base_level(self.text))
        self.scripts = _scripts(self.text)

    def line(self, start: int, end: int) -> Line:
        """The characters from start to end."""
        runs = self._runs(start, end)
        seen = bidi.in_view(runs, [self.levels[first] for first, _ in runs])
        glyphs = tuple(glyph for run in seen for _, glyph in self._shaped(*run))
        return Line(glyphs, sum(glyph.advance / glyph.face.units for glyph in glyphs))

    def lines(self, width: float) -> list[Line]:
        """The paragraph in lines of at most this width, each as full as it gets."""
        whole = self.line(0, len(self.text))
        if whole.width <= width:
            return [whole]
        advances = self._advances()
        broken = []
        start = 0
        while start < len(self.text):
            end = self._end(start, width, advances)
            broken.append(self.line(start, len(self.text[:end].rstrip())))
            start = end
        return broken

    def _end(self, start: int, width: float, advances: list[float]) -> int:
        """Where the line that begins at start ends, the space after it included."""
        room = width
        wordwise = anywhere = start
        for at in range(start, len(self.text)):
            if at > start and self._may_break(at):
                wordwise = at
            if at > start and advances[at] and not combining(self.text[at]):
                anywhere = at
            room -= advances[at]
            if room < 0 and self.text[at] != " ":
                return wordwise if wordwise > start else max(anywhere, start + 1)
        return len(self.text)

    def _may_break(self, at: int) -> bool:
        before, after = self.text[at - 1], self.text[at]
        if before == " ":
            return True
        if after == " " or after in _NOT_FIRST or before in _NOT_LAST or combining(after):
            return False
        return before in "-–—/" or _is_wide(before) or _is_wide(after)

    def _advances(self) -> list[float]:
        """How far each character goes on, in em; the first of those that share a glyph has all of it."""
        advances = [0.0] * len(self.text)
        for run in self._runs(0, len(self.text)):
            for at, glyph in self._shaped(*run):
                advances[at] += glyph.advance / glyph.face.units
        return advances

    def _runs(self, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of these characters that one font sets in one go: of one direction, face and script."""
        kinds = groupby(range(start, end), lambda at: (self.levels[at], self.faces[at].name, self.scripts[at]))
        stretches = [list(indexes) for _, indexes in kinds]
        return [(stretch[0], stretch[-1] + 1) for stretch in stretches]

    def _shaped(self, start: int, end: int) -> Iterator[tuple[int, Glyph]]:
        """The glyphs of one run from left to right, each with the index of its first character."""
        run_face = self.faces[start]
        buffer = uharfbuzz.Buffer()
        buffer.cluster_level = uharfbuzz.BufferClusterLevel.MONOTONE_CHARACTERS
        buffer.add_str(self.text[start:end])
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if self.levels[start] % 2 else "ltr"
        uharfbuzz.shape(run_face.font, buffer, _FEATURES)
        infos, positions = buffer.glyph_infos, buffer.glyph_positions
        firsts = sorted({info.cluster for info in infos})
        ends = dict(zip(firsts, [*firsts[1:], end - start], strict=True))
        for info, position in zip(infos, positions, strict=True):
            at = start + info.cluster
            # The first glyph of a cluster takes the text of all of it.
            text = self.text[at : start + ends.pop(info.cluster, info.cluster)]
            glyph = Glyph(run_face, info.codepoint, text, position.x_advance, position.x_offset, position.y_offset)
            for part in _parted(glyph) if self.levels[start] % 2 else [glyph]:
                yield at, part


def _parted(glyph: Glyph) -> Iterator[Glyph]:
    """A glyph that is read from right to left, with blanks over it for all of its letters but the first.

    Readers of files differ on which way a text of several letters goes, and agree on one.
    """
    for letter in glyph.text[:0:-1]:
        yield Glyph(glyph.face, glyph.face.blank, letter, 0, 0, 0)
    yield replace(glyph, text=glyph.text[:1])


def _drawable(text: str, weight: str) -> Iterator[str]:
    """The characters that are seen, or that shape others: no controls, no marks that no font has."""
    for character in text:
        kind = category(character)
        is_control = kind in ("Cc", "Cf", "Cs") and character not in _JOINERS
        if not is_control and (kind[0] != "M" or _has(weight, character)):
            yield character


def _has(weight: str, character: str) -> bool:
    return any(ord(character) in face(each).characters for each in (weight, _FALLBACK))


def _faces(text: str, weight: str) -> list[Face]:
    """The face of each character: that of the letter before it for what joins or marks, else the first that has it."""
    chosen: list[Face] = []
    for character in text:
        code = ord(character)
        follows = character in _JOINERS or category(character)[0] == "M"
        if follows and chosen and (character in _JOINERS or code in chosen[-1].characters):
            chosen.append(chosen[-1])
        elif character in _JOINERS or code in face(weight).characters:
            chosen.append(face(weight))
        else:
            chosen.append(face(_FALLBACK) if code in face(_FALLBACK).characters else face(weight))
    return chosen


def _scripts(text: str) -> list[str]:
    """The script of each letter, by the first word of its name; what is none's is of the letter before it."""
    scripts: list[str] = []
    script = ""
    for character in text:
        if category(character)[0] == "L":
            script = name(character, "").partition(" ")[0]
        scripts.append(script)
    return scripts


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"
