"""What a prompt asks the built-in editor for: decided by its words alone, without looking at a photo.

The words are English ones, in any order; a number with % behind or before a word says how much. Whatever order they
come in, edits are done in that of ORDER: what leaves fewer pixels first, then light, colour, focus, and what is laid
over the photo. Where no word is known, the photo is enhanced, and the edits say that nobody asked for them.
"""

import re
from collections.abc import Iterator
from typing import Any

Edit = dict[str, Any]  # as the API shows it: {"edit": "BRIGHTNESS", "percent": 20}

ORDER = (
    *("ROTATE", "FLIP", "CROP", "RESIZE"),
    *("AUTO_CONTRAST", "BRIGHTNESS", "CONTRAST", "SATURATION", "WARMTH", "BLACK_AND_WHITE", "SEPIA"),
    *("BLUR", "SHARPEN", "VIGNETTE", "BORDER", "WATERMARK"),
)
ENHANCED: list[Edit] = [
    {"edit": "AUTO_CONTRAST", "isDefault": True},
    {"edit": "SHARPEN", "percent": 40, "isDefault": True},
]

LONGEST_SIDE = {"web": 2048, "thumbnail": 320}
SMALLEST_SIDE, LARGEST_SIDE = 16, 8000
LONGEST_WATERMARK = 60
WATERMARK = "PROOF"  # where none is given

# Edit, its words, which way they go, and how far if the prompt does not say: in per cent, as is the most.
_AMOUNTS = [
    ("BRIGHTNESS", r"bright\w*|light(er|en\w*)|exposure", 1, 20, 100),
    ("BRIGHTNESS", r"dark(er|en\w*)|dim(mer|med)?", -1, 20, 100),
    ("CONTRAST", r"contrast\w*|punch(y|ier)", 1, 20, 100),
    ("CONTRAST", r"flat(ter)?|faded?", -1, 20, 100),
    ("SATURATION", r"vivid|vibran\w+|colou?rful|saturat\w+", 1, 25, 100),
    ("SATURATION", r"muted?|desaturat\w+|pastel", -1, 25, 100),
    ("WARMTH", r"warm\w*|golden", 1, 20, 100),
    ("WARMTH", r"cool(er)?|cold(er)?", -1, 20, 100),
    ("BLUR", r"blur\w*(?! (the )?background)|soft focus", 1, 10, 100),
    ("SHARPEN", r"sharp\w*|crisp(er)?", 1, 80, 300),
    ("VIGNETTE", r"vignett\w+", 1, 40, 100),
]
_HAS_DIRECTION = {"BRIGHTNESS", "CONTRAST", "SATURATION", "WARMTH"}
_LESS = re.compile(r"\b(less|lower|reduce|decrease|minus)\b")
_SLIGHTLY = re.compile(r"\b(slight(ly)?|a bit|a little|subtl[ey]|gent(le|ly))\b")
_MUCH = re.compile(r"\b(much|very|strong(ly)?|a lot|heav(y|ily))\b")
_PERCENT = re.compile(r"([+-]?)(\d{1,3}) ?(%|percent|per cent)")

# What is one thing, although `and` or a blank parts it.
_SYNONYMS = [
    (re.compile(r"black[ -](and|&|n)[ -]white|\bb ?(&|and|/) ?w\b|\bbw\b"), "monochrome"),
    (re.compile(r"\bauto[ -]?(contrast|levels|tone|enhance)"), "enhance"),
]
_CLAUSES = re.compile(r"[,.;:!\n](?!\d)|\b(?:and|then|but|with)\b")
_REFUSED = re.compile(r"\b(no|not|without|never|don'?t|do not)\b")
_QUOTED = r"\"([^\"]+)\"|“([^”]+)”|«([^»]+)»|(?<!\w)'([^']+)'(?!\w)"
_WATERMARK = re.compile(
    rf"\bwatermark\w*(?:\s+(?:with|saying|of|that says|text|reading))*[\s:]*(?:{_QUOTED}|([^,.;\n\"]+))?", re.IGNORECASE
)


def edits_for(prompt: str) -> list[Edit]:
    """The edits that a prompt's words choose, in the order in which they are done; never none.

    "20% brighter, black and white" gives `BRIGHTNESS` of 20 per cent, then `BLACK_AND_WHITE`.
    """
    found: dict[str, Edit] = {}
    rest = _WATERMARK.sub(lambda match: _watermark(match, prompt, found), prompt).lower()
    for pattern, word in _SYNONYMS:
        rest = pattern.sub(word, rest)
    for part in _CLAUSES.split(rest):
        clause = _REFUSED.split(part)[0]
        # What is said last holds.
        found |= {edit["edit"]: edit for edit in (*_amounts(clause), *_shapes(clause), *_looks(clause))}
    return [found[name] for name in ORDER if name in found] or ENHANCED


