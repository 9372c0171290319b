"""Marks of another font, gathered away from their words: ``ה אמר "הקב`` for ``הקב"ה אמר``.

A font without marks leaves them to another one, and a program may paint those of a line after its
letters (``restore.order.portions``). From the line as it was extracted follows in what order its
words and marks were, and of many marks where they stood: where a word was cut by one, or where it
stands before a word. For the rest it is asked which words a mark stands between (``MarkModel``).
A document is read so if most of its marks stand apart from words (``gathers_marks``).

Many fonts lack dashes alone. Then a dash sticks to the word that it stands before, and two spaces
are left where it was; such lines are read so in a document whose other marks stand well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from heapq import nlargest
from math import log
from typing import NamedTuple

import numpy as np
import regex

from restore.change import Arrange, Finding, acted
from restore.evidence import Evidence
from restore.model import CONTROLS, FURNITURE, Document, Line, Place
from restore.order.confidence import STRAY, gathers_marks
from restore.order.gathered_marks import placed, words_of
from restore.order.portions import Painting, paintings
from restore.pieces import stretches
from restore.tokens import BRACKETS, HEBREW, POINTS, markup
from restore.wording import oddities, reads

GATHERED_MARKS = "gathered-marks"

GERSHAYIM = '"״'
MARKS_OF_SENTENCES = regex.compile("[.,:;!?]")
MARKS = regex.compile(rf"[^\s\p{{L}}\p{{N}}\p{{M}}{HEBREW}{POINTS}\u0591-\u05f4\-]")
# A quotation mark between letters stands well; a geresh before a word, and a dash that begins a
# line without a space, do not.
INSIDE = regex.compile(rf"(?<=[{HEBREW}][{POINTS}]*)[\"״](?=[{HEBREW}])")
EARLY = regex.compile(rf"(?:^|\s)['׳](?=[{HEBREW}])|^\s*[–—]\S")
LEADING = regex.compile(rf"(?:^|\s)[.,:;!?]+(?=[{HEBREW}])")
LEADING_SHARE = 0.05  # of the marks that hang on no word, before one; in such documents .1 to .6
DASH, EARLY_DASH = regex.compile("[–—]"), regex.compile(rf"(?:^|\s)[–—](?=[{HEBREW}])")
LEAST_EARLY, EARLY_SHARE = 2, 0.5  # dashes before words, of a document, and of all; guesses
# Two spaces that end no sentence and no part of one; white space by which a line was set has more.
LEFT = regex.compile(r"[^\s.,:;!?)\]]  (?=\S)")
WIDE = regex.compile(r"\S\s{2,}(?=\S)")
# A line before one that goes on with it: no end of a sentence, of a verse, of a part of a list.
GOES_ON = regex.compile(rf"[{HEBREW}{POINTS}'׳\"״)\]]")
BEGINS_WITH_DASH = regex.compile(r"\s*[-־–—•*]")
LEAST_GAIN = 3.0  # nats for another order of words than that of the line; a guess
# Where only dashes are gathered, all other marks stand with the letters, as points do.
AS_POINTS = str.maketrans(
    {mark: chr(0x0591 + at) for at, mark in enumerate(".,:;!?\"'“”„’‘()[]{}/")}
)
SPREAD = regex.compile(r"\S  +\S")  # no mended line has that
# What is not known to be gathered, or painted from left to right: numbers, Latin words.
OTHER = regex.compile(rf"[\p{{L}}\p{{N}}--[{HEBREW}]]|[{CONTROLS}]", regex.VERSION1)
WORD = regex.compile(rf"[{HEBREW}]{{3,}}")
LONGEST_TEXT, MOST_MARKS, MOST_WORDS = 200, 9, 26
# Shares of the usual width that most lines, and nearly all, have which end no paragraph, and what
# speaks for a stop at the end of a narrower one, in nats.
ENDING = ((0.6, 4.0), (0.85, 2.0))
LIKELY_BASES, LIKELY_TEXTS = 16, 160  # that are weighed
MOST_GLUED = 8  # places where two words may meet, of a line

SURE = 0.97  # that nothing else is wrong with the line
SURE_ENOUGH, DOUBT = 0.9, 0.89  # of what is changed, and of what is not, unless other is asked for
READS, MARK_NATS = 0.7, 0.9
"""How much what speaks for the words and for the places of marks counts."""
UNPAIRED, UNQUOTED = 1.5, 0.7  # nats against a bracket or a quotation mark without another
GLUED, GLUED_SHARE, LEAST_GLUED = 1.0, 0.4, 0.2


class _Reading(NamedTuple):
    """A way to read a line: its text with brackets as they were, and as places in the line."""

    text: str
    places: tuple[int, ...]
    nats: float


def find_gathered_marks(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose marks were gathered, and can be put back."""
    dashes = _gathered_dashes(document)
    gathers = gathers_marks(document.lines_read()) and _leads(document)
    if not (evidence.speaks and (gathers or dashes)):
        return
    widths = [len(line.text) for _, line in document.placed() if line.text.strip()]
    usual = float(np.quantile(widths, 0.8))
    lines = [
        (place, line, _ending(len(line.text.strip()) / usual))
        for place, line in document.placed()
        # PDFBox gives the letters of a line forwards.
        if line.kind not in FURNITURE
        and not line.backwards
        and (_is_gathered(line.text) if gathers else place in dashes)
    ]
    found: dict[Place, Finding] = {}
    for place, line, (best, share) in _read(lines, evidence, only_dashes=not gathers):
        # Some printers put a space before their stops; that is no damage.
        if "".join(line.text[at] for at in best.places).split() != line.text.split():
            reason = "marks of another font were gathered away from their words"
            action = Arrange(tuple(stretches(best.places)))
            found[place] = Finding(GATHERED_MARKS, place, action, reason, SURE * share)
    if not gathers:
        yield from _better(document, found.values(), evidence)
        return
    yield from _known_again(document, found, [place for place, *_ in lines])


