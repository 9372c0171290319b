"""The readings of every line of a document, and the choice among them, all at once.

A line is read in an order, and so are its neighbours; the last word of one leads to the first of
the next. Lines form a chain, so the probability of every reading given all others comes exactly
from one pass forwards and one backwards (forward-backward: Rabiner 1989, section III.A).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, pairwise

import numpy as np
from numpy.typing import NDArray

from restore.evidence import NOTHING, Evidence
from restore.junctions import ends, within
from restore.works.quoted import Source

TOGETHER = 1000  # readings weighed in one call; more only takes more memory
REMEMBERED = 100_000  # readings whose fluency is kept for the next round

Floats = NDArray[np.float64]
Units = NDArray[np.intp]


@dataclass(slots=True)
class Reading:
    """One order of a line.

    ``order`` are indices of tokens; ``gaps`` the white spaces that come out before each of them
    and after the last; ``units`` its words with their marks; ``price`` what the cuts and spaces
    of it speak against it, ``fluency`` what its words speak for it, ``quoted`` what known passages
    do, all in nats; ``ends`` are its first and last word among the tokens. ``cuts`` are the
    labels of the gaps between tokens (``readings.py``), ``shown`` how often it assumes each thing
    of which a document has a habit (``prices.LEARNED``), then what stands ``INSTEAD``; ``turned``
    says that all words of a line that shows no damage are reversed.
    """

    order: tuple[int, ...]
    gaps: tuple[int, ...]
    price: float
    units: tuple[int, ...] = ()
    fluency: float = 0.0
    quoted: float = 0.0
    ends: tuple[int, int] = (-1, -1)
    cuts: tuple[int, ...] = ()
    shown: tuple[int, ...] = ()
    turned: bool = False
    posterior: float = 0.0

    def copy(self) -> Reading:
        """The same reading, to be judged on its own."""
        return Reading(
            self.order,
            self.gaps,
            self.price,
            self.units,
            quoted=self.quoted,
            ends=self.ends,
            cuts=self.cuts,
            shown=self.shown,
            turned=self.turned,
        )

    @property
    def score(self) -> float:
        """What speaks for the reading, in nats, its neighbours not counted."""
        return self.fluency + self.quoted - self.price


@dataclass(slots=True)
class Choice:
    """A line with its readings, the one that stands in the text first.

    ``trace`` names what its white space looks like; ``places`` are how often it could show each
    thing of which a document has a habit; ``continues`` is the probability that the line goes on
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


def _weighed(two: Units, one: Units, itself: Units, evidence: Evidence) -> Floats:
    """What the pair model says of triples of units, each of which is weighed once."""
    base = np.int64(evidence.rows)
    names = ((two + 1) * base + one) * base + itself
    _, chosen, places = np.unique(names, return_index=True, return_inverse=True)
    said = evidence.follows(two[chosen], one[chosen], itself[chosen]).astype(np.float64)
    return np.asarray(said[places])


def weigh_readings(choices: Sequence[Choice], evidence: Evidence, weight: float) -> None:
    """Give every reading its fluency: the sum over its words, times ``weight``.

    It is what each word says after the two before it, and what each four say before the next four.
    """
    readings = [reading for choice in choices for reading in choice.readings]
    fresh = list({r.units: None for r in readings if r.units not in evidence.fluencies})
    for first in range(0, len(fresh), TOGETHER):
        lines = fresh[first : first + TOGETHER]
        evidence.fluencies.update(zip(lines, _fluencies(lines, evidence), strict=True))
    for reading in readings:
        reading.fluency = weight * evidence.fluencies[reading.units]
    used = islice(readings, REMEMBERED)
    evidence.fluencies = {reading.units: evidence.fluencies[reading.units] for reading in used}


def _fluencies(lines: list[tuple[int, ...]], evidence: Evidence) -> list[float]:
    """What pair model and net say for lines of units, in nats."""
    sizes = np.array([len(line) for line in lines], np.intp)
    units = np.fromiter(chain.from_iterable(lines), np.intp, int(sizes.sum()))
    owners = np.repeat(np.arange(len(lines)), sizes)
    later = np.flatnonzero(owners[1:] == owners[:-1]) + 1
    before = np.append(NOTHING, units)[later - 1]
    first = np.ones(len(units), np.bool_)
    first[1:] = owners[1:] != owners[:-1]
    before = np.where(first[later - 1], NOTHING, before)
    nats = _weighed(before, units[later - 1], units[later], evidence)
    said = np.bincount(owners[later], nats, len(lines))
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
    asked: list[Units] = []
    plans = []
    # Most readings of a line end, or begin, with the same words as others.
    lefts = [_distinct([_two(r.units, -1) for r in c.readings]) for c in choices]
    rights = [_distinct([_two(r.units, 1) for r in c.readings]) for c in choices]
    for (left, lasts), (right, firsts) in zip(lefts, rights[1:], strict=False):
        count, others = len(left), len(right)
        units = np.full((3, 2 * count + 1, others), NOTHING)
        # Each three of two, one, first, second and nothing that stand one after the other.
        units[:2, :count] = left.T[:, :, np.newaxis]
        units[2, :count] = right[:, 0]
        units[0, count : 2 * count] = left[:, 1:]
        units[1:, count:] = right.T[:, np.newaxis]
        asked.append(units.reshape(3, -1))
        plans.append((count, others, np.ix_(lasts, firsts)))
    if not plans:
        return []
    two, one, itself = np.concatenate(asked, axis=1)
    known = (one != NOTHING) & (itself != NOTHING)
    values = np.zeros(len(known))
    values[known] = _weighed(two[known], one[known], itself[known], evidence)
    found, at = [], 0
    for count, others, readings in plans:
        stop = at + (2 * count + 1) * others
        told = values[at:stop].reshape(-1, others)
        at = stop
        # What the second word says with nothing before it is in the fluency of its own line.
        found.append((told[:count] + told[count:-1] - told[-1])[readings])
    return found


def _two(units: tuple[int, ...], way: int) -> tuple[int, ...]:
    """The last two units of a line, or with ``way`` 1 the first two."""
    if len(units) > 1:
        return units[:2] if way > 0 else units[-2:]
    return ((*units, NOTHING, NOTHING)[:2]) if way > 0 else (NOTHING, NOTHING, *units)[-2:]


def _distinct(runs: list[tuple[int, ...]]) -> tuple[Units, list[int]]:
    """The different ones of some runs of units, and which of them each is."""
    places: dict[tuple[int, ...], int] = {}
    numbers = [places.setdefault(run, len(places)) for run in runs]
    return np.array(list(places), np.intp), numbers


def _sides(choices: Sequence[Choice], evidence: Evidence) -> tuple[list[Floats], list[Floats]]:
    """Vectors of the end and of the beginning of each reading of each line; 0 without words."""
    lines = [reading.units for choice in choices for reading in choice.readings]
    last, first = ends(lines)
    lasts, firsts = evidence.sides(last, first)
    words = np.array([len(line) > 0 for line in lines], np.float64)[:, np.newaxis]
    cuts = np.cumsum([len(choice.readings) for choice in choices])[:-1]
    return np.split(lasts * words, cuts), np.split(firsts * words, cuts)


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
