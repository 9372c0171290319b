"""Lines between controls of direction, as Poppler's ``pdftotext`` gives them.

Poppler knows the order in which a line is seen, and writes it so that a screen shows it again
(``reorderText`` in its TextOutputDev.cc). On a page of right-to-left text a line is
``RLE … PDF``; read from the right, what begins with a number, with a mark that can be part of one
or with a letter of a left-to-right script stands in ``LRE … PDF`` as it is seen, up to the next
right-to-left letter. Elsewhere, and with ``-raw`` everywhere, what is seen is written from left to
right, and only right-to-left letters, with what follows them, are turned around in ``RLE … PDF``.
So the order in which a line is seen can be had back, and from it the order in which it is read.

Nobody else puts controls at just these places: other embeddings, isolates and marks of direction
stay. How many lines of a document are Poppler's is learned from the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import regex

from restore.bidi import read_order
from restore.change import Arrange, Finding
from restore.evidence import Evidence, chances
from restore.model import Document, Piece, Place
from restore.order.choices import words
from restore.order.lattice import Choice, Reading, weigh_readings
from restore.order.prices import FLUENCY
from restore.pieces import stretches

DIRECTION_CONTROLS = "direction-controls"
REASON = "the line stands between controls of direction, as it is seen"

EMBEDDING = regex.compile("[\u202a-\u202e\u2066-\u2069]")
RIGHT_TO_LEFT, LEFT_TO_RIGHT, END = "\u202b", "\u202a", "\u202c"
# Poppler's table of types says what UAX #9, table 4 does, but for a few points.
_RIGHT = r"\p{Bidi_Class:R}\p{Bidi_Class:AL}"
_LEFT = r"\p{Bidi_Class:L}"
_NUMBER = "".join(rf"\p{{Bidi_Class:{kind}}}" for kind in ("EN", "ES", "ET", "CS", "AN"))
RIGHT = regex.compile(f"[{_RIGHT}]")
LEFT = regex.compile(f"[{_LEFT}]")
LEFT_OR_NUMBER = regex.compile(f"[{_LEFT}{_NUMBER}]")
RIGHT_OR_POINT = regex.compile(rf"[{_RIGHT}\p{{M}}]")
IN_WORD = regex.compile(r"[\p{L}\d]")

# Of lines that are Poppler's, and how many lines that guess is worth: few, since one program wrote
# the whole document. Lines that do not tell need rounds to follow those that do.
SHARE, WORTH, ROUNDS = 0.002, 0.1, 40
# Nats that speak for Poppler: a mark or white space in an embedding of its own, a number or word
# in one, two embeddings with nothing but marks and white space between them. Guesses.
MARKS_EMBEDDED, WORD_EMBEDDED, SEPARATED = 4.0, 1.0, 3.0
IMPOSSIBLE = -50.0  # nats
# Of lines whose words stand in the order in which they are read, and what the guess is worth:
# Poppler begins a new line where the next word is to the left of the last one.
IN_ORDER, IN_ORDER_WORTH = 0.002, 20.0
# That a line comes out right whose characters are moved: of 2,839 lines by 25 producers, read with
# and without -raw, 0.937 did. In most of the others only white space or points are wrong.
SURE_OF_ORDER = 0.93


class Stretch(NamedTuple):
    """Characters ``start`` to ``stop`` of a line, and how many embeddings they stand in."""

    start: int
    stop: int
    depth: int


Part = list[Stretch]  # an embedding with those in it, or what stands outside of any


@dataclass(slots=True)
class _Controlled:
    """A line that may be Poppler's, with the places of its characters as they are seen."""

    place: Place
    text: str
    seen: list[list[int]]  # word for word, white space between embeddings being a word too
    told: float  # nats that speak for Poppler


