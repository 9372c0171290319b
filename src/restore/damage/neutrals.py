"""Marks after a word that were put before it: ``7 :. ויתפלל אליו8`` for ``7. ויתפלל אליו: 8``.

pypdf turns each run of letters around as it meets them from left to right. What follows a run at
its left end, a colon and the space before the next number, it has given before it comes to the
letters, and so the marks after each run stand in reverse before those that begin it. Between a
number and a word such a row of marks is none that can be; the only way to cut it in two that gives
marks as they are printed puts it right.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import CONTROLS, Document, Piece, Span
from restore.tokens import HEBREW

MARKS_BEFORE_RUNS = "marks-before-runs"

NUMBER = regex.compile(r"\d(?:[\d.,:/]*\d)?%?")
# Marks between a number and the word after it: those that begin a run, and those that end one.
MARKS = regex.compile(rf"[^\p{{L}}\p{{N}}\p{{M}}]+(?=[{HEBREW}])")
# Brackets are left out: a bracket at the wrong place is a trace of runs in another order.
BEGINS = frozenset({"", " ", ". ", ", ", ": ", "; "})
BEFORE_NUMBER = frozenset({" ", ". ", ", ", ": ", "; ", "? ", "! "})
AT_THE_END = frozenset(".,:;?!")
NO_LINE = regex.compile(rf"[{CONTROLS}]")
SURE = 0.95  # that nothing else is wrong with the line: 14 of 15 lines of bench/text; a guess
FEW = 0.15  # lines without the habit that count before any with it is seen; a guess


def find_marks_before_runs(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines with marks before a run that belong after it."""
    found = [
        (place, pieces) for place, line in document.placed() if (pieces := put_after(line.text))
    ]
    sure = SURE * len(found) / (len(found) + FEW)
    for place, pieces in found:
        reason = "marks after a run of letters were put before it"
        yield Finding(MARKS_BEFORE_RUNS, place, Arrange(pieces), reason, sure)


def put_after(text: str) -> tuple[Piece, ...]:
    """The stretches of a line with the marks after each run where they belong; empty if they are.

    A line with marks that can be cut in no way, or in more than one, stays.
    """
    numbers = [found.span() for found in NUMBER.finditer(text)]
    if not numbers or NO_LINE.search(text):
        return ()
    pieces: list[Piece] = [Span(0, numbers[0][1])]
    moved = False
    for (_, start), (stop, after) in pairwise([*numbers, (len(text), len(text))]):
        marks = _belong_after(text, start, stop)
        if marks is None:
            return ()
        moved = moved or marks > start
        pieces += [Span(marks, stop)] * (marks < stop)
        pieces += [Span(start, marks, -1)] * (start < marks)
        pieces += [Span(stop, after)] * (stop < after)
    return tuple(pieces) if moved else ()


def _belong_after(text: str, start: int, stop: int) -> int | None:
    """Where the marks that belong after the run from ``start`` to ``stop`` end.

    ``start`` itself if none do; nothing if that cannot be told.
    """
    marks = MARKS.match(text, start, stop)
    if marks is None or marks.group() in BEGINS or len(marks.group()) < 2:
        return start
    ends = AT_THE_END if stop == len(text) else BEFORE_NUMBER
    ways = [
        at
        for at in range(start + 1, marks.end() + 1)
        if text[at : marks.end()] in BEGINS and text[start:at][::-1] in ends
    ]
    return ways[0] if len(ways) == 1 else None
