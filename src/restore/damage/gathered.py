"""Marks of another font, gathered away from their words: ``ה אמר "הקב`` for ``הקב"ה אמר``.

A font without marks leaves them to another one, and a program may paint those of a line after its
letters. An extractor then gives the letters without them, in pieces that were cut where the marks
stood, and the marks from the left of the line to the right: in reverse. So their order is known,
and where the pieces meet; gershayim and geresh can be at few places, other marks at many. Only a
document most of whose marks stand apart from words is read so (``gathers_marks``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest
from itertools import combinations, pairwise, permutations
from math import log
from typing import NamedTuple

import numpy as np
import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import CONTROLS, FURNITURE, Document, Inserted, Piece, Span
from restore.order.confidence import gathers_marks
from restore.tokens import HEBREW, POINTS, markup
from restore.wording import oddities, reads

GATHERED_MARKS = "gathered-marks"

MARK = regex.compile("[.,:;!?\"״'׳–—]")
GERSHAYIM, GERESH, DASHES, CLOSING = '"״', "'׳", "–—", ".,:;!?"
MARKS = regex.compile(f"{MARK.pattern}+")
WORD = regex.compile(rf"[{HEBREW}{POINTS}]+")
# A quotation mark between letters stands well; a geresh before a word, and a dash that begins a
# line without a space, do not.
INSIDE = regex.compile(rf"(?<=[{HEBREW}][{POINTS}]*)[\"״](?=[{HEBREW}])")
EARLY = regex.compile(rf"(?:^|\s)['׳](?=[{HEBREW}])|^\s*[–—]\S")
# What is not known to be gathered, or painted from left to right: brackets, numbers, Latin words.
OTHER = regex.compile(rf"[^\s{HEBREW}{POINTS}.,:;!?\"״'׳–—]|[{CONTROLS}]")
LONGEST_TEXT, MOST_MARKS, MOST_WORDS = 200, 5, 26
FEW_WORDS = 8  # of a line where any words may have been cut apart
MOST_CUTS = 6  # likely ones of a longer line
PLACEMENTS = 12  # of marks that are weighed for each order
NARROW = 0.85  # share of the usual width that a line which ends a paragraph does not have

# Nats; guesses. Of a cut where nothing shows it, where something does, and at a mark, and of none
# there; of a line whose words are all in reverse, if its gaps show it, and if not.
CUT, LIKELY_CUT, MARKED_CUT, NO_CUT = 4.0, 1.0, 0.1, 1.5
APART, NOT_APART = 0.3, 3.0
AT_A_LETTER, SELDOM_GERESH, LONG_GERESH, ODD_GERESH = 0.5, 1.0, 1.5, 7.0
QUOTATION, DASH_IN_GAP, ODD_DASH = 5.0, 0.5, 2.0
LONE_LETTER = 2.5  # a letter that stands alone and has no mark
LAST_STOP, NOT_LAST = 0.1, 2.0  # a full stop that ends a narrow line, or does not
ODD = 5.0  # a comma after a full stop, a geresh after gershayim
FEW_LETTERS, LONGEST_CUT_SHORT = 3, 5  # letters before a geresh, mostly and at most; a guess
SELDOM_SHARE = 2e-5  # of words, of one that may be cut short by a geresh
SURE = 0.96  # that nothing else is wrong with the line


class _Line(NamedTuple):
    """The words of a line and its marks in the order of reading, as places in ``text``.

    Marks that stand together are a group, whose order is not known.
    ``wide`` and ``marked`` say of the places between neighbouring words which have more than one
    space, and which have a mark; ``narrow`` that the line does not reach the margin.
    """

    text: str
    words: list[Span]
    marks: list[tuple[int, ...]]
    wide: list[bool]
    marked: list[bool]
    narrow: bool


class _Way(NamedTuple):
    """An order of the words, after which of them which marks stand, and nats against both."""

    against: float
    order: tuple[int, ...]
    slots: tuple[int, ...]
    marks: tuple[int, ...]


def find_gathered_marks(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose marks were gathered, and can be put back."""
    if not gathers_marks(document.lines_read()):
        return
    widths = [len(line.text) for _, line in document.placed() if line.text.strip()]
    usual = float(np.quantile(widths, 0.8)) if widths else 0.0
    for place, line in document.placed():
        if line.kind in FURNITURE:
            continue
        cut = _cut(line.text, len(line.text.strip()) < NARROW * usual)
        found = cut and _best(cut, evidence)
        if cut and found:
            way, share = found
            # Some printers put a space before their stops; that is no damage.
            if "".join(_text(cut, way).split()) != "".join(line.text.split()):
                action = Arrange(_pieces(cut, way))
                reason = "marks of another font were gathered away from their words"
                yield Finding(GATHERED_MARKS, place, action, reason, SURE * share)


