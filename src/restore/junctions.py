"""Where a text goes on: how well four words lead to the four that follow them.

The pair model sees three neighbouring units. This net sees four to each side of a junction, as
what they are like: a unit is the sum of learned vectors of its attributes (``restore.units``), the
four units before the junction become one vector, the four after it another, and their scalar
product is what the junction speaks for, in nats. It was trained to tell the words that go on from
others of the same surroundings (van den Oord et al. 2018, https://arxiv.org/abs/1807.03748).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restore.units import COLUMNS

MAGIC = b"restore junctions 1\n"
REACH = 4  # units to each side of a junction
NOTHING = -1  # stands where there is no unit
MIX, COLUMN_MIX = np.uint64(0xD6E8FEB86659FD93), np.uint64(0x9E3779B97F4A7C15)
_32 = np.uint64(32)

Attributes = NDArray[np.uint32] | NDArray[np.uint64]
Rows = NDArray[np.intp]
Floats = NDArray[np.float32]
Keys = NDArray[np.uint32]


class Layers(NamedTuple):
    """The weights of the net; every matrix has a row for each number that comes out.

    ``vectors`` has a row for each key and a last one of zeros, ``nothing`` is the vector of what
    is not there.
    """

    vectors: Floats
    bias: Floats
    nothing: Floats
    left1: Floats
    left1_bias: Floats
    left2: Floats
    left2_bias: Floats
    right1: Floats
    right1_bias: Floats
    right2: Floats
    right2_bias: Floats


def keys(attributes: Attributes) -> Keys:
    """The names of the attributes of units: units x ``COLUMNS``."""
    columns = np.arange(1, attributes.shape[1] + 1, dtype=np.uint64) * COLUMN_MIX
    mixed = (attributes + columns) * MIX
    mixed ^= mixed >> _32
    return ((mixed * MIX) >> _32).astype(np.uint32)


def quantised(weights: Floats) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """Whole numbers up to 127, and for each row what they have to be multiplied with."""
    scales = (np.abs(weights).max(axis=1) / np.float32(127)).astype(np.float16)
    whole = np.rint(weights / np.where(scales > 0, scales, 1)[:, np.newaxis])
    return whole.clip(-127, 127).astype(np.int8), scales


class Junctions:
    """The net of one language."""

    def __init__(self, known: Keys, layers: Layers) -> None:
        """``known`` are the names of the attributes that have a vector, in rising order."""
        self.known = known
        self.layers = layers

    @classmethod
    def read(cls, path: Path) -> Junctions:
        """The net in a file. Raises ValueError if the file is not one."""
        with path.open("rb") as file:
            if file.readline() != MAGIC:
                raise ValueError(f"{path} is not a net of junctions; install restore again")
            facts = json.loads(file.readline())
            data = file.read()
        at = 4 * facts["known"]
        known = np.frombuffer(data, "<u4", facts["known"])
        found: list[Floats] = []
        for shape in facts["shapes"]:
            rows, size = shape[0], int(np.prod(shape))
            if len(shape) == 1:
                found.append(np.frombuffer(data, "<f4", rows, at))
                at += 4 * rows
                continue
            scales = np.frombuffer(data, "<f2", rows, at)[:, np.newaxis]
            whole = np.frombuffer(data, np.int8, size, at + 2 * rows).reshape(shape)
            found.append(whole * scales.astype(np.float32))
            at += 2 * rows + size
        if at != len(data):
            raise ValueError(f"{path} has {len(data)} bytes of weights and not {at}")
        return cls(known, Layers(*found))

    def write(self, path: Path, facts: dict[str, object]) -> None:
        """Write the net, with ``facts`` about it that a reader may ignore."""
        parts = [self.known.astype("<u4").tobytes()]
        for weights in self.layers:
            if weights.ndim == 1:
                parts.append(weights.astype("<f4").tobytes())
            else:
                whole, scales = quantised(weights)
                parts += [scales.astype("<f2").tobytes(), whole.tobytes()]
        shapes = [weights.shape for weights in self.layers]
        header = {"known": len(self.known), "shapes": shapes, **facts}
        text = json.dumps(header, ensure_ascii=False).encode()
        path.write_bytes(MAGIC + text + b"\n" + b"".join(parts))

    def units(self, attributes: Attributes) -> Floats:
        """The vectors of units, and a last one of what is not there."""
        net = self.layers
        names = keys(attributes)
        total = np.repeat(net.bias[np.newaxis], len(names), axis=0)
        for column in range(COLUMNS):
            places = np.searchsorted(self.known, names[:, column])
            places[self.known[places % len(self.known)] != names[:, column]] = len(self.known)
            total += net.vectors[places]
        return np.concatenate([np.maximum(total, 0), net.nothing[np.newaxis]])

    def sides(self, attributes: Attributes, left: Rows, right: Rows) -> tuple[Floats, Floats]:
        """Vectors of what stands before junctions, and of what follows them.

        ``left`` and ``right`` (any number x ``REACH``) are rows of ``attributes`` in the order of
        the text, ``NOTHING`` for those beyond an end. The scalar product of one vector of each is
        what it speaks for the two to follow each other, in nats.
        """
        net = self.layers
        rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        vectors = self.units(attributes[rows[rows != NOTHING]])
        # Rows are in rising order, so what is not there comes first, and its vector last.
        numbers = places.reshape(-1, REACH) - int(NOTHING in rows)
        before, after = numbers[: len(left)], numbers[len(left) :]
        return (
            _side(vectors, before, (net.left1, net.left1_bias, net.left2, net.left2_bias)),
            _side(vectors, after, (net.right1, net.right1_bias, net.right2, net.right2_bias)),
        )


def _side(vectors: Floats, rows: Rows, layers: tuple[Floats, Floats, Floats, Floats]) -> Floats:
    """What two layers make of ``REACH`` units each; the same units are taken through them once."""
    first, first_bias, second, second_bias = layers
    base = len(vectors)
    names = np.zeros(len(rows), np.uint64)
    for column in range(REACH):
        names = names * COLUMN_MIX + ((rows[:, column] + base) % base).astype(np.uint64)
    _, chosen, places = np.unique(names, return_index=True, return_inverse=True)
    own = rows[chosen]
    size = vectors.shape[1]
    inner = np.repeat(first_bias[np.newaxis], len(own), axis=0)
    for column in range(REACH):
        # Few units stand at many junctions: what the layer makes of each is worked out once.
        inner += (vectors @ first[:, column * size : (column + 1) * size].T)[own[:, column]]
    outer = np.maximum(inner, 0) @ second.T + second_bias
    return np.asarray(outer[places.reshape(-1)])


def within(lines: Sequence[Sequence[int]]) -> tuple[Rows, Rows, Rows]:
    """What stands before and after each junction inside of lines of units, and its line.

    A line of n units has n - 1 junctions. Nothing is known of what is beyond its ends.
    """
    sizes = np.array([len(line) for line in lines], np.intp)
    padded = np.full((len(lines), int(sizes.max(initial=0)) + 2 * REACH), NOTHING, np.intp)
    for row, line in zip(padded, lines, strict=True):
        row[REACH : REACH + len(line)] = line
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * REACH, axis=1)
    owners, starts = np.nonzero(np.arange(1, windows.shape[1] + 1) < sizes[:, np.newaxis])
    found = windows[owners, starts + 1]
    return found[:, :REACH], found[:, REACH:], owners


def ends(lines: Sequence[Sequence[int]]) -> tuple[Rows, Rows]:
    """The last units of each line, as they stand before what follows it; and the first ones."""
    last = np.full((len(lines), REACH), NOTHING, np.intp)
    first = last.copy()
    for k, line in enumerate(lines):
        count = min(len(line), REACH)
        if count:
            last[k, -count:] = line[-count:]
            first[k, :count] = line[:count]
    return last, first


@cache
def junctions(path: Path) -> Junctions:
    """The net in a file, read once."""
    return Junctions.read(path)
