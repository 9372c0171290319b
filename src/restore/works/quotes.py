"""Quotes of known works: which words of a text are one, from where, and in which order they stood.

Running text is compared by seeds, two words that stand together in a work, which are then
extended in both directions as far as that pays (as BLAST does: Altschul et al. 1990,
https://doi.org/10.1016/S0022-2836(05)80360-2). For words whose order is not known, rare words
vote for a place. What a word says for a place is how rarely it is written at all, in nats; a
quote is believed when its words together outweigh the number of places there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from math import log
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from restore.works.fingerprints import CODES, STOP, Codes, Places, encoded
from restore.works.library import NAMED, NO_PROSE, PADDING, Library, Prose
from restore.works.passages import Passage, passages

BLOCK = 1 << 14  # words looked up at a time: bounds the memory
SEED = 2  # words
MOST_PLACES = 48  # of a seed that are looked at; of a formula the first ones do
ANCHOR = 9.0  # nats: what words that stand together must say to be extended; a guess
REACH = 12  # words beyond an anchor at each end that are compared with the work
NEAR = 4  # words beyond an anchor that are compared first
NOT_YET = 7.0  # nats that more words must still add then; a guess
DRIFT = 4  # words that the author may have left out or put in
MISS = 2.5  # nats: price of a word that is not in the work; a guess
QUOTED = 8.0  # nats beyond the number of places; fitted by scripts/bench --quotes
SURE = 12.0  # nats beyond which words are no formula; a guess
FORMULA = 3.0  # nats, by the logarithm of the surroundings in which words stand; a guess
UNMARKED = 6.0  # nats, for words that nothing marks as a quote; fitted by scripts/bench --quotes
FEWEST = 3  # words of a quote that are in the work
NO_STRETCH = -1

INTRODUCING = frozenset('"״“”„‘([:–—-')
OPENING = tuple("\"'״׳“”„‘")
# A closing mark, which no gershayim are: those stand before the last letter.
CLOSED = re.compile('["״“”][.,:;!?)\\]]*$')
SAID = re.compile(
    '[ושהד]?(?:נאמר|כתוב|כתיב|אמרו|אומר|אמר|פסוק|מקרא|תפילה)[:,]?["״“”]?|בפסוק|הפסוק|הכתוב|ז"ל:?'
)

# Words that only announce a quote are none, though a work may announce it with the same words.
ANNOUNCEMENTS = "נאמר שנאמר ונאמר כתוב ככתוב שכתוב וכתוב כתיב דכתיב וכתיב"
ANNOUNCING = np.zeros(CODES, np.bool_)
ANNOUNCING[encoded(ANNOUNCEMENTS.split())[0]] = True

Scores = NDArray[np.float64]


class Quote(NamedTuple):
    """A quote in a text: its words ``start`` to ``stop``, and where they are from.

    ``exactness`` is the share of the words between that stand so in the work; ``log_odds``, in
    nats, how much likelier they are a quote than chance; ``position`` and ``library`` are where
    the first word stands in the fingerprints.
    """

    start: int
    stop: int
    place: str
    exactness: float
    log_odds: float
    library: str
    position: int


class _Found(NamedTuple):
    """Stretches of a text, a row each, and the stretch of a library that each resembles."""

    starts: Places
    stops: Places
    shifts: Places
    scores: Scores


class Quotes:
    """The quotes of some libraries; of what several have, the first names it."""

    def __init__(self, libraries: Sequence[Library]) -> None:
        """``libraries`` may be many; the first with frequencies gives those of all."""
        self.libraries = tuple(libraries)

    @cached_property
    def prose(self) -> Prose:
        """What quotes are told from."""
        return next((library.prose for library in self.libraries if library.prose), NO_PROSE)

    def find(self, words: Sequence[str]) -> list[Quote]:
        """The quotes in running text, in their order; they do not overlap."""
        codes, owners = encoded(words)
        found: list[Quote] = []
        named: set[int] = set()
        for library in self.libraries:
            told = matches(codes, library, self.prose)
            fresh = [
                quote
                for quote in self._named(words, codes, owners, library, told)
                if len(named.intersection(span := range(quote.start, quote.stop)))
                < NAMED * len(span)
            ]
            found += fresh
            named.update(at for quote in fresh for at in range(quote.start, quote.stop))
        return _apart(found)

    def passages(self, words: Sequence[str]) -> list[Passage]:
        """The passages that the words of a line, in any order, are from; no word is in two."""
        return passages(words, self.libraries, self.prose)

    def threes(self, words: Sequence[str]) -> Places:
        """The indices of those words that may stand in a library with the two that follow."""
        codes, owners = encoded(words)
        if len(codes) < FEWEST:
            return owners[:0]
        one, two, three = (codes[at : len(codes) - 2 + at].astype(np.uint64) for at in range(3))
        keys = one << np.uint64(24) | two << np.uint64(8) | three >> np.uint64(8)
        known = np.zeros(len(keys), np.bool_)
        for library in self.libraries:
            low, high = _range(library.index, keys, 24)
            known |= high > low
        return owners[:-2][known & (one > 0) & (two > 0) & (three > 0)]

    def standing(self, quote: Quote, count: int) -> Codes:
        """The fingerprints of so many words of the work from where a quote of it begins.

        Less at the end of the library.
        """
        works = next(works for works in self.libraries if works.name == quote.library)
        return works.codes[quote.position : quote.position + count]

    def _named(
        self,
        words: Sequence[str],
        codes: Codes,
        owners: Places,
        library: Library,
        matches: _Found,
    ) -> Iterable[Quote]:
        merged = _merged(matches)
        if not merged:
            return
        starts, stops, shifts = (np.array(column) for column in list(zip(*merged, strict=True))[:3])
        lengths = stops - starts
        ends = np.cumsum(lengths)
        firsts = ends - lengths
        here = np.arange(ends[-1]) + np.repeat(starts - firsts, lengths)
        same = _same(codes, library, here, np.repeat(shifts, lengths)).any(1)
        counts = np.add.reduceat(same, firsts, dtype=np.int64)
        # A text may put words before the first of a library.
        positions = np.maximum(starts + shifts, 0)
        for row in np.flatnonzero(counts >= FEWEST).tolist():
            start, stop, _, score = merged[row]
            first, last = int(owners[start]), int(owners[stop - 1]) + 1
            odds = score
            if score < SURE:
                odds -= _formula(library, codes[start:stop]) + _unmarked(words, first, last)
            if odds > 0:
                yield Quote(
                    first,
                    last,
                    library.place(int(positions[row])),
                    float(counts[row] / lengths[row]),
                    odds,
                    library.name,
                    int(positions[row]),
                )


def _unmarked(words: Sequence[str], first: int, last: int) -> float:
    """Nats against words as a quote if nothing beside them says that something is quoted."""
    before = words[first - 1] if first else ""
    after = words[last] if last < len(words) else ""
    marked = (
        words[first][:1] in OPENING
        or before[-1:] in INTRODUCING
        or CLOSED.search(words[last - 1])
        or SAID.fullmatch(before.lstrip("\"'״“”„("))
        or after[:1] in ("(", "[")
    )
    return 0.0 if marked else UNMARKED


def _formula(library: Library, codes: Codes) -> float:
    """Nats against words as a quote: in how many surroundings they stand, as formulas do."""
    key = np.array([int(codes[0]) << 16 | int(codes[1])], np.uint64)
    (low,), (high,) = _range(library.index, key, 32)
    places = (library.index[low:high] & np.uint64((1 << 24) - 1)).astype(np.int64) + PADDING
    known = library.padded
    for at in range(2, len(codes)):
        places = places[known[places + at] == codes[at]]
    sides = (known[places - 1], known[places + len(codes)])
    kinds = min(len(set(side.tolist())) for side in sides)
    return FORMULA * log(kinds) if kinds > 1 else 0.0


def _range(index: NDArray[np.uint64], keys: NDArray[np.uint64], bits: int) -> tuple[Places, Places]:
    """Where in an index the numbers that have a key above so many bits begin and end."""
    least = keys << np.uint64(bits)
    # Not up to the next key: after the greatest there is none in 64 bits.
    most = least | np.uint64((1 << bits) - 1)
    return np.searchsorted(index, least), np.searchsorted(index, most, "right")


def _seeds(codes: Codes, library: Library) -> tuple[Places, Places]:
    """Where two words of the text stand together in the library: indices there and here."""
    index = library.index
    keys = codes[:-1].astype(np.uint64) << np.uint64(16) | codes[1:]
    keys[(codes[:-1] == STOP) | (codes[1:] == STOP)] = 0
    unique, inverse = np.unique(keys, return_inverse=True)
    low, high = (edges[inverse] for edges in _range(index, unique, 32))
    high[keys == 0] = low[keys == 0]
    many = np.flatnonzero(high - low > MOST_PLACES)
    many = many[many < len(codes) - SEED]
    if len(many):
        longer = keys[many] << np.uint64(8) | (codes[many + SEED] >> 8).astype(np.uint64)
        low[many], high[many] = _range(index, longer, 24)
    counts = np.minimum(high - low, MOST_PLACES)
    here = np.repeat(np.arange(len(keys)), counts)
    within = np.arange(len(here)) - np.repeat(np.cumsum(counts) - counts, counts)
    there = index[np.repeat(low, counts) + within] & np.uint64((1 << 24) - 1)
    return here, there.astype(np.int64)


def _anchors(codes: Codes, library: Library, said: Scores) -> tuple[Places, Places, Places]:
    """Longest stretches of text that stand so in the library: starts, stops and shifts."""
    here, there = _seeds(codes, library)
    order = (there - here + BLOCK) << 24 | here
    order.sort()
    here = order & ((1 << 24) - 1)
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = np.diff(order) != 1
    first = np.flatnonzero(fresh) if len(order) else order
    last = np.append(first[1:], len(order))[: len(first)] - 1
    starts, stops = here[first], here[last] + SEED
    worth = said[stops] - said[starts] >= ANCHOR
    return starts[worth], stops[worth], ((order[first] >> 24) - BLOCK)[worth]


def _same(codes: Codes, library: Library, here: Places, shifts: Places) -> NDArray[np.bool_]:
    """Whether each word is that of the library, at the shift and up to DRIFT beside it.

    The middle column is that of the shift itself. Words beyond the ends are the same as none.
    """
    width = 2 * DRIFT + 1
    there = np.clip(here + shifts + (PADDING - DRIFT), 0, len(library.padded) - width)
    own = codes.take(here, mode="clip")
    same = sliding_window_view(library.padded, width)[there] == own[:, None]
    same &= (own != STOP)[:, None]
    return np.asarray(same)


def _extended(
    codes: Codes, library: Library, told: Scores, edges: Places, shifts: Places, reach: int
) -> tuple[Places, Scores]:
    """How far stretches go on beyond their edges, and what that says for them.

    At most ``reach`` words are looked at, to the left if that is below 0.
    """
    here = edges[:, None] + np.arange(0, reach, 1 if reach > 0 else -1)
    same = _same(codes, library, here.ravel(), np.repeat(shifts, abs(reach)))
    own = told.take(here, mode="clip").ravel()
    beside = np.maximum(own - log(2 * DRIFT + 1), -MISS)
    gain = np.where(same[:, DRIFT], own, np.where(same.any(1), beside, -MISS))
    gain[(here.ravel() < 0) | (here.ravel() >= len(codes))] = -MISS
    total = np.cumsum(gain.reshape(here.shape), 1)
    furthest = np.argmax(total, 1)
    best = np.take_along_axis(total, furthest[:, None], 1)[:, 0]
    return np.where(best > 0, furthest + 1, 0), np.maximum(best, 0)


def matches(codes: Codes, library: Library, prose: Prose) -> _Found:
    """Stretches of a text that are believed to be from a library, which may overlap."""
    parts: list[_Found] = []
    for begin in range(0, max(len(codes) - 1, 1), BLOCK):
        block = codes[begin : begin + BLOCK + 2 * REACH]
        told = np.where(ANNOUNCING[block], 0.0, prose.said(block))
        said = np.concatenate([[0.0], np.cumsum(told)])
        starts, stops, shifts = _anchors(block, library, said)
        sure = library.likely[library.works_at(starts + shifts)] - log(len(library.codes)) - QUOTED
        sure += said[stops] - said[starts]
        # Most stretches are chance: a look at the nearest words tells them.
        for reach, least in ((NEAR, -NOT_YET), (REACH, 0.0)):
            after, more = _extended(block, library, told, stops, shifts, reach)
            before, other = _extended(block, library, told, starts - 1, shifts, -reach)
            worth = sure + more + other > least
            starts, stops, shifts, sure = starts[worth], stops[worth], shifts[worth], sure[worth]
        after, before, sure = after[worth], before[worth], sure + (more + other)[worth]
        parts.append(_Found(starts - before + begin, stops + after + begin, shifts - begin, sure))
    return _Found(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _merged(found: _Found) -> list[tuple[int, int, int, float]]:
    """The best stretches that do not overlap; those of one passage are joined."""
    # Of equal stretches the one that stands first in the library is named.
    order = np.lexsort((found.shifts + found.starts, -np.round(found.scores, 3)))
    # The number of the stretch that each word is in; one more, so that the last may look ahead.
    taken = [NO_STRETCH] * (int(found.stops.max(initial=0)) + 1)
    kept: list[tuple[int, int, int, float]] = []
    for start, stop, shift, score in zip(
        *(column[order].tolist() for column in found), strict=True
    ):
        met = (taken[at] for at in (start, stop - 1, (start + stop) // 2))
        owner = next((number for number in met if number != NO_STRETCH), len(kept))
        if owner == len(kept):
            kept.append((start, stop, shift, score))
        elif abs(kept[owner][2] - shift) <= 2 * DRIFT:
            first, last, own, best = kept[owner]
            while start < first and taken[first - 1] == NO_STRETCH:
                first -= 1
            while stop > last and taken[last] == NO_STRETCH:
                last += 1
            kept[owner] = (first, last, own, best)
            start, stop = first, last
        else:
            continue
        for at in range(start, stop):
            if taken[at] == NO_STRETCH:
                taken[at] = owner
    return kept


def _apart(found: list[Quote]) -> list[Quote]:
    """The quotes of all libraries that do not overlap, the likeliest first chosen."""
    kept: list[Quote] = []
    taken: set[int] = set()
    for quote in sorted(found, key=lambda quote: -quote.log_odds):
        span = range(quote.start, quote.stop)
        if taken.isdisjoint(span):
            kept.append(quote)
            taken.update(span)
    return sorted(kept)
