"""What speaks against a reading: the cuts it assumes and the white space it leaves over.

Every reading of a line (``readings.py``) has to explain the white space and the glued marks that
the extractor left. What it assumes is counted; each thing counted has a price in nats.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from restore.order.readings import JUMPED, SEPARATED, WHOLE, Labels, Orders
from restore.order.stretched import fits
from restore.order.traits import ENDING, HABITS, JUMPS, WAYS, Bit, Facts, early_singles
from restore.tokens import Tokens, Type

PRICES = {
    "first separator": 0.00,  # at a single space, before any double one
    "choice of the first": 1.83,  # times the log of how many spaces it could be
    "more separators": 2.65,  # at single spaces
    "all words": 1.37,  # all spaces of the line are separators
    "jump at a space": 4.62,
    "jump at a number": -1.33,
    "separator at a number": 0.0,  # instead of a jump, of which it says nothing
    "jump at a bracket": -0.08,
    "jump at a quotation": 3.07,
    "jump at a mark": 3.67,
    "jump at a dash": 2.26,
    "bracketed": -3.0,  # a jump at a space, where something in brackets has to end
    "head kept": 3.0,  # marks before the piece that they end, in the order in which they stand
    "jump inside": 1.09,  # between two letters, neither of them a final one
    "split": 0.69,  # times how much likelier one word is than two, in nats
    "jump after a final": 2.80,
    "whole though final": 3.90,  # a word with a final letter inside
    "lacking at a cut": 7.49,  # a space where there should be one
    "lacking inside": 5.28,
    "extra": 7.29,  # two spaces for one
    "outer": 6.03,  # white space before or after the line
    "moved": 5.31,  # a space too many here, one too few there
    "wrong start": 8.60,  # a closing bracket or a full stop, or a hyphen that joined two words
    "wrong end": 5.34,  # an opening bracket
    "unbalanced": 6.01,  # a bracket closed before it is opened
    "nested": 5.39,  # a bracket opened before the last is closed
    "empty": 4.17,  # brackets with nothing between
    "cut inside a sentence": 1.27,  # nothing but letters on both sides of a cut
    "quotes": 6.22,  # one opened before the last is closed, or closed before it is opened
    "marks kept": 0.27,  # at the start of a line, in the order in which they stand
    "normalised": 3.33,  # an extractor that drops what separates
    "lacking, normalised": 0.17,
    "prefix alone": 2.0,  # with a hyphen, before anything but a number or a Latin word
    "widths": 1.0,  # of letters, that speak against the separators (``stretched.py``), in nats
}
# Weight of pair model and net, which take junctions for independent of each other.
FLUENCY = 0.72
# What speaks against a line in any order, whatever moved its words.
SHAPE = ("wrong start", "wrong end", "unbalanced", "nested", "empty", "quotes", "prefix alone")
STOPS = frozenset(".,:;!?")
NAMES = tuple(PRICES)
LEARNED = (*HABITS, *WAYS)
# What stands where the document would have shown a habit: a number is painted alone, and whether
# the pen jumped before it or moved far makes no difference to that.
INSTEAD = {"jump at a number": "separator at a number"}
NUMBER = JUMPS.index("jump at a number")
_PLACES = {name: place for place, name in enumerate(NAMES)}
_PRICES = np.array(list(PRICES.values()))
_LEARNED = [_PLACES[name] for name in (*LEARNED, *INSTEAD.values())]
_SHAPE = np.array([price if name in SHAPE else 0.0 for name, price in PRICES.items()])


def price(
    line: Facts, rows: Labels, order: Orders, gaps: NDArray[np.int16], turned: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The price of each reading, in nats (see ``counts``), and what it assumes of ``LEARNED``.

    Of those that are ``turned`` only the shape of the line that comes out is counted: how often
    all words of a line are in reverse where nothing shows it is learned, not priced. ``LEARNED``
    is how often (readings x names) they assume what a document has a habit of, and what stands
    ``INSTEAD``.
    """
    found = counts(line, rows, order, gaps)
    against, shown = found @ _PRICES, found[:, _LEARNED].astype(np.int64)
    if turned.any():
        # Marks between spaces are as odd in a line as it stands as in one turned around.
        whole = found[(rows == WHOLE).all(axis=1)][:1]
        extra = PRICES["extra"] * float(whole[:, _PLACES["extra"]].sum())
        against[turned] = found[turned] @ _SHAPE + extra
        shown[turned] = 0
    return np.asarray(against), np.asarray(shown)


