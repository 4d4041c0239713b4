"""PDF files (ISO 32000, PDF 1.7): pages of text and rectangles, with only the glyphs that are used, and their text.

Lengths are in points, from the top left corner of the page. What is the same is the same bytes.
"""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from math import cos, radians, sin

import pydyf
import uharfbuzz

from photolens.typesetting import Face, Glyph, Line

MIMETYPE = "application/pdf"

# A4.
WIDTH, HEIGHT = 595.28, 841.89

Colour = tuple[float, float, float]

_MOST_IN_A_MAP = 100
_NOT_FOR_PDF = (b"GDEF", b"GPOS", b"GSUB", b"OS/2", b"cmap", b"name", b"post")


class Page:
    """A page, on which what is drawn later lies above what was drawn before."""

    def __init__(self, fonts: "_Fonts") -> None:
        self._fonts = fonts
        self.content = pydyf.Stream(compress=True)

    def text(self, x: float, y: float, line: Line, size: float, colour: Colour, angle: float = 0) -> None:
        """The line from x on, its base line at y; turned by this many degrees, up, around that point."""
        turned = cos(radians(angle)), sin(radians(angle))
        self.content.begin_text()
        self.content.set_color_rgb(*colour)
        self.content.set_text_matrix(turned[0], turned[1], -turned[1], turned[0], x, HEIGHT - y)
        for font, rise, shown in _pieces(self._fonts, line.glyphs):
            self.content.set_font_size(font, size)
            self.content.set_text_rise(rise * size)
            self.content.show_text(shown)
        self.content.end_text()

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle whose upper left corner is at x, y."""
        self.content.set_color_rgb(*colour)
        self.content.rectangle(x, HEIGHT - y - height, width, height)
        self.content.fill()


class Pdf:
    """A document in the making: its pages, and what their text is set in."""

    def __init__(self, title: str, author: str, created_at: datetime) -> None:
        """The title and the author are for who looks at the properties of the file; created_at has an offset."""
        self.pages: list[Page] = []
        self._fonts = _Fonts()
        self._title = _text(title)
        self._author = _text(author)
        self._created_at = created_at

    def add_page(self) -> Page:
        """An empty page after the others."""
        self.pages.append(Page(self._fonts))
        return self.pages[-1]

    def to_bytes(self) -> bytes:
        """The file."""
        pdf = pydyf.PDF()
        fonts = self._fonts.written(pdf)
        for page in self.pages:
            pdf.add_object(page.content)
            pdf.add_page(
                pydyf.Dictionary(
                    {
                        "Type": "/Page",
                        "Parent": pdf.pages.reference,
                        "MediaBox": pydyf.Array([0, 0, WIDTH, HEIGHT]),
                        "Resources": pydyf.Dictionary({"Font": fonts}),
                        "Contents": page.content.reference,
                    }
                )
            )
        pdf.catalog["Lang"] = pydyf.String("en")
        pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        pdf.info["Title"] = pydyf.String(self._title)
        pdf.info["Author"] = pydyf.String(self._author)
        pdf.info["CreationDate"] = pydyf.String(f"D:{self._created_at.astimezone(UTC):%Y%m%d%H%M%S}Z")
        file = io.BytesIO()
        pdf.write(file, identifier=True, compress=True)
        return file.getvalue()


class _Fonts:
    """The faces that a document uses, and in each a code for each glyph together with the text it stands for."""

    def __init__(self) -> None:
        self._faces: dict[Face, dict[tuple[int, str], int]] = {}

    def name(self, face: Face) -> str:
        # The code 0 is that of the sign for what is missing.
        self._faces.setdefault(face, {(0, ""): 0})
        return f"F{list(self._faces).index(face)}"

    def code(self, glyph: Glyph) -> int:
        """The code of a glyph of a face that has its name: of several texts, several, so that each is found again."""
        codes = self._faces[glyph.face]
        return codes.setdefault((glyph.id, glyph.text), len(codes))

    def written(self, pdf: pydyf.PDF) -> pydyf.Dictionary:
        """The fonts as objects of the file, by their names."""
        fonts = pydyf.Dictionary()
        for face, codes in self._faces.items():
            fonts[self.name(face)] = _written_font(pdf, self.name(face), face, list(codes)).reference
        return fonts


def _pieces(fonts: _Fonts, glyphs: Iterable[Glyph]) -> Iterable[tuple[str, float, str]]:
    """Glyphs of one face and one height together: its name, the height in em, and what PDF's TJ shows."""
    font, rise, shown, offset = "", 0.0, "", 0.0
    for glyph in glyphs:
        scale = 1000 / glyph.face.units
        now = fonts.name(glyph.face), glyph.y_offset / glyph.face.units
        if shown and now != (font, rise):
            yield font, rise, shown.replace("><", "") + _moved(offset)
            shown, offset = "", 0.0
        font, rise = now
        shown += _moved(offset + glyph.x_offset * scale) + f"<{fonts.code(glyph):04x}>"
        drawn = glyph.face.font.get_glyph_h_advance(glyph.id)
        offset = (glyph.advance - drawn - glyph.x_offset) * scale
    if shown:
        yield font, rise, shown.replace("><", "")


