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

from functools import cache, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

WHOLE, SEPARATED, JUMPED = 0, 1, 2

LONGEST = 60  # tokens; a longer line is no line of a page, and only whole turns of it are tried
MOST = 4000  # readings of a line
MANY_GLUED = 8  # places without a space where all subsets are tried
LONGEST_NAME = 39  # gaps: 3**39 fits into 63 bits

Labels = NDArray[np.int8]
Flags = NDArray[np.bool_]
Orders = NDArray[np.intp]


def orders(labels: Labels) -> Orders:
    """The order of tokens that each row of ``labels`` stands for.

    ``labels`` is readings x (tokens - 1), each WHOLE, SEPARATED or JUMPED; the result is
    readings x tokens, indices of tokens in reading order.
    """
    # A gap a row, so that sums run along whole rows of readings.
    gaps, count = labels.shape[1], labels.shape[0]
    cuts = np.ascontiguousarray(labels.T)
    parted = cuts == SEPARATED
    separated = np.zeros((gaps + 1, count), np.int32)
    np.cumsum(parted, axis=0, out=separated[1:])
    jumped = np.zeros((gaps + 1, count), np.int32)
    np.cumsum(cuts == JUMPED, axis=0, out=jumped[1:])
    # Inside a stretch between separators painting went from its last piece to its first. Jumps
    # grow along a line: those at the end of a stretch are the least of all ends yet to come, those
    # before it the most of all beginnings so far.
    ends = jumped.copy()
    ends[:-1][~parted] = gaps + 1
    stretch_end = np.minimum.accumulate(ends[::-1], axis=0)[::-1]
    begins = np.zeros((gaps + 1, count), np.int32)
    np.multiply(jumped[1:], parted, out=begins[1:])
    before = np.maximum.accumulate(begins, axis=0)
    run = before + (stretch_end - jumped)
    width = gaps + 2
    key = run * width * width - separated * width + np.arange(gaps + 1, dtype=np.int32)[:, None]
    return np.argsort(np.ascontiguousarray(key.T), axis=1)


def turned_alone(rows: Labels, order: Orders, token: int) -> Orders:
    """The same orders, with a token behind the next one where both are a piece of their own.

    What has no letters is not turned around, and comes out as it is seen from left to right: the
    ``.4`` of such a piece is ``4.``. ``token`` is not the first of the line.
    """
    after = token + 1
    alone = (rows[:, token - 1] == SEPARATED) & (rows[:, token] == WHOLE)
    if after < rows.shape[1]:
        alone &= rows[:, after] == SEPARATED
    both = alone[:, np.newaxis] & ((order == token) | (order == after))
    return np.where(both, token + after - order, order)


def labels(spaces: tuple[int, ...], glued: tuple[bool, ...], shown: bool = True) -> Labels:
    """Readings worth weighing of a line: rows of labels, the first of them all WHOLE.

    ``spaces`` are the white spaces at the gaps between its tokens; ``glued`` says at which gaps a
    jump is likely: a bracket, a mark or another script without a space, or two fused words.
    ``shown`` says that something in the line shows damage; without it fewer cuts are tried.
    """
    return _labels(tuple(min(s, 2) for s in spaces), glued, shown)


@lru_cache(maxsize=4096)
def _labels(spaces: tuple[int, ...], glued: tuple[bool, ...], shown: bool) -> Labels:
    gaps, widths = len(spaces), np.array(spaces, np.intp)
    if not gaps:
        return np.zeros((1, 0), np.int8)
    bases = _distinct(np.array([widths < 0, widths > 0, widths > 1]).astype(np.int8)) > 0
    spaced = np.flatnonzero(widths)
    if gaps >= LONGEST:
        found = SEPARATED * bases.astype(np.int8)
    else:
        flips = _subsets_of(gaps, spaced, 2 if shown and len(spaced) < 30 else 1)
        separated = SEPARATED * np.concatenate([base ^ flips for base in bases]).astype(np.int8)
        found = _distinct(_with_jumps(separated, bases, widths, glued) if shown else separated)
    found.setflags(write=False)
    return found