def counts(
    line: Facts, rows: Labels, order: Orders, gaps: NDArray[np.int16]
) -> NDArray[np.float64]:
    """How often each reading assumes what has a price: readings x ``NAMES``.

    ``rows`` are labels (readings x tokens - 1), ``order`` what they stand for (readings x
    tokens), ``gaps`` the white spaces before, between and after the tokens in that order.
    """
    found: dict[str, NDArray[np.generic]] = {}
    found.update(_cuts(line, rows))
    pairs = line.pairs.take(order[:, :-1] * len(line.line) + order[:, 1:])
    found.update(_spaces(line.line, rows, order, gaps, pairs))
    found.update(_edges(line, order))
    found["empty"] = _total(pairs & Bit.EMPTY > 0)
    found["quotes"] = _quotes(line.line, order, gaps, pairs)
    found["prefix alone"] = _prefixes_alone(line, order)
    if line.line.traced:  # there is no separator without white space that shows it
        found["widths"] = -fits(line.line, rows)
    table = np.zeros((len(rows), len(NAMES)))
    for name, values in found.items():
        table[:, _PLACES[name]] = values
    return table


def choice_of_first(line: Tokens, cuts: tuple[int, ...]) -> float:
    """What of the price of a reading says only that one of many spaces was chosen, in nats."""
    spaces, labels = line.spaces[1:-1], np.array(cuts, np.int8)
    early, single = early_singles(spaces), spaces == 1
    all_words = (labels[spaces > 0] == SEPARATED).all() and single.sum() > 1
    first = (labels[early] == SEPARATED).any() and not all_words
    return PRICES["choice of the first"] * float(np.log(max(early.sum(), 1))) * first


def gaps(line: Tokens, rows: Labels, order: Orders) -> NDArray[np.int16]:
    """White spaces before, between and after the tokens of each reading (readings x n + 1)."""
    after = np.tile(line.spaces[1:].astype(np.int16), (len(rows), 1))
    after[:, :-1] -= (rows == SEPARATED) & (after[:, :-1] > 0)
    if line.heads:
        return _gaps_after_heads(line, rows, order, after)
    for start, stop, alone in _alone(line, rows):
        after[alone, start - 1] -= 1
        after[alone, stop - 1] += 1
    # A number is painted alone; the space that follows it was painted with what comes next.
    onward = (rows == JUMPED) & (line.ltr[:-1] & (line.spaces[1:-1] > 0))
    places = flat(order)
    found = np.zeros((len(rows), len(line) + 1), np.int16)
    if line.spaces[0] or onward.any():
        before = np.zeros_like(after)
        before[:, 0] = line.spaces[0]
        before[:, 1:] += np.where(onward, after[:, :-1], 0)
        after[:, :-1][onward] = 0
        found[:, :-1] = before.take(places)
    found[:, 1:] += after.take(places)
    return found


def _alone(line: Tokens, rows: Labels) -> Iterator[tuple[int, int, NDArray[np.bool_]]]:
    """Where pieces without letters begin and end, and which readings have them after the first.

    What stands before and after them is apart in these readings.
    """
    for start, stop in line.later:
        alone = (rows[:, start - 1] == SEPARATED) & (rows[:, : start - 1] != SEPARATED).all(axis=1)
        alone &= (rows[:, start : stop - 1] == WHOLE).all(axis=1)
        if stop < len(line):
            alone &= rows[:, stop - 1] == SEPARATED
        yield start, stop, alone


