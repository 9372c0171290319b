"""The order in which the rows of a page are read: columns, right before left, and what is across.

A gutter is a strip that stays white over several rows with running text on both sides. Rows of a
table have white strips too, but short cells beside them: they stay rows. What stands across a
gutter, such as a heading, parts what is above it from what is below.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from restore.geometry.rows import CELL_GAP, Row

GUTTER = 0.9  # em; narrower strips are word spaces of a loose line; a guess
LEAST_ROWS = 3  # on each side of a gutter; a guess
FULL = 0.75  # share of its column that the usual line of running text fills; a guess
WORDS = 3.0  # in the usual line of a column; cells of a table have fewer; a guess
NARROW = 0.4  # share of the width of both that a column of side notes may have; a guess
SMALLER = 0.93  # share of the size of the text that side notes have at most; a guess
DEEPEST = 6  # columns in columns; a guess


class Strip(NamedTuple):
    """A white strip: its edges, and the first and last row (not included) beside it."""

    left: float
    right: float
    start: int
    stop: int


def ordered(rows: list[Row], right_to_left: bool, depth: int = 0) -> list[Row]:
    """The rows in the order in which they are read, cut where a gutter parts them.

    ``rows`` go from the top down.
    """
    strip = _best_strip(rows) if depth < DEEPEST else None
    if strip is None:
        return rows
    above, beside, below = (
        rows[: strip.start],
        rows[strip.start : strip.stop],
        rows[strip.stop :],
    )
    middle = (strip.left + strip.right) / 2
    left = [part for row in beside for part in _parts(row, middle)[0]]
    right = [part for row in beside for part in _parts(row, middle)[1]]
    first, second = (right, left) if right_to_left else (left, right)
    if _are_notes(first, second):
        first, second = second, first
    return [
        *ordered(above, right_to_left, depth + 1),
        *ordered(first, right_to_left, depth + 1),
        *ordered(second, right_to_left, depth + 1),
        *ordered(below, right_to_left, depth + 1),
    ]


def _parts(row: Row, middle: float) -> tuple[list[Row], list[Row]]:
    """What a row has to the left and to the right of a place, none or one each."""
    cut = int(np.searchsorted((row.left + row.right) / 2, middle))
    count = len(row.texts)
    return (
        [row.part(0, cut)] if cut else [],
        [row.part(cut, count)] if cut < count else [],
    )


def _best_strip(rows: list[Row]) -> Strip | None:
    """The gutter with most rows beside it, if there is one."""
    if len(rows) < LEAST_ROWS:
        return None
    found: Strip | None = None
    for place in _candidates(rows):
        for strip in _strips(rows, place):
            longer = found is None or strip.stop - strip.start > found.stop - found.start
            if longer and _is_gutter(rows, strip):
                found = strip
    return found


def _candidates(rows: list[Row]) -> list[float]:
    """Places where wide gaps of rows are, or where a row ends that another goes beyond."""
    places: set[float] = set()
    size = float(np.median([row.size for row in rows]))
    for row in rows:
        for i in np.flatnonzero(row.gaps > GUTTER).tolist():
            places.add(round((row.left[i] + row.right[:i].max()) / 2 / size) * size)
    ends = np.sort([row.left.min() for row in rows]), np.sort([row.right.max() for row in rows])
    if ends[1][0] < ends[0][-1]:  # some rows stand wholly beside others
        places.add(float(ends[1][0] + ends[0][-1]) / 2)
        split = [e for e in ends[0] if e > ends[1][0]]
        places.add(float(ends[1][ends[1] < split[0]].max() + split[0]) / 2)
    return sorted(places)


def _strips(rows: list[Row], place: float) -> Iterator[Strip]:
    """White strips at a place, as long as they can be."""
    left, right, start = -np.inf, np.inf, 0
    for number, row in enumerate(rows):
        low = float(row.right[(row.left + row.right) / 2 < place].max(initial=-np.inf))
        high = float(row.left[(row.left + row.right) / 2 >= place].min(initial=np.inf))

        if min(right, high) - max(left, low) >= GUTTER * row.size:
            left, right = max(left, low), min(right, high)
            continue
        yield Strip(left, right, start, number)
        if high - low >= GUTTER * row.size:
            left, right, start = low, high, number
        else:
            left, right, start = -np.inf, np.inf, number + 1
    yield Strip(left, right, start, len(rows))


def _is_gutter(rows: list[Row], strip: Strip) -> bool:
    """Whether running text stands on both sides of a white strip."""
    if not (np.isfinite(strip.left) and np.isfinite(strip.right)):
        return False
    beside = rows[strip.start : strip.stop]
    middle = (strip.left + strip.right) / 2
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in beside:
        for side, part in zip(sides, _parts(row, middle), strict=True):
            side.extend(part)
    if min(map(len, sides)) < LEAST_ROWS:
        return False
    # They have to stand beside each other, not one above the other.
    tops = [side[0].baseline for side in sides], [side[-1].baseline for side in sides]
    if min(tops[0]) <= max(tops[1]):
        return False
    return all(map(_is_running, sides))


def _is_running(side: list[Row]) -> bool:
    widths = np.array([row.right.max() - row.left.min() for row in side])
    words = [1 + int(row.spaced.sum()) for row in side]
    if np.median(widths) < FULL * widths.max() or float(np.median(words)) < WORDS:
        return False
    cells = sum(bool((row.gaps > CELL_GAP).any()) for row in side)
    return 2 * cells <= len(side) or _best_strip(side) is not None  # columns themselves


def _are_notes(first: list[Row], second: list[Row]) -> bool:
    """Whether the first of two columns has the side notes of the second."""
    width, other = (
        max(row.right.max() for row in side) - min(row.left.min() for row in side)
        for side in (first, second)
    )
    size, usual = (float(np.median([row.size for row in side])) for side in (first, second))
    return bool(width < NARROW * (width + other) and size <= SMALLER * usual)
