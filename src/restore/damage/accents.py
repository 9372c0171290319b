"""Accents of the Hebrew Bible on the letter after their own, and pashtas that are qadmas.

An accent is painted beside the vowel of its letter, and an extractor that takes it to the letter
nearest on the page takes it to the next: ``פְּנֵי֣`` for ``פְּנֵ֣י``. Most such places cannot be: an
accent stands on a letter with a vowel, and on which of two that have one, many endings tell
(``cantillation.py``). Qadma and pashta are drawn alike, and some fonts have one glyph for both; a
pashta in a word that does not end with one is a qadma, and a qadma in a word that does, a pashta.
Each is done only in documents that show it often: a sound text has its accents where they belong.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import regex

from restore.cantillation import has_late_accent, may_be_late, settled, well_named
from restore.change import Arrange, Edit, Finding
from restore.evidence import Evidence
from restore.model import CONTROLS, Document, Place, Span
from restore.pieces import stretches
from restore.points import ACCENT, WORD, accented, begins_bare, moved, vocalised
from restore.tokens import HEBREW

UNPOINTED = regex.compile(rf"[{HEBREW}]{{3,}}")
CONTROL = regex.compile(rf"[{CONTROLS}]")
DISPLACED_ACCENTS, MISTAKEN_ACCENTS = "displaced-accents", "mistaken-accents"

# Words with an accent that cannot stand there, and their share of all with accents; of all words
# of the Tanakh 79 of 307,000 have such. A guess.
FEWEST, SHARE = 4, 0.03
# That the marks of a line are then all right; less for each accent that could also be that of the
# letter before, up to so many. Fitted to 420 lines of ten chapters of the Tanakh, set by
# LibreOffice and read by Tika, of which 400 came out right.
SURE, SURE_OF_EACH, MOST_UNSURE = 0.98, 0.985, 5
# Pashtas inside words that do not end with one, and qadmas inside words that do: of 6700 qadmas and
# 20,600 pashtas in the Tanakh two. Guesses.
FEWEST_MISTAKEN, SURE_OF_NAME = 3, 0.97


def find_displaced_accents(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document that have accents a letter after their own."""
    lines = _accented_lines(document)
    words = late = 0
    for _, text in lines:
        found = [word.group() for word in WORD.finditer(text) if ACCENT.search(word.group())]
        words += len(found)
        late += sum(map(has_late_accent, found))
    if late < max(FEWEST, SHARE * words):
        return
    reason = "accents of the document stand on the letter after their own"
    for place, text in lines:
        # Of a word that was cut the accent may have come out right.
        pieces = _settled(text)
        if len(pieces) > 1 and not _has_cut_words(moved(text, pieces)):
            either = sum(may_be_late(word.group()) for word in WORD.finditer(text))
            sure = SURE * SURE_OF_EACH ** min(either, MOST_UNSURE)
            yield Finding(DISPLACED_ACCENTS, place, Arrange(pieces), reason, sure)


def find_mistaken_accents(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose qadmas came out as pashtas."""
    lines = _accented_lines(document)
    texts = [text for _, text in lines]
    became = {
        place: well_named(text, after.split()[0] if after else "")
        for (place, text), after in zip_longest(lines, texts[1:])
    }
    count = sum(a != b for place, text in lines for a, b in zip(text, became[place], strict=True))
    if count < FEWEST_MISTAKEN:
        return
    reason = "a pashta ends its word, and may be inside it too; one that does not is a qadma"
    for place, text in lines:
        new = became[place]
        if new != text and not _has_cut_words(text):
            other = [at for at, mark in enumerate(new) if mark != text[at]]
            start, stop = other[0], other[-1] + 1
            action = Edit(start, stop, new[start:stop])
            yield Finding(MISTAKEN_ACCENTS, place, action, reason, SURE_OF_NAME)


def _accented_lines(document: Document) -> list[tuple[Place, str]]:
    return [
        (place, line.text)
        for place, line in document.placed()
        if ACCENT.search(line.text)
        and not CONTROL.search(line.text)
        and accented(line.text)
        and vocalised(line.text)
    ]


def _has_cut_words(text: str) -> bool:
    """Whether words of a line were cut; whole ones without points are read otherwise."""
    return any(
        begins_bare(word.group())
        for word in WORD.finditer(text)
        if not UNPOINTED.fullmatch(word.group())
    )


def _settled(text: str) -> tuple[Span, ...]:
    """Stretches of a text in the order in which its marks belong."""
    order: list[int] = []
    for word in WORD.finditer(text):
        order += range(len(order), word.start())
        order += (word.start() + place for place in settled(word.group()))
    order += range(len(order), len(text))
    return tuple(stretches(order))
