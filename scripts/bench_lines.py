"""What is wrong with a damaged line, and whether its letters are in the extraction at all.

The classes are those of the ``line_classes`` of a case's ``meta.json``, told anew for each line:

exact         it stands in the extraction, but not in its place among the other lines
spacing       only white space is wrong
presform      letters in their presentation forms
marks         only points and accents stand at wrong places
punct         only marks or brackets do
charrev       the letters of the line, or of all its words, in reverse
charrev-mix   the letters of some of its words
wordrev       all words in reverse
runrot        the words in another order, not all in reverse
runrot-glue   the same, with words cut or glued
garbled       letters of it are lost or others put in
unmatched     no line of the extraction has its letters: it was cut into more, or joined to another
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MOST_JOINED = 3  # lines of the extraction that may make up one true line
ALIKE = 0.6  # share of letters from which on a line is taken for the same one
NEARLY = 0.95  # and from which on nothing but a few letters are lost
LIKELY = 4  # lines of the extraction around which a true line is looked for
MIRROR = str.maketrans("()[]{}<>«»", ")(][}{><»«")


Stretch = tuple[int, int, Counter[str]]  # first line, number of lines, their letters


@dataclass(frozen=True, slots=True)
class Damaged:
    """A damaged true line: text, class, letters the extraction lacks, whether it is fixed."""

    text: str
    kind: str
    lost: Counter[str]
    fixed: bool = False


def visible(line: str) -> Counter[str]:
    """How often each letter, digit and point stands in a line."""
    return Counter(c for c in line if c.isalnum() or unicodedata.category(c) == "Mn")


class Extraction:
    """The lines of an extraction, where a true line is looked for."""

    def __init__(self, lines: Sequence[str]) -> None:
        """``lines`` are folded and not blank."""
        self.lines = lines
        self._letters = [visible(line) for line in lines]
        self._known = set(lines)

    def damaged(self, line: str, fixed: bool) -> Damaged:
        """What is wrong with a true line that does not stand where it should."""
        if line in self._known:
            return Damaged(line, "exact", Counter(), fixed)
        own = visible(line)
        near = self._near(own)
        best = max(near, key=lambda part: _alike(own, part[2]))
        # A longer stretch may have what the best one lacks.
        lost = min((own - letters for _, _, letters in near), key=Counter.total)
        kind = self._kind(line, own, best)
        return Damaged(line, kind, lost, fixed)

    def _near(self, own: Counter[str]) -> list[Stretch]:
        """The stretches around the lines that are most like one with these letters."""
        likely = sorted(
            range(len(self.lines)), key=lambda at: _alike(own, self._letters[at]), reverse=True
        )
        return [
            (start, size, sum(self._letters[start : start + size], Counter()))
            for at in likely[:LIKELY]
            for size in range(1, MOST_JOINED + 1)
            for start in range(max(at - size + 1, 0), at + 1)
        ] or [(0, 1, Counter())]

    def _kind(self, line: str, own: Counter[str], best: Stretch) -> str:
        at, size, letters = best
        alike = _alike(own, letters)
        if alike < ALIKE or not self.lines:
            return "unmatched"
        if own != letters:
            return "garbled" if alike >= NEARLY or (size == 1 and own - letters) else "unmatched"
        return kind_of(line, " ".join(self.lines[at : at + size])) if size == 1 else "unmatched"


def _alike(one: Counter[str], other: Counter[str]) -> float:
    return 2 * (one & other).total() / max(one.total() + other.total(), 1)


def kind_of(true: str, raw: str) -> str:
    """The class of a line with the same letters as the true one."""
    packed, given = (re.sub(r"\s", "", text) for text in (true, raw))
    if packed == given:
        return "spacing"
    if unicodedata.normalize("NFKC", packed) == unicodedata.normalize("NFKC", given):
        return "presform"
    bare, bare_given = (_without_points(text) for text in (packed, given))
    if bare in (bare_given, bare_given.translate(MIRROR)) and packed != bare:
        return "marks"
    letters, letters_given = (re.sub(r"[\W_]", "", text) for text in (bare, bare_given))
    if letters == letters_given:
        return "punct"
    words, words_given = (re.findall(r"\w+", _without_points(text)) for text in (true, raw))
    turned = {word[::-1] for word in words}
    if letters == letters_given[::-1] or set(words_given) <= turned:
        return "charrev"
    if words == words_given[::-1]:
        return "wordrev"
    if Counter(words) == Counter(words_given):
        return "runrot"
    if len(set(words_given) & (turned - set(words))) > 1:
        return "charrev-mix"
    return "runrot-glue"


def _without_points(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) != "Mn")


def listed(lost: Counter[str]) -> str:
    """Lost letters as they are printed: each with how often, points by their names."""
    return ", ".join(
        f"{count} x {c if c.isalnum() else unicodedata.name(c, hex(ord(c)))}"
        for c, count in lost.most_common()
    )
