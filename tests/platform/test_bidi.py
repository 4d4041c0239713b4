"""Which way text runs, by the word of another implementation of UAX #9."""

import random

import bidi as reference

from photolens import bidi

CHARACTERS = "ab אב مح 12 ١٢ ()[]<> .,:-+/%$€&!' \u0301\u05b8\u064e"


def test_text_of_both_directions_is_seen_as_another_implementation_has_it() -> None:
    chosen = random.Random(20261126)
    texts = ("".join(chosen.choices(CHARACTERS, k=chosen.randint(1, 14))).strip() for _ in range(4000))

    for text in filter(None, texts):
        for base, name in enumerate("LR"):
            seen = "".join(bidi.in_view(text, bidi.levels(text, base)))
            assert seen == reference.get_display(text, base_dir=name), (text, base)


def test_the_first_letter_says_which_way_a_paragraph_runs() -> None:
    assert [bidi.base_level(text) for text in ("12 אב ab", "(ab) אב", "مح", "12", "")] == [1, 0, 1, 0, 0]
