"""Brackets that stand the wrong way round: ``)שם(`` for ``(שם)``.

A bracket is drawn mirrored in right-to-left text. An extractor that takes the drawn shape for the
character, or mirrors what was a character already, gets all brackets of the document wrong; so
the document decides, by the letters that its brackets touch.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from restore.change import Edit, Finding
from restore.evidence import Evidence
from restore.model import Document
from restore.tokens import MARK_OF_NOTE, MIRROR, has_letters

MIRRORED_BRACKETS = "mirrored-brackets"

BRACKETS = regex.compile(r"[()\[\]{}]")
PAIRS = {")": "(", "]": "[", "}": "{"}


def find_mirrored_brackets(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the brackets of a document whose brackets are mirrored."""
    shares = evidence.mirrored_shares(document)
    if max(shares) <= 0.5:
        return
    reason = "the brackets of the document are mirrored"
    for place, line in document.placed():
        places = [found.start() for found in BRACKETS.finditer(line.text)]
        if not places or shares[line.backwards] <= 0.5 or not has_letters(line.text):
            continue
        share = shares[line.backwards]
        start, stop = places[0], places[-1] + 1
        turned = mirrored(line.text[start:stop])
        if unmatched(line.text) < unmatched(turned):
            continue
        yield Finding(MIRRORED_BRACKETS, place, Edit(start, stop, turned), reason, share)


def mirrored(text: str) -> str:
    """A text with its brackets mirrored, but for those of marks of notes that stand as they should.

    >>> mirrored(")שם( כתוב(1)")
    '(שם) כתוב(1)'
    """
    return MARK_OF_NOTE.sub(lambda note: note.group().translate(MIRROR), text).translate(MIRROR)


def unmatched(text: str) -> int:
    """How many brackets of a text close none that is open, or stay open before another closes.

    One pair may be cut in two by the line: a bracket closed at the start and one opened at the
    end are counted once each.
    """
    count = 0
    depth: list[str] = []
    for bracket in BRACKETS.findall(text):
        if bracket not in PAIRS:
            depth.append(bracket)
        elif depth and depth[-1] == PAIRS[bracket]:
            depth.pop()
        else:
            count += 1
    return count + len(depth)
