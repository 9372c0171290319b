"""Letters that OCR took for others: ``דגר`` for ``דבר``, where a known passage says so.

Some Hebrew letters differ in a stroke. Where a long quote of a known work stands exactly but for
one or two such letters, the letter of the work is proposed. An author may quote freely, and
editions differ in such letters too, so it is made only in texts that are marked as read by OCR;
in all others it is a doubt.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, combinations, product
from math import exp, log

import numpy as np
import regex

from restore.change import Edit, Finding
from restore.evidence import Evidence
from restore.model import FURNITURE, Document, Place
from restore.tokens import HEBREW
from restore.works.fingerprints import Units, encoded, fingerprints, words_of
from restore.works.quotes import Quote

CONFUSED_LETTERS = "confused-letters"

GROUPS = ("דר", "הח", "וזן", "םס", "בכ")
OTHERS = {
    letter: tuple(other for other in group if other != letter)
    for group in GROUPS
    for letter in group
}
ONLY_LAST = frozenset("םן")
LETTER_AFTER = regex.compile(rf".[^{HEBREW}]*[{HEBREW}]")
LONG = 6  # words that stand exactly in the work, besides those with such a letter
MOST_LETTERS = 2  # of a quote
# Shares of the words of long quotes that have such a letter. In 124,607 such words of
# he-rabbinic, which nobody scanned for the purpose, 48 had one: editions and errors of texts. In
# the same texts with one letter in 300 misread, 2.3 in 1,000 had one.
VARIANT = 3.9e-4
MISREAD, WORTH = 2.3e-3, 1000.0  # where letters were read by OCR; words that this guess is worth
# What the word of the work being so many nats more frequent than the one that stands there says
# for a misreading, in nats: counted in the same texts.
RATIOS = (-2.0, -0.5, 2.5, 4.5)
SAID = (-2.5, -1.0, -0.6, 2.1)


@dataclass(frozen=True, slots=True)
class _Word:
    """A unit of a text: where it begins, and how it stands there."""

    place: Place
    start: int
    text: str


@dataclass(frozen=True, slots=True)
class _Words:
    """The units of the lines of a document, and where in their text each of its lines begins."""

    units: Units
    places: list[Place]
    begins: list[int]

    @classmethod
    def of(cls, document: Document) -> _Words:
        """Those of all lines but furniture."""
        lines = [
            (place, line.text) for place, line in document.placed() if line.kind not in FURNITURE
        ]
        begins = accumulate((len(text) + 1 for _, text in lines), initial=0)
        units = Units("\n".join(text for _, text in lines))
        return cls(units, [place for place, _ in lines], list(begins))

    def at(self, number: int) -> _Word:
        """One unit."""
        start = int(self.units.spans[number, 0])
        line = bisect_right(self.begins, start) - 1
        return _Word(self.places[line], start - self.begins[line], self.units[number])


@dataclass(frozen=True, slots=True)
class _Misread:
    """A word of a quote, as it should be; ``ratio`` is how much more frequent that is, in nats."""

    word: _Word
    text: str
    ratio: float
    source: str


def find_confused_letters(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the letters of a document that known passages have otherwise, as OCR confuses them."""
    words = _Words.of(document)
    misread: dict[Place, list[_Misread]] = defaultdict(list)
    quoted = count = 0
    for quote in evidence.quotes.find(words.units):
        found, length = _misread(words, quote, evidence)
        quoted += length
        count += len(found)
        for each in found:
            misread[each.word.place].append(each)
    share = VARIANT
    if document.source.ocr:
        share = (count + MISREAD * WORTH) / (quoted + WORTH)
    for place, found in misread.items():
        yield _finding(place, found, document, share)


def _misread(words: _Words, quote: Quote, evidence: Evidence) -> tuple[list[_Misread], int]:
    """The words of a long quote with a letter that OCR confuses, and how many words it has.

    Nothing of a quote that differs from the work in anything else, or is not long.
    """
    units = words.units[quote.start : quote.stop]
    codes, owners = encoded(units)
    known = evidence.quotes.standing(quote, len(codes))
    if len(known) < len(codes):
        return [], 0
    wrong = np.flatnonzero(codes != known).tolist()
    if len(wrong) > MOST_LETTERS or len(codes) - len(wrong) < LONG:
        return [], 0
    found = []
    letters = MOST_LETTERS - len(wrong) + 1
    for at in wrong:
        word = words.at(quote.start + int(owners[at]))
        better = _best(word.text, int(known[at]), letters, evidence)
        if better is None:
            return [], len(codes)
        found.append(_Misread(word, *better, quote.place))
    return found, len(codes)


def _best(unit: str, code: int, letters: int, evidence: Evidence) -> tuple[str, float] | None:
    """What a unit is with as few letters confused as give a word with a fingerprint.

    Of several the most frequent; with it goes by how many nats it is more frequent than the unit.
    """
    if len(fingerprints(unit)) != 1:
        return None
    for count in range(1, letters + 1):
        fitting = {text for text in _confused(unit, count) if fingerprints(text) == (code,)}
        if fitting:
            odds = {text: log(evidence.frequency(words_of(text)[0])) for text in fitting}
            best = max(sorted(odds), key=odds.__getitem__)
            return best, odds[best] - log(evidence.frequency(words_of(unit)[0]))
    return None


def _confused(unit: str, count: int) -> Iterator[str]:
    """A unit with so many of its letters taken for others."""
    places = [at for at, letter in enumerate(unit) if letter in OTHERS]
    for chosen in combinations(places, count):
        for others in product(*(OTHERS[unit[at]] for at in chosen)):
            changed = dict(zip(chosen, others, strict=True))
            if not any(
                other in ONLY_LAST and LETTER_AFTER.match(unit, at) for at, other in changed.items()
            ):
                yield "".join(changed.get(at, letter) for at, letter in enumerate(unit))


def _finding(place: Place, found: list[_Misread], document: Document, share: float) -> Finding:
    line = document.at(place)
    text = line.text
    for each in found:
        start = each.word.start
        text = text[:start] + each.text + text[start + len(each.text) :]
    changed = [at for at, (old, new) in enumerate(zip(line.text, text, strict=True)) if old != new]
    start, stop = changed[0], changed[-1] + 1
    sure = min(_sure(each.ratio, share) for each in found)
    reason = "; ".join(
        f"{words_of(each.word.text)[0]} is {words_of(each.text)[0]} in {each.source}"
        for each in found
    )
    return Finding(CONFUSED_LETTERS, place, Edit(start, stop, text[start:stop]), reason, sure)


def _sure(ratio: float, share: float) -> float:
    """How likely a word was misread, and is no variant of an author or an edition."""
    odds = log(share / VARIANT) + float(np.interp(ratio, RATIOS, SAID))
    return 1 / (1 + exp(-odds))
