"""What stands between two white spaces: cut into tokens once, for all lines of a document."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from itertools import compress, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restore.evidence import Evidence
from restore.order.traits import anomalies
from restore.tokens import BRACKETS, WANTED, Type, parts, quotation, tokens
from restore.units import PLAIN

MOST = 120  # tokens of a line; of one with more nothing is said
STOPS = tuple(".,:;")
BEFORE_BRACKET = " ("
# Types of tokens where brackets stand the wrong way round.
FLIPPED = np.array([Type.WORD, Type.CLOSE, Type.OPEN, Type.MARK, Type.DASH, Type.QUOTE], np.int8)


class Chunks(dict[str, int]):
    """The number of each chunk met so far: of what stands between two white spaces.

    The tokens of all chunks stand one after the other: those of a chunk begin at ``firsts`` and
    are ``counts``. ``odd`` says which show damage, or might beside another chunk: 1 as they stand,
    2 if brackets are mirrored, 3 both ways; ``edges`` is 1 for those that end in a stop, 2 for
    those that begin with a bracket. ``types``, ``ltr`` and ``quotes`` of tokens are as in
    ``Tokens``, ``rows`` the rows of words as units.
    """

    def __init__(self, evidence: Evidence) -> None:
        """Nothing is met yet; words get their rows from ``evidence``."""
        self.evidence = evidence
        self.firsts, self.rows = array("l"), array("l")
        self.counts, self.odd, self.edges = array("b"), array("b"), array("b")
        self.types, self.ltr, self.quotes = array("b"), array("b"), array("b")

    def learn(self, chunks: Iterable[str]) -> None:
        """Cut the chunks that are met for the first time."""
        fresh = [chunk for chunk in dict.fromkeys(chunks) if chunk not in self]
        plain = [PLAIN.fullmatch(chunk) is not None for chunk in fresh]
        self._learn_words(list(compress(fresh, plain)))
        others = [chunk for chunk, is_word in zip(fresh, plain, strict=True) if not is_word]
        cut = [_tokens_of(chunk) for chunk in others]
        self.evidence.learn(
            chunk[start:stop]
            for chunk, found in zip(others, cut, strict=True)
            for start, stop, kind, _ in found
            if kind == Type.WORD
        )
        for chunk, found in zip(others, cut, strict=True):
            self[chunk] = len(self.firsts)
            self.firsts.append(len(self.types))
            self.counts.append(len(found))
            self.odd.append(_odd(chunk, [kind for _, _, kind, _ in found]))
            self.edges.append(chunk.endswith(STOPS) + 2 * chunk.startswith(BRACKETS))
            for start, stop, kind, left_to_right in found:
                token = chunk[start:stop]
                self.types.append(kind)
                self.ltr.append(left_to_right)
                self.quotes.append(quotation(token))
                self.rows.append(self.evidence.row(token) if kind == Type.WORD else -1)

    def _learn_words(self, chunks: list[str]) -> None:
        """The same of chunks that are plain words, each a token in which nothing is odd."""
        self.evidence.learn(chunks)
        count = len(chunks)
        self.update(zip(chunks, range(len(self.firsts), len(self.firsts) + count), strict=True))
        self.firsts.extend(range(len(self.types), len(self.types) + count))
        self.rows.extend(map(self.evidence.row, chunks))
        self.edges.extend(map(str.endswith, chunks, repeat(STOPS)))
        self.counts.frombytes(b"\1" * count)
        for nothing in (self.odd, self.ltr, self.quotes):
            nothing.frombytes(bytes(count))
        self.types.extend(repeat(Type.WORD, count))

    def table(self, name: str) -> NDArray[Any]:
        """A copy of one of the arrays."""
        return np.array(getattr(self, name))


def _tokens_of(chunk: str) -> list[tuple[int, int, int, bool]]:
    """The tokens of a chunk; ``BEFORE_BRACKET`` after it says what follows and is none of them."""
    bare = chunk.removesuffix(BEFORE_BRACKET)
    return [part for part in parts(chunk) if part[1] <= len(bare)][: MOST + 1]


def _odd(chunk: str, types: list[int]) -> int:
    if len(types) < 2:
        return 0
    # A dash wants spaces on both sides or on none.
    if Type.DASH in (types[0], types[-1]):
        return 3
    found = 0
    brackets = Type.OPEN in types or Type.CLOSE in types
    for mirrored in (False, True) if brackets else (False,):
        kinds = FLIPPED[types] if mirrored else np.array(types)
        if (WANTED[kinds[:-1], kinds[1:]] == 1).any() or Type.DASH in types:
            found |= bool(anomalies(tokens(chunk, mirrored)).any()) << mirrored
    return found if brackets else 3 * found
