"""Lines with points and accents, put together from pieces that stand in reverse order.

Some programs paint a line of the Hebrew Bible in pieces that end at accents, even inside words, and
an extractor gives the pieces from left to right: ``רֶץ׃ ת הָאָֽ וְאֵ֥`` for ``וְאֵ֥ת הָאָֽרֶץ׃``. Between
two pieces stands one space, and one more if the first ends with a space of its own; a space alone
may also be one inside a piece. Which it is, the words tell (``points.py``), and the accents, which
say where words end and which may follow which (``cantillation.py``), and quotes of known works. The
best few ways are kept from piece to piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import exp, log
from typing import NamedTuple

import regex

from restore.cantillation import PASEQ, SOF_PASUQ, accent_of, has_two, may_follow, settled
from restore.evidence import Evidence
from restore.points import MAQAF, WORD, no_word
from restore.tokens import HEBREW, POINT, POINTS

LONGEST = 8  # stretches between spaces that one piece has; a guess
KEPT = 30  # ways to put together the end of a line
TOKEN, TOKEN_SPACE = regex.compile(r"\S+"), regex.compile(r"\s")
LETTER = regex.compile(rf"[{HEBREW}]")
MARK_FIRST, MARK_LAST = regex.compile(POINT), regex.compile(rf"{POINT}$")
UNPOINTED_WORD = regex.compile(rf"[{HEBREW}]{{3,}}")
MARKS_ALONE = regex.compile(rf"{POINT}+")
# What the extractor gave for glyphs whose letter or mark the file does not name.
_UNNAMED = rf"[[\w/?\ufffd]--[{HEBREW}{POINTS}]]"
UNNAMED = regex.compile(
    rf"(?<=[{HEBREW}{POINTS}]){_UNNAMED}|{_UNNAMED}(?=[{HEBREW}{POINTS}])", regex.VERSION1
)

# Nats, all guesses: against a space inside a piece, in lines where spaces end pieces and in others;
# against a cut in those; against one that no mark stands at, and one at a space in a line without
# double spaces.
INNER, INNER_TIGHT, CUT, UNMARKED_CUT, SPACED_CUT = 1.0, 0.3, 0.7, 6.0, 3.0
# Against a word with marks alone or first, a stop inside, two main accents; against an accent that
# cannot follow that of the word before.
NO_LETTER, STOP_INSIDE, TWO_MAIN, OUT_OF_TURN = 6.0, 12.0, 3.0, 3.0
UNPOINTED = 5.0  # against a word without any points, which the Bible has where it is read otherwise
# For two words that follow each other in a known work; of the best ways, and those not far behind.
QUOTED, LOOKED_UP, TOO_DEAR = 2.0, 12, 12.0
# Beyond that, against the points of such a word: two words may have been glued, each of them right.
RUN_TOGETHER = 9.0
COMMON = 0.5  # weight of how often a word is written
UNENDED = 0.9  # for each letter of a word that has not ended: about what one costs in the end


class Pieced(NamedTuple):
    """A line put together: its price (nats), text, and the tokens of each piece, by their places.

    ``points`` is what its points speak against its words. An end below 0 is a space.
    """

    price: float
    text: str
    pieces: tuple[tuple[int, int], ...]
    points: float


class _Way(NamedTuple):
    price: float  # of what is decided: words that have ended, and cuts
    text: str
    pieces: tuple[tuple[int, int], ...]
    points: float
    tail: str  # the word that has not ended
    accent: str  # of the last that has
    taken: bool  # the space before the last token belongs to it


SPACE = (-1, -1)


@lru_cache(maxsize=1 << 12)  # lines come again in each round
def turned(line: str, evidence: Evidence) -> list[Pieced]:
    """The ways in which the pieces of a line may have stood in reverse, the best first."""
    tokens = [found.span() for found in TOKEN.finditer(line)]
    gaps = [after[0] - before[1] for before, after in pairwise(tokens)]
    gaps.append(len(line) - tokens[-1][1] + 1 if tokens else 0)
    wide = any(gap > 1 for gap in gaps[:-1])
    ways: list[list[_Way]] = [[] for _ in tokens] + [[_Way(0.0, "", (), 0.0, "", "", False)]]
    for first in reversed(range(len(tokens))):
        found: list[_Way] = []
        stop = first + 1
        while stop <= len(tokens):
            span = (tokens[first][0], tokens[stop - 1][1])
            inner = (stop - first - 1) * (INNER if wide else INNER_TIGHT)
            for way in ways[stop]:
                room = first == 0 or gaps[first - 1] > 1
                for spaced, taken in _spaced(line, span, gaps[stop - 1], way, room):
                    cut = inner + _cut(way, line[slice(*span)], wide)
                    found.append(_longer(way, line, span, spaced, taken, cut, evidence))
            if gaps[stop - 1] > 1 or stop - first == LONGEST:
                break
            stop += 1
        ways[first] = _best(found)
    return _ended(ways[0], evidence)


def in_order(line: str, evidence: Evidence) -> list[Pieced]:
    """The ways in which the pieces of a line may have stood in their order, the best first."""
    ways = [_Way(0.0, "", (), 0.0, "", "", False)]
    for found in TOKEN.finditer(line):
        ways = _best(
            [
                _longer(way, line, found.span(), spaced, False, cut, evidence)
                for way in ways
                for spaced, cut in ((True, INNER_TIGHT), (False, _cut(way, found.group(), True)))
            ]
        )
    return _ended(ways, evidence)


def _spaced(
    line: str, span: tuple[int, int], gap: int, way: _Way, room: bool
) -> Iterator[tuple[bool, bool]]:
    """Whether a piece ends with a space, and whether that stands before it.

    ``gap`` is the white space after it, ``room`` says that there is more than one before it. Marks
    that are alone may have come out after the space that follows them.
    """
    own = gap - 1 - way.taken
    if own < 0:
        return
    yield own > 0, False
    if not own and room and MARKS_ALONE.fullmatch(line, *span):
        yield True, True


def _cut(way: _Way, piece: str, wide: bool) -> float:
    """What a cut between the pieces so far and the next costs."""
    if not way.text:
        return 0.0
    if not way.tail:
        return 0.0 if wide else SPACED_CUT
    marked = MARK_LAST.search(way.tail) or MARK_FIRST.match(piece)
    return (0.0 if wide else CUT) + (0.0 if marked else UNMARKED_CUT)


def _longer(
    way: _Way,
    line: str,
    span: tuple[int, int],
    spaced: bool,
    taken: bool,
    cut: float,
    evidence: Evidence,
) -> _Way:
    text = line[slice(*span)]
    *ended, tail = TOKEN_SPACE.split(way.tail + text + " " * spaced)
    price, points, accent = way.price + cut, way.points, way.accent
    for word in ended:
        told = _price(word, evidence)
        points += told[1]
        price += told[0]
        if word:
            after = accent_of(word)
            price += OUT_OF_TURN * (not may_follow(accent, after))
            accent = "" if word == PASEQ else after
    pieces = (*way.pieces, span) + ((SPACE,) if spaced else ())
    return _Way(price, way.text + text + " " * spaced, pieces, points, tail, accent, taken)


def _best(ways: list[_Way]) -> list[_Way]:
    found: dict[tuple[str, bool], _Way] = {}
    for way in sorted(ways, key=lambda way: way.price + _unended(way.tail)):
        found.setdefault((way.text, way.taken), way)
        if len(found) == KEPT:
            break
    return list(found.values())


@lru_cache(maxsize=1 << 12)
def _unended(tail: str) -> float:
    return UNENDED * len(LETTER.findall(tail))


def _ended(ways: list[_Way], evidence: Evidence) -> list[Pieced]:
    found: dict[str, Pieced] = {}
    for way in ways:
        price, points = way.price, way.points
        if way.tail:
            told = _price(way.tail, evidence)
            price += told[0] + OUT_OF_TURN * (not may_follow(way.accent, accent_of(way.tail)))
            points += told[1]
        text = way.text.strip()
        if text not in found or found[text].price > price:
            found[text] = Pieced(price, text, way.pieces, points)
    return _quoted(sorted(found.values())[:LOOKED_UP], evidence)


def between(
    ways: list[Pieced], before: Sequence[str], after: Sequence[str], evidence: Evidence
) -> list[Pieced]:
    """The ways to put a line together, the best first, between words that stand around it."""
    told = []
    for way in ways:
        words = way.text.split()
        price = way.price
        if price < ways[0].price + TOO_DEAR:
            joined = _follow([*before, *words, *after], evidence)
            price -= QUOTED * (joined - _follow(words, evidence))
        for one, other in ((before[-1:], words[:1]), (words[-1:], after[:1])):
            turn = all(
                may_follow(accent_of(a), accent_of(b)) for a, b in zip(one, other, strict=False)
            )
            price += OUT_OF_TURN * (not turn)
        told.append(way._replace(price=price))
    return sorted(told)


def share_of_best(ways: Sequence[Pieced]) -> float:
    """How likely the best of the ways is, among all."""
    return 1 / sum(exp(ways[0].price - way.price) for way in ways)


def _quoted(found: list[Pieced], evidence: Evidence) -> list[Pieced]:
    """Ways to put a line together, the best first now that quotes of known works have their say."""
    told = []
    for way in found:
        words = way.text.split()
        near = way.price < found[0].price + TOO_DEAR
        follow = _follow(words, evidence) if near else 0.0
        told.append(way._replace(price=way.price - QUOTED * follow))
    return sorted(told)


def _follow(words: Sequence[str], evidence: Evidence) -> float:
    """How many words follow the one before as they do in a known work."""
    words = [word for word in words if LETTER.search(word)]
    return sum(
        pair.share
        for passage in evidence.passages(words)
        for pair in passage.neighbours
        if pair.other == pair.one + 1
    )


def _settled(word: str) -> str:
    """A word with its marks where they belong: they may be damaged in other ways, too."""
    return "".join(map(word.__getitem__, settled(word)))


@lru_cache(maxsize=1 << 16)
def _price(word: str, evidence: Evidence) -> tuple[float, float]:
    """What speaks against a word, or words joined by maqaf, in nats; and its points alone."""
    word = UNNAMED.sub("", word)
    parts = word.split(MAQAF)
    points = sum(
        UNPOINTED
        if UNPOINTED_WORD.fullmatch(found.group())
        else no_word(_settled(found.group()), True, number < len(parts) - 1)
        for number, part in enumerate(parts)
        for found in WORD.finditer(part)
    )
    nats = points
    for part in parts:
        letters = "".join(LETTER.findall(part))
        nats -= COMMON * log(evidence.frequency(letters)) if letters else 0.0
    nats += NO_LETTER * (MARK_FIRST.match(word) is not None or word == SOF_PASUQ)
    nats += STOP_INSIDE * (SOF_PASUQ in word[:-1] or (PASEQ in word and word != PASEQ))
    nats += TWO_MAIN * has_two(word)
    return nats, points + RUN_TOGETHER * any(map(has_two, parts))
