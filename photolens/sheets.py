"""Documents on paper: text, tables and blocks that flow down a page and on to the next, and what stands on every page.

Lengths are in points, from the top left corner of the page.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from photolens.bidi import base_level
from photolens.pdf import HEIGHT, WIDTH, Colour, Page, Pdf
from photolens.typesetting import BOLD, REGULAR, Line, line, lines

LEFT, RIGHT = 56.0, WIDTH - 56.0
ACROSS = RIGHT - LEFT

INK: Colour = (0.11, 0.13, 0.16)
GREY: Colour = (0.42, 0.45, 0.50)
WHITE: Colour = (1, 1, 1)

_TOP, _BOTTOM = 56.0, HEIGHT - 72.0
_FOOT = HEIGHT - 40.0
_RULE: Colour = (0.84, 0.86, 0.88)
_STAMP: Colour = (0.94, 0.945, 0.95)
_CELL_GAP, _ROW_GAP = 12.0, 5.5
_SUMS = 230.0


@dataclass(frozen=True)
class Style:
    """How text looks: its size, its weight, its colour, and from one base line to the next, in sizes."""

    size: float
    colour: Colour = INK
    weight: str = REGULAR
    leading: float = 1.42

    @property
    def height(self) -> float:
        return self.size * self.leading


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, how wide it is, and whether its cells, one line each, end at its right."""

    heading: str
    width: float
    to_right: bool = False


_BODY = Style(9.5)
_HEADING = Style(8, GREY)
_FAINT = Style(7.5, GREY)
_LAST = Style(11, weight=BOLD)
# What the headings of a table take.
_HEAD = _HEADING.height + 5


