"""Marks on a line of their own: a full stop or a comma that was broken off from its line.

A layout model that boxes the words of a page (Docling) may box the last mark of a line apart and
give it as a line. A line of print never is a comma alone, so each such line speaks for the habit.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from restore.change import Finding, Mark
from restore.evidence import Evidence
from restore.model import FURNITURE, Document, Ends, Page, Place
from restore.tokens import HEBREW, POINTS

PARTED_MARKS = "parted-marks"

MARK = regex.compile(r"\s*[.,:;!?׃]\s*")
GOES_ON = regex.compile(rf"[{HEBREW}{POINTS}\d)\]\"״'׳”’]$")  # a line to which a mark can belong
FEW = 0.35  # such lines against the habit before any is seen; a guess
MOST_SURE = 0.97  # of where the mark belongs: it may be one of two, or of the middle of the line


def find_parted_marks(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose last mark stands on the next line."""
    found = [
        Place(number, index)
        for number, page in enumerate(document.pages)
        for index in range(len(page.lines) - 1)
        if _is_parted(page, index)
    ]
    sure = MOST_SURE * len(found) / (len(found) + FEW)
    for place in found:
        reason = "the last mark of the line stands on a line of its own"
        yield Finding(PARTED_MARKS, place, Mark(ends=Ends.BROKEN), reason, sure)


def _is_parted(page: Page, index: int) -> bool:
    line, mark = page.lines[index : index + 2]
    after = page.lines[index + 2].text if index + 2 < len(page.lines) else ""
    return bool(
        MARK.fullmatch(mark.text)
        and line.kind not in FURNITURE
        and line.ends is not Ends.BROKEN
        and GOES_ON.search(line.text)
        # Two marks in a row: one of them belongs somewhere else.
        and not MARK.fullmatch(after)
    )
