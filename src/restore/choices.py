"""The readings of each line that are worth weighing against each other.

Labels of its gaps (``readings.py``) are tried, first those that the white space suggests, then
what differs from the best of them at one gap where a cut is likely. Which are best is told by their
price (``prices.py``) and by how well each word leads to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import regex
from numpy.typing import NDArray

from restore.evidence import Evidence
from restore.lattice import Choice, Reading
from restore.prices import (
    FLUENCY,
    HABITS,
    all_separated,
    anomalies,
    gaps,
    jumps,
    kinds,
    likely_cuts,
    likely_jumps,
    price,
    wrong_start,
)
from restore.quoted import Quoted, Source
from restore.readings import WHOLE, Labels, Orders, labels, neighbours, orders
from restore.tokens import Tokens, Type

LOOSE_END = regex.compile(r"\s+(?=[)\]}.,:;!?\"'״]+(?:\s|$))")
LOOSE_START = regex.compile(r"(?<=(?:^|\s)[(\[{\"״]+)\s+")
FULL, FULL_QUANTILE = 0.75, 0.8  # a line is full from this share of the width of most lines on
QUOTED = 3.4  # nats that a known passage says for one word after another
# The best readings found so far are changed at one place each, and so on for some steps.
LEADING, STEPS = 8, 4
REMEMBERED = 4000  # lines whose readings are kept for the next round
KEPT_READINGS = 24  # readings of a line that go on to the choice over lines
TOGETHER = 128  # lines weighed in one call; more only takes more memory
KEPT_UNTRACED = 8  # of a line that shows no damage

Key = tuple[str, bytes, bool, bool, bytes, tuple[Source, ...]]


def usual_width(texts: Sequence[str]) -> float:
    """The width of most lines of a document, in characters."""
    return float(np.quantile([len(text) for text in texts], FULL_QUANTILE)) if texts else 0.0


def choices_of(
    cut: list[Tokens],
    evidence: Evidence,
    known: list[Quoted] | None = None,
    read: list[bool] | None = None,
    width: float | None = None,
) -> list[Choice]:
    """The readings of the lines of a document, the line as it stands first among those of each.

    ``known`` is what known passages say of each line; ``read`` which have other readings at all,
    if not all do; ``width`` that of most lines of the document, if there are more of them.
    """
    if width is None:
        width = usual_width([line.text for line in cut])
    told: list[Quoted | None] = [*known] if known else [None] * len(cut)
    full = [len(line.text) > FULL * width for line in cut]
    keys = [_key(*of_line) for of_line in zip(cut, full, told, strict=True)]
    fresh = [
        index
        for index, key in enumerate(keys)
        if key not in evidence.readings and (read is None or read[index])
    ]
    for first in range(0, len(fresh), TOGETHER):
        these = fresh[first : first + TOGETHER]
        for index, pairs in zip(these, _pairs([cut[k] for k in these], evidence), strict=True):
            found = _choice(cut[index], pairs, evidence, full[index], told[index])
            evidence.readings[keys[index]] = found
    choices = [
        _own(evidence.readings[key])
        if read is None or read[index]
        else _as_it_stands(cut[index], evidence, told[index])
        for index, key in enumerate(keys)
    ]
    if len(evidence.readings) > REMEMBERED:
        evidence.readings.clear()
    return choices


def _as_it_stands(line: Tokens, evidence: Evidence, known: Quoted | None) -> Choice:
    """A line with a single reading."""
    found = np.flatnonzero(line.types == Type.WORD).tolist()
    reading = Reading(
        tuple(range(len(line))),
        (0,) * (len(line) + 1),
        0.0,
        tuple(evidence.row(unit) for unit in words(line.text)),
        ends=(found[0], found[-1]) if found else (-1, -1),
    )
    return Choice([reading], onward=QUOTED * known.onward if known else None)


def _key(line: Tokens, full: bool, known: Quoted | None) -> Key:
    """What the readings of a line depend on; most lines stay the same from round to round."""
    passages = known.within.tobytes() + known.onward.tobytes() if known else b""
    sources = tuple(known.sources) if known else ()
    return line.text, line.types.tobytes(), line.spread, full, passages, sources


def _own(choice: Choice) -> Choice:
    """The same choice, to be judged on its own."""
    return replace(choice, readings=[replace(reading) for reading in choice.readings])


def _pairs(lines: list[Tokens], evidence: Evidence) -> Iterator[NDArray[np.floating]]:
    """How well each token of a line leads to each other one, in nats (tokens x tokens)."""
    rows = [np.array([evidence.row(line.token(i)) for i in range(len(line))]) for line in lines]
    grids = [np.meshgrid(row, row, indexing="ij") for row in rows]
    ones = np.concatenate([grid[0].ravel() for grid in grids])
    others = np.concatenate([grid[1].ravel() for grid in grids])
    pairs = FLUENCY * evidence.follows(None, ones, others)
    at = 0
    for line in lines:
        size = len(line)
        yield pairs[at : at + size**2].reshape(size, size)
        at += size**2


def _choice(
    line: Tokens,
    pairs: NDArray[np.floating],
    evidence: Evidence,
    full: bool,
    known: Quoted | None,
) -> Choice:
    if len(line) == 1:
        only = Reading((0,), (0, 0), 0.0, (evidence.row(line.token(0)),), ends=(0, 0))
        return Choice([only], onward=QUOTED * known.onward if known else None)
    quotes = QUOTED * known.within if known else np.zeros((len(line), len(line)))
    pairs = pairs + quotes
    trace = _trace(line, full)
    rows = labels(
        tuple(int(s) for s in line.spaces[1:-1]), tuple(likely_jumps(line).tolist()), bool(trace)
    )
    order, spaces, against, fluency = _weighed(line, rows, pairs, bool(trace))
    likely = np.flatnonzero(likely_cuts(line))
    for _ in range(STEPS if trace and len(likely) else 0):
        leading = np.argsort(against - fluency, kind="stable")[:LEADING]
        more = neighbours(rows[leading], rows, likely, line.spaces[1:-1] > 0)
        if not len(more):
            break
        found = _weighed(line, more, pairs, True)
        order, spaces = np.concatenate([order, found[0]]), np.concatenate([spaces, found[1]])
        against = np.concatenate([against, found[2]])
        fluency = np.concatenate([fluency, found[3]])
        rows = np.concatenate([rows, more])
    turned = all_separated(line, rows) & (not trace)
    best = np.argsort(against - fluency, kind="stable")
    at_habits = jumps(line, rows)
    identity = int(np.flatnonzero((rows == WHOLE).all(axis=1))[0])
    readings: list[Reading] = []
    # Tokens that are the same can change places, and many labels give one order.
    seen: set[str] = set()
    met: set[bytes] = set()
    for index in (identity, *best):
        key = order[index].tobytes()
        if key in met:
            continue
        met.add(key)
        reading, text = _reading(line, order[index], spaces[index], against[index], evidence)
        if text not in seen:
            seen.add(text)
            words = order[index][line.types[order[index]] == Type.WORD]
            if len(words):
                reading.ends = (int(words[0]), int(words[-1]))
                reading.quoted = float(quotes[words[:-1], words[1:]].sum())
            reading.cuts = tuple(rows[index].tolist())
            reading.jumps = tuple(at_habits[index].tolist())
            reading.turned = bool(turned[index])
            readings.append(reading)
        if len(readings) > (KEPT_READINGS if trace else KEPT_UNTRACED):
            break
    places = np.bincount(kinds(line) + 1, minlength=len(HABITS) + 1)[1:]
    onward = QUOTED * known.onward if known else None
    sources = tuple(known.sources) if known else ()
    return Choice(readings, trace, tuple(places.tolist()), onward=onward, sources=sources)


def _weighed(
    line: Tokens, rows: Labels, pairs: NDArray[np.floating], shown: bool
) -> tuple[Orders, NDArray[np.int16], NDArray[np.float64], NDArray[np.float64]]:
    """The orders that labels stand for, their white space, price and fluency (nats)."""
    order = orders(rows)
    spaces = gaps(line, rows, order)
    turned = all_separated(line, rows) & (not shown)
    against = price(line, rows, order, spaces, turned)
    words = line.types == Type.WORD
    kept = order[words[order]].reshape(len(order), -1)
    fluency = pairs[kept[:, :-1], kept[:, 1:]].sum(axis=1, dtype=np.float64)
    return order, spaces, against, fluency


def _trace(line: Tokens, full: bool) -> str:
    spaces = line.spaces
    return "".join(
        sign
        for sign, there in (
            ("L", spaces[0] > 0),
            ("D", bool((spaces[1:-1] > 1).any())),
            ("T", spaces[-1] > 0 and full),
            ("t", spaces[-1] > 0 and not full),
            ("G", wrong_start(line) or bool(anomalies(line).any())),
        )
        if there
    )


def _reading(
    line: Tokens,
    order: NDArray[np.intp],
    between: NDArray[np.int16],
    against: float,
    evidence: Evidence,
) -> tuple[Reading, str]:
    """A reading of a line, and the text that comes out."""
    spaces = [0]
    for left, right, gap in zip(order, order[1:], between[1:-1], strict=False):
        if right == left + 1 and gap == 0 == line.spaces[right]:
            spaces.append(0)
        elif line.wanted[left, right] == 1:
            spaces.append(1)
        else:
            spaces.append(min(int(gap), 1))
    spaces.append(0)
    text = "".join(
        " " * space + line.token(int(token)) for space, token in zip(spaces, order, strict=False)
    )
    units = tuple(evidence.row(unit) for unit in words(text))
    return Reading(tuple(int(t) for t in order), tuple(spaces), float(against), units), text


def words(text: str) -> list[str]:
    """The units of a text; a bracket or a mark that stands alone goes with the word beside it.

    The pair model compares orders of the same number of units only.
    """
    return LOOSE_START.sub("", LOOSE_END.sub("", text)).split()
