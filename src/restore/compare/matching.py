"""Which word of one text is which word of another, also where the order is another.

Words that stand once in both texts are matched first, wherever they are. Equal words beside
matched ones follow, in either direction; then repeated words, each set of equal words by the
cheapest assignment, where a pair costs the distance from the place that the matched neighbours
tell; last, words that are alike. The first step is that of P. Heckel, A technique for isolating
differences between files, Communications of the ACM 21 (4), 1978.

No step looks at more than a bounded stretch of both texts at once, so that time and memory grow
with the length of the texts and not with its square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from restore.compare.words import Word, turned

Places = NDArray[np.intp]

FAR = 40  # words out of the way of its neighbours from which a word counts as moved far; a guess
NEIGHBOURS = 15  # matched words whose median tells the way of a stretch; a guess
REACH = 400  # words within which repeated words are matched by distance; a guess
CHUNK = 256  # words assigned at once: bounds the matrix of costs
TURNED = 3.0  # words of distance that letters in reverse weigh; a guess
ALIKE_REACH = 60  # words within which a word may have been altered; a guess
ALIKE = 0.5  # share of letters that an altered word keeps; a guess
ALIKE_DISTANCE = 0.005  # of likeness that a word of distance costs; a guess
NONE = -1


def matched_words(first: Sequence[Word], second: Sequence[Word]) -> Matching:
    """Match the words of two texts."""
    matching = Matching.of(first, second)
    matching.match_ends()
    matching.match_single()
    matching.grow()
    for rare in (3, None):  # words that stand three times or less tell where the others belong
        matching.match_repeated(rare)
        matching.grow()
    matching.match_single(left=True)
    matching.grow()
    matching.match_alike()
    return matching


@dataclass(slots=True)
class Matching:
    """What is matched so far: ``partner`` of each second word, ``taken`` first words.

    Words of one ``class`` have the same letters, in order or in reverse; ``exact`` numbers have
    the same in the same order.
    """

    first: Sequence[Word]
    second: Sequence[Word]
    exact: tuple[list[int], list[int]]
    classes: tuple[list[int], list[int]]
    partner: Places
    taken: NDArray[np.bool_]

    @classmethod
    def of(cls, first: Sequence[Word], second: Sequence[Word]) -> Matching:
        """Two texts of which nothing is matched."""
        exact: dict[str, int] = {}
        classes: dict[str, int] = {}
        for word in (*first, *second):
            core = word.core
            if core not in exact:
                exact[core] = len(exact)
                classes.setdefault(min(core, turned(core)), len(classes))
        class_of = {core: classes[min(core, turned(core))] for core in exact}
        return cls(
            first,
            second,
            ([exact[w.core] for w in first], [exact[w.core] for w in second]),
            ([class_of[w.core] for w in first], [class_of[w.core] for w in second]),
            np.full(len(second), NONE, np.intp),
            np.zeros(len(first), np.bool_),
        )

    def turned_about(self) -> Matching:
        """The same with the second text first."""
        partner = np.full(len(self.first), NONE, np.intp)
        known = np.flatnonzero(self.partner != NONE)
        partner[self.partner[known]] = known
        taken = self.partner != NONE
        exact, classes = self.exact[::-1], self.classes[::-1]
        return Matching(self.second, self.first, exact, classes, partner, taken)

    def match(self, one: int, other: int) -> None:
        """Take first word ``one`` for second word ``other``."""
        self.partner[other] = one
        self.taken[one] = True

    def match_ends(self) -> None:
        """Match what both texts begin and end with."""
        ours, theirs = self.exact
        shorter = min(len(ours), len(theirs))
        start = 0
        while start < shorter and ours[start] == theirs[start]:
            self.match(start, start)
            start += 1
        back = 1
        while back <= shorter - start and ours[-back] == theirs[-back]:
            self.match(len(ours) - back, len(theirs) - back)
            back += 1

    def match_single(self, left: bool = False) -> None:
        """Match classes with one word in each text; ``left``: one that is not matched yet."""
        ours, theirs = self._left_classes() if left else self.classes
        counts = (Counter(ours), Counter(theirs))
        where = {code: at for at, code in enumerate(ours) if counts[0][code] == 1}
        for at, code in enumerate(theirs):
            one = where.get(code, NONE)
            if NONE in (code, one) or counts[1][code] != 1:
                continue
            if self.partner[at] == NONE and not self.taken[one]:
                self.match(one, at)

    def _left_classes(self) -> tuple[list[int], list[int]]:
        ours, theirs = self.classes
        taken, partner = self.taken.tolist(), self.partner.tolist()
        return (
            [NONE if gone else code for code, gone in zip(ours, taken, strict=True)],
            [code if at == NONE else NONE for code, at in zip(theirs, partner, strict=True)],
        )

    def grow(self) -> None:
        """Match equal words beside matched ones, first forwards, then backwards."""
        partner, taken = self.partner.tolist(), self.taken.tolist()
        self._fill(partner, taken)
        self._extend(partner, taken, 1)
        self._extend(partner, taken, -1)
        self.partner[:] = partner
        self.taken[:] = taken

    def _fill(self, partner: list[int], taken: list[bool]) -> None:
        """Match what stands between two matched words that are as far apart in both texts."""
        ours, theirs = self.classes
        last = NONE
        for at, one in enumerate(partner):
            if one == NONE:
                continue
            apart = at - last
            if last != NONE and apart > 1 and abs(one - partner[last]) == apart:
                step = 1 if one > partner[last] else -1
                for k in range(1, apart):
                    place = partner[last] + step * k
                    if not taken[place] and ours[place] == theirs[last + k]:
                        partner[last + k], taken[place] = place, True
            last = at

    def _extend(self, partner: list[int], taken: list[bool], way: int) -> None:
        """Match the word on the ``way`` (1 or -1) from each matched word, in its direction."""
        ours, theirs = self.exact
        turn = self.classes
        places = range(len(partner)) if way == 1 else range(len(partner) - 1, -1, -1)
        for at in places:
            if partner[at] != NONE or not 0 <= at - way < len(partner):
                continue
            beside = partner[at - way]
            if beside == NONE:
                continue
            before = partner[at - 2 * way] if 0 <= at - 2 * way < len(partner) else NONE
            backwards = before != NONE and beside - before == -way
            for step in (-way, way) if backwards else (way, -way):
                place = beside + step
                if not 0 <= place < len(taken) or taken[place]:
                    continue
                if ours[place] == theirs[at] or (backwards and turn[0][place] == turn[1][at]):
                    partner[at], taken[place] = place, True
                    break

    def expected(self, places: Places) -> NDArray[np.float64]:
        """Where in the first text words at ``places`` of the second belong, by those matched."""
        known = np.flatnonzero(self.partner >= 0)
        found = self.partner[known]
        if len(known) > NEIGHBOURS:
            known, found = _on_the_way(known, found)
        # Both texts begin and end together where nothing else is known.
        known = np.concatenate(([-1], known, [len(self.second)]))
        return np.interp(places, known, np.concatenate(([-1], found, [len(self.first)])))

    def match_repeated(self, rare: int | None) -> None:
        """Match equal words by distance; of classes with ``rare`` words or less, or of all."""
        free = np.flatnonzero(self.partner == NONE)
        expected = dict(zip(free.tolist(), self.expected(free).tolist(), strict=True))
        ours, theirs = self._left_classes()
        groups: tuple[dict[int, list[int]], ...] = (defaultdict(list), defaultdict(list))
        for codes, group in zip((ours, theirs), groups, strict=True):
            for at, code in enumerate(codes):
                if code != NONE:
                    group[code].append(at)
        for code, places in groups[1].items():
            rivals = groups[0].get(code)
            if rivals and (rare is None or max(len(rivals), len(places)) <= rare):
                places.sort(key=expected.__getitem__)
                wanted = np.array([expected[at] for at in places])
                for some in _chunks(np.array(rivals), np.array(places), wanted):
                    self._assign(*some)

    def _assign(self, rivals: Places, places: Places, wanted: NDArray[np.float64]) -> None:
        """Match words of one class, ``rivals`` of the first text with ``places`` of the second."""
        rivals = rivals[~self.taken[rivals]]
        ours = np.array([self.exact[0][at] for at in rivals.tolist()])
        theirs = np.array([self.exact[1][at] for at in places.tolist()])
        cost = np.minimum(np.abs(rivals[:, None] - wanted[None, :]), 2.0 * REACH)
        cost += TURNED * (ours[:, None] != theirs[None, :])
        for one, other in _cheapest(cost):
            if cost[one, other] <= REACH:
                self.match(int(rivals[one]), int(places[other]))

    def match_alike(self) -> None:
        """Match words that share most of their letters, near to where they belong."""
        free = np.array(
            [
                at
                for at in np.flatnonzero(self.partner == NONE).tolist()
                if self.second[at].lettered
            ],
            np.intp,
        )
        left = np.array(
            [at for at in np.flatnonzero(~self.taken).tolist() if self.first[at].lettered], np.intp
        )
        wanted = self.expected(free)
        order = np.argsort(wanted, kind="stable")
        for start in range(0, len(order), CHUNK):
            some = order[start : start + CHUNK]
            near = left[~self.taken[left]]
            low, high = wanted[some[0]] - ALIKE_REACH, wanted[some[-1]] + ALIKE_REACH
            near = near[(near >= low) & (near <= high)]
            for at in range(0, len(near), 2 * CHUNK):
                rest = some[self.partner[free[some]] == NONE]
                self._match_some_alike(near[at : at + 2 * CHUNK], free[rest], wanted[rest])

    def _match_some_alike(
        self, rivals: Places, places: Places, wanted: NDArray[np.float64]
    ) -> None:
        if not len(rivals) or not len(places):
            return
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import cdist

        alike = cdist(
            [self.first[at].core for at in rivals.tolist()],
            [self.second[at].core for at in places.tolist()],
            scorer=Levenshtein.normalized_similarity,
            dtype=np.float32,
        )
        away = np.abs(rivals[:, None] - wanted[None, :])
        fits = alike - ALIKE_DISTANCE * away >= ALIKE
        cost = np.where(fits, 1 - alike + ALIKE_DISTANCE * away, 10.0)
        for one, other in _cheapest(cost):
            if fits[one, other]:
                self.match(int(rivals[one]), int(places[other]))


def _cheapest(cost: NDArray[np.float64]) -> list[tuple[int, int]]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(cost)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _on_the_way(known: Places, found: Places) -> tuple[Places, Places]:
    """The matched words without those that lie far from where their neighbours lie."""
    way = found - known
    half = NEIGHBOURS // 2
    padded = np.pad(way, half, mode="reflect")
    median = np.median(np.lib.stride_tricks.sliding_window_view(padded, NEIGHBOURS), axis=1)
    near = np.abs(way - median) <= FAR
    return (known[near], found[near]) if near.any() else (known, found)


def _chunks(
    rivals: Places, places: Places, wanted: NDArray[np.float64]
) -> Iterator[tuple[Places, Places, NDArray[np.float64]]]:
    """Words of one class in stretches small enough to assign; ``wanted`` ascends.

    The cheapest partners of n places are among the n rivals on either side of them.
    """
    low = np.searchsorted(rivals, wanted[0]) - len(places)
    high = np.searchsorted(rivals, wanted[-1]) + len(places)
    near = rivals[max(low, 0) : high]
    if len(places) == 1 or (len(places) <= CHUNK and len(near) <= 4 * CHUNK):
        yield near, places, wanted
        return
    half = len(places) // 2
    yield from _chunks(rivals, places[:half], wanted[:half])
    yield from _chunks(rivals, places[half:], wanted[half:])
