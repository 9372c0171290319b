"""Numbers: digits in reverse, and spaces put around numbers and Latin words.

Numbers keep their direction in Hebrew, and so an extractor may take them for letters and turn them
around with their line, or give them as pieces of their own with a space on either side. Either is
done to all numbers of a document. What no number looks like tells: a year that never was, a zero
before other digits, three digits before the comma of thousands; and a space that no print has.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, log

import regex

from restore.change import Arrange, Finding
from restore.evidence import Evidence
from restore.model import Document, Line, Piece, Place, Span
from restore.tokens import HEBREW, has_letters

REVERSED_DIGITS = "reversed-digits"
SPACED_NUMBERS = "spaced-numbers"

# With the ranges, dates and signs of percent that are turned around as one.
NUMBER = regex.compile(
    r"(?<![\p{L}\d.,:/])(?<!\d[-–])(?:%\d[\d.,]*+|\d(?:[\d.,:/–-]*\d)?%?)(?![\p{L}\d])"
)
YEAR = range(1000, 2100)
# A number as none is written (its mirror image may be), and one that its mirror image is not; how
# much each says for digits in reverse, in nats. Guesses; a phone number may begin with a zero.
SAYS = (
    (regex.compile(r"\d{3}(?:,\d{3})*,\d{1,2}"), 4.0),
    (regex.compile(r"\d{1,2}(?:,\d{3})+"), -4.0),
    (regex.compile(r"%\d+(?:[.,]\d+)?"), 1.5),
    (regex.compile(r"\d+(?:[.,]\d+)?%"), -1.5),
    (regex.compile(r"0\d{1,3}"), 2.0),
    (regex.compile(r"[1-9]\d{0,3}0"), -2.0),
    (regex.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}"), 1.5),
    (regex.compile(r"\d{1,2}[./]\d{1,2}[./]\d{4}"), -3.0),
)
A_YEAR = 2.5  # nats, of four digits that are a year in one direction alone
TO_TELL = 5.0  # nats against digits in reverse before any number is seen; a guess

_PIECE = r"[A-Za-z0-9%]"
PIECE = regex.compile(rf"{_PIECE}|\d")  # without one there is nothing of all this in a line
_CLOSES = r"(?:[.,;:]|[)\]][.,;:]?)"
# A space between a number and the mark after it, the bracket before it, the prefix before it.
SPACE = regex.compile(
    rf"(?<={_PIECE}) (?={_CLOSES}(?:\s|$))|(?<=[(\[]) (?={_PIECE})"
    rf"|(?<=(?:^|\s)[{HEBREW}]{{1,3}}[-־]) (?={_PIECE})"
)
NO_SPACE = regex.compile(
    rf"(?<={_PIECE})(?={_CLOSES}(?:\s|$))|(?<=[(\[])(?={_PIECE})"
    rf"|(?<=(?:^|\s)[{HEBREW}]{{1,3}}[-־])(?={_PIECE})"
)
WIDE = regex.compile(r"\S\s{2,}\S")
# Nats that one place says, with a space and without one. Of 387 held-out blocks of sound text 1 has
# such a space; a program that puts them puts nearly all.
WITH, WITHOUT, PUTS_NONE = log(0.8 / 0.003), log(0.1), 4.0
MOST_SURE = 0.97  # that no other space of the line is wrong; a guess


def find_number_damage(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose numbers are turned around, or have spaces put around."""
    lines = [
        (place, line)
        for place, line in document.placed()
        if PIECE.search(line.text) and has_letters(line.text)
    ]
    yield from _spaces(lines)
    for backwards in (False, True):  # lines that were turned around are a case of their own
        yield from _digits([one for one in lines if one[1].backwards == backwards])


def _spaces(lines: list[tuple[Place, Line]]) -> Iterator[Finding]:
    odds = -PUTS_NONE
    for _, line in lines:
        odds += WITH * len(SPACE.findall(line.text)) + WITHOUT * len(NO_SPACE.findall(line.text))
    sure = MOST_SURE / (1 + exp(-max(min(odds, 50.0), -50.0)))
    if sure <= 0.5:
        return
    for place, line in lines:
        places = [found.start() for found in SPACE.finditer(line.text)]
        if places and not WIDE.search(line.text):  # its pieces may stand in another order
            reason = "the document puts spaces around numbers and Latin words"
            yield Finding(SPACED_NUMBERS, place, Arrange(_without(line.text, places)), reason, sure)


def _without(text: str, places: list[int]) -> tuple[Piece, ...]:
    """The stretches of a text between single characters that are left out."""
    edges = zip([0, *(at + 1 for at in places)], [*places, len(text)], strict=True)
    return tuple(Span(start, stop) for start, stop in edges if start < stop)


def _digits(lines: list[tuple[Place, Line]]) -> Iterator[Finding]:
    odds = -TO_TELL + sum(
        turned(number) for _, line in lines for number in NUMBER.findall(line.text)
    )
    if odds <= 0:
        return
    sure = MOST_SURE / (1 + exp(-min(odds, 50.0)))
    for place, line in lines:
        numbers = [found.span() for found in NUMBER.finditer(line.text)]
        numbers = [(a, b) for a, b in numbers if line.text[a:b] != line.text[a:b][::-1]]
        if numbers:
            reason = "the digits of the document stand in reverse"
            yield Finding(
                REVERSED_DIGITS, place, Arrange(_with_turned(line.text, numbers)), reason, sure
            )


def turned(number: str) -> float:
    """How much likelier a number is its mirror image than itself, in nats."""
    nats = sum(says for pattern, says in SAYS if pattern.fullmatch(number))
    if len(number) == 4 and number.isdigit():
        nats += A_YEAR * ((int(number[::-1]) in YEAR) - (int(number) in YEAR))
    return nats


def _with_turned(text: str, places: list[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for start, stop in places:
        pieces += [Span(at, start)] * (at < start)
        pieces.append(Span(start, stop, -1))
        at = stop
    pieces += [Span(at, len(text))] * (at < len(text))
    return tuple(pieces)
