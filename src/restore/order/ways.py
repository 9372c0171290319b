"""The ways through lines of which some stretches are those of two columns in turn.

Each line is outside of any stretch, or in one of the columns. What all ways say is added up from
the last line to the first; then any of them can be drawn as often as it is likely, from the first
line on (backward filtering, forward sampling: Rabiner 1989, section III.A).
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LONGEST_RUN = 10  # lines of one column with none of the other between
NEVER = -1e9  # nats

Floats = NDArray[np.float64]
Way = list[tuple[int, list[bool]]]  # stretches: the first line, and which lines are of column two


class Shape(NamedTuple):
    """What speaks for the shape of a stretch, in nats, for each line.

    That is for a stretch to begin with it (``enter``) and to end with it (``leave``), and for the
    next line to be of its column, to be one more of it, or to be of the other (``step``).
    """

    enter: Floats
    leave: Floats
    step: Floats


class Ways:
    """All ways through some lines, by how likely they are.

    ``begins[i]`` has what all ways say by which line i stays outside, and by which a stretch begins
    with it; ``steps[i]`` what they do by which line i of a stretch is followed by one of the same
    column, of the other, or of none: by the first line of the stretch, by whether line i is of
    column two, and by how many lines before it the last one of the other column is; ``total``
    what all ways say. All in nats.
    """

    def __init__(self, nats: Floats, shape: Shape) -> None:
        """``nats`` speak for each line to lead to each other one."""
        self.nats, self.shape = nats, shape
        count = len(nats)
        self.begins = np.full((count, 2), NEVER)
        self.steps = np.full((count, 3, count, 2, LONGEST_RUN + 2), NEVER, np.float32)
        outside = np.zeros(count + 2)
        inside = np.full((count, 2, LONGEST_RUN + 2), NEVER)
        for line in range(count - 1, -1, -1):
            self._step(line, inside, outside[line + 2])
            inside = np.logaddexp.reduce(self.steps[line].astype(np.float64), axis=0)
            stays = (nats[line - 1, line] if line else 0.0) + outside[line + 1]
            enters = shape.enter[line] + inside[line, 1, 1]
            self.begins[line] = stays, enters
            outside[line] = np.logaddexp(stays, enters)
        self.total = float(outside[0])

    def _step(self, line: int, inside: Floats, outside: float) -> None:
        """Set the ``steps`` of a line from what may come after it."""
        same, other, neither = self.steps[line]
        # The last line of column one leads to the first of column two.
        closed = self.nats[line][:, np.newaxis]
        if line + 1 == len(self.nats):
            neither[:, 0, 1:] = closed
            return
        runs = np.full(LONGEST_RUN - 1, self.shape.step[line, 1])
        runs[0] = self.shape.step[line, 0]
        same[:, :, 1:-2] = inside[:, :, 2:-1] + self.nats[line, line + 1] + runs
        before = line - np.arange(1, LONGEST_RUN + 2)
        joins = np.where(before >= 0, self.nats[np.maximum(before, 0), line + 1], 0.0)
        other[:, :, 1:] = inside[:, ::-1, 1][:, :, np.newaxis] + joins + self.shape.step[line, 2]
        neither[:, 0, 1:] = closed + joins + self.shape.leave[line] + outside

    def way(self, chance: Random) -> Way:
        """One of the ways, drawn as often as it is likely."""
        found: Way = []
        line, count = 0, len(self.nats)
        while line < count:
            if _drawn(self.begins[line], chance) == 0:
                line += 1
                continue
            first, column, back = line, 1, 1
            second = [True]
            while (step := _drawn(self.steps[line, :, first, column, back], chance)) < 2:
                column, back = (1 - column, 1) if step else (column, back + 1)
                second.append(column == 1)
                line += 1
            found.append((first, second))
            line += 2  # the line after a stretch is outside of any
        return found


def _drawn(nats: NDArray[np.floating], chance: Random) -> int:
    """One of some things, drawn as often as they are likely."""
    shares = np.exp(nats - nats.max())
    at = chance.random() * shares.sum()
    return min(int(np.searchsorted(np.cumsum(shares), at, side="right")), len(nats) - 1)
