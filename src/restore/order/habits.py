"""What a program does to its documents, learned from the document itself.

How often which trace in the white space means damage is a habit of the program that made the
document, as are the kinds of gaps at which it begins a new piece, and the white space that it
leaves at the ends of lines. They are learned from the lines (expectation-maximisation), and the
lines are read by them.
"""

from __future__ import annotations

from collections import defaultdict
from math import log

import numpy as np
from numpy.typing import NDArray

from restore.evidence import Evidence
from restore.order.lattice import Choice, joins, posteriors, weigh_readings
from restore.order.prices import FLUENCY, INSTEAD, LEARNED, PRICES
from restore.order.screen import MOST_SHARE, ROUNDS, SAID_BY_A_LINE, TURNED, Settled, turned_share
from restore.order.traits import HABITS as GAPS

# Share of damaged lines by trace, and how many lines that guess is worth. Fitted by
# scripts/fit_prices.py to texts that are damaged; lower where sound texts have the trace too.
HABITS = {
    "": (0.02, 20.0), "G": (0.11, 4.0), "T": (0.993, 6.0), "t": (0.4, 4.0), "TG": (0.999, 6.0),
    "DT": (0.9995, 8.0), "DTG": (0.999, 6.0), "D": (0.95, 4.0), "DG": (0.7, 4.0), "L": (0.99, 4.0),
}  # fmt: skip
OTHER_TRACES = (0.95, 4.0)
# One separator leaves a space at the end of a line, and more of them double spaces too: lines of
# the one kind say what those of the other are.
BY_ONE, BY_MORE = {"T", "TG"}, {"DT", "DTG"}
# Where no line has white space that shows a move, a mark at an odd place is mostly one of the text.
GLUED_ONLY, NOTHING_ELSE = {"", "G"}, (0.003, 8.0)
# Times that a price is worth as a guess of what a document does; guesses. White space left over at
# the ends of a few lines may only mean that their words say too little.
WORTH = np.where([name == "outer" for name in LEARNED], 20.0, 3.0)
REPLACED = [LEARNED.index(name) for name in INSTEAD]
NOTHING_SHOWN = (0,) * (len(LEARNED) + len(INSTEAD))
NOTHING_SETTLED = Settled(np.zeros(0, np.bool_))


def decide(choices: list[Choice], evidence: Evidence, settled: Settled = NOTHING_SETTLED) -> float:
    """Set the posterior of every reading from all there is to know of the document.

    ``settled`` are other lines of the document, which stand as they are. Gives the share of lines
    that are turned of those where nothing shows it.
    """
    weigh_readings(choices, evidence, FLUENCY)
    links = joins(choices, evidence, FLUENCY)
    traces = {choice.trace for choice in choices}
    guesses = {trace: HABITS.get(trace, OTHER_TRACES) for trace in traces}
    for trace in BY_ONE & traces:
        share, worth = guesses[trace]
        guesses[trace] = share, worth + sum(choice.trace in BY_MORE for choice in choices)
    if traces <= GLUED_ONLY:
        guesses["G"] = NOTHING_ELSE
    habits = {trace: guess for trace, (guess, _) in guesses.items()}
    turned = TURNED[0]
    shown = [_shown(choice) for choice in choices]
    ways = np.zeros(len(LEARNED))
    for _ in range(ROUNDS):
        priors = [
            _prior(choice, habits[choice.trace], TURNED[0] if choice.was_turned else turned)
            + assumed[:, : len(LEARNED)] @ ways
            for choice, assumed in zip(choices, shown, strict=True)
        ]
        posteriors(choices, links, priors)
        turned = _learned_turned(choices, priors, turned, settled)
        habits = _learned(choices, settled.apart, guesses)
        ways = _learned_ways(choices, shown, settled.places)
    return turned


def _prior(choice: Choice, damaged: float, turned: float) -> NDArray[np.float64]:
    prior = np.array([turned if reading.turned else damaged for reading in choice.readings])
    prior[0] = 1 - damaged
    if any(reading.turned for reading in choice.readings):
        prior[0] *= 1 - turned
    return np.asarray(np.log(prior))


def _shown(choice: Choice) -> NDArray[np.int64]:
    """What each reading of a line assumes of the habits of a document.

    It is readings x ``LEARNED``, and then ``INSTEAD``.
    """
    return np.array([reading.shown or NOTHING_SHOWN for reading in choice.readings])


def _learned_ways(
    choices: list[Choice], assumed: list[NDArray[np.int64]], places: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What each of ``LEARNED`` speaks for in a document more than its price, in nats.

    ``assumed`` is what the readings of each line assume (``_shown``), ``places`` how many gaps
    there are besides at which a new piece may begin. Of these a line that stands as it is says
    something too, of the other ways only one that was in disorder.
    """
    shown, there = np.zeros(len(LEARNED)), np.zeros(len(LEARNED))
    gaps = len(GAPS)
    there[:gaps] = places
    for choice, each in zip(choices, assumed, strict=True):
        if not any(choice.places):
            continue
        chances = np.array([reading.posterior for reading in choice.readings])
        moved = float(chances[[not reading.turned for reading in choice.readings]][1:].sum())
        could = np.array(choice.places)
        there[:gaps] += could[:gaps]
        there[gaps:] += moved * could[gaps:]
        told = chances @ each
        shown += told[: len(LEARNED)]
        there[REPLACED] -= told[len(LEARNED) :]
    odds = -np.array([PRICES[name] for name in LEARNED])
    guess = 1 / (1 + np.exp(-odds))
    share = np.clip((shown + guess * WORTH) / (there + WORTH), 1 - MOST_SHARE, MOST_SHARE)
    return np.asarray(np.log(share / (1 - share)) - odds)


def _learned(
    choices: list[Choice], apart: int, guesses: dict[str, tuple[float, float]]
) -> dict[str, float]:
    damaged: dict[str, list[float]] = defaultdict(list)
    for choice in choices:
        chance = sum(reading.posterior for reading in choice.readings if reading.turned)
        damaged[choice.trace].append(1 - choice.readings[0].posterior - chance)
    shares = {}
    for trace, found in damaged.items():
        guess, worth = guesses[trace]
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
