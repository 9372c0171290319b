"""The readings of every line of a document, and the choice among them, all at once.

A line is read in an order, and so are its neighbours; the last word of one leads to the first of
the next. Lines form a chain, so the probability of every reading given all others comes exactly
from one pass forwards and one backwards (forward-backward: Rabiner 1989, section III.A).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from restore.evidence import NOTHING, Evidence
from restore.quoted import Source

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Reading:
    """One order of a line.

    ``order`` are indices of tokens; ``gaps`` the white spaces that come out before each of them
    and after the last; ``units`` its words with their marks; ``price`` what the cuts and spaces
    of it speak against it, ``fluency`` what its words speak for it, ``quoted`` what known passages
    do, all in nats; ``ends`` are its first and last word among the tokens. ``cuts`` are the
    labels of the gaps between tokens (``readings.py``), ``jumps`` how many jumps there are at each
    kind of gap of which a document has a habit (``prices.HABITS``); ``turned`` says that all words
    of a line that shows no damage are reversed.
    """

    order: tuple[int, ...]
    gaps: tuple[int, ...]
    price: float
    units: tuple[int, ...] = ()
    fluency: float = 0.0
    quoted: float = 0.0
    ends: tuple[int, int] = (-1, -1)
    cuts: tuple[int, ...] = ()
    jumps: tuple[int, ...] = ()
    turned: bool = False
    posterior: float = 0.0

    @property
    def score(self) -> float:
        """What speaks for the reading, in nats, its neighbours not counted."""
        return self.fluency + self.quoted - self.price


@dataclass(slots=True)
class Choice:
    """A line with its readings, the one that stands in the text first.

    ``trace`` names what its white space looks like; ``places`` are how many gaps there are of each
    kind of which a document has a habit; ``continues`` is the probability that the line goes on
    in the next one; ``was_turned`` says that all its words stood in reverse before it was mended;
    ``onward`` (tokens x tokens of the next line) what known passages say for each token to lead to
    each of the next line, in nats; ``sources`` are the passages in the line.
    """

    readings: list[Reading]
    trace: str = ""
    places: tuple[int, ...] = ()
    continues: float = 0.9
    was_turned: bool = False
    onward: Floats | None = None
    sources: Sequence[Source] = ()


class _Batch:
    """Triples of units to be weighed in one call, each once."""

    def __init__(self) -> None:
        self.places: dict[tuple[int, int, int], int] = {}

    def add(self, triple: tuple[int, int, int]) -> int:
        return self.places.setdefault(triple, len(self.places))

    def weigh(self, evidence: Evidence) -> Floats:
        if not self.places:
            return np.zeros(0)
        two, one, itself = np.array(list(self.places), np.intp).T
        return evidence.follows(two, one, itself).astype(np.float64)


def weigh_readings(choices: Sequence[Choice], evidence: Evidence, weight: float) -> None:
    """Give every reading its fluency: the sum over its words, times ``weight``."""
    batch = _Batch()
    wanted: list[tuple[Reading, list[int]]] = []
    for choice in choices:
        for reading in choice.readings:
            units = (NOTHING, *reading.units)
            wanted.append(
                (reading, [batch.add(t) for t in zip(units, units[1:], units[2:], strict=False)])
            )
    values = batch.weigh(evidence)
    for reading, places in wanted:
        reading.fluency = weight * float(values[places].sum()) if places else 0.0


def joins(choices: Sequence[Choice], evidence: Evidence, weight: float) -> list[Floats]:
    """How well each reading of a line leads to each reading of the next, in nats.

    One array of readings x readings of the next for each line but the last. A line may also end
    a paragraph; then the next line's words say nothing about it.
    """
    batch = _Batch()
    plans: list[tuple[list[list[tuple[int, int, int]]], float]] = []
    for line, after in pairwise(choices):
        plan = [
            [_join(batch, left.units, right.units) for right in after.readings]
            for left in line.readings
        ]
        plans.append((plan, line.continues))
    values = np.append(batch.weigh(evidence), 0.0)
    found = []
    for (plan, continues), (line, after) in zip(plans, pairwise(choices), strict=True):
        places = np.array(plan)
        nats = weight * (values[places[..., 0]] + values[places[..., 1]] - values[places[..., 2]])
        if line.onward is not None and line.onward.any():
            lasts = [reading.ends[1] for reading in line.readings]
            firsts = [reading.ends[0] for reading in after.readings]
            nats += line.onward[np.ix_(lasts, firsts)]
        found.append(np.logaddexp(np.log(continues) + nats, np.log1p(-continues)))
    return found


def _join(batch: _Batch, left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, int, int]:
    if not left or not right:
        return (-1, -1, -1)
    two = left[-2] if len(left) > 1 else NOTHING
    first = batch.add((two, left[-1], right[0]))
    if len(right) == 1:
        return (first, -1, -1)
    return (
        first,
        batch.add((left[-1], right[0], right[1])),
        batch.add((NOTHING, right[0], right[1])),
    )


def posteriors(choices: Sequence[Choice], links: Sequence[Floats], priors: list[Floats]) -> float:
    """Set the posterior of every reading; give the log of the evidence of the whole document.

    ``priors`` has the log prior of each reading of each line.
    """
    scores = [
        np.array([reading.score for reading in choice.readings]) + prior
        for choice, prior in zip(choices, priors, strict=True)
    ]
    forwards = [scores[0]]
    for link, score in zip(links, scores[1:], strict=True):
        forwards.append(_logsumexp(forwards[-1][:, None] + link, 0) + score)
    backwards = np.zeros(len(scores[-1]))
    total = float(_logsumexp(forwards[-1], 0))
    for index in range(len(choices) - 1, -1, -1):
        chances = np.exp(forwards[index] + backwards - total)
        for reading, chance in zip(choices[index].readings, chances, strict=True):
            reading.posterior = float(chance)
        if index:
            backwards = _logsumexp(links[index - 1] + (scores[index] + backwards)[None, :], 1)
    return total


def _logsumexp(values: Floats, axis: int) -> Floats:
    highest = values.max(axis=axis, keepdims=True)
    summed = np.log(np.exp(values - highest).sum(axis=axis, keepdims=True)) + highest
    return np.asarray(np.squeeze(summed, axis=axis))
