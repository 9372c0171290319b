"""Runs in reverse order, cut at each number: ``2023של הדו"ח לשנת`` for ``של הדו"ח לשנת 2023``.

LibreOffice paints a number or a Latin word inside a right-to-left line on its own, and what follows
after it, to its left; PDFBox turns all of it around together. So the runs between the numbers come
out in reverse order, each in its own right order, and numbers stick to the first word of the line
(``restore.order.ltr_portions``). A program does so to all lines with numbers or to none, so the
document decides.
"""

from __future__ import annotations

from collections.abc import Container, Iterator

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import CONTROLS, FURNITURE, Document, Kind, Place
from restore.order.chain import CONTINUES, CONTINUES_NOT, CONTINUES_OVER_BLANK
from restore.order.notes import numbers_of_notes
from restore.order.portioned import Portioned, decide
from restore.order.rotations import Way, odd, one_sided
from restore.pieces import stretches
from restore.tokens import HEBREW, has_letters, markup
from restore.wording import ODD

RUNS_AT_NUMBERS = "runs-at-numbers"

NUMBER = regex.compile(r"[\p{N}\p{Latin}]")
# A number that sticks to a word, as no writer has it: a prefix has three letters at most, and a
# letter that is a number one.
GLUED = regex.compile(
    rf"[\p{{N}}\p{{Latin}}][%)\]]?[{HEBREW}][{HEBREW}\"'״׳]|[{HEBREW}]{{4}}[\p{{N}}\p{{Latin}}]"
)
LATIN = regex.compile(r"\p{Latin}")
LEAST_GLUED = 0.25  # of the lines with numbers; in such documents most have one
# Columns side by side; accents and points, other scripts, controls, which are painted otherwise.
OTHER = regex.compile(
    rf"\S\s{{4,}}\S|[\p{{M}}{CONTROLS}]|[\p{{L}}--[{HEBREW}\p{{Latin}}]]", regex.VERSION1
)
LONGEST_TEXT = 200  # characters

LEAST_SHARE = 0.7  # of lines with numbers that are so cut
# That nothing else is wrong with a line; with one that has Latin words or small print, or marks
# where none stand; with one of which only some brackets were mirrored. Of 1,109
# lines with 0.9 and more, of pages set by LibreOffice and read by Tika, 0.98 came out right.
SURE, SURE_OF_LATIN, SURE_OF_SMALL_PRINT, SURE_THOUGH_ODD = 0.985, 0.94, 0.93, 0.85
SURE_THOUGH_MIXED = 0.5


def find_runs_at_numbers(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose runs, cut at numbers, stand in reverse order."""
    numbers = [
        line.text for _, line in document.placed() if not line.backwards and _may_be_cut(line.text)
    ]
    glued = sum(
        GLUED.search(text) is not None or one_sided(text) in evidence.mended_at_numbers
        for text in numbers
    )
    if not evidence.speaks or glued < max(1, LEAST_GLUED * len(numbers)):
        return
    places, lines = _lines(document, evidence.mended_at_numbers)
    mirrored = evidence.mirrored_share(document) > 0.5
    notes = numbers_of_notes(line.text for line in lines)
    share = decide(lines, mirrored, notes, evidence)
    if share < LEAST_SHARE:
        return
    reason = "numbers cut the line into runs that stand in reverse order"
    for place, line in zip(places, lines, strict=True):
        if not (line.number and line.ways):
            continue
        best = int(line.posteriors[1:].argmax())
        way = line.ways[best]
        evidence.cut_at_numbers[line.text] = line.chances()
        text = "".join(line.text[at] for at in way.places)
        if text != line.text:
            evidence.mended_at_numbers.add(one_sided(text))
            action = Arrange(tuple(stretches(way.places)))
            sure = float(line.posteriors[1 + best]) * _sure(way, notes)
            yield Finding(RUNS_AT_NUMBERS, place, action, reason, sure)


def _sure(way: Way, notes: frozenset[str]) -> float:
    """How likely nothing else is wrong with a line that is read so.

    The marks of the ``notes`` of the document are not odd where they hang on a word.
    """
    sure = SURE_OF_LATIN if LATIN.search(way.text) else SURE
    if way.brackets:
        sure *= SURE_OF_SMALL_PRINT
    if odd(way.text, notes) > ODD:
        sure *= SURE_THOUGH_ODD
    return SURE_THOUGH_MIXED if way.mixed else sure


def _lines(document: Document, mended: Container[str]) -> tuple[list[Place], list[Portioned]]:
    """The lines of a document that have letters, page furniture last, and their places.

    ``mended`` are the texts of lines that were found to be cut, as they were written.
    """
    text: list[tuple[Place, Portioned]] = []
    furniture: list[tuple[Place, Portioned]] = []
    for place, line in document.placed():
        if line.kind is Kind.BLANK and text:
            text[-1][1].continues = CONTINUES_OVER_BLANK
        if has_letters(line.text):
            number = not line.backwards and _may_be_cut(line.text)
            found = (furniture, CONTINUES_NOT) if line.kind in FURNITURE else (text, CONTINUES)
            known = number and one_sided(line.text) in mended
            found[0].append((place, Portioned(line.text, number, found[1], known)))
    both = text + furniture
    return [place for place, _ in both], [line for _, line in both]


def _may_be_cut(text: str) -> bool:
    return (
        len(text) <= LONGEST_TEXT
        and NUMBER.search(text) is not None
        and has_letters(text)
        and not markup(text)
        and OTHER.search(text) is None
    )
