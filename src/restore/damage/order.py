"""Words in the wrong order: reversed words, rotated runs, interleaved runs, displaced marks.

All lines of a document are decided at once. Every line gets its possible readings
(``readings.py``), each with a price for the cuts it assumes and the white space it leaves over;
the words speak for or against each order, within the line and from line to line
(``lattice.py``). How often which trace in the white space means damage is a habit of the program
that made the document: it is learned from the document itself (expectation-maximisation).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import regex
from numpy.typing import NDArray

from restore.change import Arrange, Finding
from restore.confidence import confidence, lone_marks, signs
from restore.evidence import Evidence
from restore.lattice import Choice, Reading, joins, posteriors, weigh_readings
from restore.model import FURNITURE, Document, Inserted, Kind, Piece, Place, Span
from restore.prices import all_separated, anomalies, gaps, likely_jumps, price, wrong_start
from restore.readings import WHOLE, labels, orders
from restore.tokens import Tokens, Type, has_letters, tokens

REVERSED_WORDS = "reversed-words"
ROTATED_RUNS = "rotated-runs"
INTERLEAVED_RUNS = "interleaved-runs"
DISPLACED_MARKS = "displaced-marks"
REASONS = {
    REVERSED_WORDS: "the words of the line stand in reverse",
    ROTATED_RUNS: "the line is cut into runs that stand in reverse order",
    INTERLEAVED_RUNS: "two runs of the line stand one inside the other",
    DISPLACED_MARKS: "marks of the line stand at the wrong place",
}

FLUENCY = 0.84  # weight of the pair model, which takes neighbouring pairs for independent
LOOSE_END = regex.compile(r"\s+(?=[)\]}.,:;!?\"'״]+(?:\s|$))")
LOOSE_START = regex.compile(r"(?<=(?:^|\s)[(\[{\"״]+)\s+")
FULL, FULL_QUANTILE = 0.75, 0.8  # a line is full from this share of the width of most lines on
KEPT_READINGS = 24  # readings of a line that go on to the choice over lines
# A longer line is no line of a page but a paragraph, whose words nobody moved.
LONGEST_TEXT = 600  # characters
MOST_TOKENS = 120
TOGETHER = 128  # lines weighed in one call; more only takes more memory
KEPT_UNTRACED = 8  # of a line that shows no damage
ROUNDS = 3

CONTINUES, CONTINUES_OVER_BLANK = 0.85, 0.6  # probability; a guess
# Share of damaged lines by trace, and how many lines that guess is worth. Fitted by
# scripts/fit_prices.py.
HABITS = {
    "": (0.02, 20.0), "G": (0.4, 4.0), "T": (0.98, 6.0), "t": (0.4, 4.0), "TG": (0.99, 6.0),
    "DT": (0.9995, 8.0), "DTG": (0.98, 6.0), "D": (0.9, 4.0), "DG": (0.7, 4.0), "L": (0.98, 4.0),
}  # fmt: skip
OTHER_TRACES = (0.8, 4.0)
# Lines with all words in reverse and nothing that shows it: a habit of the program too.
TURNED = (0.002, 4.0)
MOST_SHARE = 0.9995


def find_order(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines whose words stand in another order than they were written in."""
    places, choices, cut = read_lines(document, evidence)
    if not choices:
        return
    decide(choices, evidence)
    for place, line, best, found in changed(places, choices, cut):
        damage = name(line, best.order)
        arrangement = Arrange(_pieces(line, best))
        yield Finding(damage, place, arrangement, REASONS[damage], confidence(found))


def changed(
    places: list[Place], choices: list[Choice], cut: list[Tokens]
) -> Iterator[tuple[Place, Tokens, Reading, dict[str, float]]]:
    """The lines that are best read in another order, and what speaks for and against it."""
    lone_share = float(np.mean([lone_marks(line) > 0 for line in cut]))
    for place, choice, line in zip(places, choices, cut, strict=True):
        best = max(choice.readings, key=lambda reading: reading.posterior)
        if list(best.order) == sorted(best.order):
            continue
        damage = name(line, best.order)
        found = signs(
            line,
            choice.trace,
            best.posterior,
            best.price,
            marks_only=damage == DISPLACED_MARKS,
            interleaved=damage == INTERLEAVED_RUNS,
            lone_share=lone_share,
        )
        yield place, line, best, found


def read_lines(
    document: Document, evidence: Evidence
) -> tuple[list[Place], list[Choice], list[Tokens]]:
    """The lines of a document that can be in disorder, with their readings."""
    mirrored = evidence.mirrored_share(document) > 0.5
    places: list[Place] = []
    cut: list[Tokens] = []
    continues: list[float] = []
    for number, page in enumerate(document.pages):
        for index, line in enumerate(page.lines):
            if line.kind is Kind.BLANK and continues:
                continues[-1] = CONTINUES_OVER_BLANK
            if line.kind in FURNITURE or not has_letters(line.text):
                continue
            row = None
            if len(line.text) <= LONGEST_TEXT:
                row = tokens(line.text, mirrored, evidence.splits(line.text))
            if row is None or len(row) > MOST_TOKENS:
                if continues:
                    continues[-1] = CONTINUES_OVER_BLANK
                continue
            places.append(Place(number, index))
            cut.append(row)
            continues.append(CONTINUES)
    choices = _choices(cut, evidence)
    for choice, share in zip(choices, continues, strict=True):
        choice.continues = share
    return places, choices, cut


