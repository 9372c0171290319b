"""What of a line the prices of its readings depend on, whatever the reading (``prices.py``)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import regex
from numpy.typing import NDArray

from restore.evidence import SURE_SPLIT
from restore.tokens import Tokens, Type, any_of

# Kinds of gaps at which a producer of documents either always or never begins a new piece.
HABITS = (
    "jump at a number",
    "jump at a bracket",
    "jump at a quotation",
    "jump at a mark",
    "jump at a dash",
)
PREFIX = regex.compile("[ובכלמשה]{1,3}[-־–]")
COMPOUND = 5.0  # nats: how much likelier two words with a hyphen are one piece; a guess
ENDING, LONE, TIGHT, BRACKET, STARTING = (
    any_of(Type.CLOSE, Type.MARK),
    any_of(Type.MARK, Type.QUOTE),
    any_of(Type.OPEN, Type.CLOSE, Type.MARK, Type.QUOTE),
    any_of(Type.OPEN, Type.CLOSE),
    any_of(Type.QUOTE, Type.OPEN),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the price of every reading of a line depends on.

    ``jumped`` and ``separated`` (gaps between tokens x columns) say what a cut at each gap counts
    as, ``whole`` what none does; ``pairs`` (tokens x tokens, one row after the other) has the bits
    of ``Bit`` for each token to follow each other one. Where what ends a piece is its head
    (``restore.heads``), ``bracketed`` (closing brackets that are heads x gaps) says at which gaps
    the piece may end, and ``heads`` are the gaps between marks that are in reverse if they are a
    head. ``hyphens`` are tokens between two others, which begin no line and follow no stop,
    ``prefixes`` those that only a number or a Latin word makes a word.
    """

    line: Tokens
    jumped: NDArray[np.float64]
    separated: NDArray[np.float64]
    whole: NDArray[np.float64]
    pairs: NDArray[np.uint8]
    spaced: int
    singles: int
    early: int
    bracketed: NDArray[np.bool_]
    heads: NDArray[np.intp]
    hyphens: NDArray[np.bool_]
    prefixes: NDArray[np.bool_]


class Bit:
    """What can be said of two tokens that follow each other."""

    SPACE, NONE, HARD, NEXT, INNER, EMPTY, SENTENCE, STARTING = (1 << bit for bit in range(8))


# What else a document may do in all its damaged lines, or in none.
WAYS = ("jump inside", "jump at a space", "outer")
JUMPS = (*HABITS, "jump inside", "split", "jump after a final", "jump at a space")


def facts(line: Tokens) -> Facts:
    """What the price of every reading of a line depends on."""
    spaces = line.spaces[1:-1]
    single, early = spaces == 1, early_singles(spaces)
    opening = _opening(line)
    final = line.inner & (line.split == SURE_SPLIT)
    inside = line.inner & ~final
    kind, tight = kinds(line), spaces == 0
    hyphens = _hyphens(line)
    compound = _compounds(line, hyphens)
    inside |= compound
    kind[compound] = -1
    plain = (kind < 0) & ~line.inner & ~opening & ~compound
    if line.heads:
        # There are no separators, and no piece ends at a space but by a jump, beside marks as well.
        lone = (line.types != Type.WORD) & np.append(True, spaces > 0)
        plain |= (spaces > 0) & ~lone[:-1] & ~(line.ltr[:-1] | line.ltr[1:])
        plain &= ~_heads(line)
    jumped = [
        *(kind == habit for habit in range(len(HABITS))),
        inside,
        np.where(compound, COMPOUND, np.where(inside, line.split, 0)),
        final,
        plain,
    ]
    return Facts(
        line,
        np.stack(jumped, axis=1, dtype=np.float64),
        np.stack([spaces > 0, early, single & ~early], axis=1, dtype=np.float64),
        np.stack([final, opening], axis=1, dtype=np.float64),
        _pairs(line),
        int((spaces > 0).sum()),
        int(single.sum()),
        int(early.sum()),
        _bracketed(line),
        np.flatnonzero(line.heads & tight & ENDING[line.types[:-1]] & ENDING[line.types[1:]]),
        hyphens,
        np.array([PREFIX.fullmatch(line.token(at)) is not None for at in range(len(line))]),
    )


def _hyphens(line: Tokens) -> NDArray[np.bool_]:
    tight = line.spaces == 0
    inside = tight[:-1] & tight[1:] & (line.types == Type.DASH)
    inside[[0, -1]] = False
    return np.asarray(inside)


