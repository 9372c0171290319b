"""Niqqud that stands before its letter instead of after it: ``ָיה`` for ``יָה``.

A vowel point is painted under its letter, and an extractor that turns a line around letter by
letter puts the points of every letter before it. In Unicode a combining mark follows its base
(The Unicode Standard, section 3.6, D52), so a point with no letter before it shows the damage;
the program that made the document did the same to all its points, and the document decides.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from restore.change import Arrange, Finding
from restore.confidence import CANTILLATION
from restore.evidence import Evidence
from restore.model import Document, Piece, Place, Span
from restore.tokens import EARLY_POINTS, HEBREW, LAST_POINTS, POINT

DISPLACED_NIQQUD = "displaced-niqqud"

BEFORE = regex.compile(rf"({POINT}+)([{HEBREW}])")


def find_displaced_niqqud(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose points stand before their letters."""
    orphans = sounds = 0
    for page in document.pages:
        for line in page.lines:
            orphans += len(EARLY_POINTS.findall(line.text))
            sounds += len(LAST_POINTS.findall(line.text))
    sure = (orphans + 0.1) / (orphans + sounds + 0.4)
    if sure <= 0.5 or any(CANTILLATION.search(page.text) for page in document.pages):
        # Extractors cut words in pieces at cantillation marks; moving points mends nothing there.
        return
    for number, page in enumerate(document.pages):
        for index, line in enumerate(page.lines):
            pieces = points_after(line.text)
            if pieces:
                reason = "the points of the document stand before their letters"
                yield Finding(DISPLACED_NIQQUD, Place(number, index), Arrange(pieces), reason, sure)


def points_after(text: str) -> tuple[Piece, ...]:
    """The stretches of a text in the order in which every point follows the next letter.

    Empty if there is nothing to move.
    """
    pieces: list[Piece] = []
    at = 0
    for found in BEFORE.finditer(text):
        if found.start() > at:
            pieces.append(Span(at, found.start()))
        pieces += [Span(*found.span(2)), Span(*found.span(1))]
        at = found.end()
    if pieces and at < len(text):
        pieces.append(Span(at, len(text)))
    return tuple(pieces)
