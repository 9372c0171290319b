"""Marks on the wrong side of a number: ``כ45,000- שקל`` for ``כ-45,000 שקל``.

A hyphen between a prefix and its number, and the mark after a number, have no direction of their
own. Word processors paint them with the number, from left to right (UAX #9, rule N1), and then the
hyphen is seen, and extracted, after the number and the mark before it. No one writes them so. The
number of a page between hyphens, ``- 38 -``, is three pieces, which an extractor gives from left to
right, each with its space: the spaces come out around the line.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import CONTROLS, Document, Span
from restore.tokens import HEBREW

MARKS_AT_NUMBERS = "marks-at-numbers"

_NUMBER = r"\d(?:[\d.,:/]*\d)?%?"
# A number may follow the hyphen of a range (כ25- 30), also in the next line; a Latin word may be
# what the hyphen belongs to.
HYPHEN = regex.compile(
    rf"(?<![{HEBREW}\p{{N}}\"'״׳”’\-־])[ושהכלבמ]{{1,3}}([.,;:]?)({_NUMBER})([-־])"
    rf"(?=[^\p{{L}}\p{{N}}\s\-]|\s+[^\s\p{{N}}\p{{Latin}}])"
)
# A stop before few digits may be that of a decimal fraction.
MARK = regex.compile(
    rf"(?<=[{HEBREW}][\"'״׳”’)\]]* )([,;:]|\.(?=\d{{4}}\b))({_NUMBER})"
    rf"(?=\s+[\"“(\[]?[{HEBREW}])"
)
PAGE = regex.compile(r"^( [-–])(\d{1,4})([-–] )$")
DIGIT = regex.compile(r"\d")  # in all of these
NO_LINE = regex.compile(rf"[{CONTROLS}]")
SURE = 0.97  # all 9 hyphens and 1 of 2 marks in 183,000 lines of modern prose; a guess


def find_marks_at_numbers(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines with a hyphen after a number, or a mark before it, that belong otherwise."""
    for place, line in document.placed():
        if not NO_LINE.search(line.text) and (pieces := put_right(line.text)):
            reason = "a mark stands on the wrong side of a number"
            yield Finding(MARKS_AT_NUMBERS, place, Arrange(pieces), reason, SURE)


def put_right(text: str) -> tuple[Span, ...]:
    """The stretches of a line with the marks at its numbers where they belong; empty if they are.

    >>> line = "עולה כ25- שקל, בשנת .2022 המסמך"
    >>> "".join(line[piece.start : piece.stop] for piece in put_right(line))
    'עולה כ-25 שקל, בשנת 2022. המסמך'
    """
    if not DIGIT.search(text):
        return ()
    kinds = (PAGE, HYPHEN, MARK)
    found = sorted(
        (one for kind in kinds for one in kind.finditer(text)), key=lambda one: one.start(1)
    )
    pieces: list[Span] = []
    at = 0
    for one in found:
        parts = [Span(*span) for span in one.regs[1:]]
        pieces += [Span(at, parts[0].start), *reversed(parts)]
        at = parts[-1].stop
    pieces.append(Span(at, len(text)))
    return tuple(piece for piece in pieces if piece.start < piece.stop) if found else ()
