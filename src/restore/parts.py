"""Long texts, mended part by part, so that a book of any length takes little memory.

A text is cut between pages where it can be, else at a blank line. Each part is read with some lines
before and after it, of which nothing is kept but what they say of its own lines.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import NamedTuple

import regex

from restore.change import Change, Finding, Mark
from restore.model import (
    Document,
    Ends,
    Inserted,
    Kind,
    Line,
    Packed,
    PackedLines,
    Page,
    Place,
    Span,
)

PART = 200_000  # characters: enough lines to learn the habits of a program from
LEEWAY = 0.1  # of a part, in which the best place to cut is looked for
MARGIN = 40  # lines before and after a part that are read with it, at most
MARGIN_SIZE = 6000  # and characters
MOST_SAID = 1 << 16  # different things said of changes that two bytes can tell apart
NAME = regex.compile(r"(.+)@(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a long text as a document, with those beside them.

    ``own`` are the numbers of the lines of the part, counted through the whole text, and
    ``before`` how many stand before them in ``document``. ``firsts`` are the numbers of the first
    lines of all pages; ``page`` is that in which the document begins, at character ``start``.
    """

    whole: Document
    document: Document
    own: range
    before: int
    firsts: Sequence[int]
    page: int
    start: int

    def number(self, place: Place) -> int:
        """The number of a line of the document."""
        begin = max(self.firsts[self.page + place.page], self.own.start - self.before)
        return begin + place.line

    def place(self, place: Place) -> Place:
        """The place in the whole of a line of the document."""
        page = self.page + place.page
        return Place(page, self.number(place) - self.firsts[page])

    @property
    def begins(self) -> float:
        """What share of the lines of the whole stand before the part."""
        return self.own.start / self.firsts[-1]

    @property
    def share(self) -> float:
        """What share of the lines of the whole are the part's own."""
        return len(self.own) / self.firsts[-1]

    def owns(self, finding: Finding) -> bool:
        """Whether a finding is about the part's own lines."""
        return self.number(finding.place) in self.own

    def crosses(self, finding: Finding) -> bool:
        """Whether a finding is about the part's own lines and about others."""
        return len({self.number(place) in self.own for place in finding.places}) > 1

    def bare(self) -> Part:
        """The part without the lines beside it."""
        return _part(self.whole, self.firsts, self.own, self.own)

    def finding(self, finding: Finding) -> Finding:
        """A finding of the document as one of the whole."""
        return replace(finding, place=self.place(finding.place))

    def line(self, line: Line, page: int, back: bool = False) -> Line:
        """A line of the document as one of the whole; or, with ``back``, the other way round."""
        by = 0 if page else self.start
        return _moved(line, -by if back else by)

    def change(self, change: Change) -> Change:
        """A change of the document as one of the whole."""
        page = change.finding.place.page
        before, after = (self.line(line, page) for line in (change.before, change.after))
        return Change(self.finding(change.finding), before, after)

    def decided(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Those changes in the whole that are of own lines, as in the document."""
        found: list[Change] = []
        for change in changes:
            here = self._here(change.finding.place)
            if here is not None:
                before, after = (
                    self.line(line, here.page, back=True) for line in (change.before, change.after)
                )
                found.append(Change(replace(change.finding, place=here), before, after))
        return tuple(found)

    def refused(self, names: Iterable[str]) -> frozenset[str]:
        """Those ids of findings in the whole that are of own lines, as in the document."""
        found: set[str] = set()
        for name in names:
            told = NAME.fullmatch(name)
            here = told and self._here(Place(int(told[2]), int(told[3])))
            if told and here:
                found.add(f"{told[1]}@{here}")
        return frozenset(found)

    def _here(self, place: Place) -> Place | None:
        if not self.whole.has(place):
            return None
        number = self.firsts[place.page] + place.line
        if number not in self.own:
            return None
        page = place.page - self.page
        return Place(page, number - self.number(Place(page, 0)))


def is_long(document: Document) -> bool:
    """Whether a document is a long text as it was read, which is mended in parts."""
    lines = [page.lines for page in document.pages]
    return any(lines) and all(isinstance(of, PackedLines) and of.as_read for of in lines)


def parts(document: Document) -> Iterator[Part]:
    """The parts of a long text, each made when it is asked for."""
    sizes, likes = array("q"), bytearray()
    for _, line in document.placed():
        sizes.append(len(line.text) + len(line.terminator))
        likes.append(2 if line.terminator == "\f" else line.kind is Kind.BLANK)
    ends = array("q", accumulate(sizes))
    firsts = [0, *accumulate(len(page.lines) for page in document.pages)]
    cuts = [0, *_cuts(ends, likes), len(ends)]
    for start, stop in pairwise(cuts):
        yield _part(document, firsts, range(start, stop), _with_margins(start, stop, ends))


def _with_margins(start: int, stop: int, ends: Sequence[int]) -> range:
    """The lines from one to another, and those near them; ``ends`` says where each ends."""
    begin, end = (ends[start - 1] if start else 0), ends[stop - 1]
    first = max(start - MARGIN, bisect_left(ends, begin - MARGIN_SIZE) + 1, 0)
    last = min(stop + MARGIN, bisect_right(ends, end + MARGIN_SIZE))
    return range(min(first, start) if start else 0, max(last, stop))


def _cuts(ends: Sequence[int], likes: Sequence[int]) -> list[int]:
    """After how many lines a text is cut; ``likes`` says how good the place after each is."""
    total = ends[-1] if ends else 0
    count = round(total / PART)
    found: list[int] = []
    for number in range(1, count):
        target = total * number / count
        low, high = (bisect_left(ends, target + by * LEEWAY * PART) for by in (-1, 1))
        middle = bisect_left(ends, target)
        best = max(
            range(low, min(high, len(ends) - 1)),
            key=lambda at: (likes[at], -abs(at - middle)),
            default=middle,
        )
        if (found[-1] if found else 0) < best + 1 < len(ends):
            found.append(best + 1)
    return found


def _part(whole: Document, firsts: Sequence[int], own: range, read: range) -> Part:
    first, last = bisect_right(firsts, read.start) - 1, bisect_left(firsts, read.stop)
    cut = [
        _cut(page, max(read.start - begin, 0), read.stop - begin)
        for page, begin in zip(whole.pages[first:last], firsts[first:last], strict=True)
    ]
    document = replace(whole, pages=tuple(page for page, _ in cut))
    return Part(whole, document, own, own.start - read.start, firsts, first, cut[0][1])


def _cut(page: Page, start: int, stop: int) -> tuple[Page, int]:
    """Some lines of a page as a page, and at which character of the page they begin."""
    assert isinstance(page.lines, PackedLines)
    begin, end = page.lines.span(start, min(stop, len(page.lines)))
    lines = [_moved(line, -begin) for line in page.lines[start:stop]]
    return Page(page.text[begin:end], tuple(lines)), begin


def _moved(line: Line, by: int) -> Line:
    """A line with origins so many characters later."""
    if not by or not line.origins:
        return line
    origins = tuple(
        piece if isinstance(piece, Inserted) else Span(piece[0] + by, piece[1] + by, piece[2])
        for piece in line.origins
    )
    return Line(line.text, origins, line.terminator, line.ends, line.kind)


class _Said(NamedTuple):
    """What changes that only mark lines have in common, but for their line."""

    damage: str
    action: Mark
    reason: str
    before: tuple[Ends, Kind]
    after: tuple[Ends, Kind]


class PackedChanges(Packed[Change]):
    """The changes of a long text, in the order in which they were made.

    Those that only mark a line, as most lines are, are made anew when they are asked for: such a
    change takes 26 bytes and not some 300.
    """

    def __init__(self) -> None:
        """Nothing is changed yet."""
        self._pages, self._lines = array("q"), array("q")
        self._confidences, self._said = array("d"), array("H")
        self._kinds: dict[_Said, int] = {}
        self._names: list[_Said] = []
        self._others: dict[int, Change] = {}
        self.document = Document(())

    def append(self, change: Change, line: Line, part: Part) -> None:
        """Add a change of a part; ``line`` is that of its document with all changes made."""
        finding, before, after = change.finding, change.before, change.after
        said = None
        if isinstance(finding.action, Mark) and _alike(before, line) and _alike(after, line):
            said = _Said(
                finding.damage,
                finding.action,
                finding.reason,
                (before.ends, before.kind),
                (after.ends, after.kind),
            )
            if said not in self._kinds and len(self._names) < MOST_SAID:
                self._kinds[said] = len(self._names)
                self._names.append(said)
        number = self._kinds.get(said) if said else None
        if number is None:
            self._others[len(self)] = part.change(change)
        place = part.place(finding.place)
        self._said.append(number or 0)
        self._pages.append(place.page)
        self._lines.append(place.line)
        self._confidences.append(finding.confidence)

    def __len__(self) -> int:
        return len(self._said)

    def made(self, index: int) -> Change:
        """A change."""
        number, place = self._said[index], Place(self._pages[index], self._lines[index])
        other = self._others.get(index % len(self))
        if other is not None:
            return other
        said, line = self._names[number], self.document.at(place)
        before, after = (
            replace(line, ends=ends, kind=kind) for ends, kind in (said.before, said.after)
        )
        confidence = self._confidences[index]
        finding = Finding(said.damage, place, said.action, said.reason, confidence)
        return Change(finding, before, after)


def _alike(one: Line, other: Line) -> bool:
    """Whether two lines have the same text, from the same place."""
    if one.text is other.text and one.origins is other.origins:
        return True
    return one.text == other.text and one.origins == other.origins


class Whole:
    """The parts of a long text that are mended so far."""

    def __init__(self, original: Document) -> None:
        """``original`` is the text as it was read."""
        self._original = original
        self._pages = [PackedLines(page.text) for page in original.pages]
        self.changes, self.doubts = PackedChanges(), list[Finding]()

    def add(
        self,
        part: Part,
        document: Document,
        changes: Iterable[Change],
        doubts: Iterable[Finding],
    ) -> None:
        """Add what became of the next part: its document, and what was changed and doubted."""
        for place, line in document.placed():
            if part.number(place) in part.own:
                self._pages[part.page + place.page].append(part.line(line, place.page))
        for change in changes:
            if part.owns(change.finding):
                self.changes.append(change, document.at(change.finding.place), part)
        self.doubts += [part.finding(doubt) for doubt in doubts if part.owns(doubt)]

    def document(self) -> Document:
        """The whole text, of which each part was added."""
        pages = zip(self._original.pages, self._pages, strict=True)
        document = replace(
            self._original, pages=tuple(replace(page, lines=lines) for page, lines in pages)
        )
        self.changes.document = document
        return document