def _leads(document: Document) -> bool:
    """Whether marks stand right before words that they cannot belong to.

    In a text with a space to each side of all its marks none does.
    """
    lines = list(document.lines_read())
    before = sum(len(LEADING.findall(line)) for line in lines)
    return before >= LEADING_SHARE * sum(len(STRAY.findall(line)) for line in lines)


def _better(
    document: Document, findings: Iterable[Finding], evidence: Evidence
) -> Iterator[Finding]:
    """Those of the findings that leave the words as they are or read better than the line."""
    pairs = [(document.at(finding.place).text, finding) for finding in findings]
    others = [acted(document.at(finding.place), finding.action).text for _, finding in pairs]
    nats = reads([text for text, _ in pairs] + others, evidence)
    gains = nats[len(pairs) :] - nats[: len(pairs)]
    for (text, finding), other, gain in zip(pairs, others, gains.tolist(), strict=True):
        if DASH.sub(" ", text).split() == DASH.sub(" ", other).split() or gain > LEAST_GAIN:
            yield finding


def _gathered_dashes(document: Document) -> frozenset[Place]:
    """The lines whose dash sticks to a word that it stood before; none if few dashes do.

    Some writers put no space behind the dash that begins what somebody says, a part of a list or
    a verse. Such a line does not go on with the one before, and others like it stand beside it.
    """
    placed = list(document.placed())
    early: set[Place] = set()
    for at, (place, line) in enumerate(placed):
        before, after = (
            placed[other][1].text if 0 <= other < len(placed) else "" for other in (at - 1, at + 1)
        )
        if (
            _has_gathered_dash(line.text)
            and GOES_ON.search(before.rstrip()[-1:])
            and not any(BEGINS_WITH_DASH.match(other) for other in (before, after))
        ):
            early.add(place)
    if len(early) < LEAST_EARLY:
        return frozenset()
    dashes = sum(len(DASH.findall(line.text)) for _, line in placed)
    return frozenset(early if len(early) >= EARLY_SHARE * dashes else ())


def _known_again(
    document: Document, found: Mapping[Place, Finding], odd: Sequence[Place]
) -> Iterator[Finding]:
    """The findings, some made doubts if else nothing showed what the lines left suffer from.

    Where most lines are mended, a mark before a line looks like one displaced alone.
    """
    lines = {place: line.text for place, line in document.placed()}
    sure = [place for place, finding in found.items() if finding.confidence >= SURE_ENOUGH]
    left = len(sure) < len(odd)
    after = lines | {place: acted(document.at(place), found[place].action).text for place in sure}
    doubts: set[Place] = set()
    for place in sorted(sure, key=lambda place: found[place].confidence):
        if not left or gathers_marks(after.values()):
            break
        if MARKS_OF_SENTENCES.search(lines[place]):
            doubts.add(place)
            after[place] = lines[place]
    for place, finding in found.items():
        yield replace(finding, confidence=DOUBT) if place in doubts else finding


def _ending(width: float) -> float:
    """What speaks for a stop at the end of a line with that share of the usual width, in nats."""
    return next((nats for share, nats in ENDING if width < share), 0.0)


def _is_gathered(text: str) -> bool:
    """Whether marks of a line may have been gathered."""
    if len(text) > LONGEST_TEXT or len(text.split()) > MOST_WORDS:
        return False
    if markup(text) or OTHER.search(text):
        return False
    if not 0 < len(MARKS.findall(text)) <= MOST_MARKS:
        return False
    quotes = sum(text.count(mark) for mark in GERSHAYIM) - len(INSIDE.findall(text))
    odd = oddities(text) > 0 or quotes % 2 > 0 or EARLY.search(text)
    return bool(odd or SPREAD.search(text))


