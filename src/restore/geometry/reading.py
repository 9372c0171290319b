"""The text of a row in the order in which it is read, from where its letters stand.

The inverse of UAX #9, https://www.unicode.org/reports/tr9: of the orders in which a line can have
been stored, the one that the algorithm would draw as it is seen. Where several would, words of
left-to-right scripts and the numbers after them stay together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import nan
from typing import NamedTuple
from unicodedata import normalize

import numpy as np

from restore.bidi import read_order
from restore.geometry.glyphs import CLOSING, MIRROR, OPENING, direction, is_right_to_left
from restore.geometry.levels import levels
from restore.geometry.rows import CELL_GAP, Row

RAISED_SIZE = 0.85  # share of the size of the text that a raised number has at most; a guess
BOUNDARY = "\ufffc"  # neutral, as an object in the text
TRIES = 5  # of reaching levels that draw what is seen


class Piece(NamedTuple):
    """A letter with its marks, or a space: its edges, in points, and its place in painting.

    A space has neither.
    """

    text: str
    left: float = nan
    right: float = nan
    painted: int = -1


SPACE = Piece(" ")
BETWEEN = Piece("")


def reading(row: Row, base: int, drawn: bool) -> list[Piece]:
    """The pieces of a row as they are read.

    ``base`` is the base level, 0 or 1; ``drawn`` says that the file maps brackets to the
    character that is drawn and not to the one that is stored.
    """
    cells = _cells(row)
    found: list[Piece] = []
    for cell in reversed(cells) if base else cells:
        found += [SPACE] * bool(found)
        found += _cell(cell, base, drawn)
    return found


def _cells(row: Row) -> list[Row]:
    """The parts of a row between gaps that no word space has: each is a text of its own."""
    cuts = [0, *np.flatnonzero(row.gaps > CELL_GAP).tolist(), len(row.texts)]
    return [row.part(start, stop) for start, stop in pairwise(cuts) if stop > start]


def _cell(row: Row, base: int, drawn: bool) -> list[Piece]:
    seen = _seen(row)
    found = _levels([piece.text[:1] or BOUNDARY for piece in seen], base, drawn)
    read: list[Piece] = []
    for i in _stored(found):
        piece = seen[i]
        if drawn and found[i] % 2:
            piece = piece._replace(text=MIRROR.get(piece.text, piece.text))
        if len(piece.text) > 1 or not piece.text.isascii():
            piece = piece._replace(text=normalize("NFC", piece.text))
        if piece.text:
            read.append(piece)
    return read


def _seen(row: Row) -> list[Piece]:
    """The pieces of a row from left to right, and an empty one between a number and its note.

    A raised number to the left of a number stands after it, and is no part of it.
    """
    seen: list[Piece] = []
    sizes = row.sizes.tolist()
    pieces = map(Piece, row.texts, row.left.tolist(), row.right.tolist(), row.painted.tolist())
    for i, (piece, spaced) in enumerate(zip(pieces, row.spaced.tolist(), strict=True)):
        if spaced:
            seen.append(SPACE)
        elif i and sizes[i - 1] < RAISED_SIZE * sizes[i] and row.texts[i - 1][0].isdigit():
            seen.append(BETWEEN)
        seen.append(piece)
    return seen


def _levels(seen: list[str], base: int, drawn: bool) -> list[int]:
    """The levels of what is seen from left to right."""
    guess = first = _guess(seen, base, drawn)
    for _ in range(TRIES):
        order = _stored(guess)
        stored = [
            MIRROR.get(seen[i], seen[i]) if drawn and guess[i] % 2 else seen[i] for i in order
        ]
        found = [base] * len(seen)
        for i, level in zip(order, levels("".join(stored), base), strict=True):
            found[i] = level
        if found == guess:
            return found
        guess = found
    return first


def _guess(seen: list[str], base: int, drawn: bool) -> list[int]:
    if base == 1:
        found = [1] * len(seen)
        # The places of brackets depend on what they are seen as.
        for span in read_order("".join(seen)):
            if span.step == 1:
                found[span.start : span.stop] = [2] * (span.stop - span.start)
        return found
    found = [0] * len(seen)
    rights = [i for i, character in enumerate(seen) if is_right_to_left(character)]
    for a, b in zip(rights, rights[1:] + rights[-1:], strict=False):
        if not any(direction(character) == "L" for character in seen[a:b]):
            found[a : b + 1] = [1] * (b + 1 - a)
    for i, character in enumerate(seen):
        if found[i] == 1 and direction(character) in ("EN", "AN"):
            found[i] = 2
    return found


def _stored(found: Sequence[int]) -> list[int]:
    """The order of storing of what is seen from left to right at these levels: rule L2, undone."""
    order = list(range(len(found)))
    for level in range(1, max(found, default=0) + 1):
        i = 0
        while i < len(order):
            if found[order[i]] < level:
                i += 1
                continue
            stop = i
            while stop < len(order) and found[order[stop]] >= level:
                stop += 1
            order[i:stop] = reversed(order[i:stop])
            i = stop
    return order


def base_level(texts: Iterable[str], usual: int) -> int:
    """The base level of a line: that of its letters, or the ``usual`` one of the page."""
    right = left = 0
    for text in texts:
        kind = direction(text[0])
        right += kind in ("R", "AL")
        left += kind == "L"
    if not left and not right:
        return usual
    if not right:
        return 0
    if usual == 1:
        return 1
    return 0 if left > right else 1


def bracket_vote(row: Row) -> int:
    """How many brackets at right-to-left letters are mapped as drawn, less those as stored."""
    vote = 0
    last = len(row.texts) - 1
    for i, text in enumerate(row.texts):
        if text not in OPENING and text not in CLOSING:
            continue
        before = i > 0 and not row.spaced[i] and is_right_to_left(row.texts[i - 1][0])
        after = i < last and not row.spaced[i + 1] and is_right_to_left(row.texts[i + 1][0])
        if before != after:
            # As it is seen, an opening bracket is followed by its word on the right.
            vote += 1 if after == (text in OPENING) else -1
    return vote
