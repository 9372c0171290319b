"""Lines of a text, and below each what became of it: which word is which, and what happened.

Nothing here knows how it is drawn.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from typing import NamedTuple

from restore.compare.marks import changed_marks
from restore.compare.matching import NONE
from restore.compare.moves import Altered, Diff, Fate
from restore.compare.words import Word, clusters

TALL = 8  # lines over which a move is seen as one; of a longer one each line is; a guess

Stretch = tuple[int, int]  # characters from the first to before the second


class Seen(NamedTuple):
    """A word with its marks: characters ``start`` to ``stop`` of its row.

    ``other`` is the word that it was or became, counted over all rows on the other side of the
    stack; -1 if there is none. ``letters`` are the characters of the row that were altered,
    ``marks`` those that hang on another word or are others; a word that is ``altered`` without
    them has its letters in reverse.
    """

    start: int
    stop: int
    other: int
    fate: Fate
    letters: tuple[Stretch, ...] = ()
    marks: tuple[Stretch, ...] = ()


class Row(NamedTuple):
    """A line, or a stretch of one, and its words."""

    text: str
    words: tuple[Seen, ...]


class Stack(NamedTuple):
    """Lines, and below them what became of them.

    The number of a word, as facts give it, is its place in a row ``above``, counted from 1.
    """

    above: tuple[Row, ...]
    below: tuple[Row, ...]

    @property
    def same(self) -> bool:
        """Whether nothing became of the lines."""
        return [row.text for row in self.above] == [row.text for row in self.below]


def ranges(diff: Diff, joined: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The lines of the first text, those together that are one by moves or by ``joined``."""
    spans = list(joined)
    kept = sorted(place for place in diff.partner if place != NONE)
    for low, high in (move.span for move in diff.moves):
        # Words that are gone count for the move of the word before them.
        first = diff.first[low].line
        last = diff.first[kept[bisect_left(kept, high) - 1]].line
        if last - first < TALL:
            spans.append((first, last))
    reach = list(range(len(diff.first_lines)))
    for first, last in spans:
        reach[first] = max(reach[first], last)
    first = 0
    while first < len(reach):
        last = at = first
        while at <= last:
            last = max(last, reach[at])
            at += 1
        yield first, last
        first = last + 1


def stacks(diff: Diff, ranges: Sequence[tuple[int, int]]) -> Iterator[Stack]:
    """What is seen of each of the ``ranges``, which are all lines of the first text."""
    seen = _Words(diff)
    for (first, last), theirs in zip(ranges, _became(diff, ranges), strict=True):
        ours = [seen.of_line(line) for line in range(first, last + 1)]
        here = {at: number for number, at in enumerate(at for words in ours for at in words)}
        there = {diff.partner[at]: number for number, at in enumerate(theirs)}
        yield Stack(
            tuple(
                Row(diff.first_lines[line], tuple(seen.first(at, there) for at in words))
                for line, words in enumerate(ours, start=first)
            ),
            tuple(seen.row(words, here) for words in _stretches(diff, theirs)),
        )


