"""Where the marks of a line can have stood that was painted portion by portion, and how likely.

Between two letters there are gershayim, or a full stop of two numbers; before a space, marks that
close a word; after a space, those that open one; between two spaces, dashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from heapq import nlargest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from restore.mark_model import CLOSING, OPENING
from restore.order.portions import Painting
from restore.tokens import MIRROR

Odds = NDArray[np.float32]
LIKELY = 16  # placements of the marks of a line that are kept
DASHES = "-–—"
PLAIN = str.maketrans("״”“„׳’‘—[]{}", '""""\'\'\'–()()')

# Nats; guesses. Of gershayim before a last letter and elsewhere, of a geresh inside of a word after
# a letter that stands for a foreign sound and after others, of a mark between two numbers, of a
# stroke, of any other mark; of a mark where none of its kind stands, of a dash that
# touches, and of a space before a mark.
GERSHAYIM, NO_GERSHAYIM, GERESH, NO_GERESH, NUMBERS, STROKE = 0.3, 5.0, 0.7, 4.0, 0.7, 1.5
INNER, WRONG, TOUCHING, APART = 7.0, 9.0, 2.0, 2.0
FOREIGN, LONGEST_NUMBER = "גזצץתטח", 3
BRACKETED = 1.0  # for a bracket where the print changes
AFTER_MARKS = 3.0  # against a geresh at the beginning of a portion


class Side(Enum):
    """What stands beside a mark."""

    INNER = "letters on both sides"
    CLOSING = "a letter before it"
    OPENING = "a letter after it"
    LONE = "no letter"


class _Spot(NamedTuple):
    """Where a mark may stand: after so many letters of the line, beside what, before which word.

    ``before`` and ``after`` are the letters of its word to each side. It ``starts`` or ``ends`` a
    portion that is not the first, or the last, of its line.
    """

    at: int
    needed: bool
    word: int
    side: Side
    before: str
    after: str
    starts: bool
    ends: bool


class Placed(NamedTuple):
    """A painting of a line with the places where marks may stand.

    ``letters`` are places in the line, ``spots`` and ``groups`` those of each portion, ``shown``
    the characters of the line with its brackets as they were. ``words`` have no marks but those
    inside of words.
    """

    letters: tuple[int, ...]
    spots: tuple[tuple[_Spot, ...], ...]
    groups: tuple[tuple[tuple[int, ...], ...], ...]
    shown: str
    words: tuple[str, ...]
    against: float

    def text(self, places: Sequence[int]) -> str:
        """The line that has the characters at ``places``, its brackets as they were."""
        return "".join(self.shown[at] for at in places)

    def likely(self, odds: Odds, ending: float) -> Iterator[tuple[tuple[int, ...], float]]:
        """The likeliest lines, as places in the line, and nats for each of them.

        ``odds`` are those of ``MarkModel`` for its words, ``ending`` is what speaks for a stop at
        its end.
        """
        ways: list[tuple[float, tuple[tuple[int, tuple[int, ...]], ...]]] = [(0.0, ())]
        for spots, groups in zip(self.spots, self.groups, strict=True):
            ways = self._portion(ways, spots, groups, odds, ending)
        for nats, marks in ways:
            yield self._places(marks), nats

    def _portion(
        self,
        ways: list[tuple[float, tuple[tuple[int, tuple[int, ...]], ...]]],
        spots: Sequence[_Spot],
        groups: Sequence[tuple[int, ...]],
        odds: Odds,
        ending: float,
    ) -> list[tuple[float, tuple[tuple[int, tuple[int, ...]], ...]]]:
        """The ways to go on with the marks of one portion."""
        marks = ["".join(self.shown[at] for at in group) for group in groups]
        kept = [ways] + [[] for _ in groups]
        for spot in spots:
            said = [self._nats(spot, mark, odds, ending) for mark in marks]
            for number in range(len(groups), -1, -1):
                here = [] if spot.needed else kept[number]
                if number:
                    group = groups[number - 1]
                    here = here + [
                        (nats + said[number - 1], (*before, (spot.at, group)))
                        for nats, before in kept[number - 1]
                    ]
                kept[number] = nlargest(LIKELY, here)
        return kept[-1]

    def _nats(self, spot: _Spot, mark: str, odds: Odds, ending: float) -> float:
        """What speaks for a group of marks at a place."""
        if spot.side is Side.INNER:
            return _inner(spot, mark)
        row = odds[spot.word]
        total = sum(_one(row, spot.side, character) for character in mark.translate(PLAIN))
        if spot.at == len(self.letters) and mark[-1] in ".:?!":
            total += ending
        if (spot.starts and mark[0] in "([") or (spot.ends and mark[-1] in ")]"):
            total += BRACKETED
        return total - AFTER_MARKS * (spot.starts and mark[0] in "'׳")

    def _places(self, marks: Sequence[tuple[int, tuple[int, ...]]]) -> tuple[int, ...]:
        places: list[int] = []
        following = iter([*marks, (-1, ())])
        at, group = next(following)
        for number in range(len(self.letters) + 1):
            while at == number:
                places += group
                at, group = next(following)
            if number < len(self.letters):
                here = self.letters[number]
                space = self.shown[here] == " "
                if not space or (places and self.shown[places[-1]] != " "):
                    places.append(here)
        while places and self.shown[places[-1]] == " ":
            places.pop()
        return tuple(places)


