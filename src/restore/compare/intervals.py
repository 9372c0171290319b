"""The order of words as a tree of intervals, and the moves that it tells.

Every permutation is a tree of intervals, stretches of words that stand together before and after:
in each node the parts follow each other as before, all in reverse, or in an order that no interval
explains (A. Bergeron, C. Chauve, F. de Montgolfier and M. Raffinot, Computing common intervals of
K permutations, with applications to modular decomposition of graphs, SIAM Journal on Discrete
Mathematics 22 (3), 2008). The last two are moves; of an order without intervals as few words as can
be are told to have moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

DEEP = 64  # parts of one node without intervals; beyond, a few more moves are told than need be

Stretch = tuple[int, int]  # words from the first to before the second


@dataclass(frozen=True, slots=True)
class Move:
    """A stretch of words of the first text whose ``parts`` stand in another order in the second.

    Parts are stretches of words of the first text, in the order of the second; together they are
    a stretch of it, and moves inside of a part are made before it.
    """

    parts: tuple[Stretch, ...]

    @property
    def span(self) -> Stretch:
        """All the words between which something moved."""
        return min(start for start, _ in self.parts), max(stop for _, stop in self.parts)

    @property
    def reversed(self) -> bool:
        """Whether the parts stand in reverse."""
        return all(other[1] == one[0] for one, other in pairwise(self.parts))

    @property
    def blocks(self) -> tuple[Stretch, ...]:
        """The parts that moved, the others staying where they are: the fewest words there can be.

        Where ``turns`` holds, that is so once the order of all parts was reversed.
        """
        return self._blocks()[1]

    @property
    def turns(self) -> bool:
        """Whether all parts were reversed; of two parts the smaller is said to have moved."""
        return self._blocks()[0]

    def __len__(self) -> int:
        """How many moves it counts for: one for a reversal, one for each block that moved."""
        return self.turns + len(self.blocks)

    def _blocks(self) -> tuple[bool, tuple[Stretch, ...]]:
        if self.reversed:
            smaller = min(self.parts, key=lambda part: part[1] - part[0])
            whole = len(self.parts) > 2 or all(stop - start == 1 for start, stop in self.parts)
            return (True, ()) if whole else (False, (smaller,))
        forward, backward = _heaviest(self.parts), _heaviest(self.parts[::-1])
        as_is = [part for part in self.parts if part not in forward]
        turned_around = [part for part in self.parts if part not in backward]
        if len(turned_around) + 1 < len(as_is):
            return True, tuple(turned_around)
        return False, tuple(as_is)


@dataclass(slots=True)
class _Node:
    """Words ``low`` to ``high`` (included), and its parts in their order."""

    low: int
    high: int
    way: int = 0  # 1: parts in order; -1: in reverse; 0: neither, or a single word
    parts: list[_Node] | None = None


def moves(places: Sequence[int]) -> Iterator[Move]:
    """The moves that bring words in the order ``places``, inner ones first.

    ``places`` are different numbers; those that are missing move with the one before them.
    """
    known = sorted(places)
    rank = {place: at for at, place in enumerate(known)}
    starts = [*known, (known[-1] + 1 if known else 0)]
    found: list[Move] = []
    waiting = _tree([rank[place] for place in places])
    while waiting:
        node = waiting.pop()
        if node.parts is None:
            continue
        if node.way != 1:
            parts = ((starts[part.low], starts[part.high + 1]) for part in node.parts)
            found.append(Move(tuple(parts)))
        waiting += node.parts
    return reversed(found)


def _tree(order: Sequence[int]) -> list[_Node]:
    """The tree of intervals of a permutation, by its root."""
    stack: list[_Node] = []
    for value in order:
        stack.append(_Node(value, value))
        while _reduced(stack, DEEP):
            pass
    while len(stack) > 1 and _reduced(stack, len(stack)):
        pass
    return stack


def _reduced(stack: list[_Node], deep: int) -> bool:
    """Make one node of those on top of the stack that are an interval together, if any are."""
    low, high, words = stack[-1].low, stack[-1].high, 0
    for count in range(1, min(len(stack), deep) + 1):
        node = stack[-count]
        low = node.low if node.low < low else low
        high = node.high if node.high > high else high
        words += node.high - node.low + 1
        if count > 1 and words == high - low + 1:
            parts = stack[-count:]
            way = 0 if count > 2 else 1 if parts[0].low < parts[1].low else -1
            if way:
                parts = _chain(parts[0], parts[1], way)
            stack[-count:] = [_Node(low, high, way, parts)]
            return True
    return False


def _chain(one: _Node, other: _Node, way: int) -> list[_Node]:
    """The parts of a node of two: a chain of parts in one direction is one node."""
    parts = one.parts if one.parts is not None and one.way == way else [one]
    parts += other.parts if other.parts is not None and other.way == way else [other]
    return parts


def _heaviest(parts: Sequence[Stretch]) -> set[Stretch]:
    """The parts with the most words that stand in ascending order."""
    ends: list[int] = []  # last parts of the best chains, heavier with each
    chains: list[tuple[int, int]] = []  # weight of each, and its place in ``links``
    links: list[tuple[Stretch, int]] = []
    for part in parts:
        at = bisect_left(ends, part[0])
        before, link = chains[at - 1] if at else (0, -1)
        weight = before + part[1] - part[0]
        stop = at
        while stop < len(chains) and chains[stop][0] <= weight:
            stop += 1
        if at < len(ends) and stop == at and ends[at] == part[0]:
            continue
        links.append((part, link))
        ends[at:stop] = [part[0]]
        chains[at:stop] = [(weight, len(links) - 1)]
    kept: set[Stretch] = set()
    link = chains[-1][1] if chains else -1
    while link >= 0:
        part, link = links[link]
        kept.add(part)
    return kept