def _cut(text: str, narrow: bool) -> _Line | None:
    """A line whose marks may be gathered; or nothing."""
    if len(text) > LONGEST_TEXT or markup(text) or OTHER.search(text) or not _is_odd_line(text):
        return None
    words = [Span(*found.span()) for found in WORD.finditer(text)]
    marks = [tuple(range(*found.span())) for found in MARKS.finditer(text)][::-1]
    if not 0 < sum(map(len, marks)) <= MOST_MARKS or not 1 < len(words) <= MOST_WORDS:
        return None
    between = [text[a.stop : b.start] for a, b in pairwise(words)]
    return _Line(
        text,
        words,
        marks,
        [gap.count(" ") > 1 for gap in between],
        [MARK.search(gap) is not None for gap in between],
        narrow,
    )


def _is_odd_line(text: str) -> bool:
    """Whether a mark of a line stands where none is printed."""
    quotes = sum(text.count(mark) for mark in GERSHAYIM) - len(INSIDE.findall(text))
    return oddities(text) > 0 or quotes % 2 > 0 or EARLY.search(text) is not None


def _best(line: _Line, evidence: Evidence) -> tuple[_Way, float] | None:
    """The likeliest way to read a line, and its share of all."""
    ways = [way for order, cost in _orders(line) for way in _placed(line, order, cost, evidence)]
    ways = nsmallest(8 * PLACEMENTS, ways)
    if not ways:
        return None
    texts = [_text(line, way) for way in ways]
    nats = reads(texts, evidence) - np.array([way.against for way in ways])
    shares = np.exp(nats - nats.max())
    best = int(nats.argmax())
    same = sum(
        share for text, share in zip(texts, shares.tolist(), strict=True) if text == texts[best]
    )
    return ways[best], same / float(shares.sum())


def _orders(line: _Line) -> Iterator[tuple[tuple[int, ...], float]]:
    """The orders that the words may have had, and nats against each.

    Where a line was painted word by word all words stand in reverse, and wide gaps show it.
    """
    count = len(line.words)
    apart = any(line.wide) or line.text[-1:].isspace()
    yield tuple(range(count))[::-1], APART if apart else NOT_APART
    alone = [word.stop - word.start == 1 for word in line.words]
    likely = [
        line.wide[gap] or line.marked[gap] or alone[gap + 1] or alone[gap]
        for gap in range(count - 1)
    ]
    places = [gap for gap in range(count - 1) if likely[gap] or count <= FEW_WORDS]
    places = places[: MOST_CUTS if count > FEW_WORDS else FEW_WORDS]
    for size in range(min(len(places), count - 2) + 1):
        for cuts in combinations(places, size):
            against = NOT_APART * apart
            against += sum(
                MARKED_CUT if line.marked[gap] else LIKELY_CUT if likely[gap] else CUT
                for gap in cuts
            )
            against += NO_CUT * sum(line.marked[gap] and gap not in cuts for gap in places)
            starts = [0, *(gap + 1 for gap in cuts), count]
            runs = [range(a, b) for a, b in pairwise(starts)]
            yield tuple(word for run in runs[::-1] for word in run), against


