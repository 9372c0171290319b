"""The glyphs of a page, as they are painted: what each stands for, and where it is.

The reader of a format makes them; from them alone the lines of the page are had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from unicodedata import bidirectional, category

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Pairs that are mirror images: Unicode Character Database, BidiMirroring.txt (the common ones).
_PAIRS = "()[]{}<>«»‹›≤≥⁅⁆⁽⁾₍₎⟦⟧⟨⟩⟪⟫⦃⦄〈〉《》「」『』【】〔〕﴾﴿"
MIRROR = dict(
    zip(_PAIRS, "".join(b + a for a, b in zip(*[iter(_PAIRS)] * 2, strict=True)), strict=True)
)
OPENING = frozenset("([{«‹")
CLOSING = frozenset(")]}»›")


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Glyphs in the order in which they were painted, a row of each array a glyph.

    ``texts`` are what they stand for, most often one character, in the order in which it is read,
    with brackets as the file maps them. ``left`` and ``right`` are the edges of the advance widths
    and ``baseline`` the height at which they stand, in points, from the left and from the foot of
    the page as it is turned to be read; ``size`` is that of the font in points. ``runs`` number
    the stretches painted at once; ``hidden`` are those that are not seen, as in the text layer of
    a scan.
    """

    texts: Sequence[str]
    left: Floats
    right: Floats
    baseline: Floats
    size: Floats
    runs: Integers
    hidden: Flags

    def __len__(self) -> int:
        return len(self.texts)

    def some(self, rows: Integers) -> Glyphs:
        """The glyphs in some ``rows``, in their order."""
        return Glyphs(
            [self.texts[row] for row in rows.tolist()],
            self.left[rows],
            self.right[rows],
            self.baseline[rows],
            self.size[rows],
            self.runs[rows],
            self.hidden[rows],
        )

    def joined_with(self, other: Glyphs) -> Glyphs:
        """These glyphs and others, in the order of their runs."""
        both = Glyphs(
            [*self.texts, *other.texts],
            np.concatenate([self.left, other.left]),
            np.concatenate([self.right, other.right]),
            np.concatenate([self.baseline, other.baseline]),
            np.concatenate([self.size, other.size]),
            np.concatenate([self.runs, other.runs]),
            np.concatenate([self.hidden, other.hidden]),
        )
        return both.some(np.argsort(both.runs, kind="stable"))


@cache
def is_mark(character: str) -> bool:
    """Whether a character combines with the one before it."""
    return category(character) in ("Mn", "Me")


@cache
def direction(character: str) -> str:
    """The bidirectional class of a character: UAX #9, table 4."""
    return bidirectional(character) or "L"


def is_right_to_left(character: str) -> bool:
    """Whether a character is a letter of a right-to-left script."""
    return direction(character) in ("R", "AL")