def _has_gathered_dash(text: str) -> bool:
    """Whether a dash sticks to the word that it stands before, and left two spaces elsewhere."""
    return (
        EARLY_DASH.search(text) is not None
        and LEFT.search(text) is not None
        and len(WIDE.findall(text)) == 1
        and len(text) <= LONGEST_TEXT
        and len(text.split()) <= MOST_WORDS
        and not markup(text)
        and not OTHER.search(text)
    )


def _read(
    lines: Sequence[tuple[Place, Line, float]], evidence: Evidence, only_dashes: bool
) -> Iterator[tuple[Place, Line, tuple[_Reading, float]]]:
    """The likeliest reading of each line, and its share of all.

    Whether brackets were mirrored is the same in the whole document.
    """
    ways = [_both(line.text, ending, evidence, only_dashes) for _, line, ending in lines]
    said = [sum(_total(both[mirrored]) for both in ways if all(both)) for mirrored in (0, 1)]
    mirrored = int(said[1] > said[0])
    for (place, line, _), both in zip(lines, ways, strict=True):
        if both[mirrored]:
            yield place, line, _best(both[mirrored])


@lru_cache(maxsize=1 << 10)  # lines come again in each round
def _both(
    text: str, ending: float, evidence: Evidence, only_dashes: bool
) -> tuple[list[_Reading], list[_Reading]]:
    """The likely ways to read a line, if brackets are as they were and if they are mirrored."""
    ways = paintings(text.translate(AS_POINTS) if only_dashes else text, _glued(text, evidence))
    found = _readings(text, ways, ending, False, evidence)
    if not any(bracket in text for bracket in BRACKETS):
        return found, found
    return found, _readings(text, ways, ending, True, evidence)


def _total(readings: Sequence[_Reading]) -> float:
    nats = np.array([reading.nats for reading in readings])
    return float(nats.max() + np.log(np.exp(nats - nats.max()).sum()))


def _best(readings: Sequence[_Reading]) -> tuple[_Reading, float]:
    shares: dict[str, float] = {}
    total = _total(readings)
    for reading in readings:
        shares[reading.text] = shares.get(reading.text, 0.0) + float(np.exp(reading.nats - total))
    text = max(shares, key=shares.__getitem__)
    same = [reading for reading in readings if reading.text == text]
    return max(same, key=lambda reading: reading.nats), shares[text]


def _readings(
    text: str, painted: Sequence[Painting], ending: float, mirrored: bool, evidence: Evidence
) -> list[_Reading]:
    """The likely ways to read a line, the brackets of the document being ``mirrored`` or not."""
    if not painted:
        return []
    based = [(" ".join(words_of(text, painting)), painting) for painting in painted]
    bases = sorted({base for base, _ in based})
    nats = dict(zip(bases, READS * reads(bases, evidence), strict=True))
    based = nlargest(LIKELY_BASES, based, key=lambda way: nats[way[0]] - way[1].against)
    found: dict[str, _Reading] = {}
    for way in (placed(text, painting, mirrored) for _, painting in based):
        odds = evidence.marks(way.words)
        for places, said in way.likely(odds, ending):
            line = way.text(places)
            known = found.get(line)
            nats_of = MARK_NATS * said - way.against
            if known is None or known.nats < nats_of:
                found[line] = _Reading(line, places, nats_of)
    best = nlargest(LIKELY_TEXTS, found.values(), key=lambda reading: reading.nats)
    more = READS * reads([reading.text for reading in best], evidence)
    return [
        reading._replace(nats=reading.nats + float(nat) - _unpaired(reading.text))
        for reading, nat in zip(best, more, strict=True)
    ]


def _unpaired(text: str) -> float:
    """Nats against the brackets and quotation marks of a line that have no other."""
    depth, alone = 0, 0
    for character in text:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            alone += depth == 0
            depth = max(depth - 1, 0)
    quotes = sum(text.count(mark) for mark in GERSHAYIM) - len(INSIDE.findall(text))
    return UNPAIRED * (alone + depth) + UNQUOTED * (quotes % 2)


def _glued(text: str, evidence: Evidence) -> Mapping[int, float]:
    """Places inside of words where two may meet, with nats against each."""
    places: list[tuple[int, str, str, str]] = []
    for found in WORD.finditer(text):
        word = found.group()
        places += [(found.start() + at, word, word[:at], word[at:]) for at in range(1, len(word))]
    if not places:
        return {}
    flat = evidence.frequencies([part for _, *parts in places for part in parts]).reshape(-1, 3)
    prices = {
        at: GLUED + GLUED_SHARE * (log(whole) - log(first * second))
        for (at, *_), (whole, first, second) in zip(places, flat.tolist(), strict=True)
    }
    likely = sorted(prices, key=prices.__getitem__)[:MOST_GLUED]
    return {at: max(prices[at], LEAST_GLUED) for at in likely}
