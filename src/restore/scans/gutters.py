"""Columns that Tesseract takes for one: its lines go on from one into the other.

Where the ink is pale or the resolution not what Tesseract thinks of, it may not see the white
between two columns, and half of the page is then lost. Such a page is read again, each column by
itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import NamedTuple

import numpy as np

from restore.scans.ink import Grey
from restore.scans.tesseract import Word

WIDE, WIDER = 1.0, 1.5  # heights of letters, and times the spaces of its line, of a gutter
ALIGNED = 0.3  # heights of letters, between the edges of the lines of a column
FEWEST_WORDS = 3  # of a line on each side; in a table there are fewer
FEWEST_LINES, SHARE = 5, 0.2  # lines, and share of all, that go over the gutter; a guess


class Gutter(NamedTuple):
    """Where the white between two columns is, in pixels: its middle, and where it begins."""

    middle: int
    top: int


def by_columns(
    image: Grey, height: float, words: list[Word], seen: Callable[[Grey], list[Word]]
) -> list[Word]:
    """The words of an image, its columns read by themselves if lines go over their gutter.

    ``height`` is that of letters; ``seen`` reads an image.
    """
    found = gutter(words, height)
    if found is None:
        return words
    parts = [[word for word in words if word.bottom <= found.top]]
    for left, right in ((found.middle, image.shape[1]), (0, found.middle)):
        column = np.ascontiguousarray(image[found.top :, left:right])
        parts.append([_moved(word, left, found.top) for word in seen(column)])
    blocks = 0
    whole: list[Word] = []
    for part in parts:
        whole += [replace(word, line=(word.line[0] + blocks, *word.line[1:])) for word in part]
        blocks += 1 + max((word.line[0] for word in part), default=0)
    return whole


def gutter(words: Sequence[Word], height: float) -> Gutter | None:
    """The gutter that lines go over, None if there is none."""
    written = [word for word in words if any(c.isalnum() for c in word.text)]
    lines = [
        sorted(line, key=lambda word: word.left)
        for _, line in groupby(written, key=lambda word: word.line)
    ]
    gaps = [
        (before.right, after.left, min(word.top for word in line))
        for line in lines
        for at, (before, after) in enumerate(pairwise(line), start=1)
        if min(at, len(line) - at) >= FEWEST_WORDS
        and after.left - before.right >= max(WIDE * height, WIDER * _space(line))
    ]
    if len(gaps) < FEWEST_LINES:
        return None
    over = [sum(low <= middle < high for low, high, _ in gaps) for middle, _, _ in gaps]
    best = gaps[int(np.argmax(over))][0]
    through = [gap for gap in gaps if gap[0] <= best < gap[1]]
    lows, highs, tops = zip(*through, strict=True)
    aligned = np.abs(np.array(lows) - np.median(lows)) <= ALIGNED * height
    if aligned.sum() < max(FEWEST_LINES, SHARE * len(lines)):
        return None
    return Gutter((max(lows) + min(highs)) // 2, max(0, round(min(tops) - height / 2)))


def _space(line: Sequence[Word]) -> float:
    """The usual space between the words of a line, in pixels."""
    return float(np.median([after.left - before.right for before, after in pairwise(line)]))


def _moved(word: Word, right: int, down: int) -> Word:
    return replace(
        word,
        left=word.left + right,
        right=word.right + right,
        top=word.top + down,
        bottom=word.bottom + down,
    )
