"""What Poppler's ``pdftotext`` writes of a line, given how it is seen from left to right.

(``reorderText`` and ``TextPage::dump``, TextOutputDev.cc, Poppler 0.5 to 25.)
"""

from __future__ import annotations

import re
from unicodedata import bidirectional

RIGHT_TO_LEFT, LEFT_TO_RIGHT, END = "\u202b", "\u202a", "\u202c"


def is_right(character: str) -> bool:
    """Whether it is a right-to-left letter."""
    return bidirectional(character) in ("R", "AL")


def is_left(character: str) -> bool:
    """Whether it is a left-to-right letter, a digit, or a mark that can be part of a number."""
    return bidirectional(character) in ("L", "EN", "ES", "ET", "CS", "AN")


def embedded(seen: str) -> str:
    """A line of a page of right-to-left text.

    >>> embedded("ד ,בא").translate({0x202b: "{", 0x202a: "<", 0x202c: "}"})
    '{אב< ,}ד}'
    """
    written, at = RIGHT_TO_LEFT, len(seen)
    while at:
        start = at
        while at and not is_left(seen[at - 1]):
            at -= 1
        written += seen[at:start][::-1]
        start = at
        while at and not is_right(seen[at - 1]):
            at -= 1
        if at < start:
            written += LEFT_TO_RIGHT + seen[at:start] + END
    return written + END


def embedded_words(seen: str) -> str:
    """A line as ``-raw`` gives it, word for word.

    >>> embedded_words("ד ,בא").translate({0x202b: "{", 0x202c: "}"})
    '{ד} ,{אב}'
    """
    return "".join(map(_embedded_word, re.split(r"(\s+)", seen)))


def _embedded_word(seen: str) -> str:
    written, at = "", 0
    while at < len(seen):
        start = at
        while at < len(seen) and not is_right(seen[at]):
            at += 1
        written += seen[start:at]
        start = at
        while at < len(seen) and not is_left(seen[at]):
            at += 1
        if at > start:
            written += RIGHT_TO_LEFT + seen[start:at][::-1] + END
    return written
