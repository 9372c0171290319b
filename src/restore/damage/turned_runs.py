"""Runs in their order, the words of each in reverse: ``הזה היפה הבית(כך אמרו)נבנה מתי``.

A program may paint the runs of a line in the order in which they are read, and the words of each
from left to right. pdf.js, which turns the letters of every item around, then gives the runs of the
line in order and their words in reverse; where two runs meet, the space between them is lost, or,
with items joined by spaces, one space stands instead of three. A run ends where the script, the
font or its size changes: at a number, at small print, inside what now looks like one word.

Only a document that has other lines with all their words in reverse is read so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, product
from math import log
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from restore.change import Arrange, Finding
from restore.evidence import Evidence, chances, softmax
from restore.model import CONTROLS, Document, Inserted, Line, Piece, Place, Span
from restore.pieces import origin_length
from restore.tokens import HEBREW, POINTS, QUOTES, has_letters
from restore.white_space import spread
from restore.wording import reads

TURNED_RUNS = "turned-runs"

LETTER = rf"[{HEBREW}]"
LEFT_TO_RIGHT = r"[\p{L}\p{N}--\p{Hebrew}]"
# Where two runs meet without a space: at a mark and the next word, a word and a bracket, a bracket
# and a mark, a number or a Latin word and a word.
MEET = regex.compile(
    rf"(?<=[,;!?)\]}}]|{LETTER}{{3}}[{POINTS}]*[.:])(?=[{HEBREW}\"(\[{{])"
    rf"|(?<={LETTER}[{POINTS}]*\"?)(?=[(\[{{]\S)|(?<=[(\[{{]{LETTER}+)(?=[.,:;!?])"
    rf"|(?<={LETTER}{{2}})(?={LEFT_TO_RIGHT})|(?<={LEFT_TO_RIGHT})(?={LETTER}{{2}}|ו-)"
    rf"|(?<=(?:\s|^)[.,:;!?)\]}}]+)(?={LEFT_TO_RIGHT})",
    regex.VERSION1,
)
# Or may do so: at a number or a Latin word with a prefix or a mark.
MAY_MEET = regex.compile(
    rf"(?<=[{HEBREW}{POINTS}\-־(\[])(?={LEFT_TO_RIGHT})|(?<={LEFT_TO_RIGHT})(?={LETTER})"
    rf"|(?<=\d{{4}})(?=\d{{4}}(?!\d))|(?<={LEFT_TO_RIGHT})(?=[.,:;!?)\]}}]+(?:\s|$))",
    regex.VERSION1,
)
GAP = regex.compile(r"(?<=\S) (?=\S)")  # in a document whose spaces have become three
TOKEN = regex.compile(r"\S+")
DOUBLE = regex.compile(r"\S  \S")
WORD = regex.compile(rf"{LETTER}{{2,}}")
# A bracket that closes, and then the one that opens, with the letters that hang on them.
TURNED_BRACKETS = regex.compile(
    rf"({LETTER}[{HEBREW}.,:\"'-]*)[)\]}}][^()\[\]{{}}]*[(\[{{]({LETTER}+)"
)
LETTERS = "".join(map(chr, range(ord("א"), ord("ת") + 1)))
PREFIX = regex.compile("[וש]?[בהוכלמש]")
NO_LINE = regex.compile(rf"\.{{3}}|…|\S\s{{4,}}\S|[{CONTROLS}]|\t")
ONLY_LEFT_TO_RIGHT = regex.compile(rf"[^{HEBREW}]*{LEFT_TO_RIGHT}[^{HEBREW}]*", regex.VERSION1)

QUOTE_ALONE = regex.compile(rf"(?<!{LETTER}['׳]?)[\"״”]|[\"״”](?!{LETTER})")
MARKS_ALONE = regex.compile(r"[^\w\s]+")
LATIN_GLUED = regex.compile(rf"(?<={LETTER}{{2}})[A-Za-z]|[A-Za-z](?={LETTER}{{2}})")

LONGEST_TEXT = 300  # characters
MOST_MEET, MOST_SPLITS, MOST_MIXED = 6, 4, 4  # places of a line that are tried
LEAST_WORDS = 4  # of a line that is asked whether its words are in reverse
MOST_LINES = 60  # that are asked, spread over the document
OF_THOSE = 0.3
SHARE, WORTH = 0.02, 2.0  # of lines in reverse, and how many lines that guess is worth
LEAST_LINES, LEAST_SHARE = 3.0, 0.05  # that are, of those asked
DOUBLES = 0.05  # share of lines with doubled spaces, which pdf.js does not give; a guess
# Nats against a run that begins at a place, and at one inside a word, beyond what the word says;
# against runs of which only some are turned; against no run turned. Guesses.
RUN, INSIDE, MIXED = 1.0, 3.0, 3.0
KEPT = 2.0  # against a place where runs seem to meet and do not; a guess
GAP_KEPT = 2.0  # against a single space in a run, where spaces have become three; a guess
GLUED = 3.0  # against a Latin word glued to a Hebrew one; a guess
SPLIT = 1.0  # of what speaks for a word as a whole
SURE = 0.97


class _Reading(NamedTuple):
    """A way to read a line: its pieces, its text and what speaks against it, in nats."""

    pieces: tuple[Piece, ...]
    text: str
    against: float


def find_turned_runs(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose runs stand in order, the words of each in reverse."""
    lines = [(place, line) for place, line in document.placed() if _may_be(line.text)]
    if not evidence.speaks:
        return
    asked = lines[:: len(lines) // (2 * MOST_LINES) + 1]
    turned = _turned_share(_read(document, asked), evidence)
    if not turned:
        return
    texts = _read(document, lines)
    wide = spread(texts)
    doubled = sum(DOUBLE.search(text) is not None for text in texts)
    if doubled > DOUBLES * len(texts):
        return
    stands = log(turned / (1 - turned))
    read = [
        (place, *_weighed(_readings(line.text, wide, stands, evidence), evidence))
        for place, line in lines
        if len(line.origins) == 1
    ]
    read = [(place, found, said) for place, found, said in read if len(found) > 2]
    gains = [
        float(np.logaddexp.reduce(said[2:]) - np.logaddexp.reduce(said[:2])) for _, _, said in read
    ]
    reason = "the runs of the line are in order, the words of each in reverse"
    likely = chances(gains, OF_THOSE, WORTH)
    for (place, found, said), share in zip(read, likely, strict=True):
        sure = SURE * share * float(softmax(said[2:]).max())
        if share > 0.5:
            best = found[2 + int(said[2:].argmax())]
            yield Finding(TURNED_RUNS, place, Arrange(best.pieces), reason, sure)


def _weighed(
    found: list[_Reading], evidence: Evidence
) -> tuple[list[_Reading], NDArray[np.float64]]:
    """The readings of a line, the first two those without runs, with what speaks for each."""
    said = reads([reading.text for reading in found], evidence)
    return found, said - np.array([reading.against for reading in found])


def _may_be(text: str) -> bool:
    return has_letters(text) and len(text) <= LONGEST_TEXT and not NO_LINE.search(text)


def _read(document: Document, lines: Sequence[tuple[Place, Line]]) -> list[str]:
    """Lines as they were read, whatever was mended in them since."""
    found = []
    for place, line in lines:
        spans = [origin for origin in line.origins if isinstance(origin, Span)]
        if sum(map(origin_length, spans)) == 0:
            found.append(line.text)
        else:
            start, stop = min(span.start for span in spans), max(span.stop for span in spans)
            found.append(document.pages[place.page].text[start:stop])
    return found


def _turned_share(texts: Sequence[str], evidence: Evidence) -> float:
    """The share of lines with all their words in reverse, or 0 if no few of them show it."""
    asked = [
        " ".join(text.split())
        for text in texts
        if len(WORD.findall(text)) >= LEAST_WORDS and not MEET.search(text)
    ]
    asked = asked[:: len(asked) // MOST_LINES + 1]
    if len(asked) < LEAST_LINES:
        return 0.0
    turned = [" ".join(reversed(text.split())) for text in asked]
    gains = (reads(turned, evidence) - reads(asked, evidence)).tolist()
    likely = sum(chances(gains, SHARE, WORTH))
    shown = likely >= max(LEAST_LINES, LEAST_SHARE * len(asked))
    return likely / (len(asked) + WORTH) if shown else 0.0


def _readings(text: str, wide: bool, stands: float, evidence: Evidence) -> list[_Reading]:
    """The ways to read a line: as it stands, with all words in reverse, and with runs turned.

    ``stands`` is what speaks against the first, in nats, rather than for the second.
    """
    found: dict[str, _Reading] = {}
    for cuts, against in _cuts(text, wide, evidence):
        runs = _runs(text, cuts)
        if not runs:
            continue
        turns = [(True,) * len(runs)]
        several = [len(run) > 1 for run in runs]
        if not cuts:
            turns.insert(0, (False,))
        elif sum(several) < MOST_MIXED:
            turns = list(product(*((True, False) if many else (True,) for many in several)))
        for turned in turns:
            flags = [flag for flag, many in zip(turned, several, strict=True) if many]
            if cuts and not any(flags):
                continue
            mixed = MIXED * (0 < sum(flags) < len(flags))
            mixed += 0.0 if any(turned) else stands
            reading = _reading(text, runs, turned, against + mixed)
            if reading.text not in found or found[reading.text].against > reading.against:
                found[reading.text] = reading
    return list(found.values())


def _cuts(text: str, wide: bool, evidence: Evidence) -> Iterator[tuple[tuple[int, ...], float]]:
    """Places where runs may meet, no place first, each set with what speaks against it."""
    if wide:
        gaps = tuple(found.end() for found in GAP.finditer(text))
        yield (), GAP_KEPT * len(gaps)
        if gaps and "   " in text:
            yield gaps, RUN
        return
    yield (), 0.0
    turned = TURNED_BRACKETS.search(text)
    first = turned.span(1) if turned else (0, 0)
    meet = {at.start() for at in MEET.finditer(text) if not first[0] < at.start() <= first[1]}
    may = [at.start() for at in MAY_MEET.finditer(text) if at.start() not in meet]
    may = may if len(may) <= MOST_MEET else []
    few = meet - {turned.end() if turned else 0} if len(meet) <= MOST_MEET else set()
    kept = [(meet, 0.0), *((meet - {at}, KEPT) for at in sorted(few))]
    subsets = [part for size in range(len(may) + 1) for part in combinations(may, size)]
    inside = _inside(text, turned, evidence)
    for (always, price), chosen, (more, against) in product(kept, subsets, inside):
        cuts = {*always, *chosen, *more}
        if cuts:
            yield tuple(sorted(cuts)), RUN * (1 + len(chosen)) + price + against


def _inside(
    text: str, turned: regex.Match[str] | None, evidence: Evidence
) -> list[tuple[tuple[int, ...], float]]:
    """Places inside words where runs may meet: none, one or two of them, and their prices."""
    if turned:
        first = _splits(text, turned.span(1), evidence)
        last = _splits(text, turned.span(2), evidence)
        if text[turned.end() : turned.end() + 1] in QUOTES:
            last.append(((turned.end(),), 0.0))
        return [((*a, *b), x + y) for (a, x), (b, y) in product(first, last)]
    # A trailing space has the words cut in all ways.
    splits = evidence.splits(text + " ")
    likely = sorted(splits, key=splits.__getitem__)[:MOST_SPLITS]
    return [((), 0.0), *(((at,), INSIDE + max(splits[at], 0.0)) for at in likely)]


def _splits(
    text: str, word: tuple[int, int], evidence: Evidence
) -> list[tuple[tuple[int, ...], float]]:
    """The places to cut a word, marks inside it too, and none, with their prices."""
    places = range(word[0] + 1, word[1])
    sides = [(_last(text[word[0] : at]), _first(text[at : word[1]])) for at in places]
    wholes = [one + other for one, other in sides]
    parts = [part for pair, whole in zip(sides, wholes, strict=True) for part in (*pair, whole)]
    shares = np.log(evidence.frequencies(parts)).reshape(-1, 3).tolist() if parts else []
    found: list[tuple[tuple[int, ...], float]] = [((), 0.0)]
    for at, (one, other), (left, right, whole) in zip(places, sides, shares, strict=True):
        if other:
            found.append(((at,), max(SPLIT * (whole - left - right), 0.0) if one else 0.0))
    return found


def _last(text: str) -> str:
    """The letters at the end of a text."""
    return text[len(text.rstrip(LETTERS)) :]


def _first(text: str) -> str:
    """The letters at the beginning of a text."""
    return text[: len(text) - len(text.lstrip(LETTERS))]


def _runs(text: str, cuts: Sequence[int]) -> list[list[tuple[int, int]]]:
    """The words of each run of a line, by their places."""
    ends = [0, *cuts, len(text)]
    runs = [
        [found.span() for found in TOKEN.finditer(text, start, stop)]
        for start, stop in pairwise(ends)
    ]
    return [run for run in runs if run]


def _reading(
    text: str, runs: list[list[tuple[int, int]]], turned: Sequence[bool], against: float
) -> _Reading:
    words: list[tuple[int, int]] = []
    turns: list[bool] = []
    for run, turn in zip(runs, turned, strict=True):
        own = text[run[0][0] : run[-1][1]]
        turn = turn and not ONLY_LEFT_TO_RIGHT.fullmatch(own)
        turns += [turn] * len(run)
        words += run[::-1] if turn else run
    pieces: list[Piece] = []
    became = ""
    for (word, after), turn in zip(pairwise([*words, (0, 0)]), turns, strict=True):
        start, stop = word
        if turn and stop > start + 1 and MARKS_ALONE.fullmatch(text, start, stop):
            # What has no letters is not turned around by the extractor.
            pieces.append(Span(start, stop, -1))
            stop = start
        became += text[word[0] : word[1]] + " "
        space = after != (0, 0) and _apart(text, became, word, after)
        if space and start < stop and text[stop : stop + 1].isspace():
            stop, space = stop + 1, False
        last = pieces[-1] if pieces else None
        if isinstance(last, Span) and last.step == 1 and last.stop == start < stop:
            pieces[-1] = Span(last.start, stop)
        elif start < stop:
            pieces.append(Span(start, stop))
        if space:
            pieces.append(Inserted(" "))
    became = "".join(
        piece.text if isinstance(piece, Inserted) else text[piece.start : piece.stop][:: piece.step]
        for piece in pieces
    )
    return _Reading(tuple(pieces), became, against + GLUED * len(LATIN_GLUED.findall(became)))


def _apart(text: str, so_far: str, word: tuple[int, int], after: tuple[int, int]) -> bool:
    """Whether a space belongs between two words that come to stand beside each other."""
    last, first = text[word[1] - 1], text[after[0]]
    number = regex.match(LEFT_TO_RIGHT, first, regex.VERSION1) is not None
    if last in "([{" or first in ".,:;!?)]}":
        return False
    if last in "-־" and word[1] - word[0] > 1:
        return after[0] > word[1] and not number
    if number and PREFIX.fullmatch(text, *word):
        return False
    opened = len(QUOTE_ALONE.findall(so_far)) % 2 == 1
    if opened and (QUOTE_ALONE.fullmatch(last) and word[1] - word[0] == 1):
        return False
    return not (opened and first in QUOTES and after[1] - after[0] == 1)
