"""Words that no list has, and that a letter which OCR takes for another makes a frequent one.

Of 19,568 words of true Hebrew texts 12 look like that by chance. Of 11,026 words that Tesseract
read off pages of all kinds 119 did, all of them wrong, and for 108 this gives the right one.
So a document tells by itself: if it has more such words than so many true words would, most are
misread, and each pair of letters that is often taken for each other is told apart from the rest.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import regex

from restore.change import Edit, Finding
from restore.evidence import Evidence
from restore.frequencies import Frequencies, frequencies
from restore.model import FURNITURE, Document, Place
from restore.tokens import HEBREW

MISREAD_WORDS = "misread-words"

GROUPS = ("סם", "גנ", "הח", "בכ", "וזן", "דר", "וי")
OTHERS = {
    letter: tuple(other for other in group if other != letter)
    for group in GROUPS
    for letter in group
}
JOINED = {"ץ": "ין"}  # last letters that are read as one
ONLY_LAST, NOT_LAST = frozenset("ךםןףץ"), frozenset("כמנפצ")
_INSIDE = rf"[{HEBREW}\u0591-\u05c7]|[\"״'׳](?=[{HEBREW}])"
_BEFORE = rf"(?<![{HEBREW}\u0591-\u05c7])(?<![{HEBREW}][\"״'׳])"
WORD = regex.compile(rf"{_BEFORE}[{HEBREW}]{{3,}}(?!{_INSIDE})")  # without points and gershayim
FREQUENT = 1e-6  # share of all words; of rarer ones as many look so by chance
BY_CHANCE = 12 / 19_568 / 7  # share of true words that look misread, for each of the groups
MOST_SURE = 0.99  # what the dictionary says is never more sure; a guess


class _Misread(NamedTuple):
    place: Place
    start: int
    text: str
    better: str
    pair: str


def find_misread_words(document: Document, evidence: Evidence) -> Iterator[Finding]:
    """Find the words of pages read by OCR that one letter makes frequent ones."""
    if not evidence.language.frequencies:
        return
    known = frequencies(evidence.language.frequencies)
    words = 0
    found: dict[Place, list[_Misread]] = defaultdict(list)
    for place, line in document.placed():
        if line.kind in FURNITURE or not document.read_by_ocr(place.page):
            continue
        for match in WORD.finditer(line.text):
            words += 1
            better = _better(match.group(), known)
            if better:
                found[place].append(_Misread(place, match.start(), match.group(), *better))
    pairs = Counter(each.pair for misread in found.values() for each in misread)
    for place, misread in found.items():
        sure = min(max(0.0, 1 - words * BY_CHANCE / pairs[each.pair]) for each in misread)
        yield _finding(place, misread, document, min(sure, MOST_SURE))


def _better(word: str, known: Frequencies) -> tuple[str, str] | None:
    """The most frequent word that one letter makes of one in no list, and these letters."""
    if known.get(word):
        return None
    frequent = {other: pair for other, pair in _others(word) if known.get(other) >= FREQUENT}
    if not frequent:
        return None
    best = max(sorted(frequent), key=known.get)
    return best, frequent[best]


def _others(word: str) -> Iterator[tuple[str, str]]:
    """A word with each of its letters taken for another, and the letter as read and as it is."""
    for at, letter in enumerate(word):
        last = at == len(word) - 1
        for other in OTHERS.get(letter, ()):
            if other not in (NOT_LAST if last else ONLY_LAST):
                yield word[:at] + other + word[at + 1 :], letter + other
    if word[-1] in JOINED:
        yield word[:-1] + JOINED[word[-1]], word[-1] + JOINED[word[-1]]


def _finding(place: Place, misread: list[_Misread], document: Document, sure: float) -> Finding:
    line = document.at(place).text
    text, at = "", misread[0].start
    start = at
    for each in misread:
        text += line[at : each.start] + each.better
        at = each.start + len(each.text)
    reason = "; ".join(f"{each.text} is no word, and {each.better} is" for each in misread)
    return Finding(MISREAD_WORDS, place, Edit(start, at, text), reason, sure)
