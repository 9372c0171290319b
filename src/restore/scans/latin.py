"""Latin words among others, which the models of other scripts read badly, read by one of English.

A model of Hebrew takes Latin letters for Hebrew ones and digits, and is not sure of it. Such words,
with the numbers and marks beside them, are read again as an image of nothing else: of pages with
footnotes that have many, 20.9 -> 10.0 and 19.8 -> 7.1 characters wrong in a hundred.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile
from typing import NamedTuple

import regex

from restore.placed import is_right_to_left
from restore.scans.language import readable
from restore.scans.second_reading import Box, box_of, matched
from restore.scans.tesseract import Word

UNSURE = 0.75  # of a word that may be Latin
MOST = 0.4  # share of the words of a page that may be; of more, the page is bad
SURE = 0.8  # of a word that is taken from the reading in English
SURER = 0.9  # the same where the first reading has a Hebrew word and is sure of it
FEW = 4  # Latin letters of a stretch; of fewer, Hebrew ones can look like
SURER_BY = 0.5  # the reading in English is to be of these than the first one
SHORT = 3  # letters of a word between others that may be Latin, which is looked at too
LATIN = regex.compile(r"\p{Latin}")
WORD = regex.compile(r"\p{Latin}{2}")
LETTER = regex.compile(r"\p{L}")
MARKS = regex.compile(r"^[.,;:!?]+(?=.)")


class _Choice(NamedTuple):
    """The words that stand at a place, and what the reading in English has there, if it is sure."""

    ours: list[Word]
    theirs: list[Word]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.theirs)

    @property
    def left(self) -> int:
        return min(word.left for word in self.ours)


def maybe_latin(words: Sequence[Word]) -> list[Box]:
    """The boxes of the stretches of a page that may be Latin; none if most of it may be."""
    doubted = sum(_may_be_latin(word) for word in words)
    if not doubted or doubted > MOST * len(words):
        return []
    return [
        box_of(run)
        for _, line in groupby(words, key=lambda word: word.line)
        for run in _runs(sorted(line, key=lambda word: word.left))
    ]


def with_latin(words: Sequence[Word], latin: Sequence[Word]) -> list[Word]:
    """The words of a page, with Latin ones where the other reading is sure of them.

    They stand from the left, with their numbers, in lines that are read from the right.
    """
    choices: dict[tuple[int, int, int], list[_Choice]] = defaultdict(list)
    for ours, theirs in matched(words, latin):
        choices[ours[0].line].append(_Choice(ours, theirs if _sure(ours, theirs) else []))
    found: list[Word] = []
    for number, line in groupby(words, key=lambda word: word.line):
        known = choices.pop(number, [])
        latin_line = any(WORD.search(choice.text) for choice in known)
        found += _line(known) if latin_line else line
    return found


def _may_be_latin(word: Word) -> bool:
    return bool(LATIN.search(word.text)) or (word.sure < UNSURE and len(word.text) > 1)


def _runs(line: list[Word]) -> Iterator[list[Word]]:
    """The words of a line that may be Latin, with what has no Hebrew letter beside them."""
    beside = [_may_be_latin(word) or not is_right_to_left(word.text) for word in line]
    for at, word in enumerate(line[1:-1], start=1):
        between = beside[at - 1] and beside[at + 1]
        beside[at] |= between and len(LETTER.findall(word.text)) <= SHORT
    for maybe, group in groupby(zip(line, beside, strict=True), lambda pair: pair[1]):
        run = [word for word, _ in group]
        if maybe and any(_may_be_latin(word) for word in run):
            yield run


def _sure(ours: Sequence[Word], theirs: Sequence[Word]) -> bool:
    """Whether what the other reading has is to be taken, if it is part of a Latin stretch."""
    doubted = any(_may_be_latin(word) or not is_right_to_left(word.text) for word in ours)
    return readable(theirs) >= (SURE if doubted else SURER)


def _line(choices: list[_Choice]) -> list[Word]:
    """The words of a line, from the right, its Latin stretches from the left."""
    seen = sorted(choices, key=lambda choice: choice.left)
    found: list[Word] = []
    start = 0
    while start < len(seen):
        stop = _end(seen, start)
        if stop == start:
            found = [*seen[start].ours, *found]
            start += 1
            continue
        found = [*_from_the_left(seen[start:stop]), *found]
        start = stop
    return found


def _end(seen: list[_Choice], start: int) -> int:
    """Where the Latin stretch ends that begins at a place of a line, seen from the left."""
    if not LATIN.search(seen[start].text):
        return start
    along = takewhile(lambda choice: choice.theirs, seen[start:])
    stop = start + len(list(along))
    if not _is_latin(seen[start:stop]):
        return start
    # The number of a note or of a list stands before what it numbers.
    first = stop == len(seen) and start and not LETTER.search(seen[-1].text)
    return stop - 1 if first else stop


def _is_latin(choices: Sequence[_Choice]) -> bool:
    """Whether a stretch has Latin words; a few letters only if the first reading has none there."""
    if not any(WORD.search(choice.text) for choice in choices):
        return False
    letters = sum(len(LATIN.findall(choice.text)) for choice in choices)
    ours = [word for choice in choices for word in choice.ours]
    theirs = [word for choice in choices for word in choice.theirs]
    return letters >= FEW or readable(theirs) >= readable(ours) + SURER_BY


def _from_the_left(choices: list[_Choice]) -> list[Word]:
    """The Latin words of a stretch; marks that end it stand at its left where it is seen."""
    line = choices[0].ours[0].line
    words = sorted((word for choice in choices for word in choice.theirs), key=lambda w: w.left)
    marks = MARKS.search(words[0].text)
    if marks:
        words[0] = replace(words[0], text=words[0].text[marks.end() :])
        words[-1] = replace(words[-1], text=words[-1].text + marks.group())
    return [replace(word, line=line) for word in words]
