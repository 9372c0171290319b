"""Words in the wrong order: reversed words, rotated runs, interleaved runs, displaced marks.

All lines of a document are decided at once. Every line gets its possible readings
(``readings.py``), each with a price for the cuts it assumes and the white space it leaves over;
the words speak for or against each order, within the line and from line to line
(``lattice.py``). How often which trace in the white space means damage is a habit of the program
that made the document: it is learned from the document itself (expectation-maximisation).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import log

import numpy as np
import regex
from numpy.typing import NDArray

from restore.change import Arrange, Finding
from restore.choices import FLUENCY, QUOTED, choices_of
from restore.confidence import confidence, gathers_marks, signs
from restore.evidence import Evidence
from restore.lattice import Choice, Reading, joins, posteriors, weigh_readings
from restore.model import (
    CONTROLS,
    FURNITURE,
    Document,
    Inserted,
    Kind,
    Line,
    Page,
    Piece,
    Place,
    Span,
)
from restore.prices import HABITS as CUTS
from restore.prices import PRICES, choice_of_first
from restore.quoted import Source, quoted
from restore.tokens import Tokens, Type, has_letters, spread, tokens

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

# A longer line is no line of a page but a paragraph, whose words nobody moved.
LONGEST_TEXT = 600  # characters
MOST_TOKENS = 120
ROUNDS = 3
# More white space than an extractor puts between words: columns side by side, as they are printed.
COLUMNS = regex.compile(r"\S\s{4,}\S")
CONTROL = regex.compile(f"[{CONTROLS}]")

CONTINUES, CONTINUES_OVER_BLANK = 0.85, 0.6  # probability; a guess
CONTINUES_NOT = 1e-6  # running heads say nothing about each other
# Share of damaged lines by trace, and how many lines that guess is worth. Fitted by
# scripts/fit_prices.py to texts that are damaged; lower where sound texts have the trace too.
HABITS = {
    "": (0.02, 20.0), "G": (0.11, 4.0), "T": (0.993, 6.0), "t": (0.4, 4.0), "TG": (0.999, 6.0),
    "DT": (0.9995, 8.0), "DTG": (0.999, 6.0), "D": (0.95, 4.0), "DG": (0.7, 4.0), "L": (0.99, 4.0),
}  # fmt: skip
OTHER_TRACES = (0.95, 4.0)
# Lines with all words in reverse and nothing that shows it: a habit of the program too.
TURNED = (0.002, 4.0)
# Nats: the words of one line never say more than this of what the program does; a guess.
SAID_BY_A_LINE = 3.0
MOST_SHARE = 0.9995
CUT_WORTH = 3.0  # gaps that the price of a jump at them is worth; a guess
NO_CUTS = (0,) * len(CUTS)


def find_order(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines whose words stand in another order than they were written in."""
    places, choices, cut = read_lines(document, evidence)
    if not choices:
        return
    turned = decide(choices, evidence)
    for place, choice, line, best, found in changed(places, choices, cut, turned):
        damage = name(line, best.order)
        reason = "; ".join([REASONS[damage], *passages(line, best, choice.sources)])
        yield Finding(damage, place, Arrange(pieces(line, best)), reason, confidence(found))


def changed(
    places: list[Place], choices: list[Choice], cut: list[Tokens], turned: float
) -> Iterator[tuple[Place, Choice, Tokens, Reading, dict[str, float]]]:
    """The lines that are best read in another order, and what speaks for and against it.

    ``turned`` is the share of lines that are, of those where nothing shows it.
    """
    gathers = gathers_marks(line.text for line in cut)
    for place, choice, line in zip(places, choices, cut, strict=True):
        best = max(choice.readings, key=lambda reading: reading.posterior)
        if list(best.order) == sorted(best.order):
            continue
        damage = name(line, best.order)
        found = signs(
            line,
            choice.trace,
            best.posterior,
            best.price - choice_of_first(line, best.cuts),
            marks_only=damage == DISPLACED_MARKS,
            interleaved=damage == INTERLEAVED_RUNS,
            turned=turned if best.turned else 0.0,
            quoted=(best.quoted - choice.readings[0].quoted) / QUOTED,
            gathers=gathers,
        )
        yield place, choice, line, best, found


def read_lines(
    document: Document, evidence: Evidence
) -> tuple[list[Place], list[Choice], list[Tokens]]:
    """The lines of a document that can be in disorder, with their readings.

    Page furniture comes last, since the text goes on around it.
    """
    mirrored = {turned: evidence.mirrored_share(document, turned) > 0.5 for turned in (False, True)}
    apart = spread(line.text for page in document.pages for line in page.lines)
    text: list[tuple[Place, Tokens, float]] = []
    furniture: list[tuple[Place, Tokens, float]] = []
    for number, page in enumerate(document.pages):
        for index, line in enumerate(page.lines):
            if line.kind is Kind.BLANK and text:
                text[-1] = (*text[-1][:2], CONTINUES_OVER_BLANK)
            if not has_letters(line.text):
                continue
            row = _line_tokens(line.text, mirrored[line.backwards], evidence, apart)
            if row is None:
                if text:
                    text[-1] = (*text[-1][:2], CONTINUES_OVER_BLANK)
            elif line.kind in FURNITURE:
                furniture.append((Place(number, index), row, CONTINUES_NOT))
            else:
                text.append((Place(number, index), row, CONTINUES))
    if text:
        text[-1] = (*text[-1][:2], CONTINUES_NOT)
    lines = [*text, *furniture]
    cut = [row for _, row, _ in lines]
    known = quoted(cut, [share > CONTINUES_NOT for _, _, share in lines], evidence.quotes)
    choices = choices_of(cut, evidence, known)
    for choice, (place, _, share) in zip(choices, lines, strict=True):
        choice.continues = share
        page = document.pages[place.page]
        choice.was_turned = was_turned(page.lines[place.line], page)
    return [place for place, _, _ in lines], choices, cut


