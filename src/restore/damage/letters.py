"""Lines whose letters stand in reverse: ``םולש`` for ``שלום``.

An extractor that knows nothing of right-to-left scripts gives the letters of a line as they are
seen, from left to right (*visual order*). Words tell it: how often a word is written against how
often its mirror image is, and letters that only end a word. An extractor does so in the whole
document or only on some of its lines, and the share of such lines is learned from the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import regex

from restore.bidi import read_order
from restore.change import Arrange, Finding
from restore.evidence import Evidence, chances
from restore.model import Document, Span
from restore.points import misplaced, moved
from restore.tokens import EARLY_POINTS, HEBREW, LAST_POINTS, POINT, POINTS, markup

REVERSED_LETTERS = "reversed-letters"

WORD = regex.compile(rf"[{HEBREW}][{HEBREW}{POINTS}]*(?:[\"״'׳][{HEBREW}]+)*")
SIGNS = regex.compile(rf"[{POINTS}\"״'׳]")
# Gershayim stand before the last letter of a word; in a reversed word after the first.
GERSHAYIM_LAST = regex.compile(
    rf"[{HEBREW}{POINTS}]*[{HEBREW}][{POINTS}]*[\"״][{HEBREW}][{POINTS}]*"
)
# A prefix stands so before a quotation as well, ה"צופה", so its letters say nothing.
GERSHAYIM_FIRST = regex.compile(
    rf"[[{HEBREW}]--[ובכלמשה]][{POINTS}]*[\"״][{HEBREW}{POINTS}]*", regex.VERSION1
)
SHARE, WORTH = 0.002, 4.0  # of lines that are reversed, and how many lines that guess is worth
MOST_POINTED = 400  # reversed lines with points that are read both ways
HAS_POINT = regex.compile(POINT)
LONGEST_WORD = 30  # letters; what is longer is no word
REMEMBERED = 30_000  # words, before those of a document are added
MOST_FROM_WORD = 6.0  # nats
MOST_FROM_LONG = 4.0  # nats, for each word of three letters or more; one word turns no line around
FINAL = 4.0  # nats that a final letter at the wrong end says, and more where it says it of both
ABBREVIATION = 3.0  # nats that gershayim at the wrong end say; a guess
WEIGHT = 0.8  # words of a line are not independent of each other; a guess
SURE_OF_ORDER = 0.93  # that a line comes out right whose letters were turned: its marks may not


def find_reversed_letters(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the lines of a document whose letters stand in reverse."""
    found = [(place, WORD.findall(line.text)) for place, line in document.placed()]
    places = [place for place, words in found if words]
    said = _reversed({word for _, words in found for word in words}, evidence)
    scores = [
        min(
            # What a word says it says once, however often it is there.
            WEIGHT * sum(map(said.__getitem__, set(words))),
            MOST_FROM_LONG * sum(len(word) > 2 for word in set(words)),
        )
        for _, words in found
        if words
    ]
    if not any(score > 0 for score in scores):
        return
    likely = chances(scores, SHARE, WORTH)
    lines = [document.at(place) for place in places]
    turned = [line.text for line, chance in zip(lines, likely, strict=True) if chance > 0.5]
    marks_first = _marks_first(turned)
    for place, line, chance in zip(places, lines, likely, strict=True):
        if chance > 0.5:
            reason = "the letters of the line stand in reverse"
            action = Arrange(_turned(line.text, marks_first))
            yield Finding(REVERSED_LETTERS, place, action, reason, SURE_OF_ORDER * chance)


def _turned(text: str, marks_first: bool) -> tuple[Span, ...]:
    """The order of a line whose letters stand in reverse, but for the ``markup`` it begins with."""
    first = markup(text)
    order = read_order(text[first:], marks_first)
    begins = (Span(0, first),) if first else ()
    return (*begins, *(Span(start + first, stop + first, step) for start, stop, step in order))


def _reversed(words: Iterable[str], evidence: Evidence) -> dict[str, float]:
    """How much likelier each word is turned around than as it stands, in nats."""
    finals = evidence.language.finals
    told = evidence.turned
    if len(told) > REMEMBERED:
        told.clear()
    others: dict[str, str] = {}
    # Words come again, in each round and in each part of a text.
    for word in words:
        if word in told:
            continue
        plain = SIGNS.sub("", word)
        if not 2 <= len(plain) <= LONGEST_WORD or plain == plain[::-1]:
            told[word] = 0.0
        elif plain[0] in finals or plain[-1] in finals:
            told[word] = FINAL * ((plain[0] in finals) - (plain[-1] in finals))
        elif GERSHAYIM_LAST.fullmatch(word) or GERSHAYIM_FIRST.fullmatch(word):
            last, first = GERSHAYIM_LAST.fullmatch(word), GERSHAYIM_FIRST.fullmatch(word)
            told[word] = ABBREVIATION * ((first is not None) - (last is not None))
        else:
            others[word] = plain
    stands = np.log(evidence.frequencies(list(others.values())))
    said = np.log(evidence.frequencies([plain[::-1] for plain in others.values()])) - stands
    told.update(zip(others, said.clip(-MOST_FROM_WORD, MOST_FROM_WORD).tolist(), strict=True))
    return told


def _marks_first(lines: list[str]) -> bool:
    """Whether the points of reversed lines stand before their letters, by what grammar allows.

    Each reversed line is read both ways: character by character, and letter by letter with its
    points.
    """
    pointed = [line for line in lines if HAS_POINT.search(line)][:MOST_POINTED]
    first, after = (
        sum(misplaced(moved(line, read_order(line, way))) for line in pointed)
        for way in (True, False)
    )
    if first == after:
        orphans = sum(len(EARLY_POINTS.findall(line)) for line in pointed)
        return orphans > sum(len(LAST_POINTS.findall(line)) for line in pointed)
    return first < after