def _moved(thousandths: float) -> str:
    """TJ's numbers move backwards."""
    return f" {-thousandths:.0f} " if round(thousandths) else ""


def _written_font(pdf: pydyf.PDF, tag: str, face: Face, shown: list[tuple[int, str]]) -> pydyf.Dictionary:
    """A font whose codes are the indexes of `shown`, glyphs and their texts: shapes, widths, the way back to text."""
    shapes, places = _subset(face, [glyph for glyph, _ in shown])
    scale = 1000 / face.units
    # Six letters mark a subset.
    names = {"Type": "/Font", "BaseFont": f"/AAAAA{chr(ord('A') + int(tag[1:]))}+{face.name}"}
    file = pydyf.Stream([shapes], {"Length1": len(shapes)}, compress=True)
    glyph_of_code = pydyf.Stream([b"".join(places[glyph].to_bytes(2, "big") for glyph, _ in shown)], compress=True)
    text_of_code = pydyf.Stream([_unicode_map([text for _, text in shown])], compress=True)
    for stream in (file, glyph_of_code, text_of_code):
        pdf.add_object(stream)
    descriptor = _descriptor(face, names["BaseFont"], file)
    pdf.add_object(descriptor)
    widths = [round(face.font.get_glyph_h_advance(glyph) * scale) for glyph, _ in shown]
    descendant = pydyf.Dictionary(
        names
        | {
            "Subtype": "/CIDFontType2",
            "CIDSystemInfo": "<</Registry (Adobe)/Ordering (Identity)/Supplement 0>>",
            "W": pydyf.Array([0, pydyf.Array(widths)]),
            "CIDToGIDMap": glyph_of_code.reference,
            "FontDescriptor": descriptor.reference,
        }
    )
    pdf.add_object(descendant)
    font = pydyf.Dictionary(
        names
        | {
            "Subtype": "/Type0",
            "Encoding": "/Identity-H",
            "DescendantFonts": pydyf.Array([descendant.reference]),
            "ToUnicode": text_of_code.reference,
        }
    )
    pdf.add_object(font)
    return font


def _descriptor(face: Face, base_name: str, file: pydyf.Stream) -> pydyf.Dictionary:
    scale = 1000 / face.units
    extents = face.font.get_font_extents("ltr")
    return pydyf.Dictionary(
        {
            "Type": "/FontDescriptor",
            "FontName": base_name,
            "Flags": 4,
            "FontBBox": pydyf.Array([-1000, -500, 3000, 1500]),
            "ItalicAngle": 0,
            "Ascent": round(extents.ascender * scale),
            "Descent": round(extents.descender * scale),
            "CapHeight": 700,
            "StemV": 80,
            "FontFile2": file.reference,
        }
    )


def _subset(face: Face, glyphs: list[int]) -> tuple[bytes, dict[int, int]]:
    """A TrueType file of these glyphs alone, and where in it each of them is."""
    wanted = uharfbuzz.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.flags = (
        uharfbuzz.SubsetFlags.NO_HINTING
        | uharfbuzz.SubsetFlags.NOTDEF_OUTLINE
        | uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE
    )
    wanted.drop_table_tag_set.update(int.from_bytes(tag) for tag in _NOT_FOR_PDF)
    plan = uharfbuzz.SubsetPlan(face.font.face, wanted)
    return plan.execute().blob.data, dict(plan.old_to_new_glyph_mapping)


def _unicode_map(texts: list[str]) -> str:
    """A ToUnicode map: what each code stands for."""
    entries = [f"<{code:04x}> <{text.encode('utf-16-be').hex()}>" for code, text in enumerate(texts)]
    parts = [entries[start : start + _MOST_IN_A_MAP] for start in range(0, len(entries), _MOST_IN_A_MAP)]
    blocks = [f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar" for part in parts]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            "/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def",
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
            "1 begincodespacerange\n<0000> <ffff>\nendcodespacerange",
            *blocks,
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )


def _text(text: str) -> str:
    """Text of the file's properties: without line breaks, controls, and what UTF-16 cannot say."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