def _one(row: Odds, side: Side, mark: str) -> float:
    """What speaks for a mark between two words, beside a letter or none."""
    if mark in DASHES:
        return float(row[-1]) - TOUCHING * (side is not Side.LONE)
    if side is Side.OPENING:
        found = OPENING.find(mark)
        return float(row[len(CLOSING) + found]) if found >= 0 else -WRONG
    found = CLOSING.find(mark)
    return float(row[found]) - APART * (side is Side.LONE) if found >= 0 else -WRONG


def _inner(spot: _Spot, mark: str) -> float:
    """Nats for a mark inside of a word."""
    short = max(len(spot.before), len(spot.after)) <= LONGEST_NUMBER
    match mark.translate(PLAIN):
        case '"':
            return -GERSHAYIM if len(spot.after) == 1 else -NO_GERSHAYIM
        case "'":
            return -GERESH if spot.before[-1:] in FOREIGN else -NO_GERESH
        case "." | ":" if short:
            return -NUMBERS
        case "-" | "–" | "/":
            return -STROKE
    return -INNER


def placed(text: str, painting: Painting, mirrored: bool) -> Placed:
    """A painting with the places where its marks may stand.

    ``mirrored`` says that the font maps brackets to what is drawn; PDFBox mirrors them when it
    turns a piece around.
    """
    letters, line, inner = _letters(text, painting)
    turned = text.translate(MIRROR)
    usual, others = (text, turned) if mirrored else (turned, text)
    characters = list(usual)
    for at in painting.unturned:
        characters[at] = others[at]
    shown = "".join(characters)
    spots = tuple(
        tuple(
            _spot(line, offset + slot.at, slot.needed, inner)._replace(
                starts=slot.at == 0 < number,
                ends=slot.at == len(portion.letters) and number < len(painting.portions) - 1,
            )
            for slot in portion.slots
        )
        for number, (portion, offset) in enumerate(
            zip(painting.portions, _offsets(painting), strict=True)
        )
    )
    return Placed(
        letters,
        spots,
        tuple(portion.groups for portion in painting.portions),
        shown,
        words_of(text, painting),
        painting.against,
    )


def words_of(text: str, painting: Painting) -> tuple[str, ...]:
    """The words of a painted line, with no marks but those inside of words."""
    _, line, inner = _letters(text, painting)
    quotes = any(text[at] in '"״”' for p in painting.portions for g in p.groups for at in g)
    return _words(line, inner, quotes)


def _letters(text: str, painting: Painting) -> tuple[tuple[int, ...], str, set[int]]:
    """The letters of a painted line, as places and as text, and where a mark is inside a word."""
    letters = tuple(at for portion in painting.portions for at in portion.letters)
    line = "".join([text[at] for at in letters])
    needed = {
        offset + slot.at
        for portion, offset in zip(painting.portions, _offsets(painting), strict=True)
        for slot in portion.slots
        if slot.needed
    }
    inner = {at for at in needed if line[at - 1 : at].strip() and line[at : at + 1].strip()}
    return letters, line, inner


def _offsets(painting: Painting) -> list[int]:
    offsets = [0]
    for portion in painting.portions:
        offsets.append(offsets[-1] + len(portion.letters))
    return offsets[:-1]


def _spot(line: str, at: int, needed: bool, inner: set[int]) -> _Spot:
    start = max([line.rfind(" ", 0, at) + 1, *(other for other in inner if other < at)])
    stops = [line.find(" ", at), *(other for other in inner if other > at)]
    stop = min([stop for stop in stops if stop >= 0], default=len(line))
    before, after = line[start:at], line[at:stop]
    side = {
        (True, True): Side.INNER,
        (True, False): Side.CLOSING,
        (False, True): Side.OPENING,
        (False, False): Side.LONE,
    }[bool(before), bool(after)]
    return _Spot(at, needed, len(line[:at].split()), side, before, after, False, False)


def _words(line: str, inner: set[int], quotes: bool) -> tuple[str, ...]:
    """The words of a line, with the mark inside of them that is most likely."""
    parts: list[str] = []
    for at, character in enumerate(line):
        if at in inner:
            last = not line[at + 1 : at + 2].strip() or at + 1 in inner
            parts.append('"' if quotes and last else ".")
        parts.append(character)
    return tuple("".join(parts).split())
