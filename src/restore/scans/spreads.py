"""Spreads: two pages of an open book on one image, which are parted at their gutter.

Each page lies askew and bends in its own way, and columns are those of one page alone.
"""

from __future__ import annotations

import numpy as np

from restore.scans.ink import LETTER, Grey, letters_of

WIDE = 1.1  # times the height of an image, from which it may be a spread; two narrow pages have 1.2
MIDDLE = 0.1  # of the width, to each side of the middle, where the gutter may be; a guess
MARGINS = 3.0  # heights of letters, of the white there; that between two columns has 1 to 2
TALLEST = 4.0  # heights of letters; what is taller is no letter, but the shadow of the gutter
LEAST_LETTERS = 20  # on each of the pages; one that is empty need not be parted


def middle(image: Grey) -> int | None:
    """Where the gutter of a spread is, in pixels from the left; None if it is no spread.

    ``image`` is in even light and without borders. What is written across both pages parts none.
    """
    height, width = image.shape
    if width < WIDE * height:
        return None
    letters = letters_of(image)
    boxes = letters.boxes
    tall = boxes[:, 3]
    boxes = boxes[(tall >= LETTER * letters.height) & (tall < TALLEST * letters.height)]
    low, high = int((0.5 - MIDDLE) * width), int((0.5 + MIDDLE) * width)
    steps = np.zeros(width + 1, np.int64)
    np.add.at(steps, boxes[:, 0], 1)
    np.add.at(steps, boxes[:, 0] + boxes[:, 2], -1)
    written = np.flatnonzero(np.cumsum(steps)[:width])
    # The white that begins at or before the right end of the middle part and ends after its left.
    edges = np.concatenate([[-1], written, [width]])
    gaps = [
        (after - before - 1, before + 1, after)
        for before, after in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
        if after > low and before < high
    ]
    white, left, right = max(gaps)
    at = int(left + right) // 2
    sides = np.sum(boxes[:, 0] < at), np.sum(boxes[:, 0] >= at)
    if white < MARGINS * letters.height or min(sides) < LEAST_LETTERS or not low < at < high:
        return None
    return at
