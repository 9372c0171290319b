"""What the white space of a line stands for, beside that between words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

import numpy as np
import regex
from numpy.typing import NDArray

INNER_SPACES = regex.compile(r"(?<=\S) +(?=\S)")
MANY_THREES = 10  # times as many as gaps of two spaces; a guess


def spread(lines: Iterable[str]) -> bool:
    """Whether a space between two words has become three in the lines of a document.

    Where white space is painted like a word of its own, an extractor that puts a space between all
    it finds (pdf.js, its items joined with spaces) makes three of one, and never two.
    """
    twos = threes = 0
    for line in lines:
        if "  " not in line:
            continue
        widths = Counter(len(gap) for gap in INNER_SPACES.findall(line))
        twos, threes = twos + widths[2], threes + widths[3]
    return threes > MANY_THREES * (twos + 1)


def behind(spaces: NDArray[np.int8], turned: NDArray[np.bool_]) -> NDArray[np.int8]:
    """White spaces, those of pieces without letters moved behind them; ``turned`` tokens have some.

    Such a piece is not turned around, so its space stands before it, with that of the piece before
    and the separator.
    """
    for start, stop in _unturned(spaces, turned, 3):
        spaces[start] -= 1
        spaces[stop] += 1
    return spaces


def after_the_first(
    spaces: NDArray[np.int8], turned: NDArray[np.bool_]
) -> tuple[tuple[int, int], ...]:
    """Where pieces without letters begin and end that may follow the first piece of a line.

    That has no space of its own, so two spaces stand between them.
    """
    found = (
        (start, stop)
        for start, stop in _unturned(spaces, turned, 2)
        if spaces[1 : start + 1].max() == spaces[start] == 2
    )
    return tuple(islice(found, 1))


def _unturned(
    spaces: NDArray[np.int8], turned: NDArray[np.bool_], before: int
) -> Iterator[tuple[int, int]]:
    """Where tokens between white spaces begin and end that have no letters.

    There are so many spaces and more ``before`` them, and one after them, or none at the end.
    """
    if turned.all() or spaces[:-1].max(initial=0) < before:
        return
    starts = np.flatnonzero(np.append(True, spaces[1:-1] > 0)).tolist()
    for start, stop in pairwise((*starts, len(turned))):
        wide = start and spaces[start] >= before
        if wide and spaces[stop] == (stop < len(turned)) and not turned[start:stop].any():
            yield start, stop
