"""Niqqud that stands before its letter instead of after it: ``ָיה`` for ``יָה``.

A vowel point is painted under its letter, and an extractor that turns a line around letter by
letter puts the points of every letter before it; some do so only with points that are painted in
or above a letter, or with those of the first letter of a word; some part the points of the last
letter from it by a space. The program that made the document did the same to all its points, so
the document decides, by the places where Hebrew grammar has points (``points.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import Document
from restore.points import (
    PAINTED_INSIDE,
    Move,
    after_last_letter,
    after_letters,
    first_after_letter,
    misplaced,
    moved,
)
from restore.tokens import POINT

DISPLACED_NIQQUD = "displaced-niqqud"

# Where an extractor may have put the points, and what puts them back.
MOVES: tuple[tuple[str, Move], ...] = (
    ("the points of the document stand before their letters", after_letters),
    (
        "points in and above letters stand before their letters",
        lambda text: after_letters(text, PAINTED_INSIDE),
    ),
    ("the points of first letters stand before them", first_after_letter),
    ("the points of last letters are parted from them", after_last_letter),
)
HAS_POINT = regex.compile(POINT)
PRIOR = 3.0  # nats: in most documents the points stand where they belong; a guess
MOST_LINES = 400  # that are looked at to tell how the points were moved, spread over the document
MOST_LEFT = 0.5  # of what speaks against the places, once the points are moved; a guess
MOST_SURE = 0.97  # the points of a line may be damaged in another way too; a guess


def find_displaced_niqqud(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose points do not stand after their letters."""
    lines = [(place, line) for place, line in document.placed() if HAS_POINT.search(line.text)]
    read = [line.text for _, line in lines[:: len(lines) // MOST_LINES + 1]]
    stands = sum(map(misplaced, read))
    if not stands:
        return
    nats, number = min((_left(read, move), number) for number, (_, move) in enumerate(MOVES))
    document_sure = 1 / (1 + exp(min(nats - stands + PRIOR, 50.0)))
    if document_sure <= 0.5 or nats > MOST_LEFT * stands:
        return
    reason, move = MOVES[number]
    words = _words_that_say(read, move)
    # Where all points move, it does not matter where words end, and they may be cut in pieces.
    whole = number == 0
    for place, line in lines:
        pieces = move(line.text)
        before = misplaced(_unspaced(line.text) if whole else line.text)
        text = moved(line.text, pieces)
        after = misplaced(_unspaced(text) if whole else text)
        if pieces and after <= before:
            # Where nothing in the line says so, the other words of the document do.
            sure = MOST_SURE * document_sure * exp(-after) * (1 if after < before else words)
            yield Finding(DISPLACED_NIQQUD, place, Arrange(tuple(pieces)), reason, sure)


def _unspaced(text: str) -> str:
    return "".join(text.split())


def _left(texts: list[str], move: Move) -> float:
    """What speaks against the places of the points of lines once they were moved, in nats."""
    return sum(misplaced(moved(text, move(text))) for text in texts)


def _words_that_say(texts: list[str], move: Move) -> float:
    """The share of words that read better, of those that do not read as well, once they moved."""
    better = worse = 0
    for text in texts:
        for word in text.split():
            change = misplaced(moved(word, move(word))) - misplaced(word)
            better, worse = better + (change < 0), worse + (change > 0)
    return (better + 0.1) / (better + worse + 0.4)  # a guess before any word is read
