from __future__ import annotations

from dataclasses import replace

import pytest

from restore.scans.blocks import from_the_right, latin_from_the_left
from restore.scans.tesseract import Word

RIGHT, LEFT, ACROSS = (520, 980), (20, 480), (20, 980)


def page(*blocks: tuple[str, tuple[int, int], tuple[int, int]]) -> list[Word]:
    """A word for each block: its name (with enough letters), its sides, its top and bottom."""
    return [
        Word(name * 20, left, top, right, bottom, 0.9, (number, 1, 1))
        for number, (name, (left, right), (top, bottom)) in enumerate(blocks)
    ]


def order(words: list[Word]) -> str:
    return "".join(word.text[0] for word in from_the_right(words))


def test_columns_are_read_from_the_right() -> None:
    assert order(page(("c", LEFT, (0, 300)), ("a", RIGHT, (0, 100)), ("b", RIGHT, (120, 310)))) == (
        "abc"
    )


def test_a_heading_and_notes_across_keep_their_places() -> None:
    blocks = page(
        ("a", ACROSS, (0, 50)),
        ("d", LEFT, (60, 200)),
        ("e", LEFT, (220, 400)),
        ("b", RIGHT, (60, 205)),
        ("c", RIGHT, (220, 390)),
        ("f", ACROSS, (420, 500)),
    )
    assert order(blocks) == "abcdef"


def test_two_stories_below_each_other_are_read_one_after_the_other() -> None:
    blocks = page(
        ("b", LEFT, (0, 200)),
        ("a", RIGHT, (0, 200)),
        ("c", ACROSS, (220, 260)),
        ("e", LEFT, (300, 400)),
        ("d", RIGHT, (300, 400)),
    )
    assert order(blocks) == "abcde"


@pytest.mark.parametrize(
    "blocks",
    [
        [("b", RIGHT, (0, 300)), ("a", LEFT, (0, 300))],
        [("a", LEFT, (0, 100)), ("b", RIGHT, (110, 300))],
        [("a", ACROSS, (0, 100)), ("b", ACROSS, (110, 300))],
    ],
)
def test_an_order_that_can_be_right_is_left(
    blocks: list[tuple[str, tuple[int, int], tuple[int, int]]],
) -> None:
    assert order(page(*blocks)) == "".join(name for name, *_ in blocks)


def test_a_number_in_the_margin_does_not_tell() -> None:
    number, text = page(("7", LEFT, (0, 300)), ("b", RIGHT, (0, 300)))
    assert order([replace(number, text="7"), text]) == "7b"


@pytest.mark.parametrize(
    ("read", "order"),
    [
        ("ספר Classification Decimal Dewey הזה", "ספר Dewey Decimal Classification הזה"),
        ("ספר Dewey הזה", "ספר Dewey הזה"),
        ("ספר 1995 1996 הזה", "ספר 1995 1996 הזה"),
        ("ספר xא Dewey הזה", "ספר xא Dewey הזה"),
    ],
)
def test_latin_words_in_a_line_are_read_from_the_left(read: str, order: str) -> None:
    words = [
        Word(text, 900 - 100 * i, 0, 990 - 100 * i, 40, 0.9, (1, 1, 1))
        for i, text in enumerate(read.split())
    ]
    assert " ".join(word.text for word in latin_from_the_left(words)) == order


def test_latin_lines_stay() -> None:
    words = [
        Word(text, 100 * i, 0, 100 * i + 90, 40, 0.9, (1, 1, 1)) for i, text in enumerate("abc")
    ]
    assert [word.text for word in latin_from_the_left(words)] == list("abc")
