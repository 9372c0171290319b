"""Which lines of a document need not be read at all, since no other order of them can be right.

Reading a line in all its ways is costly, and most lines of most documents are sound. A line whose
white space shows nothing can only have been cut at one space, or have all its words in reverse
(``readings.labels``). How much better the words would then follow each other is bounded for all
lines of a document at once, by the pair model alone; a line where that is far too little for any
doubt is *settled*. On 9,200 such lines of bench/text and data/corpus no cut at one space that
``LEAST_OF_CUT`` lets pass had a chance of more than 0.04, no turn that ``LEAST_OF_TURN`` does one
of more than 0.08, where 0.9 and 0.6 would be needed for a doubt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import log
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restore.evidence import Evidence
from restore.order.chunks import BEFORE_BRACKET, FLIPPED, MOST, Chunks
from restore.order.prices import FLUENCY, PRICES
from restore.order.traits import HABITS, LONE, STARTING, gap_kinds
from restore.tokens import WANTED, Type

# Lines with all words in reverse and nothing that shows it: a habit of the program. What share of
# lines they are, and how many lines that guess is worth.
TURNED = (0.002, 4.0)
# Nats: the words of one line never say more than this of what the program does; a guess.
SAID_BY_A_LINE = 3.0
MOST_SHARE, ROUNDS = 0.9995, 3
# From this share on the lines have to be read to tell what it is; a guess.
FEW_TURNED = 0.001

LEAST_OF_CUT, LEAST_OF_TURN = 0.0, -8.0  # nats for a line to be read
CUT = -3.9  # nats: log-odds of the share of damaged lines among those that show nothing, at most
# A line may be in reverse but for two words: nats that those two may say more; a guess.
SAID_BY_TWO = 10.0
MOST_BETTER = 8  # readings of a line that shows nothing; a turn that more are better than is none
BLOCK = 1 << 9  # lines looked at in one call; more only takes more memory

NEVER = -1e6  # nats
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Doubtful(NamedTuple):
    """A line that shows nothing, but may be better in another order.

    ``line`` is its number, ``shape`` what its own shape costs it, ``turn`` how much better it may
    be with all words in reverse, all bounds in nats; ``may`` says which other orders may be better
    (cut at one space, all words in reverse, all but two). ``places`` are how many gaps it has of
    each kind of which a document has a habit; ``votes`` says whether it says anything for turns.
    """

    line: int
    shape: float
    turn: float
    may: list[bool]
    votes: bool
    places: Numbers


@dataclass(slots=True)
class Settled:
    """Lines that stand as they are, and what they say of the document.

    ``lines`` says which they are, ``apart`` how many of them lie beside no line that is read, and
    ``turned`` how many of those are known to have had all words in reverse; ``places`` how many
    gaps they have of each kind of which a document has a habit, ``votes`` what each says for lines
    being turned, in nats. ``doubtful`` are others that show nothing, ``turns`` the log-odds of the
    share of turned lines.
    """

    lines: Flags
    apart: int = 0
    turned: int = 0
    places: Numbers = field(default_factory=lambda: np.zeros(len(HABITS), np.int64))
    votes: Floats = field(default_factory=lambda: np.zeros(0))
    doubtful: list[Doubtful] = field(default_factory=list)
    turns: float = NEVER


@dataclass(slots=True)
class _Bounds:
    """What is known of lines (rows) whose white space shows nothing.

    ``cut`` is how much better at most a line may be when cut at one space, ``turn`` when turned,
    in nats, ``shape`` what the shape of the line costs in its own order; ``better`` how many cuts
    are better than the turn, ``spaces`` how many there are, and ``places`` how many gaps of each
    kind of which a document has a habit (lines x habits).
    """

    lines: Numbers
    shape: Floats
    cut: Floats
    turn: Floats
    better: Numbers
    spaces: Numbers
    places: Numbers


@dataclass(slots=True)
class _Stream:
    """The tokens of lines, one after the other.

    ``begins`` and ``sizes`` are where those of each line begin, and how many they are; ``line`` is
    that of each token, ``spaced`` whether white space stands before it.
    """

    begins: Numbers
    sizes: Numbers
    line: Numbers
    spaced: Flags
    types: NDArray[np.int8]
    ltr: Flags
    quotes: NDArray[np.int8]
    rows: Numbers


def settled(
    texts: Sequence[str], mirrored: Sequence[bool], turned: Sequence[bool], evidence: Evidence
) -> Settled:
    """The lines that need not be read.

    ``mirrored`` says of each whether its brackets stand the wrong way round, ``turned``
    whether it is known to have had all its words in reverse.
    """
    if evidence.chunks is None:
        evidence.chunks = Chunks(evidence)
    known, evidence.bounds = evidence.bounds, {}
    found: list[_Bounds] = []
    for at in range(0, len(texts), BLOCK):
        # Most lines stay the same from round to round.
        key = at, tuple(texts[at : at + BLOCK]), tuple(mirrored[at : at + BLOCK])
        bounds = known[key] if key in known else _bounds(*key[1:], at, evidence)
        evidence.bounds[key] = bounds
        if bounds is not None:
            found.append(bounds)
    result = Settled(np.zeros(len(texts), np.bool_))
    if not found:
        return result
    mended = np.array(turned)
    telling = [(bounds.spaces > 0) & ~mended[bounds.lines] for bounds in found]
    said = [bounds.turn[tell] for bounds, tell in zip(found, telling, strict=True)]
    share = turned_share(np.concatenate([*said, np.full(sum(turned), SAID_BY_A_LINE)]))
    if share >= FEW_TURNED:
        return result
    result.turns = log(share / (1 - share))
    for bounds, tell in zip(found, telling, strict=True):
        may = _may_be_better(bounds, result.turns)
        calm = ~may.any(axis=1)
        result.lines[bounds.lines[calm]] = True
        result.places += bounds.places[calm].sum(axis=0)
        voting = tell & (bounds.better < MOST_BETTER)
        result.votes = np.append(result.votes, bounds.turn[calm & voting])
        left = ~calm
        columns = (bounds.lines, bounds.shape, bounds.turn, may, voting)
        told = zip(*(column[left].tolist() for column in columns), bounds.places[left], strict=True)
        result.doubtful += [Doubtful(*each) for each in told]
    return result


def turned_share(said: Floats, share: float = TURNED[0]) -> float:
    """The share of lines with all words in reverse, of those that show nothing.

    ``said`` is what each line speaks for it, in nats, ``share`` a first guess. A program turns all
    lines or none, but the words of some line will always speak against it.
    """
    votes = np.clip(said, -SAID_BY_A_LINE, SAID_BY_A_LINE)
    guess, worth = TURNED
    for _ in range(ROUNDS):
        likely = 1 / (1 + np.exp(-votes - log(share / (1 - share))))
        share = min((float(likely.sum()) + guess * worth) / (len(votes) + worth), MOST_SHARE)
    return share


def _may_be_better(bounds: _Bounds, turned: float) -> Flags:
    """Which lines may be better cut at one space, turned, or all but turned (lines x 3).

    ``turned`` are the log-odds of the share of turned lines.
    """
    spaces = bounds.spaces
    nearly = bounds.turn + SAID_BY_TWO - price_of_nearly(spaces)
    found = (
        bounds.cut >= LEAST_OF_CUT,
        bounds.turn + turned >= LEAST_OF_TURN,
        # With two spaces all other orders are a cut or the turn, with none there is no other.
        (nearly + CUT >= LEAST_OF_CUT) & (spaces > 2),
    )
    return np.stack(found, axis=1) & (spaces > 0)[:, np.newaxis]


def price_of_nearly(spaces: Numbers) -> Floats:
    """The least price of all words but two in reverse, in lines of so many spaces."""
    return price_of_choice(spaces) + PRICES["more separators"] * (spaces - 2)


def price_of_choice(spaces: Numbers) -> Floats:
    """The price of one space being a cut, in lines of so many."""
    return np.asarray(PRICES["choice of the first"] * np.log(np.maximum(spaces, 1)))


def _bounds(
    texts: Sequence[str], mirrored: Sequence[bool], first: int, evidence: Evidence
) -> _Bounds | None:
    """The bounds of those lines that are words and marks with one space between."""
    cut = [text.split(" ") for text in texts]
    plain = [
        at
        for at, (text, chunks) in enumerate(zip(texts, cut, strict=True))
        if len(chunks) == len(text.split()) and text.isprintable() and not evidence.glued(text)
    ]
    if not plain:
        return None
    flipped = np.array(mirrored)[plain]
    stream, sound = _stream([cut[at] for at in plain], flipped, evidence.chunks)
    spaces = np.array([len(cut[at]) - 1 for at in plain], np.int64)
    shape, extra = _own_price(stream)
    cut_at, turn, better = _said(stream, spaces, evidence)
    least = PRICES["extra"]
    kept = np.flatnonzero(sound)
    return _Bounds(
        np.array(plain, np.int64)[kept] + first,
        (shape + least * np.minimum(extra, 1))[kept],
        (cut_at + shape + least * np.minimum(extra, 1))[kept],
        (turn + shape)[kept],
        better[kept],
        spaces[kept],
        _gaps_of_habits(stream)[kept],
    )


def _stream(lines: Sequence[list[str]], mirrored: Flags, known: Chunks) -> tuple[_Stream, Flags]:
    """The tokens of lines of chunks, and which lines show no damage."""
    sizes = np.array([len(line) for line in lines], np.int64)
    chunks = [chunk for line in lines for chunk in line]
    known.learn(chunks)
    numbers = np.fromiter(map(known.__getitem__, chunks), np.int64, len(chunks))
    line = np.repeat(np.arange(len(lines)), sizes)
    edges = known.table("edges")[numbers]
    # A mark before a bracket is a token of its own.
    before = (edges[:-1] & 1 > 0) & (edges[1:] & 2 > 0) & (line[:-1] == line[1:])
    places = np.flatnonzero(before).tolist()
    known.learn(chunks[at] + BEFORE_BRACKET for at in places)
    for at in places:
        numbers[at] = known[chunks[at] + BEFORE_BRACKET]
    counts = known.table("counts")[numbers].astype(np.int64)
    begins = np.cumsum(counts) - counts
    odd = known.table("odd")[numbers] >> mirrored[line] & 1
    at = np.arange(counts.sum()) + np.repeat(known.table("firsts")[numbers] - begins, counts)
    spaced = np.zeros(len(at), np.bool_)
    spaced[begins] = True
    owners = np.repeat(line, counts)
    of_line = np.bincount(owners, minlength=len(lines))
    types = known.table("types")[at]
    types = np.where(mirrored[owners], FLIPPED[types], types)
    firsts = np.cumsum(of_line) - of_line
    ltr, quotes, rows = (known.table(name)[at] for name in ("ltr", "quotes", "rows"))
    ltr = ltr.astype(np.bool_)
    stream = _Stream(firsts, of_line, owners, spaced, types, ltr, quotes, rows)
    starts = types[firsts]
    shown = np.bincount(line, odd, len(lines)) > 0
    sound = ~shown & ~LONE[starts] & (starts != Type.CLOSE) & (of_line <= MOST)
    return stream, sound


def _own_price(stream: _Stream) -> tuple[Floats, Numbers]:
    """What the shape of each line costs as it stands (nats), and how many spaces too many it has.

    It is the most that another order could save (``prices.py``).
    """
    begins, line, types = stream.begins, stream.line, stream.types
    lasts = begins + stream.sizes - 1
    inside = line[1:] == line[:-1]
    opens, closes = types == Type.OPEN, types == Type.CLOSE
    depth = _running(opens.astype(np.int64) - closes, stream)
    lowest = np.maximum(-np.minimum.reduceat(depth, begins), 0)
    highest = np.maximum.reduceat(depth, begins)
    opening = stream.spaced.copy()
    opening[1:] |= STARTING[types[:-1]]
    loose = np.where(opening, 1, -1)
    quoted = _running(np.where(types == Type.QUOTE, loose, stream.quotes), stream)
    high = np.maximum(np.maximum.reduceat(quoted, begins), 0)
    low = np.minimum(np.minimum.reduceat(quoted, begins), 0)
    empty = inside & opens[:-1] & closes[1:]
    extra = inside & stream.spaced[1:] & (WANTED[types[:-1], types[1:]] == 0)
    count = len(begins)
    shape = (
        PRICES["unbalanced"] * (lowest - np.maximum(-depth[lasts], 0))
        + PRICES["nested"] * np.maximum(highest - lowest - 1, 0)
        + PRICES["empty"] * np.bincount(line[:-1], empty, count)
        + PRICES["wrong end"] * (types[lasts] == Type.OPEN)
        + PRICES["quotes"] * np.maximum(high - low - 1, 0)
    )
    return shape, np.bincount(line[:-1], extra, count).astype(np.int64)


def _running(steps: Numbers, stream: _Stream) -> Numbers:
    """The sum of the steps of each line up to each of its tokens."""
    total = np.cumsum(steps)
    return np.asarray(total - (total - steps)[stream.begins][stream.line])


def _said(stream: _Stream, spaces: Numbers, evidence: Evidence) -> tuple[Floats, Floats, Numbers]:
    """What the words of each line say at most for one cut, and for a turn, in nats.

    Then how many cuts are better than the turn.
    """
    count = len(stream.begins)
    words = np.flatnonzero(stream.types == Type.WORD)
    line, rows = stream.line[words], stream.rows[words]
    inside = np.flatnonzero(line[1:] == line[:-1])
    left, right, owner = rows[inside], rows[inside + 1], line[inside]
    onward = _follow(left, right, evidence)
    turn = np.bincount(owner, _follow(right, left, evidence) - onward, count)
    sizes = np.bincount(line, minlength=count)
    firsts, several = np.cumsum(sizes) - sizes, sizes > 1
    around = np.zeros(count)
    around[several] = _follow(rows[(firsts + sizes - 1)[several]], rows[firsts[several]], evidence)
    cuts = around[owner] - onward
    best = np.full(count, NEVER)
    np.maximum.at(best, owner, cuts)
    # A cut beside a mark that stands alone moves only the mark.
    best = np.where(stream.sizes > sizes, np.maximum(best, 0.0), best)
    chosen = price_of_choice(spaces)
    better = np.bincount(owner, cuts - chosen[owner] > turn[owner], count)
    return np.asarray(best - chosen), np.asarray(turn), better.astype(np.int64)


def _follow(left: Numbers, right: Numbers, evidence: Evidence) -> Floats:
    return FLUENCY * evidence.follows(None, left, right).astype(np.float64)


def _gaps_of_habits(stream: _Stream) -> Numbers:
    """How many gaps each line has of each kind of which a document has a habit (``kinds``)."""
    kind = gap_kinds(stream.types, stream.quotes, stream.ltr)
    line, count = stream.line, len(stream.begins)
    told = (line[1:] == line[:-1]) & (kind >= 0)
    names = line[:-1][told] * len(HABITS) + kind[told]
    return np.bincount(names, minlength=count * len(HABITS)).reshape(count, len(HABITS))
