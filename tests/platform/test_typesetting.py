"""Lines of glyphs: how text is broken, and in which fonts it is set."""

import pytest

from photolens.typesetting import BOLD, Line, line, lines

WIDE = 1000.0


def _text(each: Line) -> str:
    """The text of a line, in the order in which it is seen."""
    return "".join(glyph.text for glyph in each.glyphs)


@pytest.mark.parametrize(
    "text",
    [
        "An album of forty pages, with a presentation box and two smaller copies",
        "北京市朝阳区建国门外大街甲六号婚礼摄影全天跟拍包含精修照片一百张",
        "ألبوم من أربعين صفحة مع علبة تقديم ونسختين أصغر حجما",
        "x" * 90,
    ],
)
def test_lines_are_no_wider_than_they_may_be_and_lose_nothing(text: str) -> None:
    broken = lines(text, 12)

    assert len(broken) > 1
    assert max(each.width for each in broken) <= 12
    assert sorted("".join(map(_text, broken)).replace(" ", "")) == sorted(text.replace(" ", ""))


def test_text_is_broken_between_words() -> None:
    assert [_text(each) for each in lines("one two-three four", 5.5)] == ["one two-", "three four"]


def test_text_is_broken_where_it_says_so() -> None:
    assert [_text(each) for each in lines("one\n\ntwo\r\nthree\n", WIDE)] == ["one", "", "two", "three"]


def test_a_line_does_not_begin_with_what_ends_a_sentence() -> None:
    assert [_text(each) for each in lines("東京都。大阪", 3)] == ["東京", "都。大", "阪"]


def test_a_mark_stays_with_its_letter() -> None:
    assert [_text(each) for each in lines("x\u0331" * 4, 1.2)] == ["x\u0331" * 2] * 2


def test_what_the_first_font_has_not_is_set_in_another() -> None:
    faces = [(glyph.text, glyph.face.name) for glyph in line("a北", BOLD).glyphs]

    assert faces == [("a", "FiraGO-Bold"), ("北", "WenQuanYiMicroHei")]


def test_figures_are_of_one_width() -> None:
    assert len({line(figure * 4).width for figure in "0123456789"}) == 1


def test_arabic_letters_are_joined_and_seen_from_the_right() -> None:
    alone = {line(letter).glyphs[0].id for letter in "محد"}
    joined = line("محمد").glyphs

    assert [glyph.text for glyph in joined] == ["د", "م", "ح", "م"]
    assert not alone & {glyph.id for glyph in joined}


def test_controls_are_left_out_and_joiners_are_not_seen() -> None:
    assert _text(line("a\u202e\x07\ufeffb")) == "ab"
    assert line("a\u200db").width == line("ab").width
