"""How text has to be painted, unseen, over a scan so that its readers give it in the right order.

Readers of PDF have the places of characters and guess the order. Poppler (``pdftotext``) goes
through a line from the side where the page's script begins and turns what it takes for runs of the
other direction, with the spaces around them. PDFium (Chrome) cuts a line into runs of letters of
one direction, weak characters (digits and their marks, points) and neutral ones, and turns each. So
each run is painted where both find it in its turn; marks of direction, which are not seen either,
part runs where one of them would take too much for one. Parts of a Latin word or a number, and
words of one Latin phrase, are painted from the right in a line of Hebrew: together they stand where
they are seen, but change places with each other.

(``reorderText``, TextOutputDev.cc, Poppler 0.5 to 25; ``CPDF_TextPage`` and ``CFX_BidiString``,
PDFium.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import groupby, pairwise, takewhile
from math import isfinite
from statistics import median
from typing import NamedTuple
from unicodedata import bidirectional

from restore.geometry.glyphs import MIRROR
from restore.placed import Box, PlacedLine, PlacedWord, around

MARKS = RIGHT_TO_LEFT_MARK, LEFT_TO_RIGHT_MARK = "\u200f", "\u200e"
# What PDFium makes of the bidirectional classes of UAX #9; points apart, and others neutral.
KINDS = {"L": "L", "R": "R", "AL": "R", "NSM": "point"}
KINDS |= dict.fromkeys(("EN", "ES", "ET", "CS", "AN", "BN"), "weak")
HYPHEN = "-"  # at the right end of a line Poppler takes it for one that cuts a word
NEUTRAL, BRACKET = "neutral", "bracket"
MARK_WIDTH = 0.1  # of a letter
GAP = 0.2  # of the height of letters, at least, between words; Poppler takes less than .15 for none
LETTER = 0.4  # of its height, the width of a letter that stands nowhere
LEAST_WIDTH = 0.1  # of the height of letters, for a word that has no room
SOLID, LARGEST = 1.3, 2.0  # of the height of the font: from line to line, and over that of words
WIDE = 6.0  # times the width of a letter that the font is high, at most: Poppler takes letters
# closer than a tenth of the height of the font for one painted twice


class Paint(Enum):
    """How characters are painted: for all readers, or for one."""

    PLAIN = "plain"
    FOR_POPPLER = "for Poppler"  # without ink, and so for PDFium not there


class Piece(NamedTuple):
    """Characters painted at once from left to right, between two edges, all as wide."""

    text: str
    left: float
    right: float
    paint: Paint = Paint.PLAIN


class Layer(NamedTuple):
    """A line as it is painted: its pieces in reading order, its foot and the height of its font."""

    pieces: list[Piece]
    foot: float
    size: float


_Unit = tuple[str, Paint]
RIGHT_FOR_ALL: _Unit = (RIGHT_TO_LEFT_MARK, Paint.PLAIN)


class _Run(NamedTuple):
    text: str
    kind: str
    word: int  # the number of its word; that of the word before it, if it is a space


def layers(blocks: Sequence[Sequence[PlacedLine]]) -> Iterator[Layer]:
    """The lines of a page, painted in its pixels; one that stands nowhere is below the one before.

    The font of a block is as high as most of its words, or higher where lines stand apart: Poppler
    takes lines of one height, and not far from each other, for a block, and reads it as a whole.
    """
    words = [word for block in blocks for line in block for word in line]
    kinds = [KINDS.get(bidirectional(c)) for word in words for c in word.text]
    right_to_left = kinds.count("R") > kinds.count("L")  # as Poppler tells it
    below: Box = (0.0, 0.0, 1.0, 1.0)
    heights = [_height(block) for block in blocks]
    steps = [
        (around(two)[3] - around(one)[3]) / height
        for block, height in zip(blocks, heights, strict=True)
        for one, two in pairwise(block)
    ]
    steps = [step for step in steps if step > 0]
    larger = min(max(median(steps) / SOLID, 1.0), LARGEST) if steps else 1.0
    for block, height in zip(blocks, heights, strict=True):
        for line in block:
            yield _layer(line, right_to_left, below, height * larger)
            left, _, right, bottom = around(line)
            if isfinite(left):
                below = (left, bottom, right, bottom + height)


def _height(block: Sequence[PlacedLine]) -> float:
    """How high most words of a block are, in pixels."""
    boxes = [word.box for line in block for word in line if isfinite(word.box[0])]
    return max(median(bottom - top for _, top, _, bottom in boxes), 1.0) if boxes else 1.0


def _layer(line: PlacedLine, right_to_left: bool, instead: Box, height: float) -> Layer:
    """A line with letters of a ``height``; it stands ``instead`` in a box if it has no other."""
    runs = list(_runs(line))
    kinds = [run.kind for run in runs]
    turned = any(c.isalpha() for run in runs if run.kind == "R" for c in run.text) and (
        right_to_left or kinds.count("R") >= kinds.count("L")
    )
    boxes = [word.box for word in line if isfinite(word.box[0])] or [instead]
    slots = _slots(line, boxes, turned, height)
    units = _units(runs, turned, right_to_left)
    pieces: list[Piece] = []
    for number, (start, end) in enumerate(slots):
        if number:
            pieces += _placed([(" ", Paint.PLAIN)], slots[number - 1][1], start, turned)
        pieces += _placed(units[number], start, end, turned)
    letters = (piece for piece in pieces if piece.text not in (" ", *MARKS))
    narrow = min(((p.right - p.left) / len(p.text) for p in letters), default=height)
    size = min(height, WIDE * narrow)
    middle = median((top + bottom) / 2 for _, top, _, bottom in boxes)
    return Layer(pieces, middle + size / 2, size)


def _runs(line: PlacedLine) -> Iterator[_Run]:
    """The runs of one kind, with a space between words."""
    for number, word in enumerate(line):
        if number:
            yield _Run(" ", NEUTRAL, number - 1)
        for kind, run in groupby(word.text, _kind):
            text = "".join(run)
            # Each bracket is a run of its own.
            yield from (_Run(part, kind, number) for part in (text if kind == BRACKET else [text]))


def _kind(character: str) -> str:
    if character in MIRROR:
        return BRACKET
    return KINDS.get(bidirectional(character), NEUTRAL)


def _slots(
    line: PlacedLine, boxes: Sequence[Box], turned: bool, height: float
) -> list[tuple[float, float]]:
    """Where each word starts and ends, from the start of the line on.

    In a ``turned`` line that is from the right, and places are negative. Words that do not stand in
    the order of the line, or nowhere, share the room that they have.
    """
    groups: list[tuple[list[PlacedWord], float, float]] = []
    for word in line:
        if not isfinite(word.box[0]):
            first = min(_ends(box, turned)[0] for box in boxes)
            start = groups[-1][2] + GAP * height if groups else first
            end = start + LETTER * height * len(word.text)
        else:
            start, end = _ends(word.box, turned)
        if groups and (start + end) / 2 <= groups[-1][2]:
            words, first, last = groups[-1]
            groups[-1] = ([*words, word], min(first, start), max(last, end))
        else:
            groups.append(([word], start, end))
    slots: list[tuple[float, float]] = []
    for words, first, last in groups:
        share = (last - first) / (sum(len(word.text) + 1 for word in words) - 1)
        for word in words:
            slots.append((first, first + share * len(word.text)))
            first += share * (len(word.text) + 1)
    for number in range(1, len(slots)):
        start = max(slots[number][0], slots[number - 1][1] + GAP * height)
        slots[number] = (start, max(slots[number][1], start + LEAST_WIDTH * height))
    return slots


def _ends(box: Box, turned: bool) -> tuple[float, float]:
    return (-box[2], -box[0]) if turned else (box[0], box[2])


def _units(runs: list[_Run], turned: bool, right_to_left: bool) -> dict[int, list[_Unit]]:
    """What is painted of each word, by its number, run by run from the start of the line on."""
    units: dict[int, list[_Unit]] = {run.word: [] for run in runs}
    made = _turned(runs) if turned else _straight(runs, right_to_left)
    for number, unit in made:
        units[number].append(unit)
    return units


def _turned(runs: list[_Run]) -> Iterator[tuple[int, _Unit]]:
    """A line from the right, with the number of its word for each unit."""
    if runs[0].text.startswith(HYPHEN):
        yield 0, (RIGHT_TO_LEFT_MARK, Paint.FOR_POPPLER)
    left = False  # PDFium takes neutral characters for those of a word from the left
    kinds = [run.kind for run in runs]
    more = 1 + kinds.count("L") - kinds.count("R")
    for number, run in enumerate(runs):
        paint = _bracket if run.kind == BRACKET else _turned_run
        units, left = paint(runs, number, left)
        for unit in units:
            more += (unit == (LEFT_TO_RIGHT_MARK, Paint.PLAIN)) - (unit == RIGHT_FOR_ALL)
            yield run.word, unit
    # PDFium takes a line to go as most of its runs do.
    for number in range(more):
        if number or runs[-1].kind == "R":
            yield runs[-1].word, (" ", Paint.PLAIN)
        yield runs[-1].word, RIGHT_FOR_ALL


def _bracket(runs: list[_Run], number: int, left: bool) -> tuple[list[_Unit], bool]:
    """A bracket in a line from the right, and whether neutral characters then go to the left.

    PDFium mirrors it, but not after a letter, or a mark, from the left.
    """
    after = _kind_after(runs, number)
    units: list[_Unit] = [(runs[number].text, Paint.PLAIN)]
    if not left or runs[number - 1].kind == BRACKET:
        units.insert(0, (LEFT_TO_RIGHT_MARK, Paint.PLAIN))
    if after == NEUTRAL:
        units.append(RIGHT_FOR_ALL)
    elif not left and after not in ("R", ""):
        units.append((RIGHT_TO_LEFT_MARK, Paint.FOR_POPPLER))
    return units, after != NEUTRAL


def _turned_run(runs: list[_Run], number: int, left: bool) -> tuple[list[_Unit], bool]:
    """Another run in a line from the right, and whether neutral characters then go to the left."""
    run, after = runs[number], _kind_after(runs, number)
    text = run.text[::-1] if run.kind in ("R", NEUTRAL) else run.text
    units: list[_Unit] = [(text, Paint.PLAIN)] if text != " " else []
    left = run.kind == "L" or (left and run.kind != "R")
    one = run.kind == "point" and after == "weak"  # PDFium takes both for one run
    if one or (left and len(_neutral_after(runs, number)) > 1):
        return [*units, RIGHT_FOR_ALL], False
    if run.kind in ("L", "weak") and after not in ("R", "point", ""):
        units.append((RIGHT_TO_LEFT_MARK, Paint.FOR_POPPLER))
    return units, left


def _kind_after(runs: list[_Run], number: int) -> str:
    return runs[number + 1].kind if number + 1 < len(runs) else ""


def _neutral_after(runs: list[_Run], number: int) -> str:
    """The neutral characters between a run and the next letter or digit."""
    rest = takewhile(lambda run: run.kind in (NEUTRAL, BRACKET), runs[number + 1 :])
    return "".join(run.text for run in rest)


def _straight(runs: list[_Run], right_to_left: bool) -> Iterator[tuple[int, _Unit]]:
    """A line from the left, with the number of its word for each unit."""
    right = False  # PDFium takes neutral characters for those of a word from the right
    for number, run in enumerate(runs):
        after = _kind_after(runs, number)
        if run.text != " ":
            yield run.word, (run.text[::-1] if run.kind == "R" else run.text, Paint.PLAIN)
        right = run.kind == "R" or (right and run.kind != "L")
        if right and after in (NEUTRAL, BRACKET):
            seen = after == BRACKET or len(_neutral_after(runs, number)) > 1
            paint = Paint.PLAIN if seen else Paint.FOR_POPPLER
            yield run.word, (LEFT_TO_RIGHT_MARK, paint)
            right = not seen
        elif right_to_left and not after and (run.kind in (NEUTRAL, BRACKET) or run.text == HYPHEN):
            # On a page of Hebrew a line has to end with a letter.
            yield run.word, (LEFT_TO_RIGHT_MARK, Paint.FOR_POPPLER)


def _placed(units: list[_Unit], start: float, end: float, turned: bool) -> list[Piece]:
    """Units of one word, each as wide as it is long, and plain ones that stand together as one."""
    widths = [MARK_WIDTH if paint is Paint.FOR_POPPLER else len(text) for text, paint in units]
    share = (end - start) / max(sum(widths), 1)
    pieces: list[Piece] = []
    for (text, paint), width in zip(units, widths, strict=True):
        stop = start + share * width
        left, right = (-stop, -start) if turned else (start, stop)
        last = pieces[-1] if pieces else None
        if last and last.paint is paint is Paint.PLAIN:
            text = text + last.text if turned else last.text + text
            pieces[-1] = Piece(text, min(left, last.left), max(right, last.right))
        else:
            pieces.append(Piece(text, left, right, paint))
        start = stop
    return pieces