def find_direction_controls(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document that stand between Poppler's controls of direction."""
    if not any(EMBEDDING.search(line.text) for page in document.pages for line in page.lines):
        return
    lines, others = _controlled(document)
    if not lines:
        return
    told = [line.told for line in lines] + [IMPOSSIBLE] * others
    likely = [
        (line, chance)
        for line, chance in zip(lines, chances(told, SHARE, WORTH, ROUNDS), strict=False)
        if chance > 0.5
    ]
    in_order = _in_order([line for line, _ in likely], evidence)
    for (line, chance), kept in zip(likely, in_order, strict=True):
        order = as_kept(line.text, line.seen) if kept > 0.5 else as_seen(line.text, line.seen)
        sure = chance * max(kept, 1 - kept)
        if order != sorted(order):
            sure *= SURE_OF_ORDER
        action = Arrange(pieces(line.text, order))
        yield Finding(DIRECTION_CONTROLS, line.place, action, REASON, sure)


def _controlled(document: Document) -> tuple[list[_Controlled], int]:
    """The lines that may be Poppler's, and how many with right-to-left letters cannot."""
    lines: list[_Controlled] = []
    others = balance = 0
    for place, line in document.placed():
        text = line.text
        right, left = word_counts(text)
        balance += right - left
        found = parts(text)
        if found is None or not by_poppler(text, found):
            others += right > 0
            continue
        told = telling(text, found)
        lines.append(_Controlled(place, text, seen(text, found), told))
    return [line for line in lines if _readable(line.text, balance >= 0)], others


def _readable(text: str, right_to_left: bool) -> bool:
    """Whether a line is one of right-to-left text, or has nothing else."""
    right, left = word_counts(text)
    return not left or not right or (right_to_left and right >= left)


def word_counts(text: str) -> tuple[int, int]:
    """How many words of a text have right-to-left letters, and how many left-to-right ones."""
    found = text.split()
    return sum(map(bool, map(RIGHT.search, found))), sum(map(bool, map(LEFT.search, found)))


def parts(text: str) -> list[Part] | None:
    """What stands in each embedding of a line and between them.

    None where there is no embedding, or another than ``RLE … PDF`` and, in it, ``LRE … PDF``.
    """
    found: list[Part] = []
    depth = at = 0
    for control in EMBEDDING.finditer(text):
        if control.start() > at:
            if not depth:
                found.append([])
            found[-1].append(Stretch(at, control.start(), depth))
        at = control.end()
        if control.group() == END and depth:
            depth -= 1
        elif control.group() == RIGHT_TO_LEFT and not depth:
            found.append([])
            depth = 1
        elif control.group() == LEFT_TO_RIGHT and depth == 1:
            depth = 2
        else:
            return None
    if at < len(text) and found and not depth:
        found.append([Stretch(at, len(text), 0)])
    return None if depth or not found else found


def by_poppler(text: str, found: Sequence[Part]) -> bool:
    """Whether the embeddings of a line begin and end where Poppler begins and ends them."""
    painted = False
    for part in found:
        after_left = False
        for start, stop, depth in part:
            inside = text[start:stop]
            painted |= not depth and not inside.isspace()
            if depth == 1:
                if LEFT_OR_NUMBER.search(inside) or (after_left and not RIGHT.match(inside)):
                    return False
            elif RIGHT.search(inside) or (depth and not LEFT_OR_NUMBER.match(inside[-1])):
                return False
            after_left = depth == 2
    # Where something is painted outside, an embedding ends with the letter that is seen first.
    return not painted or all(
        part[-1].depth != 1 or RIGHT_OR_POINT.match(text[part[-1].stop - 1]) is not None
        for part in found
        if part
    )


def telling(text: str, found: Sequence[Part]) -> float:
    """How much likelier such embeddings are Poppler's than anybody else's, in nats."""
    told = 0.0
    for part in found:
        for stretch in part:
            if stretch.depth == 2:
                inside = text[stretch.start : stretch.stop]
                marks = inside[0].isspace() or not IN_WORD.search(inside)
                told += MARKS_EMBEDDED if marks else WORD_EMBEDDED
    between = [part for part in found if part]
    for left, middle, right in zip(between, between[1:], between[2:], strict=False):
        if left[0].depth and right[0].depth and not middle[0].depth:
            told += SEPARATED * (not IN_WORD.search(text, middle[0].start, middle[0].stop))
    return told


def seen(text: str, found: Sequence[Part]) -> list[list[int]]:
    """The places of the characters of a line as they are seen, from left to right.

    They are cut at the white space outside of embeddings, which is kept.
    """
    cut: list[list[int]] = [[]]
    for part in found:
        for stretch in reversed(part):
            places = range(stretch.start, stretch.stop)
            if stretch.depth:
                cut[-1] += reversed(places) if stretch.depth == 1 else places
                continue
            for place in places:
                if text[place].isspace():
                    cut += [[place], []]
                else:
                    cut[-1].append(place)
    return [places for places in cut if places]


def as_seen(text: str, seen: Iterable[list[int]]) -> list[int]:
    """The places of the characters in the order in which a line is read that is seen so."""
    places = [place for word in seen for place in word]
    line = "".join(text[place] for place in places)
    if LEFT.search(line) and not RIGHT.search(line):
        return places
    return [
        places[at]
        for span in read_order(line, marks_first=True)
        for at in range(span.start, span.stop)[:: span.step]
    ]


def as_kept(text: str, seen: Iterable[list[int]]) -> list[int]:
    """The same, of a line whose words stand in the order in which they are read."""
    return [place for word in seen for place in as_seen(text, [word])]


def pieces(text: str, order: Sequence[int]) -> tuple[Piece, ...]:
    """Characters in order as stretches of their line, without white space at its ends."""
    start, stop = 0, len(order)
    while start < stop and text[order[start]].isspace():
        start += 1
    while start < stop and text[order[stop - 1]].isspace():
        stop -= 1
    return tuple(stretches(order[start:stop]))


def _in_order(lines: Sequence[_Controlled], evidence: Evidence) -> list[float]:
    """How likely the words of each line stand in the order in which they are read."""
    scores = [IMPOSSIBLE] * len(lines)
    told = [index for index, line in enumerate(lines) if _painted(line.text, line.seen)]
    choices = [
        Choice(
            [
                _reading(lines[index].text, order(lines[index].text, lines[index].seen), evidence)
                for order in (as_seen, as_kept)
            ]
        )
        for index in told
    ]
    weigh_readings(choices, evidence, FLUENCY)
    for index, choice in zip(told, choices, strict=True):
        scores[index] = choice.readings[1].fluency - choice.readings[0].fluency
    return chances(scores, IN_ORDER, IN_ORDER_WORTH)


def _painted(text: str, seen: Sequence[list[int]]) -> bool:
    """Whether a line has words apart, and a single space between any two of them.

    With ``-layout`` there is more, between what stands side by side on the page.
    """
    spaces = [text[places[0]].isspace() for places in seen]
    return len(seen) > 1 and not any(left and right for left, right in pairwise(spaces))


def _reading(text: str, order: Sequence[int], evidence: Evidence) -> Reading:
    units = words("".join(text[place] for place in order))
    return Reading((), (), 0.0, tuple(evidence.row(unit) for unit in units))
