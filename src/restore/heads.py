"""Texts in which what ends a piece of a line stands at its head: ``.)שם( והוא`` for ``והוא (שם).``

MuPDF collects glyphs from left to right and turns each run of right-to-left characters around. What
is neutral takes its direction from the character before it, so that marks and white space inside a
run are turned with it, but those at its left end, met before its first letter, stay where they
are: before the run that they end, in reverse (``reverse_bidi_line`` in source/fitz/stext-device.c;
https://mupdf.com).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

# White space at the head of a line; and what other extractors leave of pieces that they moved.
HEAD = regex.compile(r"\s")
NO_HEAD = regex.compile(r"\S\s{2,}\S|\S\s+$")
MANY, FEW = 2, 2  # times as many lines with such a head as with other traces, and lines; guesses
LETTER = regex.compile(r"\p{Hebrew}")
OPENING = "\"'״׳’”“„‘"
HYPHEN = regex.compile(r"(?<=\p{Hebrew})[-־‑](?=\p{Hebrew})")


def heads(lines: Sequence[str]) -> bool:
    """Whether what ends the pieces of lines stands at their heads in the lines of a document."""
    begun = sum(bool(HEAD.match(line) and LETTER.search(line)) for line in lines)
    if begun < FEW:  # as in most texts, whose lines need not be looked at any further
        return False
    moved = sum(bool(NO_HEAD.search(line) and LETTER.search(line)) for line in lines)
    return begun - MANY * moved >= FEW


def parted(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """The parts of a word that may belong to different pieces of a line.

    A quotation mark may end the piece that the word begins, where no space stands before it or the
    line begins; a piece may end at a hyphen.
    """
    while text[start] in OPENING and (not text[:start].strip() or not text[start - 1].isspace()):
        yield start, start + 1
        start += 1
    for hyphen in HYPHEN.finditer(text, start, stop):
        yield start, hyphen.start()
        yield hyphen.span()
        start = hyphen.end()
    yield start, stop
