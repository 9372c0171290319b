"""The lines of two columns in turn: which line belongs to which column, and how sure that is.

A stretch of woven lines has those of the column that is read first and those of the other, in
turn; now and then some of one follow each other, where the other has a gap. How well each line
leads to each other tells the ways through a text: each line is outside, or in one of the columns.
The best of all ways is taken, and others, drawn as often as they are likely (``ways.py``), tell how
sure it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import exp, log
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restore.evidence import NOTHING, Evidence
from restore.junctions import REACH, ends
from restore.order.choices import words
from restore.order.ways import Floats, Shape, Way, Ways
from restore.units import MARKS

# Nats that speak for a line to lead to another: for any two, for each nat of the pair model and of
# the net, and if the line ends in a stop or a comma, where both expect less; fitted to 46,000 pairs
# of lines of held-out prose in two columns.
ANY, PAIRS, NET, STOP, COMMA = -0.055, 0.694, 0.606, 1.902, 0.386
STOPS, COMMAS, CLOSERS = ".:?!׃", ",;", " )]}\"'״׳”’"
GOES_ON, MAY_GO_ON = 0.9, 0.5  # probability that prose goes on in the next line, and any text

WOVEN = -5.0  # nats against any lines being woven, which few texts are; a guess

# Lines of prose, and other ones, that end where a sentence may, that stand there more than once,
# and that have room for the next word: that end short of such a share of the width that so many
# lines are within; guesses.
ENDED, REPEATED, ROOMY = (0.25, 0.6), (0.02, 0.3), (0.2, 0.6)
FULL, FULL_QUANTILE = 0.9, 0.9
WIDE = 1.6  # times the median width, and more: no line of a column; a guess

# Log-probabilities of the shape of a stretch; guesses, tried on held-out prose in two columns.
# It begins with the second line of a text (the first is that beside it), with the first, elsewhere.
ENTER_AT_TOP, ENTER_ABOVE, ENTER = -5.0, -10.0, -7.0
ALTERNATE, RUN, RUN_ON = -0.1, -3.5, -0.8  # the other column is next; the same; the same again
PIECE, PARTED = -0.1, -2.5  # the same, and the other, both lines being pieces of a broken one
LEAVE = -3.0  # it ends before the text does
RUN_AT_END, LAST = -1.5, 4  # the same column is next among the last lines; how many these are
SHORT = 0.6  # of the median width, and less: a piece of a line; a guess

SIGN = 5.0  # nats for the lines to be looked at; a guess
SIGN_PAIRS = 0.8  # of a nat of the pair model, if nothing else is known; fitted to the same lines
FEWEST = 4  # lines of which two can be woven
AROUND = 12  # lines before and after a sign that are looked at with it; a guess
MOST = 240  # lines that are looked at together; more take more memory
DRAWN = 100  # ways
SHARP = 30.0  # times as unlike as they are, and all ways but the best are never drawn

Rows = NDArray[np.intp]


class Woven(NamedTuple):
    """A stretch of woven lines.

    ``first`` is the number of its first line, ``order`` has the lines in the order in which they
    are read, counted from that one; ``sure`` is the share of its lines that are followed by the
    right line, as far as can be told; ``said`` is what speaks for any being woven, in nats.
    """

    first: int
    order: tuple[int, ...]
    sure: float
    said: float


class _Part(NamedTuple):
    """Lines ``start`` to before ``stop``, with which columns may begin, and close."""

    start: int
    stop: int
    begins: bool
    closes: bool


def woven(lines: Sequence[str], evidence: Evidence) -> Iterator[Woven]:
    """The stretches of woven lines in a text, none of which is blank."""
    for start, stop in _signs(lines, evidence):
        for part in _parts(lines, start, stop):
            yield from _woven_part(lines, part, evidence)


def _woven_part(lines: Sequence[str], part: _Part, evidence: Evidence) -> Iterator[Woven]:
    start, torn = part.start, False
    while part.stop - start >= FEWEST:
        stop = min(start + MOST, part.stop)
        some, cut = lines[start:stop], stop < part.stop
        shape = _shape(some, part.begins and start == part.start, part.closes and not cut)
        # Near a cut it is not told well where a stretch ends; all there is looked at anew.
        safe = len(some) - MOST // 3 if cut else len(some)
        after, was_torn, torn = start + safe, torn, False
        for found in _woven(leads(some, evidence), shape):
            if found.first + len(found.order) > safe:
                torn = found.first <= 1
                after = stop if torn else min(after, start + found.first - 1)
                break
            if was_torn and found.first <= 1:
                continue  # the rest of a stretch that is too long to be looked at
            against = _against([some[found.first + at] for at in found.order])
            sure = found.sure * _chance(found.said + against)
            yield found._replace(first=start + found.first, sure=sure)
        start = after


def leads(lines: Sequence[str], evidence: Evidence) -> Floats:
    """What speaks for each line to lead to each other one, in nats (lines x lines)."""
    last, first = _ends(lines, evidence)
    count = len(lines)
    lasts, firsts = evidence.sides(last, first)
    left, right = (each.ravel() for each in np.indices((count, count)))
    one, two = last[left, -1], last[left, -2]
    pairs = np.zeros(count * count)
    known = np.flatnonzero((one != NOTHING) & (first[right, 0] != NOTHING))
    pairs[known] = _follow(two[known], one[known], first[right[known], 0], evidence)
    known = known[first[right[known], 1] != NOTHING]
    begins, second = first[right[known], 0], first[right[known], 1]
    pairs[known] += _follow(one[known], begins, second, evidence)
    pairs[known] -= _follow(np.full_like(begins, NOTHING), begins, second, evidence)
    marks = np.array([_mark(line) for line in lines])
    return np.asarray(
        ANY + PAIRS * pairs.reshape(count, count) + NET * (lasts @ firsts.T) + marks[:, np.newaxis]
    )


def _ends(lines: Sequence[str], evidence: Evidence) -> tuple[Rows, Rows]:
    """The rows of the last and of the first units of each line."""
    units = [words(line) for line in lines]
    outer = [[*own[:REACH], *own[REACH:][-REACH:]] for own in units]
    evidence.learn(unit for own in outer for unit in own)
    return ends([[evidence.row(unit) for unit in own] for own in outer])


def _follow(two: Rows, one: Rows, itself: Rows, evidence: Evidence) -> Floats:
    return evidence.follows(two, one, itself).astype(np.float64)


def _mark(line: str) -> float:
    last = line.rstrip(CLOSERS)[-1:]
    return STOP if last and last in STOPS else COMMA if last and last in COMMAS else 0.0


def _signs(lines: Sequence[str], evidence: Evidence) -> Iterator[tuple[int, int]]:
    """The lines to be looked at: those that go on better in the next but one, and some around."""
    if len(lines) < FEWEST:
        return
    firsts = [line.split(maxsplit=1)[0] for line in lines]
    lasts = [line.rsplit(maxsplit=2)[-2:] for line in lines]
    evidence.learn([*firsts, *(unit for last in lasts for unit in last)])
    first = np.array([evidence.row(unit) for unit in firsts])
    one = np.array([evidence.row(last[-1]) for last in lasts])[:-2]
    two = np.array([evidence.row(last[0]) if last[1:] else NOTHING for last in lasts])[:-2]
    better = _follow(two, one, first[2:], evidence) - _follow(two, one, first[1:-1], evidence)
    total = np.concatenate([[0.0], np.cumsum(SIGN_PAIRS * better)])
    # The most that any stretch which ends here says.
    said = total - np.minimum.accumulate(total)
    at = np.flatnonzero(said >= SIGN)
    if not len(at):
        return
    lowest = np.maximum.accumulate(np.where(said > 0, 0, np.arange(len(said))))
    start, stop = max(lowest[at[0]] - AROUND, 0), at[0] + AROUND
    for here in at[1:].tolist():
        begins = max(int(lowest[here]) - AROUND, 0)
        if begins > stop:
            yield int(start), int(stop)
            start = max(begins, int(stop))
        stop = min(here + AROUND, len(lines))
    yield int(start), min(int(stop), len(lines))


def _parts(lines: Sequence[str], start: int, stop: int) -> Iterator[_Part]:
    """The lines between those too wide for a column, under and over which columns may stand."""
    widths = np.array([len(MARKS.sub("", line)) for line in lines[start:stop]])
    walls = np.flatnonzero(widths > WIDE * np.median(widths)) + start
    begins = start == 0
    for wall in [*walls.tolist(), stop]:
        yield _Part(start, wall, begins, wall < stop or stop == len(lines))
        start, begins = wall + 1, True


def _shape(lines: Sequence[str], begins: bool, closes: bool) -> Shape:
    """What speaks for stretches in these lines, if columns may begin, or close, with them."""
    count = len(lines)
    widths = np.array([len(line) for line in lines])
    short = widths < SHORT * np.median(widths)
    pieces = short & np.append(short[1:], False)
    enter, leave = np.full(count, ENTER), np.full(count, LEAVE)
    step = np.where(pieces[:, np.newaxis], [PIECE, PIECE, PARTED], [RUN, RUN_ON, ALTERNATE])
    if begins:
        enter[:2] = ENTER_ABOVE, ENTER_AT_TOP
    if closes:
        leave[-2:] = 0.0
        step[-LAST:, 0] = np.maximum(step[-LAST:, 0], RUN_AT_END)
    return Shape(enter, leave, step)


def _woven(nats: Floats, shape: Shape) -> Iterator[Woven]:
    """The stretches in lines that lead to each other as ``nats`` says."""
    prose = _mixed(nats, GOES_ON)
    sharp = Ways(SHARP * prose, Shape(*(SHARP * each for each in shape)))
    best = sharp.way(Random(0))
    if not best:
        return
    ways = Ways(prose, shape)
    after = _after(best, len(nats))
    drawn = [_after(ways.way(Random(number)), len(nats)) for number in range(DRAWN)]
    agree = np.equal(drawn, after).mean(axis=0)
    # Of lists and verses no line may lead to the next, as those of columns do not.
    apart = float(_mixed(np.diagonal(nats, 1), MAY_GO_ON).sum())
    said = ways.total - apart + WOVEN
    for first, second in best:
        around = slice(first, first + len(second) + 1)
        yield Woven(first, _order(second), float(agree[around].mean()), said)


def _against(lines: Sequence[str]) -> float:
    """What the look of lines speaks against their being those of columns of prose, in nats.

    A sentence seldom ends with a line of prose, no line comes again as a refrain does, and the next
    word seldom had room in it.
    """
    bare = [MARKS.sub("", line).strip() for line in lines]
    widths = np.array([len(line) for line in bare])
    firsts = np.array([len(line.split(maxsplit=1)[0]) for line in bare[1:]])
    roomy = widths[:-1] + 1 + firsts < FULL * np.quantile(widths, FULL_QUANTILE)
    ended = np.array([_mark(line) > 0 for line in bare])
    again = np.array([bare.count(line) > 1 for line in bare])
    return _unlike(roomy, ROOMY) + _unlike(ended, ENDED) + _unlike(again, REPEATED)


def _unlike(seen: NDArray[np.bool_], shares: tuple[float, float]) -> float:
    """What is seen in some lines speaks against the first share of lines that have it, in nats."""
    prose, others = shares
    there, absent = log(prose / others), log((1 - prose) / (1 - others))
    return min(float(np.where(seen, there, absent).sum()), 0.0)


def _chance(nats: float) -> float:
    return 1 / (1 + exp(-max(min(nats, 50.0), -50.0)))


def _mixed(nats: Floats, share: float) -> Floats:
    """The same where only a ``share`` of lines leads to any other."""
    return np.asarray(np.logaddexp(log(share) + nats, log(1 - share)))


def _order(second: Sequence[bool]) -> tuple[int, ...]:
    return tuple(sorted(range(len(second)), key=second.__getitem__))


def _after(way: Way, count: int) -> list[int]:
    """Which line comes after each, and after the beginning, which is the first of them."""
    order = list(range(count))
    for first, second in way:
        order[first : first + len(second)] = [first + at for at in _order(second)]
    after = [0] * (count + 1)
    for one, other in pairwise([-1, *order, count]):
        after[one + 1] = other
    return after
