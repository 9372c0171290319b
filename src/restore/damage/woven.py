"""Woven columns: the lines of both columns of a page in turn, as sorting by height gives them.

All lines are right in themselves, but the sentence goes on in the next but one. A stretch of them
is one finding: its lines are put apart, those of the column that is read first before those of the
other (``order/weaving.py``).
"""

from __future__ import annotations

from collections.abc import Iterator

from restore.change import Finding, Reorder
from restore.evidence import Evidence
from restore.model import FURNITURE, Document, Ends, Page, Place
from restore.order.chain import CONTROL
from restore.order.weaving import Woven, woven
from restore.tokens import has_letters

WOVEN_COLUMNS = "woven-columns"

LONGEST = 150  # characters; no line of one of two columns has as many; a guess


def find_woven_columns(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the stretches of lines that are those of two columns in turn."""
    for number, page in enumerate(document.pages):
        for lines in _stretches(page):
            texts = [CONTROL.sub("", page.lines[at].text) for at in lines]
            for found in woven(texts, evidence):
                place = Place(number, lines[found.first])
                action = Reorder(_order(lines, found))
                reason = f"{len(found.order)} lines are those of two columns in turn"
                yield Finding(WOVEN_COLUMNS, place, action, reason, found.sure)


def _stretches(page: Page) -> Iterator[list[int]]:
    """The numbers of lines of text that follow each other, blank ones and furniture aside."""
    found: list[int] = []
    for at, line in enumerate(page.lines):
        if line.kind in FURNITURE or not line.text.strip():
            continue
        if has_letters(line.text) and len(line.text) <= LONGEST and line.ends is not Ends.BROKEN:
            found.append(at)
        else:
            yield found
            found = []
    yield found


def _order(lines: list[int], found: Woven) -> tuple[int, ...]:
    """The order of all lines from the first of a stretch to its last; those between stay."""
    own = lines[found.first : found.first + len(found.order)]
    order = list(range(own[-1] - own[0] + 1))
    for at, other in zip(own, found.order, strict=True):
        order[at - own[0]] = own[other] - own[0]
    return tuple(order)
