"""Which word follows which: a log-linear model over three neighbouring units.

For units u, v, w that stand one after the other it estimates how much likelier w is after u and v
than anywhere near by, in nats: log P(w | u, v) - log P(w). It was trained to tell the true next
unit from others of the same surroundings (noise-contrastive estimation: Gutmann and Hyvärinen
2010, https://proceedings.mlr.press/v9/gutmann10a.html), so that its sum over a line compares the
orders of the line's words. Features are hashed into one table of small integers ("the hashing
trick": Weinberger et al. 2009, https://arxiv.org/abs/0902.2206); only those that matter are kept.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from restore.units import (
    AFTER,
    BEFORE,
    FIRST,
    FIRST2,
    FIRST3,
    LAST,
    LAST2,
    LAST3,
    SHAPE,
    STEM,
    WORD,
)

MAGIC = b"restore pair model 1\n"

TAG = 4  # bits
TOGETHER = 1 << 12  # triples scored in one go: what is known of them stays in the fast memory
NONE = -1
PAIRS = (
    (WORD, WORD), (WORD, FIRST2), (WORD, STEM), (WORD, LAST2), (WORD, FIRST), (FIRST2, WORD),
    (LAST2, WORD), (LAST, WORD), (STEM, STEM), (STEM, WORD), (STEM, FIRST2), (LAST3, WORD),
    (WORD, FIRST3), (LAST2, FIRST2), (LAST3, FIRST3), (LAST2, LAST2), (FIRST, FIRST),
    (FIRST2, FIRST2), (SHAPE, SHAPE), (LAST2, SHAPE), (SHAPE, FIRST2), (LAST3, LAST3),
    (FIRST3, FIRST3), (SHAPE, WORD), (WORD, SHAPE), (AFTER, WORD), (AFTER, FIRST2),
    (AFTER, BEFORE), (AFTER, AFTER), (WORD, BEFORE), (WORD, AFTER), (LAST2, AFTER),
    (BEFORE, BEFORE), (BEFORE, AFTER),
)  # fmt: skip
SKIPS = (
    (WORD, WORD), (LAST2, FIRST2), (LAST2, LAST2), (WORD, LAST2), (LAST2, WORD), (FIRST, FIRST),
    (SHAPE, SHAPE), (STEM, STEM), (AFTER, AFTER), (BEFORE, AFTER), (WORD, FIRST),
)  # fmt: skip
TRIPLES = (
    (WORD, WORD, WORD), (LAST2, WORD, LAST2), (FIRST, FIRST, FIRST), (LAST2, LAST2, FIRST2),
    (SHAPE, SHAPE, SHAPE), (FIRST, WORD, FIRST), (WORD, WORD, FIRST2), (AFTER, WORD, AFTER),
    (WORD, LAST2, WORD),
)  # fmt: skip
FEATURES: tuple[tuple[int, int, int], ...] = (
    *((NONE, v, w) for v, w in PAIRS),
    *((u, NONE, w) for u, w in SKIPS),
    *TRIPLES,
)
"""Columns of ``attributes`` that each feature joins: of the unit two back, one back, and itself."""

SALT, TWO_BACK, ONE_BACK, ITSELF, MIX = (
    np.uint64(n)
    for n in (
        0xBF58476D1CE4E5B9,
        0x9E3779B97F4A7C15,
        0xC2B2AE3D27D4EB4F,
        0x165667B19E3779F9,
        0xD6E8FEB86659FD93,
    )
)
_29, _32 = np.uint64(29), np.uint64(32)

_SALTS = np.arange(1, len(FEATURES) + 1, dtype=np.uint64) * SALT

Attributes = NDArray[np.uint32] | NDArray[np.uint64]
Columns = tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]
Rows = NDArray[np.intp]
Scores = NDArray[np.float32]


def factors(rows: tuple[Attributes, Attributes, Attributes]) -> Columns:
    """What ``slots`` adds up: attributes of units two back, one back, and themselves.

    ``rows`` are three arrays of attributes, one row a unit; what comes out has a column a unit.
    """
    two, one, itself = (values.T.astype(np.uint64, order="C") + np.uint64(1) for values in rows)
    return two * TWO_BACK, one * ONE_BACK, itself * ITSELF


def slots(feature: int, columns: Columns, bits: int) -> Rows:
    """Places in a table of 2**bits of one feature, from the ``factors`` of units."""
    two, one, itself = FEATURES[feature]
    mixed = np.full(columns[2].shape[1], _SALTS[feature], np.uint64)
    if two != NONE:
        mixed += columns[0][two]
    if one != NONE:
        mixed += columns[1][one]
    mixed ^= mixed >> _29
    mixed += columns[2][itself]
    mixed *= MIX
    mixed ^= mixed >> _32
    mixed *= MIX
    mixed >>= np.uint64(64 - bits)
    return mixed.view(np.intp)


class PairModel:
    """The weights of one language, read where they lie and not copied into memory.

    A feature has one of 2**(bits + TAG) names. Of the features whose names differ only in the
    last ``TAG`` bits the table keeps the one that matters most: a byte with the number of its
    level (high half) and those bits of its name (low half).
    """

    def __init__(self, table: NDArray[np.uint8], levels: NDArray[np.float32], bias: float) -> None:
        """``table`` has 2**bits entries; ``levels`` are the 16 weights there can be, in nats."""
        self.table = table
        self._entries = table.view(np.ndarray)  # slices of a memmap are slow
        self.levels = levels
        self.bias = bias
        self.bits = int(math.log2(len(table)))
        # Weight of every entry (high bits) asked for by every tag (low bits).
        entries, tags = np.divmod(np.arange(256 << TAG), 1 << TAG)
        same = (entries & ((1 << TAG) - 1)) == tags
        self._weights = np.where(same, levels[entries >> TAG], 0).astype(np.float32)

    @classmethod
    def read(cls, path: Path) -> PairModel:
        """The model in a file. Raises ValueError if the file is not one."""
        with path.open("rb") as file:
            if file.readline() != MAGIC:
                raise ValueError(f"{path} is not a pair model; install restore again")
            facts = json.loads(file.readline())
            start = file.tell()
        table = np.memmap(path, np.uint8, "r", start, (1 << facts["bits"],))
        return cls(table, np.array(facts["levels"], np.float32), facts["bias"])

    def write(self, path: Path, facts: dict[str, object]) -> None:
        """Write the model, with ``facts`` about it that a reader may ignore."""
        levels = [round(float(level), 5) for level in self.levels]
        known = {"bits": self.bits, "levels": levels, "bias": self.bias}
        header = json.dumps({**known, **facts}, ensure_ascii=False).encode()
        path.write_bytes(MAGIC + header + b"\n" + np.asarray(self.table).tobytes())

    def _weight(self, feature: int, columns: Columns) -> Scores:
        names = slots(feature, columns, self.bits + TAG)
        entries = self._entries.take(names >> TAG).astype(np.intp)
        return np.asarray(self._weights.take((entries << TAG) | (names & ((1 << TAG) - 1))))

    def scores(self, attributes: Attributes, two: Rows | None, one: Rows, itself: Rows) -> Scores:
        """How much likelier each unit of ``itself`` is after ``two`` and ``one``, in nats.

        Each is an array of rows of ``attributes``, all of one length; -1 in ``two`` says that
        nothing stands there. Without ``two`` only neighbouring units are compared.
        """
        found = np.full(len(itself), self.bias, np.float32)
        for first in range(0, len(itself), TOGETHER):
            some = slice(first, first + TOGETHER)
            back = one[some] if two is None else two[some]
            columns = factors((attributes[back], attributes[one[some]], attributes[itself[some]]))
            with_two = np.zeros(len(back), np.float32)
            for feature, names in enumerate(FEATURES):
                if names[0] == NONE:
                    found[some] += self._weight(feature, columns)
                elif two is not None:
                    with_two += self._weight(feature, columns)
            found[some] += np.where(back >= 0, with_two, 0)
        return found


@cache
def pair_model(path: Path) -> PairModel:
    """The model in a file, read once."""
    return PairModel.read(path)
