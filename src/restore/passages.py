"""Passages of known works whose words stand in a line in any order.

Rare words of the line vote for the places where they stand; where many of them meet, the words of
the passage are counted off against those of the line. What a word says is how rarely it is
written at all, less the chance that it is one of the line's anyway; that words stand beside each
other in the line as they do in the passage, in either direction, speaks for it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restore.fingerprints import STOP, Codes, Places, encoded
from restore.library import PADDING, Library, Prose

COMMON = 6000  # places of a word that are looked at, all words of a line together
SPARE = 4  # words that a passage may have more than the line
CANDIDATES = 12  # places of a line that are looked at closely
MISSED = 3.0  # nats: price of a word of the passage that is not in the line; a guess
NEIGHBOURS = 1.0  # nats: that two words are neighbours in the line too, besides; a guess
FOUND = 3.0  # nats beyond the number of places; fitted by scripts/bench --quotes
LEAST = 0.2  # nats that any word of the line says for a passage; a guess
UNJOINED = 1e6  # nats: price of going on where one text of a library does not go on with the next
FEWEST = 3  # words

Scores = NDArray[np.float64]


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


def passages(words: Sequence[str], libraries: Sequence[Library], prose: Prose) -> list[Passage]:
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


def _windows(own: Codes, library: Library, worth: Scores, length: int) -> list[int]:
    """Positions before which the rarest words of a line meet within ``length``, best first.

    ``worth`` is of each word of the line. Only places that could be believed are given.
    """
    bounds, index = library.bounds, library.index
    kinds, first, counts = np.unique(own, return_index=True, return_counts=True)
    sizes = bounds[kinds.astype(np.int64) + 1] - bounds[kinds]
    order = np.argsort(sizes, kind="stable")
    rare = np.cumsum(sizes[order]) <= COMMON
    common = order[~rare]
    order = order[rare & (sizes[order] > 0)]
    if not len(order):
        return []
    parts = [index[bounds[kinds[at]] : bounds[int(kinds[at]) + 1]] for at in order.tolist()]
    places = (np.concatenate(parts) & np.uint64((1 << 24) - 1)).astype(np.int64)
    kind = np.repeat(order, [len(part) for part in parts])
    # A word that comes again in the window must not count again.
    places = kind << 24 | places
    places.sort()
    again = np.zeros(len(places), np.bool_)
    again[1:] = np.diff(places) < length
    kind = places >> 24
    weight = np.where(again & (counts[kind] == 1), 0, worth[first[kind]])
    turn = np.argsort(places & ((1 << 24) - 1))
    places, weight = places[turn] & ((1 << 24) - 1), weight[turn]
    total = np.concatenate([[0.0], np.cumsum(weight)])
    votes = total[np.searchsorted(places, places + length)] - total[:-1]
    hope = (worth[first[common]] * counts[common]).sum() + NEIGHBOURS * len(own)
    best = np.flatnonzero(votes + hope > log(len(library.codes)) + FOUND)
    if len(best) > 4 * CANDIDATES:
        best = best[np.argpartition(-votes[best], 4 * CANDIDATES)[: 4 * CANDIDATES]]
    chosen: list[int] = []
    for at in best[np.argsort(-votes[best], kind="stable")].tolist():
        if len(chosen) < CANDIDATES and all(abs(places[at] - p) > length // 2 for p in chosen):
            chosen.append(int(places[at]))
    return chosen


def _candidates(codes: Codes, free: Places, library: Library, prose: Prose) -> list[Passage]:
    """Passages of a library that the words of a line at the indices ``free`` may be."""
    own = codes[free]
    worth = np.maximum(prose.surprise[own] - log(len(own)), LEAST).astype(np.float64)
    length = len(own) + SPARE
    begins = np.array(_windows(own, library, worth, length), np.int64) - length
    if not len(begins):
        return []
    stretches = library.padded[
        np.clip(begins[:, None] + PADDING + np.arange(3 * length), 0, len(library.padded) - 1)
    ]
    found = []
    for begin, known, part in zip(
        begins.tolist(), stretches, _best_parts(own, worth, stretches), strict=True
    ):
        passage = _passage(own, known[slice(*part)], prose, library, begin + part[0])
        if passage:
            found.append(passage._replace(order=tuple(free[list(passage.order)].tolist())))
    return found


def _best_parts(own: Codes, worth: Scores, stretches: Codes) -> list[tuple[int, int]]:
    """Of each stretch (a row) the part where what the words of the line say is most.

    A word counts as often as the line has it; those that the line does not have are paid for.
    """
    kinds, first, counts = np.unique(own, return_index=True, return_counts=True)
    at = np.minimum(np.searchsorted(kinds, stretches), len(kinds) - 1)
    there = kinds[at] == stretches
    length = stretches.shape[1]
    # Axes: stretch, last word of the part, first word of the part.
    equal = np.tril(stretches[:, :, None] == stretches[:, None, :])
    times = np.cumsum(equal[:, :, ::-1], 2, dtype=np.int16)[:, :, ::-1]
    counted = there[:, :, None] & (times <= counts[at][:, :, None])
    gain = np.where(counted, worth[first[at]][:, :, None], -MISSED)
    gain[stretches == STOP] = -UNJOINED
    gain *= np.tri(length)
    totals = np.cumsum(gain, 1).reshape(len(stretches), -1)
    lasts, firsts = np.divmod(np.argmax(totals, 1), length)
    return list(zip(firsts.tolist(), (lasts + 1).tolist(), strict=True))


def _passage(
    own: Codes, known: Codes, prose: Prose, library: Library, begin: int
) -> Passage | None:
    """The words of a line as a passage has them, if it can be believed; None if not."""
    order, slots = _assigned(own.tolist(), known.tolist())
    if len(order) < FEWEST:
        return None
    said = np.maximum(prose.said(known) - log(len(own)), LEAST)[slots].sum()
    said -= MISSED * (len(known) - len(slots))
    beside = sum(
        abs(one - two) == 1 and there == here + 1
        for (one, two), (here, there) in zip(pairwise(order), pairwise(slots), strict=True)
    )
    position = begin + slots[0]
    likely = float(library.likely[library.works_at(np.array([position]))[0]])
    odds = float(said) + NEIGHBOURS * beside + likely - log(len(library.codes)) - FOUND
    if odds <= 0:
        return None
    follows = tuple(there == here + 1 for here, there in pairwise(slots))
    return Passage(tuple(order), follows, library.place(position), odds, library.name, position)


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
