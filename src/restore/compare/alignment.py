"""Two texts word by word: which word is which, those that an extractor glued parted first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from restore.compare.matching import ALIKE_REACH, NONE, Matching, Places, matched_words
from restore.compare.words import Word, cut, runs


class Alignment(NamedTuple):
    """The words of two texts, and for each of the second its index in the first, or -1."""

    first: Sequence[Word]
    second: Sequence[Word]
    partner: Places


def aligned(first: Sequence[Word], second: Sequence[Word]) -> Alignment:
    """The words of both texts, matched; those that are glued in one text are parted first."""
    matching = matched_words(first, second)
    for apart in (False, True):
        parted = parted_where_left(matching, apart)
        if len(parted) > len(matching.first):
            matching = matched_words(parted, matching.second)
        parted = parted_where_left(matching.turned_about(), False)
        if len(parted) > len(matching.second):
            matching = matched_words(matching.first, parted)
    return Alignment(matching.first, matching.second, matching.partner)


def parted_where_left(matching: Matching, apart: bool) -> list[Word]:
    """The first words, those parted that are made of words of the second that are left over.

    Words that are only alike are left over too; ``apart``: and the number and the letters of one
    that has both. An extractor glues words wherever it misses the
    white space between them, in whatever order they were.
    """
    codes = matching.classes
    partner = matching.partner.tolist()
    left = [at for at, one in enumerate(partner) if one == NONE or codes[0][one] != codes[1][at]]
    sure = set(partner) - {partner[at] for at in left}
    wanted = matching.expected(np.array(left, np.intp))
    order = np.argsort(wanted, kind="stable")
    left, wanted = [left[at] for at in order.tolist()], wanted[order]
    parts = [
        runs(word.core) if apart else (word.core,) for word in (matching.second[at] for at in left)
    ]
    known = set(chain.from_iterable(parts))
    found: list[Word] = []
    for at, word in enumerate(matching.first):
        if at in sure or not word.lettered or not _may_be_made_of(word.core, known):
            found.append(word)
            continue
        low, high = np.searchsorted(wanted, (at - ALIKE_REACH, at + ALIKE_REACH)).tolist()
        found += cut(word, _made_of(word.core, set(chain.from_iterable(parts[low:high]))))
    return found


def _may_be_made_of(core: str, words: set[str]) -> bool:
    """Whether it begins and ends with one of the words."""
    inner = range(1, len(core))
    return any(core[:k] in words for k in inner) and any(core[k:] in words for k in inner)


def _made_of(core: str, words: set[str]) -> list[tuple[int, int]]:
    """The fewest stretches of ``core`` that are words and leave no letter over; or none."""
    best: list[list[tuple[int, int]] | None] = [[]]
    for stop in range(1, len(core) + 1):
        chains = [
            [*chain, (start, stop)]
            for start in range(stop)
            if (chain := best[start]) is not None and core[start:stop] in words
        ]
        # Marks between two words may be left over.
        if best[-1] and not core[stop - 1].isalnum():
            chains.append(best[-1])
        best.append(min(chains, key=len, default=None))
    return best[-1] or []