class Sheet:
    """A document that is written from top to bottom. What no longer fits on a page goes to the next."""

    def __init__(self, title: str, author: str, created_at: datetime, stamp: str) -> None:
        """The first three as `Pdf` has them; the stamp, where there is one, lies large and pale under every page."""
        self.y = _TOP
        self._pdf = Pdf(title, author, created_at)
        self._stamp = stamp
        self._at = 0
        self._head: Callable[[], None] | None = None
        self._add_page()

    def room(self, height: float) -> None:
        """The next thing, of this height, stays whole: where too little is left of the page, it begins a new one."""
        if self.y + height > _BOTTOM and self.y > _TOP:
            self._turn()

    def space(self, height: float) -> None:
        """Nothing, but where a page begins."""
        if self.y > _TOP:
            self.y += height

    def text(
        self, text: str, style: Style = _BODY, x: float = LEFT, width: float = ACROSS, to_right: bool = False
    ) -> None:
        """Text in as many lines of this width as it takes, all of them at the left or at the right."""
        set_lines = lines(text, width / style.size, style.weight)
        # Several lines that are read from the right begin there.
        at_right = to_right or (len(set_lines) > 1 and base_level(text) == 1)
        for each in set_lines:
            self.room(style.height)
            self._line(each, style, x, width, at_right)
            self.y += style.height

    def label(self, text: str, colour: Colour, right: float) -> None:
        """Short text, white on a coloured ground that ends at this right."""
        style = Style(8, WHITE, BOLD)
        set_text = line(text, style.weight)
        width = set_text.width * style.size + 16
        self._page.rectangle(right - width, self.y, width, 17, colour)
        self._page.text(right - width + 8, self.y + 11.4, set_text, style.size, style.colour)
        self.y += 17

    def beside(self, *blocks: Callable[[], None]) -> None:
        """Blocks that begin at the same height; what follows begins below the longest."""
        start = self._at, self.y
        ends = []
        for block in blocks:
            self._at, self.y = start
            block()
            ends.append((self._at, self.y))
        self._at, self.y = max(ends)

    def rule(self) -> None:
        """A thin line across."""
        self._page.rectangle(LEFT, self.y, ACROSS, 0.6, _RULE)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
        """Rows under their headings, which stand again on every page that has rows. A row stays whole if it can."""
        set_rows = [_cells(columns, row, _BODY) for row in rows]
        heights = [max(map(len, cells)) * _BODY.height + 2 * _ROW_GAP for cells in set_rows]
        self.room(_HEAD + sum(heights[:1]))
        self._head = lambda: self._headings(columns)
        self._head()
        for cells, height in zip(set_rows, heights, strict=True):
            self.room(min(height, _BOTTOM - _TOP - _HEAD))
            self.y += _ROW_GAP
            self._row(columns, cells, _BODY)
            self.y += _ROW_GAP
            self.rule()
        self._head = None

    def sums(self, rows: Sequence[tuple[str, str]], last: tuple[str, str] | None) -> None:
        """Amounts with their labels, at the right; the last one, if any, stands out. They are never parted."""
        columns = [Column("", _SUMS - 140), Column("", 140, to_right=True)]
        left = RIGHT - _SUMS
        self.room(len(rows) * (_BODY.height + _ROW_GAP) + 40)
        for row in rows:
            self.y += _ROW_GAP
            self._row(columns, _cells(columns, row, _BODY), _BODY, left)
        if last:
            self.y += 8
            self._page.rectangle(left, self.y, _SUMS, 1, INK)
            self.y += 8
            self._row(columns, _cells(columns, last, _LAST), _LAST, left)

    def finished(self, note: str) -> bytes:
        """The file; at the foot of every page the note, and which page it is of how many."""
        total = len(self._pdf.pages)
        for number, page in enumerate(self._pdf.pages, 1):
            page.rectangle(LEFT, _FOOT - 14, ACROSS, 0.6, _RULE)
            numbered = line(f"Page {number} of {total}")
            left = lines(note, (ACROSS - 100) / _FAINT.size)[:1]
            for each in left:
                page.text(LEFT, _FOOT, each, _FAINT.size, _FAINT.colour)
            page.text(RIGHT - numbered.width * _FAINT.size, _FOOT, numbered, _FAINT.size, _FAINT.colour)
        return self._pdf.to_bytes()

    @property
    def _page(self) -> Page:
        return self._pdf.pages[self._at]

    def _turn(self) -> None:
        self._at += 1
        self.y = _TOP
        if self._at == len(self._pdf.pages):
            self._add_page()
        if self._head:
            self._head()

    def _add_page(self) -> None:
        page = self._pdf.add_page()
        if self._stamp:
            stamp = line(self._stamp, BOLD)
            size = 150.0
            page.text(WIDTH / 2 - stamp.width * size * 0.31, HEIGHT / 2 + 190, stamp, size, _STAMP, angle=52)

    def _line(self, set_text: Line, style: Style, x: float, width: float, to_right: bool) -> None:
        left = x + width - set_text.width * style.size if to_right else x
        self._page.text(left, self.y + style.size, set_text, style.size, style.colour)

    def _headings(self, columns: Sequence[Column]) -> None:
        self._row(columns, _cells(columns, [column.heading for column in columns], _HEADING), _HEADING)
        self.y += 4
        self._page.rectangle(LEFT, self.y, ACROSS, 1, INK)
        self.y += 1

    def _row(self, columns: Sequence[Column], cells: Sequence[list[Line]], style: Style, left: float = LEFT) -> None:
        """The cells of a row, line by line: what is longer than a page goes on over several."""
        for number in range(max(map(len, cells))):
            self.room(style.height)
            x = left
            for column, cell in zip(columns, cells, strict=True):
                if number < len(cell):
                    self._line(cell[number], style, x, column.width, column.to_right)
                x += column.width
            self.y += style.height


def _cells(columns: Sequence[Column], row: Sequence[str], style: Style) -> list[list[Line]]:
    return [
        [line(text, style.weight)]
        if column.to_right
        else lines(text, (column.width - _CELL_GAP) / style.size, style.weight)
        for column, text in zip(columns, row, strict=True)
    ]