def _gaps_after_heads(
    line: Tokens, rows: Labels, order: Orders, after: NDArray[np.int16]
) -> NDArray[np.int16]:
    """The same where white space at the head of a piece may be that at its end (``restore.heads``).

    It stands before the piece if a space is wanted there and none is left from the piece before.
    """
    heads = np.zeros_like(after)
    heads[:, 0] = line.spaces[0]
    heads[:, 1:] = np.where(rows == JUMPED, after[:, :-1], 0)
    after[:, :-1] -= heads[:, 1:]
    starts = np.ones(order.shape, np.bool_)
    starts[:, 1:] = rows != WHOLE
    places = flat(order)
    found = np.zeros((len(rows), len(line) + 1), np.int16)
    found[:, 1:] = after.take(places)
    heads, starts = heads.take(places), starts.take(places)
    wanted = np.zeros(order.shape, np.bool_)
    wanted[:, 0] = (rows == WHOLE).all(axis=1)
    wanted[:, 1:] = line.wanted[order[:, :-1], order[:, 1:]] == 1
    left = np.zeros(len(rows), np.int16)  # of the piece so far
    for place in np.flatnonzero(starts.any(axis=0)).tolist():
        begins, head, width = starts[:, place], heads[:, place], found[:, place]
        width += begins * left
        before = begins & wanted[:, place] & (width == 0)
        width += before * head
        left = np.where(begins, ~before * head, left)
    found[:, -1] += left
    return found


def flat(order: Orders) -> Orders:
    """Where the tokens of each reading stand among those of all, one row after the other."""
    return np.asarray(order + (np.arange(len(order)) * order.shape[1])[:, np.newaxis])


def places(line: Facts) -> NDArray[np.int64]:
    """How often a line could show each of ``LEARNED``."""
    jumped = line.jumped.sum(axis=0)[[JUMPS.index(name) for name in LEARNED if name in JUMPS]]
    outer = (line.line.spaces[[0, -1]] > 0).sum()
    return np.array([*jumped, outer], np.int64)


def all_separated(line: Facts, rows: Labels) -> NDArray[np.bool_]:
    """Which readings take every space of the line for a separator, and nothing for a jump."""
    apart = line.separated[:, 0] > 0
    found = (rows[:, apart] == SEPARATED).all(axis=1) & (rows != JUMPED).all(axis=1)
    return np.asarray(found & apart.any())


def _cuts(line: Facts, rows: Labels) -> dict[str, NDArray[np.generic]]:
    separated = (rows == SEPARATED) @ line.separated
    firsts, others = separated[:, 1], separated[:, 2].copy()
    for _, stop, alone in _alone(line.line, rows):
        others -= alone if stop < len(line.line) else 0
    turned = (separated[:, 0] == line.spaced) & (line.singles > 1)
    first = (firsts > 0) & ~turned
    jumped = (rows == JUMPED) @ line.jumped
    whole = (rows == WHOLE) @ line.whole
    return {
        "first separator": first,
        "choice of the first": first * np.log(max(line.early, 1)),
        "more separators": ~turned * (np.maximum(firsts - 1, 0) + others),
        "all words": turned,
        **dict(zip(JUMPS, jumped.T, strict=True)),
        "separator at a number": (rows == SEPARATED) @ line.jumped[:, NUMBER],
        "head kept": _heads_kept(line, rows),
        "bracketed": ((rows == JUMPED) @ line.bracketed.T > 0).sum(axis=1),
        "whole though final": whole[:, 0],
        "marks kept": whole[:, 1],
    }


def _heads_kept(line: Facts, rows: Labels) -> NDArray[np.int16]:
    kept = rows[:, line.heads] == WHOLE
    return _total(kept & (line.heads == 0) | kept & (rows[:, line.heads - 1] != WHOLE))


