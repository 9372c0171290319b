"""Where the spaces of a line belong, if those it has cannot be trusted.

A line without its spaces is a chain of letters, numbers and marks. It is cut into words in all
ways that can be (dynamic programming over the places between letters, the best few cuts of each
beginning kept), by how often each word is written; marks have their own rules for what stands
beside them. Which of the best cuts it is, the pair model tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import merge
from itertools import accumulate
from math import exp, log
from typing import NamedTuple

import numpy as np
import regex

from restore.evidence import NOTHING, UNKNOWN_LETTER, UNKNOWN_WORD, Evidence
from restore.model import Inserted, Piece, Span
from restore.points import MAQAF, accented, no_word, vocalised
from restore.tokens import HEBREW, POINTS

KEPT = 12  # best cuts of each beginning of a line
LONGEST_WORD = 15  # letters
FOLLOWS = 0.5  # weight of the pair model beside the frequencies of words

ATOM = regex.compile(
    rf"(?P<letter>[{HEBREW}][{POINTS}]*)|(?P<number>\d|%)|(?P<latin>[\p{{L}}--[{HEBREW}]])|\S",
    regex.VERSION1,
)
QUOTES, GERESHES, HYPHENS, DASHES = '"״”“„', "'׳’", "-‑", "–—׀"
CLOSERS, OPENERS = ".,:;!?)]}…", "([{"
INSIDE_PLACES = ".:"
INSIDE_NUMBERS, INSIDE_LATIN = ".,:/", ".@/_:+&"
CLITICS = regex.compile("[והבלמשכד]{1,3}")
LONE_LETTER, PREFIX = 1e-8, 1e-3  # share of a letter that stands alone; of one before a hyphen
FINAL_INSIDE = 1e-5  # how much rarer a word is with a final letter inside
# Least share of a word, of one with gershayim before its last letter or a geresh at its end, and
# how much smaller it is with each letter: a letter alone says 2.9 nats. Guesses.
UNKNOWN, ABBREVIATED, EACH_LETTER = 1e-3, 3e-4, 0.055

# Nats against a hyphen between words, one after a prefix, a dash, an opening quotation mark that
# hangs on a prefix, a bracket that hangs on a number, a quotation that was opened before the line,
# a stop or colon inside a place of a book (כח.טו); guesses.
TIGHT, PREFIXED, SPACED, HUNG, SECTION, UNOPENED, PLACE = 1.5, 0.1, 1.0, 2.0, 1.0, 1.0, 3.0


class Gaps(NamedTuple):
    """Nats against taking a space out, and against putting one in."""

    out: float
    into: float


@dataclass(frozen=True, slots=True)
class Spaced:
    """A line with its spaces as they may belong, and how likely that is among all its cuts."""

    text: str
    share: float


class _Points(NamedTuple):
    """Whether the points of a line can tell its words, and whether its accents can."""

    vowels: bool
    accents: bool


class _Way(NamedTuple):
    """A way to cut the beginning of a line: its price (nats), text, and what it ends with."""

    price: float
    text: str
    last: str  # kind of the last unit: word, number, closer, opener, tight, or "" at the start
    quoted: bool


@lru_cache(maxsize=1 << 13)  # lines come again in each round
def spaced(line: str, evidence: Evidence, gaps: Gaps) -> Spaced:
    """The line as its spaces belong, judged by its words."""
    atoms = list(ATOM.finditer(line))
    if not atoms:
        return Spaced(line, 1.0)
    evidence.count(_candidates(atoms))
    # For each place the ways to get there by each unit that ends at it, the best first.
    ways: list[list[Iterable[_Way]]] = [[] for _ in range(len(atoms) + 1)]
    ways[0] = [[_Way(0.0, "", "", False)]]
    points = _Points(vocalised(line), accented(line))
    gapped = [0, 0, *accumulate(_gap(atoms, at) for at in range(1, len(atoms)))]
    for at in range(len(atoms)):
        best = _best(ways[at])
        given = at > 0 and _gap(atoms, at)
        heads: dict[str, list[_Way]] = {}
        for stop, kind, share in _units(atoms, at, points, evidence):
            price = gaps.out * (gapped[stop] - gapped[at + 1]) - log(share)
            text = "".join(atom.group() for atom in atoms[at:stop])
            if kind not in heads:
                found = (head for way in best for head in _heads(way, kind, given, gaps))
                heads[kind] = sorted(found)
            ways[stop].append(_on(heads[kind], price, text))
    return _chosen(_best(ways[-1], whole=True), line, evidence)


def _candidates(atoms: list[regex.Match[str]]) -> set[str]:
    """All that may be a word of a line, without its points."""
    letters = (atom.group()[0] if atom.lastgroup == "letter" else " " for atom in atoms)
    return {
        run[at:stop]
        for run in "".join(letters).split(" ")
        for at in range(len(run))
        for stop in range(at + 2, min(at + LONGEST_WORD, len(run)) + 1)
    }


def _on(heads: list[_Way], price: float, text: str) -> Iterator[_Way]:
    """The ways on with a unit; few of them are asked for."""
    for cost, head, last, quoted in heads:
        yield _Way(cost + price, head + text, last, quoted)


def _best(ways: list[Iterable[_Way]], whole: bool = False) -> list[_Way]:
    """The best ways, each once; of a ``whole`` line two are the same if their texts are."""
    found: dict[tuple[str, str, bool], _Way] = {}
    for way in merge(*ways):
        found.setdefault((way.text, "", False) if whole else way[1:], way)
        if len(found) == KEPT:
            break
    return list(found.values())


def _gap(atoms: list[regex.Match[str]], at: int) -> bool:
    return atoms[at].start() > atoms[at - 1].end()


def _units(
    atoms: list[regex.Match[str]], at: int, points: _Points, evidence: Evidence
) -> Iterator[tuple[int, str, float]]:
    """The units that can begin at an atom: where each stops, its kind, and its share of words."""
    kind = atoms[at].lastgroup
    if kind == "letter":
        yield from _words(atoms, at, points, evidence)
    elif kind in ("number", "latin"):
        yield _run(atoms, at), "number", 1.0
    else:
        mark = atoms[at].group()
        if mark in QUOTES:
            yield at + 1, "quote", 1.0
        elif mark in HYPHENS:
            yield at + 1, "hyphen", 1.0
        elif mark == MAQAF:
            yield at + 1, "maqaf", 1.0
        elif mark in DASHES:
            yield at + 1, "dash", 1.0
        else:
            yield at + 1, "opener" if mark in OPENERS else "closer", 1.0


def _words(
    atoms: list[regex.Match[str]], at: int, points: _Points, evidence: Evidence
) -> Iterator[tuple[int, str, float]]:
    plain = ""
    for stop in range(at + 1, min(at + LONGEST_WORD, len(atoms)) + 1):
        if atoms[stop - 1].lastgroup != "letter":
            return
        plain += atoms[stop - 1].group()[0]
        mark = atoms[stop].group() if stop < len(atoms) else ""
        prefix = mark in HYPHENS and mark and CLITICS.fullmatch(plain)
        share = PREFIX if prefix else _share(plain, evidence)
        if points.vowels:
            word = "".join(atom.group() for atom in atoms[at:stop])
            share *= exp(-no_word(word, points.accents, mark == MAQAF))
        yield stop, "word", share
        if mark in GERESHES and mark:
            yield stop + 1, "word", _abbreviated(f"{plain}'", evidence)
        if mark in QUOTES and mark and stop + 1 < len(atoms):
            last = atoms[stop + 1]
            if last.lastgroup == "letter":
                yield stop + 2, "word", _abbreviated(f'{plain}"{last.group()[0]}', evidence)


@lru_cache(maxsize=1 << 16)
def _share(word: str, evidence: Evidence) -> float:
    if len(word) == 1:
        return LONE_LETTER
    if any(letter in evidence.language.finals for letter in word[:-1]):
        return UNKNOWN * FINAL_INSIDE * EACH_LETTER ** len(word)
    return _known(word, evidence) or UNKNOWN * EACH_LETTER ** len(word)


@lru_cache(maxsize=1 << 14)
def _abbreviated(word: str, evidence: Evidence) -> float:
    return max(_known(word, evidence), ABBREVIATED * EACH_LETTER ** (len(word) - 1))


def _known(word: str, evidence: Evidence) -> float:
    """The share of a word that is in the list of words, alone or after a clitic; or nothing."""
    share = evidence.frequency(word)
    return share if share > 1.001 * UNKNOWN_WORD * UNKNOWN_LETTER ** len(word) else 0.0


def _run(atoms: list[regex.Match[str]], at: int) -> int:
    """Where the number or the Latin word that begins at an atom stops."""
    kind, stop = atoms[at].lastgroup, at + 1
    inside = INSIDE_NUMBERS if kind == "number" else INSIDE_LATIN
    while stop < len(atoms):
        if atoms[stop].lastgroup in ("number", "latin") and not (
            kind == "latin" and _gap(atoms, stop)
        ):
            stop += 1
        elif (
            atoms[stop].group() in inside
            and stop + 1 < len(atoms)
            and atoms[stop + 1].lastgroup == kind
            and not (_gap(atoms, stop) and not _gap(atoms, stop + 1))
        ):
            stop += 2
        else:
            break
    return stop


def _heads(way: _Way, kind: str, given: bool, gaps: Gaps) -> Iterator[_Way]:
    """The ways on before a unit of a kind is put after a way, with a space or without."""
    for space, cost, last, quoted in _hung(way, kind):
        if way.last and space != given:
            cost += gaps.into if space else gaps.out
        yield _Way(way.price + cost, way.text + " " * space, last, quoted)


def _hung(way: _Way, kind: str) -> Iterator[tuple[bool, float, str, bool]]:
    """How a unit of a kind can hang on a way.

    Each is: whether with a space, its price, and what the longer way ends with and is like.
    """
    last, quoted = way.last, way.quoted
    apart = last not in ("", "opener", "tight")  # a space is usual
    prefix = last == "word" and CLITICS.fullmatch(way.text.rsplit(" ", 1)[-1])
    if kind in ("word", "number", "opener"):
        yield apart, 0.0, kind, quoted
        if kind == "opener" and last in ("number", "closer"):
            yield False, SECTION, kind, quoted
        elif last == "closer" and way.text[-1] in INSIDE_PLACES:
            yield False, PLACE, kind, quoted
    elif kind == "closer":
        yield False, 0.0, kind, quoted
    elif kind == "maqaf":
        yield False, 0.0, "tight", quoted
    elif kind == "quote":
        yield from _quote(quoted, apart, bool(prefix))
    elif kind == "hyphen" and last == "word":
        yield False, PREFIXED if prefix else TIGHT, "tight", quoted
        yield True, SPACED, "word", quoted
    else:
        yield apart, SPACED, "word", quoted


def _quote(quoted: bool, apart: bool, prefix: bool) -> Iterator[tuple[bool, float, str, bool]]:
    if quoted:
        yield False, 0.0, "closer", False
        return
    yield apart, 0.0, "opener", True
    if apart:
        yield False, UNOPENED, "closer", False
    if prefix:
        yield False, HUNG, "opener", True


def _chosen(ways: list[_Way], line: str, evidence: Evidence) -> Spaced:
    if not ways:
        return Spaced(line, 0.0)
    triples: list[tuple[int, int, int]] = []
    owners: list[int] = []
    for number, way in enumerate(ways):
        rows = [NOTHING, *map(evidence.row, way.text.split())]
        triples += zip(rows, rows[1:], rows[2:], strict=False)
        owners += [number] * (len(rows) - 2)
    nats = np.array([-way.price for way in ways])
    if triples:
        two, one, itself = np.array(triples, np.intp).T
        nats += FOLLOWS * np.bincount(owners, evidence.follows(two, one, itself), len(ways))
    best = int(nats.argmax())
    return Spaced(ways[best].text, float(1 / np.exp(nats - nats.max()).sum()))


def pieces(line: str, text: str) -> tuple[Piece, ...]:
    """A line as stretches of it that make up ``text``, which has the same letters and marks."""
    found: list[Piece] = []
    at = 0
    for character in text:
        if character.isspace():
            if line[at : at + 1].isspace():
                found = _with(found, at)
                at += 1
            else:
                found.append(Inserted(character))
            continue
        while line[at].isspace():
            at += 1
        found = _with(found, at)
        at += 1
    return tuple(found)


def _with(found: list[Piece], at: int) -> list[Piece]:
    last = found[-1] if found else None
    if isinstance(last, Span) and last.stop == at:
        found[-1] = Span(last.start, at + 1)
    else:
        found.append(Span(at, at + 1))
    return found


__all__ = ["Gaps", "Spaced", "pieces", "spaced"]
