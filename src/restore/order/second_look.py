"""A second look at lines that show nothing: their likely other orders, with all that is known.

``screen.py`` bounds by neighbouring words alone how much better a line may be in another order.
Of those few orders that this leaves, pair model and net say here all that they say when a line is
read, the lines before and after it included; most of what such an order costs is left out. A line
where even so no order comes near to its own is settled, if none puts words together that stand so
in a known work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from restore.evidence import Evidence
from restore.order.choices import words
from restore.order.lattice import Choice, Floats, Reading, joins, weigh_readings
from restore.order.prices import FLUENCY, PRICES
from restore.order.screen import Doubtful, Settled, price_of_choice, price_of_nearly
from restore.units import PLAIN

# Nats, for a line to be read: what all its cuts together, and its turn, are likelier than its own
# order; guesses, far below what a doubt takes.
LEAST_OF_CUTS, LEAST_OF_TURN = -1.0, -6.5
LIKELY_CUT = -2.0  # nats, by neighbouring words alone, for a cut to be looked at; a guess
# A space lacks where the last and the first word meet, and none was there.
LACKING = PRICES["normalised"] + PRICES["lacking, normalised"]
NO_MORE = 1e-6  # that a line goes on in one that is not the next


class _Orders(NamedTuple):
    """Orders of the words of a line, its own first, and what each costs at least, in nats.

    ``turned`` says whether the last of them is the turn.
    """

    line: Doubtful
    readings: list[Reading]
    turned: bool


def settle(
    still: Settled, texts: Sequence[str], continues: Sequence[float], evidence: Evidence
) -> None:
    """Settle those doubtful lines that no other order comes near to be better for.

    ``continues`` is how likely each of the ``texts`` goes on in the next one.
    """
    for orders, better in _said(still.doubtful, texts, continues, evidence):
        cuts = better[1 : len(better) - orders.turned]
        turn = better[-1] + still.turns if orders.turned else -np.inf
        if np.logaddexp.reduce(cuts, initial=-np.inf) < LEAST_OF_CUTS and turn < LEAST_OF_TURN:
            line = orders.line
            still.lines[line.line] = True
            still.places += line.places
            if line.votes:
                still.votes = np.append(still.votes, better[-1] if orders.turned else line.turn)


def _said(
    doubtful: Sequence[Doubtful],
    texts: Sequence[str],
    continues: Sequence[float],
    evidence: Evidence,
) -> Iterator[tuple[_Orders, Floats]]:
    """How much better than its own each order of each line is, in nats."""
    asked = list(_orders(doubtful, texts, evidence))
    if not asked:
        return
    trios: list[Choice] = []
    for orders in asked:
        at = orders.line.line
        before, after = ("" if not 0 <= n < len(texts) else texts[n] for n in (at - 1, at + 1))
        trios += [
            _alone(before, continues[at - 1] if at else NO_MORE, evidence),
            Choice(orders.readings, continues=continues[at]),
            _alone(after, NO_MORE, evidence),
        ]
    remembered = evidence.fluencies
    weigh_readings(trios, evidence, FLUENCY)
    # Those of the lines that were read in the last round will be asked for again.
    evidence.fluencies = remembered
    links = joins(trios, evidence, FLUENCY)
    for number, orders in enumerate(asked):
        own = np.array([reading.score for reading in orders.readings])
        whole = own + links[3 * number][0] + links[3 * number + 1][:, 0]
        yield orders, whole - whole[0]


def _alone(text: str, continues: float, evidence: Evidence) -> Choice:
    """A line as it stands."""
    units = tuple(map(evidence.row, words(text)))
    return Choice([Reading((), (), 0.0, units)], continues=continues)


def _orders(
    doubtful: Sequence[Doubtful], texts: Sequence[str], evidence: Evidence
) -> Iterator[_Orders]:
    """The likely orders of lines whose words are what stands between their spaces."""
    lines = [(line, texts[line.line].split(" ")) for line in doubtful]
    lines = [(line, chunks) for line, chunks in lines if words(texts[line.line]) == chunks]
    lines = _unquoted(lines, evidence)
    rows = [[evidence.row(chunk) for chunk in chunks] for _, chunks in lines]
    # Each word leads to the next, and the last to the first.
    left = np.array([row for own in rows for row in own], np.intp)
    right = np.array([row for own in rows for row in (*own[1:], own[0])], np.intp)
    follow = FLUENCY * evidence.follows(None, left, right).astype(np.float64)
    at = 0
    for (line, chunks), own in zip(lines, rows, strict=True):
        count = len(own)
        said = follow[at : at + count]
        at += count
        price = float(price_of_choice(np.array(count - 1))) - line.shape
        readings = [Reading((), (), 0.0, tuple(own))]
        if line.may[0]:
            meet = PLAIN.fullmatch(chunks[0]) and PLAIN.fullmatch(chunks[-1])
            likely = np.flatnonzero(said[-1] - said[:-1] - price >= LIKELY_CUT) + 1
            price += LACKING * bool(meet)
            readings += [Reading((), (), price, (*own[k:], *own[:k])) for k in likely.tolist()]
        back = own[::-1]
        if line.may[2]:
            price = float(price_of_nearly(np.array(count - 1))) - line.shape
            readings += [
                Reading((), (), price, (*back[:k], back[k + 1], back[k], *back[k + 2 :]))
                for k in range(count - 1)
            ]
        if line.may[1]:
            readings.append(Reading((), (), -line.shape, tuple(back)))
        yield _Orders(line, readings, line.may[1])


def _unquoted(
    lines: list[tuple[Doubtful, list[str]]], evidence: Evidence
) -> list[tuple[Doubtful, list[str]]]:
    """Those lines no other order of which has three words that stand so in a known work."""
    met: list[str] = []
    owners: list[int] = []
    for number, (line, chunks) in enumerate(lines):
        for own in (chunks[-2:] + chunks[:2], chunks[::-1] if any(line.may[1:]) else []):
            met += own
            owners += [number] * len(own)
    quoted = {owners[at] for at in evidence.quotes.threes(met).tolist()}
    return [told for number, told in enumerate(lines) if number not in quoted]
