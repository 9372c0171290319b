"""The marks that hang on other words than before, are mirrored, came or went."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Literal, NamedTuple

import regex

from restore.compare.matching import NONE
from restore.compare.moves import Diff
from restore.model import CONTROLS
from restore.tokens import BRACKETS, MIRROR

MARK_REACH = 60  # words over which a mark may have moved; a guess
CONTROL = regex.compile(f"[{CONTROLS}]")

MarkKind = Literal["mirrored", "moved", "inserted", "deleted"]


class MarkChange(NamedTuple):
    """A mark that hangs elsewhere, is mirrored, came or went.

    ``first`` and ``second`` are the words of the texts that it hung and hangs on, or -1.
    """

    kind: MarkKind
    mark: str
    first: int
    second: int

    @property
    def thing(self) -> str:
        """What it is: a bracket, an invisible control of direction, or another mark."""
        if self.mark in BRACKETS:
            return "bracket"
        return "invisible control" if CONTROL.match(self.mark) else "mark"


def changed_marks(diff: Diff) -> list[MarkChange]:
    """The marks that came off words and those that were hung on, one taken for the other."""
    homes = homes_of(diff)
    lost: list[tuple[str, int]] = [
        (mark, at)
        for at in diff.deleted
        if not diff.first[at].lettered
        for mark in diff.first[at].core
    ]
    new: list[tuple[str, int]] = [
        (mark, at)
        for at in diff.inserted
        if not diff.second[at].lettered
        for mark in diff.second[at].core
    ]
    found = [
        MarkChange("moved", diff.second[word.second].core, word.first, word.second)
        for word in diff.altered
        if not diff.first[word.first].lettered
    ]
    for at, before, after in diff.hung:
        old = diff.first[diff.partner[at]]
        sides = ((old.before, before), (old.after, after))
        for was, now in sides:
            off, on = Counter(was) - Counter(now), Counter(now) - Counter(was)
            for mark in [mark for mark in off if mark in BRACKETS and on[mark.translate(MIRROR)]]:
                other = mark.translate(MIRROR)
                found.append(MarkChange("mirrored", other, diff.partner[at], at))
                off -= Counter(mark)
                on -= Counter(other)
            lost += [(mark, diff.partner[at]) for mark in off.elements()]
            new += [(mark, at) for mark in on.elements()]
            if Counter(was) == Counter(now) and was != now:
                found.append(MarkChange("moved", now, diff.partner[at], at))
    return found + _paired(lost, new, homes)


def _paired(
    lost: list[tuple[str, int]], new: list[tuple[str, int]], homes: Sequence[int]
) -> list[MarkChange]:
    """Marks that were lost taken for equal or mirrored ones near them that are new."""
    free: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for mark, at in new:
        insort(free[_either(mark)], (homes[at], at, mark))
    found: list[MarkChange] = []
    for mark, at in sorted(lost, key=lambda pair: pair[1]):
        near = free[_either(mark)]
        place = bisect_left(near, (at,))
        around = [k for k in (place - 1, place, place + 1) if 0 <= k < len(near)]
        best = min(around, key=lambda k: (abs(near[k][0] - at), near[k][2] != mark), default=NONE)
        if best == NONE or abs(near[best][0] - at) > MARK_REACH:
            found.append(MarkChange("deleted", mark, at, NONE))
            continue
        home, other, now = near.pop(best)
        mirrored = home == at and now != mark
        found.append(MarkChange("mirrored" if mirrored else "moved", now, at, other))
    left = [(at, mark) for group in free.values() for _, at, mark in group]
    return found + [MarkChange("inserted", mark, NONE, at) for at, mark in sorted(left)]


def _either(mark: str) -> str:
    return min(mark, mark.translate(MIRROR))


def homes_of(diff: Diff) -> list[int]:
    """For each word of the second text the first word that it, or one before it, was."""
    homes, last = [], 0
    for place in diff.partner:
        last = place if place != NONE else last
        homes.append(last)
    return homes
