"""Where in a work the words of a line may stand, in any order.

Rare words of the line vote for the places where they stand; where many of them meet, the words of
the passage are counted off against those of the line. What a word says is how rarely it is
written at all, less the chance that it is one of the line's anyway; that words stand beside each
other in the line as they do in the passage, in either direction, speaks for it too.
"""

from __future__ import annotations

from itertools import pairwise
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restore.works.fingerprints import STOP, Codes, Places
from restore.works.library import PADDING, Library, Prose

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


class Match(NamedTuple):
    """Words of a line (indices of its fingerprints) and where in a library each stands."""

    order: list[int]
    slots: list[int]
    log_odds: float
    library: Library


class Kinds(NamedTuple):
    """The different words of a line: their fingerprints, where each is first, and how often."""

    codes: Codes
    firsts: Places
    counts: Places


def candidates(codes: Codes, free: Places, library: Library, prose: Prose) -> list[Match]:
    """Passages of a library that the words of a line at the indices ``free`` may be."""
    own = codes[free]
    worth = np.maximum(prose.surprise[own] - log(len(own)), LEAST).astype(np.float64)
    length = len(own) + SPARE
    kinds = Kinds(*np.unique(own, return_index=True, return_counts=True))
    begins = np.array(_windows(kinds, library, worth, length), np.int64) - length
    if not len(begins):
        return []
    stretches = library.padded[
        np.clip(begins[:, None] + PADDING + np.arange(3 * length), 0, len(library.padded) - 1)
    ]
    found = []
    least = log(len(library.codes)) + FOUND - float(library.likely.max())
    for row, start, stop, _ in best_parts(kinds, worth, stretches, least):
        begin = int(begins[row]) + start
        match = _match(own, stretches[row, start:stop], prose, library, begin)
        if match:
            found.append(match._replace(order=free[match.order].tolist()))
    return found


def _windows(own: Kinds, library: Library, worth: Scores, length: int) -> list[int]:
    """Positions before which the rarest words of a line meet within ``length``, best first.

    ``worth`` is of each word of the line. Only places that could be believed are given.
    """
    bounds, index = library.bounds, library.index
    kinds, first, counts = own
    sizes = bounds[kinds.astype(np.int64) + 1] - bounds[kinds]
    order = np.argsort(sizes, kind="stable")
    rare = np.cumsum(sizes[order]) <= COMMON
    common = order[~rare]
    order = order[rare & (sizes[order] > 0)]
    if not len(order):
        return []
    edges = zip(bounds[kinds[order]].tolist(), sizes[order].tolist(), strict=True)
    places = np.concatenate([index[begin : begin + size] for begin, size in edges])
    places &= np.uint64((1 << 24) - 1)
    places <<= np.uint64(24)
    places |= np.repeat(order, sizes[order]).view(np.uint64)
    places.sort()
    places, kind = (places >> np.uint64(24)).view(np.int64), places.view(np.int64) & ((1 << 24) - 1)
    weight = worth[first][kind]
    one, other = _near(places, length)
    # A word that comes again in the window must not count again.
    weight[other[(kind[one] == kind[other]) & (counts[kind[one]] == 1)]] = 0
    votes = weight + np.bincount(one, weight[other], len(places))
    hope = (worth[first[common]] * counts[common]).sum() + NEIGHBOURS * counts.sum()
    best = np.flatnonzero(votes > log(len(library.codes)) + FOUND - hope)
    if len(best) > 4 * CANDIDATES:
        best = best[np.argpartition(-votes[best], 4 * CANDIDATES)[: 4 * CANDIDATES]]
    chosen: list[int] = []
    for place in places[best[np.argsort(-votes[best], kind="stable")]].tolist():
        if all(abs(place - other) > length // 2 for other in chosen):
            chosen.append(place)
            if len(chosen) == CANDIDATES:
                break
    return chosen


def _near(places: Places, length: int) -> tuple[Places, Places]:
    """The indices of all two of ``places``, which rise, that are less than ``length`` apart."""
    begins = np.flatnonzero(np.diff(places) < length)
    ones, others = [begins], [begins + 1]
    step = 2
    while len(begins):
        begins = begins[begins < len(places) - step]
        begins = begins[places[begins + step] - places[begins] < length]
        ones.append(begins)
        others.append(begins + step)
        step += 1
    return np.concatenate(ones), np.concatenate(others)


def best_parts(
    own: Kinds, worth: Scores, stretches: Codes, least: float
) -> list[tuple[int, int, int, float]]:
    """The part of each stretch (a row) where what the words of the line say is most.

    Each is: the row, where in it the part begins and ends, and the most that can be said for it
    (nats), if all its words are neighbours. A word counts as often as the line has it; those that
    the line does not have are paid for. Parts for which no more than ``least`` can be said are
    left out.
    """
    kinds, first, counts = own
    at = np.minimum(np.searchsorted(kinds, stretches), len(kinds) - 1)
    there = kinds[at] == stretches
    # No part says more than it would if its words counted however often they come.
    said = np.where(there, (worth[first] + NEIGHBOURS)[at], -MISSED)
    said[stretches == STOP] = -UNJOINED
    total = np.cumsum(said, 1)
    hopeful = (total - np.minimum.accumulate(total - said, 1)).max(1) > least
    if not hopeful.any():
        return []
    stretches, at, there = stretches[hopeful], at[hopeful], there[hopeful]
    # A part that says anything begins and ends with a word of the line: only those are tried.
    length = max(int(there.sum(1).max()), 1)
    slots = np.argsort(~there, 1, kind="stable")[:, :length]
    rows = np.arange(len(stretches))[:, None]
    codes, at, tried = stretches[rows, slots], at[rows, slots], there[rows, slots]
    # Axes: stretch, last word of the part, first word of the part.
    below = np.tri(length, dtype=np.bool_)
    equal = (codes[:, :, None] == codes[:, None, :]) & below
    times = np.cumsum(equal[:, :, ::-1], 2, dtype=np.int16)[:, :, ::-1]
    counted = times <= counts[at][:, :, None]
    gain = np.where(counted, worth[first[at]][:, :, None], -MISSED) * below
    # What the other words of the stretch cost, up to each word of the line.
    others = MISSED * (slots - np.arange(length))
    others += UNJOINED * np.cumsum(stretches == STOP, 1)[rows, slots]
    totals = np.cumsum(gain, 1) - others[:, :, None] + others[:, None, :]
    totals[~(below & tried[:, :, None] & tried[:, None, :])] = -np.inf
    lasts, firsts = np.divmod(np.argmax(totals.reshape(len(stretches), -1), 1), length)
    begins, ends = slots[rows[:, 0], firsts], slots[rows[:, 0], lasts]
    most = totals.max((1, 2)) + NEIGHBOURS * (lasts - firsts)
    told = np.flatnonzero(most > least)
    columns = (np.flatnonzero(hopeful), begins, ends + 1, most)
    return list(zip(*(column[told].tolist() for column in columns), strict=True))


def _match(own: Codes, known: Codes, prose: Prose, library: Library, begin: int) -> Match | None:
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
    positions = [begin + slot for slot in slots]
    likely = float(library.likely[library.works_at(np.array(positions[:1]))[0]])
    odds = float(said) + NEIGHBOURS * beside + likely - log(len(library.codes)) - FOUND
    return Match(order, positions, odds, library) if odds > 0 else None


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
