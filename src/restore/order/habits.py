"""What a program does to its documents, learned from the document itself.

How often which trace in the white space means damage is a habit of the program that made the
document, as are the kinds of gaps at which it begins a new piece. They are learned from the lines
(expectation-maximisation), and the lines are read by them.
"""

from __future__ import annotations

from collections import defaultdict
from math import log

import numpy as np
from numpy.typing import NDArray

from restore.evidence import Evidence
from restore.order.lattice import Choice, joins, posteriors, weigh_readings
from restore.order.prices import FLUENCY, PRICES
from restore.order.screen import MOST_SHARE, ROUNDS, SAID_BY_A_LINE, TURNED, Settled, turned_share
from restore.order.traits import HABITS as CUTS

# Share of damaged lines by trace, and how many lines that guess is worth. Fitted by
# scripts/fit_prices.py to texts that are damaged; lower where sound texts have the trace too.
HABITS = {
    "": (0.02, 20.0), "G": (0.11, 4.0), "T": (0.993, 6.0), "t": (0.4, 4.0), "TG": (0.999, 6.0),
    "DT": (0.9995, 8.0), "DTG": (0.999, 6.0), "D": (0.95, 4.0), "DG": (0.7, 4.0), "L": (0.99, 4.0),
}  # fmt: skip
OTHER_TRACES = (0.95, 4.0)
CUT_WORTH = 3.0  # gaps that the price of a jump at them is worth; a guess
NO_CUTS = (0,) * len(CUTS)
NOTHING_SETTLED = Settled(np.zeros(0, np.bool_))


def decide(choices: list[Choice], evidence: Evidence, settled: Settled = NOTHING_SETTLED) -> float:
    """Set the posterior of every reading from all there is to know of the document.

    ``settled`` are other lines of the document, which stand as they are. Gives the share of lines
    that are turned of those where nothing shows it.
    """
    weigh_readings(choices, evidence, FLUENCY)
    links = joins(choices, evidence, FLUENCY)
    habits = {choice.trace: _first_guess(choice.trace)[0] for choice in choices}
    turned = TURNED[0]
    cuts = np.zeros(len(CUTS))
    for _ in range(ROUNDS):
        priors = [
            _prior(choice, habits[choice.trace], TURNED[0] if choice.was_turned else turned, cuts)
            for choice in choices
        ]
        posteriors(choices, links, priors)
        turned = _learned_turned(choices, priors, turned, settled)
        habits = _learned(choices, settled.apart)
        cuts = _learned_cuts(choices, settled.places)
    return turned


def _first_guess(trace: str) -> tuple[float, float]:
    return HABITS.get(trace, OTHER_TRACES)


def _prior(
    choice: Choice, damaged: float, turned: float, cuts: NDArray[np.float64]
) -> NDArray[np.float64]:
    prior = np.array([turned if reading.turned else damaged for reading in choice.readings])
    prior[0] = 1 - damaged
    at_habits = np.array([reading.jumps or NO_CUTS for reading in choice.readings])
    return np.asarray(np.log(prior) + at_habits @ cuts)


def _learned_cuts(choices: list[Choice], places: NDArray[np.int64]) -> NDArray[np.float64]:
    """What a jump at each kind of gap of a document speaks for more than its price, in nats."""
    jumped, there = np.zeros(len(CUTS)), places.astype(np.float64)
    for choice in choices:
        if any(choice.places):
            there += choice.places
            for reading in choice.readings:
                jumped += reading.posterior * np.array(reading.jumps or NO_CUTS)
    odds = -np.array([PRICES[name] for name in CUTS])
    guess = 1 / (1 + np.exp(-odds))
    share = np.clip((jumped + guess * CUT_WORTH) / (there + CUT_WORTH), 1 - MOST_SHARE, MOST_SHARE)
    return np.asarray(np.log(share / (1 - share)) - odds)


def _learned(choices: list[Choice], apart: int) -> dict[str, float]:
    damaged: dict[str, list[float]] = defaultdict(list)
    for choice in choices:
        chance = sum(reading.posterior for reading in choice.readings if reading.turned)
        damaged[choice.trace].append(1 - choice.readings[0].posterior - chance)
    shares = {}
    for trace, found in damaged.items():
        guess, worth = _first_guess(trace)
        lines = len(found) + (0 if trace else apart)
        shares[trace] = min((sum(found) + guess * worth) / (lines + worth), MOST_SHARE)
    return shares


def _learned_turned(
    choices: list[Choice], priors: list[NDArray[np.float64]], share: float, settled: Settled
) -> float:
    """The share of turned lines, from what each line says for it and the ``share`` so far."""
    said: list[float] = []
    for choice, prior in zip(choices, priors, strict=True):
        first = choice.readings[0]
        for reading, nats in zip(choice.readings, prior, strict=True):
            if reading.turned and not choice.was_turned:
                odds = log(max(reading.posterior, 1e-9)) - log(max(first.posterior, 1e-9))
                said.append(odds - (nats - prior[0]))
    known = settled.turned + sum(choice.was_turned for choice in choices)
    mended = np.full(known, SAID_BY_A_LINE)
    return turned_share(np.concatenate([settled.votes, said, mended]), share)
