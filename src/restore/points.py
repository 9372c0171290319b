"""Vowel points and accents of Hebrew: on which letters they can stand, and how they are moved.

A combining mark follows its letter (The Unicode Standard, section 3.6, D52). Which points a letter
can have is grammar: a dot of shin stands on shin alone, gutturals take no dagesh, most letters at
the end of a word no vowel, no letter two vowels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from unicodedata import combining

import regex

from restore.model import Span
from restore.pieces import stretches
from restore.tokens import HEBREW, POINT

MAQAF = "־"
DAGESH, HOLAM, SHIN_DOTS = "\u05bc", "\u05b9\u05ba", "\u05c1\u05c2"
PAINTED_INSIDE = frozenset(DAGESH + HOLAM + SHIN_DOTS)  # or above: not under the letter
VOWELS = frozenset(map(chr, range(0x5B0, 0x5BC))) | {"\u05c7"}

ALL_POINTS = frozenset(c for c in map(chr, range(0x591, 0x5C8)) if combining(c))
# Possessive, and never begun inside a run of points: a line may be nothing but points.
BEFORE = regex.compile(rf"(?<!{POINT}){POINT}++(?=[{HEBREW}])")
EARLY = regex.compile(rf"(?<![{HEBREW}]|{POINT}){POINT}++(?=[{HEBREW}])")
# Of a word that has points: where others have none, a point alone may be what the text speaks of.
PARTED = regex.compile(
    rf"(?<![{HEBREW}]|{POINT})(?:[{HEBREW}]*+{POINT}++)+[{HEBREW}]++{POINT}*+"
    rf"(?=([ \u00a0])({POINT}++))"
)
WORD = regex.compile(rf"(?:[{HEBREW}]|{POINT})+")
CLUSTER = regex.compile(rf"([{HEBREW}]?)({POINT}*)")
NO_DAGESH, NO_DAGESH_INSIDE = frozenset("אחער"), frozenset("ה")
# Letters that may have a vowel at the end of a word: kamatz of ך, ת and ן, patah of ח and ע, shva
# of some, and those that mark the vowel before them.
LAST_VOWELS = {
    "ך": "\u05b0\u05b8", "ת": "\u05b8\u05b0", "ן": "\u05b8", "נ": "\u05b8", "ח": "\u05b7",
    "ע": "\u05b7", "ה": "\u05b7", "ו": HOLAM, "ד": "\u05b0", "ט": "\u05b0", "ק": "\u05b0",
    "ב": "\u05b0", "פ": "\u05b0", "א": "\u05b9",
}  # fmt: skip

# Nats against a point where grammar has none; guesses.
ORPHAN, WRONG_DOT, WRONG_DAGESH, TWO_VOWELS, LAST_VOWEL, BEFORE_VAV = 3.0, 4.0, 2.0, 3.0, 1.5, 0.7

# And against a word that cannot be one; guesses. A word begins with a letter that has a vowel, or
# with a vav that is one; it has an accent, where there are any, and seldom two.
BARE_FIRST, LONE_LETTER, NO_ACCENT, TWO_ACCENTS = 4.0, 6.0, 3.0, 1.5
BARE_INSIDE, VAV_FIRST = 3.0, 2.0
VERSION = regex.VERSION1
NO_VOWEL = f"(?![{''.join(sorted(VOWELS))}]){POINT}"
_VAV = rf"ו(?:{POINT})*?[{DAGESH}{HOLAM}]"
VOWEL_VAV = regex.compile(rf"ו(?:{POINT})*?[{HOLAM}]")
FIRST_VOWEL = regex.compile(
    rf"(?:ו(?:{POINT})*?{DAGESH})|[{HEBREW}](?:{POINT})*?(?:[{''.join(VOWELS)}]|(?:{POINT})*{_VAV})"
)
# A letter inside a word that has no vowel though it is none itself, and "and" before a letter where
# it is not written as a vowel (Gesenius, Hebrew Grammar, section 26 a).
INSIDE = regex.compile(
    rf"(?<=[{HEBREW}](?:{POINT})*)[{HEBREW}--אהוי](?:{NO_VOWEL})*(?=[{HEBREW}])(?!{_VAV})", VERSION
)
AND = regex.compile(
    rf"ו(?:{POINT})*?{DAGESH}(?:{POINT})*[{HEBREW}--במפ](?!{POINT}*\u05b0)", VERSION
)
MOSTLY = 0.4  # share of letters with points from which on a text is vocalised; a guess
SOME = 0.1  # share of letters with accents from which on it has them; a guess
_LETTER = regex.compile(rf"[{HEBREW}]")
_POINTED = regex.compile(rf"[{HEBREW}](?={POINT})")
ACCENT = regex.compile("[\u0591-\u05ae]")
ACCENTED = regex.compile("[\u0591-\u05ae\u05bd]")  # and silluq, before the end of a verse

Move = Callable[[str], list[Span]]


def vocalised(text: str) -> bool:
    """Whether the letters of a text have their vowels."""
    return len(_POINTED.findall(text)) > MOSTLY * len(_LETTER.findall(text))


def accented(text: str) -> bool:
    """Whether the words of a text have their accents."""
    return len(ACCENT.findall(text)) > SOME * len(_LETTER.findall(text))


def begins_bare(word: str) -> bool:
    """Whether the first letter of a word of vocalised text has no vowel, nor a vav that is one."""
    return VOWEL_VAV.match(word) is not None or FIRST_VOWEL.match(word) is None


def no_word(word: str, accents: bool, bound: bool) -> float:
    """What the points of a word of vocalised text speak against its being one, in nats.

    ``accents`` says that its text has accents, ``bound`` that a maqaf follows, which needs none.
    """
    nats = _misplaced(word) + BARE_FIRST * begins_bare(word)
    nats += LONE_LETTER * (len(_LETTER.findall(word)) == 1)
    nats += BARE_INSIDE * len(INSIDE.findall(word)) + VAV_FIRST * (AND.match(word) is not None)
    if accents:
        nats += NO_ACCENT * (not bound and ACCENTED.search(word) is None)
        nats += TWO_ACCENTS * max(len(set(ACCENT.findall(word))) - 1, 0)
    return nats


def misplaced(text: str) -> float:
    """What the points of a text speak against the places where they stand, in nats."""
    return sum(_misplaced(word.group()) for word in WORD.finditer(text))


@lru_cache(maxsize=1 << 16)  # words come again, moved in several ways, in each round
def _misplaced(word: str) -> float:
    clusters = [found.groups() for found in CLUSTER.finditer(word) if found.group()]
    nats = 0.0
    for place, (letter, points) in enumerate(clusters):
        if not points:
            continue
        if not letter:
            nats += ORPHAN
            continue
        last = place == len(clusters) - 1
        following = clusters[place + 1] if not last else ("", "")
        nats += _on_letter(letter, points, last, following)
    return nats


def _on_letter(letter: str, points: str, last: bool, following: tuple[str, ...]) -> float:
    vowels = [point for point in points if point in VOWELS]
    nats = WRONG_DOT * (letter != "ש") * sum(point in SHIN_DOTS for point in points)
    if DAGESH in points:
        nats += WRONG_DAGESH * (letter in NO_DAGESH or (letter in NO_DAGESH_INSIDE and not last))
    if len(vowels) > 1:
        nats += TWO_VOWELS
    elif last and vowels and letter != "ש" and not _may_end(letter, vowels[0], DAGESH in points):
        nats += LAST_VOWEL
    if any(point in HOLAM for point in vowels) and following == ("ו", ""):
        nats += BEFORE_VAV
    return nats


def no_words(text: str) -> float:
    """What the points of a vocalised text speak against all its words, in nats."""
    accents = accented(text)
    return sum(
        no_word(found.group(), accents, text[found.end() : found.end() + 1] == MAQAF)
        for found in WORD.finditer(text)
    )


@lru_cache(maxsize=1 << 13)  # lines come again, in each round
def pieces_of_words(text: str) -> tuple[int, int]:
    """How many words a text has, and if it is vocalised, how many cannot begin one."""
    words = [found.group() for found in WORD.finditer(text) if found.group()[0] not in ALL_POINTS]
    return len(words), sum(map(begins_bare, words)) if vocalised(text) else 0


def _may_end(letter: str, vowel: str, dagesh: bool) -> bool:
    """Whether a word can end in a letter with a vowel; ה with a patah has a dot, too."""
    return vowel in LAST_VOWELS.get(letter, "") and (letter != "ה" or dagesh)


def moved(text: str, pieces: Sequence[Span]) -> str:
    """The pieces of a text, one after the other; the text itself if there are none."""
    return "".join(text[piece.start : piece.stop][:: piece.step] for piece in pieces) or text


def after_letters(text: str, only: frozenset[str] | None = None) -> list[Span]:
    """Stretches of a text in the order in which each point follows the letter that it precedes.

    Only points that are in ``only``, if that is given. Empty if there is nothing to move.
    """
    early = [
        at
        for found in BEFORE.finditer(text)
        for at in range(*found.span())
        if only is None or text[at] in only
    ]
    return _after_next_letter(text, frozenset(early))


def first_after_letter(text: str) -> list[Span]:
    """The same, of the points that begin a word alone."""
    early = [at for found in EARLY.finditer(text) for at in range(*found.span())]
    return _after_next_letter(text, frozenset(early))


def after_last_letter(text: str) -> list[Span]:
    """The same, points that begin a word put after the last letter of the word before it."""
    order: list[int] = []
    at = 0
    for found in PARTED.finditer(text):
        order += range(at, found.start(1))
        order += range(*found.span(2))
        # A point with a space on each side was parted from its letter by one of them.
        order += (
            range(*found.span(1)) if not text[found.end(2) : found.end(2) + 1].isspace() else ()
        )
        at = found.end(2)
    return _spans(text, [*order, *range(at, len(text))]) if at else []


def _after_next_letter(text: str, early: frozenset[int]) -> list[Span]:
    """A text with the points at ``early`` after the letters that follow them.

    The points of such a letter come out in canonical order (The Unicode Standard, D108).
    """
    if not early:
        return []
    order: list[int] = []
    held: list[int] = []
    got = False  # whether points were put after the letter before
    start = 0  # where in ``order`` the points of that letter begin

    def close() -> None:
        if got:
            order[start:] = sorted(order[start:], key=lambda at: combining(text[at]))

    for at, character in enumerate(text):
        if at in early:
            held.append(at)
        elif character in ALL_POINTS:
            order.append(at)
        else:
            close()
            order.append(at)
            got, start = bool(held), len(order)
            order += held
            held = []
    close()
    return _spans(text, order + held)


def _spans(text: str, order: list[int]) -> list[Span]:
    """The places of characters as few stretches; empty if they stand in that order already."""
    return stretches(order) if order != list(range(len(text))) else []
