"""Ranges of numbers that OCR has turned around: ``119-112`` for ``112-119``.

Word processors paint a range with a dash from right to left in Hebrew, the lower number at the
right (UAX #9, rules N1 and L2), and OCR reads each word from left to right. With a hyphen it is
painted from left to right. Which of the two was printed is not seen in what was read; but a range
rises, and where most of a document fall, they were turned.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import FURNITURE, Document, Line, Place, Span
from restore.tokens import HEBREW

TURNED_RANGES = "turned-ranges"

# Of numbers with as many digits: 203-7 is 203 to 207. Not inside of a date, a phone number or code.
RANGE = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}.,:/\-–])(?:[{HEBREW}]{{1,3}}[-־])?(\d{{2,4}})([-–])(\d{{2,4}})"
    r"(?![\p{L}\p{N}/\-–:]|[.,]\d)"
)
OF_RANGES = regex.compile(
    r"(?:עמ['׳]?|עמודים|דף|דפים|סעיפים|פסוקים|שנים|גיל(?:אי|ים)?|בני|בין)\s*\(?$"
)
YEAR = range(1000, 2100)
# Of 41 that fall in 15 million characters of modern Hebrew 39 are ranges, written as they are seen.
SURE = 0.95
ALONE = (
    0.6  # of one without a word before it that says so, in a document where others rise; a guess
)
FEWEST = 2  # others that fall, by which a document tells; a guess


def find_turned_ranges(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the ranges of pages read by OCR that fall, and would rise if they were turned."""
    falling: dict[Place, list[regex.Match[str]]] = {}
    fall = rise = 0
    for place, line in document.placed():
        if line.kind in FURNITURE or not document.read_by_ocr(place.page):
            continue
        for match in RANGE.finditer(line.text):
            first, second = match.group(1), match.group(3)
            if len(first) != len(second) or first == second:
                continue
            if first > second:
                falling.setdefault(place, []).append(match)
            fall, rise = fall + (first > second), rise + (first < second)
    habit = fall > FEWEST and fall > rise
    for place, matches in falling.items():
        line = document.at(place)
        told = [match for match in matches if habit or _is_range(line, match)]
        fallen = ", ".join(f"{match.group(1)}-{match.group(3)}" for match in told or matches)
        turned = Arrange(tuple(_turned(line, told or matches)))
        reason = f"a range rises, and {fallen} falls"
        yield Finding(TURNED_RANGES, place, turned, reason, SURE if told else ALONE)


def _is_range(line: Line, match: regex.Match[str]) -> bool:
    """Whether two numbers are years, or a word before them says that they are a range."""
    years = all(int(number) in YEAR for number in match.group(1, 3))
    return years or bool(OF_RANGES.search(line.text[: match.start()].rstrip()))


def _turned(line: Line, matches: list[regex.Match[str]]) -> Iterator[Span]:
    at = 0
    for match in matches:
        first, dash, second = (Span(*match.span(group)) for group in (1, 2, 3))
        if at < first.start:
            yield Span(at, first.start)
        yield from (second, dash, first)
        at = second.stop
    if at < len(line.text):
        yield Span(at, len(line.text))
