"""The numbers of the notes of a document, and where they are its marks: ``נכנס1 לביתו``.

A number that sticks to a word is a sign of damage, but for the mark of a note. Which numbers may be
such marks, the notes themselves tell, which begin with them; whether they hang on words, the
document tells.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

import regex

from restore.tokens import HEBREW

NOTE = regex.compile(r"\s*(\d{1,3})\.\s")
# A note whose number was painted apart: ". שמות ב1" for "1. שמות ב".
CUT_NOTE = regex.compile(r"\W*\.\s.*?(?<!\d)(\d{1,3})\s*$")
# What may be a mark, and such a number elsewhere.
HANGING = regex.compile(rf"(?<=[{HEBREW}]{{2}}[\"״'׳]?[.,:;!?]?[\"״]?)\d{{1,3}}(?=[\s.,:;!?)]|$)")
APART = regex.compile(r"(?<=\S\s)\d{1,3}(?=[\s.,:;!?)]|$)")


def numbers_of_notes(lines: Iterable[str]) -> frozenset[str]:
    """The numbers of the notes among the lines of a document, as they stand or cut.

    >>> sorted(numbers_of_notes(["1. שמות ב", ". במדבר ג2", "בשנת 3"]))
    ['1', '2']
    """
    found = (NOTE.match(text) or CUT_NOTE.match(text) for text in lines)
    return frozenset(note[1] for note in found if note)


def marks_of_notes(text: str, notes: Container[str]) -> tuple[int, int]:
    """How many numbers of ``notes`` hang on a word of a text, and how many stand apart.

    >>> marks_of_notes("נכנס1 לביתו ב-2 בערב, 3 שעות", {"1", "3"})
    (1, 1)
    """
    hang, apart = (
        sum(number in notes for number in kind.findall(text)) for kind in (HANGING, APART)
    )
    return hang, apart


def without_marks(text: str, notes: Container[str]) -> str:
    """A text without the marks of ``notes``.

    >>> without_marks("נכנס1 לביתו4", {"1"})
    'נכנס לביתו4'
    """
    return HANGING.sub(lambda mark: "" if mark.group() in notes else mark.group(), text)
