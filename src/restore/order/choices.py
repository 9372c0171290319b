"""The readings of each line that are worth weighing against each other.

Labels of its gaps (``readings.py``) are tried, first those that the white space suggests, then
what differs from the best of them at one gap where a cut is likely. Which are best is told by their
price (``prices.py``) and by how well each word leads to the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from restore.evidence import Evidence
from restore.order.lattice import Choice, Reading
from restore.order.prices import FLUENCY, all_separated, gaps, places, price
from restore.order.readings import WHOLE, Labels, Orders, labels, neighbours, orders, turned_alone
from restore.order.traits import (
    Facts,
    anomalies,
    facts,
    likely_cuts,
    likely_jumps,
    marks_before_numbers,
    wrong_start,
)
from restore.tokens import ANY, BRACKETS, MARK_OF_NOTE, Tokens, Type
from restore.works.quoted import Quoted, Source

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

Key = tuple[str, bytes, bool, bool, bool, bytes, tuple[Source, ...]]


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
    used = (key for index, key in enumerate(keys) if read is None or read[index])
    evidence.readings = {key: evidence.readings[key] for key in islice(used, REMEMBERED)}
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
    return line.text, line.types.tobytes(), line.spread, line.heads, full, passages, sources


def _own(choice: Choice) -> Choice:
    """The same choice, to be judged on its own."""
    return replace(choice, readings=[reading.copy() for reading in choice.readings])


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
        return _as_it_stands(line, evidence, known)
    quotes = QUOTED * known.within if known else np.zeros((len(line), len(line)))
    trace = _trace(line, full)
    about = facts(line)
    found = _tried(about, pairs + quotes, bool(trace))
    readings = _chosen(about, found, evidence, KEPT_READINGS if trace else KEPT_UNTRACED)
    turned = [False] * len(readings)
    if not trace:
        cuts = np.array([reading.cuts for reading in readings], np.int8)
        turned = all_separated(about, cuts).tolist()
    for reading, all_turned in zip(readings, turned, strict=True):
        reading.turned = all_turned
        told = [token for token in reading.order if line.types[token] == Type.WORD]
        if told:
            reading.ends = (told[0], told[-1])
            reading.quoted = float(quotes[told[:-1], told[1:]].sum())
    onward = QUOTED * known.onward if known else None
    sources = tuple(known.sources) if known else ()
    return Choice(readings, trace, tuple(places(about).tolist()), onward=onward, sources=sources)


class _Tried(NamedTuple):
    """Readings that were tried: labels, orders, white space, and what speaks against each, in nats.

    ``against`` has the price, ``score`` what the neighbouring words say, less the price; ``shown``
    what each assumes of the habits of a document.
    """

    rows: Labels
    order: Orders
    spaces: NDArray[np.int16]
    against: NDArray[np.float64]
    score: NDArray[np.float64]
    shown: NDArray[np.int64]

    def and_more(self, others: _Tried) -> _Tried:
        """These readings, then ``others``."""
        return _Tried(
            np.concatenate([self.rows, others.rows]),
            np.concatenate([self.order, others.order]),
            np.concatenate([self.spaces, others.spaces]),
            np.concatenate([self.against, others.against]),
            np.concatenate([self.score, others.score]),
            np.concatenate([self.shown, others.shown]),
        )


def _tried(about: Facts, pairs: NDArray[np.floating], shown: bool) -> _Tried:
    """The readings of a line that are worth a look; ``shown``: its white space shows damage."""
    line = about.line
    spaces = tuple(line.spaces[1:-1].tolist())
    rows = labels(spaces, tuple(likely_jumps(line).tolist()), shown)
    found = _weighed(about, rows, pairs, shown)
    likely = np.flatnonzero(likely_cuts(line))
    for _ in range(STEPS if shown and len(likely) else 0):
        leading = np.argsort(-found.score, kind="stable")[:LEADING]
        more = neighbours(found.rows[leading], found.rows, likely, line.spaces[1:-1] > 0)
        if not len(more):
            break
        found = found.and_more(_weighed(about, more, pairs, True))
    return found


def _weighed(about: Facts, rows: Labels, pairs: NDArray[np.floating], shown: bool) -> _Tried:
    """What speaks for and against the orders that labels stand for."""
    line = about.line
    order = orders(rows)
    spaces = gaps(line, rows, order)
    for mark in marks_before_numbers(line):
        order = turned_alone(rows, order, mark)
    turned = np.zeros(len(rows), np.bool_) if shown else all_separated(about, rows)
    against, assumed = price(about, rows, order, spaces, turned)
    words = line.types == Type.WORD
    kept = order if words.all() else order[words[order]].reshape(len(order), -1)
    nats = pairs.ravel().take(kept[:, :-1] * len(line) + kept[:, 1:])
    score = nats.sum(axis=1, dtype=np.float64) - against
    return _Tried(rows, order, spaces, against, score, assumed)


def _chosen(about: Facts, found: _Tried, evidence: Evidence, most: int) -> list[Reading]:
    """The line as it stands, then the best other readings."""
    line, readings = about.line, list[Reading]()
    cut = [line.token(token) for token in range(len(line))]
    # Of words alone no mark goes with another word.
    alone = bool((line.types == Type.WORD).all()) and not any(c in line.text for c in BRACKETS)
    units_of = str.split if alone else words
    # Tokens that are the same can change places.
    texts: set[str] = set()
    for index, order, spaces, apart in _best(line, found, 2 * most):
        own = [cut[token] for token in order]
        text = _joined(own, spaces)
        if text in texts:
            continue
        texts.add(text)
        units = tuple(map(evidence.row, units_of(text if spaces == apart else _joined(own, apart))))
        reading = Reading(tuple(order), tuple(spaces), float(found.against[index]), units)
        reading.cuts = tuple(found.rows[index].tolist())
        reading.shown = tuple(found.shown[index].tolist())
        readings.append(reading)
        if len(readings) > most:
            break
    return readings


def _joined(tokens: Sequence[str], spaces: Sequence[int]) -> str:
    parts = [" " + token if space else token for space, token in zip(spaces, tokens, strict=False)]
    return "".join(parts)


def _best(
    line: Tokens, found: _Tried, together: int
) -> Iterator[tuple[int, list[int], list[int], list[int]]]:
    """The line as it stands and then the best other orders, with the white space in each.

    Every order comes once, with its place among those tried; the white space, as it is and as the
    words are weighed (``_widths``), is worked out for so many of them ``together``.
    """
    identity = int(np.flatnonzero((found.rows == WHOLE).all(axis=1))[0])
    best = np.append(identity, np.argsort(-found.score, kind="stable"))
    met: set[bytes] = set()
    for first in range(0, len(best), together):
        chosen = best[first : first + together]
        fresh = []
        for index, order in zip(chosen.tolist(), found.order[chosen], strict=True):
            name = order.tobytes()  # many labels give one order
            if name not in met:
                met.add(name)
                fresh.append(index)
        order = found.order[fresh]
        widths, apart = _widths(line, order, found.spaces[fresh])
        yield from zip(fresh, order.tolist(), widths.tolist(), apart.tolist(), strict=True)


def _widths(
    line: Tokens, order: Orders, spaces: NDArray[np.int16]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The white space that comes out before each token of each order, and after the last.

    The same comes with a space between tokens that want one, and before a number that hangs on a
    word, as their words are weighed: what lacks there is priced, and does not make another word of
    two.
    """
    left, right, between = order[:, :-1], order[:, 1:], spaces[:, 1:-1]
    tight = (right == left + 1) & (between == 0) & (line.spaces[right] == 0)
    wanted = line.wanted[left, right] == 1
    # No extractor puts a space before a mark that it moved there.
    tight |= (right != left + 1) & (line.wanted[left, right] == 0)
    widths = np.zeros((len(order), len(line) + 1), np.int64)
    widths[:, 1:-1] = np.where(tight, 0, np.where(wanted, 1, np.minimum(between, 1)))
    lacking = tight & wanted & ~np.append(line.inner, False)[left]
    if line.ltr.any():
        # One space came out before the mark of a note and none after it, where one is wanted.
        notes, numbers, marked = _marks_of_notes(line)
        hangs = notes[right] | (numbers[right] & marked[left])
        early = hangs & (right != left + 1) & (line.wanted[left, right] == ANY)
        early[:, :-1] &= (between[:, 1:] == 0) & wanted[:, 1:]
        early[:, -1] = False
        widths[:, 1:-1][early] = 0
        lacking |= _long_words(line)[left] & line.ltr[right] & (between == 0)
    apart = widths.copy()
    apart[:, 1:-1][lacking] = 1
    return widths, apart


