"""A restoration as a person reviews it: what stands in each line after the decisions made so far.

Nothing here knows how it is drawn. Pages and lines count from 0.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

from restore.by_hand import edited, fitting
from restore.change import OF_TEXT, Change, Finding, Reorder, acted, applied, replay
from restore.compare.stacked import RIGHT_TO_LEFT
from restore.damage import LAYOUT
from restore.formats.jsonl import Recorded
from restore.model import Document, Kind, Line, Page, Place
from restore.pipeline import Restored
from restore.reviews.decisions import Decision, Decisions, Verdict
from restore.view import restored_views, view_data

LONG = 60  # lines that are shown together; a page of more is cut; a guess
MOST_FOUND = 200  # lines that a search gives
LONGEST = 100_000  # characters of a line edited by hand; no line of a page has as many
MOOT = "moot"
BREAKS = frozenset("\n\r\f\0")  # what ends a line of a text, and what no text has
BLANK = Line("", (), kind=Kind.BLANK)

Item = tuple[str, int, int, int, str, float, bool, bool, str]


class Sheet(NamedTuple):
    """Lines that are shown together: ``start`` to before ``stop`` of a page."""

    page: int
    start: int
    stop: int


class Settled(NamedTuple):
    """A line after the decisions about it: what was made of it, and what was not."""

    line: Line
    made: tuple[Change, ...]
    left: tuple[Finding, ...]


class StaleError(Exception):
    """Something was decided about a line that is not as it was seen any more."""


@dataclass(frozen=True)
class Review:
    """One document of a record of changes, and the decisions about it.

    ``number`` is its place among the inputs of its output.
    """

    recorded: Recorded
    decisions: Decisions
    number: int = 0

    @property
    def name(self) -> str:
        """The name of what was read."""
        return self.recorded.original.source.name

    @cached_property
    def direction(self) -> str:
        """The direction of its lines, as HTML names it."""
        lines = (line.text for _, line in self.recorded.original.placed())
        return "rtl" if any(map(RIGHT_TO_LEFT.search, lines)) else "ltr"

    @cached_property
    def sheets(self) -> tuple[Sheet, ...]:
        """All lines in the parts in which they are shown."""
        return tuple(
            Sheet(number, start, min(start + LONG, len(page.lines)))
            for number, page in enumerate(self.recorded.original.pages)
            for start in range(0, max(len(page.lines), 1), LONG)
        )

    def told_sheets(self) -> list[tuple[int, int, int, int]]:
        """The sheets, each with the number of its first line in the whole document."""
        return [(*sheet, self._before[sheet.page] + sheet.start) for sheet in self.sheets]

    def share(self, place: Place) -> float:
        """The share of all lines that stand before a line."""
        return (self._before[place.page] + place.line) / self._before[-1]

    def sheet_of(self, place: Place) -> int:
        """The number of the sheet that has a line."""
        return bisect_right(self._starts, tuple(place)) - 1

    def sheet(self, number: int) -> list[dict[str, Any]]:
        """What is seen of a sheet, as ``view_data`` gives it. Raises IndexError if it is not there.

        What was refused is there as a doubt.
        """
        page, start, stop = self.sheets[number]
        decisions = self._by_place()
        settled = {
            Place(page, line): self.settled(Place(page, line), decisions.get((page, line), ()))
            for line in range(start, stop)
        }
        original, document = (
            _sheet(lines, page, start)
            for lines in (
                [self._begun.at(place) for place in settled],
                [one.line for one in settled.values()],
            )
        )
        made = tuple(change for one in settled.values() for change in one.made)
        left = tuple(finding for one in settled.values() for finding in one.left)
        before = self._before[page]
        return [
            view_data(replace(view, first=view.first + before, last=view.last + before))
            for view in restored_views(Restored(original, document, made, left))
        ]

    def settled(self, place: Place, decisions: Iterable[Decision]) -> Settled:
        """A line after the ``decisions`` about it.

        What was made after a change that is refused goes with it, unless it fits without it. What
        is decided about the order of lines is heeded when the text is restored again.
        """
        verdicts = {decision.id: decision.verdict for decision in decisions}
        line = self._begun.at(place)
        made: dict[str, Change] = {}
        left: dict[str, Finding] = {doubt.id: doubt for doubt in self._doubts.get(place, ())}

        def make(finding: Finding) -> Line:
            after = line if isinstance(finding.action, Reorder) else acted(line, finding.action)
            made[finding.id] = Change(finding, line, after)
            left.pop(finding.id, None)
            return after

        for change in self._changes.get(place, ()):
            of_text = isinstance(change.finding.action, OF_TEXT)
            fits = not of_text or line.text == change.before.text
            if fits and verdicts.get(change.id) in (None, Verdict.ACCEPTED):
                line = make(change.finding)
            else:
                left[change.id] = change.finding
        for decision in decisions:
            wanted = decision.change
            finding = None if wanted is None or wanted.id in made else fitting(wanted, line)
            if finding is not None:
                line = make(finding)
        return Settled(line, tuple(made.values()), tuple(left.values()))

    def now(self, place: Place) -> Settled:
        """A line after the decisions about it so far."""
        return self.settled(place, self._by_place().get(place, []))

    def items(self, place: Place | None = None) -> list[Item]:
        """All that can be decided, from the first line to the last, or of one line.

        Of each the id, page, line, sheet, damage, confidence, whether it is a fact of the page,
        whether it was a doubt, and what was decided: empty if nothing was, ``moot`` if another
        decision settles it.
        """
        decisions = self.decisions.current(self.number)
        found = dict(self._findings)
        for decision in decisions.values():
            if decision.change is not None and self.recorded.original.has(decision.place):
                found.setdefault(decision.id, (decision.change.finding, False))
        verdicts = dict.fromkeys(self._moot(decisions.values()), MOOT)
        verdicts |= {name: decision.verdict.value for name, decision in decisions.items()}
        items = [
            (
                name,
                *finding.place,
                self.sheet_of(finding.place),
                finding.damage,
                finding.confidence,
                finding.damage in LAYOUT,
                doubt,
                verdicts.get(name, ""),
            )
            for name, (finding, doubt) in found.items()
            if place in (None, finding.place)
        ]
        return sorted(items, key=lambda item: item[1:3])

    def _moot(self, decisions: Iterable[Decision]) -> Iterator[str]:
        """The doubts about the text of lines that were edited, or about which one was accepted."""
        for decision in decisions:
            change = decision.change
            if change is None or not isinstance(change.finding.action, OF_TEXT):
                continue
            _, was_doubt = self._findings.get(change.id, (None, True))
            if was_doubt:
                for doubt in self._doubts.get(decision.place, ()):
                    if isinstance(doubt.action, OF_TEXT):
                        yield doubt.id

    def decide(self, name: str, accepted: bool) -> Place:
        """Accept or refuse a change or doubt by its id, and give its place.

        Raises KeyError if there is none, StaleError if it does not fit its line any more.
        """
        if name in self._findings:
            place = self._findings[name][0].place
        else:
            place = self.decisions.current(self.number)[name].place
        now = self.now(place)
        raw = self.recorded.original.at(place).text
        change = None
        if accepted:
            change = self._reordered(name)
            change = change or next((made for made in now.made if made.id == name), None)
            change = change or _accepted(name, now)
        verdict = Verdict.ACCEPTED if accepted else Verdict.REFUSED
        self.decisions.add(Decision(self.number, name, place, verdict, raw, change))
        return place

    def _reordered(self, name: str) -> Change | None:
        """The change or doubt of this name, if it is about the order of lines."""
        for change in self.recorded.changes:
            if change.id == name and isinstance(change.finding.action, Reorder):
                return change
        for doubt in self.recorded.doubts:
            if doubt.id == name and isinstance(doubt.action, Reorder):
                return applied(self._begun, [doubt])[1][0]
        return None

    def edit(self, place: Place, text: str, seen: str) -> None:
        """Make ``text`` of a line that was ``seen`` so.

        Raises ValueError if that is no line, IndexError if there is no such place, StaleError if
        the line is another by now.
        """
        if BREAKS & set(text) or len(text) > LONGEST:
            raise ValueError("a line has no line breaks in it")
        if not self.recorded.original.has(place):
            raise IndexError(f"the document has no line {place}")
        line = self.now(place).line
        if line.text != seen:
            raise StaleError
        if text == seen:
            return
        finding = edited(place, line, text)
        change = Change(finding, line, acted(line, finding.action))
        raw = self.recorded.original.at(place).text
        self.decisions.add(Decision(self.number, finding.id, place, Verdict.EDITED, raw, change))

    def take_back(self) -> Decision | None:
        """Take the last decision back."""
        return self.decisions.take_back()

    def found(self, text: str) -> Iterator[tuple[Place, int, str]]:
        """The lines in which a text stands, points and case aside: place, sheet, and the line."""
        wanted = folded(text)
        decisions = self._by_place()
        for place, line in self.recorded.original.placed():
            now = self.recorded.document.at(place)
            if place in decisions:
                now = self.settled(place, decisions[place]).line
            if wanted and (wanted in folded(now.text) or wanted in folded(line.text)):
                yield place, self.sheet_of(place), now.text

    def _by_place(self) -> dict[tuple[int, int], list[Decision]]:
        found: dict[tuple[int, int], list[Decision]] = defaultdict(list)
        for decision in self.decisions.current(self.number).values():
            found[decision.place].append(decision)
        return found

    @cached_property
    def _begun(self) -> Document:
        """What was read, its lines in the order in which all else was found; they come first."""
        moves = [c for c in self.recorded.changes if isinstance(c.finding.action, Reorder)]
        return replay(self.recorded.original, moves)

    @cached_property
    def _before(self) -> list[int]:
        """How many lines there are before each page."""
        return [0, *accumulate(len(page.lines) for page in self.recorded.original.pages)]

    @cached_property
    def _changes(self) -> dict[Place, list[Change]]:
        found: dict[Place, list[Change]] = defaultdict(list)
        for change in self.recorded.changes:
            found[change.finding.place].append(change)
        return found

    @cached_property
    def _doubts(self) -> dict[Place, list[Finding]]:
        found: dict[Place, list[Finding]] = defaultdict(list)
        for doubt in self.recorded.doubts:
            found[doubt.place].append(doubt)
        return found

    @cached_property
    def _findings(self) -> dict[str, tuple[Finding, bool]]:
        """The changes and doubts of the record by id, and whether each was a doubt."""
        changes = {change.id: (change.finding, False) for change in self.recorded.changes}
        return {doubt.id: (doubt, True) for doubt in self.recorded.doubts} | changes

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        return [(sheet.page, sheet.start) for sheet in self.sheets]


def folded(text: str) -> str:
    """A text as it is searched: without points and case."""
    parts = unicodedata.normalize("NFD", text).casefold()
    return "".join(character for character in parts if unicodedata.category(character) != "Mn")


def _accepted(name: str, now: Settled) -> Change:
    for finding in now.left:
        if finding.id == name:
            try:
                return Change(finding, now.line, acted(now.line, finding.action))
            except ValueError:
                break
    raise StaleError


def _sheet(lines: list[Line], page: int, start: int) -> Document:
    """A document in which only some lines of one page have text, at their places."""
    empty = Page("", ())
    return Document((*[empty] * page, Page("", (*[BLANK] * start, *lines))))
