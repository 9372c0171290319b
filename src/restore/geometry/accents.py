"""Two accents of the Hebrew Bible that are drawn alike: qadma and pashta.

Fonts paint both with one glyph, or change one for the other, and a file then names them alike. A
pashta stands on the last letter of its word, and once more on the stressed one: W. Wickes, A
treatise on the accentuation of the prose books of the Old Testament (1887), chapter 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from restore.geometry.glyphs import direction
from restore.geometry.reading import Piece

PASHTA, QADMA = "\u0599", "\u05a8"


def with_qadmas(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces of a line as they are read, with a qadma where no pashta can stand."""
    found = list(pieces)
    if not any(PASHTA in piece.text for piece in pieces):
        return found
    for word in _words(pieces):
        if PASHTA not in pieces[word[-1]].text:
            for i in word:
                found[i] = pieces[i]._replace(text=pieces[i].text.replace(PASHTA, QADMA))
    return found


def _words(pieces: Sequence[Piece]) -> Iterator[list[int]]:
    """The letters of each Hebrew word, by their numbers."""
    word: list[int] = []
    for i, piece in enumerate(pieces):
        if piece.text and direction(piece.text[0]) == "R" and piece.text[0].isalpha():
            word.append(i)
        elif word:
            yield word
            word = []
    if word:
        yield word