def decide(choices: list[Choice], evidence: Evidence) -> None:
    """Set the posterior of every reading from all there is to know of the document."""
    weigh_readings(choices, evidence, FLUENCY)
    links = joins(choices, evidence, FLUENCY)
    habits = {choice.trace: _first_guess(choice.trace)[0] for choice in choices}
    turned = TURNED[0]
    for _ in range(ROUNDS):
        priors = [_prior(choice, habits[choice.trace], turned) for choice in choices]
        posteriors(choices, links, priors)
        habits, turned = _learned(choices)


def _first_guess(trace: str) -> tuple[float, float]:
    return HABITS.get(trace, OTHER_TRACES)


def _prior(choice: Choice, damaged: float, turned: float) -> NDArray[np.float64]:
    prior = np.array([turned if reading.turned else damaged for reading in choice.readings])
    prior[0] = 1 - damaged
    return np.asarray(np.log(prior))


def _learned(choices: list[Choice]) -> tuple[dict[str, float], float]:
    damaged: dict[str, list[float]] = defaultdict(list)
    turned: list[float] = []
    for choice in choices:
        chance = sum(reading.posterior for reading in choice.readings if reading.turned)
        damaged[choice.trace].append(1 - choice.readings[0].posterior - chance)
        if any(reading.turned for reading in choice.readings):
            turned.append(chance)
    return (
        {trace: _share(found, *_first_guess(trace)) for trace, found in damaged.items()},
        _share(turned, *TURNED),
    )


def _share(found: list[float], share: float, worth: float) -> float:
    return min((sum(found) + share * worth) / (len(found) + worth), MOST_SHARE)


def _choices(cut: list[Tokens], evidence: Evidence) -> list[Choice]:
    width = np.quantile([len(line.text) for line in cut], FULL_QUANTILE) if cut else 0
    choices = []
    for first in range(0, len(cut), TOGETHER):
        lines = cut[first : first + TOGETHER]
        for line, pairs in zip(lines, _pairs(lines, evidence), strict=True):
            choices.append(_choice(line, pairs, evidence, len(line.text) > FULL * width))
    return choices


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


def _choice(line: Tokens, pairs: NDArray[np.floating], evidence: Evidence, full: bool) -> Choice:
    if len(line) == 1:
        return Choice([Reading((0,), (0, 0), 0.0, (evidence.row(line.token(0)),))])
    trace = _trace(line, full)
    rows = labels(
        tuple(int(s) for s in line.spaces[1:-1]), tuple(likely_jumps(line).tolist()), bool(trace)
    )
    order = orders(rows)
    spaces = gaps(line, rows, order)
    against = price(line, rows, order, spaces)
    words = line.types == Type.WORD
    kept = order[words[order]].reshape(len(order), -1)
    fluency = pairs[kept[:, :-1], kept[:, 1:]].sum(axis=1)
    # Where nothing shows it, how many lines are wholly in reverse is learned, not priced.
    turned = all_separated(line, rows) & (not trace)
    best = np.argsort(np.where(turned, 0, against) - fluency, kind="stable")
    identity = int(np.flatnonzero((rows == WHOLE).all(axis=1))[0])
    readings: list[Reading] = []
    seen: set[bytes] = set()
    for index in (identity, *best):
        key = order[index].tobytes()
        if key not in seen:
            seen.add(key)
            reading = _reading(line, order[index], spaces[index], against[index], evidence)
            reading.turned = bool(turned[index])
            if reading.turned:
                reading.price = 0.0
            readings.append(reading)
        if len(readings) > (KEPT_READINGS if trace else KEPT_UNTRACED):
            break
    return Choice(readings, trace)


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
) -> Reading:
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
    return Reading(tuple(int(t) for t in order), tuple(spaces), float(against), units)


def words(text: str) -> list[str]:
    """The units of a text; a bracket or a mark that stands alone goes with the word beside it.

    The pair model compares orders of the same number of units only.
    """
    return LOOSE_START.sub("", LOOSE_END.sub("", text)).split()


def name(line: Tokens, order: tuple[int, ...]) -> str:
    """What a line suffers from whose tokens belong in ``order``."""
    words = [token for token in order if line.types[token] == Type.WORD]
    if words == sorted(words):
        return DISPLACED_MARKS
    cuts = [k for k in range(len(words) - 1) if words[k + 1] != words[k] + 1]
    falls = sum(words[k + 1] < words[k] for k in cuts)
    if falls < len(cuts):
        starts = [0, *(k + 1 for k in cuts)]
        runs = [words[start] for start in starts]
        if runs != sorted(runs, reverse=True):
            return INTERLEAVED_RUNS
    return REVERSED_WORDS if len(cuts) * 2 >= len(words) - 1 and len(cuts) > 1 else ROTATED_RUNS


def _pieces(line: Tokens, reading: Reading) -> tuple[Piece, ...]:
    """The reading as stretches of the line; a white space goes with the token before it."""
    pieces: list[Piece] = []
    for index, token in enumerate(reading.order):
        start, stop = line.starts[token], line.stops[token]
        space = reading.gaps[index + 1]
        following = line.starts[token + 1] if token + 1 < len(line) else len(line.text)
        if space and stop < following:
            stop, space = stop + 1, 0
        last = pieces[-1] if pieces else None
        if isinstance(last, Span) and last.stop == start:
            pieces[-1] = Span(last.start, stop)
        else:
            pieces.append(Span(start, stop))
        if space:
            pieces.append(Inserted(" "))
    return tuple(pieces)