def _marks_of_notes(line: Tokens) -> tuple[NDArray[np.bool_], ...]:
    """Which tokens are marks of notes, which may be, and after which they are if so."""
    tokens = [line.token(token) for token in range(len(line))]
    notes = [MARK_OF_NOTE.fullmatch(token) is not None for token in tokens]
    numbers = [token.isdecimal() and len(token) < 3 for token in tokens]
    marked = [token[-1] in '.,:;!?"”״' for token in tokens]
    return np.array(notes), np.array(numbers), np.array(marked)


def _long_words(line: Tokens) -> NDArray[np.bool_]:
    """Which words on which a number hangs are the same words without it, and no prefixes."""
    long = np.array([b - a > 2 for a, b in zip(line.starts, line.stops, strict=True)])
    long[1:] |= line.inner
    joined = np.array([line.text[stop - 1] in "-־" for stop in line.stops])
    return np.asarray((line.types == Type.WORD) & ~line.ltr & long & ~joined)


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


def words(text: str) -> list[str]:
    """The units of a text; a bracket or a mark that stands alone goes with the word beside it.

    Marks of notes say nothing. The pair model compares orders of the same number of units only.
    """
    return LOOSE_START.sub("", LOOSE_END.sub("", MARK_OF_NOTE.sub("", text))).split()
