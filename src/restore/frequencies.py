"""How often each word of a language is written, kept in little memory.

A list of ``wordfreq`` has some 600,000 words. As a dictionary of strings they would take 100 MB;
as sorted hashes, each with the number of its frequency, they take 6.
"""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray


class Frequencies:
    """The share of each known word among all words of a language.

    A word is known by its hash (64 bits), which is another in each run of Python: that one of a
    million words not in the list is taken for one that is, is less likely than 1 in 10**7.
    """

    def __init__(self, names: NDArray[np.int64], levels: NDArray[np.int16]) -> None:
        """``names`` are hashes in rising order; a ``level`` of n stands for 10**(-n / 100)."""
        self._names = names
        self._levels = levels
        self._shares = np.array([10 ** (-level / 100) for level in range(int(levels.max()) + 1)])

    def get(self, word: str) -> float:
        """The share of a word among all words, 0 if it is not in the list."""
        name = hash(word)
        place = int(self._names.searchsorted(name))
        if place == len(self._names) or self._names[place] != name:
            return 0.0
        return float(self._shares[self._levels[place]])

    def of(self, words: Sequence[str]) -> NDArray[np.float64]:
        """The same of many words."""
        names = np.fromiter(map(hash, words), np.int64, len(words))
        places = np.minimum(self._names.searchsorted(names), len(self._names) - 1)
        return np.where(self._names[places] == names, self._shares[self._levels[places]], 0.0)


@cache
def frequencies(code: str) -> Frequencies:
    """The frequencies of the words of a language, by its code in ``wordfreq``.

    Its list is read here, since wordfreq would hold all of the words at once: for each level of
    frequency, the highest first, a list of words (``read_cBpack`` there).
    """
    from msgpack import Unpacker
    from wordfreq import available_languages

    names: list[NDArray[np.int64]] = []
    with gzip.open(available_languages("best")[code]) as file:
        lists = Unpacker(file, raw=False)
        levels = lists.read_array_header() - 1
        lists.skip()  # what format it is
        for _ in range(levels):
            words = lists.unpack()
            names.append(np.fromiter(map(hash, words), np.int64, len(words)))
    level = np.repeat(np.arange(levels, dtype=np.int16), [len(found) for found in names])
    found = np.concatenate(names)
    order = np.argsort(found)
    return Frequencies(found[order], level[order])
