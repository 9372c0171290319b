"""Hebrew written in capitals, so that a test reads the same in every editor.

A to V are the twenty-two letters in the order of the alphabet; W to Z are four of the final forms.
"""

from __future__ import annotations

CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERS = "אבגדהוזחטיכלמנסעפצקרשתךםןף"

_TO_HEBREW = str.maketrans(CAPITALS, LETTERS)
_TO_CAPITALS = str.maketrans(LETTERS, CAPITALS)


def hebrew(text: str) -> str:
    """The text with every capital a Hebrew letter; all else stays.

    >>> hebrew("AB (2)")
    'אב (2)'
    """
    return text.translate(_TO_HEBREW)


def capitals(text: str) -> str:
    """The text with every Hebrew letter a capital.

    >>> capitals(hebrew("WLVO (2)"))
    'WLVO (2)'
    """
    return text.translate(_TO_CAPITALS)
