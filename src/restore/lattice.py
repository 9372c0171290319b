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
from restore.junctions import ends, within
from restore.quoted import Source

TOGETHER = 2000  # readings weighed in one call; more only takes more memory
REMEMBERED = 100_000  # readings whose fluency is kept for the next round

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
    """Give every reading its fluency: the sum over its words, times ``weight``.

    It is what each word says after the two before it, and what each four say before the next four.
    """
    readings = [reading for choice in choices for reading in choice.readings]
    if len(evidence.fluencies) > REMEMBERED:
        evidence.fluencies.clear()
    fresh = list({r.units: None for r in readings if r.units not in evidence.fluencies})
    for first in range(0, len(fresh), TOGETHER):
        lines = fresh[first : first + TOGETHER]
        evidence.fluencies.update(zip(lines, _fluencies(lines, evidence), strict=True))
    for reading in readings:
        reading.fluency = weight * evidence.fluencies[reading.units]


def _fluencies(lines: list[tuple[int, ...]], evidence: Evidence) -> list[float]:
    """What pair model and net say for lines of units, in nats."""
    batch = _Batch()
    owners = []
    for number, line in enumerate(lines):
        units = (NOTHING, *line)
        for triple in zip(units, units[1:], units[2:], strict=False):
            owners.append((batch.add(triple), number))
    places, numbers = np.array(owners, np.intp).reshape(-1, 2).T
    said = np.bincount(numbers, batch.weigh(evidence)[places], len(lines))
    before, after, numbers = within(lines)
    left, right = evidence.sides(before, after)
    said += np.bincount(numbers, (left * right).sum(axis=1), len(lines))
    return [float(nats) for nats in said]


def joins(choices: Sequence[Choice], evidence: Evidence, weight: float) -> list[Floats]:
    """How well each reading of a line leads to each reading of the next, in nats.

    One array of readings x readings of the next for each line but the last. A line may also end
    a paragraph; then the next line's words say nothing about it.
    """
    pairs = _pairs_between(choices, evidence)
    lasts, firsts = _sides(choices, evidence)
    found = []
    for pair, last, first, (line, after) in zip(
        pairs, lasts, firsts[1:], pairwise(choices), strict=False
    ):
        nats = weight * (pair + last @ first.T)
        if line.onward is not None and line.onward.any():
            leads = [reading.ends[1] for reading in line.readings]
            to = [reading.ends[0] for reading in after.readings]
            nats += line.onward[np.ix_(leads, to)]
        goes_on = np.log(line.continues) + nats
        found.append(np.logaddexp(goes_on, np.log1p(-line.continues)))
    return found


def _pairs_between(choices: Sequence[Choice], evidence: Evidence) -> list[Floats]:
    """What the pair model says for each reading of a line to lead to each of the next, in nats."""
    batch = _Batch()
    plans = []
    for line, after in pairwise(choices):
        # Most readings of a line end, or begin, with the same words as others.
        lefts, lasts = _distinct([reading.units[-2:] for reading in line.readings])
        rights, firsts = _distinct([reading.units[:2] for reading in after.readings])
        plan = np.array([[_join(batch, left, right) for right in rights] for left in lefts])
        plans.append(plan[np.ix_(lasts, firsts)])
    values = np.append(batch.weigh(evidence), 0.0)
    return [values[p[..., 0]] + values[p[..., 1]] - values[p[..., 2]] for p in plans]


def _distinct(runs: list[tuple[int, ...]]) -> tuple[list[tuple[int, ...]], list[int]]:
    """The different ones of some runs of units, and which of them each is."""
    places: dict[tuple[int, ...], int] = {}
    numbers = [places.setdefault(run, len(places)) for run in runs]
    return list(places), numbers


def _sides(choices: Sequence[Choice], evidence: Evidence) -> tuple[list[Floats], list[Floats]]:
    """Vectors of the end and of the beginning of each reading of each line; 0 without words."""
    lines = [reading.units for choice in choices for reading in choice.readings]
    last, first = ends(lines)
    lasts, firsts = evidence.sides(last, first)
    words = np.array([len(line) > 0 for line in lines], np.float64)[:, np.newaxis]
    cuts = np.cumsum([len(choice.readings) for choice in choices])[:-1]
    return np.split(lasts * words, cuts), np.split(firsts * words, cuts)


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