def was_turned(line: Line, page: Page) -> bool:
    """Whether all words of a line were put in reverse, and no white space had shown it."""
    spans = [origin for origin in line.origins if isinstance(origin, Span)]
    starts = [span.start for span in spans]
    if line.backwards or starts == sorted(starts) or starts != sorted(starts, reverse=True):
        return False
    alone = all(len(page.text[span.start : span.stop].split()) == 1 for span in spans)
    around = page.text[max(min(starts) - 1, 0) : max(span.stop for span in spans) + 1]
    shown = "  " in around or " " in (around[:1], around[-1:]) or CONTROL.search(around)
    return alone and not shown


def _line_tokens(text: str, mirrored: bool, evidence: Evidence, apart: bool) -> Tokens | None:
    """The tokens of a line, or nothing if it is too long for a line of a page, or has columns.

    Controls of direction say what belongs together, and are not moved.
    """
    if len(text) > LONGEST_TEXT or CONTROL.search(text) or COLUMNS.search(text):
        return None
    row = tokens(text, mirrored, evidence.splits(text), apart)
    return row if len(row) <= MOST_TOKENS else None


def decide(choices: list[Choice], evidence: Evidence) -> float:
    """Set the posterior of every reading from all there is to know of the document.

    Gives the share of lines that are turned of those where nothing shows it.
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
        turned = _learned_turned(choices, priors, turned)
        habits = _learned(choices)
        cuts = _learned_cuts(choices)
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


def _learned_cuts(choices: list[Choice]) -> NDArray[np.float64]:
    """What a jump at each kind of gap of a document speaks for more than its price, in nats."""
    jumped, there = np.zeros(len(CUTS)), np.zeros(len(CUTS))
    for choice in choices:
        if any(choice.places):
            there += choice.places
            for reading in choice.readings:
                jumped += reading.posterior * np.array(reading.jumps or NO_CUTS)
    odds = -np.array([PRICES[name] for name in CUTS])
    guess = 1 / (1 + np.exp(-odds))
    share = np.clip((jumped + guess * CUT_WORTH) / (there + CUT_WORTH), 1 - MOST_SHARE, MOST_SHARE)
    return np.asarray(np.log(share / (1 - share)) - odds)


def _learned(choices: list[Choice]) -> dict[str, float]:
    damaged: dict[str, list[float]] = defaultdict(list)
    for choice in choices:
        chance = sum(reading.posterior for reading in choice.readings if reading.turned)
        damaged[choice.trace].append(1 - choice.readings[0].posterior - chance)
    return {trace: _share(found, *_first_guess(trace)) for trace, found in damaged.items()}


def _learned_turned(
    choices: list[Choice], priors: list[NDArray[np.float64]], share: float
) -> float:
    """The share of turned lines, from what each line says for it and the ``share`` so far.

    A program turns all lines or none, but the words of some line will always speak against it.
    """
    said = []
    for choice, prior in zip(choices, priors, strict=True):
        first = choice.readings[0]
        for reading, nats in zip(choice.readings, prior, strict=True):
            if reading.turned and not choice.was_turned:
                odds = log(max(reading.posterior, 1e-9)) - log(max(first.posterior, 1e-9))
                said.append(odds - (nats - prior[0]))
    said += [SAID_BY_A_LINE] * sum(choice.was_turned for choice in choices)
    votes = np.clip(said, -SAID_BY_A_LINE, SAID_BY_A_LINE)
    for _ in range(ROUNDS):
        chances = 1 / (1 + np.exp(-votes - log(share / (1 - share))))
        share = _share(chances.tolist(), *TURNED)
    return share


def _share(found: list[float], share: float, worth: float) -> float:
    return min((sum(found) + share * worth) / (len(found) + worth), MOST_SHARE)


def passages(line: Tokens, reading: Reading, sources: Sequence[Source]) -> Iterator[str]:
    """Which words of a reading, counted from 1, are a known passage."""
    words = [token for token in reading.order if line.types[token] == Type.WORD]
    at = {token: number for number, token in enumerate(words, start=1)}
    for source in sources:
        numbers = [at[token] for token in source.tokens]
        if len(numbers) > 2 and numbers == sorted(numbers):
            yield f"words {numbers[0]}-{numbers[-1]} are from {source.place}"


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


def pieces(line: Tokens, reading: Reading) -> tuple[Piece, ...]:
    """The reading as stretches of the line; a white space goes with the token before it."""
    found: list[Piece] = []
    for index, token in enumerate(reading.order):
        start, stop = line.starts[token], line.stops[token]
        space = reading.gaps[index + 1]
        following = line.starts[token + 1] if token + 1 < len(line) else len(line.text)
        if space and stop < following:
            stop, space = stop + 1, 0
        last = found[-1] if found else None
        if isinstance(last, Span) and last.stop == start:
            found[-1] = Span(last.start, stop)
        else:
            found.append(Span(start, stop))
        if space:
            found.append(Inserted(" "))
    return tuple(found)
