"""Passages of known works whose words stand in a line in any order.

What is found of them (``matches.py``) is told as an order of the words of the line, and as which
word follows which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from restore.works.fingerprints import CODES, STOP, Codes, Places, encoded, respellings
from restore.works.library import NAMED, PADDING, Library, Prose
from restore.works.matches import FEWEST, Match, candidates

BEYOND = 3  # words beyond an end of a passage among which one more may be of the line; a guess
BY_CHANCE = 0.02  # that a word of the passage is like one of the rest of the line; a guess
RESPELLED = 0.9  # that it is the same word then; a guess
TOGETHER = 8  # words that are respelled in one call; most lines have more than ``BY_CHANCE``


class Neighbours(NamedTuple):
    """Two words of a line, the second of which follows the first in a passage.

    ``share`` is how likely the passage makes that: below 1 where it has one of the words more
    often than the line, or where one is spelled otherwise.
    """

    one: int
    other: int
    share: float


class Passage(NamedTuple):
    """A passage of a work whose words stand in a line.

    ``order``: indices of the line's words, as the passage has them; ``neighbours``: which words
    follow each other there, also words of the line that are the same as those of ``order``.
    ``position`` (in ``library``) is where the first one stands; ``log_odds``, in nats, how much
    likelier the words are this passage than chance.
    """

    order: tuple[int, ...]
    neighbours: tuple[Neighbours, ...]
    place: str
    log_odds: float
    library: str
    position: int


def passages(words: Sequence[str], libraries: Sequence[Library], prose: Prose) -> list[Passage]:
    """The passages of which the words of a line, in any order, are a part; no word is in two."""
    codes, owners = encoded(words)
    found: list[tuple[Match, dict[int, int], Places]] = []
    free = np.flatnonzero(codes != STOP)
    while len(free) >= FEWEST:
        best = _best([candidates(codes, free, library, prose) for library in libraries])
        if best is None:
            break
        left = _without(free, best.order)
        respelled = _respelled(best, left, [words[owner] for owner in owners[left]])
        found.append((best, respelled, free))
        free = _without(left, respelled.values())
    told = []
    for best, respelled, own in found:
        rest = _rest(best, respelled, codes, free)
        free = _without(free, rest.values())
        told.append(_of_words(best, respelled, rest, codes, own, owners))
    return told


def _without(free: Places, taken: Iterable[int]) -> Places:
    """Some indices without others; ``np.isin`` takes ten times as long for few."""
    gone = set(taken)
    return np.array([at for at in free.tolist() if at not in gone], np.int64) if gone else free


def _best(found: Sequence[Sequence[Match]]) -> Match | None:
    """The likeliest match, or that of an earlier library which has most of its words."""
    each = [max(those, key=lambda match: match.log_odds) for those in found if those]
    best = max(each, key=lambda match: match.log_odds, default=None)
    for match in each:
        if best and len(set(match.order) & set(best.order)) >= NAMED * len(best.order):
            return match
    return best


def _respelled(match: Match, left: Places, units: Sequence[str]) -> dict[int, int]:
    """Words of a line that may be spelled otherwise in a passage, by where they stand there.

    ``left`` are the indices of the words that are not in the passage, ``units`` their spellings.
    """
    spelled: list[Codes] = []
    for first in range(0, len(units), TOGETHER):
        spelled += respellings(units[first : first + TOGETHER])
        if sum(map(len, spelled)) > BY_CHANCE * CODES:
            return {}
    padded, taken = match.library.padded, set(match.slots)
    found: dict[int, int] = {}
    for slot in range(match.slots[0] - 1, match.slots[-1] + 2):
        if slot in taken:
            continue
        code = padded[slot + PADDING]
        fitting = [
            int(index)
            for index, codes in zip(left, spelled, strict=True)
            if code in codes and index not in found.values()
        ]
        if len(fitting) == 1:
            found[slot] = fitting[0]
    return found


def _rest(match: Match, respelled: dict[int, int], codes: Codes, free: Places) -> dict[int, int]:
    """Words of a line beyond the ends of a passage that it has too, by where they stand there.

    Beyond a word that the author changed they may say too little to pay for it. Once the passage
    is believed, it is where they belong.
    """
    left: dict[int, list[int]] = {}
    for index in free.tolist():
        left.setdefault(int(codes[index]), []).append(index)
    found: dict[int, int] = {}
    for edge, step in ((match.slots[0], -1), (match.slots[-1], 1)):
        reached, slot = edge, edge + step
        while abs(slot - reached) <= BEYOND:
            code = int(match.library.padded[slot + PADDING])
            if code == STOP:
                break
            if slot in respelled:
                reached = slot
            elif left.get(code):
                found[slot] = left[code].pop(0)
                reached = slot
            slot += step
    return found


def _of_words(
    match: Match,
    respelled: dict[int, int],
    rest: dict[int, int],
    codes: Codes,
    free: Places,
    owners: Places,
) -> Passage:
    """A passage of words, which may have several fingerprints each."""
    at = dict(zip(match.slots, match.order, strict=True)) | respelled | rest
    order = dict.fromkeys(int(owners[at[slot]]) for slot in sorted(at))
    pairs: dict[tuple[int, int], float] = {}
    for one, other, share in _neighbours(match, respelled, codes, free):
        first, second = int(owners[one]), int(owners[other])
        # Of a word with a maqaf the last part has a word after it, and the first one before it.
        inside = first in owners[one + 1 : one + 2] or second in owners[other - 1 : other]
        if first != second and not inside:
            pairs[first, second] = max(share, pairs.get((first, second), 0.0))
    return Passage(
        tuple(order),
        tuple(Neighbours(*pair, share) for pair, share in pairs.items()),
        match.library.place(match.slots[0]),
        match.log_odds,
        match.library.name,
        match.slots[0],
    )


def _neighbours(
    match: Match, respelled: dict[int, int], codes: Codes, free: Places
) -> Iterator[Neighbours]:
    """Which fingerprints of a line follow each other in a passage or right at its ends."""
    begin, stop = match.slots[0] - 1, match.slots[-1] + 2
    known = match.library.padded[begin + PADDING : stop + PADDING].tolist()
    own: dict[int, list[int]] = {}
    for index in free.tolist():
        own.setdefault(int(codes[index]), []).append(index)
    words: list[tuple[Sequence[int], float]] = []
    for slot, code in enumerate(known, begin):
        if slot in respelled:
            words.append((own[int(codes[respelled[slot]])], RESPELLED))
        else:
            equal = own.get(code, [])
            words.append((equal, min(len(equal) / known.count(code), 1.0)))
    for (ones, first), (others, second) in pairwise(words):
        for one, other in product(ones, others):
            if one != other:
                yield Neighbours(one, other, first * second)
