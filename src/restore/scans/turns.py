"""How a page lies: on its side, upside down or upright.

Tesseract tells it from letters that it knows; where it is not sure, as with letters out of focus, a
part of the page is read in all four ways.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from restore.scans.ink import Grey, array, ink_limit
from restore.scans.language import READABLE, readable
from restore.scans.tesseract import Word, turn_wanted

TURNS = (0, 90, 180, 270)  # degrees, clockwise
PART = 30  # heights of letters, of the sides of the part that is read; some 12 lines
LONG = 3  # letters of a word that is wider than it is high


def lies(words: Sequence[Word]) -> bool:
    """Whether a page does not seem to stand upright, as its words were read.

    Some pages that lie on their side are read all the same: their words are higher than wide.
    """
    long = [word for word in words if len(word.text) >= LONG]
    high = sum(word.bottom - word.top > word.right - word.left for word in long)
    return readable(words) < READABLE or 2 * high > len(long)


def turn(image: Grey, height: float, resolution: int, seen: Callable[[Grey], list[Word]]) -> int:
    """By how many degrees a page has to be turned clockwise to stand upright: 0, 90, 180 or 270.

    ``height`` is that of its letters; ``seen`` reads an image of lines. 0 if it cannot be told.
    """
    told = turn_wanted(image, resolution)
    if told is not None:
        return told
    part = _part(image, int(PART * height))
    ways = {way: readable(seen(turned(part, way))) for way in TURNS}
    best = max(TURNS, key=lambda way: ways[way])
    return best if ways[best] >= READABLE else 0


def turned(grey: Grey, degrees: int) -> Grey:
    """An image turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(grey, -degrees // 90))


def _part(image: Grey, side: int) -> Grey:
    """A square of an image, of which most is ink."""
    rows, columns = (min(side, length) for length in image.shape)
    ink = array(image < ink_limit(image))
    whole = np.asarray(cv2.integral(ink), np.int64)
    inside = whole[rows:, columns:] - whole[:-rows, columns:]
    inside = inside - whole[rows:, :-columns] + whole[:-rows, :-columns]
    top, left = np.unravel_index(int(np.argmax(inside)), inside.shape)
    return image[top : top + rows, left : left + columns]