def _spaces(
    line: Tokens,
    rows: Labels,
    order: Orders,
    gaps: NDArray[np.int16],
    pairs: NDArray[np.uint8],
) -> dict[str, NDArray[np.generic]]:
    whole = np.zeros(order.shape, np.bool_)
    whole[:, :-1] = rows == WHOLE
    kept = (pairs & Bit.NEXT > 0) & whole.take(flat(order)[:, :-1])
    between = gaps[:, 1:-1]
    lacking = (pairs & (Bit.SPACE | Bit.HARD) == Bit.SPACE | Bit.HARD) & (between == 0)
    at_cut = _total(lacking & ~kept)
    within = _total(lacking & kept & (pairs & Bit.INNER == 0))
    too_many = np.maximum(between - (pairs & Bit.NONE == 0), 0)
    extra = _total(too_many > 0)
    turned = _total(rows == SEPARATED) > 2
    sentence = _total((pairs & Bit.SENTENCE > 0) & ~kept) * ~turned
    common = {"lacking inside": within, "cut inside a sentence": sentence}
    if not line.traced:
        return {
            **common,
            "normalised": at_cut > 0,
            "lacking, normalised": at_cut,
            "extra": extra,
        }
    outer = np.minimum(gaps[:, 0], 1) + np.minimum(gaps[:, -1], 1) * (not line.heads)
    if line.spread:
        # A space painted between two words is no more that of the one before it than the other's.
        either = np.minimum(np.minimum(at_cut, outer), 1)
        at_cut, outer = at_cut - either, outer - either
    # A space painted alone comes out at another place than the gap it was for.
    moved = np.minimum(at_cut, _total(np.minimum(too_many, 2)) + outer)
    # What white space left over means in a line as it stands is a habit of the document.
    some = _total(rows == WHOLE) < rows.shape[1]
    spent = np.minimum(moved, extra)
    return {
        **common,
        "lacking at a cut": at_cut - moved,
        "moved": moved * some,
        "extra": (extra - spent) * some,
        "outer": np.maximum(outer - (moved - spent), 0) * some,
    }


def _edges(about: Facts, order: Orders) -> dict[str, NDArray[np.generic]]:
    line, hyphens = about.line, about.hyphens
    first, last = line.types[order[:, 0]], line.types[order[:, -1]]
    wrong = (ENDING[first] | hyphens[order[:, 0]]).astype(np.int16)
    if line.heads and hyphens.any():
        stops = np.array([line.text[stop - 1] in STOPS for stop in line.stops])
        wrong += _total(hyphens[order[:, 1:]] & stops[order[:, :-1]])
    found: dict[str, NDArray[np.generic]] = {
        "wrong start": wrong,
        "wrong end": last == Type.OPEN,
    }
    steps = (line.types == Type.OPEN).astype(np.int16) - (line.types == Type.CLOSE)
    if not steps.any():
        return found
    depth = _running(steps[order.T])
    lowest = np.maximum(-depth.min(axis=0), 0)
    return found | {
        "unbalanced": lowest - max(-int(steps.sum()), 0),
        "nested": np.maximum(depth.max(axis=0) - lowest - 1, 0),
    }


def _quotes(
    line: Tokens, order: Orders, gaps: NDArray[np.int16], pairs: NDArray[np.uint8]
) -> NDArray[np.int16]:
    """How many quotation marks of each reading open or close out of turn."""
    loose = line.types == Type.QUOTE
    if not (loose.any() or line.quotes.any()):
        return np.zeros(len(order), np.int16)
    steps = line.quotes[order]
    if loose.any():
        opening = gaps[:, :-1] > 0
        opening[:, 0] = True
        opening[:, 1:] |= pairs & Bit.STARTING > 0
        steps = np.where(loose[order], np.where(opening, 1, -1), steps)
    depth = _running(steps.T)
    highest, lowest = np.maximum(depth.max(axis=0), 0), np.minimum(depth.min(axis=0), 0)
    return np.asarray(np.maximum(highest - lowest - 1, 0))


def _prefixes_alone(about: Facts, order: Orders) -> NDArray[np.int16]:
    if not about.prefixes.any():
        return np.zeros(len(order), np.int16)
    return _total(about.prefixes[order[:, :-1]] & ~about.line.ltr[order[:, 1:]])


def _total(counted: NDArray[Any]) -> NDArray[np.int16]:
    """The sum of each row; ``ndarray.sum`` takes three times as long for short rows."""
    return np.asarray(np.einsum("ij->i", counted.astype(np.int16)))


def _running(steps: NDArray[Any]) -> NDArray[np.int16]:
    """The sum of the steps of each reading (a column) so far."""
    return np.cumsum(np.ascontiguousarray(steps), axis=0, dtype=np.int16)
