"""Passages of known works whose words stand in a line in any order.

Rare words of the line vote for the places where they stand; where many of them meet, the words of
the passage are counted off against those of the line. What a word says is how rarely it is
written at all, less the chance that it is one of the line's anyway; that words stand beside each
other in the line as they do in the passage, in either direction, speaks for it too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np

from restore.fingerprints import STOP, Codes, Places, encoded
from restore.library import Library, Prose

COMMON = 6000  # places of a word that are looked at, all words of a line together
SPARE = 4  # words that a passage may have more than the line
CANDIDATES = 12  # places of a line that are looked at closely
MISSED = 3.0  # nats: price of a word of the passage that is not in the line; a guess
NEIGHBOURS = 1.0  # nats: that two words are neighbours in the line too, besides; a guess
FOUND = 3.0  # nats beyond the number of places; fitted by scripts/bench --quotes
FEWEST = 3  # words


class Passage(NamedTuple):
    """A passage of a work whose words stand in a line.

    ``order``: indices of the line's words, as the passage has them. ``follows``: for each but the
    last whether the next stands right after it in the passage. ``position`` (in ``library``) is
    where the first one stands; ``log_odds``, in nats, how much likelier the words are this passage
    than chance.
    """

    order: tuple[int, ...]
    follows: tuple[bool, ...]
    place: str
    log_odds: float
    library: str
    position: int


def passages(
    words: Sequence[str], libraries: Sequence[Library], prose: Prose
) -> list[Passage]:
    """The passages of which the words of a line, in any order, are a part; no word is in two."""
    codes, owners = encoded(words)
    found: list[Passage] = []
    free = np.flatnonzero(codes != STOP)
    while len(free) >= FEWEST:
        best = max(
            (
                passage
                for library in libraries
                for passage in _candidates(codes, free, library, prose)
            ),
            key=lambda passage: passage.log_odds,
            default=None,
        )
        if best is None:
            break
        found.append(best)
        free = free[~np.isin(free, best.order)]
    return [_of_words(passage, owners) for passage in found]


def _of_words(passage: Passage, owners: Places) -> Passage:
    """The same passage with indices of words in place of those of fingerprints."""
    order: list[int] = []
    follows: list[bool] = []
    joined = True
    for at, index in enumerate(passage.order):
        owner = int(owners[index])
        if owner not in order:
            if order:
                follows.append(joined)
            order.append(owner)
            joined = True
        joined = at < len(passage.follows) and passage.follows[at] and order[-1] == owner
    return passage._replace(order=tuple(order), follows=tuple(follows))


def _windows(codes: Codes, library: Library, prose: Prose, length: int) -> list[int]:
    """Positions before which the rarest words of a line meet within ``length``, best first."""
    bounds, index = library.bounds, library.index
    kinds, counts = np.unique(codes, return_counts=True)
    sizes = bounds[kinds.astype(np.int64) + 1] - bounds[kinds]
    order = np.argsort(sizes, kind="stable")
    order = order[(sizes[order] > 0) & (np.cumsum(sizes[order]) <= COMMON)]
    if not len(order):
        return []
    parts = [
        index[bounds[kinds[at]] : bounds[int(kinds[at]) + 1]] & np.uint64((1 << 24) - 1)
        for at in order
    ]
    places = np.concatenate(parts).astype(np.int64)
    places = places << 8 | np.repeat(np.arange(len(order)), [len(part) for part in parts])
    places.sort()
    kind = places & 255
    places >>= 8
    weight = prose.surprise[kinds[order]].astype(np.float64)[kind]
    # A word that comes again in the window must not count again.
    again = np.lexsort((places, kind))
    near = np.zeros(len(places), np.bool_)
    near[1:] = (np.diff(kind[again]) == 0) & (np.diff(places[again]) < length)
    weight[again[near & (counts[order][kind[again]] == 1)]] = 0
    total = np.concatenate([[0.0], np.cumsum(weight)])
    votes = total[np.searchsorted(places, places + length)] - total[:-1]
    least = log(len(library.codes))
    best = np.flatnonzero(votes >= 0.5 * least)
    if len(best) > 4 * CANDIDATES:
        best = best[np.argpartition(-votes[best], 4 * CANDIDATES)[: 4 * CANDIDATES]]
    chosen: list[int] = []
    for at in best[np.argsort(-votes[best], kind="stable")].tolist():
        if len(chosen) < CANDIDATES and all(abs(places[at] - p) > length // 2 for p in chosen):
            chosen.append(int(places[at]))
    return chosen


def _candidates(codes: Codes, free: Places, library: Library, prose: Prose) -> list[Passage]:
    own = codes[free]
    length = len(own) + SPARE
    found = []
    for place in _windows(own, library, prose, length):
        begin = max(place - length, 0)
        stretch = library.codes[begin : place + 2 * length]
        passage = _aligned(own, stretch, prose, library, begin)
        if passage:
            found.append(passage._replace(order=tuple(free[list(passage.order)].tolist())))
    return found


def _aligned(
    own: Codes, stretch: Codes, prose: Prose, library: Library, begin: int
) -> Passage | None:
    """The best part of a stretch of a library, its words counted off against those of a line."""
    worth = np.maximum(prose.said(stretch) - log(len(own)), 0.2).tolist()
    known = stretch.tolist()
    first, last, said = _best_part(Counter(own.tolist()), known, worth)
    order, slots = _assigned(own.tolist(), known[first:last])
    if len(order) < FEWEST:
        return None
    beside = sum(
        abs(one - two) == 1 and there == here + 1
        for one, two, here, there in zip(order, order[1:], slots, slots[1:], strict=False)
    )
    likely = float(library.likely[library.works_at(np.array([begin + first]))[0]])
    odds = said + NEIGHBOURS * beside + likely - log(len(library.codes)) - FOUND
    if odds <= 0:
        return None
    follows = tuple(there == here + 1 for here, there in zip(slots, slots[1:], strict=False))
    position = begin + first + slots[0]
    return Passage(
        tuple(order), follows, library.place(position), odds, library.name, position
    )


def _best_part(wanted: Counter[int], known: list[int], worth: list[float]) -> tuple[int, int, float]:
    """Where what the words of a line say is most, less the price of words it does not have.

    The greatest sum of a stretch (Bentley 1984, https://doi.org/10.1145/358234.381162), where a
    word counts as often as the line has it.
    """
    best, best_first, best_last = 0.0, 0, 0
    for first, code in enumerate(known):
        if code not in wanted:
            continue
        left = wanted.copy()
        total = 0.0
        for last in range(first, len(known)):
            code = known[last]
            if left.get(code, 0) > 0:
                left[code] -= 1
                total += worth[last]
                if total > best:
                    best, best_first, best_last = total, first, last + 1
            else:
                total -= MISSED
                if total < -MISSED or code == STOP:
                    break
    return best_first, best_last, best


def _assigned(own: list[int], known: list[int]) -> tuple[list[int], list[int]]:
    """Which word of the line each word of a passage is, and which of the passage's those are.

    Of equal words of the line the one that stands beside the word before is taken.
    """
    left: dict[int, list[int]] = {}
    for at, code in enumerate(own):
        left.setdefault(code, []).append(at)
    order: list[int] = []
    slots: list[int] = []
    for slot, code in enumerate(known):
        choices = left.get(code)
        if not choices:
            continue
        before = order[-1] if order and slots[-1] == slot - 1 else None
        beside = [at for at in choices if before is not None and abs(at - before) == 1]
        chosen = beside[0] if beside else choices[0]
        choices.remove(chosen)
        order.append(chosen)
        slots.append(slot)
    return order, slots
