"""All the orders in which a scrambled line may have stood on its page.

An extractor that does not sort gives the pieces of a right-to-left line in the order in which
they were painted. There are two kinds of cut between two neighbouring pieces of what it gave:

- at a *separator* (``SEPARATED``) it put a space of its own, because the pen had moved far. The
  pieces of one stretch of painting come out last first.
- at a *jump* (``JUMPED``) the pen went back to the left of what was painted, and no space was put.
  What was painted before the jump stands to the right of what was painted after it, and since
  the extractor turns the whole stretch around, the later piece comes out first.

Both cuts alone give the pieces in reverse order; together they interleave them. (PDFBox does this:
``PDFTextStripper.writePage`` and ``handleDirection``; https://pdfbox.apache.org, 2.0 and 3.0.)
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

WHOLE, SEPARATED, JUMPED = 0, 1, 2

LONGEST = 60  # tokens; a longer line is no line of a page, and only whole turns of it are tried
MOST = 4000  # readings of a line
MANY_GLUED = 8  # places without a space where all subsets are tried

Labels = NDArray[np.int8]
Orders = NDArray[np.intp]


def orders(labels: Labels) -> Orders:
    """The order of tokens that each row of ``labels`` stands for.

    ``labels`` is readings x (tokens - 1), each WHOLE, SEPARATED or JUMPED; the result is
    readings x tokens, indices of tokens in reading order.
    """
    count, gaps = labels.shape
    first = np.zeros((count, 1), np.int64)
    separated = np.concatenate([first, np.cumsum(labels == SEPARATED, axis=1)], axis=1)
    jumped = np.concatenate([first, np.cumsum(labels == JUMPED, axis=1)], axis=1)
    # Inside a stretch between separators painting went from its last piece to its first.
    last = np.zeros((count, gaps + 1), np.bool_)
    last[:, -1] = True
    last[:, :-1] = labels == SEPARATED
    ends = np.where(last, jumped, 0)
    stretch_end = np.flip(_running_minimum_from_last(np.flip(ends, 1), np.flip(last, 1)), 1)
    before = np.where(separated > 0, _previous_end(jumped, separated), 0)
    run = before + (stretch_end - jumped)
    width = gaps + 2
    key = run * width * width - separated * width + np.arange(gaps + 1)
    return np.argsort(key, axis=1, kind="stable")


def _running_minimum_from_last(
    values: NDArray[np.int64], given: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Carry each given value on to the places after it, row by row."""
    index = np.where(given, np.arange(values.shape[1]), 0)
    np.maximum.accumulate(index, axis=1, out=index)
    return np.take_along_axis(values, index, axis=1)


def _previous_end(jumped: NDArray[np.int64], separated: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of jumps before the stretch in which each token stands."""
    starts = np.ones(separated.shape, np.bool_)
    starts[:, 1:] = separated[:, 1:] != separated[:, :-1]
    return _running_minimum_from_last(np.where(starts, jumped, 0), starts)


def labels(spaces: tuple[int, ...], glued: tuple[bool, ...], shown: bool = True) -> Labels:
    """Readings worth weighing of a line: rows of labels, the first of them all WHOLE.

    ``spaces`` are the white spaces at the gaps between its tokens; ``glued`` says at which gaps a
    jump is likely: a bracket, a mark or another script without a space, or two fused words.
    ``shown`` says that something in the line shows damage; without it fewer cuts are tried.
    """
    return _labels(tuple(min(s, 2) for s in spaces), glued, shown)


@lru_cache(maxsize=4096)
def _labels(spaces: tuple[int, ...], glued: tuple[bool, ...], shown: bool) -> Labels:
    gaps = len(spaces)
    spaced = [g for g in range(gaps) if spaces[g]]
    doubles = [g for g in spaced if spaces[g] > 1]
    likely = [g for g in range(gaps) if glued[g]]
    if gaps >= LONGEST:
        rows = [_row(gaps, spaced if kind == "all" else doubles, ()) for kind in ("all", "some")]
        return np.unique(np.array([np.zeros(gaps, np.int8), *rows]), axis=0)
    bases = [list(base) for base in sorted({tuple(doubles), tuple(spaced), ()})]
    rows = [np.zeros(gaps, np.int8)]
    for base in bases:
        for flips in _flips(spaced, 2 if shown and len(spaced) < 30 else 1):
            rows.append(_row(gaps, sorted(set(base) ^ set(flips)), ()))
    if not shown:
        return np.unique(np.array(rows), axis=0)
    for cuts in _flips(range(gaps), 3 if gaps < 15 else 2):
        rows.append(_row(gaps, (), cuts))
    for subset in _subsets(likely):
        rows.append(_row(gaps, (), subset))
        rows += [_row(gaps, (), (*subset, other)) for other in spaced if len(rows) < MOST]
        rows += _interleaved(gaps, bases, subset, spaced if len(rows) < MOST else [])
    for jump in range(gaps) if doubles else ():
        rows += _interleaved(gaps, bases, (jump,), spaced if len(rows) < MOST else [])
    found = np.unique(np.array(rows), axis=0)
    found.setflags(write=False)
    return found


def _interleaved(
    gaps: int, bases: list[list[int]], jumps: tuple[int, ...], flips: list[int]
) -> list[Labels]:
    """Jumps in a line that has separators too: those of each base, and with one more or less."""
    rows = []
    for base in bases:
        if base:
            rows.append(_row(gaps, base, jumps))
            rows += [_row(gaps, sorted(set(base) ^ {flip}), jumps) for flip in flips]
    return rows


def _subsets(likely: list[int]) -> list[tuple[int, ...]]:
    """All subsets of the likely jumps, or if there are many, those near to none and to all."""
    if len(likely) <= MANY_GLUED:
        return _flips(likely, len(likely))[1:]
    few = _flips(likely, 2)
    return [*few[1:], *(tuple(sorted(set(likely) - set(chosen))) for chosen in few)]


def _flips(places: range | list[int], most: int) -> list[tuple[int, ...]]:
    return [chosen for n in range(most + 1) for chosen in combinations(places, n)]


def neighbours(
    chosen: Labels, known: Labels, places: NDArray[np.intp], spaced: NDArray[np.bool_]
) -> Labels:
    """Readings that differ at one of ``places`` from one of ``chosen`` and are not ``known``.

    Labels are readings x gaps, ``places`` indices of gaps; ``spaced`` says which gaps have white
    space, without which there is no separator.
    """
    gaps = chosen.shape[1]
    changed = np.tile(chosen[:, None, None, :], (1, len(places), 2, 1))
    at = np.arange(len(places))
    for step in (1, 2):
        changed[:, at, step - 1, places] = (chosen[:, places] + step) % 3
    fresh = np.unique(changed.reshape(-1, gaps), axis=0)
    fresh = fresh[~((fresh == SEPARATED) & ~spaced).any(axis=1)]
    seen = {row.tobytes() for row in np.ascontiguousarray(known)}
    new = [row.tobytes() not in seen for row in fresh]
    return np.asarray(fresh[new])


def _row(gaps: int, separated: list[int] | tuple[int, ...], jumped: tuple[int, ...]) -> Labels:
    row = np.zeros(gaps, np.int8)
    row[list(separated)] = SEPARATED
    row[list(jumped)] = JUMPED
    return row