def _placed(line: _Line, order: tuple[int, ...], cost: float, evidence: Evidence) -> list[_Way]:
    """The best ways to put the marks of a line after its words, in that order of the words."""
    texts = [line.text[line.words[word].start : line.words[word].stop] for word in order]
    letters, count = sum(len(text) == 1 for text in texts), len(texts)
    costs = {
        at: [_against(line, order, texts, slot, line.text[at], evidence) for slot in range(count)]
        for group in line.marks
        for at in group
    }
    ways = [_Way(cost + LONE_LETTER * letters, order, (), ())]
    for group in line.marks:
        longer = [
            way._replace(marks=(*way.marks, *marks))
            for marks in permutations(group)
            for way in ways
        ]
        for number in range(len(group)):
            later = len(group) - number
            longer = nsmallest(
                PLACEMENTS * later,
                (
                    way._replace(
                        against=way.against
                        + costs[way.marks[-later]][slot]
                        + ODD * _is_odd(line, way, slot, later),
                        slots=(*way.slots, slot),
                    )
                    for way in longer
                    for slot in range(way.slots[-1] if way.slots else 0, count)
                ),
            )
        ways = longer
    return ways


def _is_odd(line: _Line, way: _Way, slot: int, later: int) -> bool:
    """Whether a mark comes after one that it cannot follow, or a geresh after an abbreviation."""
    if not way.slots:
        return False
    mark, last = line.text[way.marks[-later]], line.text[way.marks[-later - 1]]
    if way.slots[-1] == slot:
        return mark not in DASHES and (last in CLOSING or mark in GERSHAYIM + GERESH)
    joined = last in GERSHAYIM and way.slots[-1] == slot - 1
    return joined and mark in GERESH and _is_letter(line, way, slot)


def _against(
    line: _Line,
    order: tuple[int, ...],
    texts: Sequence[str],
    slot: int,
    mark: str,
    evidence: Evidence,
) -> float:
    """Nats against a mark after the word at ``slot``."""
    word, last = texts[slot], slot == len(texts) - 1
    anywhere = log(len(texts))
    if mark in GERSHAYIM:
        if last or len(texts[slot + 1]) != 1:
            return QUOTATION
        # Both letters of an abbreviation of two have what makes them one.
        return AT_A_LETTER - LONE_LETTER * (1 + (len(word) == 1))
    if mark in GERESH:
        if len(word) == 1:
            return AT_A_LETTER - LONE_LETTER
        # What is a word as it stands was not cut short, nor one that ends as a word does.
        if len(word) > LONGEST_CUT_SHORT or word[-1] in evidence.language.finals:
            return ODD_GERESH
        odds = SELDOM_GERESH + log(evidence.frequency(word) / SELDOM_SHARE)
        return min(max(odds, AT_A_LETTER), ODD_GERESH) + LONG_GERESH * (len(word) > FEW_LETTERS)
    if mark in DASHES:
        beside = not last and order[slot + 1] == order[slot] + 1 and line.wide[order[slot]]
        return DASH_IN_GAP if beside else anywhere + ODD_DASH
    if line.narrow and mark in ".:":
        return LAST_STOP if last else anywhere + NOT_LAST
    return anywhere


def _parts(line: _Line, way: _Way) -> Iterator[Span | None]:
    """The words and marks of a line as they are read; None is a space."""
    marks = list(zip(way.slots, way.marks, strict=True))
    for slot, word in enumerate(way.order):
        yield line.words[word]
        tight = False
        for after, at in marks:
            if after == slot:
                if line.text[at] in DASHES:
                    yield None
                yield Span(at, at + 1)
                tight = line.text[at] in GERSHAYIM
        if slot < len(way.order) - 1 and not (tight and _is_letter(line, way, slot + 1)):
            yield None


def _is_letter(line: _Line, way: _Way, slot: int) -> bool:
    word = line.words[way.order[slot]]
    return word.stop - word.start == 1


def _text(line: _Line, way: _Way) -> str:
    return "".join(
        " " if part is None else line.text[part.start : part.stop] for part in _parts(line, way)
    )


def _pieces(line: _Line, way: _Way) -> tuple[Piece, ...]:
    """The line as it is read: stretches of it, with spaces put between."""
    return tuple(Inserted(" ") if part is None else part for part in _parts(line, way))