def _compounds(line: Tokens, hyphens: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which gaps are beside a hyphen that makes one of two words."""
    word = (line.types == Type.WORD) & ~line.ltr
    joining = hyphens.copy()
    joining[1:-1] &= word[:-2] & word[2:]
    return np.asarray((joining[:-1] | joining[1:]) & line.heads)


def _heads(line: Tokens) -> NDArray[np.bool_]:
    """At which gaps the white space is followed by what only ends something."""
    return np.asarray(line.heads & (line.spaces[1:-1] > 0) & ENDING[line.types[1:]])


def _bracketed(line: Tokens) -> NDArray[np.bool_]:
    gaps = len(line) - 1
    heads = (line.types[:-1] == Type.CLOSE) & (line.types[1:] == Type.OPEN) & line.heads
    places = np.flatnonzero(heads & (line.spaces[1:-1] == 0))
    within = np.zeros((len(places), gaps), np.bool_)
    for row, place in zip(within, places, strict=True):
        more = BRACKET[line.types[place + 2 :]]
        end = place + 1 + (int(more.argmax()) if more.any() else len(more))
        row[place + 2 : end] = line.spaces[place + 3 : end + 1] > 0
    return within


def early_singles(spaces: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which gaps with a single space can be the first separator, by the ``spaces`` of all gaps.

    The leftmost piece alone has no space of its own, so one separator looks like a space; it
    stands before the first double one.
    """
    return np.asarray((spaces == 1) & ~np.logical_or.accumulate(spaces > 1))


def _pairs(line: Tokens) -> NDArray[np.uint8]:
    count, types = len(line), line.types
    hard = types != Type.DASH
    words = (types == Type.WORD) & ~line.ltr
    ends = words & [line.text[stop - 1].isalpha() for stop in line.stops]
    starts = words & [line.text[start].isalpha() for start in line.starts]
    # White space after the first of the two, and nothing but letters on both sides.
    sentence = np.outer(ends & (line.spaces[1:] > 0), starts)
    following = np.eye(count, k=1, dtype=np.bool_)
    inner = np.append(line.inner, False)[:, np.newaxis]
    found = np.zeros((count, count), np.uint8)
    for bit, there in (
        (Bit.SPACE, line.wanted == 1),
        (Bit.NONE, line.wanted == 0),
        (Bit.HARD, np.outer(hard, hard)),
        (Bit.NEXT, following),
        (Bit.INNER, np.broadcast_to(inner, following.shape)),
        (Bit.EMPTY, np.outer(types == Type.OPEN, types == Type.CLOSE)),
        (Bit.SENTENCE, sentence),
        (Bit.STARTING, np.broadcast_to(STARTING[types][:, np.newaxis], following.shape)),
    ):
        found[there] |= bit
    return found.ravel()


def likely_jumps(line: Tokens) -> NDArray[np.bool_]:
    """At which of the gaps between tokens a jump of the pen is likely."""
    tight = line.spaces[1:-1] == 0
    marks = TIGHT[line.types]
    near = marks[:-1] | marks[1:] | line.inner
    odd = anomalies(line)
    likely = tight & (near | odd | line.ltr[:-1] | line.ltr[1:]) | _heads(line)
    if line.traced or odd.any() or wrong_start(line):
        # Numbers are painted on their own, from left to right.
        likely |= line.ltr[:-1] != line.ltr[1:]
    return np.asarray(likely)


def likely_cuts(line: Tokens) -> NDArray[np.bool_]:
    """At which of the gaps between tokens a cut is likely: at jumps, and at spaces beside marks."""
    return np.asarray(likely_jumps(line) | (kinds(line) >= 0))


def kinds(line: Tokens) -> NDArray[np.int8]:
    """Which of ``HABITS`` each gap between tokens falls under; -1 for none."""
    found = gap_kinds(line.types, line.quotes, line.ltr)
    found[marks_before_numbers(line)] = HABITS.index("jump at a mark")
    # Marks at the start of a line have a price of their own.
    found[_opening(line) | line.inner] = -1
    return found


def gap_kinds(
    types: NDArray[np.int8], quotes: NDArray[np.int8], ltr: NDArray[np.bool_]
) -> NDArray[np.int8]:
    """The same, for tokens inside of a line, of which none is cut in two."""
    found = np.full(len(types) - 1, -1, np.int8)
    left, right = types[:-1], types[1:]
    for habit, kind in ((4, Type.DASH), (3, Type.MARK), (2, Type.QUOTE)):
        found[(left == kind) | (right == kind)] = habit
    found[(quotes[:-1] < 0) | (quotes[1:] > 0)] = 2
    found[BRACKET[left] | BRACKET[right]] = 1
    found[ltr[:-1] != ltr[1:]] = 0
    return found


def _opening(line: Tokens) -> NDArray[np.bool_]:
    neutral = LONE[line.types]
    tight = line.spaces[1:-1] == 0
    return np.asarray(np.logical_and.accumulate(neutral[:-1] & tight))


def anomalies(line: Tokens) -> NDArray[np.bool_]:
    """At which gaps a space is lacking, or two words may be one."""
    following = line.wanted[np.arange(len(line) - 1), np.arange(1, len(line))]
    sure = ~line.inner | (line.split == SURE_SPLIT)
    return np.asarray((line.spaces[1:-1] == 0) & (following == 1) & sure)


def wrong_start(line: Tokens) -> bool:
    """Whether the line begins with a mark that only ends something."""
    return line.types[0] in (Type.MARK, Type.CLOSE)


def marks_before_numbers(line: Tokens) -> list[int]:
    """The marks, as indices of tokens, that are painted alone with the number behind: `` .4``."""
    if line.heads or not line.ltr.any():
        return []
    apart = line.spaces > 0
    apart[-1] = True
    found = (line.types[:-1] == Type.MARK) & line.ltr[1:]
    found &= apart[:-2] & ~apart[1:-1] & apart[2:]
    found[:1] = False
    return np.flatnonzero(found).tolist()