def _watermark(match: re.Match[str], prompt: str, found: dict[str, Edit]) -> str:
    """Note the watermark, and take its text out of the prompt: it is no wish."""
    before = re.split(r"[,.;\n]", prompt[: match.start()])[-1]
    if not _REFUSED.search(before.lower()):
        text = " ".join(next((group for group in match.groups() if group), WATERMARK).split())
        found["WATERMARK"] = {"edit": "WATERMARK", "text": text[:LONGEST_WATERMARK] or WATERMARK}
    return ", "


def _amounts(clause: str) -> Iterator[Edit]:
    """What can be more or less."""
    numbers = list(_PERCENT.finditer(clause))
    for name, words, sign, usual, most in _AMOUNTS:
        for match in re.finditer(rf"\b({words})(?!\w)", clause):
            number = min(numbers, key=lambda each: _distance(each, match), default=None)
            percent = usual
            if number is not None:
                percent = min(int(number[2]), most)
            elif _SLIGHTLY.search(clause):
                percent = usual // 2
            elif _MUCH.search(clause):
                percent = usual * 2
            is_less = _LESS.search(clause) or (number is not None and number[1] == "-")
            yield {"edit": name, "percent": percent * (-sign if is_less and name in _HAS_DIRECTION else sign)}


def _distance(one: re.Match[str], other: re.Match[str]) -> int:
    return max(one.start() - other.end(), other.start() - one.end())


def _shapes(clause: str) -> Iterator[Edit]:
    if match := re.search(r"\b(rotate|turn)\w*|\bupside", clause):
        yield from _rotation(clause[match.start() :])
    if re.search(r"\b(flip|mirror)", clause):
        axis = "VERTICAL" if re.search(r"vertical|upside|top", clause) else "HORIZONTAL"
        yield {"edit": "FLIP", "axis": axis}
    if "square" in clause:
        yield {"edit": "CROP", "ratio": "1:1"}
    elif "crop" in clause and (match := re.search(r"\b([1-9]\d?) ?[:/x] ?([1-9]\d?)\b", clause)):
        yield {"edit": "CROP", "ratio": f"{match[1]}:{match[2]}"}
    if match := re.search(r"\b(\d{2,5}) ?[x×] ?(\d{2,5})\b", clause):
        yield {"edit": "RESIZE", "width": _side(match[1]), "height": _side(match[2])}
    elif re.search(r"\bweb\b|\bweb-?siz", clause):
        yield {"edit": "RESIZE", "longestSide": LONGEST_SIDE["web"]}
    elif "thumbnail" in clause:
        yield {"edit": "RESIZE", "longestSide": LONGEST_SIDE["thumbnail"]}
    elif re.search(r"\b(resiz|scal|shrink|downsiz)", clause):
        yield from _size(clause)


def _rotation(clause: str) -> Iterator[Edit]:
    """Quarter turns, clockwise."""
    degrees = 90
    if match := re.search(r"\b(\d{1,3})\b", clause):
        degrees = int(match[1])
    elif "upside" in clause:
        degrees = 180
    if re.search(r"\bleft\b|counter|anti", clause):
        degrees = -degrees
    if degrees % 90 == 0 and degrees % 360:
        yield {"edit": "ROTATE", "degrees": degrees % 360}


def _size(clause: str) -> Iterator[Edit]:
    if match := _PERCENT.search(clause):
        if 0 < int(match[2]) < 100:
            yield {"edit": "RESIZE", "percent": int(match[2])}
    elif match := re.search(r"\b(\d{2,5})\b", clause):
        yield {"edit": "RESIZE", "longestSide": _side(match[1])}
    elif "half" in clause:
        yield {"edit": "RESIZE", "percent": 50}


def _side(text: str) -> int:
    return max(SMALLEST_SIDE, min(int(text), LARGEST_SIDE))


def _looks(clause: str) -> Iterator[Edit]:
    if re.search(r"\b(monochrome|gr[ae]y ?scale)\b", clause):
        yield {"edit": "BLACK_AND_WHITE"}
    if "sepia" in clause:
        yield {"edit": "SEPIA"}
    if re.search(r"\b(enhance|improve)", clause):
        yield {"edit": "AUTO_CONTRAST"}
    if re.search(r"\b(border|frame)", clause):
        colour = "BLACK" if "black" in clause else "WHITE"
        percent = min(int(match[2]), 25) if (match := _PERCENT.search(clause)) else 4
        yield {"edit": "BORDER", "colour": colour, "percent": max(percent, 1)}
