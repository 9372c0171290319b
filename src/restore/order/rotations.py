"""Portions within portions: where the print changes in a line painted portion by portion.

Where the font, its size or its weight changes, a portion ends too, and nothing shows it: what was
read as one portion was two, of which the later came out first. There is a space at such a place, or
small print in brackets begins or ends there (``restore.order.ltr_portions``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest
from math import inf, log
from typing import NamedTuple

import regex

from restore.bidi import CLOSE, OPEN
from restore.order.ltr_portions import Painting, Places, Portion
from restore.order.notes import without_marks
from restore.tokens import HEBREW
from restore.wording import ODD, oddities

BRACKETS = OPEN + CLOSE
ONE_SIDE = str.maketrans(CLOSE, OPEN)
MANY = 20  # places where small print may end, of a line
# Ways of a line that are read, and kept, and nats that the others lie behind.
MOST_READ, MOST_KEPT, FAR = 150, 32, 8.0
# A number or a Latin word that sticks to a word, as no writer has it.
STUCK = regex.compile(
    rf"(?<=[\p{{N}}\p{{Latin}}][%.,:;!?)]?['׳\"״]?)(?=[{HEBREW}][{HEBREW}'׳\"״])|(?<=[{HEBREW}]{{2}})(?=\p{{Latin}})"
    rf"|(?<=[{HEBREW}](?:[{HEBREW}]{{2}}|[\"״][{HEBREW}]|[,;:!?]))(?=\p{{N}})"
    rf"|(?<=[{HEBREW}]\.)(?=\p{{N}}{{2}})"
)
# A stop inside of a bracket, a hyphen beside it, a number or a Latin word after it; a stop before a
# number; a hyphen after a number or a prefix that joins it to nothing, or to a word, or that begins
# the line and joins a word to nothing.
LOOSE = regex.compile(
    rf"""[(\[{{][.,;:!?]|[,;:][)\]}}]|[\-־][()\[\]{{}}]|[)\]}}](?:\p{{N}}{{2}}|\p{{Latin}})
    |(?<!\S)["״]?[.,;:]["״]?\p{{N}}|\p{{N}}[\-־](?=\s)|^[\-־](?=[{HEBREW}])|(?<!\S)[{HEBREW}]{{1,2}}[\-־](?:\s|[{HEBREW}]{{2}})""",
    regex.VERBOSE,
)
EDGE_BRACKET = regex.compile(r"^[(\[{](?!\S{1,3}[)\]}])|(?<![(\[{]\S{1,3})[)\]}]$")

# Nats; guesses. Of a portion that ends at a bracket and at a space where nothing is known of the
# document; of a line where PDFBox put none of its own spaces, one at each, or at some; of two
# spaces in a row, and of one at the beginning or the end of the line; of what sticks to a word, of
# marks beside a bracket or a number where none stands, of a bracket at either end of a line.
AT_BRACKET, AT_SPACE = 0.8, 3.0
EVEN, SPREAD, MIXED, EACH_MIXED = 0.3, 0.7, 2.0, 0.5
TWO_SPACES, EDGE_SPACE, STICKS, IS_LOOSE, AT_EDGE = 4.0, 3.0, 5.0, 2.5, 4.0


class Way(NamedTuple):
    """A line in reading order, as places of the line as extracted, and nats against it.

    ``text`` has brackets as they were, ``mixed`` says that only some of them were mirrored.
    ``spaces`` and ``brackets`` say how many portions end there where nothing shows it, which is not
    counted in ``against``.
    """

    text: str
    places: Places
    against: float
    spaces: int = 0
    brackets: int = 0
    mixed: bool = False


def ways(
    text: str, painted: Sequence[Painting], mirrored: bool, notes: frozenset[str] = frozenset()
) -> list[Way]:
    """The likeliest ways to read a line, the brackets of the document being ``mirrored`` or not.

    ``notes`` are the numbers of the notes of the document.
    """
    shown = [painting.shown(text, mirrored) for painting in painted]
    cuts = [
        (against + _spread(painting) + AT_SPACE * spaces + AT_BRACKET * brackets, number, cut)
        for number, painting in enumerate(painted)
        for cut in _cut(shown[number], painting.portions)
        for against, spaces, brackets, _ in [cut]
    ]
    cuts.sort(key=lambda each: each[:2])
    found: dict[str, tuple[float, Way]] = {}
    least = inf
    for cost, number, (against, spaces, brackets, cut) in cuts[:MOST_READ]:
        if cost > least + FAR:
            break
        painting = painted[number]
        way = _trimmed(shown[number], _joined(painting.portions, cut))
        price = way.against + odd(way.text, notes)
        mixed = len({at in painting.unturned for at in way.places if text[at] in BRACKETS}) > 1
        own = against + price + _spread(painting)
        way = Way(way.text, way.places, own, spaces, brackets, mixed)
        least = min(least, cost + price)
        known = found.get(way.text)
        if known is None or cost + price < known[0]:
            found[way.text] = cost + price, way
    best = nsmallest(MOST_KEPT, found.values(), key=lambda each: each[0])
    return [way for cost, way in best if cost < least + FAR]


def characters(text: str) -> str:
    """A text without white space and without the sides of its brackets, which may be mirrored.

    >>> characters("כך (שם)") == characters("כך)שם(")
    True
    """
    return "".join(one_sided(text).split())


def one_sided(text: str) -> str:
    """A text without the sides of its brackets, which may be mirrored, and space around it."""
    return text.translate(ONE_SIDE).strip()


def odd(text: str, notes: frozenset[str] = frozenset()) -> float:
    """Nats against a line for what hangs where nothing hangs in print.

    The marks of ``notes`` hang on words.
    """
    if notes:
        text = without_marks(text, notes)
    found = STICKS * len(STUCK.findall(text)) + IS_LOOSE * len(LOOSE.findall(text))
    return found + ODD * oddities(text) + AT_EDGE * len(EDGE_BRACKET.findall(text))


def _spread(painting: Painting) -> float:
    if not painting.gaps:
        return EVEN
    return MIXED + EACH_MIXED * min(painting.gaps, painting.even) if painting.even else SPREAD


def _trimmed(shown: str, places: Places) -> Way:
    """A line without white space around it or doubled, and nats against what it had."""
    kept: list[int] = []
    against = 0.0
    for at in places:
        if shown[at] != " ":
            kept.append(at)
        elif not kept:
            against += EDGE_SPACE
        elif shown[kept[-1]] == " ":
            against += TWO_SPACES
        else:
            kept.append(at)
    while kept and shown[kept[-1]] == " ":
        kept.pop()
        against += EDGE_SPACE
    return Way("".join([shown[at] for at in kept]), tuple(kept), against)


class _Cut(NamedTuple):
    """A portion, by its number, where it is cut in two, and if a bracket shows it.

    Then ``bare`` says whether one of the two is the bracket alone.
    """

    number: int
    at: int
    bracket: bool
    bare: bool


# Nats against the choice of some cuts, how many are at spaces and at brackets, and the cuts.
_Cuts = tuple[float, int, int, tuple[_Cut, ...]]


def _cut(shown: str, portions: Sequence[Portion]) -> Iterator[_Cuts]:
    """No cut, and one or two portions cut in two."""
    cuts = [
        cut
        for number, portion in enumerate(portions)
        if not portion.left_to_right
        for cut in _cuts(shown, number, portion.places)
    ]
    brackets = sum(cut.bracket for cut in cuts)
    # One of many places is chosen; of small print in brackets one end is often a number.
    choice = {False: log(max(len(cuts) - brackets, 1)), True: log(2 * max(brackets, 1))}
    prices = [log(2) if cut.bare else choice[cut.bracket] for cut in cuts]
    yield 0.0, 0, 0, ()
    for one, cut in enumerate(cuts):
        yield prices[one], int(not cut.bracket), int(cut.bracket), (cut,)
        for two, other in enumerate(cuts[one + 1 :], one + 1):
            both = cut.bracket + other.bracket
            if cut.bare or other.bare or (both and brackets < MANY):
                # What opens before a number and closes after it is one.
                around = both == 2 and other.number == cut.number + 2
                yield prices[one] + prices[two], 2 - both, both - around, (cut, other)


def _cuts(shown: str, number: int, places: Places) -> Iterator[_Cut]:
    """Where a portion can be two, the later of which came first."""
    ends, begins = shown[places[-1]], shown[places[0]]  # of the portion that stands first
    bracket = (begins in OPEN or ends in CLOSE) and (ends == " ") + (begins == " ") < 2
    space = (ends == " ") != (begins == " ")
    inside = _inside([shown[at] for at in places])
    for cut in range(1, len(places)):
        # Both begin and end with whole words.
        last, first = shown[places[cut - 1]], shown[places[cut]]
        bare = (begins in OPEN and cut == 1) or (ends in CLOSE and cut == len(places) - 1)
        within = " " not in (last, first) and last.isalpha() == first.isalpha()
        if (bracket or space) and (bare or not within) and cut not in inside:
            yield _Cut(number, cut, bracket, bracket and bare)


def _inside(characters: Sequence[str]) -> set[int]:
    """The places inside of pairs of brackets, which stand in one print."""
    opened: list[int] = []
    found: set[int] = set()
    for at, character in enumerate(characters):
        if character in OPEN:
            opened.append(at)
        elif character in CLOSE and opened:
            found.update(range(opened.pop() + 1, at + 1))
    return found


def _joined(portions: Sequence[Portion], cuts: Sequence[_Cut]) -> Places:
    places: list[int] = []
    for number, portion in enumerate(portions):
        stop = len(portion.places)
        for cut in sorted((cut.at for cut in cuts if cut.number == number), reverse=True):
            places += portion.places[cut:stop]
            stop = cut
        places += portion.places[:stop]
    return tuple(places)
