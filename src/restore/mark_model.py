"""Which marks stand between two words: a log-linear model of two words to each side.

For each kind of mark it gives the log-odds that one stands there, from features of the words
around the place, hashed into one table of small integers ("the hashing trick": Weinberger et al.
2009, https://arxiv.org/abs/0902.2206). It was trained on running text to tell the places of marks
from all others. What stands beyond the ends of a line it need not know.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restore.units import FIRST2, FIRST3, LAST2, LAST3, SHAPE, WORD, attributes

MAGIC = b"restore mark model 1\n"

# Marks after a word; before the next one; between two, with a space to each side.
CLOSING, OPENING, BETWEEN = ",.:;?!'\")", '"(', "–"
KINDS = len(CLOSING + OPENING + BETWEEN)

COLUMNS = (WORD, LAST2, LAST3, FIRST2, FIRST3, SHAPE)
NONE = -1
W, L2, L3, F2, F3, S = range(len(COLUMNS))
# Of the word two before a place, of the one before, of the one after and the next: what each
# feature joins.
FEATURES = (
    (NONE, W, NONE, NONE), (NONE, NONE, W, NONE), (NONE, W, W, NONE), (NONE, L2, F2, NONE),
    (W, NONE, NONE, NONE), (NONE, NONE, NONE, W), (W, W, NONE, NONE), (NONE, NONE, W, W),
    (NONE, L3, NONE, NONE), (NONE, NONE, F3, NONE), (NONE, W, F2, NONE), (NONE, L2, W, NONE),
    (L2, L2, F2, NONE), (NONE, NONE, F2, F2), (NONE, S, NONE, NONE), (NONE, NONE, S, NONE),
    (NONE, S, S, NONE),
)  # fmt: skip
UNKNOWN = (1, 2, 3, 4, 5, 6)  # of a word beyond the line

SALT, MIX = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0xD6E8FEB86659FD93)
PLACES = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x27D4EB2F165667C5], np.uint64
)
_SALTS = np.arange(1, len(FEATURES) + 1, dtype=np.uint64) * SALT
_29, _32, _ONE = np.uint64(29), np.uint64(32), np.uint64(1)


Odds = NDArray[np.float32]


class MarkModel:
    """The weights of one language."""

    def __init__(
        self,
        table: NDArray[np.int8],
        scales: NDArray[np.float32],
        bias: NDArray[np.float32],
    ) -> None:
        """``table`` has 2**bits rows of ``KINDS``; ``scales`` turn its numbers into nats."""
        self.table, self.scales, self.bias = table, scales, bias
        self.bits = int(math.log2(len(table)))

    @classmethod
    def read(cls, path: Path) -> MarkModel:
        """The model in a file. Raises ValueError if the file is not one."""
        with path.open("rb") as file:
            if file.readline() != MAGIC:
                raise ValueError(f"{path} is not a mark model; install restore again")
            facts = json.loads(file.readline())
            start = file.tell()
        table = np.memmap(path, np.int8, "r", start, (1 << facts["bits"], KINDS))
        scales, bias = (np.array(facts[name], np.float32) for name in ("scales", "bias"))
        return cls(table.view(np.ndarray), scales, bias)

    def write(self, path: Path, facts: dict[str, object]) -> None:
        """Write the model, with ``facts`` about it that a reader may ignore."""
        numbers = {
            name: [round(float(value), 6) for value in values]
            for name, values in (("scales", self.scales), ("bias", self.bias))
        }
        header = json.dumps({"bits": self.bits, **numbers, **facts}, ensure_ascii=False).encode()
        path.write_bytes(MAGIC + header + b"\n" + self.table.tobytes())

    def odds(self, words: Sequence[str], clitics: str) -> Odds:
        """The log-odds of each kind of mark before each word of a line, and after the last."""
        unknown = [UNKNOWN, UNKNOWN]
        known = [_columns(word, clitics) for word in words]
        rows = np.array([*unknown, *known, *unknown], np.uint64) + _ONE
        count = len(words) + 1
        slots = np.empty((count, len(FEATURES)), np.intp)
        for number, feature in enumerate(FEATURES):
            mixed = np.full(count, _SALTS[number], np.uint64)
            for place, column in enumerate(feature):
                if column != NONE:
                    mixed += rows[place : place + count, column] * PLACES[place]
            mixed ^= mixed >> _29
            mixed *= MIX
            mixed ^= mixed >> _32
            mixed *= MIX
            slots[:, number] = mixed >> np.uint64(64 - self.bits)
        return np.asarray(self.table[slots].sum(axis=1, dtype=np.int32) * self.scales + self.bias)


@lru_cache(maxsize=1 << 12)  # lines are asked for in many orders of their words
def _columns(word: str, clitics: str) -> tuple[int, ...]:
    found = attributes(word, clitics)
    return tuple(found[at] for at in COLUMNS)


@cache
def mark_model(path: Path) -> MarkModel:
    """The model in a file, read once."""
    return MarkModel.read(path)