class _Words:
    """Gives the words of both texts as they are seen."""

    def __init__(self, diff: Diff) -> None:
        self.diff = diff
        self._lines = [word.line for word in diff.first]
        self._letters: tuple[dict[int, tuple[Stretch, ...]], ...] = ({}, {})
        for word in diff.altered:
            ours, theirs = diff.first[word.first], diff.second[word.second]
            was, is_now = _letters(word, ours.core, theirs.core)
            self._letters[0][word.first] = tuple(_shifted(was, ours.core_start))
            self._letters[1][word.second] = tuple(_shifted(is_now, theirs.core_start))
        self._marks: tuple[dict[int, tuple[Stretch, ...]], ...] = ({}, {})
        for at, _, _ in diff.hung:
            ours, theirs = diff.first[diff.partner[at]], diff.second[at]
            self._marks[0][diff.partner[at]] = tuple(_marks(ours, theirs))
            self._marks[1][at] = tuple(_marks(theirs, ours))
        kept = [mark for mark in changed_marks(diff) if mark.kind in ("moved", "mirrored")]
        self._kept = {mark.first for mark in kept}, {mark.second for mark in kept}

    def of_line(self, line: int) -> range:
        """The words of a line of the first text."""
        return range(bisect_left(self._lines, line), bisect_left(self._lines, line + 1))

    def first(self, at: int, others: dict[int, int]) -> Seen:
        """A word of the first text, ``others`` being the words below by what they were."""
        return self._seen(0, self.diff.first[at], at, others.get(at, NONE), 0)

    def row(self, stretch: Sequence[int], others: dict[int, int]) -> Row:
        """Words of a line of the second text, ``others`` being the words above."""
        words = self.diff.second
        low, high, line = stretch[0], stretch[-1], words[stretch[0]].line
        begins = low == 0 or words[low - 1].line != line
        ends = high + 1 == len(words) or words[high + 1].line != line
        text = self.diff.second_lines[line]
        start = 0 if begins else words[low].start
        stop = len(text) if ends else words[high].start + len(words[high].text)
        found = (
            self._seen(1, words[at], at, others.get(self.diff.partner[at], NONE), start)
            for at in stretch
        )
        return Row(text[start:stop], tuple(found))

    def _seen(self, side: int, word: Word, at: int, other: int, start: int) -> Seen:
        fate = self.diff.fates[side][at]
        if fate in ("deleted", "inserted") and at in self._kept[side] and not word.lettered:
            fate = "moved"  # a mark that stood alone hangs on a word now, or the other way
        return Seen(
            word.start - start,
            word.start - start + len(word.text),
            other,
            fate,
            tuple(_shifted(self._letters[side].get(at, ()), -start)),
            tuple(_shifted(self._marks[side].get(at, ()), -start)),
        )


def _became(diff: Diff, ranges: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The words of the second text that are of each of the ``ranges``.

    A word that was put in is of the same as the word before it, or the one after it if it begins
    a line. A line of such words alone is of the line in whose place it stands, if both texts have
    as many lines.
    """
    as_many = len(diff.first_lines) == len(diff.second_lines)
    starts = [first for first, _ in ranges]
    found: list[list[int]] = [[] for _ in ranges]
    home = 0
    for line, group in groupby(range(len(diff.second)), key=lambda at: diff.second[at].line):
        words = list(group)
        places = [diff.partner[at] for at in words if diff.partner[at] != NONE]
        if places:
            home = bisect_right(starts, diff.first[places[0]].line) - 1
        elif as_many:
            home = bisect_right(starts, line) - 1
        for at in words:
            if diff.partner[at] != NONE:
                home = bisect_right(starts, diff.first[diff.partner[at]].line) - 1
            if found:
                found[home].append(at)
    return found


def _stretches(diff: Diff, words: Iterable[int]) -> Iterator[list[int]]:
    """Words of the second text, those together that follow each other in a line."""
    numbered = enumerate(words)
    for _, group in groupby(
        numbered, key=lambda pair: (pair[1] - pair[0], diff.second[pair[1]].line)
    ):
        yield [at for _, at in group]


def _letters(word: Altered, was: str, is_now: str) -> tuple[list[Stretch], list[Stretch]]:
    """The characters of both words that are not the same, counted from the first letter."""
    ours, theirs = clusters(was), clusters(is_now)
    found: tuple[list[Stretch], list[Stretch]] = ([], [])
    shift = 0  # how many clusters more the second word has had so far
    for edit in word.edits:
        put = len(clusters(edit.text))
        found[0].append(_characters(ours, edit.start, edit.stop))
        found[1].append(_characters(theirs, edit.start + shift, edit.start + shift + put))
        shift += put - (edit.stop - edit.start)
    return found


def _characters(parts: Sequence[str], start: int, stop: int) -> Stretch:
    low = sum(map(len, parts[:start]))
    return low, low + sum(map(len, parts[start:stop]))


def _marks(word: Word, other: Word) -> Iterator[Stretch]:
    """The marks of a word that hang otherwise on the other, as characters of its line."""
    for start, ours, theirs in (
        (word.start, word.before, other.before),
        (word.core_stop, word.after, other.after),
    ):
        first = _alike(ours, theirs)
        last = _alike(ours[first:][::-1], theirs[first:][::-1])
        yield start + first, start + len(ours) - last


def _alike(one: str, other: str) -> int:
    """How many characters two strings begin with that are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _shifted(stretches: Iterable[Stretch], by: int) -> Iterator[Stretch]:
    return ((start + by, stop + by) for start, stop in stretches if start < stop)
