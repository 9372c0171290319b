"""The words of a text, each with the marks that hang on it, as two texts are compared.

A word is finer than what stands between white space: an extractor that glues ``הושוו)אבות`` has
written two words and a bracket. Dashes and marks that stand alone are words of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from restore.bidi import read_order
from restore.formats.txt import BREAK, BYTE_ORDER_MARK

_INNER = r"[\p{L}\p{M}\p{N}\u200c\u200d\u034f]"
# Marks that join what stands on both sides of them, and those that do so between digits only.
CORE = regex.compile(
    rf"{_INNER}+(?:(?:[\"'׳״’‘”“\-־‑_/&@]+|(?<=\p{{N}})[.,:–](?=\p{{N}})){_INNER}+)*"
)
# Of the marks between two words without white space, these hang on the second.
_BEFORE_NEXT = regex.compile(r"[(\[{<«„][^\s]*$")
# A letter of a right-to-left script and a digit or a letter of another.
_RIGHT, _LEFT = r"[\p{Bidi_Class:R}\p{Bidi_Class:AL}]", r"[\p{N}\p{Latin}]"
MIXED = regex.compile(rf"{_RIGHT}.*{_LEFT}|{_LEFT}.*{_RIGHT}")
_RUN = regex.compile(
    r"\p{N}+(?:[^\p{L}\p{M}\p{N}]+\p{N}+)*|[\p{L}\p{M}]+(?:[\"'׳״’][\p{L}\p{M}]+)*"
)
UNIT = regex.compile(r"\S+")
CLUSTER = regex.compile(r"\X")


@dataclass(frozen=True, slots=True)
class Word:
    """A word: the marks before it, its letters, the marks after it.

    ``line`` counts lines and ``start`` characters of the line, both from 0; ``glued`` says that no
    white space parts it from the word before. A mark that stands alone is all ``core``.
    """

    before: str
    core: str
    after: str
    line: int
    start: int
    glued: bool = False

    @property
    def text(self) -> str:
        """The word with its marks."""
        return self.before + self.core + self.after

    @property
    def core_start(self) -> int:
        """Where in the line its letters begin."""
        return self.start + len(self.before)

    @property
    def core_stop(self) -> int:
        """Where in the line its letters end."""
        return self.core_start + len(self.core)

    @property
    def lettered(self) -> bool:
        """Whether it is more than marks."""
        return self.core[:1].isalnum() or CORE.match(self.core) is not None


def lines_of(text: str) -> list[str]:
    """The lines of a text without their breaks; a form feed ends a line too."""
    return BREAK.split(text.removeprefix(BYTE_ORDER_MARK))


def words_of(lines: Iterable[str]) -> list[Word]:
    """The words of lines, in their order.

    >>> [word.text for word in words_of(["הושוו)אבות א,ב( –"])]
    ['הושוו)', 'אבות', 'א,', 'ב(', '–']
    """
    return [
        Word(before, core, after, number, unit.start() + at, glued)
        for number, line in enumerate(lines)
        for unit in UNIT.finditer(line)
        for before, core, after, at, glued in unit_words(unit.group())
    ]


@lru_cache(maxsize=1 << 16)
def unit_words(unit: str) -> tuple[tuple[str, str, str, int, bool], ...]:
    """What ``Word`` holds of the words in a stretch without white space, without their line."""
    cores = list(CORE.finditer(unit))
    if not cores:
        return (("", unit, "", 0, False),)
    cuts = [0]
    for one, other in pairwise(cores):
        opening = _BEFORE_NEXT.search(unit, one.end(), other.start())
        cuts.append(opening.start() if opening else other.start())
    cuts.append(len(unit))
    return tuple(
        (
            unit[start : core.start()],
            core.group(),
            unit[core.end() : stop],
            start,
            bool(start),
        )
        for core, start, stop in zip(cores, cuts, cuts[1:], strict=False)
    )


def cut(word: Word, parts: Sequence[tuple[int, int]]) -> list[Word]:
    """A word cut into ``parts``, stretches of its core; what is between two hangs on the first.

    >>> [part.text for part in cut(words_of(["(ab-cd)"])[0], [(0, 2), (3, 5)])]
    ['(ab-', 'cd)']
    """
    if len(parts) < 2:
        return [word]
    found = []
    for number, (start, stop) in enumerate(parts):
        last = number + 1 == len(parts)
        after = word.after if last else word.core[stop : parts[number + 1][0]]
        begins = word.start if not number else word.core_start + start
        before, glued = ("", True) if number else (word.before, word.glued)
        found.append(Word(before, word.core[start:stop], after, word.line, begins, glued))
    return found


def joined(words: Iterable[Word]) -> str:
    """Words with single spaces between those that are not glued."""
    return "".join(word.text if word.glued else f" {word.text}" for word in words).removeprefix(" ")


def clusters(text: str) -> list[str]:
    """The grapheme clusters of a text: letters with their points (UAX #29)."""
    return list(text) if text.isascii() else CLUSTER.findall(text)


@lru_cache(maxsize=1 << 16)
def runs(core: str) -> tuple[str, ...]:
    """A word, and its letters and numbers for themselves if it has both.

    >>> runs("ב־25")
    ('ב־25', 'ב', '25')
    """
    return (core, *_RUN.findall(core)) if MIXED.search(core) else (core,)


@lru_cache(maxsize=1 << 16)
def turned(core: str) -> str:
    """The letters of a word from the last to the first, points kept on their letters.

    In a word of Hebrew and of numbers or Latin letters, these keep their own direction.
    """
    if MIXED.search(core):
        return "".join(core[s.start : s.stop][:: s.step] for s in read_order(core))
    return "".join(reversed(clusters(core)))