def _with_jumps(
    separated: Labels, bases: Flags, widths: NDArray[np.intp], glued: tuple[bool, ...]
) -> Labels:
    """The readings that are only ``separated``, and with them those that have jumps.

    ``bases`` are the separators that the white space suggests, a row each.
    """
    gaps, spaced = len(widths), np.flatnonzero(widths)
    each = np.eye(gaps, dtype=np.bool_)
    several = bases[bases.any(axis=1)]
    # Those of each base, and with one separator more or less.
    near = np.concatenate([several, *[base ^ each[spaced] for base in several]])
    cuts = _subsets_of(gaps, np.arange(gaps), 3 if gaps < 15 else 2)
    jumps = _likely_subsets(gaps, np.flatnonzero(glued))
    alone = np.concatenate([jumps, each]) if (widths > 1).any() else jumps
    count = 1 + len(separated) + len(cuts)
    more, flipped = 0, 0  # how many subsets of jumps there is room for with other cuts
    for number in range(len(alone)):
        if number < len(jumps):
            count += 1
            more += count < MOST
            count += len(spaced) * (count < MOST)
        flipped += count < MOST
        count += len(near) if count < MOST else len(several)
    rows = [
        separated,
        JUMPED * cuts.astype(np.int8),
        JUMPED * jumps.astype(np.int8),
        JUMPED * _both(jumps[:more], each[spaced]).astype(np.int8),
        _interleaved(alone[:flipped], near),
        _interleaved(alone[flipped:], several),
    ]
    return np.concatenate(rows)


def _both(some: Flags, others: Flags) -> Flags:
    """Every row of ``some`` together with every one of ``others``."""
    return (some[:, None] | others[None]).reshape(-1, others.shape[1])


def _interleaved(jumps: Flags, separators: Flags) -> Labels:
    """Every row of jumps together with every one of separators."""
    labels = np.where(jumps[:, None], JUMPED, SEPARATED * separators[None].astype(np.int8))
    return labels.reshape(-1, separators.shape[1]).astype(np.int8)


def _likely_subsets(gaps: int, likely: NDArray[np.intp]) -> Flags:
    """All subsets of the likely jumps, or if there are many, those near to none and to all."""
    if len(likely) <= MANY_GLUED:
        return _subsets_of(gaps, likely, len(likely))[1:]
    few = _subsets_of(gaps, likely, 2)
    rest = np.isin(np.arange(gaps), likely) & ~few
    return np.concatenate([few[1:], rest])


def _subsets_of(gaps: int, places: NDArray[np.intp], most: int) -> Flags:
    """The subsets of at most so many ``places`` of a line of gaps, the smallest first."""
    found = [np.zeros((1, gaps), np.bool_)]
    for size in range(1, most + 1):
        chosen = places[_combinations(len(places), size)]
        rows = np.zeros((len(chosen), gaps), np.bool_)
        rows[np.arange(len(chosen))[:, None], chosen] = True
        found.append(rows)
    return np.concatenate(found)


@cache
def _combinations(count: int, size: int) -> NDArray[np.intp]:
    """Every choice of so many of the first numbers, a row each."""
    return np.array(list(combinations(range(count), size)), np.intp).reshape(-1, size)


def _names(rows: Labels) -> NDArray[np.int64] | NDArray[np.void]:
    """A name for each row of labels; names are in the order of the rows."""
    if rows.shape[1] <= LONGEST_NAME:
        return np.asarray(rows @ 3 ** np.arange(rows.shape[1] - 1, -1, -1))
    packed = np.ascontiguousarray(rows)
    return packed.view(np.dtype((np.void, rows.shape[1]))).ravel()


def _distinct(rows: Labels) -> Labels:
    """Every row once, in rising order."""
    return rows[np.unique(_names(rows), return_index=True)[1]]


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
    fresh = _distinct(changed.reshape(-1, gaps))
    fresh = fresh[~((fresh == SEPARATED) & ~spaced).any(axis=1)]
    return np.asarray(fresh[~np.isin(_names(fresh), _names(known), assume_unique=True)])
