"""The order in which a PDF's characters were painted, from the order in which PDFium gives them.

PDFium's text page is made for searching: it turns what is right-to-left around and mirrors its
brackets (``CPDF_TextPage::CloseTempLine`` in PDFium's sources). Here that is taken back.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby

import numpy as np

from restore.geometry.glyphs import MIRROR, Flags, Integers, direction

# PDFium mirrors these, too.
MIRRORED = MIRROR | {"\u201c": "\u201d", "\u201d": "\u201c", "\u2018": "\u2019", "\u2019": "\u2018"}

_LEFT, _RIGHT, _WEAK, _OTHER = 1, 2, 3, 0
_CLASSES = {"L": _LEFT, "R": _RIGHT, "AL": _RIGHT} | dict.fromkeys(
    ("AN", "EN", "NSM", "CS", "ES", "ET", "BN"), _WEAK
)


def stored_order(characters: list[str]) -> tuple[Integers, Flags]:
    """The order in which characters were painted, and which of them PDFium turned around.

    PDFium cuts a line where the kind of direction changes. Its segments are in reverse if most of
    them are right-to-left; right-to-left ones, and neutral ones after such, are in reverse
    themselves, and mirrored.
    """
    order: list[int] = []
    turned = np.zeros(len(characters), np.bool_)
    kinds = [_kind(character) for character in characters]
    for line in _lines(characters):
        found: list[tuple[int, int, int]] = []
        start = line.start
        for kind, run in groupby(kinds[line.start : line.stop]):
            stop = start + sum(1 for _ in run)
            found.append((kind, start, stop))
            start = stop
        counted = [kind for kind, _, _ in found]
        whole = 0 < counted.count(_RIGHT) >= counted.count(_LEFT)
        now = _RIGHT if whole else _LEFT
        pieces: list[range] = []
        for kind, first, last in found:
            if kind == _RIGHT or (kind == _OTHER and now == _RIGHT):
                now = _RIGHT
                turned[first:last] = True
                pieces.append(range(last - 1, first - 1, -1))
            else:
                now = now if kind == _WEAK else _LEFT
                pieces.append(range(first, last))
        for piece in reversed(pieces) if whole else pieces:
            order += piece
    return np.array(order, np.int64), turned


def _lines(characters: list[str]) -> Iterator[range]:
    start = 0
    for i, character in enumerate(characters):
        if character == "\n":
            yield range(start, i + 1)
            start = i + 1
    yield range(start, len(characters))


@cache
def _kind(character: str) -> int:
    return _CLASSES.get(direction(character), _OTHER)
