"""The lines of two texts below each other, each word with what happened to it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import regex

from restore.bidi import read_order
from restore.compare.matching import NONE
from restore.compare.moves import Diff, Fate
from restore.compare.words import Word
from restore.model import CONTROLS
from restore.tokens import MIRROR

# What a terminal would take for a command, or for one to turn text around.
UNSHOWN = regex.compile(rf"[\p{{Cc}}{CONTROLS}]")
RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class:R}\p{Bidi_Class:AL}]")


class Shown(NamedTuple):
    """A stretch of text and what happened to it."""

    text: str
    fate: Fate


Row = list[Shown]


class Stacked:
    """Gives the rows of any lines of a diff."""

    def __init__(self, diff: Diff) -> None:
        self.diff = diff
        self._lines = [word.line for word in diff.first]
        self._places = {place: at for at, place in enumerate(diff.partner) if place != NONE}

    def rows(self, first: int, last: int) -> tuple[list[Row], Row]:
        """A row for each of the lines ``first`` to ``last``, and one of what they became.

        The words that stand between theirs in the second text are in that row too.
        """
        ours, theirs = self.diff.fates
        span = range(bisect_left(self._lines, first), bisect_left(self._lines, last + 1))
        found: list[Row] = [[] for _ in range(first, last + 1)]
        for at in span:
            row = found[self._lines[at] - first]
            row.append(_shown(self.diff.first, self.diff.first_lines, at, ours[at]))
        places = sorted(self._places[at] for at in span if at in self._places)
        made: Row = []
        for at in range(places[0], places[-1] + 1) if places else ():
            text, fate = _shown(self.diff.second, self.diff.second_lines, at, theirs[at])
            begins = at == 0 or self.diff.second[at - 1].line != self.diff.second[at].line
            if not made and not begins:
                text = text.lstrip()
            made.append(Shown(" " * bool(made and begins) + text, fate))
        return found, made


def _shown(words: Sequence[Word], lines: Sequence[str], at: int, fate: Fate) -> Shown:
    """A word with the white space before it."""
    word, before = words[at], words[at - 1] if at else None
    start = 0
    if before is not None and before.line == word.line:
        start = before.core_stop + len(before.after)
    return Shown(lines[word.line][start : word.start] + word.text, fate)


def safe(row: Row) -> Row:
    """The row without characters that a terminal would obey."""
    return [Shown(UNSHOWN.sub("", text), fate) for text, fate in row]


def as_seen(row: Row) -> Row:
    """The row in the order in which it is seen from left to right, for one who turns nothing.

    >>> as_seen([Shown("בית", "same"), Shown(" (12)", "moved")])
    [Shown(text='(12) ', fate='moved'), Shown(text='תיב', fate='same')]
    """
    text = "".join(part.text for part in row)
    if not RIGHT_TO_LEFT.search(text):
        return row
    fates: list[Fate] = [part.fate for part in row for _ in part.text]
    found: Row = []
    for start, stop, step in read_order(text):
        for at in range(start, stop)[::step]:
            character = text[at].translate(MIRROR) if step < 0 else text[at]
            if found and found[-1].fate == fates[at]:
                found[-1] = Shown(found[-1].text + character, fates[at])
            else:
                found.append(Shown(character, fates[at]))
    return found


def plain(row: Sequence[Shown]) -> str:
    """The text of a row."""
    return "".join(part.text for part in row)
