"""What Apache PDFBox (and so Apache Tika) prints of a line, given how the line was painted.

A producer paints a right-to-left line in portions, one for each font, size, script or number. The
portions are painted in reading order, the first at the right; inside a portion the pen goes from
left to right, word after word. PDFBox writes glyphs in the order in which they were painted:

- Where the pen moved far to the right, it writes a space of its own. A justified line has such a
  wide gap beside each of its space glyphs.
- Where the pen moved back to the left it writes nothing.
- What stands between two of its own spaces it takes for one word in visual order, and turns it
  around.

(``PDFTextStripper.writePage``, ``normalize`` and ``handleDirection``, PDFBox 2.0 and 3.0.)

Lines are written in logical order, with ``|`` where a portion ends and ``~`` where there is a wide
gap. The space glyph stands before its gap: it is painted right after the gap, just left of the
word that it follows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeVar

PORTION, WIDE = "|", "~"
MIRROR = str.maketrans("()[]{}", ")(][}{")

T = TypeVar("T")


def stretches(portions: Sequence[Sequence[T]]) -> list[list[T]]:
    """What PDFBox writes, one list for all between two of its own spaces.

    ``portions`` are in reading order, each cut into pieces at its wide gaps.

    >>> stretches([["1", "2"], ["3", "4"]])
    [['2'], ['4', '1'], ['3']]
    """
    painted: list[list[T]] = []
    for number, portion in enumerate(portions):
        for index, piece in enumerate(reversed(portion)):
            if index or not number:
                painted.append([])
            painted[-1].append(piece)
    return [stretch[::-1] for stretch in painted]


def logical(line: str) -> str:
    """The line as it should come out.

    >>> logical("WORD ~AND ~(|2|)")
    'WORD AND (2)'
    """
    return line.replace(PORTION, "").replace(WIDE, "")


def painted(line: str, mirrored: bool = False) -> str:
    """What PDFBox prints of a line; ``mirrored`` if the font maps brackets to their mirror image.

    >>> painted("ONE ~TWO ~THREE")
    'THREE TWO  ONE '
    >>> painted("(BOOK P. |144|)")
    ')144(BOOK P. '
    """
    portions = [portion.split(WIDE) for portion in line.split(PORTION)]
    text = " ".join("".join(stretch) for stretch in stretches(portions))
    return text.translate(MIRROR) if mirrored else text


def justified(line: str) -> str:
    """The line with a wide gap at each of its spaces, except where a portion ends.

    >>> justified("ONE TWO |THREE FOUR")
    'ONE ~TWO |THREE ~FOUR'
    """
    return line.replace(" ", f" {WIDE}").replace(f"{WIDE}{PORTION}", PORTION)


def cuts(portions: Sequence[Sequence[T]]) -> list[tuple[T, T, bool]]:
    """Neighbouring pieces of what is printed; True for those with a space of PDFBox between.

    >>> cuts([["1", "2"], ["3"]])
    [('2', '3', True), ('3', '1', False)]
    """
    found: list[tuple[T, T, bool]] = []
    written = stretches(portions)
    for number, stretch in enumerate(written):
        if number:
            found.append((written[number - 1][-1], stretch[0], True))
        found.extend((left, right, False) for left, right in pairwise(stretch))
    return found
