"""Columns that Tesseract takes for one."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from scans import LINES, MORE, page

from restore.scans import tesseract
from restore.scans.gutters import Gutter, by_columns, gutter
from restore.scans.ink import Grey
from restore.scans.scan import prepared
from restore.scans.tesseract import Word

HEIGHT = 30.0  # pixels, of the letters of the lines below


def line(number: int, *lefts: int, width: int = 80) -> list[Word]:
    """Words of a line that begin at some places, from the right."""
    top = 50 * number
    return [
        Word("מלה", left, top, left + width, top + 30, 0.9, (1, 1, number)) for left in lefts[::-1]
    ]


def lines(*lefts: int, count: int = 8) -> list[Word]:
    return [word for number in range(1, count + 1) for word in line(number, *lefts)]


COLUMNS = (0, 95, 190, 360, 455, 550)  # 90 pixels of white in the middle, 15 between the words


def test_lines_that_go_over_a_gutter_show_it() -> None:
    assert gutter(lines(*COLUMNS), HEIGHT) == Gutter((270 + 360) // 2, 50 - 15)


@pytest.mark.parametrize(
    "words",
    [
        lines(*COLUMNS, count=4),
        lines(*COLUMNS, count=8) + lines(*range(0, 600, 95), count=50),
        lines(0, 95, 265, 360),  # two words on each side, as in a table
        lines(0, 170, 340, 510, 680, 850),  # all words far apart
        [word for n in range(1, 9) for word in line(n, *(left + 12 * n for left in COLUMNS))],
        [],
    ],
    ids=["few lines", "small share", "table", "wide spaces", "not aligned", "nothing"],
)
def test_other_white_is_no_gutter(words: list[Word]) -> None:
    numbered = [
        Word(w.text, w.left, w.top, w.right, w.bottom, w.sure, (1, 1, at))
        for at, (_, group) in enumerate(groupby(words, key=lambda word: word.line))
        for w in group
    ]
    assert gutter(numbered, HEIGHT) is None


def test_columns_that_were_read_as_one_are_read_by_themselves() -> None:
    right, left = (*LINES, *MORE), (*MORE, *LINES)
    image = np.hstack([page(left), page(right)])

    def seen(part: Grey) -> list[Word]:
        return tesseract.read(part, "heb", 300)

    joined = tesseract.read(image, "heb", 300, layout=tesseract.LINES)
    found = by_columns(image, prepared(image).height, joined, seen)
    told = [" ".join(w.text for w in group) for _, group in groupby(found, key=lambda w: w.line)]
    assert told == [*right, *left]
    middle = image.shape[1] / 2
    assert all((word.left > middle) == (at < len(found) / 2) for at, word in enumerate(found))
    assert by_columns(image, prepared(image).height, found, seen) == found
