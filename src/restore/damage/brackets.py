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
from restore.order.confidence import gathers_marks
from restore.tokens import MARK_OF_NOTE, MIRROR, has_letters

MIRRORED_BRACKETS = "mirrored-brackets"

BRACKETS = regex.compile(r"[()\[\]{}]")
# Where a bracket opens, and where it closes, whichever it is.
OPENS = regex.compile(r"(?:(?<=\s)|^)(?:\"|״)?[()\[\]{}](?=[\p{L}\p{N}\"'״׳])")
CLOSES = regex.compile(r"(?<=[\p{L}\p{M}\p{N}.,:;!?\"'״׳])[()\[\]{}](?=[\s.,:;!?\"״]|$)")
PLACED = 0.97  # sure of brackets where their marks were put back; a guess
PAIRS = {")": "(", "]": "[", "}": "{"}
CLOSING = {opening: closing for closing, opening in PAIRS.items()}


def find_mirrored_brackets(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the brackets of a document whose brackets are mirrored."""
    moved = any(
        len(line.origins) > 1 and BRACKETS.search(line.text) for _, line in document.placed()
    )
    gathers = moved and gathers_marks(document.lines_read())
    if gathers:
        yield from _gathered(document)
    shares = evidence.mirrored_shares(document)
    if max(shares) <= 0.5:
        return
    reason = "the brackets of the document are mirrored"
    for place, line in document.placed():
        if gathers and len(line.origins) > 1:
            continue
        places = [found.start() for found in BRACKETS.finditer(line.text)]
        if not places or shares[line.backwards] <= 0.5 or not has_letters(line.text):
            continue
        share = shares[line.backwards]
        start, stop = places[0], places[-1] + 1
        turned = mirrored(line.text[start:stop])
        if unmatched(line.text) < unmatched(turned):
            continue
        yield Finding(MIRRORED_BRACKETS, place, Edit(start, stop, turned), reason, share)


def _gathered(document: Document) -> Iterator[Finding]:
    """The brackets of lines whose marks were gathered and put back, where they stand by now.

    PDFBox mirrors those that it writes with letters and leaves those that stand alone.
    """
    reason = "the bracket opens what it should close, or the other way round"
    for place, line in document.placed():
        if len(line.origins) < 2 or not BRACKETS.search(line.text):
            continue
        turned = list(line.text)
        for found in OPENS.finditer(line.text):
            turned[found.end() - 1] = PAIRS.get(turned[found.end() - 1], turned[found.end() - 1])
        for found in CLOSES.finditer(line.text):
            turned[found.start()] = CLOSING.get(turned[found.start()], turned[found.start()])
        if "".join(turned) != line.text:
            at = [place for place, character in enumerate(turned) if character != line.text[place]]
            edit = Edit(at[0], at[-1] + 1, "".join(turned[at[0] : at[-1] + 1]))
            yield Finding(MIRRORED_BRACKETS, place, edit, reason, PLACED)


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
